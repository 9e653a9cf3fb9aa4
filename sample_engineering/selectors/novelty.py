"""Novelty: is the candidate new, or near a benchmark item or another candidate."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sample_engineering.selectors.copies import Sketches
from sample_engineering.selectors.evidence import KEEP, Evidence
from sample_engineering.selectors.fingerprints import tokens_of
from sample_engineering.selectors.instructions import without_format
from sample_engineering.selectors.protocol import Scores, Selector
from sample_engineering.selectors.repeated import Repeated

if TYPE_CHECKING:
    import numpy

_BATCH = 2000  # texts compared at once


class Novelty(Selector):
    """1 minus the greatest similarity to another text, in [0, 1].

    Problems are compared, not prompts: instructions are taken off first (`instructions`). The
    column ``contaminated_by`` names the benchmark item of which the candidate is a copy, a number
    variant or a near-copy, or that it contains (training on it would spoil the evaluation, so the
    ranking puts it last, whatever it is sorted by). A merely shared passage lowers the value and is
    said in the reason. ``near_duplicate_of`` names an earlier candidate that it repeats; copies of
    one problem, in the same or other words with the same numbers and gold, are one candidate to the
    ranking (`Scores.copy_of`). ``other_gold_in`` names a candidate with the same problem and
    another gold: one of the two is wrong; ``copies`` the others that are the same problem.
    """

    name = "novelty"
    summary = "1 minus the greatest similarity to an item of `against` or an earlier candidate"
    reads = ("against", "copies")
    columns = ("near_duplicate_of", "contaminated_by", "other_gold_in", "copies")
    place = 90
    gates = True

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        pool, names = evidence.pool, evidence.against_names
        told = evidence.instructions.without_prompt
        values = np.ones(len(pool))
        said: list[list[str]] = [[] for _ in pool]
        contaminated: list[str | None] = [None] * len(pool)
        tokens: list[Sequence[str]] = []
        shared = 0
        for first in range(0, len(pool), _BATCH):
            wholes = [told(one.problem) for one in pool.samples[first : first + _BATCH]]
            texts = [without_format(whole) for whole in wholes]
            tokens.extend(map(tokens_of, texts))
            for place, item in enumerate(evidence.overlap.nearest_of_each(texts, wholes), first):
                if item is not None:
                    values[place] = 1 - item.similarity
                    gate = "contaminated: " if item.is_copy else ""
                    said[place].append(f"{gate}{item.said} benchmark item {names[item.index]}")
                    contaminated[place] = names[item.index] if item.is_copy else None
                    shared += not item.is_copy
        found = Repeated(
            Sketches.of(tokens),
            pool.__getitem__,
            lambda places: [tokens[place] for place in places],
            told,
        )
        repeating = sorted({*found.nearest, *found.rivals})
        for place in repeating:
            repeated = found.said(place, lambda other: pool[other].id)
            said[place].insert(int(contaminated[place] is not None), repeated)
            if place in found.nearest:
                values[place] = min(values[place], 1 - found.nearest[place].similarity)
        stops = np.array([name is not None for name in contaminated], dtype=bool)
        columns: dict[str, Sequence[Any]] = {
            "near_duplicate_of": [
                pool[found.nearest[place].earlier].id if place in found.nearest else None
                for place in range(len(pool))
            ],
            "other_gold_in": [
                pool[found.rivals[place]].id if place in found.rivals else None
                for place in range(len(pool))
            ],
            "copies": _together(found.copy_of, pool.ids),
        }
        notes = found.notes()
        if names:
            columns["contaminated_by"] = contaminated
            notes.insert(
                0,
                f"near-copies of benchmark items, so last: {int(stops.sum()):,}; "
                f"sharing a passage with one: {shared:,}",
            )
        marks = np.zeros(len(pool), dtype=bool)
        if evidence.copies != KEEP:
            marks[repeating] = True
        return Scores(
            values,
            ["; ".join(parts) or None for parts in said],
            columns,
            tuple(notes),
            stops,
            marks=marks,
            copy_of=found.copy_of,
        )


def _together(copy_of: "numpy.ndarray", ids: Sequence[str]) -> list[list[str] | None]:
    """Ids of the others that are the same problem; None where there are none."""
    groups: dict[int, list[int]] = {}
    for place, first in enumerate(copy_of.tolist()):
        if place != first:
            groups.setdefault(first, [first]).append(place)
    found: list[list[str] | None] = [None] * len(ids)
    for group in groups.values():
        for place in group:
            found[place] = [ids[other] for other in group if other != place]
    return found
