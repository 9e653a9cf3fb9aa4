"""Formulas as LaTeX, with symbols or with numbers put in."""

import ast
from collections.abc import Mapping
from functools import lru_cache

from sample_engineering.synthesis import formula

_ADD, _MUL, _NEG, _POW, _ATOM = 1, 2, 2, 3, 4
_FUNCTION_NAMES = {
    "exp": r"\exp",
    "log": r"\ln",
    "log10": r"\log_{10}",
    "log2": r"\log_{2}",
    "sin": r"\sin",
    "cos": r"\cos",
    "tan": r"\tan",
    "asin": r"\arcsin",
    "acos": r"\arccos",
    "atan": r"\arctan",
    "gcd": r"\gcd",
    "lcm": r"\operatorname{lcm}",
}


@lru_cache(maxsize=4096)
def _tree(text: str, names: frozenset[str]) -> ast.expr:
    return formula.parse(text, names)


def latex(text: str, symbols: Mapping[str, str], *, numbers: bool = False) -> str:
    """Write one side of a formula in LaTeX.

    Parameters
    ----------
    text : str
        The formula.
    symbols : mapping
        LaTeX of each name: its symbol, or its number.
    numbers : bool
        Numbers were put in: factors are then joined with a multiplication cross.
    """
    return _print(_tree(text, frozenset(symbols)), symbols, r" \times " if numbers else r"\,")[0]


def _wrap(pair: tuple[str, int], least: int) -> str:
    text, level = pair
    return text if level >= least else rf"\left({text}\right)"


def _print(node: ast.expr, symbols: Mapping[str, str], times: str) -> tuple[str, int]:
    if isinstance(node, ast.Constant):
        return str(node.value), _ATOM
    if isinstance(node, ast.Name):
        text = r"\pi" if node.id == "pi" else symbols[node.id]
        if text.startswith("-"):
            return text, _ADD
        return text, _MUL if r"\times" in text else _ATOM
    if isinstance(node, ast.UnaryOp):
        return "-" + _wrap(_print(node.operand, symbols, times), _MUL), _ADD
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        arguments = [_print(argument, symbols, times)[0] for argument in node.args]
        return _call(node.func.id, arguments, node, symbols, times)
    assert isinstance(node, ast.BinOp)
    if isinstance(node.op, ast.Div):
        top = _print(node.left, symbols, times)[0]
        bottom = _print(node.right, symbols, times)[0]
        return rf"\frac{{{top}}}{{{bottom}}}", _POW
    if isinstance(node.op, ast.Pow):
        return _power(node, symbols, times)
    if isinstance(node.op, ast.Add) and _leads_negative(node.left) is not None:
        # sympy writes -b + c; people write c - b
        inner = _leads_negative(node.left)
        assert inner is not None
        return _print(ast.BinOp(node.right, ast.Sub(), inner), symbols, times)
    left = _print(node.left, symbols, times)
    right = _print(node.right, symbols, times)
    if isinstance(node.op, ast.Mult):
        if isinstance(node.left, ast.UnaryOp):  # -r t, not (-r) t
            return left[0] + _times(node, left[0], right[0], times) + _wrap(right, _MUL), _ADD
        return _wrap(left, _MUL) + _times(node, left[0], right[0], times) + _wrap(right, _MUL), _MUL
    sign = " + " if isinstance(node.op, ast.Add) else " - "
    least = _ADD if isinstance(node.op, ast.Add) and not right[0].startswith("-") else _MUL
    return _wrap(left, _ADD) + sign + _wrap(right, least), _ADD


def _leads_negative(node: ast.expr) -> ast.expr | None:
    """Return the node without its leading minus sign, or None where it has none."""
    if isinstance(node, ast.UnaryOp):
        return node.operand
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        inner = _leads_negative(node.left)
        return None if inner is None else ast.BinOp(inner, node.op, node.right)
    return None


