"""Unique wrong answers: many ways to go wrong, and yet often right."""

from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.protocol import ASKED, Scores, Selector


class UniqueWrongAnswers(Selector):
    """Distinct wrong final answers times the pass rate, non-negative.

    Large where rollouts explore and some find the answer. It grows with the number of rollouts, so
    only candidates with equal numbers compare. The column ``unique_wrong`` has the number alone.

    References
    ----------
    AH-Technologies/llm-training-experiments, ``one_shot_metrics``, which scores it on published
    one-shot examples.
    """

    name = "unique_wrong_answers"
    summary = "distinct wrong final answers times the pass rate"
    tier = "probed"
    needs = ("answers",)
    mend = "give `model`, or `rates` of a probe that recorded answers (wrong_answers)"
    reads = ("rates",)
    bounds = (0.0, float("inf"))
    columns = ("unique_wrong",)
    place = 70
    when = ASKED

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        pool = evidence.pool
        values = np.full(len(pool), np.nan)
        unique: list[int | None] = [None] * len(pool)
        for place, sample in enumerate(pool):
            counts = evidence.answers.get(sample.id)
            if counts is not None:
                unique[place] = len(counts.wrong)
                values[place] = len(counts.wrong) * counts.right / counts.rollouts
        numbers = {c.rollouts for c in evidence.answers.values()}
        notes = (
            ("unique wrong answers: numbers of rollouts differ, so candidates do not compare",)
            if len(numbers) > 1
            else ()
        )
        return Scores(values, [None] * len(pool), {"unique_wrong": unique}, notes)
