"""Which relations are one formula under different names: the decay of a drug and of an activity.

Two relations are one formula where renaming the quantities turns one equation into the other; one
quantity may stand for its reciprocal, and one be counted in another unit (k = ln 2/T). It is tried
out on points that satisfy the first equation, found with the forms that sympy solved. Plain
products say little by themselves (U = R*I and s = v*t), so they are one formula only where the
quantities have the same dimensions too.

The result for our relations is kept in ``solved.json``; relations of others are compared on use.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import permutations, product
from random import Random

from sample_engineering.synthesis import formula, units
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.solved import SEARCH, kept_formula, solved_forms

_POINTS = 4  # on which both must agree
_TRIES = 200  # draws for them
_EQUAL = 1e-9
_STEP = 1.25  # by which a size is stretched to see its power

Point = Mapping[str, float]


def formulas(relations: Sequence[Relation]) -> dict[str, str]:
    """Return for each relation the name of the first one that is the same formula."""
    found: dict[str, str] = {}
    firsts: list[Relation] = []
    for relation in relations:
        name = next((other.name for other in firsts if same(other, relation)), "")
        if not name:
            firsts.append(relation)
        found[relation.name] = name or relation.name
    return found


@lru_cache(maxsize=1024)
def formula_of(relation: Relation, library: tuple[Relation, ...]) -> str:
    """Return the name of the first relation of a library that is the same formula as this one."""
    kept = kept_formula(relation)
    if kept:
        return kept
    return next((other.name for other in library if same(other, relation)), relation.name)


def different(relations: Sequence[tuple[str, str]]) -> int:
    """Return how many domains can be given a formula of their own.

    Parameters
    ----------
    relations : sequence of (domain, formula)
    """
    by_domain: dict[str, list[str]] = {}
    for domain, name in relations:
        by_domain.setdefault(domain, []).append(name)
    owner: dict[str, str] = {}

    def place(domain: str, seen: set[str]) -> bool:
        for name in by_domain[domain]:
            if name in seen:
                continue
            seen.add(name)
            if name not in owner or place(owner[name], seen):
                owner[name] = domain
                return True
        return False

    return sum(place(domain, set()) for domain in by_domain)


def same(first: Relation, second: Relation) -> bool:
    """Tell whether two relations are one formula."""
    if len(first.by_name) != len(second.by_name) or _in_whole(first) or _in_whole(second):
        return False
    if first.also or second.also or first.best or second.best:
        return False  # several equations are no formula that another relation has
    powers, others = _powers(first), _powers(second)
    if powers or others:
        return powers is not None and others is not None and _dimensions_match(powers, others)
    points = _points(first)
    return bool(points) and any(
        _satisfied(second, [_renamed(point, way, second) for point in points])
        for way in _ways(first)
    )


def _in_whole(relation: Relation) -> bool:
    called = {
        name for pair in relation.trees for side in pair for name in formula.called_functions(side)
    }
    return bool(called & formula.WHOLE_FUNCTIONS)


Way = tuple[tuple[str, int], ...]
"""For each quantity of the second relation: the one of the first that it stands for, and +1 or -1
where it stands for the reciprocal."""


def _ways(first: Relation) -> Iterator[Way]:
    for order in permutations(first.by_name):
        for turned in (None, *order):
            yield tuple((name, -1 if name == turned else 1) for name in order)


def _renamed(point: Point, way: Way, second: Relation) -> dict[str, float]:
    return {
        name: point[other] ** sign for name, (other, sign) in zip(second.by_name, way, strict=True)
    }


def _satisfied(relation: Relation, points: Sequence[dict[str, float]]) -> bool:
    """Do the points satisfy an equation, with one quantity counted in another unit?"""
    for name in relation.by_name:
        factors = []
        for point in points:
            size = _solution(relation, name, point)
            if size is None:
                break
            factors.append(size / point[name])
            if abs(factors[0] - factors[-1]) > _EQUAL * abs(factors[0]):
                break
        else:
            return True
    return False


def _solution(relation: Relation, unknown: str, point: Point) -> float | None:
    """Return the positive solution for one quantity, if there is just one; constants count one."""
    forms = _forms(relation, unknown)
    names = relation.names_but(unknown)
    found = []
    for form in forms:
        try:
            size = formula.compiled(form, names)(*(point.get(name, 1.0) for name in names))
        except formula.NO_VALUE:
            continue
        if not isinstance(size, complex) and math.isfinite(size) and size > 0:
            found.append(size)
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=2048)
def _forms(relation: Relation, unknown: str) -> tuple[str, ...]:
    if unknown not in (*relation.unknowns, *relation.pivots):
        sides = formula.sides(relation.equation)
        return (sides[1 - sides.index(unknown)],) if unknown in sides else ()
    forms = solved_forms(relation, unknown)
    return () if forms == (SEARCH,) else forms


@lru_cache(maxsize=512)
def _points(relation: Relation) -> tuple[Point, ...]:
    """Return points that satisfy an equation, drawn where it has a solution."""
    rng = Random(relation.equation)
    found: list[Point] = []
    for trial in range(_TRIES):
        unknown = [*relation.by_name][trial % len(relation.by_name)]
        point = {name: rng.uniform(0.2, 3.0) for name in relation.by_name if name != unknown}
        size = _solution(relation, unknown, point)
        if size is not None and 1e-6 < size < 1e6:
            found.append(point | {unknown: size})
        if len(found) == _POINTS:
            return tuple(found)
    return ()


@lru_cache(maxsize=512)
def _powers(relation: Relation) -> tuple[tuple[str, float], ...] | None:
    """Return (dimension, power) of the quantities of a plain product, or None where it is none.

    Of one quantity written as a product of powers of the others; powers have its sign.
    """
    unknown = next((name for name in relation.by_name if _forms(relation, name)), None)
    if unknown is None:
        return None
    powers = {unknown: -1.0}
    rng = Random(relation.equation)
    names = [name for name in relation.by_name if name != unknown]
    for trial in range(3):
        point = {name: rng.uniform(0.5, 2.0) for name in names}
        size = _solution(relation, unknown, point)
        for name in names:
            moved = _solution(relation, unknown, {**point, name: point[name] * _STEP})
            if size is None or moved is None:
                return None
            power = round(math.log(moved / size) / math.log(_STEP), 9)
            if trial and power != powers[name]:
                return None
            powers[name] = power
    return tuple(
        (units.dimensionality(relation.by_name[name].unit), power) for name, power in powers.items()
    )


def _dimensions_match(
    first: Iterable[tuple[str, float]], second: Iterable[tuple[str, float]]
) -> bool:
    """Are two products one, up to the order, and to the side on which they are solved?"""
    ours, theirs = sorted(first), sorted(second)
    for (_, a), (_, b) in product(ours, theirs):
        if not b:
            continue
        factor = a / b
        scaled = sorted((dimension, round(power * factor, 6)) for dimension, power in theirs)
        if scaled == [(dimension, round(power, 6)) for dimension, power in ours]:
            return True
    return False
