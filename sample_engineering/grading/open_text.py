"""Golds in free text: read as the grader reads golds, and kept as text where it refuses.

Equality decides little about such a gold; they are for a judge model, see `judging`.
"""

from collections.abc import Mapping
from typing import Any

from sample_engineering.errors import GoldError
from sample_engineering.grading.columns import golds_of, plain
from sample_engineering.grading.gold import read_gold
from sample_engineering.grading.sameness.gold_answer import Gold
from sample_engineering.grading.spelling.normal import fold
from sample_engineering.sample import Sample

_LONGEST_GOLD = 8000  # characters, about three pages


def open_gold(answer: str, **options: Any) -> Gold:
    """Read a gold as the grader does; free text that it refuses is one of kind ``text``.

    Parameters
    ----------
    answer : str
    **options
        See `grading.read_gold`.

    Raises
    ------
    GoldError
        If it is empty, longer than a judge is shown, or declared to be of a kind that it is not.
    """
    try:
        return read_gold(answer, **options)
    except GoldError:
        kind = options.get("kind")
        text = answer.strip() if isinstance(answer, str) else ""
        if kind not in (None, "text") or not any(map(str.isalpha, text)):
            raise
        if len(text) > _LONGEST_GOLD:
            raise
        return Gold(answer, "text", text, value=fold(text), declared=kind is not None)


def open_golds(value: Any, options: Mapping[str, Any], problem: str | None = None) -> list[Gold]:
    """Read a column of golds as `grading.columns.golds_of` does; free text too."""
    try:
        return golds_of(value, options, problem)
    except GoldError:
        given = plain(value)
        told = given if isinstance(given, list) else [given]
        kind = plain(options.get("kind"))
        if not told or not all(isinstance(text, str) for text in told):
            raise
        return [open_gold(text, kind=kind or None, problem=problem) for text in told]


def open_sample_gold(sample: Sample) -> Gold:
    """As `grading.read_sample_gold`, for free text too."""
    return open_gold(
        sample.answer,
        kind=sample.kind,
        unit=sample.unit,
        tolerance=sample.tolerance,
        choices=sample.choices,
        units_allowed=bool(sample.extra.get("units_allowed", True)),
        problem=sample.problem,
    )
