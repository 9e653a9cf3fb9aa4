"""Reasoning activation potential: the few problems that make a model reason."""

from random import Random

from sample_engineering.selectors.attention_confidence import attended
from sample_engineering.selectors.causal_discrepancy import MOST_ROLLOUTS, ROLLOUTS, both_ways
from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.protocol import NAMED, Scores, Selector
from sample_engineering.selectors.settings import number

_EASY, _PRIOR, _BIASED = "easy", "prior", "biased"
_SAID = {
    _EASY: "left out as easy: right in all {rollouts} rollouts",
    _PRIOR: "left out: hardly more often right than without what it rests on",
    _BIASED: "left out: its solution hangs on one token",
}


class ReasoningActivation(Selector):
    """D(x) of the candidates that are chosen, and 0 of the others; in [0, 1].

    Chosen are "cognitive samples", whose causal discrepancy D is above `least` and whose attention
    is not stuck on one token (``attention_overtrust`` at most `stuck`), and not the easy ones,
    which all rollouts solve. In their place come hard ones (difficulty-aware replacement): those
    that exactly one rollout solves, and none without the premises, of which a share `hard` is
    drawn. ``--where 'reasoning_activation > 0'`` keeps the set.

    Parameters
    ----------
    rollouts : int
        M of `CausalDiscrepancy`.
    least : float
        Of D; 0.2 in the authors' code, 0.5 in the paper by its reviews.
    stuck : float
        Of the overtrust; ours.
    hard : float
        Share of the hard ones that come in; 0.1 in the authors' code.

    References
    ----------
    Li et al. 2025, "Truth in the Few" (RAP), arXiv 2506.04755, and the authors' code. Its further
    condition on how near a pass rate is to the pool's mean (from LIMR) is left out.
    """

    name = "reasoning_activation"
    summary = "RAP: premises matter, attention is not stuck, easy ones give way (arXiv 2506.04755)"
    tier = "probed"
    needs = ("weights",)
    mend = "give `model`, a local one"
    reads = ("seed",)
    bounds = (0.0, 1.0)
    place = 86
    when = NAMED

    def __init__(
        self,
        *,
        rollouts: int = ROLLOUTS,
        least: float = 0.2,
        stuck: float = 0.5,
        hard: float = 0.1,
    ) -> None:
        self.rollouts = int(number("rollouts", rollouts, 1, MOST_ROLLOUTS))
        self.least = number("least", least, -1, 1)
        self.stuck = number("stuck", stuck, 0, 1)
        self.hard = number("hard", hard, 0, 1)

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        found, seen = both_ways(evidence, self.rollouts), attended(evidence)
        # A mean of whole counts over M is compared with a limit such as 0.2 in tenths of a rollout.
        d = np.round(found.discrepancy, 9)
        values = np.where(np.isnan(d), np.nan, 0.0)
        reasons: list[str | None] = [None] * len(d)
        hard = []
        for place in np.flatnonzero(~np.isnan(d)).tolist():
            why = self._left_out(found.given[place], d[place], seen.overtrust[place])
            if found.given[place] == 1 and found.hidden[place] == 0 and self.rollouts > 1:
                hard.append(place)
            if why is None:
                values[place] = d[place]
                reasons[place] = "makes the model reason: right only with what it rests on"
            else:
                reasons[place] = _SAID[why].format(rollouts=self.rollouts)
        waiting = [place for place in hard if not values[place]]
        drawn = Random(f"{evidence.seed} hard").sample(waiting, int(self.hard * len(waiting)))
        for place in drawn:
            values[place] = d[place]
            reasons[place] = f"comes in as hard: right in 1 of {self.rollouts} rollouts"
        chosen, known = int((values > 0).sum()), int((~np.isnan(values)).sum())
        note = f"reasoning activation chooses {chosen:,} of {known:,}, {len(drawn):,} as hard"
        return Scores(values, reasons, notes=(note,))

    def _left_out(self, right: float, d: float, overtrust: float) -> str | None:
        if right == self.rollouts:
            return _EASY
        if not d > self.least:
            return _PRIOR
        return _BIASED if overtrust > self.stuck else None
