"""Grade a file of answers, row by row, in constant memory."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import IO, Any, Protocol

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
from sample_engineering.grading.grader import Grade, check_options, judge
from sample_engineering.grading.rewards import completion_text
from sample_engineering.grading.sameness.gold_answer import Gold
from sample_engineering.grading.second_opinion import SecondOpinion
from sample_engineering.grading.summary import Summary
from sample_engineering.pool.sources import format_of, rows
from sample_engineering.sample import ANSWER_KINDS, Sample

_NO_GOLD = "gold cannot be read"
# Columns that hold the completion, the first that is there counts: ours, TRL's logs, other tools'.
PREDICTION_COLUMNS = ("prediction", "completion", "response")
_FORM = "auto"
_TOGETHER = 256  # rows whose answers are put to a second grader at once


@dataclass(frozen=True, slots=True)
class Answered:
    """A completion, its golds of which each is right, what was asked, and what the rule says."""

    completion: str
    golds: tuple[Gold, ...]
    question: str
    grade: Grade


class Second(Protocol):
    """Reads golds that no rule reads, and decides what the rule leaves open; see `judging`."""

    def golds(self, value: Any, options: Mapping[str, Any], problem: str | None) -> list[Gold]:
        """Read what stands in a column of golds."""
        ...

    def settle(self, answered: Sequence[Answered]) -> list[Grade]:
        """Return the final grades, in the same order."""
        ...


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
    second: Second | None = None,
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
    second : Second, optional
        Decides what no rule reads.

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
    if second is not None:
        summary.judged = summary.abstained = 0
    if out is None:
        _grade_rows(source, None, summary, declared, second)
    else:
        with write_whole(out) as stream:
            _grade_rows(source, stream, summary, declared, second)
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
    source: Path,
    stream: IO[Any] | None,
    summary: Summary,
    declared: _Declared,
    second: Second | None,
) -> None:
    waiting: list[_Row] = []
    most = 1 if second is None else _TOGETHER
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
        read = golds_of if second is None else second.golds
        waiting.append(_grade_row(row.line, place, record, known, summary, declared, read))
        if len(waiting) == most:
            _finish(waiting, stream, summary, second)
    _finish(waiting, stream, summary, second)
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


@dataclass(slots=True)
class _Row:
    """One row and its grade, before it is counted."""

    line: int
    record: Mapping[str, Any]
    known: Mapping[str, Any]
    written: Any
    completion: str
    question: str
    golds: list[Gold]
    gold: Gold | None
    result: Grade | None
    fault: str


def _grade_row(
    line: int,
    place: str,
    record: Mapping[str, Any],
    row: Mapping[str, Any],
    summary: Summary,
    declared: _Declared,
    read: Callable[[Any, Mapping[str, Any], str | None], list[Gold]],
) -> _Row:
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
    golds: list[Gold] = []
    fault = ""
    question = problem if isinstance(problem, str) else last_user_text(row.get("prompt"))
    started = perf_counter()
    try:
        golds = read(
            written,
            {
                # Files of other tools use a column "kind" for their own purposes.
                "kind": kind if kind in ANSWER_KINDS else declared.kind,
                "unit": row.get("unit") or declared.unit,
                "tolerance": _tolerance(row.get("tolerance"), declared.tolerance, place),
                "choices": row.get("choices"),
                "units_allowed": declared.units_allowed if allowed is None else allowed,
            },
            question,
        )
        found = extract(completion, declared.form)
        grades = [(judge(gold, found, started), gold) for gold in golds]
        result, gold = next((pair for pair in grades if pair[0].correct), grades[0])
    except GoldError as error:
        fault = _NO_GOLD
        summary.unreadable_golds += 1
        summary.problems.append(f"{place}: {error}")
    return _Row(line, record, row, written, completion, question or "", golds, gold, result, fault)


def _finish(
    waiting: list[_Row], stream: IO[Any] | None, summary: Summary, second: Second | None
) -> None:
    """Let the second grader decide what is left to it, count the rows and write them."""
    if second is not None:
        asked = [
            Answered(row.completion, tuple(row.golds), row.question, row.result)
            for row in waiting
            if row.result is not None
        ]
        decided = iter(second.settle(asked))
        for row in waiting:
            if row.result is not None:  # a grade is false where the answer is wrong
                row.result = next(decided)
    for row in waiting:
        result, gold = row.result, row.gold
        if summary.audit is not None:
            text = gold.text if gold is not None else _text(plain(row.written))
            summary.audit.add(row.line, row.known, text, gold, row.completion, result, row.fault)
        if result is not None:
            summary.count(result)
        if stream is not None:
            line = json.dumps(dict(row.record) | _written(result, second), ensure_ascii=False,
                              default=str)  # fmt: skip
            stream.write(line + "\n")
    waiting.clear()


def _written(result: Grade | None, second: Second | None) -> dict[str, Any]:
    """The columns that a grade adds to its row; of an answer left undecided, no verdict."""
    found: dict[str, Any] = {
        "correct": result is not None and result.correct,
        "rule": _NO_GOLD if result is None else result.rule,
        "extracted": None if result is None else result.extracted,
        "seconds": 0.0 if result is None else result.seconds,
        "timed_out": result is not None and result.timed_out,
    }
    if second is not None:
        by = "rule" if result is None else result.decided_by
        found |= {"decided_by": by} | ({"correct": None} if by == "abstained" else {})
    return found


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
