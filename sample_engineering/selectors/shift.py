"""SHIFT: how far one greedy solution moves the model's hidden state."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.protocol import NAMED, Scores, Selector

if TYPE_CHECKING:
    import numpy

MOST_ORDERED = 2_000  # the farthest-first order of so many is told; it takes n^2 distances


class SHIFT(Selector):
    """||h_end - h_start|| of one greedy rollout, non-negative; no label is used.

    h_start is the last hidden state where the answer begins (the last token of the prompt), h_end
    that of the last token answered. Further columns: ``shift_tokens``, the length of the rollout,
    and ``shift_order``, the place in a quality-weighted farthest-first order from 1: first the
    greatest shift, then always the candidate whose shift times the distance to the nearest one
    before it is greatest; distances between (h_start, shift), each of length 1.
    ``--by=-shift_order`` ranks by it. Where the paper does not print a detail (which layer, the
    normalisation), this is our reading; its code was not released when this was written.

    References
    ----------
    Wu et al. 2026, "Single-Rollout Hidden-State Dynamics for Training-Free RLVR Data Selection",
    arXiv 2605.28631.
    """

    name = "shift"
    summary = "||h_end - h_start|| of one greedy rollout, label-free (arXiv 2605.28631)"
    tier = "probed"
    needs = ("weights",)
    mend = "give `model`, a local one"
    bounds = (0.0, float("inf"))
    columns = ("shift_order", "shift_tokens")
    place = 82
    when = NAMED

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        weights, pool = evidence.weights, evidence.pool
        prompts = weights.prompts(pool)
        told = weights.generator.generate(
            [weights.asked(sample) for sample in pool],
            weights.protocol.sampling(greedy=True),
        )
        answers = [weights.tokens(one[0].text) if one else [] for one in told]
        rows = [[*prompt, *answer] for prompt, answer in zip(prompts, answers, strict=True)]
        ends = weights.states(rows, lambda place, states: states[[len(prompts[place]) - 1, -1]])
        start = np.stack([one[0] for one in ends])
        shift = np.stack([one[1] for one in ends]) - start
        values = np.linalg.norm(shift, axis=1)
        best = np.argsort(-values, kind="stable")[:MOST_ORDERED]
        features = np.concatenate([_of_length_one(start), _of_length_one(shift)], axis=1)
        order: list[int | None] = [None] * len(pool)
        for number, place in enumerate(farthest_first(features[best], values[best]), start=1):
            order[int(best[place])] = number
        columns: dict[str, Sequence[int | None]] = {
            "shift_order": order,
            "shift_tokens": [len(answer) for answer in answers],
        }
        return Scores(values, [None] * len(pool), columns)


def farthest_first(features: "numpy.ndarray", quality: "numpy.ndarray") -> list[int]:
    """Order rows: the greatest quality, then by quality times distance to the nearest before.

    Parameters
    ----------
    features : ndarray, shape (n, dimensions)
    quality : ndarray, shape (n,)
        Non-negative.
    """
    import numpy as np

    left = np.ones(len(quality), dtype=bool)
    nearest = np.full(len(quality), np.inf)
    order = []
    for _ in range(len(quality)):
        worth = np.where(left, quality * np.where(np.isinf(nearest), 1.0, nearest), -1.0)
        chosen = int(np.argmax(worth))
        order.append(chosen)
        left[chosen] = False
        nearest = np.minimum(nearest, np.linalg.norm(features - features[chosen], axis=1))
    return order


def _of_length_one(vectors: "numpy.ndarray") -> "numpy.ndarray":
    import numpy as np

    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: numpy.ndarray = vectors / np.where(length > 0, length, 1.0)
    return result
