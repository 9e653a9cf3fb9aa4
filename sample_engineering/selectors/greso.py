"""GRESO: the chance that a prompt is worth rolling out, after visits that taught nothing."""

from collections.abc import Sequence

from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.history_variance import missing_note
from sample_engineering.selectors.protocol import ASKED, Scores, Selector
from sample_engineering.selectors.settings import number

EASY, HARD = 0.98, 0.11  # accuracies from which, and up to which, a visit taught nothing
LEAST = 0.01  # chance of a rollout that is always left


class GRESO(Selector):
    """max(p^z, 0.01) with z the last visits in a row that taught nothing, in [0.01, 1].

    A visit taught nothing if all rollouts got the same reward: nearly all right (accuracy at least
    0.98) or hardly any (at most 0.11). p is ``p_easy`` or ``p_hard``, by the last visit. The column
    ``greso_skip`` is 1 minus it, the chance of being skipped. In training p_easy and p_hard move by
    0.01 towards a quarter of groups without variance; here they are settings.

    Parameters
    ----------
    p_easy, p_hard : float
        In (0, 1), one half unless set; GRESO keeps them from 0.05 to 0.95.

    References
    ----------
    Zheng et al. 2025, "Act Only When It Pays: Efficient Reinforcement Learning for LLM Reasoning
    via Selective Rollouts", arXiv 2506.02177, and the thresholds of its code
    (Infini-AI-Lab/GRESO at b277843).
    """

    name = "greso"
    summary = "max(p^z, 0.01), z the last visits in a row without variance (arXiv 2506.02177)"
    tier = "history"
    needs = ("history",)
    mend = "give `history`"
    bounds = (LEAST, 1.0)
    columns = ("greso_skip",)
    place = 61
    when = ASKED

    def __init__(self, *, p_easy: float = 0.5, p_hard: float = 0.5) -> None:
        self.p_easy = number("p_easy", p_easy, 0, 1, open_ends=True)
        self.p_hard = number("p_hard", p_hard, 0, 1, open_ends=True)

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        pool, history = evidence.pool, evidence.history
        values = np.full(len(pool), np.nan)
        for place, sample in enumerate(pool):
            visits = history.get(sample.id)
            if visits is not None:
                values[place] = self.rolled_out(visits)
        skip = [None if value != value else 1.0 - float(value) for value in values]
        nothing = [None] * len(pool)
        return Scores(values, nothing, {"greso_skip": skip}, missing_note(pool, history))

    def rolled_out(self, visits: Sequence[float]) -> float:
        """Return the chance of a rollout after these visits, oldest first, NaN where missing."""
        seen = [accuracy for accuracy in visits if accuracy == accuracy]
        z = 0
        for accuracy in reversed(seen):
            if HARD < accuracy < EASY:
                break
            z += 1
        if not z:
            return 1.0
        p = self.p_easy if seen[-1] >= EASY else self.p_hard
        return float(max(p**z, LEAST))
