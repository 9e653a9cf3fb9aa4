"""Spearman's rank correlation with what is needed to believe it: p, interval and power."""

from dataclasses import dataclass
from functools import cache
from itertools import permutations
from math import sqrt, tanh
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy

LEVEL = 0.05  # two-sided
POWER = 0.8
FEWEST = 5  # pairs; of four, no order has a p below 1/12
# All orders of up to so many are tried (8! = 40,320); of more, so many random ones.
EXACT_UP_TO = 8
RANDOM_ORDERS = 20_000
RESAMPLES = 10_000
_AT_ONCE = 2_000_000  # numbers drawn at once: 16 MB
_ROUNDING = 1e-9
# Fieller, Hartley and Pearson 1957: the variance of Spearman's rho on Fisher's z scale is that of
# Pearson's times this.
_SPEARMAN_VARIANCE = 1.06


@dataclass(frozen=True)
class Correlation:
    """Spearman's rho of two variables.

    Parameters
    ----------
    n : int
        Pairs.
    rho : float
        In [-1, 1]; equals share the mean of their ranks.
    p_value : float
        Two-sided, by permutation.
    low, high : float
        Central 95 % of bootstrap resamples.
    """

    n: int
    rho: float
    p_value: float
    low: float
    high: float


def spearman(x: "numpy.ndarray", y: "numpy.ndarray", seed: int = 0) -> Correlation | None:
    """Correlate ranks; None for fewer than `FEWEST` pairs, or where a side does not vary.

    Parameters
    ----------
    x, y : ndarray of float, shape (n,)
        Without NaN.
    seed : int
        Of the random orders and resamples.
    """
    return spearman_of_each(x[None], y, seed)[0]


def spearman_of_each(
    rows: "numpy.ndarray", y: "numpy.ndarray", seed: int = 0
) -> list[Correlation | None]:
    """Correlate each of many rows with one variable, over the same orders and resamples.

    Parameters
    ----------
    rows : ndarray of float, shape (m, n)
    y : ndarray of float, shape (n,)
    seed : int
    """
    n = len(y)
    found: list[Correlation | None] = [None] * len(rows)
    if n < FEWEST:
        return found
    ranks, b = _standard_ranks(rows), _standard_ranks(y[None])[0]
    vary = [place for place in range(len(rows)) if ranks[place].any()] if b.any() else []
    if not vary:
        return found
    rho = (ranks[vary] @ b).clip(-1.0, 1.0)
    p_values = _p_values(ranks[vary], b, rho, seed)
    ends = _intervals(rows[vary], y, seed)
    for number, place in enumerate(vary):
        mine, (low, high) = float(rho[number]), ends[number]
        found[place] = Correlation(n, mine, p_values[number], min(low, mine), max(high, mine))
    return found


def critical_rho(n: int) -> float:
    """Return the smallest |rho| that is significant at 5 % with n pairs, where none are equal.

    Of up to 8 pairs by all orders, as p is; of more by Student's t: for n = 14 it is 0.53.
    """
    from scipy import stats

    if n < FEWEST:
        return 1.0
    if n <= EXACT_UP_TO:
        return _exact_critical(n)
    t = float(stats.t.ppf(1 - LEVEL / 2, n - 2))
    return t / sqrt(n - 2 + t * t)


@cache
def _exact_critical(n: int) -> float:
    """Return the smallest |rho| that at most 5 % of all orders reach."""
    import numpy as np

    ranks = _standard_ranks(np.arange(float(n))[None])[0]
    reached = np.abs(ranks[np.array(list(permutations(range(n))))] @ ranks)
    values = np.unique(reached.round(9))
    return float(next(v for v in values if (reached >= v - _ROUNDING).mean() <= LEVEL))


def detectable_rho(n: int) -> float:
    """Return the true |rho| that n pairs find significant at 5 % in 80 % of studies.

    On Fisher's z scale, with the variance 1.06 / (n - 3). For n = 14 it is 0.70.
    """
    from scipy import stats

    if n < FEWEST:
        return 1.0
    quantiles = stats.norm.ppf(1 - LEVEL / 2) + stats.norm.ppf(POWER)
    return tanh(float(quantiles) * sqrt(_SPEARMAN_VARIANCE / (n - 3)))


def _standard_ranks(rows: "numpy.ndarray") -> "numpy.ndarray":
    """Ranks of each row, centred and of length 1, so that a product is a correlation.

    A row that does not vary becomes 0.
    """
    import numpy as np
    from scipy import stats

    ranks = stats.rankdata(rows, axis=1)
    ranks -= ranks.mean(axis=1, keepdims=True)
    length = np.sqrt((ranks**2).sum(axis=1, keepdims=True))
    result: numpy.ndarray = ranks / np.where(length > 0, length, 1.0)
    return result


def _p_values(
    rows: "numpy.ndarray", b: "numpy.ndarray", rho: "numpy.ndarray", seed: int
) -> list[float]:
    """Return the share of orders of `b` with which each row correlates as far as it does."""
    import numpy as np

    n = len(b)
    least = np.abs(rho) - _ROUNDING
    if n <= EXACT_UP_TO:
        orders = np.array(list(permutations(range(n))))
        return [float(share) for share in (np.abs(b[orders] @ rows.T) >= least).mean(axis=0)]
    rng = np.random.default_rng([seed, n])
    as_far = np.zeros(len(rows))
    for size in _blocks(RANDOM_ORDERS, n):
        drawn = rng.permuted(np.tile(b, (size, 1)), axis=1)
        as_far += (np.abs(drawn @ rows.T) >= least).sum(axis=0)
    return [(1 + float(count)) / (1 + RANDOM_ORDERS) for count in as_far]


def _intervals(rows: "numpy.ndarray", y: "numpy.ndarray", seed: int) -> list[tuple[float, float]]:
    import numpy as np

    n = len(y)
    rng = np.random.default_rng([seed, n, 1])
    # Large samples need fewer resamples: their interval is narrow.
    wanted = max(1_000, min(RESAMPLES, _AT_ONCE // n))
    found: list[list[numpy.ndarray]] = [[] for _ in rows]
    for size in _blocks(wanted, n):
        drawn = rng.integers(0, n, (size, n))
        b = _standard_ranks(y[drawn])
        for place, x in enumerate(rows):
            a = _standard_ranks(x[drawn])
            varies = a.any(axis=1) & b.any(axis=1)
            found[place].append((a * b).sum(axis=1)[varies])
    ends = [
        np.quantile(np.concatenate(parts), [LEVEL / 2, 1 - LEVEL / 2]).clip(-1.0, 1.0)
        for parts in found
    ]
    return [(float(low), float(high)) for low, high in ends]


def _blocks(count: int, n: int) -> list[int]:
    size = max(1, _AT_ONCE // n)
    return [min(size, count - start) for start in range(0, count, size)]
