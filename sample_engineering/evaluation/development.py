"""A few items of the development half, asked while a model trains: has it forgotten something?

The same items are right or wrong before and after, so only those that changed say anything. Where
training changes which items are right without making the model worse, each that changed is as
likely gained as lost, and the number of lost ones is a coin's: McNemar's test, exact and one-sided.
"""

from dataclasses import dataclass
from math import ceil, comb, log2

from sample_engineering.evaluation.benchmark import Benchmark, domain_of
from sample_engineering.evaluation.curve import development_items
from sample_engineering.sample import Sample

# Chance that a training which takes nothing away is ever called harmful, over all looks at it.
FALSE_ALARMS = 0.05
# Shares of a training after which it is looked at; most of what it changes it changes early.
LOOKS = (1 / 8, 1 / 4, 1 / 2, 1)

# Of fewer items even the loss of all would not be told from chance.
FEWEST = ceil(log2(len(LOOKS) / FALSE_ALARMS))


@dataclass(frozen=True)
class DevelopmentPoint:
    """What a model that trains says on development items, decoded greedily, after a step.

    Parameters
    ----------
    step : int
        Training step; 0 is the base model.
    items : int
        Items asked.
    accuracy : float
        Share of right ones.
    lost : int
        Items that the base model had right and this one has wrong.
    gained : int
        Items that the base model had wrong and this one has right.
    p_value : float
        Chance of so many lost among those that changed, where each is as likely gained.
    """

    step: int
    items: int
    accuracy: float
    lost: int
    gained: int
    p_value: float

    @property
    def alarming(self) -> bool:
        """Whether more is lost than chance would take away, given that it is looked several times.

        Bonferroni over `LOOKS`: of trainings without harm at most `FALSE_ALARMS` are ever called
        harmful.
        """
        return self.p_value <= FALSE_ALARMS / len(LOOKS)


def watched_items(benchmark: Benchmark, number: int, *, seed: int = 0) -> list[Sample]:
    """Return a few items of the development half, every domain of every member in turn.

    They are of the half on which `curve` chooses the best step; the half on which that step is
    measured is left alone.

    Parameters
    ----------
    benchmark : Benchmark
    number : int
        Items wanted; fewer where the half has fewer, and none where every domain has one item.
    seed : int
        Of the split, as in `curve`.
    """
    strata = {
        benchmark.items[place].id: f"{member.name}\n{domain_of(benchmark.items[place])}"
        for member, places in benchmark.parts
        for place in places
    }
    chosen = development_items(strata.items(), seed)
    by_stratum: dict[str, list[str]] = {}
    for item in benchmark.items:
        if item.id in chosen:
            by_stratum.setdefault(strata[item.id], []).append(item.id)
    turns = sorted(
        (turn, number_of, name)
        for number_of, names in enumerate(by_stratum.values())
        for turn, name in enumerate(names)
    )
    kept = {name for _, _, name in turns[:number]}
    return [item for item in benchmark.items if item.id in kept]


def development_point(step: int, before: dict[str, bool], now: dict[str, bool]) -> DevelopmentPoint:
    """Compare a model with its base.

    Parameters
    ----------
    step : int
    before, now : dict of str to bool
        Whether each item is right, of the base model and after the step.
    """
    lost = sum(right and not now[name] for name, right in before.items())
    gained = sum(now[name] and not right for name, right in before.items())
    changed = lost + gained
    tail = sum(comb(changed, count) for count in range(lost, changed + 1)) / 2**changed
    return DevelopmentPoint(step, len(before), sum(now.values()) / len(now), lost, gained, tail)


def look_steps(steps: int) -> tuple[int, ...]:
    """Return the steps after which a training of so many is looked at, the last among them."""
    return tuple(sorted({max(1, round(share * steps)) for share in LOOKS}))
