"""Difficulty prior: is the pass rate in the band that training can use."""

from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.protocol import Scores, Selector

# Inside this band p(1 - p) is at least 64 % of its maximum. Intermediate pass rates train best:
# Bae et al. 2025, "Online Difficulty Filtering for Reasoning Oriented Reinforcement Learning",
# arXiv 2504.03380.
BAND = (0.2, 0.8)


class DifficultyPrior(Selector):
    """How well the pass rate fits the useful band, in [0, 1].

    1 inside the band, falling in a straight line to 0 at pass rates 0 and 1: neither out of reach
    nor already mastered.

    Parameters
    ----------
    band : tuple of float
        Lower and upper pass rate, 0 < lower < upper < 1.
    """

    name = "difficulty_prior"
    summary = "1 for pass rates in [0.2, 0.8], falling to 0 at 0 and 1"
    tier = "probed"
    needs = ("pass_rates",)
    mend = "give `model` or `rates`, or a pool with a field pass_rate"
    reads = ("rates",)
    place = 30

    def __init__(self, *, band: tuple[float, float] = BAND) -> None:
        self.band = band

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        pool = evidence.pool
        low, high = self.band
        values = np.full(len(pool), np.nan)
        reasons: list[str | None] = [None] * len(pool)
        for place, sample in enumerate(pool):
            known = evidence.pass_rates.get(sample.id)
            if known is None:
                continue
            p = known.rate
            values[place] = min(1.0, p / low, (1 - p) / (1 - high))
            if p < low:
                reasons[place] = "hard for this model: rarely solved"
            elif p > high:
                reasons[place] = "easy for this model: nearly always solved"
        return Scores(values, reasons)
