"""Answers that are two solutions together: the set of both, or all that lies between them."""

import re

from sample_engineering.synthesis import units
from sample_engineering.synthesis.numbers import HALF_UP, significant, whole
from sample_engineering.synthesis.solving import Numbers
from sample_engineering.synthesis.stated_values import NUMBER, number_of

_BRACKETS = {"set": (r"\{", r"\}"), "interval": ("[", "]")}
_WRITTEN = re.compile(rf"(?:\\\{{|\[)({NUMBER}), ({NUMBER})(?:\\\}}|\])")


def written(numbers: Numbers, unit: str, kind: str, digits: int | None) -> str:
    """Write both solutions of the last step.

    Parameters
    ----------
    numbers : Numbers
    unit : str
        In which they are asked for.
    kind : {"set", "interval"}
    digits : int, optional
        Significant figures; None for whole numbers.
    """
    last = numbers.last
    assert last.other is not None
    sizes = (units.in_unit(size, unit) for size in (last.other, last.result))
    low, high = (
        whole(size) if digits is None else significant(size * HALF_UP, digits) for size in sizes
    )
    opening, closing = _BRACKETS[kind]
    return f"{opening}{low}, {high}{closing}"


def read(answer: str) -> tuple[float, float]:
    """Read both numbers back.

    Raises
    ------
    ValueError
        If they are not written so.
    """
    match = _WRITTEN.fullmatch(answer)
    if match is None:
        raise ValueError(f"{answer!r} is not two numbers in brackets")
    return number_of(match[1]), number_of(match[2])
