"""Counts that come of rounding up or down, and how far they are from turning out another one.

How many bottles can be filled, after how many cycles a level is passed: the count must not hang on
the last carried figure of a result on the way.
"""

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sample_engineering.synthesis import formula
from sample_engineering.synthesis.evaluating import Function, names_of
from sample_engineering.synthesis.relation import Relation

ROUNDING = frozenset({"floor", "ceil"})
CROSSING = frozenset({"first_above", "first_below"})
_LEAST_MARGIN = 0.05  # of what is rounded: half of the third figure of a number from 10 to 100
_FIGURES = 3
_LEVEL_MARGIN = 0.005  # relative, of a level that is passed: half of its third figure


@dataclass(frozen=True, slots=True)
class Call:
    """A place in a relation where something is rounded, or a level is passed."""

    exact: bool  # whether whole numbers are divided, so that nothing is lost
    argument: Function | None
    crossing: tuple[Function, Function, Function] | None


@lru_cache(maxsize=1024)
def calls(relation: Relation) -> tuple[Call, ...]:
    """Return the places in the equations of a relation where something is rounded."""
    names = names_of(relation)
    return tuple(
        _call(relation, node, names)
        for pair in relation.trees
        for side in pair
        for node in ast.walk(side)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ROUNDING | CROSSING
    )


def _call(relation: Relation, node: ast.Call, names: tuple[str, ...]) -> Call:
    assert isinstance(node.func, ast.Name)
    if node.func.id in ROUNDING:
        used = formula.used_names(node)
        exact = all(name in relation.by_name and relation.by_name[name].whole for name in used)
        return Call(exact, formula.compile_tree(node.args[0], names), None)
    *others, level = node.args
    trials = tuple(
        formula.compile_tree(
            ast.Call(node.func, [*others, ast.BinOp(level, ast.Mult(), ast.Constant(share))], []),
            names,
        )
        for share in (1 - _LEVEL_MARGIN, 1.0, 1 + _LEVEL_MARGIN)
    )
    return Call(False, None, (trials[0], trials[1], trials[2]))


def stable(relation: Relation, base: Mapping[str, float]) -> bool:
    """Tell whether every count of a solved relation stays what it is when figures are cut.

    Parameters
    ----------
    relation : Relation
    base : mapping
        Every quantity and constant, in coherent units.
    """
    if not calls(relation):
        return True
    arguments = [base[name] for name in names_of(relation)]
    for call in calls(relation):
        try:
            if call.argument is not None:
                if not call.exact and not _clear(call.argument(*arguments)):
                    return False
            elif call.crossing and len({trial(*arguments) for trial in call.crossing}) > 1:
                return False
        except formula.NO_VALUE:
            return False
    return True


def _clear(size: float) -> bool:
    """Does a size lie further from a whole number than half of its third figure?"""
    if not math.isfinite(size) or not size:
        return False
    half = 0.5 * 10.0 ** (math.floor(math.log10(abs(size))) + 1 - _FIGURES)
    return abs(size - round(size)) >= max(_LEAST_MARGIN, half)
