"""Which candidate to train on next: what may well be best, by what is believed of all."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from sample_engineering.errors import ConfigError
from sample_engineering.search.surrogate import Belief

if TYPE_CHECKING:
    import numpy as np

# How many standard deviations are hoped for. By the knowledge gradient at once more was explored
# than a good ranking deserves (docs/lab/search.md).
HOPE = 0.5
# What a trial may come to, as so many equally likely quantiles of its normal distribution.
_OUTCOMES = 32


def propose(
    belief: Belief, tried: Collection[int] = (), allowed: Collection[int] | None = None
) -> int:
    """Return the candidate to train on next.

    Of those that were not tried, the one of the greatest upper bound: expected lift and half of its
    standard deviation. It may be best, and what is uncertain tells more. Before the first trial all
    are bounded by the ranking, and its first comes first. When all were tried, a further seed of
    the one whose trial is expected to add most to the choice (`knowledge_gradient`).

    Parameters
    ----------
    belief : Belief
        Of n candidates.
    tried : collection of int
        Candidates that were trained on.
    allowed : collection of int, optional
        Candidates that may be proposed; None: all.

    Raises
    ------
    ConfigError
        If there is none to propose.
    """
    import numpy as np

    may = np.array(sorted(range(len(belief.mean)) if allowed is None else set(allowed)), dtype=int)
    if not len(may):
        raise ConfigError("there is no candidate to propose; give a pool with some")
    if not tried:
        return int(may[np.argmax(belief.mean[may])])
    fresh = np.setdiff1d(may, list(tried))
    if len(fresh):
        return int(fresh[np.argmax((belief.mean + HOPE * belief.sd)[fresh])])
    gains = knowledge_gradient(belief, sorted(tried))[may]
    # A gain too small for floating point says nothing; the expected lift then decides.
    order = np.lexsort((-belief.mean[may], -np.round(gains, 9)))
    return int(may[order[0]])


def knowledge_gradient(belief: Belief, tried: "list[int]") -> "np.ndarray":
    """Return what a trial of each candidate is expected to add to the best choice, shape (n,).

    The knowledge gradient for correlated beliefs (Frazier, Powell and Dayanik 2009). The choice is
    made among the candidates that were tried, and the one of the trial.
    """
    import numpy as np
    from scipy.stats import norm

    outcomes = norm.ppf((np.arange(_OUTCOMES) + 0.5) / _OUTCOMES)
    scale = np.sqrt(np.diag(belief.covariance) + belief.noise)
    best = belief.mean[tried].max()
    gains = np.empty(len(belief.mean))
    for place in range(len(gains)):
        among = np.array([*tried, place])
        moves = belief.covariance[among, place] / scale[place]
        after = belief.mean[among][:, None] + moves[:, None] * outcomes
        gains[place] = after.max(axis=0).mean() - best
    return gains
