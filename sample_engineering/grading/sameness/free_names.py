"""Names that an answer may choose: constants of integration, whole parameters, arguments.

+C is +c, x = pi/4 + k pi with k whole is x = pi/4 + n pi, f(x) = 2x + 1 is f(t) = 2t + 1. What is
renamed stands for any number, so nothing is said by its letter.
"""

import re
from collections.abc import Iterator
from itertools import permutations

from sample_engineering.grading.spelling.tree import Node, symbols
from sample_engineering.grading.values.agreement import evaluate, values_agree
from sample_engineering.grading.values.points import points_for
from sample_engineering.grading.values.precision import NotComparable, to_mp

_CONSTANT = re.compile(r"[CcK](?:_\w{1,2})?|k|const|text\(const\)")
_NUMBERED = re.compile(r"[Cc]_\d")
_OTHERS = re.compile(r"[ABCDKabcdk](?:_\d)?")
_WHOLE_SETS = frozenset(("mathbbZ", "mathbbN", "Z", "N"))
# More names than any answer has; their orders are all tried.
_MAX_NAMES = 3


def renamed(node: Node, names: dict[str, str]) -> Node:
    """Return a tree with symbols renamed."""
    value = names.get(node.value, node.value) if node.op == "sym" else node.value
    return Node(node.op, tuple(renamed(item, names) for item in node.args), value)


def same_antiderivative(gold: Node, prediction: Node) -> bool:
    """Whether two functions with a free constant, F + C, differ by a constant only."""
    left, right = _without_constant(gold, "C"), _without_constant(prediction, None)
    if left is None or right is None:
        return False
    difference = Node("add", (left, Node("neg", (right,))))
    values = []
    for point in points_for(left, right):
        try:
            value, scale = evaluate(difference, point)
            size = abs(to_mp(evaluate(left, point)[0]))
        except NotComparable:
            continue
        values.append((value, max(scale, float(size)) if size < 1e300 else scale))
    if len(values) < 2 or not symbols(left) | symbols(right):
        return False
    return all(_equal(values[0], other) for other in values[1:])


def _equal(left: tuple[object, float], right: tuple[object, float]) -> bool:
    if values_agree(left, right):
        return True
    largest = max(left[1], right[1], 1.0)
    return bool(abs(to_mp(left[0]) - to_mp(right[0])) <= 1e-30 * largest)


def _without_constant(node: Node, name: str | None) -> Node | None:
    """The sum without its free constant; None where there is none, or it occurs elsewhere."""
    if node.op != "add":
        return None
    rest = [item for item in node.args if not _is_constant(item, name)]
    if len(rest) != len(node.args) - 1:
        return None
    constant = next(item for item in node.args if _is_constant(item, name))
    left = rest[0] if len(rest) == 1 else Node("add", tuple(rest))
    return None if symbols(constant) & symbols(left) else left


def _is_constant(node: Node, name: str | None) -> bool:
    return node.op == "sym" and (
        _CONSTANT.fullmatch(str(node.value)) is not None if name is None else node.value == name
    )


def with_other_constants(gold: Node, prediction: Node) -> Iterator[Node]:
    """Yield a prediction with its constants C_1, A, ... called as the gold calls its own."""
    mine = sorted(name for name in symbols(gold) if _NUMBERED.fullmatch(name))
    others = symbols(gold) - set(mine)
    theirs = sorted(name for name in symbols(prediction) - others if _OTHERS.fullmatch(name))
    if len(mine) < 2 or len(theirs) != len(mine) or len(mine) > _MAX_NAMES:
        return
    for order in permutations(mine):
        yield renamed(prediction, dict(zip(theirs, order, strict=True)))


def without_domains(node: Node) -> tuple[Node, frozenset[str]]:
    """Split "x = k pi, k in Z" into what it says and the names of whole parameters."""
    if node.op != "list":
        return node, frozenset()
    kept: list[Node] = []
    names: set[str] = set()
    for item in node.args:
        members = _domain(item)
        if members is None:
            kept.append(item)
        else:
            names |= members
    used = set().union(*(symbols(item) for item in kept)) if kept else set()
    if not kept or not names or not names <= used:
        return node, frozenset()
    rest = kept[0] if len(kept) == 1 else Node("list", tuple(kept), node.value)
    return rest, frozenset(names)


def _domain(node: Node) -> set[str] | None:
    if node.op != "rel" or node.value != ("in",) or node.args[0].op != "sym":
        return None
    return {node.args[0].value} if node.args[1].value in _WHOLE_SETS else None


def with_same_parameters(gold: Node, prediction: Node) -> tuple[Node, Node] | None:
    """Return gold and prediction without domains, their whole parameters called alike."""
    mine, names = without_domains(gold)
    theirs, others = without_domains(prediction)
    if not names and not others:
        return None
    if not names or not others:
        # One side leaves the domain unsaid; then its letter is the one the other does not have.
        free = symbols(mine if not names else theirs) - symbols(theirs if not names else mine)
        wanted = names or others
        if len(wanted) != 1 or len(free) > 1:
            return None
        free = free or set(wanted)
        names, others = (names, frozenset(free)) if names else (frozenset(free), others)
    if len(names) != len(others) or len(names) > 1:
        return None
    return mine, renamed(theirs, dict(zip(others, names, strict=True)))


def with_same_argument(gold: Node, prediction: Node) -> Node | None:
    """Return f(t) = 2t + 1 as f(x) = 2x + 1, where the gold says f(x)."""
    labels = [node.args[0] for node in (gold, prediction) if node.op == "rel"]
    if len(labels) < 2 or any(label.op != "app" or len(label.args) != 1 for label in labels):
        return None
    mine, theirs = (label.args[0] for label in labels)
    if labels[0].value != labels[1].value or mine == theirs or mine.op != "sym":
        return None
    if theirs.op != "sym" or mine.value in symbols(prediction) or theirs.value in symbols(gold):
        return None
    return renamed(prediction, {theirs.value: mine.value})
