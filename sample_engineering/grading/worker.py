"""The program of a worker process: one JSON request per line in, one JSON answer per line out."""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sample_engineering.grading import limits

_PARENT_POLL_SECONDS = 2.0


class _OutOfTime(BaseException):
    """Raised by the alarm; not an Exception, so that no handler inside sympy swallows it."""


def main() -> None:
    """Serve requests from standard input until it closes."""
    _limit_memory()
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGPROF"):
        signal.signal(signal.SIGPROF, _alarm)
    output = sys.stdout
    sys.stdout = sys.stderr  # Nothing that a library prints may enter the answers.
    _load()
    output.write("ready\n")
    output.flush()
    for line in sys.stdin:
        output.write(json.dumps(answer(json.loads(line))) + "\n")
        output.flush()


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Answer one request; see `engine`."""
    if request["op"] == "grade":
        return _grade(request)
    try:
        with _processor_limit():
            gold = _parse(request["gold"])
            if request["op"] == "read":
                return {"same": False, "readable": bool(gold)}
            return _verify(gold, request["prediction"])
    except _OutOfTime:
        return {"same": False, "readable": False, "timed_out": True}
    except (MemoryError, RecursionError):
        return {"same": False, "readable": False, "timed_out": True}
    except Exception:
        # sympy raises all kinds of errors on strange input: it could not be read.
        return {"same": False, "readable": False}


def _verify(gold: Any, prediction: str) -> dict[str, Any]:
    from math_verify import verify

    parsed = _parse(prediction)
    same = bool(gold) and bool(parsed) and verify(gold, parsed, timeout_seconds=None)
    return {"same": bool(same), "readable": bool(parsed)}


@lru_cache(maxsize=512)
def _parse(text: str) -> Any:
    from math_verify import LatexExtractionConfig, parse

    text = text.replace("\\cr ", "\\\\ ").replace("\\cr", "\\\\")
    return parse(
        "$" + text + "$",
        extraction_config=[LatexExtractionConfig()],
        fallback_mode="no_fallback",
        parsing_timeout=None,
    )


def _grade(request: dict[str, Any]) -> dict[str, Any]:
    from dataclasses import asdict

    from sample_engineering.grading.gold import read_gold
    from sample_engineering.grading.grader import grade

    gold = read_gold(**request["gold"])
    return asdict(grade(request["prediction"], gold, form=request["form"]))


def _load() -> None:
    import logging

    import math_verify

    logging.getLogger(math_verify.__name__).setLevel(logging.CRITICAL)
    answer({"op": "verify", "gold": "\\int_0^1 x dx", "prediction": "\\frac{1}{2}"})


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY_BYTES, limits.MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _alarm(*_: object) -> None:
    raise _OutOfTime


@contextmanager
def _processor_limit() -> Iterator[None]:
    main_thread = threading.current_thread() is threading.main_thread()
    if not (main_thread and hasattr(signal, "setitimer")):
        yield
        return
    signal.setitimer(signal.ITIMER_PROF, limits.CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_PARENT_POLL_SECONDS)
    os._exit(0)


if __name__ == "__main__":
    main()
