"""What stored rollouts say of each problem, under the names that the ranking uses."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, overload

from sample_engineering import notebook, plotting
from sample_engineering.pool import write_records
from sample_engineering.rollouts.logs import PathLike
from sample_engineering.rollouts.report import LogReport
from sample_engineering.rollouts.steps import Step
from sample_engineering.selectors.answer_entropy import entropy
from sample_engineering.selectors.answers import AnswerCounts
from sample_engineering.selectors.pass_rates import PassRate
from sample_engineering.selectors.posterior import expected_learning, rate_interval
from sample_engineering.text import count_of

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes

_SHOWN_ROWS = 20
# What may be missing in a record, and then is left out of it.
_OPTIONAL = (
    *("answer_entropy", "unique_wrong", "wrong_answers", "unreadable", "truncated"),
    *("length_median", "length_max", "length_unit", "accuracy", "steps", "rollouts", "problem"),
)


@dataclass(frozen=True, slots=True)
class ProblemProfile:
    """One problem's rollouts in numbers; None where the log does not say.

    Parameters
    ----------
    id : str
    n : int or None
        Rollouts; None where only a rate is known.
    correct : int or None
        How many of them were right; None where rewards are shares.
    pass_rate, pass_rate_low, pass_rate_high : float
        Share of right ones, and the central 90 % interval of its posterior Beta(1/2 + right,
        1/2 + wrong).
    learnability, learnability_low, learnability_high : float
        p(1 - p), and its range over that interval.
    dead_group_chance, live_group_rate : float
        Chance that all rollouts of a group get the same reward, and that they do not.
    answer_entropy : float
        Of the distinct final answers, over log2 n, as the selector of this name.
    unique_wrong : int
        Distinct wrong final answers.
    wrong_answers : tuple of int
        How often each was given, the most often first.
    unreadable, truncated : float
        Shares without a final answer, and cut off.
    length_median, length_max : float
        Of the completions.
    length_unit : str
        ``tokens``, or ``characters`` where the log counts no tokens.
    accuracy, steps, rollouts : tuple
        The history: pass rates at successive steps, oldest first, and the rollouts of each.
    problem : str
        Its text, where the log names it by that alone.
    """

    id: str
    n: int | None
    correct: int | None
    pass_rate: float
    pass_rate_low: float | None = None
    pass_rate_high: float | None = None
    learnability: float | None = None
    learnability_low: float | None = None
    learnability_high: float | None = None
    dead_group_chance: float | None = None
    live_group_rate: float | None = None
    answer_entropy: float | None = None
    unique_wrong: int | None = None
    wrong_answers: tuple[int, ...] | None = None
    unreadable: float | None = None
    truncated: float | None = None
    length_median: float | None = None
    length_max: float | None = None
    length_unit: str | None = None
    accuracy: tuple[float | None, ...] | None = None
    steps: tuple[Step | None, ...] | None = None
    rollouts: tuple[int, ...] | None = None
    problem: str | None = None

    @classmethod
    def of(
        cls,
        id_: str,
        rate: float,
        n: int,
        group_size: int,
        *,
        counted: bool = True,
        answers: tuple[int, Sequence[int]] | None = None,
        **further: Any,
    ) -> "ProblemProfile":
        """Compute what follows from a pass rate and the number of rollouts.

        Parameters
        ----------
        rate : float
        n : int
        group_size : int
        counted : bool
            Whether n counts rollouts, or is the 1 of a rate that nobody counted.
        answers : (int, sequence of int), optional
            Right answers, and how often each wrong one was given.
        **further
            Other fields.
        """
        known: dict[str, Any] = {}
        right = rate * n
        if counted:
            low, high = rate_interval(rate, n)
            whole = abs(right - round(right)) < 1e-6
            known |= {"pass_rate_low": low, "pass_rate_high": high}
            known["correct"] = round(right) if whole else None
        learning = expected_learning(PassRate(rate, n if counted else None), group_size)
        known |= asdict(learning) | {"live_group_rate": 1 - learning.dead_group_chance}
        if answers is not None:
            spread = AnswerCounts(n, answers[0], tuple(answers[1])).spread
            known["unique_wrong"] = len(answers[1])
            known["wrong_answers"] = tuple(answers[1])
            known["unreadable"] = (n - answers[0] - sum(answers[1])) / n
            known["answer_entropy"] = entropy(spread) / math.log2(n) if n > 1 else None
        known.setdefault("correct", None)
        return cls(id_, n if counted else None, pass_rate=rate, **known, **further)

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready record; what may be missing only where it is there."""
        record = asdict(self)
        for name in _OPTIONAL:
            if record[name] is None:
                del record[name]
            elif isinstance(record[name], tuple):
                record[name] = list(record[name])
        return record


