"""What a search found."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering import notebook, plotting
from sample_engineering.runs.records import to_record
from sample_engineering.sample import Sample
from sample_engineering.search.folder import CHOSEN
from sample_engineering.search.plan import SearchPlan
from sample_engineering.search.trials import Confirmation, Trial
from sample_engineering.text import count_of, visible

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class SearchResult:
    """What a search found; shows itself as a table.

    Parameters
    ----------
    plan : SearchPlan
    trials : tuple of Trial
        In the order in which they were made.
    confirmations : tuple of Confirmation
        The choice first; empty where none was asked for.
    chosen : Sample, optional
        Of the candidates that were tried, the one of greatest expected lift; None where none of
        them taught the model anything.
    let_in : tuple of str
        Ids of the composed candidates that might be tried.
    """

    plan: SearchPlan
    trials: tuple[Trial, ...]
    confirmations: tuple[Confirmation, ...]
    chosen: Sample | None
    let_in: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """The folder of the search."""
        return self.plan.out

    @property
    def steps(self) -> int:
        """Training steps that were made; never more than the budget."""
        tried = sum(one.steps for one in self.trials)
        return tried + sum(one.steps for one in self.confirmations)

    @property
    def confirmed(self) -> Confirmation | None:
        """The choice, confirmed; None where that was not asked for."""
        return self.confirmations[0] if self.confirmations else None

    @property
    def sentence(self) -> str:
        """What came of it, in one or two sentences."""
        if self.chosen is None:
            return (
                f"None of {count_of(len(self.trials), 'trial')} taught the model anything: the "
                "rollouts of each group were all right or all wrong."
            )
        name = visible(self.chosen.id)
        found = self.confirmed
        if found is None:
            last = self.trials[-1]
            return (
                f"{name} is expected to lift by {_points(last.expected)} points, give or take "
                f"{100 * last.expected_sd:.1f}; that was not confirmed."
            )
        said = (
            f"{name} lifted by {_points(found.lift)} points ({_points(found.ci_low)} to "
            f"{_points(found.ci_high)}) on {count_of(found.items, 'fresh item')} with "
            f"{count_of(len(found.seeds), 'fresh seed')}."
        )
        if not found.trained:
            said = f"{name} taught nothing when it was confirmed."
        better = max(self.confirmations, key=lambda one: one.lift)
        if better.lift > found.lift:
            said += (
                f" Choice {better.place}, {visible(better.id)}, lifted by {_points(better.lift)}; "
                "the greatest of several looks better than it is, so validate both."
            )
        return said

    @property
    def next_command(self) -> str:
        """What to do next."""
        from shlex import quote

        if self.chosen is None:
            return "se probe POOL, then se search with --rates: take candidates solved now and then"
        return f"se validate {quote(str(self.folder / CHOSEN))}"

    def to_record(self) -> dict[str, Any]:
        """Return what ``search.json`` holds, but for its format."""
        evaluation = self.plan.trials
        return {
            "model": evaluation.model,
            "benchmark": evaluation.benchmark.name,
            "reading": evaluation.headline,
            "recipe": evaluation.recipe.name,
            "candidates": self.plan.natural,
            "composed": list(self.let_in),
            "budget": self.plan.budget,
            "steps": self.steps,
            "steps_of_a_trial": self.plan.steps,
            "seed": self.plan.seed,
            "chosen": None if self.chosen is None else self.chosen.to_dict(),
            "confirmed": to_record(self.confirmed),
            "confirmations": to_record(self.confirmations),
            "trials": to_record(self.trials),
            "sentence": self.sentence,
            "next": self.next_command,
            "notes": list(self.plan.notes),
        }

    def to_pandas(self) -> "pd.DataFrame":
        """Return one row a trial, with the columns of `Trial`."""
        import pandas as pd

        return pd.DataFrame([to_record(one) for one in self.trials])

    def __repr__(self) -> str:
        lines = [
            f"<SearchResult: {count_of(len(self.trials), 'trial')}, {self.steps:,} of "
            f"{self.plan.budget:,} steps>"
        ]
        for one in self.trials:
            lines.append(
                f"{one.number:>4}  {visible(one.id)}  {_points(one.lift)}  "
                f"best so far {visible(one.chosen)} {_points(one.expected)}"
            )
        return "\n".join([*lines, self.sentence, self.next_command])

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the lift of each trial, and what the best so far is expected to give.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            None makes a figure.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        """
        numbers = [one.number for one in self.trials]
        series = {
            "measured, of the trial": (numbers, [100 * one.lift for one in self.trials]),
            "expected, of the best so far": (numbers, [100 * one.expected for one in self.trials]),
        }
        return plotting.lines(ax, series, "trial", "lift, percentage points")

    def _repr_html_(self) -> str:
        limits = notebook.limits_of((one.ci_low, one.ci_high) for one in self.trials)
        rows = [
            (
                one.number,
                one.id,
                one.steps,
                notebook.points(one.lift),
                notebook.interval(one.ci_low, one.ci_high),
                notebook.strip(one.lift, one.ci_low, one.ci_high, limits),
                one.chosen,
                notebook.points(one.expected),
            )
            for one in self.trials
        ]
        heads = ("trial", "sample", "steps", "lift, points", "95 % interval", "", "best so far",
                 "expected, points")  # fmt: skip
        return notebook.page(
            notebook.heading(self.sentence),
            notebook.table(heads, rows),
            notebook.paragraph(self.next_command),
        )


def _points(share: float) -> str:
    return f"{100 * share:+.1f}"
