r"""The working between the numbers put in and the result: one root, power or logarithm at a time.

``\frac{6.0 \times \ln(80/32)}{\ln(2)}`` is no step that anyone could follow: the logarithms are
written down first, each with its value, and the last line is plain arithmetic. Whole numbers are
worked out as on paper: remainders of powers by repeated squaring, common divisors by Euclid's
algorithm, choices as a fraction of products.
"""

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass

from sample_engineering.synthesis import formula, printing
from sample_engineering.synthesis.language import Language
from sample_engineering.synthesis.numbers import plain, tidy
from sample_engineering.synthesis.whole_working import WHOLE_WORKING

_PLAIN_POWERS = (-3, -2, -1, 2, 3)  # worked out by multiplying
_LEFT_ALONE = ("first_above", "first_below")  # told in words of their own
_FEWEST_DIGITS, _MOST_DIGITS = 6, 11
_CARRIES = 2e-6  # relative error of the last line that the rounding on the way may leave


@dataclass(frozen=True, slots=True)
class Working:
    """What stands between the numbers put in and the result.

    Parameters
    ----------
    lines : tuple of str
        Sentences that work parts out; empty where the formula is plain arithmetic.
    last : str
        What is left of the formula after them, in LaTeX; '' where nothing has changed.
    """

    lines: tuple[str, ...] = ()
    last: str = ""


def working(
    form: str,
    put_in: Mapping[str, str],
    language: Language,
    sizes: Mapping[str, float] | None = None,
) -> Working:
    """Work a formula out as far as plain arithmetic.

    The numbers put in are printed to five figures, and nothing is rounded on the way: what is
    shown is worked out from the sizes themselves, so that it leads to the result of the step.

    Parameters
    ----------
    form : str
        One side of a formula.
    put_in : mapping of str to str
        The number of each name as it is printed.
    language : Language
        In which lines are told.
    sizes : mapping of str to float, optional
        Each number before it was rounded for print; as it is printed where it is not named.
    """
    tree = _Terms().visit(formula.copied(formula.parse(form, frozenset(put_in))))
    hard = [node for node in ast.walk(tree) if is_hard(node)]
    if not hard or any(name_of(node) in _LEFT_ALONE for node in hard):
        return Working()
    if len(hard) == 1 and _is_bare(hard[0]) and name_of(hard[0]) not in WHOLE_WORKING:
        return Working()
    try:
        exact = _value(tree, _unrounded(put_in, sizes))
        for digits in range(_FEWEST_DIGITS, _MOST_DIGITS + 1):
            paper = _Paper(put_in, language, digits, sizes)
            left = paper.worked(formula.copied(tree))
            reached = paper.carried(left)
            if abs(reached - exact) <= _CARRIES * abs(exact):
                break
        last = paper.latex(left)
    except formula.NO_VALUE:
        return Working()
    if len(hard) == 1 and hard[0] is tree and name_of(tree) not in WHOLE_WORKING:
        return Working((), paper.inside)
    return Working(paper.lines, last)


def _unrounded(put_in: Mapping[str, str], sizes: Mapping[str, float] | None) -> dict[str, float]:
    given = sizes or {}
    return {name: given.get(name, plain(text)) for name, text in put_in.items()}


