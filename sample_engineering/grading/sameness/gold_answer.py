"""The gold answer as the checks see it; `grading.gold` reads it."""

from dataclasses import dataclass, field
from typing import Any


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
        Relative tolerance, dimensionless; None means exact (see `equal.same_value` for decimals).
    choices : tuple of str or None
        Texts of the options A, B, C ...
    units_allowed : bool
        Whether a gold without a unit accepts the right number followed by a recognised unit.
    asked : frozenset of str
        Words of the problem, which may follow the number: what is counted.
    value : object
        What the checks compare: a tree, a quantity, a formula, a letter or folded text.
    engine : bool
        Whether Math-Verify is asked where the own checks cannot tell (sums, integrals, limits, or
        notation that only it reads).
    declared : bool
        Whether the kind was declared rather than read from the answer.
    """

    text: str
    kind: str
    form: str
    unit: str | None = None
    tolerance: float | None = None
    choices: tuple[str, ...] | None = None
    units_allowed: bool = True
    asked: frozenset[str] = field(default=frozenset(), repr=False)
    value: Any = field(default=None, compare=False, repr=False)
    engine: bool = field(default=False, compare=False)
    declared: bool = field(default=False, compare=False)
