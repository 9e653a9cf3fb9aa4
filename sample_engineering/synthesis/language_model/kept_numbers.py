"""Does a rewritten problem state the same numbers, with the same units?"""

import re
from collections import Counter
from fractions import Fraction

from sample_engineering.grading.values.units import read_unit, size

# 3, 3.5, 1,200, 3.0e8, 3.0 \times 10^{8}, 1/2 stays two numbers.
_NUMBER = re.compile(
    r"(?<![\w.])[-\u2212]?(?P<digits>\d{1,3}(?:(?:,|\\,|\{,\})\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"(?:[eE](?P<exp>[-+]?\d{1,3})|\s*(?:\\times|\\cdot|×|·|\*)\s*10\s*\^\s*\{?(?P<ten>[-+\u2212]?\d{1,3})\}?)?"
)
# What may stand between a number and its unit.
_GAP = re.compile(r"(?:\s|~|\\[,;: ]|\$|\\mathrm\{|\\text\{|\})*")
_UNIT = re.compile(
    r"\\?(?:%|°\s?[CF]|[A-Za-zµμΩ]+(?:\s?[\^²³⁻⁰-⁹]\{?-?\d?\}?)?(?:\s?[/·*]\s?[A-Za-z]+(?:\^?\{?-?\d\}?)?)*)"
)
_MAX_TEXT = 20_000

Stated = tuple[Fraction, str]


def stated_numbers(text: str) -> Counter[Stated]:
    """Return every number that a text states in digits, with its unit where one follows.

    A unit counts by its size and dimensions, so that ``5 km`` and ``5 kilometres`` are the same
    and ``5 km`` and ``5 m`` are not; a word that is no unit counts as none.
    """
    found: Counter[Stated] = Counter()
    for match in _NUMBER.finditer(text[:_MAX_TEXT]):
        digits = re.sub(r"\\,|\{,\}|,", "", match["digits"])
        exponent = int((match["exp"] or match["ten"] or "0").replace("\u2212", "-"))
        sign = -1 if match.group()[0] in "-\u2212" else 1
        found[
            sign * Fraction(digits) * Fraction(10) ** exponent, _unit_after(text, match.end())
        ] += 1
    return found


def _unit_after(text: str, start: int) -> str:
    gap = _GAP.match(text, start)
    unit = _UNIT.match(text, gap.end() if gap else start)
    if unit is None:
        return ""
    written = unit.group()
    for candidate in (written, written.split()[0], re.split(r"[\s]", written)[0].rstrip("s")):
        read = read_unit(candidate)
        if read is not None:
            factor, dimensions = size(read)
            return f"{factor:.9g} {dimensions}"
    return ""


def lost_or_added(original: str, rewritten: str) -> str | None:
    """Return the first number that the rewriting lost, added or gave another unit; None if none."""
    before, after = stated_numbers(original), stated_numbers(rewritten)
    if before == after:
        return None
    for value, unit in before - after:
        if any(value == other for other, _ in after - before):
            return f"unit changed: at the number {_shown(value)}"
        if after[value, unit] == 0 and any(value == other for other, _ in after):
            return f"unit changed: at the number {_shown(value)}"
        return f"number lost: {_shown(value)}"
    value = next(iter(after - before))[0]
    return f"number added: {_shown(value)}"


def _shown(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else f"{float(value):g}"
