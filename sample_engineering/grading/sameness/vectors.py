"""Vectors: 3i + 4j with unit vectors, the row <3, 4>, the column; matrices written as lists."""

from fractions import Fraction

from sample_engineering.grading.sameness.equal import same_value
from sample_engineering.grading.spelling.tree import Literal, Node, symbols

_UNITS = {
    f"{accent}({letter})": place
    for accent in ("hat", "widehat", "vec", "overrightarrow")
    for row in ("ijk", "xyz")
    for place, letter in enumerate(row)
}
_ZERO, _ONE, _TWO = (Node("num", (), Literal(Fraction(value), 1, False)) for value in range(3))

_TRANSPOSED = Node("sym", (), "T")


def has_unit_vectors(node: Node) -> bool:
    """Whether a sum of multiples of unit vectors stands there."""
    return node.op in ("add", "mul", "neg", "sym", "div") and any(
        name in _UNITS and not name.startswith(("vec", "over")) for name in symbols(node)
    )


def dimension(node: Node) -> int:
    """Number of components that are written."""
    if has_unit_vectors(node):
        return max(_UNITS[name] for name in symbols(node) if name in _UNITS) + 1
    return len(node.args) if node.op in ("group", "matrix", "list") else 0


def components(node: Node, size: int) -> tuple[Node, ...] | None:
    """Return the components of a vector, or None if it is none of that size."""
    if node.op in ("group", "list") or (node.op == "matrix" and 1 in node.value):
        return node.args if len(node.args) == size else None
    units = {name: _UNITS[name] for name in symbols(node) if name in _UNITS}
    if len(set(units.values())) < len(units):
        return None
    if not same_value(_at(node, dict.fromkeys(units, _ZERO)), _ZERO):
        return None
    found = [_ZERO] * size
    for name, place in units.items():
        others = dict.fromkeys(units, _ZERO)
        found[place] = _at(node, others | {name: _ONE})
        doubled = _at(node, others | {name: _TWO})
        if not same_value(doubled, Node("mul", (_TWO, found[place]))):
            return None
    return tuple(found)


def _at(node: Node, values: dict[str, Node]) -> Node:
    """Return a tree with numbers for unit vectors, products and sums with them worked out."""
    if node.op == "sym" and node.value in values:
        return values[node.value]
    args = tuple(_at(item, values) for item in node.args)
    if node.op == "mul":
        if _ZERO in args:
            return _ZERO
        args = tuple(item for item in args if item != _ONE) or (_ONE,)
    if node.op == "add":
        args = tuple(item for item in args if item not in (_ZERO, Node("neg", (_ZERO,))))
        if not args:
            return _ZERO
    if node.op in ("mul", "add") and len(args) == 1:
        return args[0]
    return Node(node.op, args, node.value)


def as_matrix(node: Node, gold: Node) -> Node:
    """Return [[1, 2], [3, 4]] as a matrix, and (3, 4) as a column where the gold is one."""
    if node.op == "pow" and node.args[1] == _TRANSPOSED and node.args[0].op == "group":
        node = node.args[0]  # (3, 4)^T is a column in a line.
    if node.op != "group" or gold.op != "matrix":
        return node
    rows, columns = gold.value
    inner = [item.args for item in node.args if item.op == "group"]
    if len(inner) == len(node.args) == rows and {len(row) for row in inner} == {columns}:
        return Node("matrix", tuple(entry for row in inner for entry in row), gold.value)
    if not inner and 1 in gold.value and len(node.args) == rows * columns:
        return Node("matrix", node.args, gold.value)
    return node
