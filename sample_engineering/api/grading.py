"""Grading: one answer, or a file of them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sample_engineering.api.given import PathLike, ignored
from sample_engineering.api.typed import typed

if TYPE_CHECKING:
    from sample_engineering.grading import Gold, Grade
    from sample_engineering.grading.summary import Summary
    from sample_engineering.judging import Judge


def grade(
    prediction: str,
    gold: "str | Gold",
    *,
    kind: str | None = None,
    unit: str | None = None,
    tolerance: float | None = None,
    choices: Sequence[str] | None = None,
    form: str = "boxed",
    units_allowed: bool = True,
    problem: str | None = None,
    judge: "Judge | str | None" = None,
    judge_options: Mapping[str, Any] | None = None,
) -> "Grade":
    """Grade one completion.

    Parameters
    ----------
    prediction : str
        The completion; None and other objects count as no answer.
    gold : str or Gold
        The gold answer. The options below apply where it is text.
    kind, unit, tolerance, choices, units_allowed
        See `grading.read_gold`.
    form : str
        Where the final answer stands, the name of an answer form.
    problem : str, optional
        What was asked: its words may follow a number, and a judge reads it.
    judge : Judge or str, optional
        Model that decides where no rule reads the answer, ``MODEL@URL`` or a local model; a
        `judging.Judge` stays open for further answers.
    judge_options : mapping, optional
        How it is asked, see `judging.JudgeSettings`.

    Returns
    -------
    Grade
        The verdict, and why; its `decided_by` says who decided.

    Raises
    ------
    GoldError
        If the gold cannot be read. Nothing in a prediction raises.
    ConfigError
        If an option cannot be used, or would be ignored.
    GenerationError
        If the judge cannot be asked.
    """
    from sample_engineering.grading import Gold, read_gold
    from sample_engineering.grading import grade as grade_one
    from sample_engineering.grading.grader import check_options

    told = {"kind": kind, "unit": unit, "tolerance": tolerance, "choices": choices}
    given = gold if isinstance(gold, Gold) else None
    if given is not None:
        ignored(told, "the gold was read before; give them to `read_gold`, or the gold as text")
    else:
        check_options(kind, unit, tolerance)
    options = {**told, "units_allowed": units_allowed, "problem": problem}
    with judge_opened(judge, judge_options) as opened:
        if opened is None:
            if given is None and problem is not None:
                given = read_gold(str(gold), **options)  # type: ignore[arg-type]
            if given is not None:
                return grade_one(prediction, given, form=form)
            return grade_one(prediction, gold, form=form, units_allowed=units_allowed, **told)  # type: ignore[arg-type]
        from sample_engineering.grading.open_text import open_gold
        from sample_engineering.judging import HybridGrader

        read = given or open_gold(str(gold), **options)
        return HybridGrader(opened)([prediction], [read], [problem or ""], form=form)[0]


@contextmanager
def judge_opened(
    judge: "Judge | str | None", options: Mapping[str, Any] | None
) -> "Iterator[Judge | None]":
    """Open the judge that a caller names, or hand on an open one; None where there is none."""
    if judge is None and not options:
        yield None
        return
    from sample_engineering.judging import Judge, JudgeSettings

    if isinstance(judge, Judge):
        ignored({"judge_options": options or None}, "the judge is open already")
        yield judge
        return
    settings = JudgeSettings.of(judge, options)
    if settings is None:
        yield None
        return
    with Judge(settings) as opened:
        yield opened


@typed
def grade_file(
    path: PathLike,
    out: PathLike | None = None,
    *,
    kind: str | None = None,
    unit: str | None = None,
    tolerance: float | None = None,
    form: str | None = None,
    units_allowed: bool = True,
    audit: PathLike | None = None,
    judge: "Judge | str | None" = None,
    judge_options: Mapping[str, Any] | None = None,
) -> "Summary":
    """Grade the rows of a file.

    Parameters
    ----------
    path : path-like
        JSONL, CSV or Parquet with the columns ``gold`` (or ``answer``, ``ground_truth``,
        ``solution``) and ``prediction`` (or ``completion``, ``response``; text or messages).
        Columns ``kind``, ``unit``, ``tolerance``, ``choices`` and ``units_allowed`` win over the
        arguments. Of ``rollouts.parquet`` and ``eval/*.parquet`` in a run folder, golds and
        their options are the run's.
    out : path-like, optional
        JSONL file for the rows with ``correct, rule, extracted, seconds, timed_out`` added.
    kind, unit, tolerance, units_allowed
        As for `grade`, for rows that declare none.
    form : str, optional
        Where the final answer stands: the name of an answer form; by default that of the run that
        wrote the file, else ``auto``.
    audit : path-like, optional
        .jsonl, .csv or .parquet file for the rows where Math-Verify or sympy disagree with the
        verdict; the summary counts them as `audit`.
    judge, judge_options
        As for `grade`; the summary counts what was judged and what was left undecided, and rows
        get ``decided_by``. A row left undecided has no verdict (null).

    Raises
    ------
    ConfigError
        If an argument cannot be used, or would be ignored.
    PoolError
        If the file cannot be read, or lacks a column.
    RunError
        If the run folder that the file belongs to is damaged.
    GenerationError
        If the judge cannot be asked.
    """
    from sample_engineering.grading.files import grade_file as grade_rows
    from sample_engineering.judging import HybridGrader
    from sample_engineering.runs.answered import answered_by

    samples, run_form = answered_by(path) or (None, None)
    with judge_opened(judge, judge_options) as opened:
        return grade_rows(
            path,
            out,
            kind=kind,
            unit=unit,
            tolerance=tolerance,
            form=form or run_form,
            units_allowed=units_allowed,
            audit=audit,
            samples=samples,
            second=None if opened is None else HybridGrader(opened),
        )
