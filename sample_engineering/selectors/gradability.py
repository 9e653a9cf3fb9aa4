"""Gradability: can the grader read the gold answer, and what kind is it."""

from sample_engineering.errors import SampleEngineeringError
from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.protocol import Count, Scores, Selector


class Gradability(Selector):
    """1 where the gold answer can be read, 0 where not: a gate, as a wrong reward trains wrongly.

    The column ``answer_kind`` names the kind (`sample.ANSWER_KINDS`), None where unreadable.
    """

    name = "gradable"
    summary = "whether the grader reads the gold answer, and as what"
    leading = ("answer_kind",)
    columns = ("answer_kind",)
    gates = True
    apart = True

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        from sample_engineering.grading import read_sample_gold

        pool = evidence.pool
        values = np.zeros(len(pool))
        kinds: list[str | None] = [None] * len(pool)
        reasons: list[str | None] = [None] * len(pool)
        for place, sample in enumerate(pool):
            try:
                kinds[place] = read_sample_gold(sample).kind
                values[place] = 1.0
            except SampleEngineeringError as error:
                reasons[place] = f"cannot be graded: {error}"
        bad = int((values == 0).sum())
        notes = (Count("cannot be graded, so last: {:,}", bad),) if bad else ()
        return Scores(values, reasons, {"answer_kind": kinds}, notes, stops=values == 0)
