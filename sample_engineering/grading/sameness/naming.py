"""What the names in an answer allow: whether it speaks of what the gold names."""

# ruff: noqa: SIM905 (a table of names reads best as words)

from collections.abc import Iterator

from sample_engineering.grading.sameness.free_names import (
    with_other_constants,
    with_same_argument,
    with_same_parameters,
)
from sample_engineering.grading.spelling.labels import is_label, names_quantity
from sample_engineering.grading.spelling.tree import Node, is_constant, symbols


def renamings(gold: Node, prediction: Node) -> Iterator[tuple[Node, Node]]:
    """Pairs that say the same as these with other names where names are free."""
    if gold.op == "list" or prediction.op == "list":
        pair = with_same_parameters(gold, prediction)
        if pair is not None:
            yield pair
    other = with_same_argument(gold, prediction)
    if other is not None:
        yield gold, other
    for other in with_other_constants(gold, prediction):
        yield gold, other


# Letters of coordinates: an equation between two of them describes a curve, solved or not.
COORDINATES = frozenset("x y z r t theta rho phi".split())


def is_solved(gold: Node, value: Node) -> bool:
    """Whether a gold such as x = 5 or F = ma tells a value, and is no equation of a curve."""
    return is_constant(value) or len(symbols(gold) & COORDINATES) < 2


def may_be_called(label: Node, prediction: Node) -> bool:
    """Whether a prediction speaks of what the gold names: y = 5 does not answer x = 5."""
    first, last = prediction.args[0], prediction.args[-1]
    other = first if names_quantity(first) else last if is_label(last) else None
    if other is None or other == label:
        return True
    if label.op == "sym" and label.value in symbols(other):
        return False  # |x| = 5 and f(x) = 5 leave x to be found.
    if not is_label(other):
        return False
    if other.op == label.op == "app" and other.value == label.value:
        # f(3) = 5 does not answer f(2) = 5, nor f(t) = 2x; W(n) = 1 is W(x) = 1.
        named = all(item.op == "sym" for item in (*other.args, *label.args))
        return named and is_constant(prediction.args[-1])
    return other.op != "sym" or label.op != "sym" or _one_with_index(label, other)


def _one_with_index(left: Node, right: Node) -> bool:
    """Whether two names are n and n_min: one letter, and an index on one of them."""
    names = sorted((str(left.value), str(right.value)), key=len)
    return "_" not in names[0] and names[1].startswith(names[0] + "_")


def place_of(label: Node) -> tuple[bool, str]:
    """Order of coordinates: that of the alphabet, and w last beside x, y, z."""
    return label.value == "w", label.value


def in_order_of(names: Node | None, prediction: Node) -> Node:
    """Return "(y, x) = (3, 2)" in the order of the gold's names, or of coordinates."""
    if prediction.op != "rel" or prediction.value != ("=",):
        return prediction
    label, value = prediction.args
    if label.op not in ("group", "list") or len(label.args) != len(value.args):
        return prediction
    if any(item.op != "sym" for item in label.args) or len(set(label.args)) < len(label.args):
        return prediction
    if names is None:
        if not {item.value for item in label.args} <= set("xyzw"):
            return prediction
        wanted = tuple(sorted(label.args, key=place_of))
    else:
        wanted = names.args
    if set(wanted) != set(label.args) or wanted == label.args:
        return prediction
    named = dict(zip(label.args, value.args, strict=True))
    moved = tuple(named[name] for name in wanted)
    return Node(
        "rel",
        (Node(label.op, wanted, label.value), Node(value.op, moved, value.value)),
        prediction.value,
    )
