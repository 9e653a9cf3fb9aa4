"""The unbiased estimator of pass@k.

References
----------
Chen et al. (2021), Evaluating large language models trained on code, arXiv 2107.03374, equation 1.
"""

from math import comb

import numpy as np

from sample_engineering.errors import ConfigError


def pass_at_k(total: np.ndarray, correct: np.ndarray, k: int) -> np.ndarray:
    """Chance that at least one of `k` completions is correct, estimated for each item.

    Parameters
    ----------
    total, correct : int array of shape (n_items,)
        Completions of each item, and correct ones among them.
    k : int
        From 1 to the smallest of `total`.

    Returns
    -------
    array of shape (n_items,)
        ``1 - C(total - correct, k) / C(total, k)``.

    Raises
    ------
    ConfigError
        If `k` is out of range.
    """
    total, correct = np.asarray(total), np.asarray(correct)
    if k < 1 or k > total.min():
        raise ConfigError(
            f"pass@{k} cannot be estimated from {int(total.min())} completions an item; "
            "sample more of them or ask for a smaller k"
        )
    pairs, where = np.unique(np.stack([total, correct]), axis=1, return_inverse=True)
    values = np.array([1 - comb(int(n - c), k) / comb(int(n), k) for n, c in pairs.T])
    return values[np.asarray(where).ravel()]


def ks(samples: int) -> tuple[int, ...]:
    """Return the values of k shown for `samples` completions: powers of two, and all of them."""
    powers = [2**power for power in range(samples.bit_length()) if 2**power <= samples]
    return tuple(dict.fromkeys([*powers, samples]))
