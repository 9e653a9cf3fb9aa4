"""Plain numbers: integers, decimals, fractions, percent, scientific notation."""

import re
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Number:
    """An exactly read number."""

    value: Fraction
    percent: bool = False


_PLAIN = re.compile(r"([-+]?)(\d{1,3}(?:,\d{3})+|\d+)?(\.\d+)?(?:[eE]([-+]?\d{1,4}))?(\\?%)?")
_FRACTION = re.compile(r"([-+]?)\\frac\{?([-+]?\d+)\}?\{?(\d+)\}?|([-+]?)(\d+)/(\d+)")


def read_number(text: str) -> Number | None:
    """Read `text` as a plain number, or return None."""
    if len(text) > 600:
        return None
    match = _PLAIN.fullmatch(text)
    if match and (match[2] or match[3]):
        digits = (match[2] or "0").replace(",", "") + (match[3] or "")
        value = Fraction(digits) * Fraction(10) ** int(match[4] or 0)
        return Number(-value if match[1] == "-" else value, bool(match[5]))
    match = _FRACTION.fullmatch(text)
    if match:
        sign, top, bottom = (match[i] or match[i + 3] or "" for i in (1, 2, 3))
        if int(bottom) == 0:
            return None
        value = Fraction(int(top), int(bottom))
        return Number(-value if sign == "-" else value)
    return None
