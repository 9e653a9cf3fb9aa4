"""The candidates of a search, in the order of their ranking."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from sample_engineering.errors import PoolError
from sample_engineering.sample import Sample
from sample_engineering.search.features import Features, describe
from sample_engineering.text import count_of

if TYPE_CHECKING:
    from sample_engineering.selectors.evidence import Evidence

# Beliefs about so many candidates take about a second to compute.
MOST_CANDIDATES = 500


def rank_candidates(
    evidence: "Evidence", composed: Collection[str] = ()
) -> tuple[tuple[Sample, ...], Features, tuple[str, ...]]:
    """Rank a pool, and describe what may be tried of it.

    Parameters
    ----------
    evidence : Evidence
        What is known of all candidates, composed ones among them.
    composed : collection of str
        Ids of the composed ones: they are kept wherever they rank.

    Returns
    -------
    candidates : tuple of Sample
        First to last; without those that a gate of the ranking stops, and of the pool at most the
        first `MOST_CANDIDATES`.
    features : Features
    notes : tuple of str
        What the ranking says of the whole, and what was left out.

    Raises
    ------
    PoolError
        If nothing is left.
    """
    from sample_engineering.selectors.question import read_question
    from sample_engineering.selectors.ranking import answer

    ranking = answer(read_question(evidence), evidence)
    notes = list(ranking.notes)
    passed = ranking.filter(lambda record: record["score"] is not None)
    if stopped := len(ranking) - len(passed):
        first = next(
            reasons
            for reasons, score in zip(
                ranking.columns["reasons"], ranking.columns["score"], strict=True
            )
            if score is None
        )
        notes.append(
            f"left out, since they cannot be trained on: {count_of(stopped, 'candidate')}, the "
            f"first because: {first}"
        )
    if not len(passed):
        raise PoolError("no candidate can be trained on; `se rank` of the pool says why")
    natural = 0
    kept = []
    for sample in passed:
        natural += sample.id not in composed
        kept.append(sample.id in composed or natural <= MOST_CANDIDATES)
    if left := len(kept) - sum(kept):
        notes.append(f"left out, since they rank last: {count_of(left, 'candidate')}")
    ids = {sample.id for sample, keep in zip(passed, kept, strict=True) if keep}
    taken = passed.filter(lambda record: record["id"] in ids)
    return tuple(taken), describe(evidence, taken), tuple(notes)
