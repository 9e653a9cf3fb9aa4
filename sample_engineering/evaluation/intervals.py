"""Bootstrap intervals clustered by item, with training seeds as a second level.

Items are resampled with replacement and carry all their completions with them, so that several
completions of one item are not mistaken for several items. Where a side holds several evaluations
(training seeds), what varies from seed to seed is added as normal deviates with the covariance that
the seeds show, see `sample_engineering.evaluation.seeds`.

Corrections matter at the sizes of real studies, where a domain may have 20 items and a study 3
seeds. (1) The spread of bootstrap replicates is too small by (n-1)/n for n clusters; it is scaled
up. (2) The percentiles are taken further out, as far as Student's t lies beyond the normal
quantile, with the degrees of freedom of `seeds.combined`; since few items have no replicate so far
out, the plain interval is also stretched by that ratio, and the wider end is taken. (3) Where no
item differs from another, every replicate is equal and the percentile interval would be a point; it
is widened by the items that could go the other way and all be missed.

A p-value is that of the interval, found by inverting it: no second rule can disagree with it.

References
----------
Hesterberg (2015), What teachers should know about the bootstrap, The American Statistician 69 (4):
the expanded percentile interval.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from sample_engineering.evaluation.seeds import (
    Noises,
    combined,
    item_part,
    item_share,
    own_noises,
    seed_parts,
)

LEVEL = 0.95  # of the intervals that are shown
DEFAULT_RESAMPLES = 10_000
# Random draws held in memory at once: 2 million indices are 16 MB.
_DRAWS_AT_ONCE = 2_000_000


class Interval(NamedTuple):
    """A `LEVEL` confidence interval."""

    low: float
    high: float


@dataclass(frozen=True)
class Replicates:
    """Bootstrap replicates of the column means of one group of items.

    Parameters
    ----------
    before, after : array of shape (resamples, columns)
        Means over resampled items and seeds.
    """

    before: np.ndarray
    after: np.ndarray


def random_stream(seed: int, group: str) -> np.random.Generator:
    """Random numbers of one group of items, the same whatever other groups there are."""
    return np.random.default_rng([seed & 0xFFFFFFFF, zlib.crc32(group.encode("utf-8", "replace"))])


def resample(
    before: np.ndarray,
    after: np.ndarray,
    rng: np.random.Generator,
    resamples: int,
    noises: Noises | None = None,
) -> Replicates:
    """Draw bootstrap replicates of paired column means.

    Parameters
    ----------
    before, after : array of shape (seeds, items, columns)
        One value a seed, item and column. The items are the same on both sides; the number of
        seeds may differ.
    rng : numpy.random.Generator
        Source of randomness.
    resamples : int
        Number of replicates.
    noises : pair of SeedNoise or None, optional
        What varies from seed to seed on either side; by default what its own seeds show.

    Returns
    -------
    Replicates
        The same resampled items serve both sides, which is what makes the intervals paired.
    """
    noises = own_noises(before, after) if noises is None else noises
    items = resample_items(before, after, rng, resamples, noises)
    return add_seeds(items, (len(before), len(after)), rng, noises)


def resample_items(
    before: np.ndarray,
    after: np.ndarray,
    rng: np.random.Generator,
    resamples: int,
    noises: Noises,
) -> Replicates:
    """Draw replicates of the means over seeds, with the items as the only thing drawn."""
    n_items, columns = before.shape[1:]
    sides = np.stack([before.mean(axis=0), after.mean(axis=0)], axis=1).reshape(n_items, -1)
    means = np.concatenate([counts @ sides for counts in _counts(n_items, rng, resamples)])
    means = means.reshape(resamples, 2, columns) / n_items
    # Resampling n clusters with replacement shows (n - 1)/n of the variance of their mean.
    scale = np.sqrt(n_items / (n_items - 1)) if n_items > 1 else 1.0
    centre = sides.mean(axis=0).reshape(2, columns)
    means = centre + (means - centre) * (scale * item_share(before, after, noises))
    return Replicates(means[:, 0], means[:, 1])


def add_seeds(
    items: Replicates, seeds: tuple[int, int], rng: np.random.Generator, noises: Noises
) -> Replicates:
    """Add what varies from seed to seed to replicates that vary with the items only."""
    drawn = [
        side if noise is None else side + noise.draw(rng, len(side), number)
        for side, number, noise in zip((items.before, items.after), seeds, noises, strict=True)
    ]
    return Replicates(*drawn)


def _counts(n_items: int, rng: np.random.Generator, resamples: int) -> Iterator[np.ndarray]:
    """Yield blocks (replicates, items) of how often each item is drawn."""
    block = max(1, _DRAWS_AT_ONCE // n_items)
    for start in range(0, resamples, block):
        size = min(block, resamples - start)
        drawn = rng.integers(0, n_items, (size, n_items))
        drawn += np.arange(size)[:, None] * n_items
        yield (
            np.bincount(drawn.ravel(), minlength=size * n_items)
            .reshape(size, n_items)
            .astype(np.float64)
        )


def spread(
    before: np.ndarray, after: np.ndarray, noises: Noises | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Variance of a lift and its degrees of freedom.

    Parameters
    ----------
    before, after, noises
        As `resample` takes them.

    Returns
    -------
    variance, degrees_of_freedom : array of shape (columns,)
        Of the mean difference; from the items, and from the seeds where there are several.
        Degrees of freedom are infinite where the variance is 0.
    """
    noises = own_noises(before, after) if noises is None else noises
    items = item_part(before, after, noises)
    seeds = seed_parts((len(before), len(after)), noises)
    return combined([*items, *seeds], before.shape[2])


