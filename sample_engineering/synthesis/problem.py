"""Problems: a composed sample, and what its independent check must know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sample_engineering.sample import Sample
from sample_engineering.synthesis.language import DEFAULT, Language, language
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.scene import Told

ANSWER_TOLERANCE = 0.01  # relative: a third figure that is off by rounding on the way still counts


class Formula(Protocol):
    """An answer in symbols, as the check sees it."""

    @property
    def names(self) -> tuple[str, ...]:
        """The symbols that stand for given values."""
        ...

    def at(self, sizes: Mapping[str, float]) -> float:
        """Return its value (coherent units) with sizes put in for the symbols."""
        ...


@dataclass(frozen=True, slots=True)
class Check:
    """What the independent check of a problem is told beside its text.

    Parameters
    ----------
    relations : tuple of Relation
        The relations that the problem claims to use.
    domains : tuple of str
        Each must be needed for the answer.
    formula : Formula, optional
        The answer, where it is an expression.
    trials : tuple of mapping
        Sizes of its symbols (coherent units) at which it must agree with the problem.
    told : Told, optional
        The scene in which it claims to be told.
    language : Language
        In which it is told.
    """

    relations: tuple[Relation, ...]
    domains: tuple[str, ...] = ()
    formula: Formula | None = None
    trials: tuple[Mapping[str, float], ...] = ()
    told: Told | None = None
    language: Language = field(default_factory=lambda: language(DEFAULT))


@dataclass(frozen=True, slots=True)
class Problem:
    """A composed sample that has not been checked yet."""

    sample: Sample
    check: Check
