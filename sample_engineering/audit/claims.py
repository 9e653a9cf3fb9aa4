"""A label is a claim: one sample with what its text asks, its gold says, and its own sources yield.

Everything is read once, when the first check asks for it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, overload

from sample_engineering.audit.question import Question, plain_problem, read_plain_question
from sample_engineering.audit.values import Number, gold_number
from sample_engineering.errors import GoldError
from sample_engineering.grading import Gold, read_gold, read_sample_gold
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    from sample_engineering.audit.derivation import Derivation
    from sample_engineering.audit.solutions import Solutions


class Claim:
    """One sample as the checks read it.

    Parameters
    ----------
    sample : Sample
    """

    def __init__(self, sample: Sample) -> None:
        self.sample = sample

    @cached_property
    def _read(self) -> tuple[Gold | None, str]:
        try:
            return read_sample_gold(self.sample), ""
        except GoldError as error:
            return None, str(error)

    @property
    def gold(self) -> Gold | None:
        """The gold as the grader reads it; None where it cannot."""
        return self._read[0]

    @property
    def fault(self) -> str:
        """Why the grader cannot read the gold; empty where it can."""
        return self._read[1]

    @cached_property
    def problem(self) -> str:
        """The problem without drawings and without the prompt's own sentences."""
        return plain_problem(self.sample.problem)

    @cached_property
    def question(self) -> Question:
        """What the problem asks for."""
        return read_plain_question(self.problem)

    @cached_property
    def number(self) -> Number | None:
        """The number that the label gives; of a choice, the number that the option gives."""
        gold = self.gold
        if gold is None:
            return None
        if gold.kind == "choice":
            gold = self._option(str(gold.value))
        return None if gold is None else gold_number(gold)

    def _option(self, letter: str) -> Gold | None:
        choices, place = self.sample.choices or (), ord(letter) - ord("A")
        if not 0 <= place < len(choices):
            return None
        try:
            return read_gold(choices[place])
        except GoldError:
            return None

    @cached_property
    def derivation(self) -> "Derivation | None":
        """The exact answer from the sample's own relations or program; None where it has none."""
        from sample_engineering.audit.derivation import derive

        return derive(self.sample)


@dataclass(frozen=True)
class Claims(Sequence[Claim]):
    """The claims of a pool, in its order, and what a model makes of them.

    Parameters
    ----------
    claims : tuple of Claim
    solutions : mapping of str to Solutions
        Solutions of a model by the sample's id; empty where none was asked.
    """

    claims: tuple[Claim, ...]
    solutions: "Mapping[str, Solutions]" = field(default_factory=dict)

    @classmethod
    def of(cls, samples: Iterable[Sample]) -> "Claims":
        """Return the claims of samples."""
        return cls(tuple(Claim(sample) for sample in samples))

    @overload
    def __getitem__(self, place: int) -> Claim: ...
    @overload
    def __getitem__(self, place: slice) -> "Claims": ...
    def __getitem__(self, place: int | slice) -> "Claim | Claims":
        if isinstance(place, slice):
            return Claims(self.claims[place], self.solutions)
        return self.claims[place]

    def __len__(self) -> int:
        return len(self.claims)

    def __iter__(self) -> Iterator[Claim]:
        return iter(self.claims)
