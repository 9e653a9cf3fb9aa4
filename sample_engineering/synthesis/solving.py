"""Numbers: the values of a plan, drawn and solved with the compiled solved forms."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from sample_engineering.synthesis import formula, units
from sample_engineering.synthesis.constants import CONSTANTS
from sample_engineering.synthesis.dropped import Dropped
from sample_engineering.synthesis.fits import Fits
from sample_engineering.synthesis.numbers import Value, draw, fixed, stated
from sample_engineering.synthesis.plan import Plan, Step
from sample_engineering.synthesis.relation import Quantity, Relation
from sample_engineering.synthesis.solved import SEARCH, solved_forms

_WHOLE_SLACK = 1e-7  # rounding error of a computed whole number, relative
_RANGE_SLACK = 1e-9
_BUDGET = 80  # draws for one plan
_REDRAWS = 8  # draws of one part


@lru_cache(maxsize=64)
def constant_base(name: str) -> float:
    """Return a physical constant in coherent units, as it is printed."""
    constant = CONSTANTS[name]
    return float(constant.value) * units.scale(constant.unit).factor


@lru_cache(maxsize=2048)
def _names(relation: Relation) -> tuple[str, ...]:
    return (*relation.by_name, *relation.constants)


Function = Callable[..., float]


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


@lru_cache(maxsize=2048)
def _functions(
    relation: Relation, unknown: str
) -> tuple[tuple[Function, ...], tuple[str, ...], Function | None]:
    """Return the solved forms and the names they take, or the residual where there is no form."""
    names = tuple(name for name in _names(relation) if name != unknown)
    forms = solved_forms(relation, unknown)
    if forms == (SEARCH,):
        left, right = formula.sides(relation.equation)
        everything = _names(relation)
        return (), everything, formula.compiled(f"({left}) - ({right})", everything)
    return tuple(formula.compiled(form, names) for form in forms), names, None


@lru_cache(maxsize=2048)
def _conditions(relation: Relation) -> tuple[tuple[str, ...], tuple[Function, ...]]:
    names = _names(relation)
    return names, tuple(formula.compiled(text, names) for text in relation.require)


def solve(
    relation: Relation, unknown: str, base: dict[str, float], low: float, high: float
) -> list[float]:
    """Return the values of `unknown` between `low` and `high` (all in coherent units)."""
    functions, names, residual = _functions(relation, unknown)
    found: list[float] = []
    if residual is not None:
        for size in range(math.ceil(low), math.floor(high) + 1):
            trial = {**base, unknown: size}
            try:
                if abs(residual(*[trial[name] for name in names])) < _WHOLE_SLACK:
                    found.append(float(size))
            except (ValueError, ZeroDivisionError, OverflowError):
                continue
        return found
    arguments = [base[name] for name in names]
    for function in functions:
        try:
            value = function(*arguments)
        except (ValueError, ZeroDivisionError, OverflowError):
            continue
        if isinstance(value, complex) or not math.isfinite(value):
            continue
        slack = _RANGE_SLACK * abs(value)
        if low - slack <= value <= high + slack and all(
            abs(value - other) > slack for other in found
        ):
            found.append(float(value))
    return found


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
    drawing = _Drawing(plan, rng, conversions, fits)
    drawing.fill(len(plan.steps) - 1)
    return Numbers(tuple(drawing.solved[number] for number in range(len(plan.steps))))


class _Drawing:
    """One attempt at the numbers of a plan."""

    def __init__(self, plan: Plan, rng: Random, conversions: bool, fits: Fits) -> None:
        self.plan = plan
        self.rng = rng
        self.conversions = conversions
        self.fits = fits
        self.budget = _BUDGET
        self.solved: dict[int, Solved] = {}

    def fill(self, number: int) -> float:
        """Fill a step and what it takes from others; returns what it yields."""
        step = self.plan.steps[number]
        linked = {name: self._linked(step, name) for name in step.links}
        for _ in range(_REDRAWS):
            self.budget -= 1
            found = self._draw(step, linked)
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
        child = self.plan.steps[step.links[name]]
        for _ in range(_REDRAWS):
            size = self.fill(step.links[name])
            if name in step.symbols:
                size = units.in_base(size, step.relation.by_name[name].unit)
            hit = low <= size <= high
            self.fits.note(child, step, name, hit)
            if hit:
                return size
            if self.budget <= 0:
                break
        raise Dropped("no numbers: a linked value lies outside the plausible range")

    def _draw(self, step: Step, linked: Mapping[str, float]) -> Solved | str:
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
        found = solve(relation, target, base, low, high)
        if not found:
            return "the solved value lies outside the plausible range"
        if len(found) > 1:
            return "more than one solution is plausible"
        size = found[0]
        quantity = relation.by_name[target]
        if quantity.whole:
            if abs(size - round(size)) > _WHOLE_SLACK * max(1.0, abs(size)):
                return "a count does not come out whole"
            size = float(round(size))
        base[target] = size
        if pivot:
            value = stated(quantity, units.in_unit(size, quantity.unit), quantity.unit)
            if abs(value.base - size) > _WHOLE_SLACK * max(1.0, abs(size)):
                return "a computed coefficient is not a round number"
            values[pivot] = value
        names, conditions = _conditions(relation)
        arguments = [base[name] for name in names]
        if not all(condition(*arguments) for condition in conditions):
            return "a condition of the relation does not hold"
        if pivot:
            values.pop(step.unknown, None)
        return Solved(step, values, base, base[step.unknown])

    def _value(self, step: Step, quantity: Quantity) -> Value:
        """Draw one stated value."""
        name = quantity.name
        if name in step.case.fixed:
            return fixed(step.case.fixed[name], quantity.unit)
        low, high = step.range_of(name)
        size = draw(self.rng, quantity, low, high)
        unit = quantity.unit
        if self.conversions and quantity.units and self.rng.random() < 0.5:
            unit = self.rng.choice(quantity.units)
            size = units.in_unit(units.in_base(size, quantity.unit), unit)
        return stated(quantity, size, unit)
