"""Names of what is asked for: the x of "x = 5"."""

from sample_engineering.grading.spelling.tree import Node, is_plain_number, symbols

EQUALITIES = ("=", "~", "==")


def is_label(node: Node) -> bool:
    """Whether a tree names a quantity: x, f(x), |AB|, (p,q), A:B, P_1/P_2, "Area"."""
    if node.op in ("sym", "app", "text"):
        return True
    if node.op in ("mul", "group", "ratio", "div", "list"):
        return all(is_label(item) for item in node.args)
    return node.op == "abs" and is_label(node.args[0])


def split_label(node: Node, gold: bool = False) -> tuple[Node | None, Node]:
    """Split "x = 5" into its label and its value; (None, node) where nothing is labelled."""
    if node.op != "rel":
        return None, node
    if node.value == ("in",) and is_label(node.args[0]):
        return node.args[0], node.args[1]
    if any(operator not in EQUALITIES for operator in node.value):
        return None, node
    exact = [
        node.args[0],
        *(item for item, op in zip(node.args[1:], node.value, strict=True) if op != "~"),
    ]
    if len(exact) == 1:
        exact.append(node.args[1])
    head, value = node.args[0], exact[-1]
    if gold and len(node.args) > 2 and is_plain_number(value):
        return head, value
    if not is_label(head):
        if gold and is_plain_number(head) and node.value == ("~",):
            return head, head
        return None, node
    if symbols(value) and (
        head.op not in ("sym", "app") or symbols(head) & symbols(value) - _arguments(head)
    ):
        return None, node
    return head, value


def _arguments(node: Node) -> set[str]:
    return {name for item in node.args for name in symbols(item)} if node.op == "app" else set()
