"""Relations as plain functions: what a relation yields, and what it can yield at all."""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import product

from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis import formula, units
from sample_engineering.synthesis.constants import CONSTANTS
from sample_engineering.synthesis.plan import range_of
from sample_engineering.synthesis.relation import Case, Relation
from sample_engineering.synthesis.simultaneous import (
    remaining,
    standing_alone,
    steps_put_in,
    together,
)
from sample_engineering.synthesis.solved import SEARCH, solved_forms

WHOLE_SLACK = 1e-7  # rounding error of a computed whole number, relative
_RANGE_SLACK = 1e-9

Function = Callable[..., float]
Span = tuple[float, float]


@lru_cache(maxsize=64)
def constant_base(name: str) -> float:
    """Return a physical constant in coherent units, as it is printed."""
    constant = CONSTANTS[name]
    return float(constant.value) * units.scale(constant.unit).factor


@lru_cache(maxsize=2048)
def names_of(relation: Relation) -> tuple[str, ...]:
    """Return the names of the quantities and constants of a relation."""
    return (*relation.by_name, *relation.constants)


@lru_cache(maxsize=2048)
def functions_of(
    relation: Relation, unknown: str
) -> tuple[tuple[Function, ...], tuple[str, ...], Function | None]:
    """Return the solved forms and the names they take, or the residual where there is no form."""
    names = relation.names_but(unknown)
    forms = solved_forms(relation, unknown)
    if forms == (SEARCH,):
        left, right = formula.sides(relation.equation)
        everything = names_of(relation)
        return (), everything, formula.compiled(f"({left}) - ({right})", everything)
    return tuple(formula.compiled(form, names) for form in forms), names, None


@lru_cache(maxsize=2048)
def conditions_of(relation: Relation) -> tuple[tuple[str, ...], tuple[Function, ...]]:
    """Return the names that the conditions of a relation take, and the conditions."""
    names = names_of(relation)
    return names, tuple(formula.compiled(text, names) for text in relation.require)


def solve(
    relation: Relation, unknown: str, base: dict[str, float], low: float, high: float
) -> list[float]:
    """Return the values of `unknown` between `low` and `high` (all in coherent units)."""
    functions, names, residual = functions_of(relation, unknown)
    found: list[float] = []
    if residual is not None:
        for size in range(math.ceil(low), math.floor(high) + 1):
            trial = {**base, unknown: size}
            try:
                if abs(residual(*[trial[name] for name in names])) < WHOLE_SLACK:
                    found.append(float(size))
            except formula.NO_VALUE:
                continue
        return found
    arguments = [base[name] for name in names]
    for function in functions:
        try:
            value = function(*arguments)
        except formula.NO_VALUE:
            continue
        if isinstance(value, complex) or not math.isfinite(value):
            continue
        slack = _RANGE_SLACK * abs(value)
        if low - slack <= value <= high + slack and all(
            abs(value - other) > slack for other in found
        ):
            found.append(float(value))
    return found


@lru_cache(maxsize=2048)
def _steps_of(relation: Relation) -> tuple[tuple[str, Function], ...]:
    names = names_of(relation)
    return tuple((name, formula.compiled(text, names)) for name, text in relation.steps)


@lru_cache(maxsize=2048)
def _residuals_of(relation: Relation) -> tuple[Function, ...]:
    names = names_of(relation)
    return tuple(
        formula.compiled(f"({left}) - ({right})", names)
        for left, right in map(formula.sides, relation.equations)
    )


@lru_cache(maxsize=2048)
def backwards_of(relation: Relation) -> tuple[tuple[str, Function, tuple[str, ...]], ...]:
    """Return how steps on the way and pivots follow from all the rest, unknowns among it.

    Raises
    ------
    SynthesisError
        If a pivot stands alone in no equation.
    """
    found = []
    names = names_of(relation)
    ways = dict(relation.steps)
    rest = tuple(name for name in names if name not in ways and name not in relation.pivots)
    for name, text in steps_put_in(relation).items():
        found.append((name, formula.compiled(text, rest), rest))
    for name in relation.pivots:
        for sides in remaining(relation):
            other = standing_alone(sides, name, frozenset(names))
            if other:
                found.append((name, formula.compiled(other, rest), rest))
                break
        else:
            raise SynthesisError(
                f"relation {relation.name}: the pivot {name} stands alone in no equation; write "
                f"{name} = ..."
            )
    return tuple(found)


