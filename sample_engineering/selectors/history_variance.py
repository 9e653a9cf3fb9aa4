"""History variance: how much a candidate's accuracy moved during training."""

from collections.abc import Sequence

from sample_engineering.sample import Sample
from sample_engineering.selectors.history import History
from sample_engineering.selectors.protocol import Scores

# Accuracies are multiples of 1/8 or 1/16, so equal histories differ by rounding only; twelve digits
# make equal what is equal (on the published histories 382 candidates tie; 302 without rounding).
_DIGITS = 12


class HistoryVariance:
    """Variance of the accuracy history, in [0, 0.25].

    Sorting by it is the same as by the standard deviation. Histories of unequal length are used in
    full unless `truncate` is set; missing visits are left out.

    Parameters
    ----------
    history : History
        Accuracies at successive checkpoints.
    truncate : bool
        Cut all histories to the shortest one first.

    References
    ----------
    Wang et al. 2025, "Reinforcement Learning for Reasoning in Large Language Models with One
    Training Example", arXiv 2504.20571, section 2.
    """

    name = "history_variance"
    needs = "history"
    tier = "history"
    bounds = (0.0, 0.25)

    def __init__(self, history: History, *, truncate: bool = False) -> None:
        self.history = history
        self.truncate = truncate

    def score(self, pool: Sequence[Sample]) -> Scores:
        import numpy as np

        shortest = min(map(len, self.history.values())) if self.truncate else None
        values = np.full(len(pool), np.nan)
        reasons: list[str | None] = [None] * len(pool)
        for place, sample in enumerate(pool):
            visits = self.history.get(sample.id)
            if visits is None:
                continue
            array = np.asarray(visits[:shortest])
            array = array[~np.isnan(array)]
            values[place] = round(float(np.var(array)), _DIGITS)
            reasons[place] = (
                f"accuracy moved between {array.min():.2f} and {array.max():.2f} "
                f"over {array.size} visits (sd {values[place] ** 0.5:.3f})"
            )
        return Scores(self.name, values, reasons, notes=missing_note(pool, self.history))


def missing_note(pool: Sequence[Sample], history: History) -> tuple[str, ...]:
    """Say how many candidates have no history, and how many histories no candidate."""
    ids = {sample.id for sample in pool}
    without = sum(id_ not in history for id_ in ids)
    unused = sum(id_ not in ids for id_ in history)
    notes = []
    if without:
        notes.append(f"candidates without history: {without:,} of {len(ids):,}")
    if unused:
        notes.append(f"histories without a candidate in the pool: {unused:,}")
    return tuple(notes)
