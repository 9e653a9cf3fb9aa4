"""Numbers behind labels and texts: what a gold is worth, and what closed expressions are worth.

Every text goes through the grader's own bounded parser and evaluator; nothing of it is ever handed
to Python's.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sample_engineering.grading import Gold
from sample_engineering.grading.sameness.quantity import Quantity
from sample_engineering.grading.spelling.normal import normal
from sample_engineering.grading.spelling.parser import parse
from sample_engineering.grading.spelling.tree import (
    Literal,
    Node,
    ParseError,
    is_constant,
    is_plain_number,
    walk,
)
from sample_engineering.grading.values.agreement import evaluate, written_figures
from sample_engineering.grading.values.precision import NotComparable, context, to_mp
from sample_engineering.grading.values.units import Unit

MAX_EXPRESSION = 160  # characters of an expression that is worth reading
_IMAGINARY = 1e-20
_LARGEST = 1e300
_BLUR = 1e-40  # of the largest number met on the way: zero, but for rounding
_NEAR_WHOLE = 1e-9
_TRIGONOMETRIC = frozenset({"sin", "cos", "tan", "cot", "sec", "csc"})
_NUMERIC_OPS = frozenset({"num", "neg", "add", "mul", "div", "pow", "root", "mixed", "pct", "fact"})
# LaTeX takes one digit for the script, a reader of plain text takes them all.
# "1/500 x 10^-9" is written for 1/(500 x 10^-9) as often as not.
_TWO_READINGS = re.compile(r"[_^]\s*\d\d|/\s*[\d.]+\s*(?:\\times|\\cdot|[×x*·])\s*10\s*\^")
_THOUSANDS = re.compile(r"(?<=\d)(?:,\\!|\{,\}|,(?=\d{3}(?!\d)))(?=\d{3})")


@dataclass(frozen=True, slots=True)
class Number:
    """A real number as a label or a text gives it.

    Parameters
    ----------
    size : float
        Its value; of a percentage the number before the sign.
    exact : Fraction or None
        The exact value, where it is rational.
    step : float or None
        One unit in the last written place, where it is written as an integer or a decimal; None
        where it is a fraction or an expression, which is exact.
    decimals : int or None
        Decimal places written (negative: power of ten of the last place); None as for `step`.
    figures : int or None
        Significant figures written; None as for `step`.
    percent : bool
        Whether a percent sign follows.
    unit : Unit or None
        Its unit, where it is a quantity.
    """

    size: float
    exact: Fraction | None
    step: float | None = None
    decimals: int | None = None
    figures: int | None = None
    percent: bool = False
    unit: Unit | None = None

    @property
    def whole(self) -> bool:
        """Whether it is a whole number."""
        if self.exact is not None:
            return self.exact.denominator == 1
        return abs(self.size - round(self.size)) <= 1e-12 * max(1.0, abs(self.size))

    @property
    def decimal(self) -> bool:
        """Whether it is written with decimal places or a power of ten."""
        return self.decimals is not None and self.decimals != 0


def gold_number(gold: Gold) -> Number | None:
    """Return the number that a gold stands for; None if it is none, or not real and finite."""
    value: Any = gold.value
    if gold.kind == "quantity" and isinstance(value, Quantity):
        return number_of(value.number, value.unit)
    if gold.kind in ("number", "expression") and isinstance(value, Node):
        return number_of(value)
    return None


def number_of(node: Node, unit: Unit | None = None) -> Number | None:
    """Return the number that a tree stands for; None if it is none, or not real and finite."""
    percent = node.op == "pct"
    inner = node.args[0] if percent else node
    if not is_constant(inner) or any(item.op in ("pct", "deg") for item in walk(inner)):
        if inner.op != "deg":
            return None
        inner = inner.args[0]  # an angle: the number of degrees
        if any(item.op in ("pct", "deg") for item in walk(inner)):
            return None
    value = value_of(inner)
    if value is None:
        return None
    exact = value if isinstance(value, Fraction) else None
    size = float(value)
    figures = decimals = None
    step = None
    written = inner.args[0] if inner.op == "neg" else inner
    if written.op == "num":
        literal = written.value
        decimals = _decimals(literal.value, literal.significant) if literal.decimal else 0
        figures = literal.significant
    elif is_plain_number(written) and written.op == "mul" and written_figures(written):
        figures = written_figures(written)
        decimals = _decimals(Fraction(value), figures or 1) if value else 0
    if decimals is not None:
        step = 10.0**-decimals
    return Number(size, exact, step, decimals, figures, percent, unit)


def _decimals(value: Fraction, significant: int) -> int:
    if value == 0:
        return max(significant - 1, 0)
    return significant - 1 - math.floor(math.log10(abs(value)) + 1e-12)


def value_of(node: Node) -> Fraction | float | None:
    """Return the real value of a closed expression, a fraction where it is exact, or None."""
    try:
        value, scale = evaluate(node, 0)
    except (NotComparable, ArithmeticError, ValueError, TypeError):
        return None
    if isinstance(value, Fraction):
        try:
            return value if abs(float(value)) < _LARGEST else None
        except OverflowError:
            return None
    mp = context()
    number = to_mp(value)
    if mp.isinf(number) or mp.isnan(number):
        return None
    if abs(mp.im(number)) > _IMAGINARY * max(abs(number), 1):
        return None
    real = mp.re(number)
    if abs(real) <= _BLUR * scale and _cancels(node):
        return 0.0  # cos 90 degrees
    return float(real) if abs(real) < _LARGEST else None


def _cancels(node: Node) -> bool:
    """Whether a value near zero is what rounding leaves of terms that cancel."""
    nodes = walk(node)
    return any(
        item.op == "add" or (item.op == "fn" and item.value in _TRIGONOMETRIC) for item in nodes
    ) and not any(item.op in ("pow", "root") for item in nodes)


@lru_cache(maxsize=8192)
def closed_expression(text: str) -> Node | None:
    """Read a text as an expression without letters; None if it is anything else."""
    node = expression(text)
    if node is None or not is_constant(node):
        return None
    allowed = _NUMERIC_OPS | {"const", "deg", "fn", "abs"}
    nodes = walk(node)
    if any(item.op not in allowed for item in nodes):
        return None
    if any(item.op == "fn" and _unsure(item) for item in nodes):
        return None
    # A letter e is Euler's number where something is raised, else most often a symbol; so is i.
    powers = {id(item.args[0]) for item in nodes if item.op == "pow"}
    letters = [item for item in nodes if item.op == "const" and item.value in ("e", "i")]
    return None if any(id(item) not in powers or item.value == "i" for item in letters) else node


def _unsure(function: Node) -> bool:
    """Whether a function can be read in two ways, or its value hangs on the last digit."""
    if any(item.op == "mul" for item in function.args):
        return True  # "cos 25 sqrt 2": how far the argument reaches is anybody's guess
    if function.value == "log" and len(function.args) == 1:
        return True  # natural, or to base ten
    if function.value in ("floor", "ceil"):
        value = value_of(function.args[0])
        return value is None or (
            not isinstance(value, Fraction) and abs(value - round(value)) < _NEAR_WHOLE
        )
    return False


@lru_cache(maxsize=8192)
def expression(text: str) -> Node | None:
    """Read a text as an expression; None where the grader's parser refuses it."""
    text = _THOUSANDS.sub("", text.strip().strip("$").strip().rstrip(".,;:"))
    if not text or len(text) > MAX_EXPRESSION or _TWO_READINGS.search(text):
        return None
    try:
        return parse(normal(text))
    except (ParseError, RecursionError):
        return None


def substituted(node: Node, values: Mapping[str, Node]) -> Node:
    """Return an expression with its symbols replaced by what `values` has for them."""
    if node.op == "sym":
        return values.get(str(node.value), node)
    if not node.args:
        return node
    return Node(node.op, tuple(substituted(item, values) for item in node.args), node.value)


def literal(number: float) -> Node:
    """Return a number, which may be negative, as an expression."""
    exact = Node("num", (), Literal(Fraction(abs(number)), 17, False))
    return Node("neg", (exact,)) if number < 0 else exact


def is_computation(node: Node) -> bool:
    """Whether an expression still has something to compute: more than a number written out."""
    return not is_plain_number(node)


def as_written(value: float, figures: int = 6) -> str:
    """Return a number to so many figures, for messages."""
    return f"{value:.{figures}g}"
