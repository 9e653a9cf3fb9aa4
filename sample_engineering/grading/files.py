"""Grade a file of answers, row by row, in constant memory."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import IO, Any

from sample_engineering.errors import ConfigError, GoldError, PoolError
from sample_engineering.files import write_whole
from sample_engineering.grading.columns import (
    GOLD_COLUMNS,
    gold_column,
    golds_of,
    last_user_text,
    plain,
    truth,
)
from sample_engineering.grading.extraction import extract, find_form
from sample_engineering.grading.grader import check_options, judge
from sample_engineering.grading.rewards import completion_text
from sample_engineering.grading.second_opinion import SecondOpinion
from sample_engineering.grading.summary import Summary
from sample_engineering.pool.sources import format_of, rows
from sample_engineering.sample import ANSWER_KINDS, Sample

_NO_GOLD = "gold cannot be read"
# Columns that hold the completion, the first that is there counts: ours, TRL's logs, other tools'.
PREDICTION_COLUMNS = ("prediction", "completion", "response")
_FORM = "auto"


@dataclass(frozen=True, slots=True)
class _Declared:
    """What holds for rows that declare nothing themselves."""

    kind: str | None
    unit: str | None
    tolerance: float | None
    units_allowed: bool
    form: str
    samples: Callable[[Mapping[str, Any]], Sample | None] | None


def grade_file(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    *,
    kind: str | None = None,
    unit: str | None = None,
    tolerance: float | None = None,
    form: str | None = None,
    units_allowed: bool = True,
    audit: str | os.PathLike[str] | None = None,
    samples: Callable[[Mapping[str, Any]], Sample | None] | None = None,
) -> Summary:
    """Grade the rows of a file.

    Parameters
    ----------
    path : path-like
        JSONL, CSV or Parquet (as pools, see `pool.sources`) with the columns ``gold`` (or another
        of `columns.GOLD_COLUMNS`) and ``prediction`` (or another of `PREDICTION_COLUMNS`; text or
        messages), and optionally ``kind``, ``unit``, ``tolerance``, ``choices``, ``units_allowed``,
        which win over the arguments, and ``problem`` or ``prompt``.
    out : path-like, optional
        JSONL file for the rows with ``correct, rule, extracted, seconds, timed_out`` added.
    kind, unit, tolerance, units_allowed
        As for `grade`, for rows that declare none.
    form : str, optional
        Name of an answer form; ``auto`` by default.
    audit : path-like, optional
        .jsonl, .csv or .parquet file for the rows where Math-Verify or sympy disagree with the
        verdict; see `second_opinion`.
    samples : callable, optional
        Knows the problem that a row answers, e.g. from the run that wrote it; None where it does
        not. What it knows wins over the columns.

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
    form = form or _FORM
    find_form(form)
    declared = _Declared(kind, unit, tolerance, units_allowed, form, samples)
    source = Path(path)
    if not source.is_file():
        raise PoolError(f"{path} is no file; give a file of rows, or `gold` to grade one answer")
    _check_places(source, out, audit)
    summary = Summary(
        out=None if out is None else str(out), audit=None if audit is None else SecondOpinion()
    )
    if out is None:
        _grade_rows(source, None, summary, declared)
    else:
        with write_whole(out) as stream:
            _grade_rows(source, stream, summary, declared)
    if audit is not None and summary.audit is not None:
        summary.audit.write(audit)
    return summary


def _check_places(
    source: Path, out: str | os.PathLike[str] | None, audit: str | os.PathLike[str] | None
) -> None:
    """Refuse to write over the input or one file twice, before anything is graded."""
    if audit is not None:
        format_of(Path(audit))
    places = {source.resolve(): "the input file"}
    for name, place in (("out", out), ("audit", audit)):
        if place is None:
            continue
        taken = places.setdefault(Path(place).resolve(), f"the file of `{name}`")
        if taken != f"the file of `{name}`":
            raise ConfigError(f"{place} is {taken}; choose another for `{name}`")


