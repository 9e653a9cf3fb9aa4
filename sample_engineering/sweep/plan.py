"""What a sweep will do, resolved and checked."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.runs.format import BEFORE, MAIN
from sample_engineering.sample import Sample
from sample_engineering.text import count_of
from sample_engineering.trainers.plan import ValidationPlan
from sample_engineering.trainers.ways import VOTE

BASE = -1  # stands for the base model among the candidates
RUNS = "runs"


@dataclass(frozen=True)
class Piece:
    """What is done at one go: an arm of a candidate with one seed, trained and evaluated.

    Parameters
    ----------
    candidate : int
        Its place in the ranking, from 0; `BASE` for the evaluation of the base model.
    arm : str
    seed : int
    """

    candidate: int
    arm: str
    seed: int

    @property
    def of_sample(self) -> bool:
        """Whether it trains on the candidate itself, not as a control."""
        return self.arm == MAIN


THE_BASE = Piece(BASE, BEFORE, 0)


@dataclass(frozen=True)
class SweepPlan:
    """A sweep that can be carried out.

    Parameters
    ----------
    candidates : sequence of Sample
        In the order of their ranking; ids differ.
    validation : ValidationPlan
        How a candidate is validated: sample and folder are replaced.
    out : Path
        Folder of the sweep.
    halving : int
        Of the candidates that have been trained with so many seeds, one in `halving` goes on to
        more: asynchronous successive halving on the lower end of the lift's interval
        (arXiv:1810.05934). 0: all go on.
    retries : int
        How often a piece that failed is tried again.
    notes : tuple of str
        What the ranking said of the whole.

    Raises
    ------
    ConfigError
        If the parts do not fit.
    """

    candidates: Sequence[Sample]
    validation: ValidationPlan
    out: Path
    halving: int = 0
    retries: int = 2
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "candidates", tuple(self.candidates))
        if not self.candidates:
            raise ConfigError("`pool` holds no candidate that can be trained on; give another")
        if self.halving == 1 or self.halving < 0:
            raise ConfigError(
                f"`halving` is {self.halving}; give 2 or more (one candidate in so many goes on), "
                "or 0 for none"
            )
        if self.halving and len(self.seeds) < 2:
            raise ConfigError(
                "`halving` would be ignored: candidates go on from one training seed to the next, "
                "and there is one; give more `seeds`, or leave it out"
            )
        if self.halving and len(self.candidates) < self.halving:
            raise ConfigError(
                f"`halving` {self.halving} leaves none of "
                f"{count_of(len(self.candidates), 'candidate')} out; raise `top`, or lower it"
            )

    def __repr__(self) -> str:
        return (
            f"<SweepPlan: {count_of(len(self.candidates), 'candidate')} with "
            f"{count_of(len(self.seeds), 'seed')}, on {self.validation.benchmark!r}, in {self.out}>"
        )

    @property
    def named_code(self) -> list[str]:
        """Code that was not installed and would run, see `ValidationPlan.named_code`."""
        return self.validation.named_code

    @property
    def seeds(self) -> tuple[int, ...]:
        """Training seeds of every candidate."""
        return self.validation.seeds

    @property
    def base(self) -> Path:
        """Run folder that holds the evaluation of the base model, and nothing else."""
        return self.out / "base"

    def run(self, candidate: int) -> Path:
        """Return the run folder of a candidate."""
        name = "".join(
            c if c.isalnum() or c in "-_" else "-" for c in self.candidates[candidate].id
        )
        return self.out / RUNS / f"{candidate + 1:03}-{name[:40].strip('-') or 'sample'}"

    def plan_of(self, candidate: int) -> ValidationPlan:
        """Return the validation of a candidate."""
        return replace(
            self.validation,
            sample=self.candidates[candidate],
            out=self.run(candidate),
            resume=True,
            piece=None,
        )

    def pieces(self, candidate: int) -> list[Piece]:
        """Return the trainings of a candidate, those on the sample first."""
        # A vote is taken of completions that others sample, when all is joined.
        arms = [arm for arm in self.plan_of(candidate).arms if arm.way != VOTE]
        return [Piece(candidate, arm.name, arm.seed) for arm in arms]

    @property
    def all_pieces(self) -> list[Piece]:
        """Return the base model's evaluation, and everything of every candidate; from 0."""
        return [THE_BASE, *(one for n in range(len(self.candidates)) for one in self.pieces(n))]

    def trains(self, piece: Piece) -> bool:
        """Whether a piece is a training, not only a way to ask the base model."""
        return any(arm.trains and arm.name == piece.arm for arm in self.validation.arms)

    @property
    def trainings(self) -> int:
        """Trainings of all candidates, if none is stopped."""
        arms = [arm for arm in self.validation.arms if arm.trains]
        return len(arms) * len(self.candidates)

    def to_record(self) -> dict[str, Any]:
        """Return what ``plan.json`` holds, but for its format."""
        return {
            "halving": self.halving,
            "retries": self.retries,
            "notes": list(self.notes),
            "candidates": [sample.to_dict() for sample in self.candidates],
        }
