"""Reasoning dependence: how much the right answer needs the written steps."""

from typing import TYPE_CHECKING

from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.protocol import Scores, Selector

if TYPE_CHECKING:
    import numpy


# Share of the right answers that need no steps from which on the reason warns. Two chains of the
# microcosm whose round answer a guess hit now and then lowered accuracy (docs/lab/microcosm.md).
MOSTLY = 0.5


class ReasoningDependence(Selector):
    """Pass rate of free rollouts minus pass rate of forced answers, in [-1, 1].

    A forced answer is one where the completion starts inside the box. A candidate whose answer can
    be guessed or recalled teaches little; one that is right only with its steps teaches steps.
    Known where both pass rates are.
    """

    name = "reasoning_dependence"
    summary = "pass rate with free rollouts minus with answers forced at once"
    tier = "probed"
    needs = ("pass_rates",)
    mend = "give `model`, or `rates` with a field forced_pass_rate"
    reads = ("rates",)
    bounds = (-1.0, 1.0)
    heading = "steps"
    brought = ("reasoning_dependence",)
    place = 20

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        pool = evidence.pool
        values = np.full(len(pool), np.nan)
        reasons: list[str | None] = [None] * len(pool)
        for place, sample in enumerate(pool):
            known = evidence.pass_rates.get(sample.id)
            if known is None or known.forced is None:
                continue
            values[place] = known.rate - known.forced
            said = f"right {known.rate:.0%} of the time with steps, {known.forced:.0%} without"
            if known.rate and known.forced > MOSTLY * known.rate:
                said += ": mostly guesses, which training would reinforce"
            reasons[place] = said
        return Scores(values, reasons)

    def tempers(self, scores: Scores, evidence: Evidence) -> "numpy.ndarray":
        """Share of the right answers that need the written steps."""
        import numpy as np

        known = (evidence.pass_rates.get(sample.id) for sample in evidence.pool)
        rates = np.array([one.rate if one and one.rate else np.nan for one in known])
        share: numpy.ndarray = np.clip(scores.values / rates, 0.0, 1.0)
        return share
