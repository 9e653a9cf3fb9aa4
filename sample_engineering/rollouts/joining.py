"""Which candidate of a pool a row of a log is of: by id, or by the text of the problem."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sample_engineering.rollouts.prompts import problem_in
from sample_engineering.rollouts.texts import TextIndex, raw_key
from sample_engineering.sample import Sample

_EXAMPLES = 5


@dataclass
class Matches:
    """How rows found their candidates; distinct ids or texts are counted, not rows.

    Attributes
    ----------
    by_id, by_text : int
        Candidates found so.
    unmatched, ambiguous : Counter
        Rows of problems that are of no candidate, or of several; by how they name them.
    conflicts : int
        Names whose id is one candidate's and whose text another's; the text counts.
    """

    by_id: int = 0
    by_text: int = 0
    unmatched: Counter[str] = field(default_factory=Counter)
    ambiguous: Counter[str] = field(default_factory=Counter)
    conflicts: int = 0

    def examples(self, of: Counter[str]) -> list[str]:
        """Return the first few names."""
        return list(of)[:_EXAMPLES]


class Joiner:
    """Finds the candidate that a row is of.

    Parameters
    ----------
    pool : iterable of Sample
    """

    def __init__(self, pool: Iterable[Sample]) -> None:
        self.samples = samples = tuple(pool)
        self.ids = {sample.id: place for place, sample in enumerate(samples)}
        self.names = tuple(self.ids)
        self.matches = Matches()
        self._found: dict[tuple[tuple[str, ...], bytes], int | None] = {}
        self._how: dict[int, str] = {}

    @cached_property
    def _texts(self) -> TextIndex:
        """Made when a row with a text comes."""
        return TextIndex(self.samples)

    def find(self, ids: Sequence[str], text: str | None) -> int | None:
        """Return the place of the candidate that a row is of; None where it is of none.

        Parameters
        ----------
        ids : sequence of str
            What the row calls its problem, the most likely name first.
        text : str or None
            Its prompt.
        """
        of_pool = tuple(id_ for id_ in ids if id_ in self.ids)
        key = (of_pool, b"" if text is None else raw_key(text))
        if key not in self._found:
            self._found[key] = self._join(ids, text)
        found = self._found[key]
        if found is None:
            self._count(ids, text)
        return found

    def _join(self, ids: Sequence[str], text: str | None) -> int | None:
        by_id = next((self.ids[id_] for id_ in ids if id_ in self.ids), None)
        by_text = () if text is None else self._texts.find(text)
        if by_id is not None and (not by_text or by_id in by_text):
            self._matched(by_id, "id")
            return by_id
        if len(by_text) == 1:
            self.matches.conflicts += by_id is not None
            self._matched(by_text[0], "text")
            return by_text[0]
        return None

    def _matched(self, place: int, how: str) -> None:
        if place not in self._how:
            self._how[place] = how
            if how == "id":
                self.matches.by_id += 1
            else:
                self.matches.by_text += 1

    def _count(self, ids: Sequence[str], text: str | None) -> None:
        name = _name(ids, text)
        several = text is not None and len(self._texts.find(text)) > 1
        of = self.matches.ambiguous if several else self.matches.unmatched
        of[name] += 1


def _name(ids: Sequence[str], text: str | None) -> str:
    if ids:
        return f"{ids[0]!s:.60}"
    words = " ".join(problem_in(text or "").split())
    return repr(words if len(words) <= 60 else words[:59] + "…")
