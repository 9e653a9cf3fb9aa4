"""Novelty: is the candidate new, or near a benchmark item or another candidate."""

from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.overlap import OverlapIndex, tokens_of
from sample_engineering.selectors.protocol import Scores, Selector


class Novelty(Selector):
    """1 minus the greatest similarity to another text, in [0, 1].

    Compared with the items of `against` and with the candidates earlier in the pool. The column
    ``contaminated_by`` names a benchmark item of which the candidate is a copy, a sign or number
    variant or a near-copy (training on it would spoil the evaluation, so the ranking puts it last);
    ``near_duplicate_of`` names an earlier candidate likewise. A merely shared passage lowers the
    value and is said in the reason.
    """

    name = "novelty"
    summary = "1 minus the greatest similarity to an item of `against` or an earlier candidate"
    reads = ("against",)
    columns = ("near_duplicate_of", "contaminated_by")
    place = 90
    gates = True

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        pool, benchmark, items = evidence.pool, evidence.against, evidence.overlap
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
                name = benchmark[item.index].id
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
        if benchmark:
            notes.append(
                f"near-copies of benchmark items, so last: {copies:,}; "
                f"sharing a passage with one: {shared:,}"
            )
        doubles = sum(name is not None for name in duplicate)
        if doubles:
            notes.append(f"near-copies of an earlier candidate: {doubles:,}")
        columns = {"near_duplicate_of": duplicate}
        if benchmark:
            columns["contaminated_by"] = contaminated
        stops = np.array([name is not None for name in contaminated], dtype=bool)
        return Scores(values, reasons, columns, tuple(notes), stops)
