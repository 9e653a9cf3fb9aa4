"""Is a composed problem new? Against its siblings, a pool and named benchmarks."""

import re
from collections.abc import Iterable

from sample_engineering.sample import Sample

_WORD = re.compile(r"[a-z]+|-?\d+(?:\.\d+)?")
_GRAM = 13  # words in a row that count as a copy: the usual length of contamination checks


def words(text: str) -> list[str]:
    """Return the words and numbers of a text; signs stay with their numbers."""
    return _WORD.findall(text.lower())


class Novelty:
    """Finds near-copies.

    Parameters
    ----------
    against : iterable of Sample, optional
        Problems that must not be repeated: any 13 words in a row in common with one of them, or
        the same words altogether, make a problem a near-copy.
    """

    def __init__(self, against: Iterable[Sample] | None = None) -> None:
        self._texts: set[str] = set()
        self._grams: dict[tuple[str, ...], str] = {}
        self._whole: dict[tuple[str, ...], str] = {}
        for sample in against or ():
            tokens = words(sample.problem)
            self._whole.setdefault(tuple(tokens), sample.id)
            for start in range(len(tokens) - _GRAM + 1):
                self._grams.setdefault(tuple(tokens[start : start + _GRAM]), sample.id)

    def add(self, problem: str) -> None:
        """Remember a problem that was handed out."""
        self._texts.add(problem)

    def nearest(self, problem: str) -> str:
        """Return what the problem repeats, or ''."""
        if problem in self._texts:
            return "the text was composed before"
        if not self._whole:
            return ""
        tokens = words(problem)
        if tuple(tokens) in self._whole:
            return f"same words as {self._whole[tuple(tokens)]}"
        for start in range(len(tokens) - _GRAM + 1):
            found = self._grams.get(tuple(tokens[start : start + _GRAM]))
            if found:
                return f"{_GRAM} words in a row in common with {found}"
        return ""
