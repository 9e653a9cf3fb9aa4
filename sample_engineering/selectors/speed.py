"""SPEED: a bound on the signal-to-noise ratio of a prompt's gradient."""

from sample_engineering.selectors.of_pass_rate import OfPassRate
from sample_engineering.selectors.pass_rates import PassRate


class SPEED(OfPassRate):
    """4 N p(1 - p), the bound on the gradient's signal-to-noise ratio with N rollouts a prompt.

    Non-negative; N is `group_size`. Prompts that are never or always solved have ratio 0, so SPEED
    screens with a few rollouts and finishes only those with 0 < p < 1.

    References
    ----------
    Zhang et al. 2025, "SPEED-RL: Faster Training of Reasoning Models via Online Curriculum
    Learning", arXiv 2506.09016.
    """

    name = "speed_bound"
    summary = "4 N p(1 - p), bound on the gradient's signal-to-noise ratio (arXiv 2506.09016)"
    reads = ("rates", "group_size")
    bounds = (0.0, float("inf"))
    place = 63

    def of(self, known: PassRate, group_size: int) -> float:
        return 4 * group_size * known.rate * (1 - known.rate)
