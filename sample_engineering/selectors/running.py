"""Run the selectors that were asked for, and check what they return."""

from dataclasses import replace
from functools import partial

from sample_engineering.selectors.evidence import Evidence, number_of
from sample_engineering.selectors.protocol import Scores, Selector
from sample_engineering.selectors.question import Question, runs
from sample_engineering.selectors.returned import attempt, checked_scores


def run_selectors(
    question: Question, evidence: Evidence, *, part: bool = False
) -> dict[str, Scores]:
    """Run what was asked and can run; what the pool brings fills what nobody measured.

    The selector that sorts runs first: if it finds nothing, the others need not.

    Parameters
    ----------
    question : Question
    evidence : Evidence
    part : bool
        Whether these are some candidates of a pool, of which the column to sort by may be empty.

    Returns
    -------
    dict of str to Scores
        By selector, in the order of the registry; without those that know nothing at all.

    Raises
    ------
    ConfigError
        If the column to sort by is empty, or a selector does not return what it declares.
    """
    import numpy as np

    found: dict[str, Scores] = {}
    owner = question.owner
    mine = () if owner is None else (owner.name,)
    for name in dict.fromkeys((*mine, *question.selectors)):
        selector = question.selectors[name]
        brought = np.full(len(evidence.pool), np.nan)
        for field in selector.brought:
            given = np.array([np.nan if v is None else v for v in evidence.field(field)])
            brought = np.where(np.isnan(brought), given, brought)
        if name in question.asked and runs(selector, evidence):
            scored = attempt(selector, partial(selector.score, evidence))
            scores = checked_scores(selector, scored, len(evidence.pool))
        elif not np.isnan(brought).all():
            scores = Scores(brought, [None] * len(brought))
        else:
            continue
        values = np.asarray(scores.values, dtype=float)
        found[name] = replace(scores, values=np.where(np.isnan(values), brought, values))
        if name in mine and not part:
            _refuse_empty(question, selector, found[name], evidence)
    return {name: found[name] for name in question.selectors if name in found}


def _refuse_empty(
    question: Question, selector: Selector, scores: Scores, evidence: Evidence
) -> None:
    of_value = question.column == selector.name
    values = scores.values if of_value else scores.columns.get(question.column, ())
    if not len(values):
        values = evidence.field(question.column)
    if all(number_of(value) != number_of(value) for value in values):
        raise question.no_numbers()
