"""History variance: how much a candidate's accuracy moved during training."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sample_engineering.pool import Pool
from sample_engineering.sample import Sample
from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.history import History
from sample_engineering.selectors.protocol import Scores, Selector
from sample_engineering.selectors.shelf import made

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
        if history.table is not None:
            return self._of_table(pool, history, history.table)
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
                reasons[place] = _reason(low[row], high[row], counts[row], values[place])
        return Scores(values, reasons, notes=missing_note(pool, history))

    def _of_table(self, pool: Pool, history: History, table: "numpy.ndarray") -> Scores:
        """Score by histories that are as long and whole, all at once."""
        import numpy as np

        ids = pool.ids
        rows = np.fromiter((history.places.get(id_, -1) for id_ in ids), np.int64, len(ids))
        known = rows >= 0
        moved = np.round(table.var(axis=1), _DIGITS)
        values = np.where(known, moved[rows], np.nan)

        def reason(place: int) -> str | None:
            if not known[place]:
                return None
            visits = table[rows[place]]
            return _reason(visits.min(), visits.max(), len(visits), values[place])

        return Scores(values, made(reason, len(ids)), notes=missing_note(pool, history))

    def learned(self, scores: Scores, evidence: Evidence) -> "numpy.ndarray":
        """Standard deviation of the accuracies over its maximum 1/2."""
        import numpy as np

        moved: numpy.ndarray = np.minimum(2 * np.maximum(scores.values, 0.0) ** 0.5, 1.0)
        return moved


def _reason(low: float, high: float, visits: int, variance: float) -> str:
    return (
        f"accuracy moved between {low:.2f} and {high:.2f} "
        f"over {visits} visits (sd {variance**0.5:.3f})"
    )


def missing_note(pool: Sequence[Sample], history: History) -> tuple[str, ...]:
    """Say how many candidates have no history, and how many histories no candidate."""
    ids = {sample.id for sample in pool}
    without = len(ids - history.places.keys())
    unused = len(history) - (len(ids) - without)
    notes = []
    if without:
        notes.append(f"candidates without history: {without:,} of {len(ids):,}")
    if unused:
        notes.append(f"histories without a candidate in the pool: {unused:,}")
    return tuple(notes)
