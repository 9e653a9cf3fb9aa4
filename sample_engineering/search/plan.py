"""What a search will do, resolved and checked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.benchmark import Benchmark, domain_of
from sample_engineering.sample import Sample
from sample_engineering.search.features import Features
from sample_engineering.text import count_of
from sample_engineering.trainers.plan import ValidationPlan

if TYPE_CHECKING:
    import numpy as np

# A confirmed lift has an interval over seeds too, for which two are the least.
CONFIRM_SEEDS = 2
# Trials have the seeds from `seed` on, one for each time that a candidate is tried.
FRESH_SEED = 1000
# Confirming asks so many times the items of a trial: it happens once, and is what counts.
CONFIRM_ITEMS = 2


@dataclass(frozen=True)
class SearchPlan:
    """A search that can be carried out.

    Parameters
    ----------
    candidates : sequence of Sample
        In the order of their ranking; ids differ.
    features : Features
        Of the candidates, in this order.
    trials : ValidationPlan
        How a candidate is tried: sample, seeds and folder are replaced.
    confirmation : ValidationPlan, optional
        How a choice is confirmed, on other items; None where `confirm` is 0.
    budget : int
        Training steps of all trials and confirmations together, at most.
    confirm : int
        How many of the first choices are confirmed.
    composed : frozenset of str
        Ids of the candidates that were composed. They are held back: when half of the steps for
        trials are spent, the `compose` most promising ones may be tried.
    compose : int
        How many of them.
    seed : int
        Of the training.
    out : Path
        Folder of the search.
    notes : tuple of str
        What the ranking said of the whole.

    Raises
    ------
    ConfigError
        If the parts do not fit, or the budget is too small for a trial.
    """

    candidates: Sequence[Sample]
    features: Features
    trials: ValidationPlan
    confirmation: ValidationPlan | None
    budget: int
    confirm: int
    composed: frozenset[str]
    compose: int
    seed: int
    out: Path
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "candidates", tuple(self.candidates))
        if not self.candidates or len(self.features) != len(self.candidates):
            raise ConfigError("`pool` holds no candidate that can be trained on; give another")
        if (self.confirm > 0) != (self.confirmation is not None):
            raise ConfigError("`confirm` and its plan belong together; give both or none")
        if self.most_trials < 1:
            needed = self.steps + self.confirm_steps
            what = "a trial"
            if self.confirm:
                runs = count_of(self.confirm * CONFIRM_SEEDS, "confirming run")
                what += f" and {runs}"
            raise ConfigError(
                f"`budget` {self.budget} is too small: {what} of {self.steps} steps each take "
                f"{needed}; give at least so many, or fewer `steps`"
            )
        # Only what was tried can be chosen; steps kept for more would be spent on nothing.
        if self.confirm > (most := min(self.most_trials, len(self.candidates))):
            raise ConfigError(
                f"`confirm` {self.confirm} is more than can be tried: "
                f"{count_of(self.most_trials, 'trial')} within `budget` {self.budget}, of "
                f"{count_of(len(self.candidates), 'candidate')}; give {most} at most, or more "
                "`budget`"
            )
        if self.compose and self.most_trials < 2:
            raise ConfigError(
                "`compose` would be ignored: there is one trial, and composed candidates come "
                "after the first ones; give more `budget`, or leave it out"
            )

    def __repr__(self) -> str:
        found = count_of(self.natural, "candidate")
        return (
            f"<SearchPlan: {found}, at most {count_of(self.most_trials, 'trial')} of {self.steps} "
            f"steps within {self.budget}, on {self.trials.benchmark!r}, in {self.out}>"
        )

    @property
    def named_code(self) -> list[str]:
        """Code that was not installed and would run, see `ValidationPlan.named_code`."""
        plans = [one for one in (self.trials, self.confirmation) if one is not None]
        return list(dict.fromkeys(code for one in plans for code in one.named_code))

    @property
    def steps(self) -> int:
        """Training steps of one trial."""
        return self.trials.recipe.steps

    @property
    def confirm_steps(self) -> int:
        """Training steps that are kept for confirming."""
        return self.confirm * CONFIRM_SEEDS * self.steps

    @property
    def most_trials(self) -> int:
        """How many trials there are if none ends early."""
        return max(self.budget - self.confirm_steps, 0) // self.steps

    @property
    def natural(self) -> int:
        """How many candidates the pool gave."""
        return len(self.candidates) - len(self.composed)

    def to_record(self) -> dict[str, Any]:
        """Return what ``plan.json`` holds, but for its format."""
        return {
            "budget": self.budget,
            "confirm": self.confirm,
            "compose": self.compose,
            "seed": self.seed,
            "notes": list(self.notes),
            "composed": sorted(self.composed),
            "candidates": [sample.to_dict() for sample in self.candidates],
            "features": self.features.to_dict(),
        }


def split_items(benchmark: Benchmark, *, items: int, seed: int) -> tuple[Benchmark, Benchmark]:
    """Part a benchmark into the items of trials and those of confirming, which share none.

    Parameters
    ----------
    benchmark : Benchmark
    items : int
        Items of each domain for trials, at most; where a domain has few, a third of them.
        Confirming has `CONFIRM_ITEMS` times as many, at most.
    seed : int
        Of the draw.

    Returns
    -------
    trials, confirmation : Benchmark

    Raises
    ------
    ConfigError
        If nothing is left to confirm on.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    groups: dict[tuple[str, str], list[int]] = {}
    for member, places in benchmark.parts:
        for place in places:
            groups.setdefault((member.name, domain_of(benchmark.items[place])), []).append(place)
    first: list[int] = []
    second: list[int] = []
    for places_ in groups.values():
        order = _shuffled(places_, rng)
        mine = min(items, max(len(order) // (1 + CONFIRM_ITEMS), 1))
        first += order[:mine]
        second += order[mine : mine + CONFIRM_ITEMS * items]
    if not second:
        raise ConfigError(
            f"`confirm` needs items that no trial has seen, and {benchmark.name} has "
            f"{count_of(len(benchmark), 'item')} in {count_of(len(groups), 'domain')}; give a "
            "larger `benchmark`, or confirm 0"
        )
    return tuple(  # type: ignore[return-value]
        benchmark.with_(items=[benchmark.items[place] for place in sorted(part)])
        for part in (first, second)
    )


def _shuffled(places: Sequence[int], rng: "np.random.Generator") -> list[int]:
    return [int(place) for place in rng.permutation(places)]
