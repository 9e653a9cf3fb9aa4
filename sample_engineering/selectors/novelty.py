"""Novelty: is the candidate new, or near a benchmark item or another candidate."""

from collections.abc import Sequence

from sample_engineering.sample import Sample
from sample_engineering.selectors.overlap import OverlapIndex, tokens_of
from sample_engineering.selectors.protocol import Scores


class Novelty:
    """1 minus the greatest similarity to another text, in [0, 1].

    Compared with the benchmark items given and with the candidates earlier in the pool. The column
    ``contaminated_by`` names a benchmark item of which the candidate is a copy, a sign or number
    variant or a near-copy (training on it would spoil the evaluation, so the ranking puts it last);
    ``near_duplicate_of`` names an earlier candidate likewise. A merely shared passage lowers the
    value and is said in the reason.

    Parameters
    ----------
    benchmark : sequence of Sample
        Items on which the trained model will be evaluated; may be empty.
    """

    name = "novelty"
    needs = "text"
    tier = "text"
    bounds = (0.0, 1.0)

    def __init__(self, benchmark: Sequence[Sample] = ()) -> None:
        self.benchmark = tuple(benchmark)

    def score(self, pool: Sequence[Sample]) -> Scores:
        import numpy as np

        items = OverlapIndex(item.problem for item in self.benchmark)
        earlier = OverlapIndex()
        values = np.ones(len(pool))
        reasons: list[str | None] = [None] * len(pool)
        contaminated: list[str | None] = [None] * len(pool)
        duplicate: list[str | None] = [None] * len(pool)
        shared = 0
        for place, sample in enumerate(pool):
            tokens = tokens_of(sample.problem)
            said = []
            item = items.nearest(tokens)
            if item is not None:
                values[place] = 1 - item.similarity
                name = self.benchmark[item.index].id
                if item.is_copy:
                    contaminated[place] = name
                    said.append(f"{item.kind} of benchmark item {name}")
                else:
                    shared += 1
                    said.append(f"shares a passage with benchmark item {name}")
            other = earlier.nearest(tokens)
            if other is not None and other.is_copy:
                values[place] = min(values[place], 1 - other.similarity)
                duplicate[place] = pool[other.index].id
                said.append(f"{other.kind} of {duplicate[place]}")
            earlier.add(tokens)
            reasons[place] = "; ".join(said) or None
        copies = sum(name is not None for name in contaminated)
        notes = []
        if self.benchmark:
            notes.append(
                f"near-copies of benchmark items, so last: {copies:,}; "
                f"sharing a passage with one: {shared:,}"
            )
        doubles = sum(name is not None for name in duplicate)
        if doubles:
            notes.append(f"near-copies of an earlier candidate: {doubles:,}")
        columns = {"near_duplicate_of": duplicate}
        if self.benchmark:
            columns["contaminated_by"] = contaminated
        return Scores(self.name, values, reasons, columns, tuple(notes))
