"""Plans: which relations a problem joins, through which quantities, and what it asks."""

from collections.abc import Mapping
from dataclasses import dataclass

from sample_engineering.synthesis.relation import Case, Extra, Quantity, Relation
from sample_engineering.synthesis.scene import Told

Shape = tuple[Case, str, tuple[tuple[str, str], ...]]
"""(case, unknown, (quantity, relation that yields it) ...): what decides if numbers come out."""


@dataclass(frozen=True, eq=False, slots=True)
class Step:
    """One relation of a plan, told in one case, solved for one unknown.

    Parameters
    ----------
    relation : Relation
    case : Case
    unknown : str
        The quantity that this step yields.
    links : mapping
        From a quantity to the number of the step that yields it.
    symbols : mapping
        Names the links that go through a pure number ("let $k$ be ...").
    shape : Shape
    """

    relation: Relation
    case: Case
    unknown: str
    links: Mapping[str, int]
    symbols: Mapping[str, str]
    shape: Shape

    @property
    def quantity(self) -> Quantity:
        """The unknown."""
        return self.relation.by_name[self.unknown]

    def range_of(self, name: str) -> tuple[float, float]:
        """Return the plausible range of a quantity in its unit."""
        return range_of(self.relation, self.case, name)


@dataclass(frozen=True, eq=False, slots=True)
class Plan:
    """The shape of a problem: which relations it joins, and what it asks.

    Parameters
    ----------
    steps : tuple of Step
        In the order in which they are solved; the last one yields the answer.
    told : Told, optional
        The scene, where the plan is told in one.
    """

    steps: tuple[Step, ...]
    told: Told | None = None

    @property
    def last(self) -> Step:
        """The step that yields the answer."""
        return self.steps[-1]

    @property
    def relations(self) -> tuple[Relation, ...]:
        """The relations in the order of the steps; a system is two of them."""
        return tuple(part for step in self.steps for part in step.relation.parts)

    @property
    def idle(self) -> tuple[tuple[int, Extra], ...]:
        """Facts that bear on nothing, with the step that each is about; -1: with the scene."""
        own = tuple(
            (number, extra)
            for number, step in enumerate(self.steps)
            for extra in step.relation.extras
        )
        if self.told is None:
            return own
        return own + tuple((-1, extra) for extra in self.told.scene.idle)

    @property
    def structure(self) -> tuple[object, ...]:
        """What a problem is apart from its numbers and its words: relations, unknowns and links."""
        return tuple(
            (
                step.relation.name,
                step.unknown,
                tuple((name, child, name in step.symbols) for name, child in step.links.items()),
            )
            for step in self.steps
        )

    def symbol_of(self, number: int) -> str:
        """Return the name of the pure number that a step yields, or ''."""
        return next(
            (
                step.symbols[name]
                for step in self.steps
                for name, child in step.links.items()
                if child == number and name in step.symbols
            ),
            "",
        )


def range_of(relation: Relation, case: Case, name: str) -> tuple[float, float]:
    """Return the plausible range of a quantity in its unit, as a case narrows it."""
    quantity = relation.by_name[name]
    return case.ranges.get(name, (quantity.low, quantity.high))
