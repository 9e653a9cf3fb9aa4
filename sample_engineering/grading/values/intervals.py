"""Sets of real numbers: intervals, their unions, and the inequalities that describe them."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sample_engineering.grading.spelling.tree import Node, is_constant, symbols
from sample_engineering.grading.values.agreement import evaluate, values_agree
from sample_engineering.grading.values.precision import NotComparable, context, to_mp

_INFINITY = Node("const", (), "infinity")
_MINUS_INFINITY = Node("neg", (_INFINITY,))
_MAX_PIECES = 40
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Piece:
    """One interval with real ends; `low` and `high` are 50-digit values with their scales."""

    low: tuple[Any, float]
    low_closed: bool
    high: tuple[Any, float]
    high_closed: bool


def is_infinite(node: Node) -> bool:
    """Whether a tree is plus or minus infinity."""
    return node == _INFINITY or (node.op in ("neg", "add", "pm") and _INFINITY in node.args)


def is_interval(node: Node) -> bool:
    """Whether a bracketed pair can only be an interval: mixed or square brackets, or infinity."""
    if node.op != "group" or len(node.args) != 2:
        return False
    return node.value != ("(", ")") or any(is_infinite(item) for item in node.args)


def pieces(node: Node) -> list[Piece] | None:
    """The real set that a tree describes, as sorted disjoint pieces, or None."""
    try:
        found = _pieces(node)
    except NotComparable:
        return None
    return None if found is None or len(found) > _MAX_PIECES else _merged(found)


def as_pair(node: Node) -> Node | None:
    """Return "a <= x < b" as the bracketed pair [a, b), whatever letters its ends hold."""
    if node.op == "group" and len(node.args) == 2:
        return node
    if node.op != "rel" or len(node.args) != 3 or node.args[1].op != "sym":
        return None
    (low, unknown, high), (left, right) = node.args, node.value
    if left in (">", ">=") and right in (">", ">="):
        low, high, left, right = high, low, _FLIPPED[right], _FLIPPED[left]
    if left not in ("<", "<=") or right not in ("<", "<="):
        return None
    if unknown.value in symbols(low) | symbols(high):
        return None
    brackets = ("[" if left == "<=" else "(", "]" if right == "<=" else ")")
    return Node("group", (low, high), brackets)


def same_real_set(left: list[Piece], right: list[Piece]) -> bool:
    """Whether two lists of pieces are equal, open and closed ends included."""
    return len(left) == len(right) and all(
        a.low_closed == b.low_closed
        and a.high_closed == b.high_closed
        and values_agree(a.low, b.low)
        and values_agree(a.high, b.high)
        for a, b in zip(left, right, strict=True)
    )


def _real(node: Node) -> tuple[Any, float]:
    if not is_constant(node):
        raise NotComparable("an end with symbols")
    value, scale = evaluate(node)
    mp = context()
    number = to_mp(value)
    if abs(mp.im(number)) > 1e-30 * abs(number):
        raise NotComparable("a complex end")
    return (value if isinstance(value, Fraction) else mp.re(number)), scale


def _piece(low: Node, low_closed: bool, high: Node, high_closed: bool) -> list[Piece]:
    piece = Piece(_real(low), low_closed, _real(high), high_closed)
    if to_mp(piece.low[0]) > to_mp(piece.high[0]):
        raise NotComparable("ends in the wrong order")
    return [piece]


def _pieces(node: Node) -> list[Piece] | None:
    if node.op == "group" and len(node.args) == 2:
        opening, closing = node.value
        low, high = node.args
        return _piece(low, opening == "[", high, closing == "]")
    if node.op == "sym" and node.value == "mathbbR":
        return _piece(_MINUS_INFINITY, False, _INFINITY, False)
    if node.op == "set":
        return [piece for item in node.args for piece in _piece(item, True, item, True)]
    if node.op == "union":
        parts = [_pieces(item) for item in node.args]
        return None if None in parts else [piece for part in parts for piece in part or ()]
    if node.op == "minus" and node.args[1].op == "set":
        whole = _pieces(node.args[0])
        return (
            None if whole is None else _without(whole, [_real(item) for item in node.args[1].args])
        )
    if node.op == "builder":
        return _pieces(node.args[1])
    if node.op == "rel":
        return _from_relation(node)
    if node.op == "list":
        return _joint(node)
    return None


def _joint(node: Node) -> list[Piece] | None:
    """Conditions side by side: "or" unites them; a comma or "and" where they cannot both hold."""
    items = node.args
    first = items[0]
    if first.op == "rel" and first.value == ("!=",) and not any(n.op == "rel" for n in items[1:]):
        # "x != 1, 2" leaves out both.
        items = (first, *(Node("rel", (first.args[0], item), ("!=",)) for item in items[1:]))
    if not all(item.op == "rel" for item in items):
        return None
    if len(set().union(*(symbols(item) for item in items))) != 1:
        return None
    parts: list[list[Piece]] = []
    for item in items:
        part = _pieces(item)
        if part is None:
            return None
        parts.append(_merged(part))
    if node.value != "or":
        common = parts[0]
        for part in parts[1:]:
            common = _intersection(common, part)
        if common:
            return common
    return [piece for part in parts for piece in part]


def _intersection(left: list[Piece], right: list[Piece]) -> list[Piece]:
    found = []
    for a in left:
        for b in right:
            low, low_closed = _higher((a.low, a.low_closed), (b.low, b.low_closed))
            high, high_closed = _higher(
                (a.high, a.high_closed), (b.high, b.high_closed), reverse=True
            )
            if values_agree(low, high):
                if low_closed and high_closed:
                    found.append(Piece(low, True, high, True))
            elif to_mp(low[0]) < to_mp(high[0]):
                found.append(Piece(low, low_closed, high, high_closed))
    return found


_End = tuple[tuple[Any, float], bool]


def _higher(left: _End, right: _End, reverse: bool = False) -> _End:
    """The end that leaves less: the higher low end, or the lower high end."""
    if values_agree(left[0], right[0]):
        return left[0], left[1] and right[1]
    above = to_mp(left[0][0]) > to_mp(right[0][0])
    return left if above != reverse else right


def _unknown(node: Node) -> bool:
    return node.op in ("sym", "app") or (node.op == "abs" and node.args[0].op == "sym")


def _from_relation(node: Node) -> list[Piece] | None:
    members, operators = node.args, node.value
    if operators == ("in",) and _unknown(members[0]):
        return _pieces(members[1])
    if len(members) == 2:
        left, right = members
        operator = operators[0]
        if _unknown(right) and not _unknown(left):
            left, right = right, left
            operator = _FLIPPED.get(operator, operator)
        if left.op == "neg" and _unknown(left.args[0]):
            left, right = left.args[0], Node("neg", (right,))
            operator = _FLIPPED.get(operator, operator)
        if not _unknown(left):
            return None
        found = _half_line(operator, right)
        return _unfold_absolute(left, found)
    if len(members) == 3 and _unknown(members[1]):
        low, unknown, high = members
        if all(operator in (">", ">=") for operator in operators):
            low, high = high, low
            operators = tuple(_FLIPPED[operator] for operator in reversed(operators))
        if not all(operator in ("<", "<=") for operator in operators):
            return None
        found = _piece(low, operators[0] == "<=", high, operators[1] == "<=")
        return _unfold_absolute(unknown, found)
    return None


def _half_line(operator: str, bound: Node) -> list[Piece] | None:
    if operator in ("<", "<="):
        return _piece(_MINUS_INFINITY, False, bound, operator == "<=")
    if operator in (">", ">="):
        return _piece(bound, operator == ">=", _INFINITY, False)
    if operator == "!=":
        return _without(_piece(_MINUS_INFINITY, False, _INFINITY, False), [_real(bound)])
    return None


def _unfold_absolute(unknown: Node, found: list[Piece] | None) -> list[Piece] | None:
    """Turn a set of values of |x| into a set of values of x."""
    if unknown.op != "abs" or found is None:
        return found
    zero = (Fraction(0), 0.0)
    unfolded = []
    for piece in found:
        if to_mp(piece.high[0]) < 0:
            continue
        low, closed = (piece.low, piece.low_closed) if to_mp(piece.low[0]) >= 0 else (zero, True)
        unfolded.append(Piece(low, closed, piece.high, piece.high_closed))
        unfolded.append(Piece(_minus(piece.high), piece.high_closed, _minus(low), closed))
    return unfolded


def _minus(value: tuple[Any, float]) -> tuple[Any, float]:
    return -value[0], value[1]


def _without(whole: list[Piece], points: list[tuple[Any, float]]) -> list[Piece]:
    for point in points:
        cut = []
        for piece in whole:
            if to_mp(piece.low[0]) < to_mp(point[0]) < to_mp(piece.high[0]):
                cut.append(Piece(piece.low, piece.low_closed, point, False))
                cut.append(Piece(point, False, piece.high, piece.high_closed))
            else:
                low_closed = piece.low_closed and not values_agree(piece.low, point)
                high_closed = piece.high_closed and not values_agree(piece.high, point)
                cut.append(Piece(piece.low, low_closed, piece.high, high_closed))
        whole = cut
    return whole


def _merged(found: list[Piece]) -> list[Piece]:
    ordered = sorted(found, key=lambda piece: (to_mp(piece.low[0]), not piece.low_closed))
    merged: list[Piece] = []
    for piece in ordered:
        if merged:
            last = merged[-1]
            touch = values_agree(last.high, piece.low) and (last.high_closed or piece.low_closed)
            if touch or to_mp(last.high[0]) > to_mp(piece.low[0]):
                if to_mp(piece.high[0]) > to_mp(last.high[0]):
                    high, closed = piece.high, piece.high_closed
                else:
                    closed = last.high_closed or (
                        piece.high_closed and values_agree(last.high, piece.high)
                    )
                    high = last.high
                merged[-1] = Piece(last.low, last.low_closed, high, closed)
                continue
        merged.append(piece)
    return merged
