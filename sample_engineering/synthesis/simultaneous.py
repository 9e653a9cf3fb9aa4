"""Relations of several equations: steps on the way put in, and what is left solved by sympy.

Needed once for each unknown; `solved` keeps the forms.
"""

import ast
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis import formula
from sample_engineering.synthesis.relation import Relation

if TYPE_CHECKING:
    import sympy


def put_in(text: str, names: frozenset[str], parts: Mapping[str, str]) -> str:
    """Put the formulas of some names into a formula."""
    if not parts:
        return text
    trees = {name: formula.parse(part, names) for name, part in parts.items()}
    return ast.unparse(_Put(trees).visit(formula.copied(formula.parse(text, names))))


class _Put(ast.NodeTransformer):
    def __init__(self, trees: Mapping[str, ast.expr]) -> None:
        self._trees = trees

    def visit_Call(self, node: ast.Call) -> ast.AST:
        node.args = [self.visit(argument) for argument in node.args]
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        tree = self._trees.get(node.id)
        return node if tree is None else formula.copied(tree)


def steps_put_in(relation: Relation) -> dict[str, str]:
    """Return what each step on the way is in terms of what is stated and of the other unknowns."""
    names = frozenset((*relation.by_name, *relation.constants))
    found: dict[str, str] = {}
    for name, text in relation.steps:
        found[name] = put_in(text, names, found)
    return found


@lru_cache(maxsize=2048)
def remaining(relation: Relation) -> tuple[tuple[str, str], ...]:
    """Return the sides of the equations that are no steps on the way, with the steps put in."""
    names = frozenset((*relation.by_name, *relation.constants))
    parts = steps_put_in(relation)
    steps = dict(relation.steps)
    found = []
    for equation in relation.equations:
        left, right = formula.sides(equation)
        if steps.get(left) == right or steps.get(right) == left:
            continue
        found.append((put_in(left, names, parts), put_in(right, names, parts)))
    return tuple(found)


def together(relation: Relation, unknown: str) -> tuple[str, ...]:
    """Return the inner quantities that have to be found together with the unknown."""
    steps = dict(relation.steps)
    return tuple(name for name in relation.silent(unknown) if name not in steps)


def standing_alone(sides: tuple[str, str], unknown: str, names: frozenset[str]) -> str:
    """Return the other side where the unknown stands alone on one, or ''."""
    for one, other in (sides, sides[::-1]):
        if one == unknown and unknown not in formula.used_names(formula.parse(other, names)):
            return other
    return ""


def solve_together(relation: Relation, unknown: str) -> list["sympy.Expr"]:
    """Solve the equations that are left for an unknown and what must be found with it.

    Raises
    ------
    SynthesisError
        If sympy cannot, or the equations and the unknowns are not equally many.
    """
    import sympy

    others = together(relation, unknown)
    scope = _scope(relation)
    equations = _residuals(relation, scope)
    if relation.best:
        best = relation.best
        index, value = best_of(relation)
        del equations[index]
        choice = best_choice(relation)
        chosen = {scope[best.over]: choice}
        chosen[scope[best.value]] = _term(value, relation, scope).subs(chosen)
        steps = steps_put_in(relation)
        asked = _term(steps[unknown], relation, scope) if unknown in steps else scope[unknown]
        if unknown in relation.inner:
            return [asked.subs(chosen)]
        equations = [item.subs(chosen) for item in equations]
        others = tuple(name for name in others if name not in (best.over, best.value))
    if len(equations) != 1 + len(others):
        raise SynthesisError(
            f"relation {relation.name}: {len(equations)} equations for {unknown} and "
            f"{len(others)} inner quantities; they must be one more"
        )
    wanted = [scope[name] for name in (unknown, *others)]
    try:
        if not others:
            return list(sympy.solve(equations[0], wanted[0]))
        found = sympy.solve(equations, wanted, dict=True)
    except NotImplementedError as error:
        raise SynthesisError(
            f"relation {relation.name}: sympy cannot solve for {unknown}; take away its questions"
        ) from error
    return [solution[wanted[0]] for solution in found if wanted[0] in solution]


