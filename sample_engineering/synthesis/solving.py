"""Drawing the numbers of a plan and solving it with the compiled solved forms."""

import math
from functools import lru_cache
from random import Random

from sample_engineering.synthesis import formula, units
from sample_engineering.synthesis.constants import CONSTANTS
from sample_engineering.synthesis.numbers import draw, fixed, stated
from sample_engineering.synthesis.plan import Fits, Node
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.solved import SEARCH, solved_forms

_WHOLE_SLACK = 1e-7  # rounding error of a computed whole number, relative
_RANGE_SLACK = 1e-9
_BUDGET = 80  # draws for one plan
_REDRAWS = 8  # draws of one part


@lru_cache(maxsize=64)
def constant_base(name: str) -> float:
    """Return a physical constant in coherent units, as it is printed."""
    constant = CONSTANTS[name]
    return float(constant.value) * units.to_base(constant.unit)[0]


@lru_cache(maxsize=2048)
def _names(relation: Relation) -> tuple[str, ...]:
    return (*relation.by_name, *relation.constants)


@lru_cache(maxsize=2048)
def _functions(relation: Relation, unknown: str):
    names = tuple(name for name in _names(relation) if name != unknown)
    forms = solved_forms(relation, unknown)
    if forms == (SEARCH,):
        left, right = formula.sides(relation.equation)
        everything = _names(relation)
        return None, everything, formula.compiled(f"({left}) - ({right})", everything)
    return tuple(formula.compiled(form, names) for form in forms), names, None


@lru_cache(maxsize=2048)
def _conditions(relation: Relation):
    names = _names(relation)
    return names, tuple(formula.compiled(text, names) for text in relation.require)


def solve(
    relation: Relation, unknown: str, base: dict[str, float], low: float, high: float
) -> list[float]:
    """Return the values of `unknown` between `low` and `high` (all in coherent units)."""
    functions, names, residual = _functions(relation, unknown)
    found: list[float] = []
    if functions is None:
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


def base_range(node: Node, name: str) -> tuple[float, float]:
    """Return the plausible range of a quantity in coherent units."""
    quantity = node.relation.by_name[name]
    factor, offset = units.to_base(quantity.unit)
    low, high = node.range_of(name)
    return low * factor + offset, high * factor + offset


def fill_numbers(
    node: Node, rng: Random, conversions: bool, fits: Fits, budget: list[int] | None = None
) -> str:
    """Draw numbers for a plan, leaves first, and solve it.

    A part whose value does not fit is drawn again by itself, within a budget of draws.

    Returns
    -------
    str
        Empty if all went well; otherwise why these numbers will not do.
    """
    budget = [_BUDGET] if budget is None else budget
    linked: dict[str, float] = {}
    for name, child in node.links.items():
        low, high = base_range(node, name)
        quantity = node.relation.by_name[name]
        trouble = "a linked value lies outside the plausible range"
        for _ in range(_REDRAWS):
            child_trouble = fill_numbers(child, rng, conversions, fits, budget)
            if child_trouble:
                return child_trouble
            size = child.result
            if name in node.symbols:
                factor, offset = units.to_base(quantity.unit)
                size = size * factor + offset
            hit = low <= size <= high
            fits.note(child, node, name, hit)
            if hit:
                linked[name] = size
                trouble = ""
                break
            if budget[0] <= 0:
                break
        if trouble:
            return trouble
    for _ in range(_REDRAWS):
        budget[0] -= 1
        trouble = _draw_own(node, rng, conversions, linked)
        if not trouble or budget[0] <= 0:
            break
    fits.note_node(node, not trouble)
    return trouble


def _draw_own(node: Node, rng: Random, conversions: bool, linked: dict[str, float]) -> str:
    """Draw the stated values of one node and solve it."""
    relation = node.relation
    node.values = {}
    node.base = base = {name: constant_base(name) for name in relation.constants} | linked
    pivot = relation.pivot if not node.links else None
    target = pivot or node.unknown
    for quantity in relation.quantities:
        name = quantity.name
        if name in base or name == target:
            continue
        if name in node.case.fixed:
            value = fixed(node.case.fixed[name], quantity.unit)
        else:
            low, high = node.range_of(name)
            size = draw(rng, quantity, low, high)
            unit = quantity.unit
            if conversions and quantity.units and rng.random() < 0.5:
                unit = rng.choice(quantity.units)
                factor, offset = units.to_base(quantity.unit)
                other_factor, other_offset = units.to_base(unit)
                size = (size * factor + offset - other_offset) / other_factor
            value = stated(quantity, size, unit)
        node.values[name] = value
        base[name] = value.base
    low, high = base_range(node, target)
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
        factor, offset = units.to_base(quantity.unit)
        value = stated(quantity, (size - offset) / factor, quantity.unit)
        if abs(value.base - size) > _WHOLE_SLACK * max(1.0, abs(size)):
            return "a computed coefficient is not a round number"
        node.values[pivot] = value
    names, conditions = _conditions(relation)
    arguments = [base[name] for name in names]
    if not all(condition(*arguments) for condition in conditions):
        return "a condition of the relation does not hold"
    node.result = base[node.unknown]
    if pivot:
        node.values.pop(node.unknown, None)
    return ""
