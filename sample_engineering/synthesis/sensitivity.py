"""How an answer hangs on what is stated: does every part matter, and is the answer well posed?

`trouble` is the numeric gate of the composer: every relation and every domain matter, no number on
the way would pass for the answer, three carried figures reach it, and the data are good enough for
the figures that are asked.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

from sample_engineering.synthesis import formula, units
from sample_engineering.synthesis.chain import Chain, Datum, Stage
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.rounding import calls

CHANGE = 0.1  # data are changed by this share, or to the next whole number
MARGIN = 3  # tolerances: how far a change must move the answer, and what is no answer lies off it
MOST_CONDITION = 5.0  # relative change of the answer over that of one stated value
CARRIED_FIGURES = 3  # the problems ask for three; a reader who carries as many must get there
_SMALL = 1e-4  # relative step of a numeric derivative
_HALF = 0.5 * 10.0 ** (1 - CARRIED_FIGURES)  # half of the last carried figure, for mantissa one
_NEXT_COUNT = 0.4  # an exact count that moves by more is another one
_GUESSES = {"percent": 100.0, "": 1.0}  # the end of a scale of shares, which anyone may guess


@dataclass(frozen=True)
class Sensitivity:
    """How the answer of a chain moves."""

    chain: Chain

    def moved(self, changed: dict[int, float]) -> float:
        """Return by which share the answer moves; infinite where there is none any more."""
        size, answer = self.chain.run(changed), self.chain.answer
        return abs(size / answer - 1) if math.isfinite(size) and answer else math.inf

    @cached_property
    def reaches(self) -> tuple[float, ...]:
        """By which share the answer moves at most when each datum alone is changed by `CHANGE`."""
        return tuple(
            max(self.moved({item.slot: size}) for size in _changed(item))
            for item in self.chain.data
        )

    def reach(self, relation: Relation) -> float:
        """Return how far what a relation states moves the answer.

        A relation that states nothing (it computes on what others yield) matters by its result.
        """
        own = [
            reach
            for item, reach in zip(self.chain.data, self.reaches, strict=True)
            if item.relation is relation
        ]
        (stage,) = (stage for stage in self.chain.stages if relation in stage.relation.parts)
        if own and not self._taken_up_twice(stage):
            return max(own)
        # Of a result that is taken up twice one use may undo the other.
        size = self.chain.sizes[stage.fills]
        by_result = max(self.moved({stage.fills: size * (1 + sign * CHANGE)}) for sign in (1, -1))
        return min([by_result, *([max(own)] if own else [])])

    def _taken_up_twice(self, stage: Stage) -> bool:
        slots = {stage.fills, *(slot for slot, _ in stage.numbers)}
        return sum(len(slots & {*other.takes}) for other in self.chain.stages) > 1

    @cached_property
    def by_domain(self) -> dict[str, float]:
        """How far the data of each domain move the answer, as a share of it."""
        found: dict[str, float] = {}
        for stage in self.chain.stages:
            for part in stage.relation.parts:
                found[part.domain] = max(found.get(part.domain, 0.0), self.reach(part))
        return found

    @cached_property
    def condition(self) -> float:
        """The largest relative change of the answer over that of one measured datum."""
        found = 0.0
        for item in self.chain.data:
            if not (item.quantity.whole or item.quantity.exact) and item.base:
                found = max(found, self.moved({item.slot: item.base * (1 + _SMALL)}) / _SMALL)
        return found

    @cached_property
    def carried_error(self) -> float:
        """The largest relative error of the answer when every result is rounded to three figures.

        Each rounding may go as far as half of the third figure, all in the worst direction.
        """
        total = 0.0
        for stage in self.chain.stages[:-1]:
            share = self._cut(stage)
            if share:
                size = self.chain.sizes[stage.fills]
                total += max(
                    self.moved({stage.fills: size * (1 + sign * share)}) for sign in (1, -1)
                )
        return total

    def _cut(self, stage: Stage) -> float:
        """Return by which share a result changes at most when it is cut to three figures."""
        size = self.chain.sizes[stage.fills]
        if stage.unknown.whole or not size:
            return 0.0
        return max(_half_figure(size), _half_figure(units.in_unit(size, stage.unknown.unit)))

    @cached_property
    def flips(self) -> str:
        """Name a relation whose count would be another one when results are cut; '' for none."""
        chain = self.chain
        for index, stage in enumerate(chain.stages):
            if not calls(stage.relation):
                continue
            errors: dict[int, float] = {}
            for at, before in enumerate(chain.stages[:index]):
                if before.fills in stage.takes:
                    part = Sensitivity(replace(chain, stages=chain.stages[: at + 1]))
                    errors[before.fills] = part.carried_error + self._cut(before)
            for signs in product((1, -1), repeat=len(errors)):
                sizes = [*chain.sizes]
                for (slot, share), sign in zip(errors.items(), signs, strict=True):
                    sizes[slot] *= 1 + sign * share
                try:
                    found = stage.function(*[sizes[slot] for slot in stage.takes])
                except formula.NO_VALUE:
                    return stage.relation.name
                if stage.unknown.whole and found != chain.sizes[stage.fills]:
                    return stage.relation.name
        return ""


def _changed(item: Datum) -> tuple[float, float]:
    """Return a datum made larger and smaller, in coherent units."""
    step = abs(item.size) * CHANGE
    if item.quantity.whole:
        step = max(1.0, round(step))
    return units.in_base(item.size + step, item.unit), units.in_base(item.size - step, item.unit)


def _half_figure(size: float) -> float:
    """Return half of the last carried figure of a size, as a share of it."""
    mantissa = abs(size) / 10.0 ** math.floor(math.log10(abs(size)))
    return _HALF / mantissa


def trouble(chain: Chain, unit: str, tolerance: float) -> str:
    """Say what makes the answer of a chain a bad one, or return ''.

    Parameters
    ----------
    chain : Chain
    unit : str
        In which the answer is wanted.
    tolerance : float
        Relative tolerance of the grader; 0 for an exact count.
    """
    size = units.in_unit(chain.answer, unit)
    if not size:
        return "the answer is zero"
    found = Sensitivity(chain)
    least = MARGIN * tolerance or _NEXT_COUNT / abs(size)
    for stage in chain.stages:
        for part in stage.relation.parts:
            if found.reach(part) <= least:
                return f"the data of {part.name} hardly move the answer"
    guess = _GUESSES.get(unit)
    if guess is not None and chain.asked.high <= guess and abs(size / guess - 1) <= least:
        return "the answer is nearly all of the whole, which may be guessed"
    if abs(size - 1) <= tolerance:
        return "a grader that wants a number reads 100 % as the answer"
    # A percentage may be read as the share that it is.
    forms = {size, chain.answer} if not units.dimensionality(unit) else {size}
    for name, other in _others(chain, unit):
        if any(abs(other / form - 1) <= least for form in forms):
            return f"{name} would nearly pass for the answer"
    if found.flips:
        return f"a count of {found.flips} would be another one with three carried figures"
    if not tolerance:
        return ""
    if found.condition > MOST_CONDITION:
        return f"the condition number is {found.condition:.1f}"
    own = abs(float(f"{size:.{CARRIED_FIGURES - 1}e}") / size - 1)
    if found.carried_error + own > tolerance:
        return "three carried figures may miss the answer"
    return ""


def _others(chain: Chain, unit: str) -> Iterator[tuple[str, float]]:
    """Yield every number of the problem and of the way to its answer: bare, and in its unit.

    A grader that wants a bare number reads "5.03 dollars" as 5.03, whatever the unit.
    """
    dimension = units.dimensionality(unit)

    def shown(name: str, base: float, home: str) -> Iterator[tuple[str, float]]:
        yield name, units.in_unit(base, home)
        if not units.dimensionality(home):
            yield name, base
        if units.dimensionality(home) == dimension:
            yield name, units.in_unit(base, unit)

    for item in chain.data:
        yield from shown(f"a stated value of {item.relation.name}", item.base, item.unit)
    for stage in chain.stages[:-1]:
        for home in stage.met_in:
            name = f"the result of {stage.relation.name}"
            yield from shown(name, chain.sizes[stage.fills], home)
        for slot, home in stage.numbers:
            yield from shown(name, chain.sizes[slot], home)
    for stage in chain.stages:
        for slot, home in stage.beside:
            name = f"what {stage.relation.name} yields beside its result"
            yield from shown(name, chain.sizes[slot], home)
    for size, home in chain.idle:
        yield from shown("an idle fact", units.in_base(size, home), home)
    for size in chain.constants:
        yield "a constant", size


def record(chain: Chain) -> dict[str, object]:
    """Return what a sample keeps of its chain: the answer's shift by domain, and the condition."""
    found = Sensitivity(chain)
    return {
        "sensitivity": {name: float(f"{size:.2g}") for name, size in found.by_domain.items()},
        "condition_number": float(f"{found.condition:.2g}"),
    }
