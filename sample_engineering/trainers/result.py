"""What a validation found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.evaluation import Comparison, Evaluation
from sample_engineering.evaluation.verdict import Verdict
from sample_engineering.trainers.one_shot import Training
from sample_engineering.trainers.plan import MAIN, ValidationPlan
from sample_engineering.trainers.run_folder import FORMAT_VERSION

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ValidationResult:
    """What a validation found.

    Parameters
    ----------
    plan : ValidationPlan
        What was asked for.
    verdict : Verdict
    lift : Comparison or None
        Before against after; None where nothing was trained.
    before : Evaluation
    after : list of Evaluation
        One for each seed that trained.
    controls : mapping from arm to Comparison
        Each control arm against the trained model.
    trainings : tuple of Training
        All training runs, the sample's first.
    behaviour : pandas.DataFrame or None
    warnings : tuple of str
    seconds : float
        Wall time of the last call.
    """

    plan: ValidationPlan
    verdict: Verdict
    lift: Comparison | None
    before: Evaluation
    after: Sequence[Evaluation]
    controls: Mapping[str, Comparison]
    trainings: tuple[Training, ...]
    behaviour: "pd.DataFrame | None"
    warnings: tuple[str, ...]
    seconds: float

    @property
    def folder(self) -> Path:
        """The run folder."""
        return self.plan.out

    def __repr__(self) -> str:
        return f"ValidationResult({self.verdict.headline} {self.folder})"

    def _repr_html_(self) -> str:
        from html import escape

        table = "" if self.lift is None else self.lift._repr_html_()
        return f"<p>{escape(str(self.verdict))}</p>{table}<p>{escape(str(self.folder))}</p>"

    def to_pandas(self) -> "pd.DataFrame":
        """One row a domain and one overall; the accuracy before where nothing was trained."""
        return self.before.summary() if self.lift is None else self.lift.to_frame()

    def to_record(self) -> dict[str, Any]:
        """Return what ``result.json`` holds."""
        mine = [training for training in self.trainings if training.arm == MAIN]
        return {
            "format": FORMAT_VERSION,
            "sample_id": self.plan.sample.id,
            "model": self.plan.model,
            "steps": max(training.progress.steps for training in mine),
            "steps_planned": self.plan.recipe.steps,
            "informative_groups": sum(training.progress.informative_groups for training in mine),
            "groups": sum(training.progress.groups for training in mine),
            "trained": bool(self.after),
            "cause": None if self.after else mine[0].progress.why_untrained(),
            "verdict": self.verdict.headline,
            "verdict_kind": self.verdict.kind,
            "reasons": list(self.verdict.reasons),
            "warnings": list(self.warnings),
            "seeds": list(self.plan.seeds),
            **_lift_record(self),
            "controls": {name: value.to_dict() for name, value in self.controls.items()},
            "behaviour": [] if self.behaviour is None else self.behaviour.to_dict(orient="records"),
            "trainings": [training.to_dict() for training in self.trainings],
            "seconds": self.seconds,
        }


def _lift_record(result: ValidationResult) -> dict[str, Any]:
    if result.lift is not None:
        return result.lift.to_dict()
    summary = result.before.summary()
    rows = {row["name"]: row for row in summary.to_dict("records") if row["kind"] == "domain"}
    unknown = dict.fromkeys(("after", "lift", "ci_low", "ci_high"))
    domains = {
        name: {"n": int(row["n"]), "before": float(row["accuracy"]), **unknown}
        for name, row in rows.items()
    }
    items = int(result.before.table["item"].nunique())
    return {
        "domains": domains,
        "overall": {"n": items, "before": result.before.accuracy, **unknown},
    }


def warnings_of(trainings: Sequence[Training]) -> list[str]:
    """Return what the training runs warn of, in words."""
    found = []
    for training in trainings:
        name = f"{training.arm}, seed {training.seed}"
        found += [f"{name}: {warning}" for warning in training.warnings]
        if not training.trained:
            found.append(f"{name}: not trained, {training.progress.why_untrained()}")
        elif training.stopped == "dead":
            found.append(
                f"{name}: stopped after {training.progress.steps} of "
                f"{training.progress.planned} steps, because the last ones taught nothing"
            )
    return found
