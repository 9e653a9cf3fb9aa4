"""The exact answer, derived once more from what a composed sample brings: relations or a program.

What stands here is the common face; `from_relations` reads the text back and solves it, and
`from_program` runs the arithmetic program of a language model.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from sample_engineering.sample import Sample

CARRIED_FIGURES = 3  # what a student with a slide rule's habits keeps of an intermediate result


@dataclass(frozen=True, slots=True)
class Moved:
    """The answer with another usual choice of one constant.

    Parameters
    ----------
    constant : str
        Its name.
    choice : float
        The other value, as it is usually written.
    value : float
        The answer then, in the derivation's unit.
    stated : bool
        Whether the problem itself states the constant.
    """

    constant: str
    choice: float
    value: float
    stated: bool


class Derivation(Protocol):
    """The exact answer, and how it moves.

    Attributes
    ----------
    source : str
        ``relations`` or ``program``.
    value : float
        The answer before rounding, in `unit`.
    unit : str
        In pint's spelling; empty for a pure number.
    """

    @property
    def source(self) -> str:
        """What it comes from."""
        ...

    @property
    def value(self) -> float:
        """The answer before rounding."""
        ...

    @property
    def unit(self) -> str:
        """Its unit."""
        ...

    def moved(self) -> Iterator[Moved]:
        """Yield the answer for each other usual choice of each constant."""
        ...

    def carried(self, figures: int) -> float | None:
        """Return the answer where intermediate results are rounded to so many figures."""
        ...


def derive(sample: Sample) -> Derivation | None:
    """Derive the answer of a sample anew; None where it brings nothing to derive it from."""
    from sample_engineering.audit.from_program import derive_from_program
    from sample_engineering.audit.from_relations import derive_from_relations

    return derive_from_relations(sample) or derive_from_program(sample)
