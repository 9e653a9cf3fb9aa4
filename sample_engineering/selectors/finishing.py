"""From candidates in order to the ranking that is shown: filter, folded copies, notes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sample_engineering.pool.names import value_at
from sample_engineering.selectors.declared import strongest_first
from sample_engineering.selectors.evidence import FOLD, Evidence, number_of
from sample_engineering.selectors.protocol import Count, Selector
from sample_engineering.selectors.question import Question
from sample_engineering.selectors.score import Learned, account
from sample_engineering.selectors.table import Ranking
from sample_engineering.selectors.where import Condition
from sample_engineering.text import count_of

if TYPE_CHECKING:
    import numpy


def first_columns(question: Question) -> tuple[str, ...]:
    """Return the columns that stand first, after rank and id."""
    leading = [
        column for one in strongest_first(dict(question.selectors)) for column in one.leading
    ]
    return ("score", "tier", *leading, "reasons")


def sorted_by(question: Question) -> str:
    """Return the column that sorts, with a sign where the least come first."""
    return ("-" if question.sign < 0 else "") + question.column


def finished(
    question: Question,
    evidence: Evidence,
    ranking: Ranking,
    said: Iterable[str | Count],
    learned: Learned,
    skills_from: Sequence[str],
    stops: "numpy.ndarray",
    first_of: Mapping[str, str],
) -> Ranking:
    """Filter and fold candidates that are in order, and note what holds for all.

    Parameters
    ----------
    question, evidence, ranking
    said : iterable of str or Count
        What the selectors note.
    learned, skills_from
        Of all candidates, see `score`.
    stops : ndarray of bool, shape (n,)
        Which candidates a gate stops, in the order of the pool.
    first_of : mapping of str to str
        For the id of each copy, the id of the first that is the same problem.
    """
    total = len(ranking)
    notes = _notes(question, evidence, said)
    if ranking.aside:
        kept = ", ".join(f"{name} as {aside}" for name, aside in ranking.aside.items())
        notes.append(f"fields of the pool that are columns here too are kept: {kept}")
    if question.whole:
        notes.extend(account(learned, skills_from, stops))
    if question.condition is not None:
        notes.extend(_unknown(question.condition, ranking, question.selectors.values()))
        ranking = ranking.filter(question.condition)
        kept = f"{len(ranking):,} of {total:,}"
        notes.append(f"candidates that meet {question.condition.text}: {kept}")
    if evidence.copies == FOLD and first_of:
        before = len(ranking)
        ranking = ranking.folded(first_of)
        if len(ranking) < before:
            notes.append(
                f"copies folded into the best of each problem: {before - len(ranking):,}; the "
                "column copies names them, `copies` mark ranks them"
            )
    notes.extend(_ties(ranking, question.column, evidence))
    return ranking.noting(notes)


def _notes(question: Question, evidence: Evidence, said: Iterable[str | Count]) -> list[str]:
    notes: list[str] = []
    notes.extend(f"pool: {line}" for line in evidence.pool.problems.lines())
    if evidence.has("history") and evidence.history.problems.skipped:
        notes.append(f"history: {evidence.history.problems}")
    if evidence.has("history") and "history" in vars(evidence):
        notes.extend(evidence.history.notes)
    if evidence.rates_problems.skipped:
        notes.append(f"rates: {evidence.rates_problems}")
    notes.extend(evidence.rates_notes)
    if evidence.rates_asked:
        notes.append(f"pass rates: asked with {evidence.rates_asked}")
    notes.extend(dict.fromkeys(note for note in map(str, said) if note not in notes))
    if not question.whole:
        run = ", ".join(question.asked) or "none"
        notes.append(f"only what was asked is computed ({run}), so no score; `selectors` adds more")
    return notes


def _unknown(
    condition: Condition, ranking: Ranking, selectors: Iterable[Selector]
) -> Iterator[str]:
    """Say of which columns of a condition nothing is known, and what would fill them."""
    filled_by = {
        column: one.mend for one in selectors for column in (one.name, *one.leading, *one.columns)
    }
    for column in condition.columns:
        values = ranking.columns.get(column)
        if values is not None and all(value is None for value in values):
            mend = filled_by.get(column)
            mend = None if mend == Selector.mend else mend  # it may be rightly empty
            yield f"{column} is not known of any candidate" + (f"; {mend}" if mend else "")


def _ties(ranking: Ranking, name: str, evidence: Evidence) -> list[str]:
    values = ranking.columns.get(name)
    if values is None:
        numbers = (number_of(value_at(sample.extra, name)) for sample in ranking.samples)
        values = [None if number != number else number for number in numbers]
    groups = [n for value, n in Counter(values).items() if n > 1 and value is not None]
    unknown = sum(value is None for value in values)
    notes = []
    if groups:
        notes.append(
            f"ties in {name}: {sum(groups):,} candidates in {count_of(len(groups), 'group')} of "
            "equals; kept in the order of "
            + ("coverage, then of " if name == "score" else "")
            + ("the history file" if evidence.has("history") else "their ids")
        )
    if unknown:
        notes.append(f"without {name}, so last: {unknown:,}")
    return notes
