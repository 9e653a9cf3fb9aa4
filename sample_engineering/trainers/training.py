"""One training of a plan, in the process that calls this."""

from collections.abc import Callable

from sample_engineering.evaluation import Benchmark
from sample_engineering.evaluation.development import FEWEST, watched_items
from sample_engineering.runs import RunFolder
from sample_engineering.trainers.arms import Arm
from sample_engineering.trainers.interrupts import StopRequest
from sample_engineering.trainers.measuring import free_memory
from sample_engineering.trainers.plan import MOST_SNAPSHOTS, ProgressEvent, ValidationPlan
from sample_engineering.trainers.ranks import Ranks
from sample_engineering.trainers.tracking import run_name, tracked


def train(
    plan: ValidationPlan,
    arm: Arm,
    stop: StopRequest,
    tell: Callable[[ProgressEvent], None],
) -> None:
    """Do a training, or go on with it; what came of it is in its folder.

    It pauses, without ``training.json``, when `plan.MOST_SNAPSHOTS` snapshots wait to be evaluated.

    Parameters
    ----------
    plan : ValidationPlan
    arm : Arm
        One of `plan.arms` that trains.
    stop : StopRequest
    tell : callable
        Called with each step.

    Raises
    ------
    SampleEngineeringError
        If it fails; TrainingInterrupted after a stop.
    """
    from sample_engineering.trainers.one_shot import train_one_shot

    ranks = Ranks.of_environment()
    place = RunFolder(plan.out, writes=ranks.first).training(arm.name, arm.seed)
    try:
        with place.claimed(), tracked(plan.out, arm.name, arm.seed, plan.options.report_to):
            if ranks.world == 1 and place.record is not None:
                return  # another job did it while this one waited for its turn
            train_one_shot(
                plan.model,
                arm,
                plan.recipe,
                place,
                options=plan.options,
                resume=True,
                stop=stop,
                progress=lambda line: tell(
                    ProgressEvent("train", arm.name, arm.seed, line.step, plan.recipe.steps, line)
                ),
                notice=lambda text: tell(ProgressEvent("notice", message=f"warning: {text}")),
                run_name=run_name(plan.out, arm.name, arm.seed, plan.options.report_to),
                snapshot_every=plan.recipe.eval_every or None,
                most_snapshots=MOST_SNAPSHOTS,
                # Other engines load whole models only.
                watched=_watched(plan),
                whole=plan.options.merge or plan.engine is not None,
            )
    finally:
        free_memory()


def _watched(plan: ValidationPlan) -> Benchmark | None:
    """Return the development items to look at; None where there are too few to show anything."""
    if not plan.recipe.watch_items:
        return None
    found = watched_items(plan.benchmark, plan.recipe.watch_items)
    return plan.benchmark.with_(items=found) if len(found) >= FEWEST else None
