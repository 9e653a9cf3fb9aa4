"""The gold answer, read once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sample_engineering.errors import GoldError
from sample_engineering.grading.numbers import Number, read_number
from sample_engineering.grading.spelling import plain
from sample_engineering.sample import ANSWER_KINDS, Sample


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold answer that the grader can read.

    Parameters
    ----------
    text : str
        The answer as given.
    kind : str
        One of `sample.ANSWER_KINDS`.
    form : str
        Its normal spelling.
    unit : str or None
        Declared unit.
    tolerance : float or None
        Relative tolerance, dimensionless.
    choices : tuple of str or None
        Texts of the options A, B, C ...
    """

    text: str
    kind: str
    form: str
    unit: str | None = None
    tolerance: float | None = None
    choices: tuple[str, ...] | None = None
    value: Any = field(default=None, compare=False, repr=False)


def read_gold(
    answer: str,
    *,
    kind: str | None = None,
    unit: str | None = None,
    tolerance: float | None = None,
    choices: Sequence[str] | None = None,
) -> Gold:
    """Read a gold answer; the kind is read from the answer where none is declared.

    Raises
    ------
    GoldError
        If the answer is empty, its kind unknown, or it cannot be read as that kind.
    """
    return _read(answer, kind, unit, tolerance, None if choices is None else tuple(choices))


def read_sample_gold(sample: Sample) -> Gold:
    """Read the gold answer of a sample with the kind, unit and tolerance that it declares."""
    return read_gold(
        sample.answer,
        kind=sample.kind,
        unit=sample.unit,
        tolerance=sample.tolerance,
        choices=sample.choices,
    )


def answer_kind(answer: str) -> str:
    """Kind of a gold answer, read from its text.

    Raises
    ------
    GoldError
        If the answer cannot be read.
    """
    return read_gold(answer).kind


@lru_cache(maxsize=4096)
def _read(
    answer: str,
    kind: str | None,
    unit: str | None,
    tolerance: float | None,
    choices: tuple[str, ...] | None,
) -> Gold:
    if not isinstance(answer, str) or not answer.strip():
        raise GoldError("the gold answer is empty; give the sample an answer")
    if kind is not None and kind not in ANSWER_KINDS:
        raise GoldError(f"kind {kind!r} is unknown; use one of {', '.join(ANSWER_KINDS)}")
    form = plain(answer)
    number: Number | None = read_number(form)
    if kind == "number" and number is None:
        raise GoldError(f"{answer!r} cannot be read as a number; correct it or declare its kind")
    found = kind or ("number" if number else "choice" if re.fullmatch(r"[A-J]", form) else "text")
    return Gold(answer, found, form, unit, tolerance, choices, number)
