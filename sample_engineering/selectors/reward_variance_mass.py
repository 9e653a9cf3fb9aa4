"""Reward-variance mass: the few prompts that hold most of the variance, so of the gradient."""

from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.protocol import ASKED, Scores, Selector
from sample_engineering.selectors.settings import number


class RewardVarianceMass(Selector):
    """Share of the pool's reward variance that stands before no one better, in [0, 1].

    Sorted by the variance p(1 - p) of their rewards, the greatest first, candidates are kept until
    the kept hold a share ``top_p`` of the sum: the smallest such set. The value is 1 minus the
    share held by those before; the column ``in_variance_mass`` says who is kept. Of equals the
    earlier in the pool stands before. Nobody is kept where nothing varies.

    Parameters
    ----------
    top_p : float
        In (0, 1].

    References
    ----------
    RAGEN-2, arXiv 2604.06268 (reward-variance filtering, as nucleus sampling does with tokens).
    """

    name = "reward_variance_mass"
    summary = "1 minus the share of reward variance held by better ones; kept up to top_p (0.9)"
    tier = "probed"
    needs = ("pass_rates",)
    mend = "give `model` or `rates`, or a pool with a field pass_rate"
    reads = ("rates",)
    columns = ("in_variance_mass",)
    place = 68
    when = ASKED

    def __init__(self, *, top_p: float = 0.9) -> None:
        self.top_p = number("top_p", top_p, 1e-6, 1)

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        rates = [evidence.pass_rates.get(sample.id) for sample in evidence.pool]
        variance = np.array([np.nan if r is None else r.rate * (1 - r.rate) for r in rates])
        places = np.flatnonzero(~np.isnan(variance))
        order = places[np.argsort(-variance[places], kind="stable")]
        values = np.full(len(rates), np.nan)
        kept: list[bool | None] = [None] * len(rates)
        total = float(variance[order].sum())
        before = 0.0
        for place in order:
            share_before = before / total if total > 0 else 1.0
            values[place] = max(1.0 - share_before, 0.0)
            # Rounding must not keep one more where the mass is reached exactly.
            kept[place] = share_before < self.top_p - 1e-12
            before += float(variance[place])
        n = sum(bool(one) for one in kept)
        note = f"{n:,} of {len(order):,} candidates hold {self.top_p:.0%} of the reward variance"
        return Scores(values, [None] * len(rates), {"in_variance_mass": kept}, (note,))
