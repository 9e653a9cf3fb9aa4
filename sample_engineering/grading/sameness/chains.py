"""Chains such as "x = 3 + 2 = 5" and "9.81 ≈ 9.8": the one value that they state, or none.

A chain states one value: its exact members are equal, and what follows an approximation sign is
that value rounded. Anything else contradicts itself and answers nothing, so that no row of numbers
can be right for several golds.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from sample_engineering.grading.spelling.labels import EQUALITIES, is_label, names_quantity
from sample_engineering.grading.spelling.tree import Node, is_constant, symbols
from sample_engineering.grading.values.agreement import evaluate, written_figures
from sample_engineering.grading.values.precision import NotComparable, context, to_mp

Same = Callable[[Node, Node], bool]


def chain_values(node: Node, same: Same) -> tuple[Node, ...] | None:
    """Return the spellings of the one value that a chain states, or None if it states none.

    Parameters
    ----------
    node : Node
        A relation.
    same : callable
        Whether two trees are exactly equal.

    Returns
    -------
    tuple of Node or None
        The exact members as written, and the last rounded one; a label is no member.
    """
    if any(operator not in EQUALITIES for operator in node.value):
        return None
    members, operators = _without_labels(list(node.args), list(node.value))
    if not members:
        return None
    if len(members) == 1:
        return tuple(members)
    rounded = {place for place, operator in enumerate(operators, 1) if operator == "~"}
    if not rounded:
        return tuple(members) if _all_same(members, same) else None
    return _rounded_chain(members, rounded, same)


def _without_labels(members: list[Node], operators: list[str]) -> tuple[list[Node], list[str]]:
    """Drop what is asked for: "x = f(2) = 5" and "5 = x" say 5."""
    if len(members) > 1 and not is_label(members[0]) and names_quantity(members[0]):
        rest = members[1:]
        if all(_says_value_of(members[0], value) for value in rest):
            members, operators = rest, operators[1:]
    while len(members) > 1 and is_label(members[0]):
        members.pop(0)
        operators.pop(0)
    while len(members) > 1 and is_label(members[-1]) and not is_label(members[0]):
        members.pop()
        operators.pop()
    return members, operators


def _says_value_of(label: Node, value: Node) -> bool:
    """Whether "m + n = 25" states a value; an equation to be solved, "x^2 - 5x = 0", does not."""
    if label.op == "add" and value.op == "num" and not value.value.value:
        return False
    return is_constant(value) or not symbols(label) & symbols(value)


def _all_same(members: list[Node], same: Same) -> bool:
    return all(same(left, right) for left, right in pairwise(members))


def _rounded_chain(members: list[Node], rounded: set[int], same: Same) -> tuple[Node, ...] | None:
    """Values of a chain with approximation signs: all are the most exact one, rounded."""
    # After a sign of approximation stands a rounded value, and what is equal to it.
    groups: list[list[Node]] = []
    for place, member in enumerate(members):
        if place == 0 or place in rounded:
            groups.append([member])
        else:
            groups[-1].append(member)
    if not all(_all_same(group, same) for group in groups):
        return None
    # A whole number after the sign was rounded: 12.6 ≈ 13.
    order = [
        max(_exactness(item, place > 0) for item in group) for place, group in enumerate(groups)
    ]
    place = order.index(max(order))
    if place and order[place] != float("inf"):
        return None  # What is rounded gets shorter: 12.6 ≈ 13, not 1e1 ≈ 12.
    exact = groups[place]
    head = max(exact, key=lambda item: _exactness(item, place > 0))
    others = [group for group in groups if group is not exact]
    if not all(any(rounds_to(head, item, same) for item in group) for group in others):
        return None
    # 12.5 rounds to 13 and to 12: two roundings to as many figures contradict each other.
    figures: dict[int, Node] = {}
    for group in others:
        shown = group[-1]
        written = figures.setdefault(_figures(shown), shown)
        if not same(written, shown):
            return None
    last = groups[-1] if groups[-1] is not exact else groups[-2]
    return (*exact, last[-1])


def _exactness(node: Node, rounded: bool = False) -> float:
    """Figures of a rounded number or a decimal; anything else is exact."""
    figures = (_figures(node) or None) if rounded else written_figures(node)
    return float("inf") if figures is None else figures


def _figures(node: Node) -> int:
    inner = node.args[0] if node.op in ("neg", "pct") else node
    figures = written_figures(node)
    if figures is not None:
        return figures
    return int(inner.value.significant) if inner.op == "num" else 0


def rounds_to(exact: Node, rounded: Node, same: Same) -> bool:
    """Whether a number is the exact value rounded, or cut off, to the figures that it shows."""
    if same(exact, rounded):
        return True
    figures = _figures(rounded)
    if not figures:
        return False
    try:
        a, b = (to_mp(evaluate(item)[0]) for item in (exact, rounded))
    except NotComparable:
        return False
    mp = context()
    if mp.isinf(a) or mp.im(a) != 0 or b == 0:
        return False
    cut = written_figures(rounded) is not None and _exactness(exact) > figures
    return _within(mp, a, b, figures, cut)


def _within(mp: Any, a: Any, b: Any, figures: int, cut: bool) -> bool:
    unit = mp.mpf(10) ** (mp.floor(mp.log10(abs(b))) - figures + 1)
    distance = abs(a - b)
    # Half a unit, with a hair's breadth for binary rounding; decimals are often just cut off.
    if distance <= unit / 2 * (1 + mp.mpf(10) ** -20):
        return True
    return bool(cut and abs(b) < abs(a) and distance < unit * (1 - mp.mpf(10) ** -20))
