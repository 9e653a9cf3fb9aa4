"""Wrong answers that a hurried student would give: the distractors of a multiple choice."""

import ast
import copy
from collections.abc import Iterator
from typing import Any

from sample_engineering.synthesis import formula
from sample_engineering.synthesis.solution import used_form
from sample_engineering.synthesis.solved import SEARCH
from sample_engineering.synthesis.solving import Numbers
from sample_engineering.synthesis.units import in_unit

_APART = 1.08  # two options differ by at least this factor
_WHOLE = 100.0  # percent
_FURTHEST = 1e4  # and none lies further off than this: it would be seen at a glance


def _mutations(tree: ast.expr) -> Iterator[tuple[ast.expr, str]]:
    """Yield the tree with one typical slip each, and its name."""
    for index in range(sum(1 for _ in ast.walk(tree))):
        for label, change in _SLIPS:
            twin = copy.deepcopy(tree)
            target = next(item for i, item in enumerate(ast.walk(twin)) if i == index)
            replaced = change(target)
            if replaced is None:
                continue
            yield _replace(twin, target, replaced), label


def _replace(tree: ast.expr, target: ast.AST, new: ast.expr) -> ast.expr:
    if tree is target:
        return new

    class Swap(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> Any:
            return new if node is target else self.generic_visit(node)

    swapped: ast.expr = Swap().visit(tree)
    return swapped


def _drop_factor(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        if isinstance(node.right, ast.Constant):
            return node.left
        if isinstance(node.left, ast.Constant) and isinstance(node.op, ast.Mult):
            return node.right
    return None


def _drop_power(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return node.left
    return None


def _drop_root(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "sqrt":
        return node.args[0]
    return None


def _swap_sign(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        other: ast.operator = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        return ast.BinOp(node.left, other, node.right)
    return None


def _divide_other_way(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return ast.BinOp(node.right, ast.Div(), node.left)
    return None


def _multiply_not_divide(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return ast.BinOp(node.left, ast.Mult(), node.right)
    return None


_SLIPS = (
    ("forgot a factor", _drop_factor),
    ("forgot to square", _drop_power),
    ("forgot the square root", _drop_root),
    ("took a sum for a difference", _swap_sign),
    ("divided the wrong way round", _divide_other_way),
    ("multiplied instead of dividing", _multiply_not_divide),
)


def _recompute(numbers: Numbers, number: int, wrong: int, size: float) -> float:
    """Return the result of a step when the step `wrong`, at or below it, yields `size`."""
    if number == wrong:
        return size
    solved = numbers.steps[number]
    step, base = solved.step, dict(solved.base)
    for name, child in step.links.items():
        right = numbers.steps[child].result
        if right:
            base[name] *= _recompute(numbers, child, wrong, size) / right
    names = step.relation.names_but(step.unknown)
    return formula.compiled(used_form(solved), names)(*(base[name] for name in names))


def wrong_answers(numbers: Numbers) -> dict[float, str]:
    """Return wrong results of a plan (coherent units), each with the slip that leads to it."""
    found: dict[float, str] = {}
    last = len(numbers.steps) - 1
    for number, solved in enumerate(numbers.steps):
        form = used_form(solved)
        if form == SEARCH:
            continue
        names = solved.step.relation.names_but(solved.step.unknown)
        arguments = [solved.base[name] for name in names]
        trials: list[tuple[float, str]] = []
        for tree, label in _mutations(formula.parse(form, frozenset(names))):
            try:
                trials.append((formula.compile_tree(tree, names)(*arguments), label))
            except formula.NO_VALUE:
                continue
        for name, value in solved.values.items():
            if abs(value.size - value.base) > 1e-9 * abs(value.base):
                raw = {**solved.base, name: value.size}
                try:
                    size = formula.compiled(form, names)(*(raw[item] for item in names))
                except formula.NO_VALUE:
                    continue
                trials.append((size, "forgot to convert a unit"))
        for size, label in trials:
            if isinstance(size, complex) or not size > 0:
                continue
            try:
                final = _recompute(numbers, last, number, float(size))
            except formula.NO_VALUE:
                continue
            if not isinstance(final, complex) and final > 0:
                found.setdefault(float(final), label)
    return found


def options(
    numbers: Numbers, unit: str, exact: bool, below: int, above: int
) -> list[tuple[float, str]]:
    """Choose wrong options for a multiple choice, well apart from each other.

    Parameters
    ----------
    numbers : Numbers
    unit : str
        In which the answer is given.
    exact : bool
        Whether the options are whole numbers.
    below, above : int
        How many are to be smaller and larger than the right one.

    Returns
    -------
    list of (size in `unit`, slip)
        Shorter than asked if too few slips lead there.
    """
    right = in_unit(numbers.last.result, unit)
    if right <= 0:
        return []
    open_places = {True: below, False: above}
    chosen: list[tuple[float, str]] = []
    for base, label in wrong_answers(numbers).items():
        size = in_unit(base, unit)
        if exact:
            size = float(round(size))
        if unit == "percent" and size >= _WHOLE >= numbers.last.step.quantity.high:
            continue  # a share of more than all would be seen at a glance
        if size <= 0 or not 1 / _FURTHEST < size / right < _FURTHEST:
            continue
        taken = [right, *(other for other, _ in chosen)]
        apart = all(max(size / other, other / size) >= _APART for other in taken)
        if apart and open_places[size < right]:
            open_places[size < right] -= 1
            chosen.append((size, label))
        if not any(open_places.values()):
            break
    return chosen
