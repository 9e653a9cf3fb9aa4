"""Is a composed problem new? Against its siblings, a pool and named benchmarks."""

from collections.abc import Iterable

from sample_engineering.sample import Sample
from sample_engineering.selectors.overlap import GRAM, OverlapIndex


class Novelty:
    """Finds problems composed before, and near-copies of given ones.

    Parameters
    ----------
    against : iterable of Sample, optional
        Problems that must not be repeated: a copy, a variant in other numbers, a near-copy, or a
        shared passage of `GRAM` tokens counts; see `selectors.overlap`.
    """

    def __init__(self, against: Iterable[Sample] | None = None) -> None:
        self._texts: set[str] = set()
        references = tuple(against or ())
        self._ids = [sample.id for sample in references]
        self._references = OverlapIndex(sample.problem for sample in references)

    def add(self, problem: str) -> None:
        """Remember a problem that was handed out."""
        self._texts.add(problem)

    def nearest(self, problem: str) -> str:
        """Return what the problem repeats, or ''."""
        if problem in self._texts:
            return "the text was composed before"
        match = self._references.nearest(problem) if self._ids else None
        if match is None:
            return ""
        name = self._ids[match.index]
        if match.is_copy:
            return f"{match.said} {name}"
        return f"{GRAM} words in a row in common with {name}"
