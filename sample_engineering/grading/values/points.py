"""The fixed pseudo-random points at which expressions with symbols are compared."""

# ruff: noqa: SIM905 (tables of names read best as words)

from fractions import Fraction
from hashlib import blake2b
from typing import NamedTuple

from sample_engineering.grading.spelling.tree import Node, symbols, walk
from sample_engineering.grading.values.precision import Value, context, to_mp

# Signs of the variables at the usual points: all positive twice, all negative, then mixed.
_USUAL = 4
# Points for expressions with pieces. A wrong piece is met by half of them, or by a fifth where
# remainders matter (n/5 rounded down): the chance to miss it is below 0.8^32 = 0.1 %.
_WIDE = 32
# Between 1/20 and twenty times the largest number written.
_LOWEST, _REACH = 0.05, 20
# What may change its formula from piece to piece.
_PIECES = frozenset("max min floor ceil gcd lcm".split())
# Letters that stand for whole numbers where something is rounded.
_WHOLE = frozenset("n m k N M K j p q".split())
# Letters of mathematics that may be negative; a physicist's m, g, \\omega, R, v_0 are not.
_SIGNED = frozenset("x y z w t u a b c d f n p q s i j X Y Z theta phi alpha beta gamma".split())


class Point(NamedTuple):
    """One assignment of numbers to symbols.

    Parameters
    ----------
    number : int
        Which one.
    reach : int
        Powers of ten that the values span; 0 for the usual points between 1/2 and 3.
    whole : bool
        Whether letters that count are whole numbers.
    positive : bool
        Whether all symbols are positive.
    """

    number: int = 0
    reach: int = 0
    whole: bool = False
    positive: bool = False


USUAL = tuple(Point(number) for number in range(_USUAL))
_POSITIVE = tuple(Point(number, positive=True) for number in range(_USUAL))


def points_for(*nodes: Node) -> tuple[Point, ...]:
    """Points at which these expressions differ if they are not the same."""
    found = [item for node in nodes for item in walk(node)]
    rounded = any(item.op == "fn" and item.value in ("floor", "ceil") for item in found)
    if rounded or any(_has_pieces(item) for item in found):
        largest = max((abs(item.value.value) for item in found if item.op == "num"), default=1)
        reach = len(str(int(largest))) if largest < 10**30 else 30
        return tuple(Point(number, reach, rounded) for number in range(_WIDE))
    names = set().union(*(symbols(node) for node in nodes))
    if len(names) > 1 and any(item.op == "root" for item in found):
        physical = {name for name in names if _is_size(name)}
        if physical == names:
            return _POSITIVE
    return USUAL


def _has_pieces(node: Node) -> bool:
    if node.op == "abs" or (node.op == "fn" and node.value in _PIECES):
        return True
    # The root of a square has a corner, as an absolute value has.
    return node.op in ("root", "pow") and any(
        item.op == "pow" and item.args[1].op == "num" and item.args[1].value.value % 2 == 0
        for item in walk(node.args[0])
    )


def _is_size(name: str) -> bool:
    """Whether a symbol stands for a physical size, which is positive: m, g, R, v_0, omega."""
    return name.partition("_")[0].rstrip("'") not in _SIGNED


def pseudo_random(name: str) -> Fraction:
    """A fraction between 1/2 and 2 that depends on nothing but `name`."""
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=6).digest()
    return Fraction(int.from_bytes(digest, "big") * 3 + 2**48, 2**49)


def variable(name: str, point: Point) -> Fraction:
    """Value of a symbol at a point."""
    place = f"{point.number}/{name}" if not point.reach else f"wide {point.number}/{name}"
    digest = blake2b(place.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    number = int.from_bytes(digest, "big")
    if point.reach:
        return _wide(name, point, number)
    size = Fraction(401 + number % 1999, 797)
    if point.number < 2 or point.positive:
        return size
    return -size if point.number == 2 or number & (1 << 20) else size


def _wide(name: str, point: Point, number: int) -> Fraction:
    share = (number % 4096) / 4096
    size = _LOWEST * (_REACH / _LOWEST * 10 ** (point.reach - 1)) ** share
    if point.whole and name in _WHOLE:
        return Fraction(round(size) + number // 4096 % 7)
    value = Fraction(round(size * 797), 797)
    # Whole numbers too, at which what is rounded up or down makes its steps.
    value = Fraction(round(value)) if point.number % 4 == 3 else value
    return -value if number & (1 << 30) else value


def fingerprint(name: str, values: list[Value]) -> Value:
    """A number that stands for an unknown function's value: equal parts give equal numbers."""
    mp = context()
    words = [name]
    for value in values:
        number = to_mp(value)
        for part in (mp.re(number), mp.im(number)):
            words.append("0" if abs(part) < mp.mpf(10) ** -30 else mp.nstr(part, 25))
    return pseudo_random("|".join(words))
