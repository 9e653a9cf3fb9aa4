"""Plus-minus signs: one tree that stands for two."""

from sample_engineering.grading.spelling.tree import Node, walk


def has_sign_pairs(node: Node) -> bool:
    """Whether a plus-minus sign occurs anywhere in a tree."""
    return any(item.op == "pm" for item in walk(node))


def both_signs(node: Node) -> tuple[Node, ...]:
    """Return the members of a tree, those with a plus-minus sign once with each sign."""
    items = node.args if node.op in ("list", "set") else (node,)
    found: list[Node] = []
    for item in items:
        found.extend((_signed(item, 1), _signed(item, -1)) if has_sign_pairs(item) else (item,))
    return tuple(found)


def _signed(node: Node, sign: int) -> Node:
    if node.op == "pm":
        inner = _signed(node.args[0], sign)
        return inner if (node.value == "+") == (sign > 0) else Node("neg", (inner,))
    return Node(node.op, tuple(_signed(item, sign) for item in node.args), node.value)
