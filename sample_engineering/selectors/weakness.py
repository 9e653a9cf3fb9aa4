"""Weakness: what a training run failed at, and did not get better at."""

from typing import TYPE_CHECKING

from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.history_variance import missing_note
from sample_engineering.selectors.protocol import ASKED, Scores, Selector

if TYPE_CHECKING:
    import numpy

LEARNT = 0.5  # a problem whose accuracy once reached this is no weakness


class Weakness(Selector):
    """How fast accuracy fell on what was never learnt: -slope a visit, or 0; in [0, 1].

    A candidate is a weakness, column ``weak``, if its accuracy never reached 1/2 and the
    least-squares slope over its visits is negative. Missing visits keep their place and are left
    out of the fit. Problems like these are what SwS composes new ones from; of themselves they are
    close to unsolvable for the model that made the history.

    References
    ----------
    Liang et al. 2025, "SwS: Self-aware Weakness-driven Problem Synthesis in Reinforcement Learning
    for LLM Reasoning", arXiv 2506.08989.
    """

    name = "weakness"
    summary = "-slope where accuracy stayed below 1/2 and fell, else 0 (SwS, arXiv 2506.08989)"
    tier = "history"
    needs = ("history",)
    mend = "give `history`"
    columns = ("weak",)
    place = 62
    when = ASKED

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        pool, history = evidence.pool, evidence.history
        values = np.full(len(pool), np.nan)
        weak: list[bool | None] = [None] * len(pool)
        for place, sample in enumerate(pool):
            visits = history.get(sample.id)
            if visits is None:
                continue
            accuracies = np.asarray(visits, dtype=float)
            fall = -slope(accuracies)
            weak[place] = bool(np.nanmax(accuracies) < LEARNT and fall > 0)
            values[place] = fall if weak[place] else 0.0
        note = f"weaknesses: {sum(bool(one) for one in weak):,} of {len(pool):,}"
        nothing = [None] * len(pool)
        return Scores(values, nothing, {"weak": weak}, (*missing_note(pool, history), note))


def slope(accuracies: "numpy.ndarray") -> float:
    """Least-squares slope of accuracies over the number of the visit, NaN for a missing one."""
    import numpy as np

    known = ~np.isnan(accuracies)
    visits = np.flatnonzero(known).astype(float)
    away = visits - visits.mean()
    spread = float(away @ away)
    if spread == 0:  # a single visit
        return 0.0
    found = float(away @ accuracies[known]) / spread
    # A level history falls by rounding only.
    return 0.0 if abs(found) < 1e-12 else found
