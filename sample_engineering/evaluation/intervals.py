"""Bootstrap intervals clustered by item, with seeds as a second level.

Items are resampled with replacement and carry all their completions with them, so that several
completions of one item are not mistaken for several items. Where a side holds several evaluations
(training seeds), these are resampled too, independently of the items: the two-way ("pigeonhole")
bootstrap, which errs on the wide side.

Three corrections matter at the sizes of real benchmarks, where a domain may have 20 items and a
study 2 seeds. (1) The spread of bootstrap replicates is too small by (n-1)/n for n clusters; it is
scaled up. (2) The percentiles are taken further out, as far as Student's t lies beyond the normal
quantile, with Satterthwaite's degrees of freedom over the components; since two or three seeds have
no replicate so far out, the plain interval is also stretched by that ratio, and the wider end is
taken. (3) Where no item differs from another, every replicate is equal and the percentile interval
would be a point; it is widened by the items that could go the other way and all be missed.

A p-value is that of the interval, found by inverting it: no second rule can disagree with it.

References
----------
Hesterberg (2015), What teachers should know about the bootstrap, The American Statistician 69 (4):
the expanded percentile interval. Owen (2007), The pigeonhole bootstrap, Annals of Applied
Statistics 1 (2). Satterthwaite (1946), An approximate distribution of estimates of variance
components, Biometrics Bulletin 2 (6).
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

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
    before: np.ndarray, after: np.ndarray, rng: np.random.Generator, resamples: int
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

    Returns
    -------
    Replicates
        The same resampled items serve both sides, which is what makes the intervals paired.
    """
    n_before, n_items, columns = before.shape
    n_after = after.shape[0]
    stacked = np.concatenate([before, after]).transpose(1, 0, 2).reshape(n_items, -1)
    means = np.concatenate([counts @ stacked for counts in _counts(n_items, rng, resamples)])
    means = means.reshape(resamples, n_before + n_after, columns) / n_items
    # Resampling n clusters with replacement shows (n - 1)/n of the variance of their mean.
    if n_items > 1:
        centre = np.concatenate([before, after]).mean(axis=1)
        means = centre + (means - centre) * np.sqrt(n_items / (n_items - 1))
    sides = []
    for block in (means[:, :n_before], means[:, n_before:]):
        sides.append(np.einsum("rs,rsc->rc", _seed_weights(block.shape[1], rng, resamples), block))
    return Replicates(*sides)


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


def _seed_weights(n_seeds: int, rng: np.random.Generator, resamples: int) -> np.ndarray:
    if n_seeds == 1:
        return np.ones((resamples, 1))
    drawn = rng.multinomial(n_seeds, np.full(n_seeds, 1 / n_seeds), resamples) / n_seeds
    weights: np.ndarray = 1 / n_seeds + (drawn - 1 / n_seeds) * np.sqrt(n_seeds / (n_seeds - 1))
    return weights


def spread(before: np.ndarray, after: np.ndarray) -> tuple[float, float]:
    """Variance of a lift and its degrees of freedom.

    Parameters
    ----------
    before, after : array of shape (seeds, items)
        One column of what `resample` takes.

    Returns
    -------
    variance, degrees_of_freedom : float
        Of the mean difference; from the items, and from the seeds where there are several.
        Degrees of freedom are infinite where the variance is 0.
    """
    differences = after.mean(axis=0) - before.mean(axis=0)
    parts = [_component(differences)]
    parts += [_component(side.mean(axis=1)) for side in (before, after)]
    return satterthwaite([part for part in parts if part is not None])


def _component(values: np.ndarray) -> tuple[float, float] | None:
    if len(values) < 2:
        return None
    return float(values.var(ddof=1) / len(values)), len(values) - 1.0


def satterthwaite(parts: list[tuple[float, float]]) -> tuple[float, float]:
    """Add variances and find the degrees of freedom of their sum."""
    total = sum(variance for variance, _ in parts)
    lowest = sum(variance**2 / freedom for variance, freedom in parts)
    return total, (total**2 / lowest if lowest > 0 else float("inf"))


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
