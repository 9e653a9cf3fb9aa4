"""Numbers as a problem prints them: significant figures, LaTeX, and drawing at random."""

import math
from dataclasses import dataclass
from random import Random

from sample_engineering.synthesis import units
from sample_engineering.synthesis.relation import Quantity

_FIXED_BELOW = 1e5  # larger values are written with a power of ten, as textbooks do
_FIXED_FROM = 1e-3
_LEAST_DIGITS = 3  # answers are wanted to three figures, which cruder data would not bear
GUARD_DIGITS = 5  # intermediate results keep two more figures than the answer
HALF_UP = 1 + 1e-12  # factor by which an answer of 13.15 is rounded to 13.2, as people do
_EXACT = 1e-9  # relative; what units and binary fractions leave of a whole number
_LOG_RATIO = 20  # a range wider than this is drawn evenly in the logarithm


@dataclass(frozen=True, slots=True)
class Value:
    """A stated number.

    Parameters
    ----------
    number : str
        LaTeX of the number, e.g. ``"2.50"`` or ``r"6.0\\times10^{5}"``.
    unit : str
        Pint's spelling.
    size : float
        The printed number, in `unit`.
    base : float
        In coherent units.
    exact : bool
        Whether it limits the significant figures of the answer (False) or not (True).
    """

    number: str
    unit: str
    size: float
    base: float
    exact: bool

    @property
    def latex(self) -> str:
        """The number with its unit, between dollar signs."""
        return f"${self.number}{units.latex(self.unit)}$"


def significant(value: float, digits: int) -> str:
    """Write a number to `digits` significant figures in LaTeX, trailing zeros kept."""
    if value == 0:
        return "0"
    rounded = f"{value:.{digits - 1}e}"
    mantissa, _, exponent = rounded.partition("e")
    power = int(exponent)
    if _FIXED_FROM <= abs(float(rounded)) < _FIXED_BELOW:
        decimals = max(digits - 1 - power, 0)
        return f"{float(rounded):.{decimals}f}"
    return rf"{mantissa}\times10^{{{power}}}"


def tidy(size: float, digits: int = GUARD_DIGITS) -> str:
    """Write a computed number: short where it is exact, else to `digits` figures."""
    if float(size).is_integer() and abs(size) < 1e5:
        return str(int(size))
    text = significant(size, digits)
    mantissa, mark, power = text.partition(r"\times")
    if "." not in mantissa:
        return text
    short = mantissa.rstrip("0")
    if short.endswith(".") and not math.isclose(plain(text), size, rel_tol=_EXACT):
        return text  # "429.00": what is rounded must not look like a whole number
    return short.removesuffix(".") + mark + power


def plain(number: str) -> float:
    """Read a number as `significant` writes it."""
    mantissa, mark, power = number.partition(r"\times10^{")
    return float(f"{mantissa}e{power[:-1]}") if mark else float(number)


def whole(value: float) -> str:
    """Write a whole number."""
    if abs(value) >= _FIXED_BELOW:
        digits = len(str(round(abs(value))).rstrip("0"))
        if digits <= 4:  # a round number such as 2 000 000 reads better with a power of ten
            return significant(value, max(digits, 2))
    return str(round(value))


def stated(quantity: Quantity, size: float, unit: str) -> Value:
    """Round `size` (in `unit`) to what the quantity allows, and return it as it is printed."""
    digits = quantity.digits if quantity.exact else max(quantity.digits, _LEAST_DIGITS)
    number = whole(size) if quantity.whole else significant(size, digits)
    if quantity.step is not None and not quantity.whole and _FIXED_FROM <= abs(size) < _FIXED_BELOW:
        number = f"{size:.6g}"
    printed = plain(number)
    exact = quantity.whole or quantity.exact
    return Value(number, unit, printed, units.in_base(printed, unit), exact)


def fixed(text: str, unit: str) -> Value:
    """Return a value that belongs to a case, exactly as its author wrote it."""
    mantissa, mark, power = text.partition("e")
    number = rf"{mantissa}\times10^{{{int(power)}}}" if mark else text
    return Value(number, unit, float(text), units.in_base(float(text), unit), True)


def draw(rng: Random, quantity: Quantity, low: float, high: float) -> float:
    """Draw a size in `quantity.unit`: a multiple of its step, or anything in the range."""
    if quantity.step is not None:
        first, last = math.ceil(low / quantity.step), math.floor(high / quantity.step)
        return float(rng.randint(first, max(first, last)) * quantity.step)
    if quantity.whole:
        if high - low < 5000:
            return rng.randint(int(low), int(high))
        return float(f"{_spread(rng, low, high) if low > 0 else rng.uniform(low, high):.2e}")
    return between(rng, low, high)


def between(rng: Random, low: float, high: float) -> float:
    """Draw anything between two sizes: evenly, or in the logarithm where they lie far apart."""
    if low > 0 and high / low > _LOG_RATIO:
        return _spread(rng, low, high)
    return rng.uniform(low, high)


def _spread(rng: Random, low: float, high: float) -> float:
    """Draw evenly in the logarithm."""
    return float(low * (high / low) ** rng.random())
