"""Which notation a number is in, and numbers to other bases."""

from fractions import Fraction

from sample_engineering.grading.spelling.normal import fold
from sample_engineering.grading.spelling.tree import Node


def compares(node: Node) -> bool:
    """Whether a tree is an inequality."""
    return node.op == "rel" and any(sign in ("<", "<=", ">", ">=") for sign in node.value)


def is_percent(node: Node) -> bool:
    """Whether a number is written with a percent sign."""
    return (node.args[0] if node.op == "neg" else node).op == "pct"


def is_whole(node: Node) -> bool:
    """Whether a tree is a whole number, perhaps negative."""
    inner = node.args[0] if node.op == "neg" else node
    return inner.op == "num" and inner.value.value.denominator == 1


def is_division(node: Node) -> bool:
    """Whether a tree is a quotient, and not only one over 1."""
    inner = node.args[0] if node.op == "neg" else node
    return inner.op == "div" and not (inner.args[1].op == "num" and inner.args[1].value.value == 1)


def is_zero(node: Node) -> bool:
    """Whether a tree is the number 0."""
    return node.op == "num" and node.value.value == 0


def flat_members(node: Node) -> tuple[Node, ...]:
    """Members of nested unions or intersections, in one row."""
    parts: list[Node] = []
    for item in node.args:
        parts.extend(flat_members(item) if item.op == node.op else (item,))
    return tuple(parts)


def words_in(node: Node) -> str | None:
    """Folded words of a text or a symbol; None for anything else."""
    if node.op == "text":
        return fold(node.value)
    return fold(str(node.value)) if node.op in ("sym", "const") else None


def same_base(gold: Node, prediction: Node) -> bool:
    """Whether two numbers have the same digits to the same base; base 10 may be left unsaid."""
    if gold.op == prediction.op == "base":
        (digits, base), (others, other) = gold.value, prediction.value
        return base == other and _significant(digits) == _significant(others)
    if prediction.op == "base" and prediction.value[1] == 10 and gold.op == "num":
        return bool(Fraction(prediction.value[0]) == gold.value.value)
    if gold.op == "base" and gold.value[1] == 10 and prediction.op == "num":
        return bool(Fraction(gold.value[0]) == prediction.value.value)
    return False


def _significant(digits: str) -> str:
    return (digits.rstrip("0").rstrip(".") if "." in digits else digits).lstrip("0")
