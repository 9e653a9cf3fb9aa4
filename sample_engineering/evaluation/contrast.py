"""Comparing lifts: one run against another, and many runs in a ranking.

References
----------
Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of
Statistics 6 (2): the correction of p-values for the number of comparisons.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.intervals import (
    DEFAULT_RESAMPLES,
    Replicates,
    Statistic,
    add_seeds,
    random_stream,
    resample,
    resample_items,
    spread,
)
from sample_engineering.evaluation.same_items import require_same_items, require_same_protocol
from sample_engineering.evaluation.seeds import (
    combined,
    item_part,
    seed_parts,
    shared_noise,
)
from sample_engineering.evaluation.table import Evaluation

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class LiftValues:
    """Lift of every item in every training seed.

    Parameters
    ----------
    items : tuple of str
        Ids, sorted.
    problems : tuple of str
        Their texts; empty where they were not kept.
    values : array of shape (seeds, items)
        Accuracy after minus mean accuracy before.
    """

    items: tuple[str, ...]
    problems: tuple[str, ...]
    values: np.ndarray

    @property
    def lift(self) -> float:
        """Mean over items and seeds."""
        return float(self.values.mean())

    def same_items(self, other: "LiftValues") -> bool:
        """Whether both hold the same problems under the same ids."""
        return self.items == other.items and self.problems == other.problems


def lift_values(
    before: Sequence[Evaluation],
    after: Sequence[Evaluation],
    *,
    across_protocols: bool = False,
) -> LiftValues:
    """Lift of every item, from evaluations of the same items before and after.

    Parameters
    ----------
    before, after : sequence of Evaluation
    across_protocols : bool
        Let them be asked under different protocols, as `compare` does.

    Raises
    ------
    ConfigError
        If the evaluations do not hold the same items, were asked under different protocols, or
        there are none.
    """
    if not before or not after:
        raise ConfigError("a lift needs an evaluation before and one after; finish the run first")
    require_same_items([*before, *after])
    if not across_protocols:
        require_same_protocol([*before, *after])
    first = before[0].table.drop_duplicates("item").set_index("item")["problem"].sort_index()
    base = np.mean([e.item_means().loc[first.index].to_numpy() for e in before], axis=0)
    values = np.stack([e.item_means().loc[first.index].to_numpy() for e in after]) - base
    return LiftValues(tuple(first.index), tuple(first), values)


@dataclass(frozen=True)
class Contrast:
    """How much more one run lifts than another.

    Parameters
    ----------
    difference : float
        Lift of the second minus lift of the first.
    ci_low, ci_high : float
        95 % interval.
    p_value : float
        Of no difference, that of the interval, not corrected; see `multiplicity.holm`.
    paired : bool
        Whether both were measured on the same items. If not, the items of each were resampled
        independently, which gives wider intervals.
    n : int
        Items, of the run that has fewer.
    """

    difference: float
    ci_low: float
    ci_high: float
    p_value: float
    paired: bool
    n: int


def contrast(
    first: LiftValues, second: LiftValues, *, resamples: int = DEFAULT_RESAMPLES, seed: int = 0
) -> Contrast:
    """Compare two lifts, paired where their items agree.

    The variation between training seeds is taken from both runs together; see `seeds`.
    """
    one, two = first.values[..., None], second.values[..., None]
    paired = first.same_items(second)
    difference = second.lift - first.lift
    n = min(one.shape[1], two.shape[1])
    before, after = shared_noise(one, two)
    noises = before, after
    if paired:
        drawn = resample(one, two, random_stream(seed, "contrast"), resamples, noises)
        freedom = spread(one, two, noises)[1]
    else:
        streams = (random_stream(seed, "first"), random_stream(seed, "second"))
        sides, parts = [], []
        for values, stream, noise in zip((one, two), streams, noises, strict=True):
            none, own = np.zeros((1, *values.shape[1:])), (None, noise)
            sides.append(resample_items(none, values, stream, resamples, own).after)
            parts += item_part(none, values, own)
        runs = len(one), len(two)
        drawn = add_seeds(Replicates(*sides), runs, random_stream(seed, "seeds"), noises)
        freedom = combined([*parts, *seed_parts(runs, noises)], 1)[1]
    replicates = (drawn.after - drawn.before)[:, 0]
    found = Statistic(replicates, difference, n, float(freedom[0]), bound=2.0)
    return Contrast(difference, *found.interval(), found.p_value, paired, n)


def rank_lifts(
    runs: Mapping[str, LiftValues], *, resamples: int = DEFAULT_RESAMPLES, seed: int = 0
) -> "pd.DataFrame":
    """Rank samples by lift and say how sure the rank is.

    Parameters
    ----------
    runs : mapping from sample to LiftValues
        Samples measured on the same items are resampled together, so that what an easy or hard
        draw of items does to all of them does not blur their order. They were trained alike: how
        much the training seed matters is taken from all of them together, so that a sample with
        a single run has it too, where any has several.
    resamples, seed : int
        Of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        One row a sample, best first (ties by name): ``rank, sample, seeds, n, lift, ci_low,
        ci_high, rank_low, rank_high`` (95 % interval of the rank) and ``best`` (share of
        resamples in which it comes first; ties are shared).
    """
    import pandas as pd

    names = sorted(runs, key=lambda name: (-runs[name].lift, name))
    if not names:
        return pd.DataFrame(
            columns=["rank", "sample", "seeds", "n", "lift", "ci_low", "ci_high", "rank_low",
                     "rank_high", "best"]
        )  # fmt: skip
    groups: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for name in names:
        groups.setdefault((runs[name].items, runs[name].problems), []).append(name)
    shared = shared_noise(*(runs[name].values[..., None] for name in names))
    noises = {name: (None, noise) for name, noise in zip(names, shared, strict=True)}
    drawn = np.empty((resamples, len(names)))
    for number, members in enumerate(groups.values()):
        for name in members:
            values = runs[name].values[..., None]
            # The same stream draws the same items for every member.
            stream = random_stream(seed, f"leaderboard {number}")
            none = np.zeros((1, *values.shape[1:]))
            items = resample_items(none, values, stream, resamples, noises[name])
            own = random_stream(seed, f"seeds of {name}")  # not those of another member
            replicates = add_seeds(items, (1, len(values)), own, noises[name])
            drawn[:, names.index(name)] = replicates.after[:, 0]
    ranks = (-drawn).argsort(axis=1, kind="stable").argsort(axis=1) + 1
    first = drawn >= drawn.max(axis=1, keepdims=True) - 1e-12
    best = (first / first.sum(axis=1, keepdims=True)).mean(axis=0)
    rows = []
    for position, name in enumerate(names):
        values = runs[name].values
        columns = values[..., None]
        none = np.zeros((1, *columns.shape[1:]))
        freedom = float(spread(none, columns, noises[name])[1][0])
        lift = Statistic(drawn[:, position], runs[name].lift, values.shape[1], freedom)
        low, high = lift.interval()
        rank_low, rank_high = np.quantile(ranks[:, position], [0.025, 0.975])
        rows.append(
            {
                "rank": position + 1,
                "sample": name,
                "seeds": len(values),
                "n": values.shape[1],
                "lift": runs[name].lift,
                "ci_low": low,
                "ci_high": high,
                "rank_low": int(rank_low),
                "rank_high": int(np.ceil(rank_high)),
                "best": float(best[position]),
            }
        )
    return pd.DataFrame(rows)
