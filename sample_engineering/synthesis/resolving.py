"""Solving a problem again from its reading: numerically, on the equations as they were written.

The second half of the independent check. The composer evaluates forms that sympy solved; here the
residual of the original equation is searched for its roots over the whole plausible range, so that
a second solution is found as well.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from sample_engineering.synthesis import formula, units
from sample_engineering.synthesis.reading import Reading
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.scene import Place

_WIDER = 2.0  # roots are sought in a range twice as wide as the plausible one on either side
_GRID = 25
_ROOT_TOLERANCE = 1e-13
_ITERATIONS = 200
_EDGE_HALVINGS = 40  # brings the edge of a domain to twelve figures
_RESIDUAL = 1e-9  # of a true root, relative to the size of both sides
_SAME_ROOT = 1e-6
_MOST_FACTORS = 10_000  # of a power that is multiplied out


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


# Written anew, not taken from the composer's table: a mistake there must show here.
_OWN_FUNCTIONS = {
    **formula.FUNCTIONS,
    "binomial": _choose,
    "factorial": _factorial,
    "gcd": _gcd,
    "lcm": lambda a, b: round(a) * round(b) // _gcd(a, b),
    "mod": lambda a, b: a - b * ((a - a % b) / b),
    "powmod": _power_mod,
    "sqrt": lambda x: x**0.5 if x >= 0 else math.sqrt(x),
}


@lru_cache(maxsize=512)
def _sides(
    relation: Relation,
) -> tuple[tuple[str, ...], Callable[..., float], Callable[..., float]]:
    names = (*relation.by_name, *relation.constants)
    return (
        names,
        formula.compile_tree(relation.left, names, _OWN_FUNCTIONS),
        formula.compile_tree(relation.right, names, _OWN_FUNCTIONS),
    )


@lru_cache(maxsize=512)
def _in_whole_numbers(relation: Relation) -> bool:
    called = formula.called_functions(relation.left) | formula.called_functions(relation.right)
    return bool(called & formula.WHOLE_FUNCTIONS)


def roots(relation: Relation, unknown: str, known: dict[str, float]) -> list[float]:
    """Return every root of the equation in the unknown, in coherent units."""
    names, left, right = _sides(relation)
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
    if _in_whole_numbers(relation):
        sides = formula.sides(relation.equation)
        if unknown in sides:  # stands alone: the other side is its value
            arguments[index] = 0.0
            try:
                return [float((right if sides[0] == unknown else left)(*arguments))]
            except formula.NO_VALUE:
                return []
        first, last = math.ceil(low), math.floor(high)
        return [float(n) for n in range(first, last + 1) if abs(residual(n)) < _SAME_ROOT]
    grid = _grid(low, high)
    if quantity.unit == "degree" and quantity.high <= 90:
        grid = [point for point in grid if point < math.pi / 2]
    sizes = [residual(point) for point in grid]
    grid, sizes = _with_edges(residual, grid, sizes)
    found: list[float] = []
    for a, b, at_a, at_b in zip(grid, grid[1:], sizes, sizes[1:], strict=False):
        if at_a == 0.0:
            root = a
        elif at_a * at_b < 0:  # false where either is nan
            root = _bracketed(residual, a, b, at_a, at_b)
        else:
            continue
        rest = abs(residual(root))
        if rest <= _RESIDUAL * scale(root) and all(
            abs(root - other) > _SAME_ROOT * abs(root) for other in found
        ):
            found.append(root)
    return found


def _with_edges(
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


def _grid(low: float, high: float) -> list[float]:
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


def _bracketed(f: Callable[[float], float], a: float, b: float, fa: float, fb: float) -> float:
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


@dataclass(frozen=True, slots=True)
class Resolved:
    """What solving a reading came to.

    Parameters
    ----------
    value : float or None
        The answer in coherent units; None where it stays undetermined.
    trouble : str
        Why it does.
    known : mapping
        From (relation, quantity) to its size in coherent units, given or found.
    order : tuple of (Relation, str)
        Which relation was solved for what, in the order in which they were.
    """

    value: float | None
    trouble: str
    known: Mapping[Place, float] = field(default_factory=dict)
    order: tuple[tuple[Relation, str], ...] = ()


def resolve(reading: Reading, relations: tuple[Relation, ...]) -> Resolved:
    """Solve a reading for what it asks.

    Parameters
    ----------
    reading : Reading
        Facts with numeric sizes.
    relations : tuple of Relation
        The relations claimed.
    """
    known: dict[Place, float] = {
        place: size for place, size in reading.given.items() if not isinstance(size, str)
    }
    twins: dict[Place, list[Place]] = {}
    for taker, yielder in reading.links.items():
        twins.setdefault(taker, []).append(yielder)
        twins.setdefault(yielder, []).append(taker)
    takers: dict[Place, list[tuple[Place, str]]] = {}
    for taker, (letter, unit) in reading.scale.items():
        if letter in reading.letters:
            takers.setdefault(reading.letters[letter], []).append((taker, unit))

    def pass_on(place: Place) -> None:
        for twin in twins.get(place, ()):
            if twin not in known:
                known[twin] = known[place]
                pass_on(twin)
        for taker, unit in takers.get(place, ()):
            if taker not in known:
                known[taker] = units.in_base(known[place], unit)

    for place in list(known):
        pass_on(place)
    order: list[tuple[Relation, str]] = []
    progress = True
    while progress and reading.asked not in known:
        progress = False
        for relation in relations:
            absent = [name for name in relation.by_name if (relation.name, name) not in known]
            if len(absent) != 1:
                continue
            if any(name not in reading.constants for name in relation.constants):
                return Resolved(None, "a physical constant is not stated")
            values = {
                name: known[relation.name, name] for name in relation.by_name if name != absent[0]
            } | {name: reading.constants[name] for name in relation.constants}
            found = roots(relation, absent[0], values)
            if len(found) != 1:
                trouble = f"{len(found)} solutions of {relation.name} for {absent[0]}"
                return Resolved(None, trouble)
            order.append((relation, absent[0]))
            known[relation.name, absent[0]] = found[0]
            pass_on((relation.name, absent[0]))
            progress = True
    if reading.asked is None or reading.asked not in known:
        return Resolved(None, "the facts do not determine the answer")
    return Resolved(known[reading.asked], "", known, tuple(order))


def determined(
    reading: Reading, relations: tuple[Relation, ...], without: frozenset[str] = frozenset()
) -> bool:
    """Tell whether the facts left determine the answer, by counting unknowns alone."""
    known = {place for place in reading.given if place[0] not in without}
    pairs = [*reading.links.items()]
    pairs += [
        (taker, reading.letters[letter])
        for taker, (letter, _) in reading.scale.items()
        if letter in reading.letters
    ]
    waiting = [relation for relation in relations if relation.name not in without]
    size = -1
    while size != len(known):
        size = len(known)
        for first, second in pairs:
            if first in known or second in known:
                known |= {first, second}
        for relation in waiting:
            absent = [name for name in relation.by_name if (relation.name, name) not in known]
            if len(absent) == 1:
                known.add((relation.name, absent[0]))
    return reading.asked in known
