"""Numbers: the values of a plan, drawn and solved with the compiled solved forms."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from random import Random

from sample_engineering.synthesis import formula, units
from sample_engineering.synthesis.dropped import Dropped
from sample_engineering.synthesis.evaluating import (
    WHOLE_SLACK,
    Function,
    Span,
    conditions_of,
    constant_base,
    functions_of,
    solve,
)
from sample_engineering.synthesis.fits import Fits
from sample_engineering.synthesis.numbers import Value, between, draw, fixed, stated
from sample_engineering.synthesis.plan import Plan, Step
from sample_engineering.synthesis.relation import Quantity

_BUDGET = 80  # draws for one plan
_REDRAWS = 8  # draws of one part
_CONVERTED_SHARE = 0.5  # of the values that may as well be stated in another unit
_HALVINGS = 24  # finds a value to more figures than it is stated with
ANYWHERE: Span = (-math.inf, math.inf)


@dataclass(frozen=True, eq=False, slots=True)
class Solved:
    """A step with its numbers.

    Parameters
    ----------
    step : Step
    values : mapping of str to Value
        The stated quantities, as they are printed.
    base : mapping of str to float
        Every quantity and constant, in coherent units.
    result : float
        What the step yields, in coherent units.
    """

    step: Step
    values: Mapping[str, Value]
    base: Mapping[str, float]
    result: float


@dataclass(frozen=True, eq=False, slots=True)
class Numbers:
    """The numbers of a plan, step by step."""

    steps: tuple[Solved, ...]

    @property
    def last(self) -> Solved:
        """The step that yields the answer."""
        return self.steps[-1]


def base_range(step: Step, name: str) -> tuple[float, float]:
    """Return the plausible range of a quantity in coherent units."""
    unit = step.relation.by_name[name].unit
    low, high = step.range_of(name)
    return units.in_base(low, unit), units.in_base(high, unit)


def draw_numbers(plan: Plan, rng: Random, conversions: bool, fits: Fits) -> Numbers:
    """Draw numbers for a plan, leaves first, and solve it.

    A part whose value does not fit is drawn again by itself, within a budget of draws.

    Parameters
    ----------
    plan : Plan
    rng : random.Random
    conversions : bool
        Whether values may be stated in other units than the relation's.
    fits : Fits
        Learns which links bring plausible values.

    Raises
    ------
    Dropped
        If these numbers will not do.
    """
    drawing = Drawing(plan, rng, conversions, fits)
    drawing.fill(len(plan.steps) - 1)
    return Numbers(tuple(drawing.solved[number] for number in range(len(plan.steps))))


def _crossing(function: Function, ends: Span, target: float) -> float:
    """Return where a function between two ends, on either side of a target, comes to it."""
    low, high = ends
    rising = function(high) > function(low)
    for _ in range(_HALVINGS):
        middle = math.sqrt(low * high) if low > 0 else (low + high) / 2
        if (function(middle) < target) == rising:
            low = middle
        else:
            high = middle
    return high


class Drawing:
    """One attempt at the numbers of a plan."""

    def __init__(self, plan: Plan, rng: Random, conversions: bool, fits: Fits) -> None:
        self.plan = plan
        self.rng = rng
        self.conversions = conversions
        self.fits = fits
        self.budget = _BUDGET
        self.solved: dict[int, Solved] = {}
        taken = Counter(child for step in plan.steps for child in step.links.values())
        # What several steps take has one size: it is not drawn again for the second.
        self.shared = {number for number, often in taken.items() if often > 1}

    def fill(self, number: int, wanted: Span = ANYWHERE) -> float:
        """Fill a step and what it takes from others; returns what it yields, wanted in a span."""
        if number in self.solved and number in self.shared:
            return self.solved[number].result
        step = self.plan.steps[number]
        linked = {name: self._linked(step, name) for name in step.links}
        for _ in range(_REDRAWS):
            self.budget -= 1
            found = self._draw(step, linked, wanted)
            if isinstance(found, Solved) or self.budget <= 0:
                break
        self.fits.note_step(step, isinstance(found, Solved))
        if not isinstance(found, Solved):
            raise Dropped(f"no numbers: {found}")
        self.solved[number] = found
        return found.result

    def _linked(self, step: Step, name: str) -> float:
        """Draw what a step takes from another until it fits."""
        low, high = base_range(step, name)
        unit = step.relation.by_name[name].unit
        child = self.plan.steps[step.links[name]]
        number = name in step.symbols
        wanted = (units.in_unit(low, unit), units.in_unit(high, unit)) if number else (low, high)
        for _ in range(_REDRAWS):
            try:
                size = self.fill(step.links[name], wanted)
            except Dropped:
                self.fits.note(child, step, name, False)
                raise
            if number:
                size = units.in_base(size, unit)
            hit = low <= size <= high
            self.fits.note(child, step, name, hit)
            if hit:
                return size
            if self.budget <= 0:
                break
        raise Dropped("no numbers: a linked value lies outside the plausible range")

    def _draw(self, step: Step, linked: Mapping[str, float], wanted: Span) -> Solved | str:
        """Draw the stated values of one step and solve it; returns why it came to nothing."""
        relation = step.relation
        values: dict[str, Value] = {}
        base: dict[str, float] = {name: constant_base(name) for name in relation.constants}
        base |= linked
        pivot = relation.pivot if not step.links else None
        target = pivot or step.unknown
        for quantity in relation.quantities:
            name = quantity.name
            if name not in base and name != target:
                values[name] = value = self._value(step, quantity)
                base[name] = value.base
        low, high = base_range(step, target)
        if not pivot and not self._aim(
            step, values, base, (max(low, wanted[0]), min(high, wanted[1]))
        ):
            return "the solved value lies outside the plausible range"
        return self._settled(step, values, base, target)

    @staticmethod
    def _settled(
        step: Step, values: dict[str, Value], base: dict[str, float], target: str
    ) -> Solved | str:
        """Solve a step whose values are drawn; returns why it came to nothing."""
        relation = step.relation
        pivot = relation.pivot if target == relation.pivot and target != step.unknown else None
        low, high = base_range(step, target)
        found = solve(relation, target, base, low, high)
        if not found:
            return "the solved value lies outside the plausible range"
        if len(found) > 1:
            return "more than one solution is plausible"
        size = found[0]
        quantity = relation.by_name[target]
        if quantity.whole:
            if abs(size - round(size)) > WHOLE_SLACK * max(1.0, abs(size)):
                return "a count does not come out whole"
            size = float(round(size))
        base[target] = size
        if pivot:
            value = stated(quantity, units.in_unit(size, quantity.unit), quantity.unit)
            if abs(value.base - size) > WHOLE_SLACK * max(1.0, abs(size)):
                return "a computed coefficient is not a round number"
            values[pivot] = value
        names, conditions = conditions_of(relation)
        arguments = [base[name] for name in names]
        if not all(condition(*arguments) for condition in conditions):
            return "a condition of the relation does not hold"
        if pivot:
            values.pop(step.unknown, None)
        return Solved(step, values, base, base[step.unknown])

    def _aim(
        self, step: Step, values: dict[str, Value], base: dict[str, float], span: Span
    ) -> bool:
        """Change one drawn value so that a step yields something in a span, if it does not yet.

        Values that cannot be aimed with (whole numbers, several solved forms) are left as drawn.
        """
        functions, names, _ = functions_of(step.relation, step.unknown)
        if len(functions) != 1:
            return True
        (function,) = functions

        def result(name: str, size: float) -> float:
            try:
                found = function(*[size if other == name else base[other] for other in names])
            except formula.NO_VALUE:
                return math.nan
            return math.nan if isinstance(found, complex) else found

        size = result("", 0.0)
        if span[0] <= size <= span[1] or step.quantity.whole:
            return True
        free = [name for name in values if self._may_move(step, name)]
        self.rng.shuffle(free)
        for name in free:
            ends = base_range(step, name)
            at_ends = [result(name, end) for end in ends]
            low, high = max(min(at_ends), span[0]), min(max(at_ends), span[1])
            if math.isnan(sum(at_ends)):
                continue
            reached = low < high
            if reached:
                target = between(self.rng, low, high)
                moved = _crossing(partial(result, name), ends, target)
            else:  # as near as this one can bring it; the next one goes on from there
                target = span[0] if max(at_ends) < span[0] else span[1]
                moved = min(zip(ends, at_ends, strict=True), key=lambda at: abs(at[1] - target))[0]
            values[name] = value = self._stated(step.relation.by_name[name], moved)
            base[name] = value.base
            if reached:
                return True
        return False

    @staticmethod
    def _may_move(step: Step, name: str) -> bool:
        quantity = step.relation.by_name[name]
        return not (quantity.whole or quantity.step or name in step.case.fixed)

    def _value(self, step: Step, quantity: Quantity) -> Value:
        """Draw one stated value."""
        name = quantity.name
        if name in step.case.fixed:
            return fixed(step.case.fixed[name], quantity.unit)
        low, high = step.range_of(name)
        size = draw(self.rng, quantity, low, high)
        return self._stated(quantity, units.in_base(size, quantity.unit))

    def _stated(self, quantity: Quantity, base: float) -> Value:
        """Round a size (coherent units) in a unit in which it is read with ease."""
        easy = units.easy_units(base, (quantity.unit, *quantity.units))
        unit = easy[0]
        if self.conversions and len(easy) > 1 and self.rng.random() < _CONVERTED_SHARE:
            unit = self.rng.choice(easy[1:])
        return stated(quantity, units.in_unit(base, unit), unit)
