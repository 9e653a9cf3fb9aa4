"""What rollouts say of a pass rate: its posterior, and the chance that a group is dead.

The pass rate p has the posterior Beta(1/2 + right, 1/2 + wrong).
"""

from dataclasses import dataclass

from sample_engineering.selectors.pass_rates import PassRate

# Jeffreys' prior for a proportion.
PRIOR = 0.5
# Central posterior probability of the interval shown.
INTERVAL = 0.9
# Rollouts per group of the published one-shot runs (arXiv 2504.20571).
GROUP_SIZE = 8


def rate_interval(rate: float, rollouts: int) -> tuple[float, float]:
    """Central 90 % posterior interval of a pass rate seen in so many rollouts."""
    from scipy.special import betaincinv

    a, b = PRIOR + rate * rollouts, PRIOR + (1 - rate) * rollouts
    tail = (1 - INTERVAL) / 2
    return float(betaincinv(a, b, tail)), float(betaincinv(a, b, 1 - tail))


@dataclass(frozen=True, slots=True)
class ExpectedLearning:
    """What a pass rate says of training.

    Parameters
    ----------
    learnability : float
        p(1 - p).
    learnability_low, learnability_high : float or None
        Its range over the central 90 % interval of p; None where the rollouts were not counted.
    dead_group_chance : float
        Chance that all rollouts of a group get the same reward.
    """

    learnability: float
    learnability_low: float | None
    learnability_high: float | None
    dead_group_chance: float


def expected_learning(known: PassRate, group_size: int) -> ExpectedLearning:
    """Return what a pass rate says of training with groups of `group_size`."""
    low, high = None, None
    if known.rollouts is not None:
        low, high = learnability_interval(known.rate, known.rollouts)
    p = known.rate
    return ExpectedLearning(p * (1 - p), low, high, dead_group_chance(known, group_size))


def learnability_interval(rate: float, rollouts: int) -> tuple[float, float]:
    """Range of p(1 - p) over the central 90 % posterior interval of p."""
    left, right = rate_interval(rate, rollouts)
    ends = (left * (1 - left), right * (1 - right))
    return min(ends), 0.25 if left <= 0.5 <= right else max(ends)


def dead_group_chance(known: PassRate, group_size: int) -> float:
    """Chance that all rollouts of a group get the same reward."""
    p = known.rate
    if known.rollouts is None:
        return p**group_size + (1 - p) ** group_size
    right, wrong = PRIOR + p * known.rollouts, PRIOR + (1 - p) * known.rollouts
    return _all_alike(right, wrong, group_size) + _all_alike(wrong, right, group_size)


def _all_alike(a: float, b: float, group_size: int) -> float:
    """E[p^G] for p ~ Beta(a, b): a product of (a + k) / (a + b + k)."""
    chance = 1.0
    for k in range(group_size):
        chance *= (a + k) / (a + b + k)
    return chance
