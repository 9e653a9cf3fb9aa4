"""Values of trees at the points of comparison, and when two of them agree."""

from fractions import Fraction
from functools import lru_cache
from typing import Any

from sample_engineering.grading.spelling.tree import Node, is_constant, is_power_of_ten
from sample_engineering.grading.values.evaluate import Evaluator
from sample_engineering.grading.values.points import USUAL, Point
from sample_engineering.grading.values.precision import AGREEMENT, context, to_mp

# A decimal stands for an exact value from this many significant figures on (Math-Verify's suite
# rounds to six); a shorter one must be exactly equal.
SIGNIFICANT_FIGURES = 6


@lru_cache(maxsize=2048)
def evaluate(node: Node, point: Point = USUAL[0]) -> tuple[Any, float]:
    """Value of a tree at one point, and the largest magnitude met on the way.

    Raises
    ------
    NotComparable
        If it has no value there.
    """
    evaluator = Evaluator(point, is_constant(node))
    return evaluator.value(node), evaluator.scale


def values_agree(left: tuple[Any, float], right: tuple[Any, float]) -> bool:
    """Whether two values with their scales are equal: exactly, or to 30 of 50 digits."""
    a, b = left[0], right[0]
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a == b
    a, b = to_mp(a), to_mp(b)
    mp = context()
    if mp.isinf(a) or mp.isinf(b):
        return bool(a == b)
    largest = max(abs(a), abs(b))
    if abs(a - b) <= AGREEMENT * largest:
        return True
    # A zero that rounding has blurred: sqrt(2) - sqrt(2) is about 1e-50.
    blur = 1e-40 * max(left[1], right[1])
    return bool(largest <= blur)


def written_figures(node: Node) -> int | None:
    """Significant figures of a decimal as written, or None if it is not written as a decimal."""
    if node.op in ("neg", "pct"):
        return written_figures(node.args[0])
    if node.op == "num":
        return node.value.significant if node.value.decimal else None
    if node.op == "mul" and len(node.args) == 2 and is_power_of_ten(node.args[1]):
        return node.args[0].value.significant if node.args[0].op == "num" else None
    return None
