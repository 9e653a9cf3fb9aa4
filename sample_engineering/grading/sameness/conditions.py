"""Equations and inequalities: turned round, or multiplied by a constant."""

from typing import Any

from sample_engineering.grading.spelling.tree import Node
from sample_engineering.grading.values.agreement import evaluate, values_agree
from sample_engineering.grading.values.points import POINTS
from sample_engineering.grading.values.precision import NotComparable, context, to_mp

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def turned_round(node: Node) -> Node:
    """Return a relation read from right to left: 3 > x for x < 3."""
    operators = tuple(_FLIPPED.get(operator, operator) for operator in reversed(node.value))
    return Node("rel", tuple(reversed(node.args)), operators)


def same_condition(gold: Node, prediction: Node, operator: str) -> bool:
    """Whether two equations or inequalities differ by a constant factor only."""
    difference = [
        Node("add", (node.args[0], Node("neg", (node.args[1],)))) for node in (gold, prediction)
    ]
    ratios: list[Any] = []
    for point in range(POINTS):
        try:
            a, b = (evaluate(item, point) for item in difference)
        except NotComparable:
            continue
        mp = context()
        floor = 1e-35
        zero = [abs(to_mp(value)) <= floor * max(scale, 1) for value, scale in (a, b)]
        if any(zero):
            return False
        ratios.append(to_mp(a[0]) / to_mp(b[0]))
        if operator in _FLIPPED and not (abs(mp.im(ratios[-1])) < floor and mp.re(ratios[-1]) > 0):
            return False
    return len(ratios) >= 2 and all(values_agree((ratios[0], 0.0), (item, 0.0)) for item in ratios)