def _grade_rows(
    source: Path, stream: IO[Any] | None, summary: Summary, declared: _Declared
) -> None:
    table = format_of(source) not in ("jsonl", "json")
    columns: dict[str, None] = {}
    for row in rows(str(source)):
        place = f"{source}:{row.line}"
        if row.record is None:
            raise PoolError(f"{place}: {row.fault}; correct the line")
        record = row.record
        sample = None if declared.samples is None else declared.samples(record)
        known = record if sample is None else record | _of_sample(sample)
        columns.update(dict.fromkeys(known))
        if not table:  # in a table an empty cell is absent
            _need_columns(place, known)
        graded = _grade_row(row.line, place, known, summary, declared)
        if stream is not None:
            stream.write(json.dumps(record | graded, ensure_ascii=False, default=str) + "\n")
    if not summary.rows:
        raise PoolError(f"{source} has no rows; give a file with the columns gold and prediction")
    _need_columns(str(source), columns)


def _need_columns(place: str, columns: Mapping[str, Any]) -> None:
    needed = (GOLD_COLUMNS, PREDICTION_COLUMNS)
    missing = [
        f"{names[0]} (nor {', '.join(names[1:])})"
        for names in needed
        if not any(name in columns for name in names)
    ]
    if missing:
        raise PoolError(
            f"{place}: no column {' and no column '.join(missing)}; the columns are "
            f"{', '.join(map(str, columns)) or 'none'}"
        )


def _of_sample(sample: Sample) -> dict[str, Any]:
    """The columns that a sample stands for."""
    return {
        "gold": sample.answer,
        "kind": sample.kind,
        "unit": sample.unit,
        "tolerance": sample.tolerance,
        "choices": sample.choices,
        "units_allowed": sample.extra.get("units_allowed", True),
        "problem": sample.problem,
    }


def _grade_row(
    line: int, place: str, row: Mapping[str, Any], summary: Summary, declared: _Declared
) -> dict[str, Any]:
    summary.rows += 1
    kind = row.get("kind")
    if kind and kind not in ANSWER_KINDS and kind not in summary.other_kinds:
        summary.other_kinds.append(str(kind))
        summary.problems.append(
            f"{place}: kind {str(kind)!r} is no kind of answer, so the kind is read from "
            f"the gold; the kinds are {', '.join(ANSWER_KINDS)}"
        )
    allowed = truth(row.get("units_allowed"))
    written = row.get(gold_column(row) or "")
    completion = _completion(row)
    problem = row.get("problem")
    gold = result = None
    fault = ""
    started = perf_counter()
    try:
        golds = golds_of(
            written,
            {
                # Files of other tools use a column "kind" for their own purposes.
                "kind": kind if kind in ANSWER_KINDS else declared.kind,
                "unit": row.get("unit") or declared.unit,
                "tolerance": _tolerance(row.get("tolerance"), declared.tolerance, place),
                "choices": row.get("choices"),
                "units_allowed": declared.units_allowed if allowed is None else allowed,
            },
            problem if isinstance(problem, str) else last_user_text(row.get("prompt")),
        )
        found = extract(completion, declared.form)
        grades = [(judge(gold, found, started), gold) for gold in golds]
        result, gold = next((pair for pair in grades if pair[0].correct), grades[0])
    except GoldError as error:
        fault = _NO_GOLD
        summary.unreadable_golds += 1
        summary.problems.append(f"{place}: {error}")
    if summary.audit is not None:
        text = gold.text if gold is not None else _text(plain(written))
        summary.audit.add(line, row, text, gold, completion, result, fault)
    if result is not None:
        summary.count(result)
    return {
        "correct": result is not None and result.correct,
        "rule": _NO_GOLD if result is None else result.rule,
        "extracted": None if result is None else result.extracted,
        "seconds": 0.0 if result is None else result.seconds,
        "timed_out": result is not None and result.timed_out,
    }


def _completion(row: Mapping[str, Any]) -> str:
    name = next((name for name in PREDICTION_COLUMNS if row.get(name) is not None), None)
    value = None if name is None else row[name]
    return completion_text(value) if isinstance(value, list | dict) else _text(value)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _tolerance(value: Any, default: float | None, place: str) -> float | None:
    value = plain(value)
    if value is None or value == "":
        return default
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise PoolError(f"{place}: tolerance {value!r} is no number; correct it") from error
