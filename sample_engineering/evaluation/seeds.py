"""What varies between training seeds, beside what varies between items.

A value measured on item i in the training run of seed s is taken as

    value(i, s) = mean + item(i) + seed(s) + rest(i, s),

where the seed shifts all items of its run, and the rest is what it does to one of them, sampling
included. The mean of S seeds and n items then has the variance

    V = var(item) / n + (var(seed) + var(rest) / n) / S.

The second term is what the spread of the seeds' means shows, with S - 1 degrees of freedom; the
first is what the spread of the items' means shows less var(rest) / (n S), which is counted in the
second already (*item_share*). Two-way bootstraps that resample both levels count it twice.

The degrees of freedom of the sum are taken as ``1 / sum(share / freedom)`` over the terms, each
with its share of V. Satterthwaite's formula has the squares of the shares. They would be right were
the shares known; estimated from two or three seeds, a share that came out small by chance makes
intervals too short: in simulations of three seeds they held the truth in 91 to 95 % of the studies,
these in 93 to 97 % (docs/lab/evaluation.md, calibration with training noise).

One run tells nothing of its seed, so it has no second term, and its interval is of that run.
Where both sides are training runs under one recipe, their noise is pooled, and a side with a single
run borrows it, if the others tell enough (`shared_noise`).

References
----------
Owen (2007), The pigeonhole bootstrap, Annals of Applied Statistics 1 (2): two-way data, and the
term that is counted twice. Satterthwaite (1946), An approximate distribution of estimates of
variance components, Biometrics Bulletin 2 (6). Searle, Casella, McCulloch (1992), Variance
components, chapter 4: the two-way model and its mean squares.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Degrees of freedom from which the noise of some arms is taken for that of another: one pair of
# runs says next to nothing, Student's t is 12.7 there.
_FEWEST_SHARED = 2
# (variance, degrees of freedom) of one term, each an array of shape (columns,)
Part = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class SeedNoise:
    """How the training runs of one recipe vary.

    Parameters
    ----------
    deviations : array of shape (runs, columns)
        Mean of each run over its items, less the mean of the runs of its arm.
    freedom : int
        Runs less arms.
    rest : array of shape (columns,)
        Variance of what a seed does to single items, sampling included.
    """

    deviations: np.ndarray
    freedom: int
    rest: np.ndarray

    @property
    def variance(self) -> np.ndarray:
        """Variance of a run's mean, (columns,)."""
        found: np.ndarray = (self.deviations**2).sum(axis=0) / self.freedom
        return found

    def draw(self, rng: np.random.Generator, number: int, seeds: int) -> np.ndarray:
        """Draw deviations of the mean of so many seeds, (number, columns), normal."""
        normal = rng.standard_normal((number, len(self.deviations)))
        drawn: np.ndarray = normal @ self.deviations / np.sqrt(self.freedom * seeds)
        return drawn


# Of the side before and the side after; None where a side is one run, or no training run.
Noises = tuple[SeedNoise | None, SeedNoise | None]


def pooled_noise(arms: Sequence[np.ndarray]) -> SeedNoise | None:
    """Return what the seeds of several arms show together; None where none has two.

    Parameters
    ----------
    arms : sequence of array of shape (seeds, items, columns)
        Items may differ from arm to arm.
    """
    freedom = sum(len(arm) - 1 for arm in arms)
    if freedom < 1:
        return None
    deviations = [arm.mean(axis=1) - arm.mean(axis=(0, 1)) for arm in arms if len(arm) > 1]
    squares, places = np.zeros(arms[0].shape[2]), 0
    for arm in arms:
        own = arm - arm.mean(axis=0) - arm.mean(axis=1, keepdims=True) + arm.mean(axis=(0, 1))
        squares = squares + (own**2).sum(axis=(0, 1))
        places += (len(arm) - 1) * (arm.shape[1] - 1)
    return SeedNoise(np.concatenate(deviations), freedom, squares / max(places, 1))


def own_noises(before: np.ndarray, after: np.ndarray) -> Noises:
    """Return what the seeds of either side show by themselves."""
    return pooled_noise([before]), pooled_noise([after])


def shared_noise(*arms: np.ndarray) -> tuple[SeedNoise | None, ...]:
    """Return what the seeds of arms that were trained alike show together, for each of them.

    What each shows by itself where together they have fewer than `_FEWEST_SHARED` degrees of
    freedom.
    """
    together = pooled_noise(arms)
    if together is None or together.freedom < _FEWEST_SHARED:
        return tuple(pooled_noise([arm]) for arm in arms)
    return (together,) * len(arms)


def seed_parts(seeds: tuple[int, int], noises: Noises) -> list[Part]:
    """Return the terms of the seeds; sides that share their noise have one in common."""
    parts = []
    for noise, runs in _runs(seeds, noises):
        variance = noise.variance * runs
        parts.append((variance, np.full(variance.shape, float(noise.freedom))))
    return parts


def _runs(seeds: tuple[int, int], noises: Noises) -> list[tuple[SeedNoise, float]]:
    """Return each noise with the sum of one over the number of runs of the sides that have it."""
    before, after = noises
    if before is not None and before is after:
        return [(before, 1 / seeds[0] + 1 / seeds[1])]
    pairs = zip(noises, seeds, strict=True)
    return [(noise, 1 / number) for noise, number in pairs if noise is not None]


def item_part(before: np.ndarray, after: np.ndarray, noises: Noises) -> list[Part]:
    """Return the term of the items, less what is counted in those of the seeds; empty for one."""
    n_items = before.shape[1]
    if n_items < 2:
        return []
    variance = (after.mean(axis=0) - before.mean(axis=0)).var(axis=0, ddof=1) / n_items
    for noise, runs in _runs((len(before), len(after)), noises):
        variance = variance - noise.rest * runs / n_items
    variance = np.maximum(variance, 0.0)
    return [(variance, np.full(variance.shape, n_items - 1.0))]


def item_share(before: np.ndarray, after: np.ndarray, noises: Noises) -> np.ndarray:
    """Return by how much the spread of the items' means is to be scaled, (columns,); at most 1."""
    whole = item_part(before, after, (None, None))
    if not whole or noises == (None, None):
        return np.ones(before.shape[2])
    ((kept, _),) = item_part(before, after, noises)
    ((total, _),) = whole
    return np.sqrt(np.divide(kept, total, out=np.ones_like(total), where=total > 0))


def combined(parts: Sequence[Part], columns: int) -> Part:
    """Add variances and find the degrees of freedom of their sum; infinite where it is 0."""
    total, lowest = np.zeros(columns), np.zeros(columns)
    for variance, freedom in parts:
        total = total + variance
        lowest = lowest + variance / freedom
    return total, np.divide(total, lowest, out=np.full(columns, np.inf), where=lowest > 0)
