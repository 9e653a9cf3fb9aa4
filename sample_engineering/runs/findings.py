"""What the evaluations of a run show: lift, controls, behaviour, verdict."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from sample_engineering.errors import SampleEngineeringError
from sample_engineering.evaluation import Comparison, Evaluation, compare
from sample_engineering.evaluation.curve import Curve, Steps
from sample_engineering.evaluation.curve import curve as follow
from sample_engineering.evaluation.intervals import DEFAULT_RESAMPLES
from sample_engineering.evaluation.readings import (
    GREEDY,
    READINGS,
    SAMPLED,
    WAY_KEY,
    headline,
    reading_of,
)
from sample_engineering.evaluation.verdict import Budget, Verdict, judge, not_trained
from sample_engineering.runs.format import BEFORE, MAIN
from sample_engineering.runs.result import Training

if TYPE_CHECKING:
    import pandas as pd


class Findings:
    """Everything that evaluations show, each computed when it is first asked for.

    Parameters
    ----------
    evaluations : mapping from reading to mapping from arm to sequence of Evaluation
        Of each reading: ``before``, ``sample``, then the controls in the order in which they shall
        be named.
    trained : bool
        Whether the sample taught anything.
    cause : str, optional
        Why not.
    message : str, optional
        What the run says of itself where it is not finished.
    trainings : sequence of Training
        What is known of the training runs.
    curves : mapping from training seed to sequence of (step, Evaluation)
        Along the training runs on the sample, where they were evaluated on the way; all of one
        reading.
    resamples : int
        Of the bootstrap behind every interval.
    """

    def __init__(
        self,
        evaluations: Mapping[str, Mapping[str, Sequence[Evaluation]]],
        *,
        trained: bool = True,
        cause: str | None = None,
        message: str | None = None,
        trainings: Sequence[Training] = (),
        curves: Mapping[int, Steps] | None = None,
        resamples: int = DEFAULT_RESAMPLES,
    ) -> None:
        self.evaluations = {
            reading: {
                name: list(found) for name, found in evaluations.get(reading, {}).items() if found
            }
            for reading in READINGS
        }
        self.trained = trained
        self.cause = cause
        self.message = message
        self.trainings = tuple(trainings)
        self.curves = dict(curves or {})
        self.resamples = resamples
        self.notes: list[str] = []  # what could not be computed, and why

    @property
    def reading(self) -> str:
        """The headline's reading: greedy where both sides have it, else sampled."""
        whole = [name for name, arms in self.evaluations.items() if {BEFORE, MAIN} <= set(arms)]
        begun = [name for name, arms in self.evaluations.items() if BEFORE in arms]
        return headline(whole or begun)

    @property
    def controls(self) -> list[str]:
        """Names of the control arms that were evaluated in any reading."""
        names = [name for arms in self.evaluations.values() for name in arms]
        others = {BEFORE, MAIN, *self._untrained}
        return [name for name in dict.fromkeys(names) if name not in others]

    @property
    def _untrained(self) -> dict[str, list[Evaluation]]:
        """Ways of asking the base model instead of training it, which are of no reading."""
        return {
            name: found
            for arms in self.evaluations.values()
            for name, found in sorted(arms.items())
            if found[0].info.get(WAY_KEY)
        }

    @cached_property
    def free(self) -> dict[str, Comparison]:
        """What no training gives, by way, against the trained model in the headline's reading."""
        trained = self.evaluations[self.reading].get(MAIN)
        made = {
            name: self._across(name, found, trained)
            for name, found in self._untrained.items()
            if trained
        }
        return {name: value for name, value in made.items() if value is not None}

    def _across(
        self, name: str, found: Sequence[Evaluation], trained: Sequence[Evaluation]
    ) -> Comparison | None:
        try:
            return compare(found, trained, resamples=self.resamples, across_protocols=True)
        except SampleEngineeringError as error:
            self._note(f"{name} and {MAIN} cannot be compared: {error}")
            return None

    @property
    def untrained(self) -> list[str]:
        """Arms that need no training: those of `controls`, as far as it is known, and of `free`."""
        trained = {training.arm for training in self.trainings}
        found = [name for name in self.controls if trained and name not in trained]
        return [*found, *self.free]

    @cached_property
    def lifts(self) -> dict[str, Comparison]:
        """Base model against the trained model, by reading; those that have both."""
        return self._by_reading(BEFORE, MAIN)

    @property
    def lift(self) -> Comparison | None:
        """The lift of the headline's reading; None where a side is missing."""
        return self.lifts.get(self.reading)

    @cached_property
    def curve(self) -> Curve | None:
        """Accuracy along the training; None where there are not two steps of it."""
        runs = {seed: steps for seed, steps in self.curves.items() if steps}
        if max(map(len, runs.values()), default=0) < 2:
            return None
        reading = reading_of(next(iter(runs.values()))[0][1].info)
        before = self.evaluations[reading].get(BEFORE)
        if not before:
            return None
        try:
            return follow(before[0], runs)
        except SampleEngineeringError as error:
            self._note(f"the curve along the training cannot be drawn: {error}")
            return None

    @cached_property
    def control_lifts(self) -> dict[str, dict[str, Comparison]]:
        """Base model against each control arm: by arm, then by reading."""
        return {name: self._by_reading(BEFORE, name) for name in self.controls}

    @cached_property
    def contrasts(self) -> dict[str, dict[str, Comparison]]:
        """Each control arm against the trained model: by arm, then by reading."""
        return {name: self._by_reading(name, MAIN) for name in self.controls}

    @staticmethod
    def of_reading(
        found: Mapping[str, Mapping[str, Comparison]], reading: str
    ) -> dict[str, Comparison]:
        """Return what `control_lifts` or `contrasts` hold of one reading, by arm."""
        return {name: both[reading] for name, both in found.items() if reading in both}

    @cached_property
    def behaviour(self) -> "pd.DataFrame | None":
        """Behaviour before and after; None where either is missing.

        Of sampled completions where there are any: how different the completions of an item are
        cannot be seen of one.
        """
        from sample_engineering.evaluation.behaviour import behaviour

        whole = [name for name in (SAMPLED, GREEDY) if name in self.lifts]
        if not whole:
            return None
        arms = self.evaluations[whole[0]]
        try:
            return behaviour(arms[BEFORE], arms[MAIN], resamples=self.resamples)
        except SampleEngineeringError as error:
            self._note(f"behaviour cannot be compared: {error}")
            return None

    @cached_property
    def verdict(self) -> Verdict:
        """What all of it comes to, in words."""
        if not self.trained:
            return not_trained(self.cause)
        if self.lift is None:
            names = [name for arms in self.evaluations.values() for name in arms]
            state = ", ".join(dict.fromkeys(names)) or "none"
            reasons = [f"Evaluations so far: {state}."]
            if self.message:
                reasons.append(f"The run says: {self.message}")
            return Verdict(
                "unfinished",
                "This run is not finished: there is no evaluation before and after yet.",
                tuple(reasons),
            )
        return judge(
            self.lifts,
            controls=self.contrasts,
            behaviour=self.behaviour,
            budgets=self.budgets,
            sample=MAIN,
            curve=self.curve,
            free=self.free,
            made=self.evaluations[headline(self.lifts)][BEFORE][0].made,
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
                sum(training.progress.informative_steps for training in runs)
                if all(training.rewarded for training in runs)
                else None,
            )
            for arm, runs in by_arm.items()
        }

    def _by_reading(self, first: str, second: str) -> dict[str, Comparison]:
        made = {name: self._compare(name, first, second) for name in READINGS}
        return {name: value for name, value in made.items() if value is not None}

    def _compare(self, reading: str, first: str, second: str) -> Comparison | None:
        arms = self.evaluations[reading]
        if first not in arms or second not in arms:
            return None
        try:
            # What is trained is asked as the sample is; an arm without training may be another
            # way to ask.
            trained = {training.arm for training in self.trainings}
            otherwise = not {first, second} <= {BEFORE, MAIN, *trained}
            return compare(
                arms[first],
                arms[second],
                resamples=self.resamples,
                across_protocols=otherwise,
                both_trained={first, second} <= trained,
            )
        except SampleEngineeringError as error:
            self._note(f"{first} and {second} cannot be compared ({reading}): {error}")
            return None

    def _note(self, problem: str) -> None:
        if problem not in self.notes:
            self.notes.append(problem)
