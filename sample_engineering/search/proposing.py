"""Which candidate to train on next: the one whose trial is expected to improve the choice most."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from sample_engineering.errors import ConfigError
from sample_engineering.search.surrogate import Belief

if TYPE_CHECKING:
    import numpy as np

# What a trial may come to, as so many equally likely quantiles of its normal distribution.
_OUTCOMES = 32


def propose(
    belief: Belief, tried: Collection[int] = (), allowed: Collection[int] | None = None
) -> int:
    """Return the candidate to train on next.

    By the knowledge gradient (Frazier, Powell and Dayanik 2009, for correlated beliefs): the
    expected gain of the best expected lift among what was tried, if this candidate is trained on
    once more. It asks for what may be best, for what tells most of others, and for a second seed of
    a leader whose lead is uncertain. Before the first trial there is nothing to choose among, so
    it is the candidate of the greatest expected lift: the first of the ranking.

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
    gains = knowledge_gradient(belief, sorted(tried))[may]
    # A gain too small for floating point says nothing; the expected lift then decides.
    order = np.lexsort((-belief.mean[may], -np.round(gains, 9)))
    return int(may[order[0]])


def knowledge_gradient(belief: Belief, tried: "list[int]") -> "np.ndarray":
    """Return what a trial of each candidate is expected to add to the best choice, shape (n,).

    The choice is made among the candidates that were tried, and the one of the trial.
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
