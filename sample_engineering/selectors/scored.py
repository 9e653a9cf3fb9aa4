"""Candidates with their columns and what orders them, before they are put in order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sample_engineering.selectors.evidence import Evidence, number_of
from sample_engineering.selectors.protocol import ALWAYS, TIERS, Scores, Selector
from sample_engineering.selectors.question import Question
from sample_engineering.selectors.reasons import joined_reasons, parts_of, reasons_by_place
from sample_engineering.selectors.running import run_selectors
from sample_engineering.selectors.score import Learned, combine, covered, learning
from sample_engineering.selectors.shelf import made

if TYPE_CHECKING:
    import numpy


@dataclass(frozen=True)
class Scored:
    """Candidates of a pool, or of a part of it, with what orders them.

    Attributes
    ----------
    found : dict of str to Scores
        What the selectors that ran yielded.
    learned : Learned
    columns : dict of str to list
        All columns, in the order of the pool.
    keys : ndarray of float, shape (n,)
        Of the column to sort by; NaN where unknown.
    later : ndarray of bool, shape (n,)
        Who comes after the others, as nothing was measured.
    then : ndarray of float, shape (n,)
        What orders equals, greatest first.
    stops : ndarray of bool, shape (n,)
        Whom a gate stops.
    """

    found: dict[str, Scores]
    learned: Learned
    columns: dict[str, list[Any]]
    keys: "numpy.ndarray"
    later: "numpy.ndarray"
    then: "numpy.ndarray"
    stops: "numpy.ndarray"


def score(question: Question, evidence: Evidence, *, part: bool = False) -> Scored:
    """Score what was asked; `part`: of some candidates of a pool, see `run_selectors`."""
    import numpy as np

    found = run_selectors(question, evidence, part=part)
    learned = learning(evidence, question.selectors, found)
    columns = _columns(question, evidence, found, learned)
    values = columns.get(question.column)
    if values is None:
        values = evidence.field(question.column)
    keys = np.array([number_of(value) for value in values], dtype=float)
    later, then = np.zeros(len(keys), dtype=bool), np.zeros(len(keys))
    if question.column == "score":
        # Coverage never outranks a measurement, and decides between equal ones.
        later = np.array([tier == TIERS[0] for tier in columns["tier"]], dtype=bool)
        then = question.sign * np.array(columns["coverage"])
    return Scored(found, learned, columns, keys, later, then, stopped(found, len(keys)))


def stopped(found: Mapping[str, Scores], n: int) -> "numpy.ndarray":
    """Return which of `n` candidates a gate stops."""
    import numpy as np

    stops = np.zeros(n, dtype=bool)
    for scores in found.values():
        if scores.stops is not None:
            stops |= scores.stops
    return stops


def _columns(
    question: Question, evidence: Evidence, found: Mapping[str, Scores], learned: Learned
) -> dict[str, list[Any]]:
    """Collect the score, values and further columns; None for what nobody knows."""
    unknown: list[Any] = [None] * len(evidence.pool)
    columns: dict[str, Any] = {"score": unknown.copy()}
    columns["tier"] = learned.tiers
    if not question.whole:
        columns["tier"] = _tiers(question.selectors, found, columns["tier"])
    else:
        coverage = covered(evidence, question.selectors, found)
        columns["score"] = combine(found, learned, coverage, evidence)
        columns["coverage"] = coverage.tolist()
        columns["skills_from"] = evidence.skills_from
        columns["learned"] = [None if v != v else v for v in learned.values.tolist()]
        columns["learned_from"] = [source or None for source in learned.sources]
    told = reasons_by_place(question.selectors, found)
    columns["reasons"] = made(lambda place: joined_reasons(parts_of(told, place)), len(unknown))
    columns |= {c: unknown.copy() for one in question.selectors.values() for c in one.leading}
    # What was asked for and lacks evidence is shown as unknown; a field that the pool might have
    # brought is not, nor what only the explanation of a candidate would have added.
    lacking = [
        question.selectors[name]
        for name in question.asked
        if name not in found
        and (question.selectors[name].when == ALWAYS or _names(question, question.selectors[name]))
        and not any(part.startswith("pool.") for part in question.selectors[name].needs)
    ]
    for name in question.selectors:
        if name in found:
            columns[name] = [None if v != v else v for v in found[name].values.tolist()]
        elif question.selectors[name] in lacking:
            columns[name] = unknown.copy()
    for name, one in question.selectors.items():
        if name in found:
            columns |= {key: list(values) for key, values in found[name].columns.items()}
        elif one in lacking:
            columns |= {key: unknown.copy() for key in one.columns}
    return columns


def _names(question: Question, one: Selector) -> bool:
    """Whether the filter names the selector or a column of it."""
    named = question.condition.columns if question.condition is not None else ()
    return any(column in named for column in (one.name, *one.columns))


def _tiers(
    selectors: Mapping[str, Selector], found: Mapping[str, Scores], learned: Iterable[str]
) -> list[str]:
    """Return the strongest tier of which anything was computed for a candidate.

    Without a score, the tier says what the columns rest on.
    """
    import numpy as np

    tiers = np.array([TIERS.index(tier) for tier in learned], dtype=np.int8)
    for name, scores in found.items():
        known = ~np.isnan(scores.values)
        tiers[known] = np.maximum(tiers[known], TIERS.index(selectors[name].tier))
    return [TIERS[tier] for tier in tiers.tolist()]
