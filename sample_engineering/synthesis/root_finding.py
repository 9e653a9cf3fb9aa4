"""Roots of an equation as it was written, over the whole plausible range of its unknown.

Part of the independent check: it shares no code with the composer's solved forms, and has functions
of its own.
"""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache

from sample_engineering.synthesis import formula, units
from sample_engineering.synthesis.relation import Quantity, Relation

_WIDER = 2.0  # roots are sought in a range twice as wide as the plausible one on either side
_GRID = 25
_ROOT_TOLERANCE = 1e-13
_ITERATIONS = 200
_EDGE_HALVINGS = 40  # brings the edge of a domain to twelve figures
_RESIDUAL = 1e-9  # of a true root, relative to the size of both sides
_SAME_ROOT = 1e-6
_MOST_FACTORS = 10_000  # of a power that is multiplied out
_MOST_TERMS = 10_000  # of a sequence that is followed


def _choose(n: float, k: float) -> int:
    top, bottom = round(n), round(k)
    if bottom > formula.MOST_CHOSEN:
        raise OverflowError("too many factors")
    result = 1
    for index in range(bottom):
        result = result * (top - index) // (index + 1)
    return result


def _gcd(a: float, b: float) -> int:
    first, second = round(a), round(b)
    if first <= 0 or second <= 0:
        raise ValueError("no greatest common divisor is looked for here")
    while first != second:
        if first > second:
            first -= second * ((first - 1) // second)
        else:
            second -= first * ((second - 1) // first)
    return first


def _factorial(n: float) -> int:
    result = 1
    if n > formula.MOST_FACTORIAL:
        raise OverflowError("too many factors")
    for factor in range(2, round(n) + 1):
        result *= factor
    return result


def _power_mod(a: float, b: float, m: float) -> int:
    result = 1
    if b > _MOST_FACTORS:
        raise OverflowError("too many factors")
    for _ in range(round(b)):
        result = result * round(a) % round(m)
    return result


def _followed(first: float, factor: float, added: float, n: float) -> float:
    """Follow a sequence term by term."""
    term = first
    if n > _MOST_TERMS:
        raise OverflowError("too many terms")
    for _ in range(round(n)):
        term = term * factor + added
    return term


def _steps_until(passed: Callable[[float, float], bool]) -> Callable[..., int]:
    def count(first: float, factor: float, added: float, level: float) -> int:
        term = first
        for n in range(_MOST_TERMS):
            if passed(term, level):
                return n
            term = term * factor + added
        raise ValueError("the level is never passed")

    return count


# Written anew, not taken from the composer's table: a mistake there must show here.
_OWN_FUNCTIONS = {
    **formula.FUNCTIONS,
    "binomial": _choose,
    "factorial": _factorial,
    "gcd": _gcd,
    "lcm": lambda a, b: round(a) * round(b) // _gcd(a, b),
    "mod": lambda a, b: a - b * ((a - a % b) / b),
    "powmod": _power_mod,
    "iterate": _followed,
    "first_above": _steps_until(lambda term, level: term > level),
    "first_below": _steps_until(lambda term, level: term < level),
    "sqrt": lambda x: x**0.5 if x >= 0 else math.sqrt(x),
}


@lru_cache(maxsize=1024)
def sides_of(
    relation: Relation, equation: int
) -> tuple[tuple[str, ...], Callable[..., float], Callable[..., float]]:
    """Return the names of a relation, and functions of them: the sides of one of its equations."""
    names = (*relation.by_name, *relation.constants)
    left, right = relation.trees[equation]
    return (
        names,
        formula.compile_tree(left, names, _OWN_FUNCTIONS),
        formula.compile_tree(right, names, _OWN_FUNCTIONS),
    )


@lru_cache(maxsize=1024)
def names_in(relation: Relation, equation: int) -> frozenset[str]:
    """Return the names of the quantities in an equation."""
    left, right = relation.trees[equation]
    return frozenset(formula.used_names(left) | formula.used_names(right)) & relation.by_name.keys()


@lru_cache(maxsize=1024)
def _in_whole_numbers(relation: Relation, equation: int) -> bool:
    left, right = relation.trees[equation]
    called = formula.called_functions(left) | formula.called_functions(right)
    return bool(called & formula.WHOLE_FUNCTIONS)


def roots(
    relation: Relation, unknown: str, known: Mapping[str, float], equation: int = 0
) -> list[float]:
    """Return every root of an equation in the unknown, in coherent units."""
    names, left, right = sides_of(relation, equation)
    index = names.index(unknown)
    arguments = [known.get(name, 0.0) for name in names]

    def residual(size: float) -> float:
        arguments[index] = size
        try:
            value = left(*arguments) - right(*arguments)
        except formula.NO_VALUE:
            return math.nan
        return math.nan if isinstance(value, complex) else value

    def scale(size: float) -> float:
        arguments[index] = size
        return float(abs(left(*arguments)) + abs(right(*arguments)))

    quantity = relation.by_name[unknown]
    low, high = (units.in_base(end, quantity.unit) for end in (quantity.low, quantity.high))
    if _in_whole_numbers(relation, equation):
        sides = formula.sides(relation.equations[equation])
        if unknown in sides:  # stands alone: the other side is its value
            arguments[index] = 0.0
            try:
                return [float((right if sides[0] == unknown else left)(*arguments))]
            except formula.NO_VALUE:
                return []
        first, last = math.ceil(low), math.floor(high)
        return [float(n) for n in range(first, last + 1) if abs(residual(n)) < _SAME_ROOT]
    grid = grid_of(low, high)
    if quantity.unit == "degree" and quantity.high <= 90:
        grid = [point for point in grid if point < math.pi / 2]
    sizes = [residual(point) for point in grid]
    grid, sizes = with_edges(residual, grid, sizes)
    return crossings(residual, grid, sizes, lambda root: _RESIDUAL * scale(root))


def crossings(
    residual: Callable[[float], float],
    grid: list[float],
    sizes: list[float],
    rest: Callable[[float], float],
) -> list[float]:
    """Return the roots between the points of a grid, each once.

    Parameters
    ----------
    residual : callable
    grid, sizes : list of float
        Points, and the residual at each; NaN where there is none.
    rest : callable
        How large the residual of a true root may be.
    """
    found: list[float] = []
    for a, b, at_a, at_b in zip(grid, grid[1:], sizes, sizes[1:], strict=False):
        if at_a == 0.0:
            root = a
        elif at_a * at_b < 0:  # false where either is nan
            root = bracketed(residual, a, b, at_a, at_b)
        else:
            continue
        if abs(residual(root)) <= rest(root) and all(
            abs(root - other) > _SAME_ROOT * abs(root) for other in found
        ):
            found.append(root)
    return found


def zeros_in_range(
    quantity: Quantity, residual: Callable[[float], float], rest: float
) -> list[float]:
    """Return where a residual vanishes in the range of a quantity, in base units.

    `rest` is the residual of a true root, relative to the largest on the grid.
    """
    low, high = (units.in_base(end, quantity.unit) for end in (quantity.low, quantity.high))
    grid = grid_of(low, high)
    grid, sizes = with_edges(residual, grid, [residual(point) for point in grid])
    largest = max((abs(size) for size in sizes if size == size), default=0.0)
    return crossings(residual, grid, sizes, lambda _: rest * largest)


def with_edges(
    f: Callable[[float], float], grid: list[float], sizes: list[float]
) -> tuple[list[float], list[float]]:
    """Add the last point at which the equation has a value, next to points where it has none.

    Near such an edge, as at the speed of light, a root would otherwise lie between grid points.
    """
    if not any(size != size for size in sizes):
        return grid, sizes
    points: list[float] = []
    values: list[float] = []
    for index, (point, size) in enumerate(zip(grid, sizes, strict=True)):
        if index and (size != size) != (sizes[index - 1] != sizes[index - 1]):
            inside, outside = (grid[index - 1], point) if size != size else (point, grid[index - 1])
            for _ in range(_EDGE_HALVINGS):
                middle = (inside + outside) / 2
                inside, outside = (inside, middle) if f(middle) != f(middle) else (middle, outside)
            points.append(inside)
            values.append(f(inside))
        points.append(point)
        values.append(size)
    return points, values


def grid_of(low: float, high: float) -> list[float]:
    """Return places of a range and of its surroundings, at which a residual is looked at first."""
    if low > 0:
        first, last = low / _WIDER, high * _WIDER
        ratio = (last / first) ** (1 / (_GRID - 1))
        return [first * ratio**index for index in range(_GRID)]
    span = (high - low) / 2 * _WIDER
    middle = (high + low) / 2 + span * 1.7e-4  # keep round roots off the grid points
    first = middle - span
    if low == 0:
        first = high * 1e-9
    return [first + (middle + span - first) * index / (_GRID - 1) for index in range(_GRID)]


def bracketed(f: Callable[[float], float], a: float, b: float, fa: float, fb: float) -> float:
    """Return the root between a and b: false position with the Illinois rule, then bisection."""
    for step in range(_ITERATIONS):
        if step % 4 == 3:
            middle = (a + b) / 2
        else:
            middle = (a * fb - b * fa) / (fb - fa)
        value = f(middle)
        if value == 0.0 or abs(b - a) <= _ROOT_TOLERANCE * abs(middle) or value != value:
            return middle
        if value * fb < 0:
            a, fa = b, fb
        else:
            fa /= 2
        b, fb = middle, value
    return b
