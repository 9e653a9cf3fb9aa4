"""Novelty: is the candidate new, or near a benchmark item or another candidate."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sample_engineering.sample import Sample
from sample_engineering.selectors.copies import Sketches
from sample_engineering.selectors.evidence import KEEP, Evidence
from sample_engineering.selectors.fingerprints import Texts, tokens_of, tokens_shown
from sample_engineering.selectors.instructions import without_format
from sample_engineering.selectors.overlap import Match
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
        """Score every candidate of the pool."""
        pool = evidence.pool
        return self.joined(evidence, compare(evidence), pool.ids, pool.__getitem__)

    def joined(
        self,
        evidence: Evidence,
        compared: "Compared",
        ids: Sequence[str],
        sample: Callable[[int], Sample],
    ) -> Scores:
        """Score candidates that were compared with the benchmarks, perhaps part by part.

        Parameters
        ----------
        evidence : Evidence
            The benchmarks, and what is done with copies; its pool is not looked at.
        compared : Compared
        ids : sequence of str, length n
        sample : callable
            Returns the candidate at a place; asked for those that may repeat another.
        """
        import numpy as np

        names, n = evidence.against_names, len(ids)
        told = evidence.instructions.without_prompt

        def tokens(places: Sequence[int]) -> list[Sequence[str]]:
            chosen = map(sample, places)
            return [
                tokens_of(without_format(told(one.problem))) + tokens_shown(one.images)
                for one in chosen
            ]

        found = Repeated(compared.sketches, sample, tokens, told)
        values = np.ones(n)
        stops, marks = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
        reasons = Sparse(n)
        columns = {name: Sparse(n) for name in self.columns}
        shared = 0
        for place, item in compared.items.items():
            values[place] = 1 - item.similarity
            name = names[item.index]
            stops[place] = item.is_copy
            gate = "contaminated: " if item.is_copy else ""
            reasons[place] = f"{gate}{item.said} benchmark item {name}"
            if item.is_copy:
                columns["contaminated_by"][place] = name
            else:
                shared += 1
        for place in sorted({*found.nearest, *found.rivals}):
            said = [found.said(place, lambda other: ids[other])]
            if reasons[place]:
                said.insert(0 if stops[place] else 1, str(reasons[place]))
            reasons[place] = "; ".join(said)
            marks[place] = evidence.copies != KEEP
            if place in found.nearest:
                near = found.nearest[place]
                values[place] = min(values[place], 1 - near.similarity)
                columns["near_duplicate_of"][place] = ids[near.earlier]
            if place in found.rivals:
                columns["other_gold_in"][place] = ids[found.rivals[place]]
        for place, others in _together(found.copy_of, ids).items():
            columns["copies"][place] = others
        notes = found.notes()
        if names:
            notes.insert(
                0,
                f"near-copies of benchmark items, so last: {int(stops.sum()):,}; "
                f"sharing a passage with one: {shared:,}",
            )
        else:
            del columns["contaminated_by"]
        return Scores(values, reasons, columns, tuple(notes), stops, marks, found.copy_of)


@dataclass(frozen=True)
class Compared:
    """Candidates, or a part of them, held against benchmarks, and their sketches.

    Attributes
    ----------
    items : dict of int to Match
        The nearest benchmark item of those that have one.
    sketches : Sketches
    """

    items: dict[int, Match]
    sketches: Sketches

    @classmethod
    def joined(cls, parts: Sequence["Compared"]) -> "Compared":
        """Return consecutive parts of a pool as one."""
        items: dict[int, Match] = {}
        before = 0
        for part in parts:
            items.update((before + place, item) for place, item in part.items.items())
            before += len(part.sketches)
        return cls(items, Sketches.joined([part.sketches for part in parts]))


def compare(evidence: Evidence) -> Compared:
    """Hold the candidates of a pool, or of a part of it, against the benchmarks."""
    told, pool = evidence.instructions.without_prompt, evidence.pool
    parts = []
    for first in range(0, max(len(pool), 1), _BATCH):
        chosen = pool.samples[first : first + _BATCH]
        wholes = [told(one.problem) for one in chosen]
        texts = [without_format(whole) for whole in wholes]
        coded = Texts.of(
            [
                tokens_of(text) + tokens_shown(one.images)
                for text, one in zip(texts, chosen, strict=True)
            ]
        )
        nearest = evidence.overlap.nearest_of_coded(texts, coded, wholes)
        items = {place: item for place, item in enumerate(nearest) if item is not None}
        parts.append(Compared(items, Sketches.of(coded)))
    return Compared.joined(parts)


class Sparse(Sequence[Any]):
    """A column that is None but at a few places."""

    def __init__(self, n: int) -> None:
        self._n = n
        self.filled: dict[int, Any] = {}

    def __len__(self) -> int:
        return self._n

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self.filled.get(one) for one in range(self._n)[place]]
        return self.filled.get(range(self._n)[place])

    def __iter__(self) -> Iterator[Any]:
        return map(self.filled.get, range(self._n))

    def __setitem__(self, place: int, value: Any) -> None:
        self.filled[place] = value


def _together(copy_of: "numpy.ndarray", ids: Sequence[str]) -> dict[int, list[str]]:
    """Ids of the others that are the same problem, where there are some."""
    import numpy as np

    groups: dict[int, list[int]] = {}
    for place in np.flatnonzero(copy_of != np.arange(len(copy_of))).tolist():
        first = int(copy_of[place])
        groups.setdefault(first, [first]).append(place)
    return {
        place: [ids[other] for other in group if other != place]
        for group in groups.values()
        for place in group
    }
