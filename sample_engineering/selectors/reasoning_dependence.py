"""Reasoning dependence: how much the right answer needs the written steps."""

from collections.abc import Mapping, Sequence

from sample_engineering.sample import Sample
from sample_engineering.selectors.pass_rates import PassRate
from sample_engineering.selectors.protocol import Scores


class ReasoningDependence:
    """Pass rate of free rollouts minus pass rate of forced answers, in [-1, 1].

    A forced answer is one where the completion starts inside the box. A candidate whose answer can
    be guessed or recalled teaches little; one that is right only with its steps teaches steps.

    Parameters
    ----------
    rates : mapping of str to PassRate
        By candidate id; used where both pass rates are known.
    """

    name = "reasoning_dependence"
    needs = "forced_pass_rate"
    tier = "probed"
    bounds = (-1.0, 1.0)

    def __init__(self, rates: Mapping[str, PassRate]) -> None:
        self.rates = rates

    def score(self, pool: Sequence[Sample]) -> Scores:
        import numpy as np

        values = np.full(len(pool), np.nan)
        reasons: list[str | None] = [None] * len(pool)
        for place, sample in enumerate(pool):
            known = self.rates.get(sample.id)
            if known is None or known.forced is None:
                continue
            values[place] = known.rate - known.forced
            reasons[place] = (
                f"right {known.rate:.0%} of the time with steps, {known.forced:.0%} without"
            )
        return Scores(self.name, values, reasons)
