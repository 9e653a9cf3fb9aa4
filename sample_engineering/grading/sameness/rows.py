"""Rows with dots: 1, 2, ..., 6 has six members."""

from fractions import Fraction
from itertools import pairwise

from sample_engineering.grading.spelling.tree import Literal, Node

_DOTS = frozenset(("ldots", "cdots", "dots"))
# Longer rows are no final answers.
_MAX_MEMBERS = 60


def filled(members: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return members with dots between whole numbers written out; as they are elsewhere."""
    place = next((i for i, item in enumerate(members) if _is_dots(item)), None)
    if place is None or not 0 < place < len(members) - 1:
        return members
    values = [_whole(item) for i, item in enumerate(members) if i != place]
    if None in values:
        return members
    numbers = [value for value in values if value is not None]
    step = numbers[1] - numbers[0] if place > 1 else 1
    before, after = numbers[place - 1], numbers[place]
    steady = all(b - a == step for a, b in pairwise(numbers[:place]))
    if not step or not steady or (after - before) % step or (after - before) // step < 1:
        return members
    row = range(before + step, after, step)
    if len(row) > _MAX_MEMBERS:
        return members
    return (*members[:place], *(_number(value) for value in row), *members[place + 1 :])


def _is_dots(node: Node) -> bool:
    return node.op == "sym" and node.value in _DOTS


def _whole(node: Node) -> int | None:
    if node.op == "neg":
        inner = _whole(node.args[0])
        return None if inner is None else -inner
    if node.op != "num" or node.value.value.denominator != 1:
        return None
    return int(node.value.value)


def _number(value: int) -> Node:
    literal = Node("num", (), Literal(Fraction(abs(value)), len(str(abs(value))), False))
    return Node("neg", (literal,)) if value < 0 else literal
