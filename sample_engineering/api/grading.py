"""Grading: one answer, or a file of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sample_engineering.api.given import PathLike
from sample_engineering.api.typed import typed

if TYPE_CHECKING:
    from sample_engineering.grading import Grade
    from sample_engineering.grading.summary import Summary


def grade(
    prediction: str,
    gold: str,
    *,
    kind: str | None = None,
    unit: str | None = None,
    tolerance: float | None = None,
    choices: Sequence[str] | None = None,
    form: str = "boxed",
    units_allowed: bool = True,
) -> "Grade":
    """Grade one completion against one gold answer; see `grading.grade`."""
    from sample_engineering.grading import grade as grade_one

    return grade_one(
        prediction,
        gold,
        kind=kind,
        unit=unit,
        tolerance=tolerance,
        choices=choices,
        form=form,
        units_allowed=units_allowed,
    )


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

    Raises
    ------
    ConfigError
        If an argument cannot be used, or would be ignored.
    PoolError
        If the file cannot be read, or lacks a column.
    RunError
        If the run folder that the file belongs to is damaged.
    """
    from sample_engineering.grading.files import grade_file as grade_rows
    from sample_engineering.runs.answered import answered_by

    samples, run_form = answered_by(path) or (None, None)
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
    )