@dataclass(frozen=True)
class Statistic:
    """A statistic with its bootstrap replicates: the one home of its intervals and its p-value.

    Parameters
    ----------
    replicates : array of shape (resamples,)
        Bootstrap replicates.
    point : float
        The statistic itself.
    n_items : int
        Number of items that it rests on.
    freedom : float
        Degrees of freedom, see `spread`.
    bound : float
        The statistic lies in [-bound, bound].
    """

    replicates: np.ndarray
    point: float
    n_items: int
    freedom: float
    bound: float = 1.0

    @cached_property
    def _sorted(self) -> np.ndarray:
        return np.sort(self.replicates)

    def interval(self, level: float = LEVEL) -> Interval:
        """Return the interval of that level. It holds `point`, and a higher level a wider one.

        From a single item, or where no replicate differs, it is as wide as the items that could
        have been missed allow; otherwise it is the wider of the expanded percentile interval and
        of the plain one stretched by Student's t over the normal quantile.
        """
        side = (1 - level) / 2  # probability left out on either side
        if self.n_items == 1 or self._sorted[-1] - self._sorted[0] < _ALIKE:
            # Items that go as far as they can the other way, all missed with that probability.
            missed = 1 - side ** (1 / self.n_items)
            low = self.point - missed * (self.bound + self.point)
            high = self.point + missed * (self.bound - self.point)
        else:
            tail, stretch = _expansion(side, self.freedom)
            low, high = (
                min(self._quantile(tail), self._stretched(side, stretch)),
                max(self._quantile(1 - tail), self._stretched(1 - side, stretch)),
            )
        return Interval(
            max(-self.bound, min(low, self.point)), min(self.bound, max(high, self.point))
        )

    def _stretched(self, probability: float, stretch: float) -> float:
        return self.point + (self._quantile(probability) - self.point) * stretch

    def _quantile(self, probability: float) -> float:
        place = probability * (len(self._sorted) - 1)
        below = int(place)
        above = min(below + 1, len(self._sorted) - 1)
        share = place - below
        return float(self._sorted[below] * (1 - share) + self._sorted[above] * share)

    @cached_property
    def p_value(self) -> float:
        """Two-sided p-value of the hypothesis that the statistic is 0.

        One minus the highest level whose interval excludes 0: below ``1 - LEVEL`` exactly where
        `interval` excludes 0. Never below one part in (resamples + 1), which is as far as
        replicates can tell.
        """
        size = len(self.replicates)
        if not excludes_zero(self.interval(np.nextafter(0, 1))):
            return 1.0
        within, without = 0.0, 1.0  # the interval of level 1 - p holds 0, excludes it
        first = 1 - LEVEL
        for step in range(_HALVINGS):
            tried = first if step == 0 else (within + without) / 2
            if excludes_zero(self.interval(1 - tried)):
                without = tried
            else:
                within = tried
        return max(within, 1 / (size + 1))


# Replicates that differ by less are equal but for rounding.
_ALIKE = 1e-12
# Steps of the search for a p-value: its error is below 2 ** -30.
_HALVINGS = 31


def excludes_zero(interval: tuple[float, float]) -> bool:
    """Whether an interval lies on one side of zero."""
    low, high = interval
    return low > 0 or high < 0


def _expansion(side: float, freedom: float) -> tuple[float, float]:
    """Return the tail at which the normal quantile is Student's, and the ratio of the two."""
    from scipy import special

    normal = float(special.ndtri(side))
    if not np.isfinite(freedom):
        return side, 1.0
    student = float(special.stdtrit(max(freedom, 1.0), side))
    return float(special.ndtr(student)), (student / normal if normal < 0 else 1.0)
