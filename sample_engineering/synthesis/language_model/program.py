"""A small interpreter for the arithmetic programs that a composer must supply.

The text is parsed to a syntax tree and walked here; nothing of it is ever handed to Python's own
evaluation. There are no loops, attributes, imports, strings other than units, or definitions, so a
program ends after at most as many steps as it has nodes, and every number is bounded.

    speed = Q(72, "km/h")
    time = Q(2.5, "min")
    answer = to(speed * time, "m")

Numbers are exact fractions as long as the operations allow it.
"""

import ast
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from sample_engineering.grading.units import Unit, read_unit, size, to_base

MAX_CHARS = 4_000
MAX_NODES = 600
MAX_DEPTH = 40
MAX_BITS = 4_096  # of a numerator or denominator: numbers up to about 10**1233
MAX_EXPONENT = 1_000
MAX_FACTORIAL = 170  # the largest whose value is still a float
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
                raise ProgramError("units", f"the program ends in {_show(self)}, not a number")
            return float(self.size)
        read = _unit(unit)
        factor, dimensions = size(read)
        if dimensions != self.dimensions:
            raise ProgramError("units", f"the program ends in {_show(self)}, not in {unit}")
        if read.is_temperature:
            return (float(self.size) - to_base(0.0, read)) / factor
        return float(self.size) / factor


