"""LIM: how closely a candidate's accuracy follows the average of all candidates."""

from statistics import median
from typing import TYPE_CHECKING

from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.history import filled
from sample_engineering.selectors.history_variance import missing_note
from sample_engineering.selectors.protocol import Scores, Selector

if TYPE_CHECKING:
    import numpy

# A history of fewer visits than this share of the usual number would cut all others to its length.
_SHORT = 0.5
# The published cut (arXiv 2502.11886, section 3): at least this much is worth training on.
PUBLISHED_THRESHOLD = 0.6


class LIM(Selector):
    """Learning impact measurement, at most 1 and without a lower bound.

    With r the candidate's accuracy at epoch k and m the mean over all candidates of the history,
    ``1 - sum_k (r - m)^2 / sum_k (1 - m)^2``. As in the published selection code, histories are cut
    to the shortest, and a missing first epoch takes the next one's value; epochs missing later are
    left out of both sums. The mean is over all candidates of the history, in the pool or not.
    Unlike there, a history with fewer than half of the median number of visits is left out instead
    of cutting all others, unless the evidence says `truncate_history`.

    References
    ----------
    Li et al. 2025, "LIMR: Less is More for RL Scaling", arXiv 2502.11886.
    """

    name = "lim"
    summary = "1 - sum (r - m)^2 / sum (1 - m)^2, r the accuracy, m the mean (arXiv 2502.11886)"
    tier = "history"
    needs = ("history",)
    mend = "give `history`, or a pool with a field lim"
    reads = ("truncate_history",)
    bounds = (float("-inf"), 1.0)
    heading = "lim"
    leading = ("lim",)
    brought = ("lim",)
    place = 20

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        pool, history = evidence.pool, evidence.history
        lengths = {id_: len(visits) for id_, visits in history.items()}
        least = 0.0 if evidence.truncate_history else _SHORT * median(lengths.values())
        used = {id_: row for row, id_ in enumerate(i for i, n in lengths.items() if n >= least)}
        shortest = min(lengths[id_] for id_ in used)
        table = np.array([filled(history[id_])[:shortest] for id_ in used])
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
            row = used.get(sample.id)
            if row is None:
                continue
            values[place] = lim[row]
            verdict = "follows" if lim[row] >= PUBLISHED_THRESHOLD else "departs from"
            reasons[place] = f"{verdict} the average learning curve over {shortest} epochs"
        notes = list(missing_note(pool, history))
        if max(lengths[id_] for id_ in used) > shortest:
            longest = max(lengths.values())
            notes.append(f"LIM uses the first {shortest} of up to {longest} visits")
        if len(used) < len(lengths):
            short = [id_ for id_ in lengths if id_ not in used]
            notes.append(
                f"LIM leaves out histories of fewer than {least:g} visits: {len(short):,}, e.g. "
                f"{short[0]}; `truncate_history` cuts all to the shortest instead"
            )
        return Scores(values, reasons, notes=tuple(notes))

    def learned(self, scores: Scores, evidence: Evidence) -> "numpy.ndarray":
        """The value, cut to [0, 1]."""
        import numpy as np

        cut: numpy.ndarray = np.clip(scores.values, 0.0, 1.0)
        return cut
