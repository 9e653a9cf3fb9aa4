"""Numbers behind an answer: exact fractions where possible, else 50-digit complex numbers."""

import threading
from collections.abc import Callable
from fractions import Fraction
from math import isqrt
from typing import Any

DIGITS = 50
# Agreement demanded of two 50-digit values; 20 digits are left for rounding.
AGREEMENT = 1e-30
# exp and trigonometric functions of larger arguments are refused.
MAX_ARGUMENT = 1e6
MAX_FACTORIAL = 2000

Value = Any  # Fraction or mpmath number


class NotComparable(ValueError):
    """The expression has no value that can be computed within bounds."""


_LOCAL = threading.local()


def context() -> Any:
    """Return the mpmath context of this thread: the global one is not safe to share."""
    mp = getattr(_LOCAL, "mp", None)
    if mp is None:
        from mpmath import MPContext  # type: ignore[import-untyped]

        mp = MPContext()
        mp.dps = DIGITS
        _LOCAL.mp = mp
    return mp


def to_mp(value: Value) -> Any:
    """Value as an mpmath number of this thread."""
    if isinstance(value, Fraction):
        mp = context()
        return mp.mpf(value.numerator) / value.denominator
    return value


def combined(left: Value, right: Value, operation: Callable[[Any, Any], Any]) -> Value:
    """Return the operation on two values, exact where both are."""
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return operation(left, right)
    return operation(to_mp(left), to_mp(right))


def is_negative(value: Value) -> bool:
    """Whether a value is real and below zero."""
    if isinstance(value, Fraction):
        return value < 0
    mp = context()
    return bool(mp.im(value) == 0 and mp.re(value) < 0)


def exact_root(value: Fraction) -> Fraction | None:
    """Return the square root of a fraction that is not negative, or None if it is irrational."""
    top, bottom = isqrt(value.numerator), isqrt(value.denominator)
    exact = top * top == value.numerator and bottom * bottom == value.denominator
    return Fraction(top, bottom) if exact else None
