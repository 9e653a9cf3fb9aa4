"""The expression tree of an answer: what the parser builds and the checks compare."""

from fractions import Fraction
from typing import Any, NamedTuple


class Literal(NamedTuple):
    """A number as written.

    Parameters
    ----------
    value : Fraction
        Its exact value.
    significant : int
        Number of significant digits written.
    decimal : bool
        True if written with a decimal point or an exponent.
    """

    value: Fraction
    significant: int
    decimal: bool


class Node(NamedTuple):
    """One node: an operation on other nodes.

    ========== ============================ ============================
    op         args                         value
    ========== ============================ ============================
    num                                     Literal
    sym                                     name
    const                                   pi, e, i, infinity
    neg        operand
    add, mul   two or more
    div, pow   two
    root       radicand, order
    mixed      whole, fraction
    fact, abs  operand
    pct, deg   operand
    pm         none, one or two             "+" or "-" (the first sign)
    fn         arguments                    name of a known function
    app        arguments                    name of an unknown function
    big        parts                        sum, prod, int, lim
    base                                    (digits, base)
    rel        members                      tuple of operators
    ratio      members
    list       members                      ",", ";", "and" or "or"
    group      members                      (opening, closing) bracket
    set        members
    builder    element, condition
    union, inter, minus  sets
    matrix     entries                      (rows, columns)
    cases      one `case` for each row
    case       value, condition
    text                                    the words
    ========== ============================ ============================
    """

    op: str
    args: tuple["Node", ...] = ()
    value: Any = None


class ParseError(ValueError):
    """The text is not an expression that the parser knows."""


def walk(node: Node) -> list[Node]:
    """All nodes of a tree, parents first."""
    found = [node]
    for item in found:
        found.extend(item.args)
    return found


def symbols(node: Node) -> set[str]:
    """Names of all symbols and unknown functions in a tree."""
    return {item.value for item in walk(node) if item.op in ("sym", "app")}


def is_plain_number(node: Node) -> bool:
    """True for numbers written out: integer, decimal, fraction, mixed, percent, scientific."""
    op, args = node.op, node.args
    if op == "num":
        return True
    if op in ("neg", "pct"):
        return is_plain_number(args[0]) and args[0].op not in ("neg", op)
    if op == "div":
        return all(is_signed_literal(item) for item in args)
    if op == "mixed":
        return True
    if op == "mul" and len(args) == 2:
        return is_signed_literal(args[0]) and is_power_of_ten(args[1])
    return is_power_of_ten(node)


def is_signed_literal(node: Node) -> bool:
    """True for a number literal or the negative of one."""
    return node.op == "num" or (node.op == "neg" and node.args[0].op == "num")


def is_power_of_ten(node: Node) -> bool:
    """True for ``10^n`` with a whole number n."""
    return (
        node.op == "pow"
        and node.args[0].op == "num"
        and node.args[0].value.value == 10
        and is_signed_literal(node.args[1])
        and (node.args[1].args or (node.args[1],))[0].value.value.denominator == 1
    )


def is_closed_form(node: Node) -> bool:
    """True for a fully simplified irrational constant: numbers, roots and pi, and no powers."""
    found = walk(node)
    simple = ("num", "neg", "add", "mul", "div", "root", "mixed")
    return all(item.op in simple or item == PI for item in found) and any(
        item.op == "root" or item == PI for item in found
    )


PI = Node("const", (), "pi")


def is_constant(node: Node) -> bool:
    """Whether a tree has no symbols and no unknown functions."""
    return not any(item.op in ("sym", "app", "big", "text") for item in walk(node))
