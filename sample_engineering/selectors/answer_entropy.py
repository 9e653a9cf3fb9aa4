"""Answer entropy: how far the rollouts disagree about the answer."""

import math
from collections.abc import Sequence

from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.protocol import ASKED, Scores, Selector


class AnswerEntropy(Selector):
    """-sum q log2 q over the distinct final answers, over log2 n for n rollouts; in [0, 1].

    q is the share of rollouts with that answer. Equal answers are one, as the grader says; rollouts
    without an answer that can be read are one class of their own. 0 where all agree, 1 where no two
    do. Needs no gold but for telling right from wrong elsewhere. A single rollout has no entropy.

    References
    ----------
    Shannon entropy of self-consistency (arXiv 2203.11171) votes; used on the published one-shot
    examples by AH-Technologies/llm-training-experiments, ``one_shot_metrics``.
    """

    name = "answer_entropy"
    summary = "-sum q log2 q over distinct final answers, over log2 n"
    tier = "probed"
    needs = ("answers",)
    mend = "give `model`, or `rates` of a probe that recorded answers (wrong_answers)"
    reads = ("rates",)
    place = 69
    when = ASKED

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        pool = evidence.pool
        values = np.full(len(pool), np.nan)
        for place, sample in enumerate(pool):
            counts = evidence.answers.get(sample.id)
            if counts is not None and counts.rollouts > 1:
                values[place] = entropy(counts.spread) / math.log2(counts.rollouts)
        return Scores(values, [None] * len(pool))


def entropy(sizes: Sequence[int]) -> float:
    """Entropy in bits of the classes of these sizes."""
    total = sum(sizes)
    shares = [size / total for size in sizes]
    return max(0.0, -math.fsum(share * math.log2(share) for share in shares))
