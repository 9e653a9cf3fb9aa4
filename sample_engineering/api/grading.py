"""Grading: one answer, or a file of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sample_engineering.api.given import PathLike

if TYPE_CHECKING:
    from sample_engineering.grading import Grade
    from sample_engineering.grading.files import Summary


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


def grade_file(
    path: PathLike,
    out: PathLike | None = None,
    *,
    kind: str | None = None,
    unit: str | None = None,
    tolerance: float | None = None,
    form: str = "auto",
    units_allowed: bool = True,
) -> "Summary":
    """Grade the rows of a file with the columns ``gold`` and ``prediction``.

    Parameters
    ----------
    path : path-like
        JSONL, CSV or Parquet. Columns ``kind``, ``unit``, ``tolerance``, ``choices`` and
        ``units_allowed`` win over the arguments.
    out : path-like, optional
        JSONL file for the rows with ``correct, rule, extracted, seconds, timed_out`` added.
    kind, unit, tolerance, units_allowed
        As for `grade`, for rows that declare none.
    form : str
        Where the final answer stands: the name of an answer form.

    Raises
    ------
    ConfigError
        If an argument cannot be used, or would be ignored.
    PoolError
        If the file cannot be read, or lacks a column.
    """
    from sample_engineering.grading.files import grade_file as grade_rows

    return grade_rows(
        path,
        out,
        kind=kind,
        unit=unit,
        tolerance=tolerance,
        form=form,
        units_allowed=units_allowed,
    )
