"""Sums, multiples and products of matrices, and whether two of them are equal."""

from typing import Any

from sample_engineering.grading.spelling.tree import Node, walk
from sample_engineering.grading.values.agreement import values_agree
from sample_engineering.grading.values.evaluate import Evaluator
from sample_engineering.grading.values.precision import NotComparable, context, to_mp


def contains_matrix(node: Node) -> bool:
    """Whether a matrix occurs anywhere in a tree."""
    return any(item.op == "matrix" for item in walk(node))


def same_matrix(gold: Node, prediction: Node) -> bool:
    """Whether two combinations of matrices have the same shape and entries."""
    try:
        left, right = matrix_value(gold), matrix_value(prediction)
    except (NotComparable, TypeError):
        return False
    return left[:2] == right[:2] and all(
        values_agree((a, 0.0), (b, 0.0)) for a, b in zip(left[2], right[2], strict=True)
    )


def matrix_value(node: Node) -> tuple[int, int, list[Any]]:
    """Rows, columns and entry values of sums, multiples and products of matrices.

    Raises
    ------
    NotComparable
        If the tree is no such combination or its shapes do not fit.
    """
    if node.op == "matrix":
        rows, columns = node.value
        return rows, columns, [Evaluator().value(item) for item in node.args]
    if node.op == "neg":
        rows, columns, entries = matrix_value(node.args[0])
        return rows, columns, [-entry for entry in entries]
    if node.op == "add":
        tables = [matrix_value(item) for item in node.args]
        if len({table[:2] for table in tables}) != 1:
            raise NotComparable("shapes differ")
        return *tables[0][:2], [
            sum(to_mp(x) for x in entry) for entry in zip(*(t[2] for t in tables), strict=True)
        ]
    if node.op == "mul":
        result: tuple[int, int, list[Any]] | None = None
        scale = context().mpf(1)
        for item in node.args:
            if not contains_matrix(item):
                scale *= to_mp(Evaluator().value(item))
                continue
            table = matrix_value(item)
            result = table if result is None else _matrix_product(result, table)
        if result is not None:
            return *result[:2], [scale * to_mp(entry) for entry in result[2]]
    raise NotComparable("no matrix")


def _matrix_product(
    left: tuple[int, int, list[Any]], right: tuple[int, int, list[Any]]
) -> tuple[int, int, list[Any]]:
    if left[1] != right[0] or left[0] * left[1] * right[1] > 1000:
        raise NotComparable("shapes do not fit")
    entries = [
        sum(
            to_mp(left[2][row * left[1] + k]) * to_mp(right[2][k * right[1] + column])
            for k in range(left[1])
        )
        for row in range(left[0])
        for column in range(right[1])
    ]
    return left[0], right[1], entries
