"""History variance: how much a candidate's accuracy moved during training."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sample_engineering.sample import Sample
from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.history import History
from sample_engineering.selectors.protocol import Scores, Selector

if TYPE_CHECKING:
    import numpy

# Accuracies are multiples of 1/8 or 1/16, so equal histories differ by rounding only; twelve digits
# make equal what is equal (on the published histories 382 candidates tie; 302 without rounding).
_DIGITS = 12


class HistoryVariance(Selector):
    """Variance of the accuracy history, in [0, 0.25].

    Sorting by it is the same as by the standard deviation. Histories of unequal length are used in
    full unless the evidence says `truncate_history`; missing visits are left out.

    References
    ----------
    Wang et al. 2025, "Reinforcement Learning for Reasoning in Large Language Models with One
    Training Example", arXiv 2504.20571, section 2.
    """

    name = "history_variance"
    summary = "variance of the accuracy history (arXiv 2504.20571), of full lists unless cut"
    tier = "history"
    needs = ("history",)
    mend = "give `history`, or a pool with a field history_variance"
    reads = ("truncate_history",)
    bounds = (0.0, 0.25)
    heading = "variance"
    leading = ("history_variance",)
    brought = ("history_variance",)
    place = 10

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        pool, history = evidence.pool, evidence.history
        shortest = min(map(len, history.values())) if evidence.truncate_history else None
        values = np.full(len(pool), np.nan)
        reasons: list[str | None] = [None] * len(pool)
        by_length: dict[int, list[int]] = {}
        ids = pool.ids
        for place, id_ in enumerate(ids):
            visits = history.get(id_)
            if visits is not None:
                by_length.setdefault(len(visits[:shortest]), []).append(place)
        for places in by_length.values():  # histories of one length at once
            table = np.array([history[ids[place]][:shortest] for place in places], dtype=float)
            values[places] = np.round(np.nanvar(table, axis=1), _DIGITS)
            low, high = np.nanmin(table, axis=1).tolist(), np.nanmax(table, axis=1).tolist()
            counts = (~np.isnan(table)).sum(axis=1).tolist()
            for row, place in enumerate(places):
                reasons[place] = (
                    f"accuracy moved between {low[row]:.2f} and {high[row]:.2f} "
                    f"over {counts[row]} visits (sd {values[place] ** 0.5:.3f})"
                )
        return Scores(values, reasons, notes=missing_note(pool, history))

    def learned(self, scores: Scores, evidence: Evidence) -> "numpy.ndarray":
        """Standard deviation of the accuracies over its maximum 1/2."""
        import numpy as np

        moved: numpy.ndarray = np.minimum(2 * np.maximum(scores.values, 0.0) ** 0.5, 1.0)
        return moved


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