class _Terms(ast.NodeTransformer):
    """The n-th term of x -> q x + d becomes x q^n + d (q^n - 1)/(q - 1), as it is printed."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if name_of(node) != "iterate":
            return node
        first, factor, added, n = node.args
        if _is_constant(factor, 1):
            return ast.BinOp(first, ast.Add(), ast.BinOp(n, ast.Mult(), added))
        power = ast.BinOp(factor, ast.Pow(), n)
        one = ast.Constant(1)
        grown = power if _is_constant(first, 1) else ast.BinOp(first, ast.Mult(), power)
        share = ast.BinOp(
            ast.BinOp(formula.copied(power), ast.Sub(), one),
            ast.Div(),
            ast.BinOp(formula.copied(factor), ast.Sub(), one),
        )
        summed = ast.BinOp(added, ast.Mult(), share)
        if _is_constant(added, 0):
            return grown
        return summed if _is_constant(first, 0) else ast.BinOp(grown, ast.Add(), summed)


def _is_constant(node: ast.expr, size: float) -> bool:
    return isinstance(node, ast.Constant) and node.value == size


def name_of(node: ast.AST) -> str:
    """Return the name of the function that a node calls, or ''."""
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def is_hard(node: ast.AST) -> bool:
    """Tell whether a node is more than plain arithmetic."""
    if isinstance(node, ast.Call):
        return True
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Pow):
        return False
    exponent = node.right
    if isinstance(exponent, ast.UnaryOp) and isinstance(exponent.operand, ast.Constant):
        return -_constant(exponent.operand) not in _PLAIN_POWERS
    return not isinstance(exponent, ast.Constant) or _constant(exponent) not in _PLAIN_POWERS


def _constant(node: ast.Constant) -> float:
    assert isinstance(node.value, int | float)
    return node.value


def _parts(node: ast.AST) -> list[ast.expr]:
    """Return what a hard node is applied to; of a root, the part under it."""
    if isinstance(node, ast.Call):
        return node.args
    assert isinstance(node, ast.BinOp)
    if isinstance(node.right, ast.BinOp) and _is_root(node.right):
        return [node.left]
    return [node.left, node.right]


def _is_root(exponent: ast.BinOp) -> bool:
    return (
        isinstance(exponent.op, ast.Div)
        and isinstance(exponent.left, ast.Constant)
        and exponent.left.value == 1
        and isinstance(exponent.right, ast.Constant)
    )


def _is_bare(node: ast.AST) -> bool:
    """Is a hard node applied to plain numbers alone?"""
    return all(map(_is_number, _parts(node)))


def _is_number(part: ast.AST) -> bool:
    if isinstance(part, ast.UnaryOp):
        part = part.operand
    return isinstance(part, ast.Name | ast.Constant)


def _value(tree: ast.expr, values: Mapping[str, float]) -> float:
    found = formula.number(tree, values)
    if isinstance(found, complex) or not math.isfinite(found):
        raise ValueError("no value")
    return float(found)


class _Paper:
    """A formula that is worked out from the inside: what has a value becomes a name for it.

    Attributes
    ----------
    shown : dict of str to str
        Each number as it is printed.
    printed, values : dict of str to float
        The same as a number, and what it is before rounding.
    """

    def __init__(
        self,
        put_in: Mapping[str, str],
        language: Language,
        digits: int,
        sizes: Mapping[str, float] | None = None,
    ) -> None:
        self.shown = dict(put_in)
        self.printed = {name: plain(text) for name, text in put_in.items()}
        self.values = _unrounded(put_in, sizes)
        self.put_in = put_in
        self.language = language
        self.digits = digits
        self.inside = ""
        self._lines: list[str] = []
        self._claims: list[str] = []  # not told yet
        self._known: dict[str, str] = {}

    def value(self, tree: ast.expr) -> float:
        """Return the value of what is left, nothing rounded."""
        return _value(tree, self.values)

    def carried(self, tree: ast.expr) -> float:
        """Return the value of what is left from the parts as they are written down on the way."""
        written = {name: self.printed[name] for name in self.printed if name not in self.put_in}
        return _value(tree, {**self.values, **written})

    def latex(self, tree: ast.expr) -> str:
        """Write what is left."""
        return printing.latex(ast.unparse(tree), self.shown, numbers=True)

    def worked(self, tree: ast.expr) -> ast.expr:
        """Work out every hard part of a tree; returns what is left of it."""
        for field, inner in ast.iter_fields(tree):
            if isinstance(inner, ast.expr) and field not in ("func", "op"):
                setattr(tree, field, self.worked(inner))
            elif isinstance(inner, list):
                setattr(tree, field, [self.worked(item) for item in inner])
        return self._settled(tree) if is_hard(tree) else tree

    def _settled(self, node: ast.expr) -> ast.expr:
        """Write down the value of one hard part; returns a name for it."""
        written = self.latex(node)
        if written in self._known:
            return ast.Name(self._known[written], ast.Load())
        work = WHOLE_WORKING.get(name_of(node))
        if work is not None:
            sizes = [_value(part, self.printed) for part in _parts(node)]
            if all(size == round(size) and size > 0 for size in sizes):
                return self._whole(node, written, work(self.language, *map(round, sizes)))
        chain = [written]
        for part in _parts(node):
            if not _is_number(part):
                self._replace(node, part, self._named(self.value(part)))
        self.inside = self.latex(node)
        if self.inside != written:
            chain.append(self.inside)
        size = self.value(node)
        from_print = _value(node, self.printed)
        name = self._named(size)
        same = math.isclose(self.printed[name.id], from_print, rel_tol=1e-12)
        sign = "=" if same else r"\approx"
        equation = f"{' = '.join(chain)} {sign} {self.shown[name.id]}"
        self._claims.append(f"${equation}$")
        self._known[written] = name.id
        return name

    def _whole(self, node: ast.expr, written: str, lines: list[str]) -> ast.expr:
        self._tell()
        self._lines += lines
        name = self._named(self.value(node))
        self._known[written] = name.id
        return name

    @property
    def lines(self) -> tuple[str, ...]:
        """The sentences so far."""
        self._tell()
        return tuple(self._lines)

    def _tell(self) -> None:
        if self._claims:
            self._lines.append(self.language.say("here", list=self.language.listed(self._claims)))
            self._claims = []

    @staticmethod
    def _replace(node: ast.expr, part: ast.expr, name: ast.Name) -> None:
        if isinstance(node, ast.Call):
            node.args = [name if item is part else item for item in node.args]
        elif isinstance(node, ast.BinOp):
            node.left = name if node.left is part else node.left
            node.right = name if node.right is part else node.right

    def _named(self, size: float) -> ast.Name:
        """Give a value a name."""
        name = f"part_{len(self.values)}"
        self.shown[name] = tidy(size, self.digits)
        self.printed[name] = plain(self.shown[name])
        self.values[name] = size
        return ast.Name(name, ast.Load())
