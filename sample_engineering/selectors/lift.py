"""Lift: what training on the candidate alone was worth, as one-shot runs measured it."""

from typing import TYPE_CHECKING

from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.protocol import Scores, Selector

if TYPE_CHECKING:
    import numpy

_NONE = 0.5  # measured learning of a sample that changed nothing: lifts lie on both sides of it


class Lift(Selector):
    """Accuracy after one-shot training minus before; a field ``lift`` of the pool."""

    name = "lift"
    summary = "accuracy after training on the candidate alone minus before"
    tier = "validated"
    needs = ("pool.lift",)
    mend = "give a pool with a field lift, as validations measure it"
    bounds = (float("-inf"), float("inf"))  # whatever the pool says
    heading = "lift"
    place = 10
    apart = True

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        values = evidence.field("lift")
        reasons = [None if lift is None else f"measured lift {lift:+.3f}" for lift in values]
        return Scores(np.array([np.nan if v is None else v for v in values]), reasons)

    def learned(self, scores: Scores, evidence: Evidence) -> "numpy.ndarray":
        """1/2 + lift, cut to [0, 1]."""
        import numpy as np

        cut: numpy.ndarray = np.clip(_NONE + scores.values, 0.0, 1.0)
        return cut
