"""Numbers: the values of a plan, drawn and solved with the compiled solved forms."""

import math
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
    backwards_of,
    conditions_of,
    constant_base,
    functions_of,
    solve,
    with_inner,
)
from sample_engineering.synthesis.fits import Fits
from sample_engineering.synthesis.linking import taken_range
from sample_engineering.synthesis.numbers import Value, between, draw, fixed, stated
from sample_engineering.synthesis.plan import Plan, Step
from sample_engineering.synthesis.relation import Quantity
from sample_engineering.synthesis.rounding import stable

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
        What the step yields, in coherent units; of two solutions that are asked for together the
        larger one.
    other : float, optional
        The smaller one.
    """

    step: Step
    values: Mapping[str, Value]
    base: Mapping[str, float]
    result: float
    other: float | None = None

    def smaller(self) -> "Solved":
        """Return the same step with the smaller of its two solutions as its result."""
        assert self.other is not None
        base = {**self.base, self.step.unknown: self.other}
        return Solved(self.step, self.values, base, self.other, self.result)


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


def _add_inner(step: Step, base: dict[str, float]) -> str:
    """Add what is found on the way of a solved step; returns why it will not do, or ''."""
    relation = step.relation
    try:
        base.update(with_inner(relation, step.unknown, base))
    except formula.NO_VALUE:
        return "a quantity on the way has no value"
    for name in relation.silent(step.unknown):
        size, quantity = base[name], relation.by_name[name]
        low, high = base_range(step, name)
        if isinstance(size, complex) or not low <= size <= high:
            return "a quantity on the way lies outside the plausible range"
        if quantity.whole:
            if abs(size - round(size)) > WHOLE_SLACK * max(1.0, abs(size)):
                return "a count does not come out whole"
            base[name] = float(round(size))
    return ""


class Drawing:
    """One attempt at the numbers of a plan."""

    def __init__(self, plan: Plan, rng: Random, conversions: bool, fits: Fits) -> None:
        self.plan = plan
        self.rng = rng
        self.conversions = conversions
        self.fits = fits
        self.budget = _BUDGET
        self.solved: dict[int, Solved] = {}
        self._drawn_for: dict[int, tuple[Step, str]] = {}  # which link a shared step is drawn for

    def fill(self, number: int, wanted: Span = ANYWHERE) -> float:
        """Fill a step and what it takes from others; returns what it yields, wanted in a span."""
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
        """Draw what a step takes from another until it fits, there and wherever it is taken up."""
        unit = step.relation.by_name[name].unit
        number = name in step.symbols
        place = step.links[name]
        child = self.plan.steps[place]
        if self._drawn_for.setdefault(place, (step, name)) != (step, name):
            size = self.solved[place].result  # an earlier link took it up: it is what it is
            return units.in_base(size, unit) if number else size
        wanted = self._wanted(place)
        for _ in range(_REDRAWS):
            try:
                size = self.fill(place, wanted)
            except Dropped:
                self.fits.note(child, step, name, False)
                raise
            hit = wanted[0] <= size <= wanted[1]
            self.fits.note(child, step, name, hit)
            if hit:
                return units.in_base(size, unit) if number else size
            if self.budget <= 0:
                break
        raise Dropped("no numbers: a linked value lies outside the plausible range")

    def _wanted(self, place: int) -> Span:
        """Return where a result is plausible for every step that takes it up."""
        low, high = ANYWHERE
        for step in self.plan.steps:
            for name, child in step.links.items():
                if child == place:
                    ends = taken_range(step.relation, step.case, name, name in step.symbols)
                    low, high = max(low, ends[0]), min(high, ends[1])
        return low, high

    def _draw(self, step: Step, linked: Mapping[str, float], wanted: Span) -> Solved | str:
        """Draw the stated values of one step and solve it; returns why it came to nothing."""
        relation = step.relation
        values: dict[str, Value] = {}
        base: dict[str, float] = {name: constant_base(name) for name in relation.constants}
        base |= linked
        pivots = relation.pivots if not step.links else ()
        if pivots and relation.also:
            return self._backwards(step, pivots)
        pivot = relation.pivot if pivots else None
        assert not isinstance(pivot, tuple)
        target = pivot or step.unknown
        for quantity in relation.quantities:
            name = quantity.name
            if name not in base and name != target and name not in relation.inner:
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
        other = None
        if target in relation.both:
            if len(found) != 2:
                return "two solutions are wanted, and one is plausible"
            other = min(found)
        elif len(found) > 1:
            return "more than one solution is plausible"
        size = max(found)
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
        if relation.inner:
            wrong = _add_inner(step, base)
            if wrong:
                return wrong
        names, conditions = conditions_of(relation)
        arguments = [base[name] for name in names]
        if not all(condition(*arguments) for condition in conditions):
            return "a condition of the relation does not hold"
        if pivot:
            values.pop(step.unknown, None)
        if not stable(relation, base):
            return "a rounding would decide a count"
        return Solved(step, values, base, base[step.unknown], other)

    def _backwards(self, step: Step, pivots: tuple[str, ...]) -> Solved | str:
        """Draw the unknowns of several equations, and compute what they lead to."""
        relation = step.relation
        ways = dict(relation.steps)
        values: dict[str, Value] = {}
        base = {name: constant_base(name) for name in relation.constants}
        for quantity in relation.quantities:
            if quantity.name not in pivots and quantity.name not in ways:
                values[quantity.name] = value = self._value(step, quantity)
                base[quantity.name] = value.base
        try:
            for name, function, takes in backwards_of(relation):
                size = function(*[base[item] for item in takes])
                quantity = relation.by_name[name]
                low, high = base_range(step, name)
                if isinstance(size, complex) or not low <= size <= high:
                    return "a computed coefficient lies outside the plausible range"
                if name in pivots:
                    value = stated(quantity, units.in_unit(size, quantity.unit), quantity.unit)
                    if abs(value.base - size) > WHOLE_SLACK * max(1.0, abs(size)):
                        return "a computed coefficient is not a round number"
                    values[name] = value
                base[name] = size
        except formula.NO_VALUE:
            return "the equations have no solution"
        for name in relation.inner:
            values.pop(name, None)
            base.pop(name, None)
        base.pop(step.unknown, None)
        values.pop(step.unknown, None)
        return self._settled(step, values, base, step.unknown)

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
