"""All work of a validation or a search, so that what is left of it can be told."""

from collections import Counter
from collections.abc import Hashable
from typing import TYPE_CHECKING

from sample_engineering.commands.whole_job import WholeJob
from sample_engineering.runs import RunFolder
from sample_engineering.runs.format import BEFORE, CONFIG

if TYPE_CHECKING:
    from sample_engineering.search.plan import SearchPlan
    from sample_engineering.trainers.arms import Arm
    from sample_engineering.trainers.plan import ValidationPlan

_TRAIN = "train"  # the stage of a training; evaluations are told apart by their readings


def of_validation(plan: "ValidationPlan") -> WholeJob | None:
    """Return the work of a validation; None where this process does a piece of it only.

    Steps of its trainings, items of each reading, and what of both lies in its folder already.
    """
    if plan.piece is not None:
        return None
    work, done = Counter[Hashable](), Counter[Hashable]()
    folder = None
    if plan.resume and (plan.out / CONFIG).exists():
        folder = RunFolder(plan.out, writes=False)
    for arm in plan.asked:
        units = _of_arm(plan, arm)
        work.update(units)
        if folder is not None:
            done.update(_done_of(plan, arm, units, folder))
    return WholeJob(work, done=done)


def of_search(plan: "SearchPlan", *, resume: bool) -> WholeJob:
    """Return the work of a search that makes as many trials as its budget allows.

    A trial that ends early leaves its steps to others, so that all steps are made in the end.
    """
    from sample_engineering.search.folder import done_in
    from sample_engineering.search.plan import CONFIRM_SEEDS

    trials, confirmation = plan.trials, plan.confirmation
    work, done = Counter[Hashable]({_TRAIN: plan.budget}), Counter[Hashable]()
    for reading in trials.readings:
        work[reading] += len(trials.benchmark) * (1 + plan.most_trials)
        if confirmation is not None:
            asked = 1 + plan.confirm * CONFIRM_SEEDS
            work[reading] += len(confirmation.benchmark) * asked
    made, confirmed = done_in(plan) if resume else ([], [])
    for reading in trials.readings:
        for one in (trials, confirmation):
            if resume and one is not None and _has(one, reading):
                done[reading] += len(one.benchmark)
        done[reading] += sum(one.items for one in made if one.trained)
        done[reading] += sum(one.items * one.trained for one in confirmed)
    done[_TRAIN] = sum(one.steps for one in made) + sum(one.steps for one in confirmed)
    return WholeJob(work, done=done, name="the whole search")


def _of_arm(plan: "ValidationPlan", arm: "Arm") -> Counter[Hashable]:
    units = Counter[Hashable]({reading: len(plan.benchmark) for reading in plan.readings_of(arm)})
    if arm.trains:
        units[_TRAIN] = plan.recipe.steps
        if every := plan.recipe.eval_every:
            units[plan.headline] += (plan.recipe.steps - 1) // every * len(plan.benchmark)
    return units


def _done_of(
    plan: "ValidationPlan", arm: "Arm", units: Counter[Hashable], folder: RunFolder
) -> Counter[Hashable]:
    """What of an arm lies in the folder; a piece that is begun tells by itself how far it is."""
    record = folder.training(arm.name, arm.seed).record if arm.trains else None
    if record is not None and not record.trained:
        return units  # it ended early, and is not evaluated
    found = Counter[Hashable](
        {
            reading: units[reading]
            for reading in plan.readings_of(arm)
            if folder.evaluation(arm.name, arm.seed, reading) is not None
        }
    )
    if arm.trains and (found or record is not None):  # it is evaluated after it was trained
        found[_TRAIN] = units[_TRAIN]
    return found


def _has(plan: "ValidationPlan", reading: str) -> bool:
    folder = RunFolder(plan.out, writes=False)
    return folder.evaluation(BEFORE, reading=reading) is not None
