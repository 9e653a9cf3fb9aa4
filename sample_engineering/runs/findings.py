"""What the evaluations of a run show: lift, controls, behaviour, verdict."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from sample_engineering.errors import SampleEngineeringError
from sample_engineering.evaluation import Comparison, Evaluation, compare, readings
from sample_engineering.evaluation.curve import Curve, Steps
from sample_engineering.evaluation.curve import curve as follow
from sample_engineering.evaluation.intervals import DEFAULT_RESAMPLES
from sample_engineering.evaluation.verdict import Budget, Verdict, judge, not_trained
from sample_engineering.runs.format import BEFORE, GREEDY, GREEDY_AFTER, MAIN
from sample_engineering.runs.result import Training

if TYPE_CHECKING:
    import pandas as pd


class Findings:
    """Everything that evaluations show, each computed when it is first asked for.

    Parameters
    ----------
    evaluations : mapping from arm to sequence of Evaluation
        ``before``, ``sample``, then the controls in the order in which they shall be named.
    trained : bool
        Whether the sample taught anything.
    cause : str, optional
        Why not.
    message : str, optional
        What the run says of itself where it is not finished.
    trainings : sequence of Training
        What is known of the training runs.
    curves : mapping from training seed to sequence of (step, Evaluation)
        Along the training runs on the sample, where they were evaluated on the way.
    resamples : int
        Of the bootstrap behind every interval.
    """

    def __init__(
        self,
        evaluations: Mapping[str, Sequence[Evaluation]],
        *,
        trained: bool = True,
        cause: str | None = None,
        message: str | None = None,
        trainings: Sequence[Training] = (),
        curves: Mapping[int, Steps] | None = None,
        resamples: int = DEFAULT_RESAMPLES,
    ) -> None:
        self.evaluations = {name: list(found) for name, found in evaluations.items() if found}
        self.trained = trained
        self.cause = cause
        self.message = message
        self.trainings = tuple(trainings)
        self.curves = dict(curves or {})
        self.resamples = resamples
        self.notes: list[str] = []  # what could not be computed, and why

    @property
    def controls(self) -> list[str]:
        """Names of the control arms that were evaluated."""
        others = {BEFORE, MAIN, GREEDY_AFTER}
        if GREEDY_AFTER in self.evaluations:  # then it is one side of a lift of its own
            others.add(GREEDY)
        return [name for name in self.evaluations if name not in others]

    @cached_property
    def lift(self) -> Comparison | None:
        """Base model against the trained model; None where either is missing."""
        return self._compare(BEFORE, MAIN)

    @cached_property
    def greedy(self) -> Comparison | None:
        """Base model against the trained model, both decoded greedily; None without both."""
        return self._compare(GREEDY, GREEDY_AFTER)

    @cached_property
    def curve(self) -> Curve | None:
        """Accuracy along the training; None where there are not two steps of it."""
        runs = {seed: steps for seed, steps in self.curves.items() if steps}
        if BEFORE not in self.evaluations or max(map(len, runs.values()), default=0) < 2:
            return None
        try:
            return follow(self.evaluations[BEFORE][0], runs)
        except SampleEngineeringError as error:
            self._note(f"the curve along the training cannot be drawn: {error}")
            return None

    @cached_property
    def control_lifts(self) -> dict[str, Comparison]:
        """Base model against each control arm."""
        made = {name: self._compare(BEFORE, name) for name in self.controls}
        return {name: value for name, value in made.items() if value is not None}

    @cached_property
    def contrasts(self) -> dict[str, Comparison]:
        """Each control arm against the trained model."""
        made = {name: self._compare(name, MAIN) for name in self.controls}
        return {name: value for name, value in made.items() if value is not None}

    @cached_property
    def behaviour(self) -> "pd.DataFrame | None":
        """Behaviour before and after; None where either is missing."""
        from sample_engineering.evaluation.behaviour import behaviour

        if BEFORE not in self.evaluations or MAIN not in self.evaluations:
            return None
        before, after = self.evaluations[BEFORE], self.evaluations[MAIN]
        try:
            return behaviour(before, after, resamples=self.resamples)
        except SampleEngineeringError as error:
            self._note(f"behaviour cannot be compared: {error}")
            return None

    @cached_property
    def verdict(self) -> Verdict:
        """What all of it comes to, in words."""
        if not self.trained:
            return not_trained(self.cause)
        if self.lift is None:
            state = ", ".join(self.evaluations) or "none"
            reasons = [f"Evaluations so far: {state}."]
            if self.message:
                reasons.append(f"The run says: {self.message}")
            return Verdict(
                "unfinished",
                "This run is not finished: there is no evaluation before and after yet.",
                tuple(reasons),
            )
        lifts = {readings.SAMPLED: self.lift}
        if self.greedy is not None:
            lifts[readings.GREEDY] = self.greedy
        return judge(
            lifts,
            controls={arm: {readings.SAMPLED: one} for arm, one in self.contrasts.items()},
            behaviour=self.behaviour,
            budgets=self.budgets,
            sample=MAIN,
            curve=self.curve,
            seeds=self.lift.seeds_after,
        )

    @property
    def budgets(self) -> dict[str, Budget]:
        """What was spent on the training runs of each arm, as far as it is known."""
        by_arm: dict[str, list[Training]] = {}
        for training in self.trainings:
            by_arm.setdefault(training.arm, []).append(training)
        return {
            arm: Budget(
                tuple(training.progress.steps for training in runs),
                any(training.trained for training in runs),
            )
            for arm, runs in by_arm.items()
        }

    def _compare(self, first: str, second: str) -> Comparison | None:
        if first not in self.evaluations or second not in self.evaluations:
            return None
        sides = self.evaluations[first], self.evaluations[second]
        try:
            # A control may be another way to ask the model: greedily, say.
            arms = not {first, second} <= {BEFORE, MAIN}
            return compare(*sides, resamples=self.resamples, across_protocols=arms)
        except SampleEngineeringError as error:
            self._note(f"{first} and {second} cannot be compared: {error}")
            return None

    def _note(self, problem: str) -> None:
        if problem not in self.notes:
            self.notes.append(problem)
