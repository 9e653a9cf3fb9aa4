"""Formulas written as text: checked against an allow-list, then compiled to plain functions.

A formula is arithmetic over names: ``K = m*v**2/2``. It is read with Python's own parser and every
node is checked before anything is compiled, so a formula cannot do more than arithmetic.
"""

import ast
import copy
import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from keyword import iskeyword
from typing import Any

from sample_engineering.errors import SynthesisError

CONSTANTS = {"pi": math.pi}
"""Names that stand for themselves in every formula."""

_MOST_TERMS = 10_000  # of a sequence that is followed until it passes a level


def _iterate(first: float, factor: float, added: float, n: float) -> float:
    """Return the n-th term after `first` of a sequence x -> factor*x + added, in closed form."""
    if not 0 <= n <= _MOST_TERMS:
        raise OverflowError("too many terms")
    if factor == 1:
        return first + n * added
    grown: float = factor**n
    return first * grown + added * (grown - 1) / (factor - 1)


def _passing(first: float, factor: float, added: float, level: float) -> float:
    """Return the least n for which the n-th term has passed a level that `first` has not."""
    if factor == 1:
        n = (level - first) / added
    else:
        rest = added / (factor - 1)  # how far the fixed point lies below zero
        n = math.log((level + rest) / (first + rest)) / math.log(factor)
    if not 0 <= n < _MOST_TERMS:
        raise ValueError("the level is never passed")
    return float(math.floor(n) + 1)


MOST_CHOSEN = 1000
"""Largest k of a binomial coefficient."""
MOST_FACTORIAL = 170
"""Largest number whose factorial a float can hold."""


def _choose(n: int, k: int) -> float:
    if min(k, n - k) > MOST_CHOSEN:
        raise OverflowError(f"binomial({n}, {k}) takes too long")
    return float(math.comb(n, k))


def _factorial(n: int) -> float:
    if n > MOST_FACTORIAL:
        raise OverflowError(f"{n}! is too large")
    return float(math.factorial(n))


# All give floats: whole numbers without bound would let a formula run for ever (9**9**9).
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "log10": math.log10,
    "log2": math.log2,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "binomial": lambda n, k: _choose(round(n), round(k)),
    "factorial": lambda n: _factorial(round(n)),
    "gcd": lambda a, b: float(math.gcd(round(a), round(b))),
    "lcm": lambda a, b: float(math.lcm(round(a), round(b))),
    "mod": lambda a, b: a % b,
    "powmod": lambda a, b, m: float(pow(round(a), round(b), round(m))),
    "floor": lambda x: float(math.floor(x)),
    "ceil": lambda x: float(math.ceil(x)),
    "iterate": _iterate,
    "first_above": _passing,
    "first_below": _passing,
}
NO_VALUE = (ValueError, ArithmeticError, TypeError)
"""What a compiled formula raises where it has no value: the logarithm of a negative number."""

WHOLE_FUNCTIONS = frozenset(
    {
        *("binomial", "factorial", "gcd", "lcm", "mod", "powmod", "floor", "ceil"),
        *("iterate", "first_above", "first_below"),
    }
)
"""Functions of whole numbers: not inverted by algebra but by trying every whole number in range."""

_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_MAX_LENGTH = 400  # characters; the longest formula of the library has about 120
_LONGEST_NAME = 60
_MAX_DEPTH = 40  # of nested operations
_MOST_POWER = 1000  # largest exponent that is a number


def _check(node: ast.AST, names: frozenset[str], text: str, depth: int = 0) -> None:
    if depth > _MAX_DEPTH:
        raise SynthesisError(f"formula {text[:60]!r} is nested too deeply; split it")
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise SynthesisError(f"formula {text!r} holds {node.value!r}; write numbers and names")
        if not math.isfinite(node.value):
            raise SynthesisError(f"formula {text!r} holds a number that is too large; mend it")
    elif isinstance(node, ast.Name):
        if node.id not in names and node.id not in CONSTANTS:
            raise SynthesisError(f"formula {text!r} names {node.id!r}, which is no quantity of it")
    elif isinstance(node, ast.BinOp) and isinstance(node.op, _OPERATORS):
        if isinstance(node.op, ast.Pow):
            _check_power(node, text)
        _check(node.left, names, text, depth + 1)
        _check(node.right, names, text, depth + 1)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        _check(node.operand, names, text, depth + 1)
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in FUNCTIONS
        and not node.keywords
    ):
        for argument in node.args:
            _check(argument, names, text, depth + 1)
    elif isinstance(node, ast.Compare) and all(isinstance(op, _COMPARISONS) for op in node.ops):
        _check(node.left, names, text, depth + 1)
        for other in node.comparators:
            _check(other, names, text, depth + 1)
    else:
        raise SynthesisError(
            f"formula {text!r} is not arithmetic; use + - * / **, numbers, names and the functions "
            + ", ".join(FUNCTIONS)
        )


def _check_power(node: ast.BinOp, text: str) -> None:
    """Refuse powers of numbers that would take for ever: 9**9**9."""
    numbers = [part.value for part in ast.walk(node.right) if isinstance(part, ast.Constant)]
    plain = not any(isinstance(part, ast.Name) for part in ast.walk(node))
    nested = plain and any(
        isinstance(part, ast.BinOp) and isinstance(part.op, ast.Pow)
        for side in (node.left, node.right)
        for part in ast.walk(side)
    )
    large = any(isinstance(size, int | float) and abs(size) > _MOST_POWER for size in numbers)
    if nested or large:
        raise SynthesisError(f"formula {text!r} has a power that is too high; mend it")


