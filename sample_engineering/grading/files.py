"""Grade a file of answers, row by row, in constant memory."""

import json
import math
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import IO, Any

from sample_engineering.errors import ConfigError, GoldError, PoolError
from sample_engineering.files import write_whole
from sample_engineering.grading.extraction import extract, find_form
from sample_engineering.grading.gold import read_gold
from sample_engineering.grading.grader import check_options, judge
from sample_engineering.pool.sources import format_of, rows
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


@dataclass(frozen=True, slots=True)
class _Declared:
    """What holds for rows that declare nothing themselves."""

    kind: str | None
    unit: str | None
    tolerance: float | None
    units_allowed: bool
    form: str


def grade_file(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    *,
    kind: str | None = None,
    unit: str | None = None,
    tolerance: float | None = None,
    form: str = "auto",
    units_allowed: bool = True,
) -> Summary:
    """Grade the rows of a file.

    Parameters
    ----------
    path : path-like
        JSONL, CSV or Parquet (as pools, see `pool.sources`) with the columns ``gold`` and
        ``prediction``, and optionally ``kind``, ``unit``, ``tolerance``, ``choices`` and
        ``units_allowed``, which win over the arguments.
    out : path-like, optional
        JSONL file for the rows with ``correct, rule, extracted, seconds, timed_out`` added.
    kind, unit, tolerance, units_allowed
        As for `grade`, for rows that declare none.
    form : str
        Name of an answer form.

    Returns
    -------
    Summary

    Raises
    ------
    ConfigError
        If an argument cannot be used, or would be ignored.
    PoolError
        If the file cannot be read, or a row has no gold or no prediction.
    """
    check_options(kind, unit, tolerance)
    find_form(form)
    declared = _Declared(kind, unit, tolerance, units_allowed, form)
    source = Path(path)
    if not source.is_file():
        raise PoolError(f"{path} is no file; give a file of rows, or `gold` to grade one answer")
    summary = Summary(out=None if out is None else str(out))
    if out is None:
        _grade_rows(source, None, summary, declared)
    else:
        if Path(out).resolve() == source.resolve():
            raise ConfigError(f"{out} is the input file; choose another for `out`")
        with write_whole(out) as stream:
            _grade_rows(source, stream, summary, declared)
    return summary


def _grade_rows(
    source: Path, stream: IO[Any] | None, summary: Summary, declared: _Declared
) -> None:
    table = format_of(source) not in ("jsonl", "json")
    columns: dict[str, None] = {}
    for row in rows(str(source)):
        place = f"{source}:{row.line}"
        if row.record is None:
            raise PoolError(f"{place}: {row.fault}; correct the line")
        columns.update(dict.fromkeys(row.record))
        if not table:  # in a table an empty cell is absent
            _need_columns(place, row.record)
        graded = _grade_row(place, row.record, summary, declared)
        if stream is not None:
            stream.write(json.dumps(row.record | graded, ensure_ascii=False, default=str) + "\n")
    if not summary.rows:
        raise PoolError(f"{source} has no rows; give a file with the columns gold and prediction")
    _need_columns(str(source), columns)


def _need_columns(place: str, columns: Mapping[str, Any]) -> None:
    missing = [name for name in ("gold", "prediction") if name not in columns]
    if missing:
        raise PoolError(
            f"{place}: no column {' and no column '.join(missing)}; the columns are "
            f"{', '.join(map(str, columns)) or 'none'}"
        )


def _grade_row(
    place: str, row: Mapping[str, Any], summary: Summary, declared: _Declared
) -> dict[str, Any]:
    summary.rows += 1
    kind = row.get("kind")
    if kind and kind not in ANSWER_KINDS and kind not in summary.other_kinds:
        summary.other_kinds.append(str(kind))
        summary.problems.append(
            f"{place}: kind {str(kind)!r} is no kind of answer, so the kind is read from "
            f"the gold; the kinds are {', '.join(ANSWER_KINDS)}"
        )
    choices = row.get("choices")
    units_allowed = row.get("units_allowed")
    try:
        started = perf_counter()
        gold = read_gold(
            _text(row.get("gold")),
            # Files of other tools use a column "kind" for their own purposes.
            kind=kind if kind in ANSWER_KINDS else declared.kind,
            unit=row.get("unit") or declared.unit,
            tolerance=_tolerance(row.get("tolerance"), declared.tolerance, place),
            choices=choices if isinstance(choices, list) else None,
            units_allowed=(
                units_allowed if isinstance(units_allowed, bool) else declared.units_allowed
            ),
        )
        result = judge(gold, extract(_text(row.get("prediction")), declared.form), started)
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


def summary_lines(summary: Summary) -> list[str]:
    """The summary for people."""
    count = summary.rows
    lines = [
        f"{count} rows: {summary.correct} correct ({summary.correct / count:.1%}), "
        f"{summary.readable} readable, {summary.timed_out} timed out, "
        f"{summary.unreadable_golds} with an unreadable gold",
        f"kinds: {_counts(summary.kinds)}",
        f"rules: {_counts(summary.rules)}",
        f"time:  {summary.seconds:.2f} s, {count / max(summary.seconds, 1e-9):.0f} rows/s",
    ]
    if summary.out:
        lines.append(f"wrote {summary.out}")
    return lines


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counter.most_common(8)) or "none"
