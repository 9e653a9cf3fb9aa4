"""VCRL: the variance of a group's rewards as a share of the greatest that its size allows."""

from sample_engineering.selectors.of_pass_rate import OfPassRate, right_of
from sample_engineering.selectors.pass_rates import PassRate


class VCRL(OfPassRate):
    """Sample variance of the n rewards over its maximum, in [0, 1].

    k(n - k) / (n(n - 1)) over n / (4(n - 1)) for even n, or (n + 1) / (4n) for odd n: what k = n/2,
    or k = (n - 1)/2, gives.

    References
    ----------
    Jiang et al. 2025, "VCRL: Variance-based Curriculum Reinforcement Learning for Large Language
    Models", arXiv 2509.19803.
    """

    name = "vcrl"
    summary = "variance of the rewards over the greatest for that many rollouts (arXiv 2509.19803)"
    counted = True
    place = 61

    def of(self, known: PassRate, group_size: int) -> float | None:
        n = known.rollouts
        if n is None or n < 2:
            return None
        right = right_of(known)
        greatest = n / (4 * (n - 1)) if n % 2 == 0 else (n + 1) / (4 * n)
        return right * (n - right) / (n * (n - 1)) / greatest
