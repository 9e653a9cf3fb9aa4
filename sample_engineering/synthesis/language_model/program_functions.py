"""The functions that the programs of a composer may call."""

import math
from collections.abc import Callable
from fractions import Fraction

from sample_engineering.synthesis.language_model.program_values import ProgramError, Value, raised

MAX_FACTORIAL = 170  # the largest whose value is still a float


def _plain(name: str, function: Callable[..., float]) -> Callable[..., Value]:
    def run(*values: Value) -> Value:
        if any(value.dimensions for value in values):
            raise ProgramError("units", f"{name} takes plain numbers")
        try:
            return Value(function(*(float(value.size) for value in values)))
        except ValueError as error:
            raise ProgramError("arithmetic", f"{name}: {error}") from error

    return run


def _whole(name: str, function: Callable[..., int]) -> Callable[..., Value]:
    def run(*values: Value) -> Value:
        numbers = [value.size for value in values]
        if any(value.dimensions for value in values) or any(n != int(n) for n in numbers):
            raise ProgramError("arithmetic", f"{name} takes whole numbers")
        if any(n < 0 for n in numbers):
            raise ProgramError("arithmetic", f"{name} takes no negative numbers")
        return Value(Fraction(function(*map(int, numbers))))

    return run


def _counted(name: str, function: Callable[..., int]) -> Callable[..., Value]:
    inner = _whole(name, function)

    def run(*values: Value) -> Value:
        if any(value.size > MAX_FACTORIAL for value in values):
            raise ProgramError("too large", f"{name} beyond {MAX_FACTORIAL}")
        return inner(*values)

    return run


def _sqrt(value: Value) -> Value:
    if value.size < 0:
        raise ProgramError("arithmetic", "a root of a negative number")
    number = value.size
    if isinstance(number, Fraction):
        top, bottom = math.isqrt(number.numerator), math.isqrt(number.denominator)
        if top * top == number.numerator and bottom * bottom == number.denominator:
            half = tuple((key, power / 2) for key, power in value.dimensions)
            return Value(Fraction(top, bottom), half)
    return raised(value, Value(Fraction(1, 2)))


def _rounding(function: Callable[[Fraction | float], int]) -> Callable[..., Value]:
    def run(value: Value) -> Value:
        if value.dimensions:
            raise ProgramError("units", "only plain numbers are rounded")
        return Value(Fraction(function(value.size)))

    return run


def _round(value: Value, digits: Value | None = None) -> Value:
    places = int(digits.size) if digits is not None else 0
    if value.dimensions or abs(places) > 30:
        raise ProgramError("units", "only plain numbers are rounded, to at most 30 places")
    return Value(
        Fraction(str(round(value.size, places))) if places else Fraction(round(value.size))
    )


def _choose(better: Callable[[Fraction | float, Fraction | float], bool]) -> Callable[..., Value]:
    def run(*values: Value) -> Value:
        if len({value.dimensions for value in values}) > 1:
            raise ProgramError("units", "quantities of different kinds are compared")
        best = values[0]
        for value in values[1:]:
            best = value if better(value.size, best.size) else best
        return best

    return run


# Name: least and most arguments, and what it does.
FUNCTIONS: dict[str, tuple[int, int, Callable[..., Value]]] = {
    "sqrt": (1, 1, _sqrt),
    "abs": (1, 1, lambda value: Value(abs(value.size), value.dimensions)),
    "round": (1, 2, _round),
    "floor": (1, 1, _rounding(math.floor)),
    "ceil": (1, 1, _rounding(math.ceil)),
    "min": (2, 20, _choose(lambda a, b: a < b)),
    "max": (2, 20, _choose(lambda a, b: a > b)),
    "gcd": (2, 2, _whole("gcd", math.gcd)),
    "lcm": (2, 2, _whole("lcm", math.lcm)),
    "factorial": (1, 1, _counted("factorial", math.factorial)),
    "comb": (2, 2, _counted("comb", math.comb)),
    "perm": (2, 2, _counted("perm", math.perm)),
    "exp": (1, 1, _plain("exp", math.exp)),
    "log": (1, 2, _plain("log", math.log)),
    "ln": (1, 1, _plain("ln", math.log)),
    "log10": (1, 1, _plain("log10", math.log10)),
    "log2": (1, 1, _plain("log2", math.log2)),
    "sin": (1, 1, _plain("sin", math.sin)),
    "cos": (1, 1, _plain("cos", math.cos)),
    "tan": (1, 1, _plain("tan", math.tan)),
    "asin": (1, 1, _plain("asin", math.asin)),
    "acos": (1, 1, _plain("acos", math.acos)),
    "atan": (1, 1, _plain("atan", math.atan)),
    "radians": (1, 1, _plain("radians", math.radians)),
}
