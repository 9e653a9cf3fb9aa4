"""TRL's own opinion of the settings."""

from collections.abc import Iterator

from sample_engineering.trainers.preflight.case import Case
from sample_engineering.trainers.preflight.outcome import Finding, refuse
from sample_engineering.trainers.preflight.packages import trackers
from sample_engineering.trainers.warm_start import warm_start_fault


def libraries(case: Case) -> Iterator[Finding]:
    """Whether torch, transformers and TRL can be asked at all."""
    if case.trial.failure:
        yield refuse(case.trial.failure, "")


def warm_starts(case: Case) -> Iterator[Finding]:
    """Whether every arm that begins with a warm start can have it."""
    plan = case.plan
    if plan is None:
        return
    for arm in plan.arms:
        if arm.trains:
            recipe = arm.recipe(plan.recipe)
            if fault := warm_start_fault(recipe, case.processes, arm.samples):
                yield refuse(f"{arm.name}: {fault}", "")


def trl_settings(case: Case) -> Iterator[Finding]:
    """Whether TRL's configuration and trainer can be built, and transformers knows the trackers."""
    if case.trial.settings_error:
        yield refuse(case.trial.settings_error, "")
    if case.trial.tracker_error and not any(True for _ in trackers(case)):
        yield refuse(case.trial.tracker_error, "change `report_to`")
