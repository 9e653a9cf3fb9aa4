"""Formulas of the compact dialect, and the written steps that follow from walking them.

A formula is an equation such as ``"position = v * t + d"``. Its right-hand side may use
``+ - * /``, ``** 2``, ``** 3`` and the functions `half`, `double`, `percent`, `mod`, `mean` and
`proportion`.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis.compact.arithmetic import ARITHMETIC

_BINARY = {
    ast.Add: "addition",
    ast.Sub: "subtraction",
    ast.Mult: "multiplication",
    ast.Div: "division",
}
_POWERS = {2: "squaring", 3: "cubing"}
_FUNCTIONS = {
    "half": "halving",
    "double": "doubling",
    "percent": "percentage",
    "mod": "remainder",
}


@dataclass(frozen=True, slots=True)
class Result:
    """The result of an earlier operation of the same program."""

    index: int


Operand = str | int | Result  # a symbol, a constant, or an earlier result


@dataclass(frozen=True, slots=True)
class Operation:
    """One written operation: the name of an `Arithmetic` and its operands."""

    name: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """The operations of a formula in the order in which they are written.

    Parameters
    ----------
    formula : str
        The equation the program was compiled from.
    operations : tuple of Operation
        Never empty; the last one yields the answer.
    skills : tuple of str
        Names of the skills exercised, without repetition, in order of first use.
    """

    formula: str
    operations: tuple[Operation, ...]
    skills: tuple[str, ...]

    @property
    def symbols(self) -> tuple[str, ...]:
        """Names of the symbols the program reads, in order of first use."""
        names = (x for step in self.operations for x in step.operands if isinstance(x, str))
        return tuple(dict.fromkeys(names))

    def trace(self, values: Mapping[str, int]) -> list[tuple[str, tuple[int, ...], int]] | None:
        """Carry the program out.

        Returns
        -------
        list of (operation name, operands, result), or None
            None if some operation leaves the dialect's numbers.
        """
        results: list[int] = []
        steps = []
        for step in self.operations:
            operands = resolve(step, values, results)
            arithmetic = ARITHMETIC[step.name]
            if not arithmetic.allowed(*operands):
                return None
            results.append(arithmetic.result(*operands))
            steps.append((step.name, operands, results[-1]))
        return steps


def resolve(step: Operation, values: Mapping[str, int], results: list[int]) -> tuple[int, ...]:
    """Return the operands of `step` as numbers."""
    return tuple(
        results[x.index] if isinstance(x, Result) else values[x] if isinstance(x, str) else x
        for x in step.operands
    )


def compile_formula(formula: str) -> Program:
    """Compile an equation into the steps that a solver writes.

    Parameters
    ----------
    formula : str
        ``"name = expression"``; the name of the left-hand side is only for the reader.

    Raises
    ------
    SynthesisError
        If the expression uses anything but the dialect's operations.
    """
    try:
        node = ast.parse(formula.partition("=")[2].strip(), mode="eval").body
    except SyntaxError as error:
        raise SynthesisError(f"cannot read formula {formula!r}: {error.msg}; mend it") from error
    steps: list[Operation] = []
    tags: list[str] = []
    last = _walk(node, formula, steps, tags)
    if not isinstance(last, Result):
        raise SynthesisError(f"formula {formula!r} has no operation; add one")
    return Program(formula, tuple(steps), tuple(dict.fromkeys(tags)))


def _walk(node: ast.expr, formula: str, steps: list[Operation], tags: list[str]) -> Operand:
    """Append the steps of `node` to `steps` and its skills to `tags`; return its value's place."""

    def emit(name: str, *operands: Operand) -> Result:
        tags.append(name)
        steps.append(Operation(name, operands))
        return Result(len(steps) - 1)

    def walk(child: ast.expr) -> Operand:
        return _walk(child, formula, steps, tags)

    match node:
        case ast.Name(id=name):
            return name
        case ast.Constant(value=int(value)):
            return value
        case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int(power))) if (
            power in _POWERS
        ):
            return emit(_POWERS[power], walk(left))
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _BINARY:
            first, second = walk(left), walk(right)
            return emit(_BINARY[type(operator)], first, second)
        case ast.Call(func=ast.Name(id=name), args=arguments) if name in _FUNCTIONS:
            return emit(_FUNCTIONS[name], *map(walk, arguments))
        case ast.Call(func=ast.Name(id="mean"), args=arguments) if len(arguments) > 1:
            tags.append("averaging")
            total = walk(arguments[0])
            for argument in arguments[1:]:
                total = emit("addition", total, walk(argument))
            return emit("division", total, len(arguments))
        case ast.Call(func=ast.Name(id="proportion"), args=[first, second, third]):
            tags.append("proportion")
            product = emit("multiplication", walk(first), walk(second))
            return emit("division", product, walk(third))
    raise SynthesisError(
        f"formula {formula!r} uses {ast.unparse(node)!r}, which the compact dialect does not have; "
        "use + - * / **2 **3 half double percent mod mean proportion"
    )