def run_program(text: str) -> Value:
    """Run a program and return the value of its last statement.

    Parameters
    ----------
    text : str
        Assignments and expressions, one a line: numbers, names, ``+ - * / // % **``, comparisons
        inside ``x if a < b else y``, the functions of `FUNCTIONS`, ``Q(number, "unit")`` and
        ``to(quantity, "unit")``.

    Raises
    ------
    ProgramError
        If it holds anything else, is too long, divides by zero, mixes dimensions, or a number
        leaves the bounds.
    """
    if len(text) > MAX_CHARS:
        raise ProgramError("too large", f"{len(text)} characters are more than {MAX_CHARS}")
    try:
        tree = ast.parse(text.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ProgramError("syntax", f"not a program: {str(error)[:100]}") from error
    if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
        raise ProgramError("too large", f"more than {MAX_NODES} steps")
    if not tree.body:
        raise ProgramError("syntax", "the program is empty")
    try:
        return _Interpreter().run(tree.body)
    except ZeroDivisionError as error:
        raise ProgramError("arithmetic", "division by zero") from error
    except (OverflowError, ArithmeticError) as error:
        raise ProgramError("arithmetic", f"a number is out of bounds: {error}") from error


class _Interpreter:
    def __init__(self) -> None:
        self.names: dict[str, Value] = {
            "pi": Value(math.pi),
            "e": Value(math.e),
        }
        self.depth = 0

    def run(self, body: list[ast.stmt]) -> Value:
        last: Value | None = None
        for statement in body:
            if isinstance(statement, ast.Assign):
                if len(statement.targets) != 1 or not isinstance(statement.targets[0], ast.Name):
                    raise ProgramError("unsafe", "only plain names may be assigned to")
                last = self.names[statement.targets[0].id] = self.value(statement.value)
            elif isinstance(statement, ast.Expr):
                last = self.value(statement.value)
            else:
                raise ProgramError("unsafe", f"{_name(statement)} is not allowed")
        assert last is not None
        return last

    def value(self, node: ast.expr) -> Value:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ProgramError("too large", f"nested deeper than {MAX_DEPTH}")
        try:
            return _bounded(self._value(node))
        finally:
            self.depth -= 1

    def _value(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(value=bool()):
                raise ProgramError("unsafe", "truth values are not numbers")
            case ast.Constant(value=int() as number):
                return Value(Fraction(number))
            case ast.Constant(value=float() as number):
                if not math.isfinite(number):
                    raise ProgramError("arithmetic", "a number is infinite")
                return Value(Fraction(repr(number)))
            case ast.Name(id=name):
                if name not in self.names:
                    raise ProgramError("unsafe", f"the name {name[:40]!r} is not known")
                return self.names[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                value = self.value(operand)
                return Value(-value.size, value.dimensions)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.value(operand)
            case ast.BinOp(left=left, op=operator, right=right):
                return _binary(operator, self.value(left), self.value(right))
            case ast.IfExp(test=test, body=yes, orelse=no):
                return self.value(yes if self._truth(test) else no)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._call(name, args)
        raise ProgramError("unsafe", f"{_name(node)} is not allowed")

    def _truth(self, node: ast.expr) -> bool:
        match node:
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                a, b = self.value(left), self.value(right)
                if a.dimensions != b.dimensions:
                    raise ProgramError("units", f"{_show(a)} compared with {_show(b)}")
                for kind, compare in _COMPARISONS.items():
                    if isinstance(operator, kind):
                        return compare(a.size, b.size)
        raise ProgramError("unsafe", f"{_name(node)} is not allowed as a condition")

    def _call(self, name: str, args: list[ast.expr]) -> Value:
        if name in ("Q", "to"):
            match args:
                case [first, ast.Constant(value=str() as unit)]:
                    value = self.value(first)
                    return _quantity(value, unit) if name == "Q" else _checked(value, unit)
            raise ProgramError("syntax", f'{name} is used as {name}(number, "unit")')
        if name not in FUNCTIONS:
            raise ProgramError("unsafe", f"the function {name[:40]!r} is not allowed")
        least, most, function = FUNCTIONS[name]
        if not least <= len(args) <= most:
            raise ProgramError("syntax", f"{name} takes {least} to {most} numbers")
        return function(*map(self.value, args))


def _binary(operator: ast.operator, left: Value, right: Value) -> Value:
    match operator:
        case ast.Add() | ast.Sub() | ast.Mod() | ast.FloorDiv():
            if left.dimensions != right.dimensions:
                raise ProgramError("units", f"{_show(left)} combined with {_show(right)}")
            a, b = left.size, right.size
            if isinstance(operator, ast.Add):
                return Value(a + b, left.dimensions)
            if isinstance(operator, ast.Sub):
                return Value(a - b, left.dimensions)
            if isinstance(operator, ast.Mod):
                return Value(a % b, left.dimensions)
            return Value(Fraction(a // b))
        case ast.Mult():
            return Value(left.size * right.size, _joined(left.dimensions, right.dimensions, 1))
        case ast.Div():
            return Value(left.size / right.size, _joined(left.dimensions, right.dimensions, -1))
        case ast.Pow():
            return _power(left, right)
    raise ProgramError("unsafe", f"{_name(operator)} is not allowed")


def _power(base: Value, exponent: Value) -> Value:
    if exponent.dimensions:
        raise ProgramError("units", f"an exponent is {_show(exponent)}")
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


def _joined(left: Dimensions, right: Dimensions, sign: int) -> Dimensions:
    total = dict(left)
    for key, power in right:
        total[key] = total.get(key, Fraction(0)) + sign * power
    return tuple(sorted((key, power) for key, power in total.items() if power))


def _unit(text: str) -> Unit:
    unit = read_unit(text) if len(text) <= MAX_UNIT_CHARS else None
    if unit is None:
        raise ProgramError("units", f"{text[:MAX_UNIT_CHARS]!r} is not a known unit")
    return unit


def _quantity(value: Value, text: str) -> Value:
    if value.dimensions:
        raise ProgramError("units", f"{_show(value)} has units already; use to()")
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


def _checked(value: Value, text: str) -> Value:
    if size(_unit(text))[1] != value.dimensions:
        raise ProgramError("units", f"{_show(value)} cannot be given in {text}")
    return value


def _bounded(value: Value) -> Value:
    number = value.size
    if isinstance(number, Fraction):
        if max(number.numerator.bit_length(), number.denominator.bit_length()) > MAX_BITS:
            raise ProgramError("too large", f"a number has more than {MAX_BITS} bits")
    elif isinstance(number, complex) or not math.isfinite(number):
        raise ProgramError("arithmetic", "a number is not finite")
    return value


def _show(value: Value) -> str:
    if not value.dimensions:
        return "a plain number"
    return " ".join(f"{key}^{power}" for key, power in value.dimensions)


def _name(node: ast.AST) -> str:
    return type(node).__name__


_COMPARISONS: dict[type[ast.cmpop], Callable[[Fraction | float, Fraction | float], bool]] = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
}


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
    return _power(value, Value(Fraction(1, 2)))


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