def isolated(relation: Relation, unknown: str) -> tuple[int, str]:
    """Return by which equation the other one of two unknowns is most simply eliminated, and how.

    Raises
    ------
    SynthesisError
        If there are not two of them, or neither equation gives the other one.
    """
    import sympy

    others = together(relation, unknown)
    if len(others) != 1:
        raise SynthesisError(
            f"relation {relation.name}: {unknown} must be found together with "
            f"{', '.join(others)}; split it, so that there is one"
        )
    scope = _scope(relation)
    found = []
    for index, residual in enumerate(_residuals(relation, scope)):
        for form in sympy.solve(residual, scope[others[0]]):
            found.append((sympy.count_ops(form), index, str(form)))
    if not found:
        raise SynthesisError(
            f"relation {relation.name}: no equation gives {others[0]}; take away the questions"
        )
    _, index, text = min(found)
    return index, text


def best_of(relation: Relation) -> tuple[int, str]:
    """Return which of the remaining equations says what is to be best, and what it is."""
    assert relation.best is not None
    names = frozenset((*relation.by_name, *relation.constants))
    for index, sides in enumerate(remaining(relation)):
        other = standing_alone(sides, relation.best.value, names)
        if other:
            return index, other
    raise SynthesisError(
        f"relation {relation.name}: {relation.best.value} stands alone in no equation; write "
        f"{relation.best.value} = ..."
    )


def slopes(relation: Relation) -> tuple["sympy.Expr", "sympy.Expr"]:
    """Return the first and the second derivative of what is to be best."""
    import sympy

    assert relation.best is not None
    scope = _scope(relation)
    value = sympy.nsimplify(_term(best_of(relation)[1], relation, scope), rational=True)
    over = scope[relation.best.over]
    return sympy.diff(value, over), sympy.diff(value, over, 2)


def best_choice(relation: Relation) -> "sympy.Expr":
    """Return where the first derivative vanishes and the second has the right sign."""
    import sympy

    best = relation.best
    assert best is not None
    scope = _scope(relation)
    first, second = slopes(relation)
    over = scope[best.over]
    middle = {
        scope[item.name]: sympy.sqrt(sympy.Rational(str(item.low)) * sympy.Rational(str(item.high)))
        for item in relation.quantities
        if item.name != best.over and item.low > 0
    }
    sign = -1 if best.kind == "largest" else 1
    found = [
        item
        for item in sympy.solve(first, over)
        if not item.has(sympy.I)
        and (second.subs(over, item).subs(middle) * sign).evalf().is_positive
    ]
    if len(found) != 1:
        raise SynthesisError(
            f"relation {relation.name}: {len(found)} places where {best.value} is {best.kind}; "
            "one is needed"
        )
    return found[0]


def _residuals(relation: Relation, scope: Mapping[str, Any]) -> list["sympy.Expr"]:
    import sympy

    return [
        sympy.nsimplify(_term(left, relation, scope) - _term(right, relation, scope), rational=True)
        for left, right in remaining(relation)
    ]


def _scope(relation: Relation) -> dict[str, Any]:
    import sympy

    signs = {
        item.name: {"positive": True} if item.low >= 0 else {"real": True}
        for item in relation.quantities
    }
    found = {
        name: sympy.Symbol(name, **signs.get(name, {"positive": True}))
        for name in (*relation.by_name, *relation.constants)
    }
    return {**found, "pi": sympy.pi}


def _term(text: str, relation: Relation, scope: Mapping[str, Any]) -> Any:
    import sympy

    names = frozenset((*relation.by_name, *relation.constants))
    term = formula.evaluate(formula.parse(text, names), scope, formula.sympy_functions())
    return sympy.sympify(term)
