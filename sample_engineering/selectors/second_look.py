"""A second look at the first candidates, so that none is first by luck.

Of many candidates that are seldom solved, some were solved too often in their few rollouts, and
those are what a ranking by rollouts puts first. In the embedded microcosm the first choice of 160
composed candidates was right in 5 of 64 rollouts, in none of 128 fresh ones, and training on it did
harm; the first ten had .098 on average, and .067 when they were rolled out anew
(docs/lab/microcosm.md). So the first are rolled out again and ranked by the fresh rollouts alone:
chosen on one sample, measured on another.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sample_engineering.sample import Sample
from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.pass_rates import pass_rate_of
from sample_engineering.selectors.question import Question
from sample_engineering.selectors.ranking import answer
from sample_engineering.selectors.table import Ranking
from sample_engineering.text import count_of

# Of the candidates, at most so many: those of which one will be trained on.
SHARE = 0.1
MOST = 10

# Added to the seed of the probe, so that its rollouts are others.
SECOND_LOOK = 1_000_003

Records = Sequence[Mapping[str, Any]]


def looked_at_twice(candidates: int) -> int:
    """Return how many of so many candidates get a second look, where nobody says."""
    return min(MOST, int(SHARE * candidates))


def by_rollouts(question: Question) -> bool:
    """Whether an order depends on what rollouts say."""
    owner = question.owner
    if owner is None:
        return question.column == "score"
    return "pass_rates" in owner.needs or "answers" in owner.needs


def rank_again(
    ranking: Ranking,
    question: Question,
    evidence: Evidence,
    count: int,
    roll_out: Callable[[Sequence[Sample]], Records],
) -> Ranking:
    """Roll out the first candidates anew, until the first `count` all were.

    Parameters
    ----------
    ranking : Ranking
        By the first look.
    question, evidence
        What it answers, and what it rests on.
    count : int
        How many of the first.
    roll_out : callable
        Returns records of fresh rollouts of some candidates, with `id`, `n` and `correct`.
    """
    before = evidence.measured or {}
    first = {id_: pass_rate_of(record) for id_, record in before.items()}
    fresh: dict[str, Mapping[str, Any]] = {}
    while True:
        due = [
            sample
            for sample in ranking.samples[:count]
            if sample.id not in fresh and first.get(sample.id) is not None
        ]
        if not due:
            break
        again = {str(record["id"]): record for record in roll_out(due)}
        fresh |= {one.id: again.get(one.id, before[one.id]) for one in due}
        evidence = evidence.remeasured(fresh)
        ranking = answer(question, evidence)
    looks = [(first[id_], pass_rate_of(record)) for id_, record in fresh.items()]
    rates = [(old.rate, new.rate) for old, new in looks if old is not None and new is not None]
    if not rates:
        return ranking
    old, new = (sum(column) / len(rates) for column in zip(*rates, strict=True))
    told = (
        f"{count_of(len(rates), 'candidate')} rolled out anew, and ranked by the fresh rollouts: "
        f"pass rate {new:.3f} on average, {old:.3f} at the first look"
    )
    return ranking.noting([told])
