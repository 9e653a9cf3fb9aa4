"""The skills that a step really takes: the operations of the form that is solved, not of the law.

A decay law takes a logarithm where the time is asked for, and none where the activity is. A
relation names what it is about (nuclear decay); which operations its solution does is read off the
solved form here, whatever the relation says of them.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache

from sample_engineering.synthesis import formula
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.request import HANDLING_SKILLS
from sample_engineering.synthesis.simultaneous import together
from sample_engineering.synthesis.solved import SEARCH, solved_forms

OPERATIONS = frozenset(
    {
        *("addition", "subtraction", "multiplication", "division", "halving", "doubling"),
        *("squaring", "cubing", "square_root", "radical_expression", "exponent_rules"),
        *("logarithm", "trigonometric_function", "inverse_function", "floor_function"),
        *("linear_equation", "quadratic_equation", "rational_expression", "fractions"),
        *("proportion", "percentage", "formula_rearrangement"),
    }
)
"""Skills that are read off the solved form, and never taken over from what a relation names."""

_LOGARITHMS = frozenset({"log", "log2", "log10"})
_ANGLES = frozenset({"sin", "cos", "tan"})
_ARCS = frozenset({"asin", "acos", "atan"})
_OF_WHOLE = {
    "floor": ("floor_function",),
    "ceil": ("floor_function",),
    "first_above": ("recurrence", "inequality"),
    "first_below": ("recurrence", "inequality"),
    "iterate": ("recurrence",),
}
_HIGH_POWER = 4  # from which a power is more than a square or a cube


@lru_cache(maxsize=2048)
def skills_of(relation: Relation, unknown: str, form: str = "") -> tuple[str, ...]:
    """Return the skills that solving a relation for one quantity takes.

    Parameters
    ----------
    relation : Relation
    unknown : str
    form : str
        The solved form that is used; the first one by default.
    """
    form = form or solved_forms(relation, unknown)[0]
    about = tuple(name for name in relation.skills if name not in OPERATIONS | HANDLING_SKILLS)
    return tuple(dict.fromkeys((*about, *operations(relation, unknown, form))))


def exercising(skill: str, library: Iterable[Relation]) -> list[tuple[Relation, str]]:
    """Return the relations, and for which quantity solved, whose solution takes a skill."""
    return [
        (relation, unknown)
        for relation in library
        for unknown in relation.unknowns
        if skill in skills_of(relation, unknown)
    ]


@lru_cache(maxsize=2048)
def operations(relation: Relation, unknown: str, form: str) -> tuple[str, ...]:
    """Return the operations of a solved form, as skills."""
    found: dict[str, None] = {}
    if any(item.unit == "percent" for item in relation.quantities):
        found["percentage"] = None
    if form == SEARCH:
        return tuple(found)
    names = frozenset(relation.names_but(unknown))
    tree = formula.parse(form, names)
    found |= dict.fromkeys(name for node in ast.walk(tree) for name in _of_node(node))
    both_sides = [side for pair in relation.trees for side in pair]
    if relation.best:
        found |= dict.fromkeys(("optimization", "derivative"))
    elif together(relation, unknown):
        found["system_of_equations"] = None
    if all(unknown not in formula.sides(text) for text in relation.equations):
        found["formula_rearrangement"] = None
        plain = all(isinstance(node, _PLAIN) for node in ast.walk(tree))
        if plain and any(_in_sum(side, unknown) for side in both_sides):
            found["linear_equation"] = None
    if any(_adds_fractions(node) for side in both_sides for node in ast.walk(side)):
        found["fractions"] = None
    if any(all(_is_product(side) for side in pair) for pair in relation.trees):
        found["proportion"] = None
    return tuple(found)


_PLAIN = (
    *(ast.BinOp, ast.UnaryOp, ast.Name, ast.Constant, ast.Load, ast.USub),
    *(ast.Add, ast.Sub, ast.Mult, ast.Div),
)


def _of_node(node: ast.AST) -> Iterator[str]:
    """Yield the operations that one node of a form stands for."""
    if isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, ast.BinOp):
        match node.op:
            case ast.Pow():
                yield from _of_power(node)
            case ast.Mult() if _holds(node.left) or _holds(node.right):
                twice = any(_number(side) == 2 for side in (node.left, node.right))
                yield "doubling" if twice else "multiplication"
            case ast.Div() if _holds(node):
                yield "halving" if _number(node.right) == 2 else "division"
                if any(_is_sum(part) for part in ast.walk(node.right)):
                    yield "rational_expression"
            case ast.Add() | ast.Sub() if _holds(node):
                less = isinstance(node.op, ast.Sub) or _leads_negative(node.left)
                yield "subtraction" if less else "addition"
                if any(_is_root(side) for side in (node.left, node.right)):
                    yield "quadratic_equation"  # something added to a root: the quadratic formula


def _of_call(node: ast.Call) -> Iterator[str]:
    assert isinstance(node.func, ast.Name)
    name = node.func.id
    if not any(_holds(argument) for argument in node.args):
        return  # the logarithm of two is a number
    if name in _LOGARITHMS:
        yield "logarithm"
    elif name == "exp":
        yield "exponent_rules"
    elif name == "sqrt":
        yield "square_root"
    elif name in _ANGLES:
        yield "trigonometric_function"
    elif name in _ARCS:
        yield from ("trigonometric_function", "inverse_function")
    else:
        yield from _OF_WHOLE.get(name, ())


def _of_power(node: ast.BinOp) -> Iterator[str]:
    if _holds(node.right):
        yield "exponent_rules"
        return
    if not _holds(node.left):
        return
    power = _number(node.right)
    if power is None and isinstance(node.right, ast.BinOp):
        yield "square_root" if _number(node.right.right) == 2 else "radical_expression"
    elif power == 2:
        yield "squaring"
    elif power == 3:
        yield "cubing"
    elif power is not None and abs(power) >= _HIGH_POWER:
        yield "exponent_rules"
    elif power is not None and power % 1:
        yield "square_root" if power % 0.5 == 0 else "radical_expression"


def _holds(node: ast.AST) -> bool:
    """Does a part hold a quantity or a constant of nature?"""
    return bool(formula.used_names(node))


def _number(node: ast.AST) -> float | None:
    if isinstance(node, ast.UnaryOp):
        inner = _number(node.operand)
        return None if inner is None else -inner
    return node.value if isinstance(node, ast.Constant) else None  # type: ignore[return-value]


def _is_sum(node: ast.AST) -> bool:
    """Is this a sum of two quantities?"""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add | ast.Sub):
        return False
    return _holds(node.left) and _holds(node.right)


def _in_sum(node: ast.AST, name: str) -> bool:
    """Does a quantity stand in a sum, so that the sum must be undone to find it?"""
    return any(
        name in formula.used_names(part)
        for part in ast.walk(node)
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add | ast.Sub)
    )


def _leads_negative(node: ast.AST) -> bool:
    """Is this -b, which sympy writes in front of what it is taken from?"""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        return _leads_negative(node.left)
    return isinstance(node, ast.UnaryOp)


def _adds_fractions(node: ast.AST) -> bool:
    if not isinstance(node, ast.BinOp) or not _is_sum(node):
        return False
    return _is_fraction(node.left) and _is_fraction(node.right)


def _is_fraction(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and _holds(node.right)


def _is_root(node: ast.AST) -> bool:
    if isinstance(node, ast.UnaryOp):
        return _is_root(node.operand)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        return _is_root(node.left) or _is_root(node.right)
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "sqrt" and _holds(node)


def _is_product(node: ast.AST) -> bool:
    """Is a side of an equation a product of two names?"""
    return (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Mult)
        and isinstance(node.left, ast.Name)
        and isinstance(node.right, ast.Name)
    )
