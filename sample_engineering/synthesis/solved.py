"""Solved forms: every relation solved for each of its unknowns by sympy, once.

Solving takes sympy some seconds for the whole library, so the solved forms are kept as text
in ``solved.json`` beside this file; a relation whose equation has changed since is solved again
when it is used. To write the file anew::

    python -m sample_engineering.synthesis.solved
"""

import json
import signal
from functools import lru_cache
from pathlib import Path
from typing import Any

from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis import formula
from sample_engineering.synthesis.relation import Relation

SEARCH = "search"
"""Stands for a solved form where the unknown is a whole number found by trying all in range."""

_FILE = Path(__file__).with_name("solved.json")
_SECONDS_TO_SOLVE = 20  # sympy needs less than 3 s for the slowest relation here


@lru_cache(maxsize=1)
def _kept() -> dict[str, Any]:
    return json.loads(_FILE.read_text(encoding="utf-8")) if _FILE.exists() else {}


@lru_cache(maxsize=1024)
def solved_forms(relation: Relation, unknown: str) -> tuple[str, ...]:
    """Return the right-hand sides that give `unknown`, or ``("search",)``.

    Raises
    ------
    SynthesisError
        If sympy cannot solve the equation for it.
    """
    kept = _kept().get(relation.name)
    if kept and kept["equation"] == relation.equation and unknown in kept["forms"]:
        return tuple(kept["forms"][unknown])
    return solve(relation, unknown)


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
    functions = {name: getattr(sympy, name) for name in ("sqrt", "exp", "log", "sin", "cos", "tan")}
    functions |= {name: getattr(sympy, name) for name in ("asin", "acos", "atan")}
    functions["log10"] = lambda x: sympy.log(x) / sympy.log(10)
    functions["log2"] = lambda x: sympy.log(x) / sympy.log(2)
    scope = {**symbols, "pi": sympy.pi}
    exact = lambda tree: formula.evaluate(tree, scope, functions)  # noqa: E731
    residual = sympy.nsimplify(exact(relation.left) - exact(relation.right), rational=True)
    try:
        found = sympy.solve(residual, symbols[unknown])
    except NotImplementedError as error:
        raise SynthesisError(
            f"relation {relation.name}: sympy cannot solve for {unknown}; take away its questions"
        ) from error
    forms = tuple(str(_as_people_write(sympy, form)) for form in found if not form.has(sympy.I))
    if not forms:
        raise SynthesisError(
            f"relation {relation.name}: no real solution for {unknown}; take away its questions"
        )
    return forms


def _as_people_write(sympy: Any, form: Any) -> Any:
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


def write() -> int:
    """Solve the whole library and write ``solved.json``; returns the number of solved forms."""
    from sample_engineering.files import write_json
    from sample_engineering.synthesis.relations import relations

    record: dict[str, Any] = {}
    count = 0
    for relation in relations():
        forms = {}
        for unknown in dict.fromkeys((*relation.unknowns, relation.pivot)):
            if unknown is None:
                continue
            # CPU time: a relation that sympy chews on for ever is a mistake
            signal.setitimer(signal.ITIMER_VIRTUAL, _SECONDS_TO_SOLVE)
            forms[unknown] = list(solve(relation, unknown))
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            count += 1
        record[relation.name] = {"equation": relation.equation, "forms": forms}
    write_json(_FILE, record)
    return count


if __name__ == "__main__":
    print(f"{write()} unknowns solved")
