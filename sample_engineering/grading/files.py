"""Grade a file of answers, row by row, in constant memory."""

import csv
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from sample_engineering.errors import ConfigError, GoldError, PoolError
from sample_engineering.files import write_whole
from sample_engineering.grading.extraction import FORMS
from sample_engineering.grading.grader import grade
from sample_engineering.sample import ANSWER_KINDS

_NO_GOLD = "gold cannot be read"


@dataclass
class Summary:
    """Counts over a graded file.

    Parameters
    ----------
    rows, correct, readable, timed_out, unreadable_golds : int
        Numbers of rows.
    seconds : float
        Wall time spent on grading, in seconds.
    kinds, rules : Counter
        Rows by kind of gold and by deciding rule.
    problems : list of str
        What is wrong with which line.
    other_kinds : list of str
        Values of the column ``kind`` that are no kinds of answers, and were ignored.
    out : str or None
        Where the rows were written.
    """

    rows: int = 0
    correct: int = 0
    readable: int = 0
    timed_out: int = 0
    unreadable_golds: int = 0
    seconds: float = 0.0
    kinds: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    other_kinds: list[str] = field(default_factory=list)
    out: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready record."""
        return vars(self) | {"kinds": dict(self.kinds), "rules": dict(self.rules)}


def check_options(kind: str | None, form: str, tolerance: float | None) -> None:
    """Refuse option values that cannot be used.

    Raises
    ------
    ConfigError
        With the values that can be.
    """
    if kind is not None and kind not in ANSWER_KINDS:
        raise ConfigError(f"--kind {kind!r} is unknown; use one of {', '.join(ANSWER_KINDS)}")
    if form not in FORMS:
        raise ConfigError(f"--form {form!r} is unknown; use one of {', '.join(FORMS)}")
    if tolerance is not None and not (math.isfinite(tolerance) and 0 <= tolerance < 1):
        raise ConfigError(f"--tolerance {tolerance} is not relative; use a value in [0, 1)")


def grade_file(
    path: str | Path,
    out: str | Path | None = None,
    *,
    kind: str | None = None,
    unit: str | None = None,
    tolerance: float | None = None,
    form: str = "auto",
) -> Summary:
    """Grade the rows of a file.

    Parameters
    ----------
    path : path-like
        JSONL, CSV or Parquet with the columns ``gold`` and ``prediction``, and optionally ``kind``,
        ``unit`` and ``tolerance``, which win over the arguments.
    out : path-like, optional
        JSONL file for the rows with ``correct, rule, extracted, seconds, timed_out`` added.
    kind, unit, tolerance, form
        As for `grade`, for rows that declare none.

    Returns
    -------
    Summary

    Raises
    ------
    PoolError
        If the file cannot be read, or a row has no gold or no prediction.
    """
    source = Path(path)
    if not source.is_file():
        raise PoolError(f"{path} is no file; give a file of rows, or --gold to grade one answer")
    summary = Summary(out=None if out is None else str(out))
    if out is None:
        _grade_rows(source, None, summary, kind, unit, tolerance, form)
    else:
        if Path(out).resolve() == source.resolve():
            raise ConfigError(f"{out} is the input file; choose another with -o")
        with write_whole(out) as stream:
            _grade_rows(source, stream, summary, kind, unit, tolerance, form)
    return summary


def _grade_rows(
    source: Path,
    stream: IO[Any] | None,
    summary: Summary,
    kind: str | None,
    unit: str | None,
    tolerance: float | None,
    form: str,
) -> None:
    for place, row in _rows(source):
        missing = [name for name in ("gold", "prediction") if name not in row]
        if missing:
            raise PoolError(
                f"{place}: no column {' and no column '.join(missing)}; the columns are "
                f"{', '.join(map(str, row)) or 'none'}"
            )
        graded = _grade_row(place, row, summary, kind, unit, tolerance, form)
        if stream is not None:
            stream.write(json.dumps(dict(row) | graded, ensure_ascii=False, default=str) + "\n")
    if not summary.rows:
        raise PoolError(f"{source} has no rows; give a file with the columns gold and prediction")


def _grade_row(
    place: str,
    row: Mapping[str, Any],
    summary: Summary,
    kind: str | None,
    unit: str | None,
    tolerance: float | None,
    form: str,
) -> dict[str, Any]:
    summary.rows += 1
    prediction = row["prediction"]
    try:
        declared = row.get("kind")
        if declared and declared not in ANSWER_KINDS and declared not in summary.other_kinds:
            summary.other_kinds.append(str(declared))
            summary.problems.append(
                f"{place}: kind {str(declared)!r} is no kind of answer, so the kind is read from "
                f"the gold; the kinds are {', '.join(ANSWER_KINDS)}"
            )
        result = grade(
            prediction if isinstance(prediction, str) else _text(prediction),
            _text(row["gold"]),
            # Files of other tools use a column "kind" for their own purposes.
            kind=declared if declared in ANSWER_KINDS else kind,
            unit=row.get("unit") or unit,
            tolerance=_tolerance(row.get("tolerance"), tolerance, place),
            form=form,
        )
    except GoldError as error:
        summary.unreadable_golds += 1
        summary.problems.append(f"{place}: {error}")
        return {
            "correct": False,
            "rule": _NO_GOLD,
            "extracted": None,
            "seconds": 0.0,
            "timed_out": False,
        }
    summary.correct += result.correct
    summary.readable += result.readable
    summary.timed_out += result.timed_out
    summary.seconds += result.seconds
    summary.kinds[result.kind] += 1
    summary.rules[result.rule] += 1
    return {
        "correct": result.correct,
        "rule": result.rule,
        "extracted": result.extracted,
        "seconds": result.seconds,
        "timed_out": result.timed_out,
    }


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _tolerance(value: Any, default: float | None, place: str) -> float | None:
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return default
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise PoolError(f"{place}: tolerance {value!r} is no number; correct it") from error


def _rows(source: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    suffix = source.suffix.lower()
    if suffix == ".parquet":
        yield from _parquet_rows(source)
    elif suffix in (".csv", ".tsv"):
        with source.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, delimiter="\t" if suffix == ".tsv" else ",")
            for row in reader:
                yield f"{source}:{reader.line_num}", row
    else:
        yield from _json_rows(source)


def _json_rows(source: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        with source.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, start=1):
                if not line.strip():
                    continue
                place = f"{source}:{number}"
                try:
                    row = json.loads(line)
                except (json.JSONDecodeError, RecursionError) as error:
                    raise PoolError(f"{place}: not JSON ({error}); one object per line") from error
                if not isinstance(row, dict):
                    raise PoolError(f"{place}: not a JSON object; give one object per line")
                yield place, row
    except UnicodeDecodeError as error:
        raise PoolError(f"{source} is not UTF-8 text; give JSONL, CSV or Parquet") from error


def _parquet_rows(source: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    import pyarrow.parquet as parquet

    try:
        number = 0
        for batch in parquet.ParquetFile(source).iter_batches():
            for row in batch.to_pylist():
                number += 1
                yield f"{source} row {number}", row
    except (OSError, ValueError) as error:
        raise PoolError(f"{source} is no readable Parquet file: {error}") from error


def summary_lines(summary: Summary) -> list[str]:
    """The summary for people."""
    rows = summary.rows
    lines = [
        f"{rows} rows: {summary.correct} correct ({summary.correct / rows:.1%}), "
        f"{summary.readable} readable, {summary.timed_out} timed out, "
        f"{summary.unreadable_golds} with an unreadable gold",
        f"kinds: {_counts(summary.kinds)}",
        f"rules: {_counts(summary.rules)}",
        f"time:  {summary.seconds:.2f} s, {rows / max(summary.seconds, 1e-9):.0f} rows/s",
    ]
    if summary.out:
        lines.append(f"wrote {summary.out}")
    return lines


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counter.most_common(8)) or "none"
