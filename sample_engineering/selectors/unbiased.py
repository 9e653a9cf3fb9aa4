"""Unbiased learnability: the variance of a rollout's reward, without the bias of few rollouts."""

from sample_engineering.selectors.of_pass_rate import OfPassRate, right_of
from sample_engineering.selectors.pass_rates import PassRate


class UnbiasedLearnability(OfPassRate):
    """k(n - k) / (n(n - 1)) for k right of n rollouts, in [0, 0.5].

    The sample variance of 0/1 rewards. Its mean over draws of the rollouts is p(1 - p) itself,
    where that of (k/n)(1 - k/n) is smaller by a factor (n - 1)/n: pools probed with different
    numbers of rollouts compare only with this one. A single rollout has no variance.

    References
    ----------
    Bessel's correction; as the group variance of VCRL, arXiv 2509.19803.
    """

    name = "unbiased_learnability"
    summary = "k(n - k) / (n(n - 1)) for k right of n rollouts, unbiased for p(1 - p)"
    bounds = (0.0, 0.5)
    counted = True
    place = 60

    def of(self, known: PassRate, group_size: int) -> float | None:
        n = known.rollouts
        if n is None or n < 2:
            return None
        right = right_of(known)
        return right * (n - right) / (n * (n - 1))
