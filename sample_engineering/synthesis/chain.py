"""A problem without its words: stated sizes, and what leads from them to the answer.

A chain is made from the numbers of a plan, or from a text that was read back and solved. It can be
run again with other sizes, which shows how the answer hangs on them (`sensitivity`).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sample_engineering.synthesis import formula, units
from sample_engineering.synthesis.constants import CONSTANTS
from sample_engineering.synthesis.evaluating import Function, form_function
from sample_engineering.synthesis.reading import Reading
from sample_engineering.synthesis.relation import Quantity, Relation
from sample_engineering.synthesis.resolving import Resolved
from sample_engineering.synthesis.resolving_pairs import Pair
from sample_engineering.synthesis.scene import Place
from sample_engineering.synthesis.solving import Numbers
from sample_engineering.synthesis.systems import System, joined


@dataclass(frozen=True, slots=True)
class Datum:
    """A stated size: its place in the chain, and how it is printed."""

    slot: int
    relation: Relation
    quantity: Quantity
    size: float
    unit: str

    @property
    def base(self) -> float:
        """Its size in coherent units."""
        return units.in_base(self.size, self.unit)


@dataclass(frozen=True, slots=True)
class Stage:
    """One relation, solved: which slots it takes, and the slot that it fills."""

    relation: Relation
    unknown: Quantity
    function: Function
    takes: tuple[int, ...]
    fills: int
    # The pure number it yields becomes the size of another quantity in this unit.
    numbers: tuple[tuple[int, str], ...] = ()
    # Units in which its result is met on the way: its own and those of what takes it up.
    met_in: tuple[str, ...] = ()
    # What a system finds beside its result: the slot, and the unit of its own.
    beside: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """A problem without its words.

    Parameters
    ----------
    sizes : tuple of float
        Every size in coherent units: the stated ones, the constants and the computed ones.
    data : tuple of Datum
        What is stated.
    stages : tuple of Stage
        In the order in which they are solved; the last one yields the answer.
    constants : tuple of float
        Physical constants, as they are printed.
    idle : tuple of (float, str)
        Numbers that bear on nothing, and their units.
    """

    sizes: tuple[float, ...]
    data: tuple[Datum, ...]
    stages: tuple[Stage, ...]
    constants: tuple[float, ...] = ()
    idle: tuple[tuple[float, str], ...] = ()

    @property
    def answer(self) -> float:
        """The answer in coherent units."""
        return self.sizes[self.stages[-1].fills]

    @property
    def asked(self) -> Quantity:
        """What is asked for."""
        return self.stages[-1].unknown

    def run(self, changed: Mapping[int, float]) -> float:
        """Return the answer with other sizes in some slots, nan where there is none.

        A computed size in `changed` is taken as it is.
        """
        sizes = [*self.sizes]
        for slot, size in changed.items():
            sizes[slot] = size
        try:
            for stage in self.stages:
                if stage.fills not in changed:
                    sizes[stage.fills] = stage.function(*[sizes[slot] for slot in stage.takes])
                for slot, unit in stage.numbers:
                    sizes[slot] = units.in_base(sizes[stage.fills], unit)
        except formula.NO_VALUE:
            return math.nan
        answer = sizes[self.stages[-1].fills]
        return math.nan if isinstance(answer, complex) else answer


def of_numbers(numbers: Numbers) -> Chain:
    """Return the chain of the numbers of a plan."""
    sizes: list[float] = []
    data: list[Datum] = []
    constants: dict[str, float] = {}
    stages: list[Stage] = []

    def slot(size: float) -> int:
        sizes.append(size)
        return len(sizes) - 1

    for solved in numbers.steps:
        relation, step = solved.step.relation, solved.step
        places: dict[str, int] = {}
        for name, child in step.links.items():
            taken, before = relation.by_name[name], stages[child]
            if name in step.symbols:
                places[name] = slot(solved.base[name])
                more = (*before.numbers, (places[name], taken.unit))
                stages[child] = replace(before, numbers=more)
            else:
                places[name] = before.fills
                met = (*before.met_in, taken.unit, *taken.units)
                stages[child] = replace(before, met_in=met)
        for name, value in solved.values.items():
            places[name] = slot(value.base)
            if name != step.unknown:
                quantity, home = relation.by_name[name], relation.home_of(name)[0]
                data.append(Datum(places[name], home, quantity, value.size, value.unit))
        for name in relation.constants:
            places[name] = slot(solved.base[name])
            constants[name] = float(CONSTANTS[name].value)
        names, function = form_function(relation, step.unknown, solved.base)
        unknown = relation.by_name[step.unknown]
        met = (unknown.unit, *unknown.units)
        takes = tuple(places[name] for name in names)
        fills = slot(solved.result)
        beside = tuple(
            (slot(solved.base[name]), relation.by_name[name].unit)
            for name in relation.silent(step.unknown)
            if isinstance(relation, System)
        )
        stages.append(Stage(relation, unknown, function, takes, fills, (), met, beside))
    return Chain(tuple(sizes), tuple(data), tuple(stages), tuple(constants.values()))


def place_of(relation: Relation, name: str) -> Place:
    """Return the place of a quantity in a text; of a system, that of one of its relations."""
    home, own = relation.home_of(name)
    return home.name, own


def of_reading(reading: Reading, resolved: Resolved) -> Chain:
    """Return the chain of a text that was read and solved."""
    known = resolved.known
    sizes: list[float] = []
    slots: dict[Place, int] = {}

    def slot(place: Place) -> int:
        """A linked place lies in the slot of what yields it."""
        while place in reading.links and reading.links[place] in known:
            place = reading.links[place]
        if place not in slots:
            slots[place] = len(sizes)
            sizes.append(known[place])
        return slots[place]

    by_name = {
        relation.name: relation
        for solved, _ in resolved.order
        for relation in ((solved.first, solved.second) if isinstance(solved, Pair) else (solved,))
    }
    data: list[Datum] = []
    for (name, quantity), (size, unit) in reading.printed.items():
        if name in by_name:
            relation = by_name[name]
            at = slot((name, quantity))
            data.append(Datum(at, relation, relation.by_name[quantity], size, unit))
    taken: dict[Place, list[Place]] = {}
    for taker, yielder in reading.links.items():
        taken.setdefault(yielder, []).append(taker)
    scaled: dict[Place, list[tuple[Place, str]]] = {}
    for taker, (letter, unit) in reading.scale.items():
        scaled.setdefault(reading.letters[letter], []).append((taker, unit))
    stages: list[Stage] = []
    for solved, unknown in resolved.order:
        relation, unknown = (
            joined(solved.first, solved.second, solved.names, unknown)
            if isinstance(solved, Pair)
            else (solved, unknown)
        )
        base = {name: known[place_of(relation, name)] for name in relation.by_name}
        names, function = form_function(relation, unknown, base | reading.constants)
        takes = []
        for name in names:
            if name in relation.by_name:
                takes.append(slot(place_of(relation, name)))
            else:
                takes.append(len(sizes))
                sizes.append(reading.constants[name])
        place = place_of(relation, unknown)
        while place in reading.links:
            place = reading.links[place]
        yielded = relation.by_name[unknown]
        met = [yielded.unit, *yielded.units]
        for taker in taken.get(place, ()):
            if taker[0] in by_name:
                other = by_name[taker[0]].by_name[taker[1]]
                met += [other.unit, *other.units]
        numbers = tuple((slot(taker), unit) for taker, unit in scaled.get(place, ()))
        beside = tuple(
            (slot(place_of(relation, name)), relation.by_name[name].unit)
            for name in relation.silent(unknown)
            if isinstance(relation, System)
        )
        stages.append(
            Stage(
                relation, yielded, function, tuple(takes), slot(place), numbers, tuple(met), beside
            )
        )
    constants = tuple(reading.printed_constants.values())
    return Chain(tuple(sizes), tuple(data), tuple(stages), constants, tuple(reading.idle))
