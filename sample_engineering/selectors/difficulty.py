"""Difficulty prior: is the pass rate in the band that training can use."""

from collections.abc import Mapping, Sequence

from sample_engineering.sample import Sample
from sample_engineering.selectors.pass_rates import PassRate
from sample_engineering.selectors.protocol import Scores

# Inside this band p(1 - p) is at least 64 % of its maximum. Intermediate pass rates train best:
# Bae et al. 2025, "Online Difficulty Filtering for Reasoning Oriented Reinforcement Learning",
# arXiv 2504.03380.
BAND = (0.2, 0.8)


class DifficultyPrior:
    """How well the pass rate fits the useful band, in [0, 1].

    1 inside the band, falling in a straight line to 0 at pass rates 0 and 1: neither out of reach
    nor already mastered.

    Parameters
    ----------
    rates : mapping of str to PassRate
        By candidate id.
    band : tuple of float
        Lower and upper pass rate, 0 < lower < upper < 1.
    """

    name = "difficulty_prior"
    needs = "pass_rate"
    tier = "probed"
    bounds = (0.0, 1.0)

    def __init__(self, rates: Mapping[str, PassRate], *, band: tuple[float, float] = BAND) -> None:
        self.rates = rates
        self.band = band

    def score(self, pool: Sequence[Sample]) -> Scores:
        import numpy as np

        low, high = self.band
        values = np.full(len(pool), np.nan)
        reasons: list[str | None] = [None] * len(pool)
        for place, sample in enumerate(pool):
            known = self.rates.get(sample.id)
            if known is None:
                continue
            p = known.rate
            values[place] = min(1.0, p / low, (1 - p) / (1 - high))
            if p < low:
                reasons[place] = "hard for this model: rarely solved"
            elif p > high:
                reasons[place] = "easy for this model: nearly always solved"
        return Scores(self.name, values, reasons)
