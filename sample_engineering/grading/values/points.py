"""The fixed pseudo-random points at which expressions with symbols are compared."""

from fractions import Fraction
from hashlib import blake2b

from sample_engineering.grading.values.precision import Value, context, to_mp

# Signs of the variables at each point: all positive twice, all negative, then mixed.
POINTS = 4


def pseudo_random(name: str) -> Fraction:
    """A fraction between 1/2 and 2 that depends on nothing but `name`."""
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=6).digest()
    return Fraction(int.from_bytes(digest, "big") * 3 + 2**48, 2**49)


def variable(name: str, point: int) -> Fraction:
    """Value of a symbol at one of the `POINTS` points."""
    digest = blake2b(f"{point}/{name}".encode("utf-8", "surrogatepass"), digest_size=4).digest()
    number = int.from_bytes(digest, "big")
    size = Fraction(401 + number % 1999, 797)
    if point < 2:
        return size
    return -size if point == 2 or number & (1 << 20) else size


def fingerprint(name: str, values: list[Value]) -> Value:
    """A number that stands for an unknown function's value: equal parts give equal numbers."""
    mp = context()
    words = [name]
    for value in values:
        number = to_mp(value)
        for part in (mp.re(number), mp.im(number)):
            words.append("0" if abs(part) < mp.mpf(10) ** -30 else mp.nstr(part, 25))
    return pseudo_random("|".join(words))
