"""Shares of a blend as whole counts: the method of the largest remainder, in exact arithmetic."""

import re
from collections.abc import Mapping
from fractions import Fraction

from sample_engineering.errors import ConfigError

_LONGEST = 20  # characters of a number that are shown
_PLAIN = re.compile(r"\d{1,12}(?:\.\d{1,9})?")  # an exponent could ask for endless digits


def read_ratio(text: str | Mapping[str, float]) -> dict[str, Fraction]:
    """Read a ratio, ``math=2,physics=1``, as shares that add to 1.

    >>> {name: str(share) for name, share in read_ratio("math=2,physics=1").items()}
    {'math': '2/3', 'physics': '1/3'}

    Raises
    ------
    ConfigError
        If a part is not NAME=NUMBER with a number above 0, or is given twice.
    """
    parts: list[tuple[str, object]]
    if isinstance(text, Mapping):
        parts = list(text.items())
    else:
        parts = [_part(one) for one in text.split(",")]
    weights: dict[str, Fraction] = {}
    for name, weight in parts:
        if name in weights:
            raise ConfigError(f"`ratio` gives {name} twice; give it once")
        weights[name] = _weight(name, weight)
    if not weights:
        raise ConfigError("`ratio` names nothing; write math=2,physics=1")
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def counts(shares: Mapping[str, Fraction], n: int) -> dict[str, int]:
    """Split `n` by shares: whole parts, then one each to the largest remainders, the first first.

    >>> counts(read_ratio("math=2,physics=1"), 100)
    {'math': 67, 'physics': 33}
    """
    exact = {name: share * n for name, share in shares.items()}
    whole = {name: int(size) for name, size in exact.items()}
    left = n - sum(whole.values())
    order = sorted(shares, key=lambda name: whole[name] - exact[name])  # stable
    for name in order[:left]:
        whole[name] += 1
    return whole


def largest(shares: Mapping[str, Fraction], there: Mapping[str, int]) -> int:
    """Return the greatest size of a blend of which no part is short."""
    n = min(int((there[name] + 1) / share) for name, share in shares.items())
    while n and any(count > there[name] for name, count in counts(shares, n).items()):
        n -= 1
    return n


def _part(text: str) -> tuple[str, object]:
    name, equals, weight = text.rpartition("=")
    if not equals or not name.strip():
        raise ConfigError(
            f"`ratio` {text.strip()[:60]!r} is not of the form NAME=NUMBER; write math=2,physics=1"
        )
    return name.strip(), weight.strip()


def _weight(name: str, weight: object) -> Fraction:
    text = str(weight)
    found = Fraction(text) if _PLAIN.fullmatch(text) else Fraction(0)
    if found <= 0:
        raise ConfigError(f"`ratio` {name}={text[:_LONGEST]}: give a number above 0")
    return found
