"""Is the label what the problem itself writes down: the value of an expression, a root?"""

# ruff: noqa: SIM905 (tables of words read best as words)

import re
from collections.abc import Iterator

from sample_engineering.audit.claims import Claim, Claims
from sample_engineering.audit.findings import Finding
from sample_engineering.audit.margins import compare
from sample_engineering.audit.values import (
    Number,
    as_written,
    closed_expression,
    expression,
    is_computation,
    value_of,
)
from sample_engineering.grading.spelling.tree import Node, is_constant, symbols, walk

_MAX_PROBLEM = 400  # characters; longer ones are stories
_MATH = re.compile(r"\$\$([^$]+)\$\$|\$([^$]+)\$|\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
_VALUE_WORDS = frozenset(
    """evaluate compute calculate simplify find determine what what's is the value of expression
    following exact numerical express give write your answer in as a simplest form common fraction
    simplified lowest terms decimal mixed number improper result please""".split()
)
_ROOT_WORDS = frozenset(
    """solve for find determine compute what what's is the value values of if such that satisfies
    satisfy satisfying equation following when where which given then real positive negative
    nonzero integer number unique only solution root to a an in and express give write your answer
    as simplest form common fraction simplified lowest terms decimal mixed improper largest smallest
    greatest least radical""".split()
)
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
_AGREES = 1e-9
_TINY = 1e-12


class Stated:
    """The problem writes the answer down, as an expression or an equation, and it is another."""

    name = "stated"
    summary = "the label is not the value or the root that the problem writes down"
    needs = "text"

    def find(self, claims: Claims) -> Iterator[Finding]:
        """Yield a severe finding for each label that the problem's own formula contradicts."""
        for claim in claims:
            text = claim.problem
            if claim.number is None or len(text) > _MAX_PROBLEM or claim.number.unit is not None:
                continue
            formulas = [
                next(part for part in match.groups() if part is not None).strip()
                for match in _MATH.finditer(text)
            ]
            words = {word.lower() for word in _WORD.findall(_MATH.sub(" ", text))}
            digits = any(character.isdigit() for character in _MATH.sub(" ", text))
            if digits or not 1 <= len(formulas) <= 2:
                continue
            if len(formulas) == 1 and words <= _VALUE_WORDS:
                yield from self._value(claim, formulas[0], claim.number)
            if words <= _ROOT_WORDS:
                yield from self._root(claim, formulas)

    def _value(self, claim: Claim, formula: str, number: Number) -> Iterator[Finding]:
        tree = closed_expression(formula)
        value = None if tree is None or not is_computation(tree) else value_of(tree)
        if value is None:
            return
        size = number.size / 100 if number.percent else number.size
        if abs(size - float(value)) <= _AGREES * max(abs(size), abs(float(value))):
            return
        if number.decimal and compare(float(value), number).agrees:
            return
        yield Finding(
            self.name,
            "severe",
            claim.sample.id,
            f"the problem asks for {formula}, which is {as_written(float(value), 8)}; the label is "
            f"{claim.sample.answer}",
            {
                "label": claim.sample.answer,
                "formula": formula,
                "value": as_written(float(value), 10),
            },
        )

    def _root(self, claim: Claim, formulas: list[str]) -> Iterator[Finding]:
        equations = [tree for tree in map(expression, formulas) if tree and tree.op == "rel"]
        if len(equations) != 1 or equations[0].value != ("=",):
            return
        equation = equations[0]
        names = symbols(equation)
        if len(names) != 1 or any(item.op in ("app", "big") for item in walk(equation)):
            return
        others = [tree for tree in map(expression, formulas) if tree is not equation]
        unknown = next(iter(names))
        if any(tree is None or tree != Node("sym", (), unknown) for tree in others):
            return
        gold = claim.gold.value if claim.gold is not None else None
        if not isinstance(gold, Node) or not is_constant(gold):
            return
        sides = [value_of(_put(side, unknown, gold)) for side in equation.args]
        if sides[0] is None or sides[1] is None:
            return
        left, right = float(sides[0]), float(sides[1])
        if abs(left - right) <= _AGREES * (abs(left) + abs(right)) + _TINY:
            return
        if claim.number is not None and claim.number.decimal:
            return  # a rounded root never satisfies its equation
        yield Finding(
            self.name,
            "severe",
            claim.sample.id,
            f"the label {claim.sample.answer} does not satisfy the problem's equation: its sides "
            f"are {as_written(left)} and {as_written(right)}",
            {
                "label": claim.sample.answer,
                "left": as_written(left, 10),
                "right": as_written(right, 10),
            },
        )


def _put(node: Node, name: str, value: Node) -> Node:
    """Replace a symbol by a value."""
    if node.op == "sym":
        return value if node.value == name else node
    if not node.args:
        return node
    return Node(node.op, tuple(_put(item, name, value) for item in node.args), node.value)
