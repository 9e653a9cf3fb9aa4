"""Numbers with dimensions, as the programs of a composer compute with them."""

import math
from dataclasses import dataclass
from fractions import Fraction

from sample_engineering.grading.values.units import Unit, read_unit, size, to_base

MAX_BITS = 4_096  # of a numerator or denominator: numbers up to about 10**1233
MAX_EXPONENT = 1_000
MAX_UNIT_CHARS = 60

Dimensions = tuple[tuple[str, Fraction], ...]


class ProgramError(ValueError):
    """The program cannot be run.

    `kind` says why: unsafe, too large, syntax, units or arithmetic.
    """

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Value:
    """A number with dimensions, in SI base units.

    Parameters
    ----------
    size : Fraction or float
        In base units of `dimensions`.
    dimensions : tuple of (str, Fraction)
        Sorted powers of base dimensions; empty for a plain number.
    """

    size: Fraction | float
    dimensions: Dimensions = ()

    def in_unit(self, unit: str | None) -> float:
        """Return the number of `unit` that this is; None is a plain number.

        Raises
        ------
        ProgramError
            If the dimensions differ.
        """
        if unit is None or not unit.strip():
            if self.dimensions:
                raise ProgramError("units", f"the program ends in {shown(self)}, not a number")
            return float(self.size)
        read = _unit(unit)
        factor, dimensions = size(read)
        if dimensions != self.dimensions:
            raise ProgramError("units", f"the program ends in {shown(self)}, not in {unit}")
        if read.is_temperature:
            return (float(self.size) - to_base(0.0, read)) / factor
        return float(self.size) / factor


def raised(base: Value, exponent: Value) -> Value:
    """Return base to the power of exponent; the bounds are checked before it is computed."""
    if exponent.dimensions:
        raise ProgramError("units", f"an exponent is {shown(exponent)}")
    power = exponent.size
    if not -MAX_EXPONENT <= power <= MAX_EXPONENT:
        raise ProgramError("too large", f"an exponent is beyond {MAX_EXPONENT}")
    if base.dimensions:
        exact = Fraction(power).limit_denominator(12)
        dimensions = tuple((key, n * exact) for key, n in base.dimensions if n * exact)
    else:
        dimensions = ()
    if isinstance(base.size, Fraction) and isinstance(power, Fraction) and power.denominator == 1:
        bits = max(base.size.numerator.bit_length(), base.size.denominator.bit_length())
        if bits * abs(power.numerator) > MAX_BITS:  # before it is computed
            raise ProgramError("too large", f"a power has more than {MAX_BITS} bits")
        return Value(base.size ** int(power), dimensions)
    number = float(base.size)
    if number < 0:
        raise ProgramError("arithmetic", "a root of a negative number")
    return Value(math.pow(number, float(power)), dimensions)


def joined(left: Dimensions, right: Dimensions, sign: int) -> Dimensions:
    """Return the dimensions of a product (sign 1) or a quotient (sign -1)."""
    total = dict(left)
    for key, power in right:
        total[key] = total.get(key, Fraction(0)) + sign * power
    return tuple(sorted((key, power) for key, power in total.items() if power))


def _unit(text: str) -> Unit:
    unit = read_unit(text) if len(text) <= MAX_UNIT_CHARS else None
    if unit is None:
        raise ProgramError("units", f"{text[:MAX_UNIT_CHARS]!r} is not a known unit")
    return unit


def quantity(value: Value, text: str) -> Value:
    """Give a plain number the unit named."""
    if value.dimensions:
        raise ProgramError("units", f"{shown(value)} has units already; use to()")
    unit = _unit(text)
    factor, dimensions = size(unit)
    if unit.is_temperature:
        return Value(to_base(float(value.size), unit), dimensions)
    # A factor like 1000 or 60 is exact as a fraction; 1/3.6 is the nearest simple one.
    exact = Fraction(factor).limit_denominator(10**9)
    close = abs(float(exact) - factor) <= 1e-15 * factor
    if close and isinstance(value.size, Fraction):
        return Value(value.size * exact, dimensions)
    return Value(float(value.size) * factor, dimensions)


def checked(value: Value, text: str) -> Value:
    """Return the value as it is if it can be given in the unit named."""
    if size(_unit(text))[1] != value.dimensions:
        raise ProgramError("units", f"{shown(value)} cannot be given in {text}")
    return value


def shown(value: Value) -> str:
    """Return the dimensions in words, for error messages."""
    if not value.dimensions:
        return "a plain number"
    return " ".join(f"{key}^{power}" for key, power in value.dimensions)