@dataclass(frozen=True, slots=True)
class StepProfile:
    """All problems at one step.

    Parameters
    ----------
    step : int, float, str or None
    problems, rollouts : int
    pass_rate : float
        Mean over the problems.
    live_groups : float or None
        Share of problems whose rollouts differ; None where they were not counted.
    length_median : float or None
    truncated : float or None
        Share of cut completions.
    """

    step: Step | None
    problems: int
    rollouts: int
    pass_rate: float
    live_groups: float | None = None
    length_median: float | None = None
    truncated: float | None = None


@dataclass(frozen=True)
class Profile(Sequence[ProblemProfile]):
    """What stored rollouts say of each problem: a sequence that shows itself as a table.

    Attributes
    ----------
    problems : tuple of ProblemProfile
    steps : tuple of StepProfile
        The same by step, where there are several.
    group_size : int
        That the chance of a live group is of.
    report : LogReport
        What was read, and how.
    """

    problems: tuple[ProblemProfile, ...]
    steps: tuple[StepProfile, ...] = ()
    group_size: int = 8
    report: LogReport = field(default_factory=LogReport)

    @overload
    def __getitem__(self, place: int) -> ProblemProfile: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[ProblemProfile, ...]: ...
    def __getitem__(self, place: int | slice) -> ProblemProfile | tuple[ProblemProfile, ...]:
        return self.problems[place]

    def __len__(self) -> int:
        return len(self.problems)

    def to_records(self) -> Iterator[dict[str, Any]]:
        """Yield one JSON-ready record per problem, as `rank` reads them as `rates`."""
        return (problem.to_dict() for problem in self.problems)

    def to_pandas(self) -> "pandas.DataFrame":
        """Return one row per problem."""
        import pandas

        return pandas.DataFrame(list(self.to_records()))

    def write(self, path: PathLike) -> int:
        """Write the records to JSONL, Parquet or CSV, whole or not at all; return the count."""
        return write_records(self.to_records(), path)

    def lines(self) -> list[str]:
        """Return what holds of all problems together, a line each."""
        count = len(self.problems)
        rates = [one.pass_rate for one in self.problems]
        known = [one.n for one in self.problems if one.n is not None]
        live = [one.live_group_rate for one in self.problems if one.live_group_rate is not None]
        told = [
            f"{count_of(count, 'problem')}, {count_of(sum(known), 'rollout')}",
            f"pass rate {sum(rates) / count:.3f} on average; never solved "
            f"{sum(r == 0 for r in rates):,}, always solved {sum(r == 1 for r in rates):,}",
        ]
        if live:
            told.append(
                f"live groups of {self.group_size}, whose rewards differ: "
                f"{sum(live) / len(live):.1%} expected on average"
            )
        return told

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready record of all."""
        return {
            "group_size": self.group_size,
            "problems": list(self.to_records()),
            "steps": [asdict(step) for step in self.steps],
            "report": self.report.to_dict(),
        }

    def __repr__(self) -> str:
        return f"<Profile: {'; '.join(self.lines())}>"

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw how the pass rates are distributed, with what teaches nothing apart.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            None makes a figure.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        """
        rates = [one.pass_rate for one in self.problems]
        groups = {
            "some right, some wrong": [rate for rate in rates if 0 < rate < 1],
            "all alike: nothing to learn from": [rate for rate in rates if rate in (0, 1)],
        }
        return plotting.histogram(ax, groups, "pass rate", "problems", span=(0, 1))

    def _repr_html_(self) -> str:
        shown = list(self.to_records())
        return notebook.page(
            notebook.heading("Stored rollouts"),
            notebook.notes(self.lines()),
            notebook.records(shown, most=_SHOWN_ROWS),
            notebook.records([asdict(step) for step in self.steps], most=_SHOWN_ROWS)
            if self.steps
            else None,
        )
