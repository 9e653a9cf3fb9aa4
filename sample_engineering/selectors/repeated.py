"""Which candidates are one problem, which are variants of each other, and whose golds clash.

The rule, with its figures in docs/lab/selectors.md: texts with the same tokens, or a fuzzy
similarity of 0.9 and the same numbers and signs in the same order, are one problem if their golds
agree. With other numbers, or another gold in other words, they are siblings, which train
differently. The very same text with two golds is a fault of the pool.
"""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sample_engineering.errors import SampleEngineeringError
from sample_engineering.sample import Sample
from sample_engineering.selectors.copies import Near, Sketches, repeats

if TYPE_CHECKING:
    import numpy

# What two texts are to each other, the closest last.
_CLOSENESS = ("sibling", "variant", "near-copy", "copy")
_SAID = {
    "copy": "copy of",
    "near-copy": "near-copy of",
    "variant": "number variant of",
    "sibling": "much like",
}
_LOOSE = ("sibling", "near-copy")  # kinds of which the texts differ
_DRAWING = re.compile(r"\[asy\](.*?)(?:\[/asy\]|\Z)", re.DOTALL)
_LAYOUT = re.compile(r"[\s$]|\\(?:left|right)(?![a-zA-Z])|\\[,;!]")


class Repeated:
    """What the candidates of a pool are to earlier ones.

    Parameters
    ----------
    sketches : Sketches
    samples : callable
        Returns the candidate at a place; asked for those that repeat another only.
    tokens : callable
        See `copies.repeats`.
    plain : callable
        Returns the problem of a text, without instructions.

    Attributes
    ----------
    nearest : dict of int to Near
        The closest earlier candidate of each that repeats one.
    rivals : dict of int to int
        A candidate with the same problem and another gold.
    copy_of : ndarray of int, shape (n,)
        Place of the first candidate that is the same problem; its own, if it is that.
    """

    def __init__(
        self,
        sketches: Sketches,
        samples: Callable[[int], Sample],
        tokens: Callable[[Sequence[int]], Sequence[Sequence[str]]],
        plain: Callable[[str], str],
    ) -> None:
        import numpy as np

        self._samples, self._plain = samples, plain
        self.nearest: dict[int, Near] = {}
        self.rivals: dict[int, int] = {}
        self.copy_of: numpy.ndarray = np.arange(len(sketches))
        leaders: dict[int, list[int]] = {}
        others = []
        for one in repeats(sketches, tokens):
            if one.kind in _LOOSE and not self._shown_alike(one):
                continue
            known = self.nearest.get(one.place)
            if known is None or _closeness(one) > _closeness(known):
                self.nearest[one.place] = one
            if one.kind == "copy":
                self._copy(one, leaders.setdefault(one.earlier, [one.earlier]))
            elif one.kind == "near-copy":
                others.append(one)
        for one in sorted(others, key=lambda one: (one.place, -one.similarity, one.earlier)):
            if self.copy_of[one.place] == one.place and self._same(one.earlier, one.place):
                self.copy_of[one.place] = one.earlier
        for place in sorted(self.nearest):  # an earlier place is settled before a later one
            self.copy_of[place] = self.copy_of[self.copy_of[place]]

    def _shown_alike(self, one: Near) -> bool:
        """Whether two similar tellings show the same images; equal ones were told apart before."""
        return self._samples(one.place).images == self._samples(one.earlier).images

    def _copy(self, one: Near, leaders: list[int]) -> None:
        """Join a copy to the first with its gold; with none, the golds clash."""
        for leader in leaders:
            if self._same(leader, one.place):
                self.copy_of[one.place] = leader
                return
        leaders.append(one.place)
        first, again = (self._samples(place).problem for place in (one.earlier, one.place))
        if self._spelled(first) == self._spelled(again):
            self.rivals[one.place] = one.earlier
            self.rivals.setdefault(one.earlier, one.place)

    def _same(self, one: int, two: int) -> bool:
        """Whether two tellings of a problem are drawn alike and have golds that agree."""
        first, second = self._samples(one), self._samples(two)
        drawn = [_DRAWING.findall(sample.problem) for sample in (first, second)]
        if all(drawn) and _bare(str(drawn[0])) != _bare(str(drawn[1])):
            return False
        return golds_agree(first, second)

    def _spelled(self, problem: str) -> str:
        return _bare(self._plain(problem))

    def said(self, place: int, name: Callable[[int], str]) -> str:
        """Return in words what a candidate repeats; '' if nothing."""
        parts = []
        if place in self.rivals:
            other = self._samples(self.rivals[place])
            parts.append(
                f"the same problem has the gold {other.answer} in {other.id}, here "
                f"{self._samples(place).answer}: one is wrong"
            )
        if place in self.nearest:
            near = self.nearest[place]
            parts.append(f"{_SAID[near.kind]} {name(near.earlier)}")
        return "; ".join(parts)

    def notes(self) -> list[str]:
        """Return how many repeat an earlier one, and how many golds clash."""
        import numpy as np

        notes = []
        copies = int((self.copy_of != np.arange(len(self.copy_of))).sum())
        if copies:
            notes.append(f"copies of an earlier candidate: {copies:,}")
        if len(self.nearest) > copies:
            notes.append(
                f"number variants and near-copies of an earlier candidate: "
                f"{len(self.nearest) - copies:,}"
            )
        if self.rivals:
            notes.append(f"the same problem with another gold: {len(self.rivals):,} candidates")
        return notes


def golds_agree(one: Sample, two: Sample) -> bool:
    """Whether the grader takes either gold for the other; of options, whether they are one text."""
    from sample_engineering.grading import grade, read_sample_gold

    if bool(one.choices) and bool(two.choices):
        return _chosen(one) == _chosen(two)
    if _bare(one.answer) == _bare(two.answer):
        return True
    for first, second in ((one, two), (two, one)):
        try:
            if grade(f"\\boxed{{{second.answer}}}", read_sample_gold(first)):
                return True
        except SampleEngineeringError:
            continue
    return False


def _chosen(sample: Sample) -> str:
    """The text of the option that is right, or the answer as it stands."""
    place = ord(sample.answer[0]) - ord("A") if len(sample.answer) == 1 else -1
    choices = sample.choices or ()
    return _bare(choices[place] if 0 <= place < len(choices) else sample.answer)


def _bare(text: str) -> str:
    return _LAYOUT.sub("", text).lower()


def _closeness(one: Near) -> tuple[int, float, int]:
    return _CLOSENESS.index(one.kind), one.similarity, -one.earlier
