"""Numbers whose answer is a whole number from 1 to 999, found backwards.

Every result on the way is a round number, of three figures at most, so that nothing is lost by
rounding. Stated values are drawn from numbers that divide well; where a result does not come out
round, a round one is chosen and the equation solved for one of the stated values, until that one
is round as well.
"""

import math
from collections.abc import Iterator, Mapping
from random import Random

from sample_engineering.synthesis import units
from sample_engineering.synthesis.dropped import Dropped
from sample_engineering.synthesis.evaluating import Span, constant_base, functions_of
from sample_engineering.synthesis.fits import Fits
from sample_engineering.synthesis.numbers import Value, draw, fixed, significant
from sample_engineering.synthesis.plan import Plan, Step
from sample_engineering.synthesis.relation import Quantity
from sample_engineering.synthesis.roundness import (
    EASY,
    FIGURES,
    SLACK,
    easy_between,
    is_round,
    value_at,
)
from sample_engineering.synthesis.solving import Drawing, Numbers, Solved, base_range
from sample_engineering.synthesis.systems import System

MOST = 999  # the largest answer; one of 1,000 would be told in a larger unit
_SYSTEM_TRIES = 60  # of both of its unknowns; each is cheap
_TRIES = 3  # sets of stated values for one step
_TARGETS = 24  # round results that are tried for a set of stated values
_FEW = 20  # whole numbers in a range so small that all are as good


def draw_whole(plan: Plan, rng: Random, conversions: bool, fits: Fits) -> Numbers:
    """Draw numbers for a plan whose answer is a whole number; see `draw_numbers`.

    Raises
    ------
    Dropped
        If none were found.
    """
    drawing = _WholeDrawing(plan, rng, conversions, fits)
    drawing.fill(len(plan.steps) - 1)
    numbers = Numbers(tuple(drawing.solved[number] for number in range(len(plan.steps))))
    if not drawing.is_whole(numbers.last.result):
        raise Dropped("no numbers: the answer is not a whole number from 1 to 999")
    return numbers


