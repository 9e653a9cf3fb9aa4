"""LIM: how closely a candidate's accuracy follows the average of all candidates."""

from collections.abc import Sequence

from sample_engineering.sample import Sample
from sample_engineering.selectors.history import History, filled
from sample_engineering.selectors.history_variance import missing_note
from sample_engineering.selectors.protocol import Scores

# The published cut (arXiv 2502.11886, section 3): at least this much is worth training on.
PUBLISHED_THRESHOLD = 0.6


class LIM:
    """Learning impact measurement, at most 1 and without a lower bound.

    With r the candidate's accuracy at epoch k and m the mean over all candidates of the history,
    ``1 - sum_k (r - m)^2 / sum_k (1 - m)^2``. As in the published selection code, histories are cut
    to the shortest, and a missing first epoch takes the next one's value; epochs missing later are
    left out of both sums.

    Parameters
    ----------
    history : History
        Accuracies at successive epochs; the mean is over all of them, in the pool or not.

    References
    ----------
    Li et al. 2025, "LIMR: Less is More for RL Scaling", arXiv 2502.11886.
    """

    name = "lim"
    needs = "history"
    tier = "history"
    bounds = (float("-inf"), 1.0)

    def __init__(self, history: History) -> None:
        self.history = history

    def score(self, pool: Sequence[Sample]) -> Scores:
        import numpy as np

        shortest = min(map(len, self.history.values()))
        table = np.array([filled(visits)[:shortest] for visits in self.history.values()])
        known = ~np.isnan(table)
        counts = known.sum(axis=0)
        mean = np.where(known, table, 0.0).sum(axis=0) / np.maximum(counts, 1)
        away = np.where(known, (table - mean) ** 2, 0.0).sum(axis=1)
        whole = np.where(known, (1.0 - mean) ** 2, 0.0).sum(axis=1)
        # Every candidate solved at every epoch: nobody differs from the average.
        with np.errstate(invalid="ignore", divide="ignore"):
            lim = np.where(whole > 0, 1.0 - away / whole, 1.0)
        values = np.full(len(pool), np.nan)
        reasons: list[str | None] = [None] * len(pool)
        for place, sample in enumerate(pool):
            row = self.history.places.get(sample.id)
            if row is None:
                continue
            values[place] = lim[row]
            verdict = "follows" if lim[row] >= PUBLISHED_THRESHOLD else "departs from"
            reasons[place] = f"{verdict} the average learning curve over {shortest} epochs"
        lengths = {len(visits) for visits in self.history.values()}
        notes = list(missing_note(pool, self.history))
        if len(lengths) > 1:
            notes.append(f"LIM uses the first {shortest} of up to {max(lengths)} visits")
        return Scores(self.name, values, reasons, notes=tuple(notes))
