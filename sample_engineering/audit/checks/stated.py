"""Is the label what the problem itself writes down: the value of an expression, a root?"""

import re
from collections.abc import Iterator
from fractions import Fraction

from sample_engineering.audit.claims import Claim, Claims
from sample_engineering.audit.findings import Finding
from sample_engineering.audit.margins import compare
from sample_engineering.audit.values import (
    as_written,
    closed_expression,
    expression,
    is_computation,
    literal,
    substituted,
    value_of,
)
from sample_engineering.grading.spelling.tree import Node, is_constant, symbols, walk

_MAX_PROBLEM = 400  # characters; longer ones are stories
_MAX_EQUATIONS = 4
_MAX_NESTING = 3  # of functions applied to functions
_MATH = re.compile(r"\$\$([^$]+)\$\$|\$([^$]+)\$|\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
_ASKS_VALUE = """evaluate compute calculate simplify find determine what what's is the value of
    expression following exact numerical express give write your answer in as a simplest form common
    fraction simplified lowest terms decimal mixed number improper result please"""
_VALUE_WORDS = frozenset(_ASKS_VALUE.split())
_ROOT_WORDS = frozenset(
    f"""{_ASKS_VALUE} solve for values if such that satisfies satisfy satisfying equation equations
    system when where which given then real positive negative nonzero integer unique only solution
    root to an and largest smallest greatest least radical ordered pair triple
    pairs let
    simultaneous""".split()
)
_ALL_ROOTS = frozenset({"all", "solutions", "roots"})
_FUNCTION_WORDS = frozenset(
    f"""{_ASKS_VALUE} let if for all real numbers then function where defined by and define
    when""".split()
)
_REWRITE_WORDS = frozenset(f"{_ASKS_VALUE} expand factor completely fully expanded".split())
_SHARE = re.compile(r"\$ of \$")
_POINTS = (Fraction(7, 5), Fraction(22, 7), Fraction(31, 4))
_LEAST_DIFFERENCE = 1e-6
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
_JOINED = re.compile(r",\s*(?:\\q?quad)?|\\\\|\\q?quad|&|\\begin\{[a-z*]+\}|\\end\{[a-z*]+\}")
_AGREES = 1e-9
_TINY = 1e-12


class Stated:
    """The problem writes the answer down, as an expression or an equation, and it is another."""

    name = "stated"
    summary = "the label is not the value or the root that the problem writes down"
    needs = "sample"

    def find(self, claims: Claims) -> Iterator[Finding]:
        """Yield a severe finding for each label that the problem's own formula contradicts."""
        for claim in claims:
            text, gold = claim.problem, claim.gold
            if gold is None or len(text) > _MAX_PROBLEM or not isinstance(gold.value, Node):
                continue
            rest = _MATH.sub(" ", text)
            if any(character.isdigit() for character in rest):
                continue
            formulas = [
                next(part for part in match.groups() if part is not None).strip()
                for match in _MATH.finditer(text)
            ]
            words = {word.lower() for word in _WORD.findall(rest)}
            if len(formulas) == 1 and words <= _VALUE_WORDS:
                yield from self._value(claim, formulas[0], closed_expression(formulas[0]))
            elif len(formulas) == 2 and _SHARE.search(text) and words <= _VALUE_WORDS:
                shown = " of ".join(formulas)
                yield from self._value(claim, shown, _share_of(formulas))
            elif words <= _FUNCTION_WORDS and 2 <= len(formulas) <= _MAX_EQUATIONS:
                # What is asked stands first or last: "f(3) if f(x) = 2x".
                asked_last = sorted(formulas, key=lambda formula: "=" not in formula)
                yield from self._value(claim, asked_last[-1], _applied(asked_last))
            if len(formulas) == 1 and words <= _REWRITE_WORDS:
                yield from self._rewritten(claim, formulas[0], gold.value)
            if words <= _ROOT_WORDS or (
                # "the number of solutions" is none of them
                "all" in words and "number" not in words and words <= _ROOT_WORDS | _ALL_ROOTS
            ):
                yield from self._root(claim, formulas, gold.value)

    def _value(self, claim: Claim, formula: str, tree: Node | None) -> Iterator[Finding]:
        number = claim.number
        value = None if tree is None or not is_computation(tree) else value_of(tree)
        if value is None or number is None or number.unit is not None:
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

    def _rewritten(self, claim: Claim, formula: str, gold: Node) -> Iterator[Finding]:
        """A formula to be simplified, expanded or factored, which the label changes."""
        tree = expression(formula)
        if tree is None or is_constant(tree) or symbols(tree) != symbols(gold):
            return
        if any(item.op not in _ALGEBRA for item in (*walk(tree), *walk(gold))):
            return
        names = sorted(symbols(tree))
        for point in _POINTS:
            values = {name: literal(float(point) + place) for place, name in enumerate(names)}
            left, right = (value_of(substituted(item, values)) for item in (tree, gold))
            if left is None or right is None:
                return
            size = max(abs(float(left)), abs(float(right)), 1.0)
            if abs(float(left) - float(right)) <= _LEAST_DIFFERENCE * size:
                return
        yield Finding(
            self.name,
            "severe",
            claim.sample.id,
            f"the problem asks for {formula} in another form; the label {claim.sample.answer} has "
            "other values",
            {"label": claim.sample.answer, "formula": formula},
        )

    def _root(self, claim: Claim, formulas: list[str], gold: Node) -> Iterator[Finding]:
        parts = [
            part
            for text in formulas
            for part in (_JOINED.split(text) if "=" in text else [text])
            if part.strip()
        ]
        trees = [expression(part) for part in parts]
        equations = [
            tree for tree in trees if tree is not None and tree.op == "rel" and tree.value == ("=",)
        ]
        unknowns = [tree for tree in trees if tree is None or tree not in equations]
        names = sorted({name for tree in equations for name in symbols(tree)})
        if not 1 <= len(equations) <= _MAX_EQUATIONS or not _name_only(unknowns, names):
            return
        if any(item.op in ("app", "big", "text") for tree in equations for item in walk(tree)):
            return
        for values in _assignments(gold, names, unknowns):
            for equation in equations:
                left, right = (value_of(substituted(side, values)) for side in equation.args)
                if left is None or right is None or _equal(float(left), float(right)):
                    continue
                yield Finding(
                    self.name,
                    "severe",
                    claim.sample.id,
                    f"the label {claim.sample.answer} does not satisfy the problem's equation: its "
                    f"sides are {as_written(float(left))} and {as_written(float(right))}",
                    {
                        "label": claim.sample.answer,
                        "left": as_written(float(left), 10),
                        "right": as_written(float(right), 10),
                    },
                )
                return


_ALGEBRA = frozenset({"num", "sym", "neg", "add", "mul", "div", "pow", "root", "mixed"})


def _share_of(formulas: list[str]) -> Node | None:
    """Return 15% of 80, 2/3 of 45 as a product."""
    share, whole = (closed_expression(formula) for formula in formulas)
    return None if share is None or whole is None else Node("mul", (share, whole))


def _name_only(trees: list[Node | None], names: list[str]) -> bool:
    """Whether formulas that are no equation only name the unknowns: ``x``, or ``(x, y)``."""
    for tree in trees:
        if tree is None:
            return False
        members = tree.args if tree.op in ("group", "list") else (tree,)
        if any(item.op != "sym" or item.value not in names for item in members):
            return False
    return True


def _assignments(
    gold: Node, names: list[str], unknowns: list[Node | None]
) -> Iterator[dict[str, Node]]:
    """Yield what the label gives the unknowns: one value, each member of a set, a tuple."""
    order = next((tree.args for tree in unknowns if tree and tree.op in ("group", "list")), ())
    if len(names) == 1:
        members = gold.args if gold.op in ("list", "set") else (gold,)
        if all(is_constant(item) and not _rounded(item) for item in members):
            for item in members:
                yield {names[0]: item}
    elif (
        gold.op == "group"
        and len(order) == len(gold.args) == len(names)
        and all(is_constant(item) and not _rounded(item) for item in gold.args)
    ):
        yield {str(name.value): item for name, item in zip(order, gold.args, strict=True)}


def _rounded(node: Node) -> bool:
    """Whether it is a decimal: a rounded root never satisfies its equation."""
    return any(item.op == "num" and item.value.decimal for item in walk(node))


def _equal(left: float, right: float) -> bool:
    return abs(left - right) <= _AGREES * (abs(left) + abs(right)) + _TINY


def _applied(formulas: list[str]) -> Node | None:
    """Return what is asked, ``f(3)``, with the functions defined before put in."""
    asked = expression(formulas[-1])
    functions: dict[str, tuple[str, Node]] = {}
    values: dict[str, Node] = {}
    for text in formulas[:-1]:
        tree = expression(text)
        if tree is None:
            return None
        if tree.op == "rel" and tree.value == ("=",) and tree.args[0].op == "app":
            head, body = tree.args
            if len(head.args) == 1 and head.args[0].op == "sym":
                functions[str(head.value)] = (str(head.args[0].value), body)
                continue
        if _tells_value(tree) and tree.args[0].value not in values:
            values[str(tree.args[0].value)] = tree.args[1]
            continue
        if tree.op != "sym":
            return None
    if asked is None or not (functions or values):
        return None
    asked = substituted(asked, values)
    for _ in range(_MAX_NESTING):
        asked = _call(asked, functions)
    return asked if is_constant(asked) else None


def _tells_value(tree: Node) -> bool:
    """Whether it is "x = 3"."""
    if tree.op != "rel" or tree.value != ("=",):
        return False
    name, value = tree.args
    return name.op == "sym" and is_constant(value) and all(i.op in _ALGEBRA for i in walk(value))


def _call(node: Node, functions: dict[str, tuple[str, Node]]) -> Node:
    args = tuple(_call(item, functions) for item in node.args)
    if node.op == "app" and len(args) == 1 and node.value in functions:
        name, body = functions[node.value]
        return substituted(body, {name: args[0]})
    return Node(node.op, args, node.value)
