"""Numbers that divide well, and which relations give a round result at all.

A relation with $\\pi$, a logarithm or a constant of four figures gives no round number whatever is
put in; a plan that holds one is never drawn where whole answers are asked for.
"""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from random import Random

from sample_engineering.synthesis import units
from sample_engineering.synthesis.evaluating import constant_base, functions_of
from sample_engineering.synthesis.plan import range_of
from sample_engineering.synthesis.relation import Case, Relation

FIGURES = 3  # of a result on the way and of a stated value
SLACK = 1e-10  # relative: what a computed round number may be off by
_DECADES = 3  # of a range, from its upper end, in which numbers that divide well are tried
_PLAINEST = ("1.00", "2.00", "5.00")  # factors that leave a constant of three figures one
_SETS = 24  # of values, for one of which all that divides well is tried


def _divides_well(size: int) -> bool:
    for prime in (2, 3, 5):
        while size % prime == 0:
            size //= prime
    return size == 1


EASY = tuple(size for size in range(1, 100) if _divides_well(size))


def is_round(size: float, figures: int = FIGURES) -> bool:
    """Tell whether a size has no more than so many significant figures."""
    return abs(float(f"{size:.{figures - 1}e}") - size) <= SLACK * abs(size)


@lru_cache(maxsize=4096)
def easy_between(low: float, high: float, whole: bool) -> tuple[float, ...]:
    """Return numbers that divide well between two sizes, some decades from the upper one down."""
    if high <= 0:
        return ()
    low = max(low, high * 10.0**-_DECADES)
    first, last = math.floor(math.log10(low)) - 1, math.floor(math.log10(high))
    found = {float(f"{size}e{power}") for power in range(first, last + 1) for size in EASY}
    return tuple(
        size for size in sorted(found) if low <= size <= high and (not whole or size % 1 == 0)
    )


@lru_cache(maxsize=1 << 14)
def may_be_round(relation: Relation, case: Case, unknown: str) -> bool:
    """Tell whether values that divide well ever give a plausible round result.

    True where that cannot be told: several solved forms, or whole numbers that are searched for.
    """
    functions, names, _ = functions_of(relation, unknown)
    if len(functions) != 1:
        return True
    (function,) = functions
    quantity = relation.by_name[unknown]
    low, high = (units.in_base(end, quantity.unit) for end in range_of(relation, case, unknown))
    base = {name: constant_base(name) for name in relation.constants}
    choices: dict[str, tuple[float, ...]] = {}
    plainest: dict[str, tuple[float, ...]] = {}
    for name in names:
        if name in base:
            continue
        own = relation.by_name[name]
        if name in case.fixed:
            base[name] = units.in_base(float(case.fixed[name]), own.unit)
            continue
        sizes = easy_between(*range_of(relation, case, name), own.whole)
        if not sizes:
            return True
        choices[name] = tuple(units.in_base(size, own.unit) for size in sizes)
        plain = [size for size in sizes if f"{size:.2e}"[:4] in _PLAINEST]
        plainest[name] = tuple(units.in_base(size, own.unit) for size in plain)
    if not choices:
        return True
    rng = Random(f"{relation.name} {unknown}")
    offered = (quantity.unit, *quantity.units)
    for _ in range(_SETS):
        drawn = base | {name: _drawn(rng, sizes, plainest[name]) for name, sizes in choices.items()}
        name = rng.choice([*choices])
        for size in choices[name]:
            result = value_at(function, names, {**drawn, name: size})
            if low <= result <= high and (
                any(is_round(units.in_unit(result, unit)) for unit in offered)
            ):
                return True
    return False


def _drawn(rng: Random, sizes: tuple[float, ...], plain: tuple[float, ...]) -> float:
    return rng.choice(plain if plain and rng.random() < 0.5 else sizes)


def value_at(
    function: Callable[..., float], names: tuple[str, ...], base: Mapping[str, float]
) -> float:
    """Return the value of a function where it has one, else nan."""
    try:
        found = function(*[base[name] for name in names])
    except (ValueError, ArithmeticError):
        return math.nan
    return math.nan if isinstance(found, complex) else found
