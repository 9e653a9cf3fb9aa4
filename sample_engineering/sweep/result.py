"""What a sweep found."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.runs.records import to_record
from sample_engineering.sample import Sample
from sample_engineering.sweep.plan import SweepPlan
from sample_engineering.text import count_of, visible

if TYPE_CHECKING:
    import pandas as pd

PAGE = "leaderboard.html"
_NONE_LIFTS = "No candidate is shown to lift: none has an interval above 0. "
_FEW_HOURS = 0.5  # below it, minutes say more


@dataclass(frozen=True)
class Standing:
    """What a candidate is worth by the seeds that it was trained with so far.

    Parameters
    ----------
    seeds : int
        Trainings on it.
    trained : int
        Those that taught something; the weights of the others are the base model's.
    before, after, lift, ci_low, ci_high : float
        See `Effect`; of the headline's reading.
    """

    seeds: int
    trained: int
    before: float
    after: float
    lift: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class Entry:
    """A candidate of a sweep, and what came of it.

    Parameters
    ----------
    id : str
    rank : int
        Its place in the ranking, from 1.
    state : {"validated", "stopped", "failed", "untouched"}
        Stopped: halving let others go on.
    standing : Standing, optional
        None where it was not trained.
    verdict : str
        Of its validation; why it failed or was stopped.
    run : str
        Run folder, below that of the sweep.
    """

    id: str
    rank: int
    state: str
    standing: Standing | None
    verdict: str
    run: str


@dataclass(frozen=True)
class SweepResult:
    """What a sweep found; shows itself as a table.

    Parameters
    ----------
    plan : SweepPlan
    entries : tuple of Entry
        Validated ones by the lower end of their lift, greatest first; then stopped ones; then the
        others.
    chosen : Sample, optional
        The first one; None where nothing was validated.
    trainings : int
        That were run, controls among them.
    seconds : float
        That all trainings took together, those among them that were lost.
    lost : int
        Pieces that ended with their worker or node, and were begun again.
    saved : int
        Trainings that halving left out.
    saved_seconds : float
        That these would have taken, each as long as those that were done on average.
    holds : (float, str)
        How much a training held of what: ``(1.0, "GPU")``.
    """

    plan: SweepPlan
    entries: tuple[Entry, ...]
    chosen: Sample | None
    trainings: int
    seconds: float
    lost: int
    saved: int = 0
    saved_seconds: float = 0.0
    holds: tuple[float, str] = (1.0, "GPU")

    @property
    def folder(self) -> Path:
        """The folder of the sweep."""
        return self.plan.out

    @property
    def page(self) -> Path:
        """Where the leaderboard page lies."""
        return self.folder / PAGE

    @property
    def used(self) -> str:
        """What the trainings took, in words."""
        return self._hours(self.seconds)

    @property
    def savings(self) -> str:
        """What halving saved, in words; empty without halving."""
        if not self.plan.halving:
            return ""
        saved = f"{self.saved} of {count_of(self.plan.trainings, 'training')}"
        return f"{saved}, about {self.hours_saved}" if self.saved else saved

    @property
    def hours_saved(self) -> str:
        """What the trainings that halving left out would have taken, in words."""
        return self._hours(self.saved_seconds)

    def _hours(self, seconds: float) -> str:
        number, what = self.holds
        hours = number * seconds / 3600
        if hours < _FEW_HOURS:
            return f"{60 * hours:.1f} {what}-minutes"
        return f"{hours:,.1f} {what}-hours"

    @property
    def sentence(self) -> str:
        """What came of it."""
        validated = [one for one in self.entries if one.state == "validated"]
        if self.chosen is None or not validated or validated[0].standing is None:
            return "No candidate was validated to the end; the table says why."
        first = validated[0].standing
        told = (
            f"{visible(validated[0].id)} has the greatest lower end: its lift is "
            f"{_points(first.lift)} points ({_points(first.ci_low)} to {_points(first.ci_high)}) "
            f"with {count_of(first.seeds, 'seed')}. "
            f"{'' if first.ci_low > 0 else _NONE_LIFTS}It is the best of "
            f"{count_of(len(self.entries), 'candidate')}, so that its own lift is told too high; "
            "fresh seeds and items say what it is worth."
        )
        if self.plan.halving:
            told += f" Halving saved {self.savings}."
        return told

    def to_pandas(self) -> "pd.DataFrame":
        """Return the candidates as a table, a row each."""
        import pandas as pd

        rows = [self._row(one) for one in self.entries]
        return pd.DataFrame(rows)

    @staticmethod
    def _row(one: Entry) -> dict[str, Any]:
        told = {} if one.standing is None else to_record(one.standing)
        return {"id": one.id, "rank": one.rank, "state": one.state, **told,
                "verdict": one.verdict, "run": one.run}  # fmt: skip

    def to_record(self) -> dict[str, Any]:
        """Return what ``sweep.json`` holds, but for its format."""
        return {
            "sentence": self.sentence,
            "chosen": None if self.chosen is None else self.chosen.id,
            "trainings": self.trainings,
            "planned": self.plan.trainings,
            "seconds": self.seconds,
            "lost": self.lost,
            "saved": self.saved,
            "saved_seconds": self.saved_seconds,
            "holds": list(self.holds),
            "candidates": [to_record(one) for one in self.entries],
        }

    def __repr__(self) -> str:
        return f"<SweepResult: {self.sentence} In {self.folder}>"

    def _repr_html_(self) -> str:
        frame = self.to_pandas()
        return f"<p>{escape(self.sentence)}</p>{frame.to_html(index=False, escape=True)}"


def in_order(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return candidates as a result shows them."""
    places = {"validated": 0, "stopped": 1, "failed": 2, "untouched": 3}

    def place(one: Entry) -> tuple[int, float, int]:
        low = float("-inf") if one.standing is None else one.standing.ci_low
        return places[one.state], -low, one.rank

    return tuple(sorted(entries, key=place))


def _points(share: float) -> str:
    return f"{100 * share:+.1f}"