class _WholeDrawing(Drawing):
    """One attempt at round numbers for a plan."""

    def is_whole(self, base: float) -> bool:
        """Tell whether an answer is whole in the unit in which it is asked for."""
        quantity = self.plan.last.quantity
        size = units.in_unit(base, _asked_unit(base, quantity))
        return 1 <= round(size) <= MOST and abs(size - round(size)) <= SLACK * abs(size)

    def _draw(self, step: Step, linked: Mapping[str, float], wanted: Span) -> Solved | str:
        if step.relation.pivot and not step.links:
            return super()._draw(step, linked, wanted)  # whole numbers, drawn backwards anyway
        system = step.relation if isinstance(step.relation, System) else None
        for _ in range(_TRIES if system is None else _SYSTEM_TRIES):
            if system is not None:
                found = self._of_system(step, system, linked, wanted)
            else:
                found = self._round_values(step, linked, wanted)
            if found is None:
                continue
            values, base = found
            solved = self._settled(step, values, base, step.unknown)
            if (
                isinstance(solved, Solved)
                and self._fits(step, solved.result, wanted)
                and (solved.other is None or self.is_whole(solved.other))
            ):
                return solved
        return "no round numbers"

    def _fits(self, step: Step, base: float, wanted: Span) -> bool:
        slack = SLACK * abs(base)
        if not wanted[0] - slack <= base <= wanted[1] + slack:
            return False
        if step is self.plan.last:
            return self.is_whole(base)
        return step.quantity.whole or is_round(units.in_unit(base, step.quantity.unit))

    def _round_values(
        self, step: Step, linked: Mapping[str, float], wanted: Span
    ) -> tuple[dict[str, Value], dict[str, float]] | None:
        """Draw round values of a step such that its result is round too."""
        relation = step.relation
        values: dict[str, Value] = {}
        base = {name: constant_base(name) for name in relation.constants} | dict(linked)
        for quantity in relation.quantities:
            if quantity.name not in (*base, step.unknown, *relation.inner):
                values[quantity.name] = value = self._value(step, quantity)
                base[quantity.name] = value.base
        functions, names, _ = functions_of(relation, step.unknown)
        if len(functions) != 1:
            return values, base
        result = value_at(functions[0], names, base)
        if self._fits(step, result, wanted):
            return values, base
        free = [
            name for name in values if name not in step.case.fixed and name in relation.unknowns
        ]
        self.rng.shuffle(free)
        targets = [*self._targets(step, wanted)]
        for name in free:
            backwards, takes, _ = functions_of(relation, name)
            if len(backwards) != 1:
                continue
            low, high = base_range(step, name)
            for target in targets:
                size = value_at(backwards[0], takes, {**base, step.unknown: target})
                if not low <= size <= high:
                    continue
                moved = self._exactly(relation.by_name[name], size)
                if moved is not None:
                    return {**values, name: moved}, {**base, name: moved.base}
        return self._forwards(step, wanted, values, base)

    def _of_system(
        self, step: Step, system: System, linked: Mapping[str, float], wanted: Span
    ) -> tuple[dict[str, Value], dict[str, float]] | None:
        """Choose what two relations share, and solve each of them for one of its other values."""
        values: dict[str, Value] = {}
        base = {name: constant_base(name) for name in system.constants} | dict(linked)
        targets = [*self._targets(step, wanted)][:1]
        (other,) = system.silent(step.unknown)
        beside = self._easy(*step.range_of(other))
        if not targets or beside is None:
            return None
        base[step.unknown] = targets[0]
        base[other] = units.in_base(beside, system.by_name[other].unit)
        for member in system.members:
            open_names = [name for name in member.names.values() if name not in base]
            free = [
                (own, here)
                for own, here in member.names.items()
                if here in open_names
                and own in member.relation.unknowns
                and here not in step.case.fixed
            ]
            if not free:
                return None
            own, chosen = self.rng.choice(free)
            for name in open_names:
                if name != chosen:
                    values[name] = value = self._value(step, system.by_name[name])
                    base[name] = value.base
            functions, takes, _ = functions_of(member.relation, own)
            if len(functions) != 1:
                return None
            there = base | {mine: base[here] for mine, here in member.names.items() if here in base}
            size = value_at(functions[0], takes, there)
            low, high = base_range(step, chosen)
            moved = self._exactly(system.by_name[chosen], size) if low <= size <= high else None
            if moved is None:
                return None
            values[chosen], base[chosen] = moved, moved.base
        del base[step.unknown], base[other]
        return values, base

    def _forwards(
        self, step: Step, wanted: Span, values: dict[str, Value], base: dict[str, float]
    ) -> tuple[dict[str, Value], dict[str, float]] | None:
        """Try for one stated value every number that divides well, until the result is round.

        A constant of a substance (4.18 kJ/(kg*K)) has prime factors that no round result has; then
        it is the other values that must be 1, 2 or 5, and the result a multiple of the constant.
        """
        ((function,), names, _) = functions_of(step.relation, step.unknown)
        free = [name for name in values if name not in step.case.fixed]
        self.rng.shuffle(free)
        for name in free:
            quantity = step.relation.by_name[name]
            if quantity.step is not None:
                continue
            trials = [*easy_between(*step.range_of(name), quantity.whole)]
            self.rng.shuffle(trials)
            for size in trials:
                moved = units.in_base(size, quantity.unit)
                result = value_at(function, names, {**base, name: moved})
                if self._fits(step, result, wanted):
                    value = self._exactly(quantity, moved)
                    if value is not None:
                        return {**values, name: value}, {**base, name: value.base}
        return None

    def _targets(self, step: Step, wanted: Span) -> Iterator[float]:
        """Yield results (coherent units) that a step may as well have."""
        quantity = step.quantity
        low, high = base_range(step, step.unknown)
        span = max(low, wanted[0]), min(high, wanted[1])
        if not span[0] < span[1]:
            return
        if step is self.plan.last:
            for unit in (quantity.unit, *quantity.units):
                ends = sorted(units.in_unit(end, unit) for end in span)
                least, most = max(1, math.ceil(ends[0])), min(MOST, math.floor(ends[1]))
                if least <= most:
                    count = min(_TARGETS, most - least + 1)
                    for whole in self.rng.sample(range(least, most + 1), count):
                        base = units.in_base(whole, unit)
                        if self.is_whole(base):
                            yield base
            return
        first, last = sorted(units.in_unit(end, quantity.unit) for end in span)
        for _ in range(_TARGETS):
            size = self._easy(first, last)
            if size is not None and (not quantity.whole or size == round(size)):
                yield units.in_base(size, quantity.unit)

    def _easy(self, low: float, high: float) -> float | None:
        """Draw a number that divides well between two sizes, all powers of ten alike."""
        if high <= 0:
            return None
        low = max(low, high * 1e-6)
        first, last = math.floor(math.log10(low)) - 1, math.floor(math.log10(high))
        for _ in range(8):
            power = self.rng.randint(first, last)
            size = float(f"{self.rng.choice(EASY)}e{power}")
            if low <= size <= high:
                return size
        return None

    def _value(self, step: Step, quantity: Quantity) -> Value:
        """Draw one stated value that divides well."""
        name = quantity.name
        if name in step.case.fixed:
            return fixed(step.case.fixed[name], quantity.unit)
        low, high = step.range_of(name)
        if quantity.step is None and not (quantity.whole and high - low < _FEW):
            size = self._easy(low, high)
            if size is not None and quantity.whole:
                size = float(round(size)) if low <= round(size) <= high else None
            if size is not None:
                value = self._exactly(quantity, units.in_base(size, quantity.unit))
                if value is not None:
                    return value
        size = draw(self.rng, quantity, low, high)
        rounded = float(f"{size:.1e}")
        return _printed(quantity, rounded if low <= rounded <= high else size, quantity.unit)

    def _exactly(self, quantity: Quantity, base: float) -> Value | None:
        """Return a size as it is printed, in a unit in which it is round; None where it is not."""
        if quantity.whole:
            size = units.in_unit(base, quantity.unit)
            whole = abs(size - round(size)) <= SLACK * max(1.0, abs(size))
            return _printed(quantity, float(round(size)), quantity.unit) if whole else None
        offered = (quantity.unit, *(quantity.units if self.conversions else ()))
        for unit in dict.fromkeys((*units.easy_units(base, offered), *offered)):
            size = units.in_unit(base, unit)
            if is_round(size):
                return _printed(quantity, float(f"{size:.{FIGURES - 1}e}"), unit)
        return None


def _asked_unit(base: float, quantity: Quantity) -> str:
    return units.easy_units(base, (quantity.unit, *quantity.units))[0]


def _printed(quantity: Quantity, size: float, unit: str) -> Value:
    """Return a value as it is printed: without zeros that say nothing."""
    if 1e-3 <= abs(size) < 1e5 or size == 0:
        number = f"{size:.10g}"
    else:
        figures = len(f"{size:.10e}".partition("e")[0].replace(".", "").rstrip("0"))
        number = significant(size, max(figures, 1))
    return Value(number, unit, size, units.in_base(size, unit), True)
