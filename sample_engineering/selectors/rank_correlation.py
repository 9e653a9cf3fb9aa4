"""Spearman's rank correlation with what is needed to believe it: p, interval and power."""

from dataclasses import dataclass
from itertools import permutations
from math import sqrt, tanh
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy

LEVEL = 0.05  # two-sided
POWER = 0.8
FEWEST = 4  # pairs; of three, no correlation has p below 1/3
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
    n = len(x)
    if n < FEWEST:
        return None
    a, b = _standard_ranks(x[None])[0], _standard_ranks(y[None])[0]
    if not a.any() or not b.any():
        return None
    rho = float(a @ b)
    low, high = _interval(x, y, seed)
    rho = min(max(rho, -1.0), 1.0)
    return Correlation(n, rho, _p_value(a, b, rho, seed), min(low, rho), max(high, rho))


def critical_rho(n: int) -> float:
    """Return the smallest |rho| that is significant at 5 % with n pairs, by Student's t.

    For n = 14 it is 0.53.
    """
    from scipy import stats

    if n < FEWEST:
        return 1.0
    t = float(stats.t.ppf(1 - LEVEL / 2, n - 2))
    return t / sqrt(n - 2 + t * t)


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


def _p_value(a: "numpy.ndarray", b: "numpy.ndarray", rho: float, seed: int) -> float:
    import numpy as np

    n = len(a)
    if n <= EXACT_UP_TO:
        orders = np.array(list(permutations(range(n))))
        return float((np.abs(a[orders] @ b) >= abs(rho) - _ROUNDING).mean())
    rng = np.random.default_rng([seed, n])
    as_far = 0
    for size in _blocks(RANDOM_ORDERS, n):
        drawn = rng.permuted(np.tile(a, (size, 1)), axis=1)
        as_far += int((np.abs(drawn @ b) >= abs(rho) - _ROUNDING).sum())
    return (1 + as_far) / (1 + RANDOM_ORDERS)


def _interval(x: "numpy.ndarray", y: "numpy.ndarray", seed: int) -> tuple[float, float]:
    import numpy as np

    n = len(x)
    rng = np.random.default_rng([seed, n, 1])
    # Large samples need fewer resamples: their interval is narrow.
    wanted = max(1_000, min(RESAMPLES, _AT_ONCE // n))
    found = []
    for size in _blocks(wanted, n):
        drawn = rng.integers(0, n, (size, n))
        a, b = _standard_ranks(x[drawn]), _standard_ranks(y[drawn])
        varies = a.any(axis=1) & b.any(axis=1)
        found.append((a * b).sum(axis=1)[varies])
    low, high = np.quantile(np.concatenate(found), [LEVEL / 2, 1 - LEVEL / 2])
    return float(max(low, -1.0)), float(min(high, 1.0))


def _blocks(count: int, n: int) -> list[int]:
    size = max(1, _AT_ONCE // n)
    return [min(size, count - start) for start in range(0, count, size)]