def _times(node: ast.BinOp, left: str, right: str, times: str) -> str:
    """Return what stands between two factors: a thin space, or a cross between two numbers."""
    if left[-1:].isdigit() and right[:1].isdigit():
        return r" \times "
    return times


def _power(node: ast.BinOp, symbols: Mapping[str, str], times: str) -> tuple[str, int]:
    base = _print(node.left, symbols, times)
    exponent = node.right
    if (
        isinstance(exponent, ast.BinOp)
        and isinstance(exponent.op, ast.Div)
        and isinstance(exponent.left, ast.Constant)
        and exponent.left.value == 1
        and isinstance(exponent.right, ast.Constant)
    ):
        root = int(str(exponent.right.value))
        return (rf"\sqrt{{{base[0]}}}" if root == 2 else rf"\sqrt[{root}]{{{base[0]}}}"), _ATOM
    # A number with a unit of ten or a fraction needs brackets under an exponent.
    inner = base[0] if base[1] == _ATOM else rf"\left({base[0]}\right)"
    return f"{inner}^{{{_print(exponent, symbols, times)[0]}}}", _POW


def _call(
    name: str, arguments: list[str], node: ast.Call, symbols: Mapping[str, str], times: str
) -> tuple[str, int]:
    first = arguments[0]
    match name:
        case "sqrt":
            return rf"\sqrt{{{first}}}", _ATOM
        case "exp":
            return rf"e^{{{first}}}", _POW
        case "binomial":
            return rf"\binom{{{first}}}{{{arguments[1]}}}", _ATOM
        case "factorial":
            inner = first if len(first) == 1 or first.isdigit() else rf"\left({first}\right)"
            return f"{inner}!", _ATOM
        case "floor":
            return rf"\left\lfloor {first} \right\rfloor", _ATOM
        case "ceil":
            return rf"\left\lceil {first} \right\rceil", _ATOM
        case "mod":
            left = _wrap(_print(node.args[0], symbols, times), _MUL)
            return rf"{left} \bmod {arguments[1]}", _ADD
        case "powmod":
            return rf"{first}^{{{arguments[1]}}} \bmod {arguments[2]}", _ADD
        case "iterate":
            return _term(node, symbols, times)
        case "first_above" | "first_below":
            passed = ">" if name == "first_above" else "<"
            term = _term(node, symbols, times, "n")[0]
            return rf"\min\{{n : {term} {passed} {arguments[3]}\}}", _ATOM
    shown = _FUNCTION_NAMES[name]
    return rf"{shown}\left({', '.join(arguments)}\right)", _MUL


def _term(
    node: ast.Call, symbols: Mapping[str, str], times: str, count: str = ""
) -> tuple[str, int]:
    """Write the n-th term of x -> q x + d: q^n x_0 + d (q^n - 1)/(q - 1)."""
    first, factor, added = (_print(part, symbols, times) for part in node.args[:3])
    n = count or _print(node.args[3], symbols, times)[0]
    cross = r" \times "
    constant = [part.value if isinstance(part, ast.Constant) else None for part in node.args[:3]]
    if constant[1] == 1:
        return rf"{first[0]} + {n}{cross}{_wrap(added, _MUL)}", _ADD
    power = rf"{_wrap(factor, _ATOM)}^{{{n}}}"
    grown = power if constant[0] == 1 else rf"{_wrap(first, _MUL)}{cross}{power}"
    part = node.args[1]
    below = f"{factor[0]} - 1"
    if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add) and _is_one(part.left):
        below = _print(part.right, symbols, times)[0]
    less = _leads_negative(node.args[2])
    if less is not None:
        added = _print(less, symbols, times)
    summed = rf"{_wrap(added, _MUL)}{cross}\frac{{{power} - 1}}{{{below}}}"
    if constant[2] == 0:
        return grown, _MUL
    if constant[0] == 0:
        return summed, _MUL
    return f"{grown} {'+' if less is None else '-'} {summed}", _ADD


def _is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 1
