"""R-Zero: the uncertainty that its challenger is rewarded for."""

from sample_engineering.selectors.of_pass_rate import OfPassRate
from sample_engineering.selectors.pass_rates import PassRate


class RZero(OfPassRate):
    """1 - 2|p - 1/2|, in [0, 1]: 1 where half of the rollouts are right.

    The same order as distance to one half, "accuracy-greedy" selection.

    References
    ----------
    Huang et al. 2025, "R-Zero: Self-Evolving Reasoning LLM from Zero Data", arXiv 2508.05004.
    """

    name = "r_zero"
    summary = "1 - 2|p - 1/2| (arXiv 2508.05004); the same order as nearness to one half"
    place = 66

    def of(self, known: PassRate, group_size: int) -> float:
        return 1 - 2 * abs(known.rate - 0.5)
