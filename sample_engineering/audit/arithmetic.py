r"""Arithmetic written out in a text: chains of equalities whose members are closed expressions.

    "V = \sqrt[3]{2048} \approx 12.8"  ->  one step, sqrt[3](2048) = 12.699..., given as 12.8

Each member goes through the grader's bounded parser; a text yields at most `MAX_STEPS` steps.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import floor, log10

from sample_engineering.audit.values import (
    Number,
    closed_expression,
    is_computation,
    number_of,
    value_of,
)
from sample_engineering.grading.spelling.tree import Literal, Node, walk

MAX_STEPS = 60  # of one text; the last ones count
MAX_TEXT = 20_000  # characters of a solution that are read, from its end
_MAX_LITERALS = 8
_LONG = 10_000  # whole numbers from here on may be rounded themselves: 71,501 for 71,501.3
_HALF = 0.5000001
_NOISE = 1e-9
_NEAR = 0.05  # relative; what fails by more is mistyped as often as it is wrong
_MATH = re.compile(
    r"\$\$(?P<a>[^$]{1,2000})\$\$|\$(?P<b>[^$]{1,1000})\$|\\\((?P<c>.{1,1000}?)\\\)"
    r"|\\\[(?P<d>.{1,2000}?)\\\]",
    re.DOTALL,
)
_RELATION = re.compile(r"(\\approx|\\doteq|\\simeq|≈|=|≃|~(?=\s*\d))")
_OTHER = re.compile(
    r"\\(?:le|ge|leq|geq|lt|gt|ne|neq|implies|Rightarrow|to|iff|equiv|quad|qquad|\\|"
    r"begin|end|pmod|bmod|mod)(?![a-zA-Z])|[<>≤≥≠→⇒;&]|, "
)
_PLAIN_LEFT = re.compile(r"[\d.()+\-*/^ ×·÷eE−√]{1,160}$")
_PLAIN_RIGHT = re.compile(
    r"\s*([-−]?\$?\d[\d,]*(?:\.\d+)?"
    r"(?:\s?[×x*]\s?10\^\{?-?\d+\}?|e[-+]?\d+)?)"
)
_GOES_ON = re.compile(r"\s*[-+*/^×·÷(√−]|\.?\d|[a-zA-Z\\]")
_PLAIN_REACH = 160  # characters on either side of a relation sign
_BOX = re.compile(r"\\(?:boxed|fbox)\s*\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")
_UNIT = re.compile(
    r"(?:\\[ ,;!:]|~|\s)*\\(?:text|mathrm|rm|mbox)\s*\{(?P<unit>[^{}]*)\}"
    r"(?:\^\{?-?\d\}?)?\s*[.,]?\s*$"
)
_ELLIPSIS = re.compile(r"(?:\\l?dots|\\cdots|\.\.\.|…)\s*$")


@dataclass(frozen=True, slots=True)
class Step:
    """One equality of a closed expression and a number.

    Parameters
    ----------
    left, right : str
        As written.
    value : float
        What the left side is worth.
    slack : float
        How far that may be off because its own numbers are rounded.
    given : Number
        The number on the right side.
    computed : bool
        Whether the left side computes something; otherwise it is the same number with more
        figures.
    """

    left: str
    right: str
    value: float
    slack: float
    given: Number
    computed: bool

    @property
    def holds(self) -> bool:
        """Whether the right side is the left one, rounded to its own figures."""
        sizes = [(self.given.size, self.given.step or 0.0)]
        if self.given.percent:  # "1/8 x 100 = 12.5%" and "1/8 = 12.5%" are both written
            sizes.append((self.given.size / 100, (self.given.step or 0.0) / 100))
        room = self.slack + _NOISE * abs(self.value)
        return any(abs(size - self.value) <= _HALF * unit + room for size, unit in sizes)

    @property
    def near(self) -> bool:
        """Whether it fails by so little that figures are wrong, and not how it is written."""
        return abs(self.given.size - self.value) <= _NEAR * abs(self.value)


def steps_of(text: str) -> list[Step]:
    """Return the steps of a worked solution in their order, the last `MAX_STEPS` of them."""
    text = text[-MAX_TEXT:]
    found: list[Step] = []
    spans = list(_MATH.finditer(text))
    for match in spans:
        found += _chain(next(part for part in match.groups() if part is not None))
    if not spans:
        found += _plain(text)
    return found[-MAX_STEPS:]


def _chain(segment: str) -> list[Step]:
    segment = _BOX.sub(r" \1 ", segment)
    found = []
    for part in _OTHER.split(segment):
        members = _RELATION.split(part)
        texts = [member.strip() for member in members[::2]]
        for left, right in pairwise(texts):
            step = _step(left, right)
            if step is not None:
                found.append(step)
    return found


def _plain(text: str) -> list[Step]:
    """Steps in plain text, around each relation sign."""
    found = []
    for match in _RELATION.finditer(text):
        before = text[max(match.start() - _PLAIN_REACH, 0) : match.start()]
        left = _PLAIN_LEFT.search(before)
        right = _PLAIN_RIGHT.match(text, match.end(), match.end() + _PLAIN_REACH)
        if not left or not right or _GOES_ON.match(text, right.end()):
            continue
        if left.start() and not left[0][0].isspace():
            continue  # the end of a word or of a formula with letters
        written = left[0].strip()
        if written[:1] in tuple("+*/^×·÷-−)"):
            continue
        step = _step(written, right[1].replace("x", "\\times").replace("$", ""))
        if step is not None:
            found.append(step)
    return found


def _step(left: str, right: str) -> Step | None:
    open_ended = bool(_ELLIPSIS.search(right))
    right = _ELLIPSIS.sub("", right).strip()
    left = _ELLIPSIS.sub("", left).strip()
    (left, before), (right, after) = _without_unit(left), _without_unit(right)
    if before not in ("", after):
        return None  # units are converted on the way
    a, b = closed_expression(left), closed_expression(right)
    if a is None or b is None or is_computation(b):
        return None
    given = number_of(b)
    value = value_of(a)
    if given is None or value is None or given.step is None:
        return None
    if open_ended:  # "12.69..." is cut off, not rounded
        given = Number(given.size, given.exact, 2 * given.step, given.decimals, given.figures)
    computed = is_computation(a)
    if not computed and given.decimals is not None:
        own = number_of(a)
        if own is None or own.decimals is None or own.decimals <= given.decimals:
            return None
    step = Step(left, right, float(value), _slack(a, float(value)), given, computed)
    if not computed and before != after and not step.near:
        return None  # a share that is told in a unit: 0.16 = 160 mL/L
    return step


def _without_unit(text: str) -> tuple[str, str]:
    """Cut off a unit at the end; one that stands elsewhere makes the text unreadable."""
    match = _UNIT.search(text)
    return (text[: match.start()].strip(), match["unit"].strip(" ~")) if match else (text, "")


def _slack(node: Node, value: float) -> float:
    """How far a value moves when each rounded number in it moves by half of its last figure."""
    rounded = [
        item
        for item in walk(node)
        if item.op == "num"
        and (item.value.decimal or abs(item.value.value) >= _LONG)
        and item.value.value != 0
    ]
    if not rounded:
        return 0.0
    if len(rounded) > _MAX_LITERALS:
        return abs(value) * 0.01
    total = 0.0
    for literal in dict.fromkeys(rounded):
        moved = value_of(_replaced(node, literal, _moved(literal)))
        if moved is not None:
            total += abs(float(moved) - value)
    return total


def _moved(literal: Node) -> Node:
    written: Literal = literal.value
    last = floor(log10(abs(written.value)) + 1e-12) - written.significant + 1
    half = Fraction(10) ** last / 2
    return Node("num", (), Literal(written.value + half, written.significant, True))


def _replaced(node: Node, old: Node, new: Node) -> Node:
    if node == old:
        return new
    if not node.args:
        return node
    return Node(node.op, tuple(_replaced(item, old, new) for item in node.args), node.value)
