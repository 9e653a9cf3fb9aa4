"""Equations and inequalities: turned round, or multiplied by what never vanishes."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

from sample_engineering.grading.spelling.tree import Literal, Node, symbols
from sample_engineering.grading.values.agreement import evaluate, values_agree
from sample_engineering.grading.values.points import USUAL, Point
from sample_engineering.grading.values.precision import NotComparable, context, to_mp

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def turned_round(node: Node) -> Node:
    """Return a relation read from right to left: 3 > x for x < 3."""
    operators = tuple(_FLIPPED.get(operator, operator) for operator in reversed(node.value))
    return Node("rel", tuple(reversed(node.args)), operators)


def same_condition(gold: Node, prediction: Node, operator: str) -> bool:
    """Whether two equations or inequalities differ by a constant factor only."""
    a, b = _difference(gold), _difference(prediction)
    ratios = _ratios(a, b, operator in _FLIPPED)
    return len(ratios) >= 2 and all(_agree(ratios[0], item) for item in ratios)


def same_curve(gold: Node, prediction: Node) -> bool:
    """Whether two equations differ by a factor such as 3x or 1/y^2, and so describe one curve.

    The factor may vanish only where neither equation can hold: xy = 1 is y = 1/x, but
    xy = x also holds at x = 0, where y = 1 need not.
    """
    a, b = _difference(gold), _difference(prediction)
    ratios = _ratios(a, b, False)
    if len(ratios) < 2:
        return False
    for name in sorted(symbols(gold) | symbols(prediction)):
        doubled = _ratios(_scaled(a, name), _scaled(b, name), False)
        if len(doubled) != len(ratios):
            return False
        factors = [new / old for new, old in zip(doubled, ratios, strict=True)]
        if not all(_agree(left, right) for left, right in pairwise(factors)):
            return False
        if _agree(factors[0], context().mpf(1)):
            continue
        if not _is_power_of_two(factors[0]) or _holds_at_zero(a, name) or _holds_at_zero(b, name):
            return False
    return True


def _difference(node: Node) -> Node:
    return Node("add", (node.args[0], Node("neg", (node.args[1],))))


def _ratios(a: Node, b: Node, positive: bool) -> list[Any]:
    """Quotients of two expressions at the points where both have values; none where one is 0."""
    mp = context()
    floor = 1e-35
    ratios: list[Any] = []
    for point in USUAL:
        try:
            values = evaluate(a, point), evaluate(b, point)
        except NotComparable:
            continue
        if any(abs(to_mp(value)) <= floor * max(scale, 1) for value, scale in values):
            return []
        ratio = to_mp(values[0][0]) / to_mp(values[1][0])
        if positive and not (abs(mp.im(ratio)) < floor and mp.re(ratio) > 0):
            return []
        ratios.append(ratio)
    return ratios


def _agree(left: Any, right: Any) -> bool:
    return values_agree((left, 0.0), (right, 0.0))


def _scaled(node: Node, name: str) -> Node:
    return _replaced(node, name, Node("mul", (_whole(2), Node("sym", (), name))))


def _holds_at_zero(difference: Node, name: str) -> bool:
    """Whether an equation holds where a symbol is zero."""
    try:
        value, scale = evaluate(_replaced(difference, name, _whole(0)), Point(1))
    except NotComparable:
        return False
    return bool(abs(to_mp(value)) <= 1e-35 * max(scale, 1))


def _replaced(node: Node, name: str, by: Node) -> Node:
    if node.op == "sym" and node.value == name:
        return by
    return Node(node.op, tuple(_replaced(item, name, by) for item in node.args), node.value)


def _whole(value: int) -> Node:
    return Node("num", (), Literal(Fraction(value), 1, False))


def _is_power_of_two(factor: Any) -> bool:
    mp = context()
    power = mp.log(abs(factor), 2)
    return bool(mp.im(factor) == 0 and abs(power - round(power)) < 1e-20)
