"""What a child process tells its parent: one JSON object a line."""

import json
from collections.abc import Mapping
from typing import Any

from sample_engineering import errors
from sample_engineering.errors import SampleEngineeringError, TrainingError
from sample_engineering.files import finite
from sample_engineering.redaction import redacted
from sample_engineering.runs.records import from_record, to_record
from sample_engineering.runs.rows import MetricsLine
from sample_engineering.trainers.interrupts import TrainingInterrupted
from sample_engineering.trainers.plan import ProgressEvent

PROGRESS, DONE, INTERRUPTED, FAILED = "progress", "done", "interrupted", "failed"


def line_of(kind: str, content: Mapping[str, Any] | None = None) -> str:
    """Return a line: what it is, and what goes with it."""
    return json.dumps(finite({"is": kind, **(content or {})})) + "\n"


def event_line(event: ProgressEvent) -> str:
    """Return the line of a `ProgressEvent`."""
    return line_of(PROGRESS, {"event": to_record(event)})


def read_line(line: bytes) -> dict[str, Any] | None:
    """Read a line; None where it is none of ours."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "is" in found else None


def read_event(record: Mapping[str, Any]) -> ProgressEvent:
    """Read the `ProgressEvent` of a line."""
    told = dict(record["event"])
    metrics = told.pop("metrics", None)
    line = None if metrics is None else from_record(MetricsLine, metrics, "", lambda text: None)
    return ProgressEvent(**told, metrics=line)


def failure_line(error: BaseException) -> str:
    """Return the line of an error: its class where it is ours, and its message."""
    if isinstance(error, TrainingInterrupted | KeyboardInterrupt):
        return line_of(INTERRUPTED, {"message": str(error)})
    if isinstance(error, SampleEngineeringError):
        return line_of(FAILED, {"kind": type(error).__name__, "message": str(error)})
    message = redacted(" ".join(f"{type(error).__name__}: {error}".split()))
    return line_of(FAILED, {"kind": "", "message": message})


def error_of(record: Mapping[str, Any], whose: str) -> SampleEngineeringError:
    """Return the error that a child told of."""
    message = str(record.get("message", ""))
    if record.get("is") == INTERRUPTED:
        return TrainingInterrupted(message or "interrupted")
    kind = getattr(errors, str(record.get("kind")), None)
    if isinstance(kind, type) and issubclass(kind, SampleEngineeringError):
        return kind(message)
    return TrainingError(f"{whose} failed: {message}")
