"""The ten written operations of the compact dialect, over whole numbers up to 999.

Each operation knows which operands it allows, its result, how it is written, and how a careful
writer breaks it into parts that need only single-digit facts, for example
``37 * 8 = spread (240 + 56) = 290 + 6 = 296``.
"""

from collections.abc import Callable
from dataclasses import dataclass

LARGEST = 999  # numbers have at most three digits: what a model of half a million weights can learn
LARGEST_FACTOR = 99
LARGEST_SQUARED = 29  # 29 squared is 841, the last square of a whole number that stays readable
LARGEST_CUBED = 9


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """One operation of the dialect.

    Parameters
    ----------
    name : str
        Name of the arithmetic skill (`sample_engineering.skills`).
    arity : int
        Number of operands.
    pattern : str
        The left-hand side, with ``{}`` for each operand.
    method : str
        The word with which a careful writer announces the parts. Every operation has its own, so
        that doing one of them with care is a competence apart from doing another.
    allowed : callable
        Whether the operands are within the dialect.
    result : callable
        The value; for operands outside the dialect a nearby whole number (careless writers get
        there), never an exception.
    parts : callable
        Right-hand sides that a careful writer puts before the result; empty for a fact that is
        known by heart.
    """

    name: str
    arity: int
    pattern: str
    method: str
    allowed: Callable[..., bool]
    result: Callable[..., int]
    parts: Callable[..., list[str]]

    def write(self, operands: tuple[int, ...], *, careful: bool, result: int | None = None) -> str:
        """Write the operation out, e.g. ``"48 + 37 = carry (78 + 7) = 85"``.

        Parameters
        ----------
        operands : tuple of int
            As many as `arity`.
        careful : bool
            Whether to write the parts.
        result : int, optional
            What to write as the result; None means the right one.
        """
        value = self.result(*operands) if result is None else result
        middle = self.parts(*operands) if careful and self.allowed(*operands) else []
        if middle:  # the method tells at once that parts follow, not the result
            middle[0] = f"{self.method} ({middle[0]})"
        return " = ".join([self.pattern.format(*operands), *middle, str(value)])


def places(number: int) -> list[int]:
    """Split a number by decimal place, largest first: 305 -> [300, 5]."""
    digits = str(number)
    values = (int(digit) * 10 ** (len(digits) - 1 - i) for i, digit in enumerate(digits))
    return [value for value in values if value]


def _peel(first: int, second: int, sign: int) -> list[str]:
    operator = "+" if sign > 0 else "-"
    parts, rest = [], places(second)
    while len(rest) > 1:
        first += sign * rest.pop(0)
        parts.append(f"{first} {operator} {sum(rest)}")
    return parts


def _sum_of(terms: list[int]) -> list[str]:
    """Right-hand sides that add `terms` up, one place at a time."""
    terms = [term for term in terms if term]
    if len(terms) < 2:
        return []
    parts = [" + ".join(map(str, terms))]
    total = terms[0]
    for i, term in enumerate(terms[1:], start=1):
        rest = terms[i + 1 :]
        tail = "".join(f" + {item}" for item in rest)
        parts += [part + tail for part in _peel(total, term, 1)]
        total += term
        if rest:
            parts.append(f"{total}{tail}")
    return parts


def _times(first: int, second: int) -> list[str]:
    factor, other = sorted((first, second))
    return _sum_of([place * factor for place in places(other)])


def _divided(dividend: int, divisor: int) -> list[str]:
    tens, units = divmod(dividend // divisor, 10)
    if not tens or not units:
        return []
    large, small = tens * 10 * divisor, units * divisor
    return [f"{large} / {divisor} + {small} / {divisor}", f"{tens * 10} + {units}"]


def _squared(number: int) -> list[str]:
    tens, units = number // 10 * 10, number % 10
    return _sum_of([tens * tens, 2 * tens * units, units * units]) if tens and units else []


def _percent(rate: int, whole: int) -> list[str]:
    tenth, factor = whole // 10, rate // 10
    return [f"{factor} * {tenth}", *_times(factor, tenth)] if factor > 1 else []


def _remainder(number: int, divisor: int) -> list[str]:
    return [f"{number} - {number // divisor * divisor}"]


ARITHMETIC: dict[str, Arithmetic] = {
    item.name: item
    for item in (
        Arithmetic(
            "addition",
            2,
            "{} + {}",
            "carry",
            lambda a, b: a > 0 and b > 0 and a + b <= LARGEST,
            lambda a, b: min(a + b, LARGEST),
            lambda a, b: _peel(a, b, 1),
        ),
        Arithmetic(
            "subtraction",
            2,
            "{} - {}",
            "borrow",
            lambda a, b: 0 < b < a <= LARGEST,
            lambda a, b: abs(a - b),
            lambda a, b: _peel(a, b, -1),
        ),
        Arithmetic(
            "multiplication",
            2,
            "{} * {}",
            "spread",
            lambda a, b: 2 <= min(a, b) <= 9 and max(a, b) <= LARGEST_FACTOR and a * b <= LARGEST,
            lambda a, b: min(a * b, LARGEST),
            _times,
        ),
        Arithmetic(
            "division",
            2,
            "{} / {}",
            "chunk",
            lambda a, b: (
                2 <= b <= 9 and a % b == 0 and 2 <= a // b <= LARGEST_FACTOR and a <= LARGEST
            ),
            lambda a, b: a // max(b, 1),
            _divided,
        ),
        Arithmetic(
            "squaring",
            1,
            "{} ^ 2",
            "expand",
            lambda a: 2 <= a <= LARGEST_SQUARED,
            lambda a: min(a * a, LARGEST),
            _squared,
        ),
        Arithmetic(
            "cubing",
            1,
            "{} ^ 3",
            "layer",
            lambda a: 2 <= a <= LARGEST_CUBED,
            lambda a: min(a**3, LARGEST),
            lambda a: [f"{a * a} * {a}", *_times(a * a, a)] if a > 2 else [],
        ),
        Arithmetic(
            "halving",
            1,
            "half of {}",
            "places",
            lambda a: a % 2 == 0 and 4 <= a <= LARGEST,
            lambda a: a // 2,
            lambda a: _sum_of([place // 2 for place in places(a)]),
        ),
        Arithmetic(
            "doubling",
            1,
            "twice {}",
            "pair",
            lambda a: a >= 2 and 2 * a <= LARGEST,
            lambda a: min(2 * a, LARGEST),
            lambda a: _sum_of([place * 2 for place in places(a)]),
        ),
        Arithmetic(
            "percentage",
            2,
            "{} % of {}",
            "tenths",
            lambda p, a: p % 10 == 0 and 10 <= p <= 90 and a % 10 == 0 and 20 <= a <= LARGEST,
            lambda p, a: min(p * a // 100, LARGEST),
            _percent,
        ),
        Arithmetic(
            "remainder",
            2,
            "{} mod {}",
            "multiple",
            lambda a, b: 3 <= b <= 9 and b < a < 10 * b and a % b > 0,
            lambda a, b: a % max(b, 1),
            _remainder,
        ),
    )
}