def parse(text: str, names: frozenset[str]) -> ast.expr:
    """Return the syntax tree of one side of a formula, or of a comparison.

    Raises
    ------
    SynthesisError
        If the text is longer than a formula has any need to be, does not parse, names something
        that is not in `names`, or is anything but arithmetic.
    """
    if len(text) > _MAX_LENGTH:
        raise SynthesisError(f"formula of {len(text)} characters; split it into two relations")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise SynthesisError(f"formula {text!r} does not parse ({error}); mend it") from error
    _check(tree, names, text)
    return tree


def is_name(text: str) -> bool:
    """Tell whether a text may name a quantity in a formula."""
    plain = text.isascii() and text.isidentifier() and not iskeyword(text)
    return plain and len(text) <= _LONGEST_NAME


def sides(equation: str) -> tuple[str, str]:
    """Split ``left = right``; exactly one equals sign."""
    left, mark, right = equation.partition("=")
    if not mark or "=" in right or not left.strip() or not right.strip():
        raise SynthesisError(f"equation {equation!r} needs exactly one '=': write left = right")
    return left.strip(), right.strip()


def used_names(tree: ast.AST) -> set[str]:
    """Return the names of quantities and constants in a tree (functions and pi left out)."""
    functions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and id(node) not in functions and node.id not in CONSTANTS
    }


def called_functions(tree: ast.AST) -> set[str]:
    """Return the names of the functions that a tree calls."""
    return {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


@lru_cache(maxsize=4096)
def compiled(text: str, arguments: tuple[str, ...]) -> Callable[..., float]:
    """Compile one side of a formula to a plain function of `arguments`, in that order."""
    return compile_tree(parse(text, frozenset(arguments)), arguments)


def compile_tree(
    tree: ast.expr, arguments: tuple[str, ...], functions: Mapping[str, Any] = FUNCTIONS
) -> Callable[..., float]:
    """Compile a checked tree to a plain function of `arguments`, in that order."""
    signature = ast.arguments(
        posonlyargs=[],
        args=[ast.arg(arg=name) for name in arguments],
        kwonlyargs=[],
        kw_defaults=[],
        defaults=[],
    )
    body = _InFloats().visit(copied(tree))
    wrapped = ast.fix_missing_locations(ast.Expression(body=ast.Lambda(args=signature, body=body)))
    # Every node of the tree passed the allow-list above, so this evaluates arithmetic only.
    scope = {"__builtins__": {}, **CONSTANTS, **functions}
    made: Callable[..., float] = eval(compile(wrapped, "<formula>", "eval"), scope)  # noqa: S307
    return made


def copied(tree: ast.expr) -> ast.expr:
    """Copy a checked tree; `copy.deepcopy` takes ten times as long over it."""
    match tree:
        case ast.Constant():
            return ast.Constant(tree.value)
        case ast.Name():
            return ast.Name(tree.id, ast.Load())
        case ast.UnaryOp():
            return ast.UnaryOp(tree.op, copied(tree.operand))
        case ast.BinOp():
            return ast.BinOp(copied(tree.left), tree.op, copied(tree.right))
        case ast.Call(func=ast.Name(id=name)):
            return ast.Call(ast.Name(name, ast.Load()), [*map(copied, tree.args)], [])
        case _:
            return copy.deepcopy(tree)


class _InFloats(ast.NodeTransformer):
    """Whole numbers become floats, so that no power grows without bound."""

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant(float(node.value)) if isinstance(node.value, int) else node


def number(tree: ast.AST, values: Mapping[str, float]) -> float:
    """Return the value of a checked tree in floats, without compiling it: for trees used once.

    Raises
    ------
    ValueError, ArithmeticError, TypeError
        Where it has none: see `NO_VALUE`.
    """
    if isinstance(tree, ast.Constant):
        return float(tree.value)  # type: ignore[arg-type]
    if isinstance(tree, ast.Name):
        return CONSTANTS[tree.id] if tree.id in CONSTANTS else values[tree.id]
    if isinstance(tree, ast.UnaryOp):
        return -number(tree.operand, values)
    if isinstance(tree, ast.Call):
        assert isinstance(tree.func, ast.Name)
        found: float = FUNCTIONS[tree.func.id](*[number(item, values) for item in tree.args])
        return found
    assert isinstance(tree, ast.BinOp)
    value: float = _joined(tree.op, number(tree.left, values), number(tree.right, values))
    return value


def evaluate(tree: ast.AST, values: Mapping[str, Any], functions: Mapping[str, Any]) -> Any:
    """Walk a tree with any kind of number: floats, fractions, pint quantities, sympy terms."""
    if isinstance(tree, ast.Constant):
        return tree.value
    if isinstance(tree, ast.Name):
        return values[tree.id]
    if isinstance(tree, ast.UnaryOp):
        return -evaluate(tree.operand, values, functions)
    if isinstance(tree, ast.Call):
        assert isinstance(tree.func, ast.Name)
        return functions[tree.func.id](
            *(evaluate(argument, values, functions) for argument in tree.args)
        )
    assert isinstance(tree, ast.BinOp)
    left = evaluate(tree.left, values, functions)
    return _joined(tree.op, left, evaluate(tree.right, values, functions))


def _joined(operator: ast.operator, left: Any, right: Any) -> Any:
    match operator:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div():
            return left / right
        case _:
            return left**right


def sympy_functions() -> dict[str, Any]:
    """Return the functions of a formula as sympy knows them, for `evaluate`."""
    import sympy

    names = ("sqrt", "exp", "log", "sin", "cos", "tan", "asin", "acos", "atan")
    found: dict[str, Any] = {name: getattr(sympy, name) for name in names}
    found["log10"] = lambda x: sympy.log(x) / sympy.log(10)
    found["log2"] = lambda x: sympy.log(x) / sympy.log(2)
    return found
