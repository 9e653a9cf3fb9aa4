"""Trying a candidate by the package's own validation, and reading from its run folder what it did.

The base model is evaluated once for all trials, in a run folder that holds nothing else
(``base/trials``), and once for all confirmations. A run folder that is there already goes on, or is
only read: so a search that was killed does nothing twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sample_engineering.errors import RunError
from sample_engineering.evaluation import Evaluation
from sample_engineering.evaluation.compare import compare
from sample_engineering.runs import RunFolder
from sample_engineering.runs.format import BEFORE, CONFIG, MAIN, RESULT
from sample_engineering.sample import Sample
from sample_engineering.trainers.plan import ValidationPlan
from sample_engineering.trainers.validation import Tell, run_piece, run_validation


@dataclass(frozen=True)
class Measured:
    """What a run did.

    Parameters
    ----------
    steps : int
        Training steps of all seeds together.
    trained : int
        Seeds that were taught something.
    items : int
    before, after, lift, ci_low, ci_high, error : float
        See `Effect`; where a seed was taught nothing its weights are the base model's.
    """

    steps: int
    trained: int
    items: int
    before: float
    after: float
    lift: float
    ci_low: float
    ci_high: float
    error: float


def evaluate_base(plan: ValidationPlan, tell: Tell | None) -> Evaluation:
    """Evaluate the base model in the folder of `plan`, unless it was done before."""
    reading = plan.headline
    done = RunFolder(plan.out, writes=False).evaluation(BEFORE, reading=reading)
    if done is None:
        run_piece(replace(plan, piece=(BEFORE, 0)), tell)
        done = RunFolder(plan.out, writes=False).evaluation(BEFORE, reading=reading)
    if done is None:
        raise RunError(f"{plan.out} has no evaluation of the base model; start the search anew")
    return done


def train_on(
    plan: ValidationPlan,
    sample: Sample,
    seeds: Sequence[int],
    place: Path,
    base: Evaluation,
    tell: Tell | None,
) -> Measured:
    """Train on a sample with some seeds, evaluate, and measure its lift.

    Parameters
    ----------
    plan : ValidationPlan
        Everything else.
    sample : Sample
    seeds : sequence of int
    place : Path
        Run folder, which may be there already.
    base : Evaluation
        Of the base model, on the items of `plan`.
    tell : callable, optional
        Called with what is going on.

    Raises
    ------
    RunError
        If the folder cannot be used, or was made with other settings.
    TrainingInterrupted
        After Ctrl-C or SIGTERM; what was done is saved.
    """
    if not (place / RESULT).exists():
        own = replace(plan, sample=sample, seeds=tuple(seeds), out=place, resume=True, piece=None)
        if not (place / CONFIG).exists():
            folder = RunFolder.create(place, own.to_config(), own.to_inputs())
            try:
                folder.add_evaluation(base, BEFORE)
            finally:
                folder.close()
        run_validation(own, tell)
    return measure(place, plan.headline)


def measure(place: Path, reading: str) -> Measured:
    """Read from a finished run folder what its training was worth; RunError if it is damaged."""
    folder = RunFolder.open(place)
    arms = folder.evaluations[reading]
    before, after = arms.get(BEFORE, []), arms.get(MAIN, [])
    result = folder.result
    if result is None or not before or (result.trained and not after):
        told = "; ".join(folder.problems) or "parts are missing"
        raise RunError(f"{place} cannot be read ({told}); remove that folder and resume the search")
    idle = len(result.seeds) - len(after)
    effect = compare(before[0], [*after, *[before[0]] * idle]).overall
    return Measured(
        steps=sum(training.progress.steps for training in result.trainings),
        trained=len(after),
        items=effect.n,
        before=effect.before,
        after=effect.after,
        lift=effect.lift,
        ci_low=effect.ci_low,
        ci_high=effect.ci_high,
        error=effect.lift_se if effect.n > 1 else 0.0,
    )
