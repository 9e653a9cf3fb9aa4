"""Several equations solved together, numerically: the independent check of systems and best values.

Nothing is rearranged: equations with one unknown are solved first, two that share two unknowns by
following the solution of one along the other, and what is best is looked for.
"""

import math
from collections.abc import Collection, Mapping
from functools import lru_cache

from sample_engineering.synthesis import formula, units
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.root_finding import (
    bracketed,
    names_in,
    roots,
    sides_of,
    zeros_in_range,
)

_BEST_GRID = 41  # places at which what is to be best is looked at first
_NEAR = 1e-3  # relative step of a difference quotient
_SAME = 1e-6


class NoSolution(Exception):
    """The equations have no solution, or not one; its text says which."""


def solutions(
    relation: Relation, absent: Collection[str], known: Mapping[str, float]
) -> dict[str, float]:
    """Return the quantities that are not known yet.

    Parameters
    ----------
    relation : Relation
    absent : collection of str
        As many as the relation has equations, counting what is best as one.
    known : mapping
        Every other quantity and constant, in coherent units.

    Raises
    ------
    NoSolution
    """
    found = _one_by_one(relation, absent, known, range(len(relation.equations)))
    left = [name for name in absent if name not in found]
    if not left:
        return found
    best = relation.best
    if best and best.over in left:
        choice = _best(relation, left, {**known, **found})
        found[best.over] = choice
        return found | _one_by_one(
            relation,
            [name for name in left if name != best.over],
            {**known, **found},
            range(len(relation.equations)),
        )
    if len(left) == 2:
        return found | _pair(relation, left[0], left[1], {**known, **found})
    raise NoSolution(f"{relation.name} leaves {', '.join(left)} open")


def _one_by_one(
    relation: Relation,
    absent: Collection[str],
    known: Mapping[str, float],
    equations: Collection[int],
) -> dict[str, float]:
    """Solve the equations that have one unknown, until none is left."""
    found: dict[str, float] = {}
    waiting = list(equations)
    progress = True
    while progress:
        progress = False
        for index in tuple(waiting):
            unknown = [
                name for name in absent if name not in found and name in names_in(relation, index)
            ]
            if len(unknown) > 1:
                continue
            waiting.remove(index)
            if unknown:
                (name,) = unknown
                found[name] = _one(relation, name, {**known, **found}, index)
                progress = True
    return found


@lru_cache(maxsize=1024)
def _names_beside(relation: Relation, equation: int, right: bool) -> frozenset[str]:
    """Return the names on one side of an equation."""
    return frozenset(formula.used_names(relation.trees[equation][right]))


def _one(relation: Relation, name: str, known: Mapping[str, float], equation: int) -> float:
    sides = formula.sides(relation.equations[equation])
    if name in sides:
        names, left, right = sides_of(relation, equation)
        other = right if sides[0] == name else left
        if name not in _names_beside(relation, equation, sides[0] == name):
            try:
                size = other(*[known.get(item, 0.0) for item in names])
            except formula.NO_VALUE:
                size = math.nan
            if isinstance(size, complex) or not math.isfinite(size):
                raise NoSolution(f"no value of {name} in {relation.name}")
            return float(size)
    found = roots(relation, name, known, equation)
    if len(found) != 1:
        raise NoSolution(f"{len(found)} solutions of {relation.name} for {name}")
    return found[0]


def _pair(relation: Relation, x: str, y: str, known: Mapping[str, float]) -> dict[str, float]:
    """Solve two equations for two unknowns that both hold."""
    both = [
        index for index in range(len(relation.equations)) if {x, y} <= names_in(relation, index)
    ]
    if len(both) != 2:
        raise NoSolution(f"{len(both)} equations of {relation.name} for {x} and {y}")
    names, left, right = sides_of(relation, both[1])

    def beside(size: float) -> float:
        """Return x where y has a size, by the first equation."""
        try:
            return _one(relation, x, {**known, y: size}, both[0])
        except NoSolution:
            return math.nan

    def residual(size: float) -> float:
        values = {**known, y: size, x: beside(size)}
        arguments = [values[name] for name in names]
        try:
            value = left(*arguments) - right(*arguments)
        except formula.NO_VALUE:
            return math.nan
        return math.nan if isinstance(value, complex) else value

    found = zeros_in_range(relation.by_name[y], residual, _SAME)
    if len(found) != 1:
        raise NoSolution(f"{len(found)} solutions of {relation.name} for {x} and {y}")
    return {x: beside(found[0]), y: found[0]}


def _best(relation: Relation, absent: Collection[str], known: Mapping[str, float]) -> float:
    """Look for where something is as large, or as small, as can be."""
    best = relation.best
    assert best is not None
    others = [name for name in absent if name != best.over]
    sign = 1.0 if best.kind == "largest" else -1.0

    def value(size: float) -> float:
        trial = {**known, best.over: size}
        try:
            found = _one_by_one(relation, others, trial, range(len(relation.equations)))
        except NoSolution:
            return -math.inf
        return sign * found[best.value]

    quantity = relation.by_name[best.over]
    low, high = (units.in_base(end, quantity.unit) for end in (quantity.low, quantity.high))
    if best.below:
        names, _, _ = sides_of(relation, 0)
        most = formula.compiled(best.below, names)(*[known.get(name, 0.0) for name in names])
        high = min(high, most)
    ratio = (high / low) ** (1 / (_BEST_GRID - 1)) if low > 0 else 0.0
    grid = [
        low * ratio**index if ratio else low + (high - low) * index / (_BEST_GRID - 1)
        for index in range(_BEST_GRID)
    ]
    sizes = [value(point) for point in grid]
    top = max(range(_BEST_GRID), key=sizes.__getitem__)
    if top in (0, _BEST_GRID - 1) or math.isinf(sizes[top]):
        raise NoSolution(f"{best.value} of {relation.name} is {best.kind} at an end of the range")

    def flat(step: float) -> float:
        def slope(size: float) -> float:
            return value(size * (1 + step)) - value(size * (1 - step))

        a, b = grid[top - 1], grid[top + 1]
        return bracketed(slope, a, b, slope(a), slope(b))

    # The error of a symmetric difference falls with the square of its step.
    wide, narrow = flat(_NEAR), flat(_NEAR / 2)
    return narrow + (narrow - wide) / 3
