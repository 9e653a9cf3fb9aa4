"""What a validation found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sample_engineering import notebook
from sample_engineering.evaluation import Comparison, Evaluation
from sample_engineering.evaluation.readings import GREEDY, SAMPLED
from sample_engineering.evaluation.verdict import Verdict
from sample_engineering.runs import RunFolder
from sample_engineering.runs.findings import Findings
from sample_engineering.runs.format import BEFORE, FORMAT_VERSION, MAIN
from sample_engineering.runs.notebook import findings_html, plot_findings
from sample_engineering.runs.result import (
    BehaviourRow,
    ControlResult,
    GroupAccuracy,
    RunResult,
    Training,
)
from sample_engineering.trainers.plan import ValidationPlan
from sample_engineering.trainers.watch import why_untrained

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class ValidationResult:
    """What a validation found.

    Parameters
    ----------
    plan : ValidationPlan
        What was asked for.
    findings : Findings
        What the evaluations show.
    trainings : tuple of Training
        All training runs, the sample's first.
    seconds : float
        Wall time of the last call.
    """

    plan: ValidationPlan
    findings: Findings
    trainings: tuple[Training, ...]
    seconds: float

    @property
    def folder(self) -> Path:
        """The run folder."""
        return self.plan.out

    @property
    def reading(self) -> str:
        """The reading of `lift`, `before` and `after`: greedy where there is one."""
        return self.findings.reading

    @property
    def before(self) -> Evaluation:
        """The base model."""
        return self.findings.evaluations[self.reading][BEFORE][0]

    @property
    def after(self) -> tuple[Evaluation, ...]:
        """The trained model, for each seed that trained."""
        return tuple(self.findings.evaluations[self.reading].get(MAIN, ()))

    @property
    def verdict(self) -> Verdict:
        """What all of it comes to, in words."""
        return self.findings.verdict

    @property
    def lift(self) -> Comparison | None:
        """Before against after in the headline's reading; None where nothing was trained."""
        return self.findings.lift

    @property
    def lifts(self) -> Mapping[str, Comparison]:
        """Before against after, by reading."""
        return self.findings.lifts

    @property
    def controls(self) -> Mapping[str, Mapping[str, Comparison]]:
        """Each control arm against the trained model: by arm, then by reading."""
        return self.findings.contrasts

    @property
    def behaviour(self) -> "pd.DataFrame | None":
        """How completions are written, before and after."""
        return self.findings.behaviour

    @property
    def warnings(self) -> tuple[str, ...]:
        """What speaks against the label, what the trainings warn of, what could not be computed."""
        _ = self.verdict  # computes what the notes are about
        return (*self.plan.doubts, *warnings_of(self.trainings), *self.findings.notes)

    def __repr__(self) -> str:
        return f"ValidationResult({self.verdict.headline} {self.folder})"

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the lift by domain and reading, with its 95 % interval; return the axes.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            None makes a figure.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        RunError
            If there is no lift.
        """
        return plot_findings(self.findings, ax)

    def _repr_html_(self) -> str:
        return findings_html(self.findings, notebook.notes(self.warnings),
                             notebook.paragraph(f"Run folder: {self.folder}"))  # fmt: skip

    def to_pandas(self) -> "pd.DataFrame":
        """One row a domain and one overall; the accuracy before where nothing was trained."""
        return self.before.summary() if self.lift is None else self.lift.to_frame()

    def to_record(self) -> RunResult:
        """Return what ``result.json`` holds."""
        mine = [training for training in self.trainings if training.arm == MAIN]
        behaviour = self.behaviour
        rows = [] if behaviour is None else behaviour.to_dict(orient="records")
        return RunResult(
            format=FORMAT_VERSION,
            sample_id=self.plan.sample.id,
            model=self.plan.model,
            seeds=self.plan.seeds,
            steps=max(training.progress.steps for training in mine),
            steps_planned=self.plan.recipe.steps,
            informative_groups=sum(training.progress.informative_groups for training in mine),
            groups=sum(training.progress.groups for training in mine),
            trained=self.findings.trained,
            cause=self.findings.cause,
            verdict=self.verdict.headline,
            verdict_kind=self.verdict.kind,
            reasons=self.verdict.reasons,
            warnings=self.warnings,
            base={
                reading: _accuracies(arms[BEFORE][0])
                for reading, arms in self.findings.evaluations.items()
                if arms.get(BEFORE)
            },
            greedy=self.lifts.get(GREEDY),
            sampled=self.lifts.get(SAMPLED),
            controls={
                name: ControlResult(leads.get(GREEDY), leads.get(SAMPLED))
                for name, leads in self.controls.items()
            },
            protocol=RunFolder(self.folder, writes=False).protocol,
            behaviour=tuple(BehaviourRow(**{str(k): v for k, v in row.items()}) for row in rows),
            trainings=self.trainings,
            seconds=self.seconds,
            curve=self.findings.curve,
            free=self.findings.free,
        )


def _accuracies(before: Evaluation) -> dict[str, GroupAccuracy]:
    found = {
        str(row["name"]): GroupAccuracy(int(row["n"]), float(row["accuracy"]))
        for row in before.summary().to_dict("records")
        if row["kind"] == "domain"
    }
    items = int(before.table["item"].nunique())
    return {**found, "overall": GroupAccuracy(items, before.accuracy)}


def warnings_of(trainings: Sequence[Training]) -> list[str]:
    """Return what the training runs warn of, in words."""
    found = []
    for training in trainings:
        name = f"{training.arm}, seed {training.seed}"
        found += [f"{name}: {warning}" for warning in training.warnings]
        if not training.trained:
            found.append(f"{name}: not trained, {why_untrained(training.progress)}")
        elif training.stopped == "dead":
            found.append(
                f"{name}: stopped after {training.progress.steps} of "
                f"{training.progress.planned} steps, because the last ones taught nothing"
            )
    return found
