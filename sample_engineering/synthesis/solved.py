"""Solved forms: every relation solved for each of its unknowns by sympy, once.

Solving takes sympy some seconds for the whole library, so the solved forms of our relations are
kept as text in ``solved.json`` beside this file; a relation whose equation has changed since, or of
another package, is solved when it is used. ``python scripts/solve_relations.py`` writes the file.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis import formula
from sample_engineering.synthesis.relation import Relation

SEARCH = "search"
"""Stands for a solved form where the unknown is a whole number found by trying all in range."""

FILE = Path(__file__).with_name("solved.json")


@lru_cache(maxsize=1)
def _kept() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    return found


@lru_cache(maxsize=1024)
def solved_forms(relation: Relation, unknown: str) -> tuple[str, ...]:
    """Return the right-hand sides that give `unknown`, or ``("search",)``.

    Raises
    ------
    SynthesisError
        If sympy cannot solve the equation for it.
    """
    if unknown in relation.solved:
        return relation.solved[unknown]
    kept = _kept().get(relation.name)
    if kept and kept["equation"] == relation.equation and unknown in kept["forms"]:
        return tuple(kept["forms"][unknown])
    return solve(relation, unknown)


def kept_formula(relation: Relation) -> str:
    """Return the formula that a relation of ours is, as `one_formula` found it, or ''."""
    kept = _kept().get(relation.name)
    return str(kept.get("formula", "")) if kept and kept["equation"] == relation.equation else ""


def solve(relation: Relation, unknown: str) -> tuple[str, ...]:
    """Solve the equation for one unknown, by sympy where it does not stand alone on one side."""
    left, right = formula.sides(relation.equation)
    if left == unknown and unknown not in formula.used_names(relation.right):
        return (right,)
    if right == unknown and unknown not in formula.used_names(relation.left):
        return (left,)
    called = formula.called_functions(relation.left) | formula.called_functions(relation.right)
    if called & formula.WHOLE_FUNCTIONS:
        return (SEARCH,)
    import sympy

    names = {**{q.name: _symbol(sympy, q.low) for q in relation.quantities}}
    symbols = {
        name: sympy.Symbol(name, **names.get(name, {"positive": True}))
        for name in (*relation.by_name, *relation.constants)
    }
    functions = formula.sympy_functions()
    scope = {**symbols, "pi": sympy.pi}
    left_side, right_side = (
        formula.evaluate(tree, scope, functions) for tree in (relation.left, relation.right)
    )
    residual = sympy.nsimplify(left_side - right_side, rational=True)
    try:
        found = sympy.solve(residual, symbols[unknown])
    except NotImplementedError as error:
        raise SynthesisError(
            f"relation {relation.name}: sympy cannot solve for {unknown}; take away its questions"
        ) from error
    forms = tuple(str(as_people_write(sympy, form)) for form in found if not form.has(sympy.I))
    if not forms:
        raise SynthesisError(
            f"relation {relation.name}: no real solution for {unknown}; take away its questions"
        )
    return forms


def as_people_write(sympy: Any, form: Any) -> Any:
    """Write sqrt(2)*sqrt(K)/sqrt(m) as sqrt(2*K/m), as people do; cube roots likewise.

    Logarithms of powers are taken apart: sympy's log((a/b)**(T/log(2))) overflows for large T.
    """
    if form.has(sympy.log):
        return sympy.factor_terms(sympy.expand_log(form, force=True))
    if not form.is_Mul or form.could_extract_minus_sign():
        return form
    plain = all(
        factor.is_Number or factor.is_Symbol or factor.is_NumberSymbol or factor.is_Pow
        for factor in form.args
    )
    roots = {factor.exp.q for factor in form.args if factor.is_Pow and factor.exp.is_Rational} - {1}
    if not plain or len(roots) != 1:
        return form
    (root,) = roots
    inside = sympy.Pow(form, root)
    if any(power.exp.is_Rational and power.exp.q != 1 for power in inside.atoms(sympy.Pow)):
        return form
    if root == 2:
        return sympy.sqrt(inside, evaluate=False)
    return sympy.Pow(inside, sympy.Rational(1, root), evaluate=False)


def _symbol(_sympy: Any, low: float) -> dict[str, bool]:
    return {"positive": True} if low >= 0 else {"real": True}


def library(relations: Iterable[Relation]) -> dict[str, Any]:
    """Solve relations for each of their unknowns anew: the record that ``solved.json`` keeps."""
    from sample_engineering.synthesis.one_formula import formulas

    chosen = tuple(relations)
    names = formulas(chosen)
    return {
        relation.name: {
            "equation": relation.equation,
            "formula": names[relation.name],
            "forms": {
                unknown: list(solve(relation, unknown))
                for unknown in dict.fromkeys((*relation.unknowns, relation.pivot))
                if unknown is not None
            },
        }
        for relation in chosen
    }