def with_inner(relation: Relation, unknown: str, base: Mapping[str, float]) -> dict[str, float]:
    """Add what is found on the way, where everything else is known (coherent units).

    Raises
    ------
    ValueError, ArithmeticError
        Where it has no value.
    """
    names = names_of(relation)

    def stepped(found: dict[str, float]) -> dict[str, float]:
        for name, function in _steps_of(relation):
            if name != unknown:
                found[name] = function(*[found.get(other, math.nan) for other in names])
        return found

    others = together(relation, unknown)
    choices = []
    for name in others:
        functions, takes, _ = functions_of(relation, name)
        choices.append([function(*[base[item] for item in takes]) for function in functions])
    trials = [
        stepped({**base, **dict(zip(others, sizes, strict=True))}) for sizes in product(*choices)
    ]
    if len(trials) == 1:
        return trials[0]

    def distance(trial: dict[str, float]) -> float:
        arguments = [trial[name] for name in names]
        return sum(abs(residual(*arguments)) for residual in _residuals_of(relation))

    return min(trials, key=distance)


@lru_cache(maxsize=4096)
def reachable(relation: Relation, case: Case, unknown: str) -> Span:
    """Return the span, in coherent units, that a relation can yield within its plausible ranges.

    It is looked for at the ends of the ranges of what the relation takes.
    """
    functions, names, _ = functions_of(relation, unknown)
    target = relation.by_name[unknown]
    low, high = (units.in_base(end, target.unit) for end in range_of(relation, case, unknown))
    if len(functions) != 1:
        return low, high
    ends: list[tuple[float, ...]] = []
    for name in names:
        if name in relation.constants:
            ends.append((constant_base(name),))
        elif name in case.fixed:
            ends.append((units.in_base(float(case.fixed[name]), relation.by_name[name].unit),))
        else:
            unit = relation.by_name[name].unit
            ends.append(tuple(units.in_base(end, unit) for end in range_of(relation, case, name)))
    found = []
    for corner in product(*ends):
        try:
            size = functions[0](*corner)
        except formula.NO_VALUE:  # an end that lies outside of the formula's domain
            return low, high
        if isinstance(size, complex) or not math.isfinite(size):
            return low, high
        found.append(size)
    return max(low, min(found)), min(high, max(found))


def form_function(
    relation: Relation, unknown: str, base: Mapping[str, float]
) -> tuple[tuple[str, ...], Function]:
    """Return what gives the unknown of a solved relation: (names it takes, function).

    Of several solved forms it is the one that gives the value in `base`. Where there is none, every
    whole number in the plausible range is tried; none or two that fit are a ValueError.
    """
    functions, names, residual = functions_of(relation, unknown)
    if residual is not None:
        return relation.names_but(unknown), _searching(relation, unknown)
    if len(functions) == 1:
        return names, functions[0]
    arguments = [base[name] for name in names]

    def distance(function: Function) -> float:
        try:
            value = function(*arguments)
        except formula.NO_VALUE:
            return math.inf
        return math.inf if isinstance(value, complex) else abs(value - base[unknown])

    return names, min(functions, key=distance)


@lru_cache(maxsize=256)
def _searching(relation: Relation, unknown: str) -> Function:
    names, quantity = relation.names_but(unknown), relation.by_name[unknown]
    low, high = (units.in_base(end, quantity.unit) for end in (quantity.low, quantity.high))

    def search(*sizes: float) -> float:
        (found,) = solve(relation, unknown, dict(zip(names, sizes, strict=True)), low, high)
        return found

    return search
