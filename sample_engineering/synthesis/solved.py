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
from sample_engineering.synthesis.simultaneous import (
    isolated,
    remaining,
    slopes,
    solve_together,
    standing_alone,
    steps_put_in,
    together,
)

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
    if kept and kept["equation"] == relation.law and unknown in kept["forms"]:
        return tuple(kept["forms"][unknown])
    return solve(relation, unknown)


def kept_law(name: str) -> str:
    """Return the equations for which the forms of a relation, or a system, are kept, or ''."""
    kept = _kept().get(name)
    return str(kept["equation"]) if kept else ""


def kept_formula(relation: Relation) -> str:
    """Return the formula that a relation of ours is, as `one_formula` found it, or ''."""
    kept = _kept().get(relation.name)
    return str(kept.get("formula", "")) if kept and kept["equation"] == relation.law else ""


def solve(relation: Relation, unknown: str) -> tuple[str, ...]:
    """Solve the equations for one unknown, by sympy where it does not stand alone on one side."""
    left = remaining(relation)
    names = frozenset((*relation.by_name, *relation.constants))
    steps = steps_put_in(relation)
    if unknown in steps and not together(relation, unknown):
        return (steps[unknown],)
    if len(left) == 1 and not relation.best:
        alone = standing_alone(left[0], unknown, names)
        if alone:
            return (alone,)
    called = {
        name for pair in relation.trees for side in pair for name in formula.called_functions(side)
    }
    if called & formula.WHOLE_FUNCTIONS:
        if len(relation.equations) > 1:
            raise SynthesisError(
                f"relation {relation.name}: {unknown} stands in a function of whole numbers; "
                "take away its questions"
            )
        return (SEARCH,)
    import sympy

    found = solve_together(relation, unknown)
    forms = tuple(
        str(as_people_write(sympy, form)) for form in dict.fromkeys(found) if not form.has(sympy.I)
    )
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


@lru_cache(maxsize=256)
def set_aside(relation: Relation, unknown: str) -> tuple[int, str]:
    """Return how the other one of two unknowns is eliminated: by which equation, and what it is.

    The equation is counted among those that are no steps on the way.
    """
    if (found := relation.shown.get(f"aside {unknown}")) is not None:
        return int(found[0]), found[1]
    kept = _kept().get(relation.name)
    if kept and kept["equation"] == relation.law:
        index, text = kept["aside"][unknown]
        return int(index), str(text)
    return isolated(relation, unknown)


@lru_cache(maxsize=256)
def slopes_of(relation: Relation) -> tuple[str, str]:
    """Return the first and the second derivative of what is to be best."""
    if (found := relation.shown.get("slopes")) is not None:
        return found[0], found[1]
    kept = _kept().get(relation.name)
    if kept and kept["equation"] == relation.law:
        first, second = kept["slopes"]
        return str(first), str(second)
    first, second = slopes(relation)
    return str(first), str(second)


def _further(relation: Relation) -> dict[str, Any]:
    """Return what the solutions of several equations show beside the solved forms."""
    found: dict[str, Any] = {}
    if relation.best:
        found["slopes"] = [*map(str, slopes(relation))]
    else:
        aside = {
            unknown: list(isolated(relation, unknown))
            for unknown in relation.unknowns
            if together(relation, unknown)
        }
        if aside:
            found["aside"] = aside
    return found


def solved_for(relation: Relation) -> tuple[str, ...]:
    """Return the quantities for which forms are kept."""
    steps = dict(relation.steps)
    pivots = relation.pivots if not relation.also else ()
    return (*relation.unknowns, *pivots, *(name for name in relation.inner if name not in steps))


def library(relations: Iterable[Relation]) -> dict[str, Any]:
    """Solve relations for each of their unknowns anew: the record that ``solved.json`` keeps."""
    from sample_engineering.synthesis.one_formula import formulas

    chosen = tuple(relations)
    names = formulas(chosen)
    return {
        relation.name: {
            "equation": relation.law,
            "formula": names[relation.name],
            "forms": {
                unknown: list(solve(relation, unknown))
                for unknown in dict.fromkeys(solved_for(relation))
            },
            **_further(relation),
        }
        for relation in chosen
    }


def kept_with_systems(relations: Iterable[Relation]) -> dict[str, Any]:
    """Return `library`, and the systems of two of its relations."""
    from sample_engineering.synthesis.solved_systems import solved_systems

    chosen = tuple(relations)
    return library(chosen) | solved_systems(chosen)
