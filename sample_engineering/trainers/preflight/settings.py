"""TRL's own opinion of the settings."""

from collections.abc import Iterator

from sample_engineering.trainers.preflight.case import Case
from sample_engineering.trainers.preflight.outcome import Finding, refuse
from sample_engineering.trainers.preflight.packages import trackers


def libraries(case: Case) -> Iterator[Finding]:
    """Whether torch, transformers and TRL can be asked at all."""
    if case.trial.failure:
        yield refuse(case.trial.failure, "")


def trl_settings(case: Case) -> Iterator[Finding]:
    """Whether TRL's configuration and trainer can be built, and transformers knows the trackers."""
    if case.trial.settings_error:
        yield refuse(case.trial.settings_error, "")
    if case.trial.tracker_error and not any(True for _ in trackers(case)):
        yield refuse(case.trial.tracker_error, "change `report_to`")
