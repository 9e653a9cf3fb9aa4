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
from fractions import Fraction

from sample_engineering.synthesis.language_model.program_functions import FUNCTIONS
from sample_engineering.synthesis.language_model.program_values import (
    MAX_BITS,
    ProgramError,
    Value,
    checked,
    joined,
    quantity,
    raised,
    shown,
)

MAX_CHARS = 4_000
MAX_NODES = 600
MAX_DEPTH = 40

_COMPARISONS: dict[type[ast.cmpop], Callable[[Fraction | float, Fraction | float], bool]] = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
}


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
                    raise ProgramError("units", f"{shown(a)} compared with {shown(b)}")
                for kind, compare in _COMPARISONS.items():
                    if isinstance(operator, kind):
                        return compare(a.size, b.size)
        raise ProgramError("unsafe", f"{_name(node)} is not allowed as a condition")

    def _call(self, name: str, args: list[ast.expr]) -> Value:
        if name in ("Q", "to"):
            match args:
                case [first, ast.Constant(value=str() as unit)]:
                    value = self.value(first)
                    return quantity(value, unit) if name == "Q" else checked(value, unit)
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
                raise ProgramError("units", f"{shown(left)} combined with {shown(right)}")
            a, b = left.size, right.size
            if isinstance(operator, ast.Add):
                return Value(a + b, left.dimensions)
            if isinstance(operator, ast.Sub):
                return Value(a - b, left.dimensions)
            if isinstance(operator, ast.Mod):
                return Value(a % b, left.dimensions)
            return Value(Fraction(a // b))
        case ast.Mult():
            return Value(left.size * right.size, joined(left.dimensions, right.dimensions, 1))
        case ast.Div():
            return Value(left.size / right.size, joined(left.dimensions, right.dimensions, -1))
        case ast.Pow():
            return raised(left, right)
    raise ProgramError("unsafe", f"{_name(operator)} is not allowed")


def _bounded(value: Value) -> Value:
    number = value.size
    if isinstance(number, Fraction):
        if max(number.numerator.bit_length(), number.denominator.bit_length()) > MAX_BITS:
            raise ProgramError("too large", f"a number has more than {MAX_BITS} bits")
    elif isinstance(number, complex) or not math.isfinite(number):
        raise ProgramError("arithmetic", "a number is not finite")
    return value


def _name(node: ast.AST) -> str:
    return type(node).__name__
