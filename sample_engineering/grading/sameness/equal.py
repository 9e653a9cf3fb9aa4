"""Whether two expressions without structure have the same value."""

from typing import Any

from sample_engineering.grading.spelling.tree import Node, is_constant, is_plain_number
from sample_engineering.grading.values.agreement import (
    SIGNIFICANT_FIGURES,
    evaluate,
    values_agree,
    written_figures,
)
from sample_engineering.grading.values.huge import same_huge
from sample_engineering.grading.values.points import points_for
from sample_engineering.grading.values.precision import NotComparable, context, to_mp

_REAL = 1e-30


def same_value(gold: Node, prediction: Node, tolerance: float | None = None) -> bool:
    """Whether two expressions are equal wherever both are defined.

    Parameters
    ----------
    gold, prediction : Node
        Expressions without lists, relations or sets.
    tolerance : float, optional
        Relative tolerance for real constants, dimensionless.

    Returns
    -------
    bool
        False also where a value cannot be computed within bounds.
    """
    if gold == prediction:
        return True
    if is_constant(gold) and is_constant(prediction):
        try:
            left, right = evaluate(gold), evaluate(prediction)
        except NotComparable:
            return same_huge(gold, prediction)
        if values_agree(left, right):
            return True
        return _close(gold, left[0], prediction, right[0], tolerance)
    return _same_function(gold, prediction)


def _same_function(gold: Node, prediction: Node) -> bool:
    real: list[bool] = []
    other: list[bool] = []
    for point in points_for(gold, prediction):
        try:
            left = evaluate(gold, point)
        except NotComparable:
            continue
        mp = context()
        value = to_mp(left[0])
        is_real = abs(mp.im(value)) <= _REAL * abs(value)
        try:
            agree = values_agree(left, evaluate(prediction, point))
        except NotComparable:
            agree = False
        (real if is_real else other).append(agree)
        if is_real and not agree:
            return False
    # Where the gold is real somewhere, its real domain decides; sqrt(x^2) y then is not x y.
    decisive = real or other
    return len(decisive) >= 2 and all(decisive)


def _close(gold: Node, left: Any, prediction: Node, right: Any, tolerance: float | None) -> bool:
    """Whether real constants agree within the tolerance, or a decimal with an exact value."""
    mp = context()
    a, b = to_mp(left), to_mp(right)
    if mp.isinf(a) or mp.isinf(b):
        return False
    if abs(mp.im(a)) > _REAL * abs(a) or abs(mp.im(b)) > _REAL * abs(b):
        return False
    a, b = mp.re(a), mp.re(b)
    if a == 0 or b == 0:
        return False
    if tolerance and abs(a - b) <= tolerance * abs(a) * (1 + mp.mpf(10) ** -12):
        return True
    digits, others = written_figures(gold), written_figures(prediction)
    if digits is None and others is None:
        return False
    if digits is not None and others is not None:
        shorter = min(digits, others)
        return shorter >= SIGNIFICANT_FIGURES and abs(a - b) <= _unit(a, shorter) / 2
    if (digits or others or 0) < SIGNIFICANT_FIGURES:
        return False
    exact_node, exact = (prediction, b) if digits is not None else (gold, a)
    if is_plain_number(exact_node) and exact == mp.floor(exact):
        return False
    return bool(abs(a - b) < _unit(exact, SIGNIFICANT_FIGURES))


def _unit(value: Any, figures: int) -> Any:
    """One unit in the last of so many significant figures of a value."""
    mp = context()
    return mp.mpf(10) ** (mp.floor(mp.log10(abs(value))) - figures + 1)
