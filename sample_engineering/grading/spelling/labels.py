"""Names of what is asked for: the x of "x = 5"."""

# ruff: noqa: SIM905 (a table of words reads best as words)

from sample_engineering.grading.spelling.notation import FUNCTION_NAMES
from sample_engineering.grading.spelling.tree import Node, is_plain_number, symbols

EQUALITIES = ("=", "~", "==")


# A label with one of these does not name the value but says something about it: "not x = 12".
_NO_NAMES = frozenset(
    "not no never cannot can't isn't neither nor except unless without wrong false incorrect less "
    "more greater fewer larger smaller least most than over under above below between half twice "
    "double if".split()
)


def is_label(node: Node) -> bool:
    """Whether a tree names a quantity: x, f(x), |AB|, (p,q), A:B, P_1/P_2, "Area"."""
    if node.op == "text":
        return not _NO_NAMES & set(str(node.value).casefold().replace(",", " ").split())
    if node.op in ("sym", "app"):
        return True
    if node.op in ("mul", "group", "ratio", "div", "list"):
        return all(is_label(item) for item in node.args)
    return node.op == "abs" and is_label(node.args[0])


def names_quantity(node: Node) -> bool:
    """Whether an expression stands for what is asked for: m+n, |z|^2, sin(x), P(A|B), an integral.

    Multiples and shifted values of one unknown, 2x and 3x-4, do not: they stand in equations that
    are still to be solved.
    """
    op, args = node.op, node.args
    if is_label(node) or op == "big":
        return True
    if op == "fn":
        return bool(symbols(node)) or any(item.op == "matrix" for item in args)
    if op in ("abs", "root", "pow", "fact", "deg"):
        return names_quantity(args[0])
    if op == "mul" and _is_inverse(args[0]):
        return True
    if op in ("mul", "div", "union", "inter", "minus"):
        return all(names_quantity(item) for item in args)
    return op == "add" and len(symbols(node)) > 1 and all(_is_term(item) for item in args)


def _is_inverse(node: Node) -> bool:
    """Whether f^{-1} begins a product, so that what it is taken at follows: f^{-1}(3)."""
    return (
        node.op == "pow"
        and node.args[0].op == "sym"
        and node.args[0].value in FUNCTION_NAMES
        and node.args[1].op == "neg"
        and is_plain_number(node.args[1])
    )


def _is_term(node: Node) -> bool:
    """Whether a term of a sum holds an unknown: n, -n, 2n, 1/n."""
    if node.op in ("neg", "mul", "div"):
        parts = [item for item in node.args if item.op != "num"]
        return bool(parts) and all(_is_term(item) for item in parts)
    return names_quantity(node)


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
