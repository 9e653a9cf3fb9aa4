"""Runs the checks, in the order of what they cost."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sample_engineering.errors import SampleEngineeringError
from sample_engineering.trainers.plan import ValidationPlan
from sample_engineering.trainers.preflight import data, devices, model, packages, settings, storage
from sample_engineering.trainers.preflight.case import Case
from sample_engineering.trainers.preflight.outcome import (
    Finding,
    Outcome,
    Preflight,
    Verdict,
    ok,
    warn,
)


@dataclass(frozen=True)
class Check:
    """One thing that is looked at before a run.

    Parameters
    ----------
    name : str
        One or two words, shown in the list.
    find : callable
        Yields findings; nothing means that all is well.
    """

    name: str
    find: Callable[[Case], Iterable[Finding]]

    def run(self, case: Case) -> Outcome:
        """Look; an error of the check itself becomes a finding."""
        started = time.perf_counter()
        try:
            findings = tuple(self.find(case)) or (ok(""),)
        except SampleEngineeringError as error:
            findings = (Finding(Verdict.refuse, " ".join(str(error).split())),)
        except Exception as error:
            findings = (warn(f"this could not be checked ({type(error).__name__}: {error})"),)
        return Outcome(self.name, findings, time.perf_counter() - started)


CHECKS: Sequence[Check] = (
    Check("packages", packages.installed),
    Check("trackers", packages.trackers),
    Check("processes", devices.processes),
    Check("run folder", storage.run_folder),
    Check("golds", data.golds),
    Check("model files", model.files),
    # From here on torch, transformers and TRL are asked.
    Check("libraries", settings.libraries),
    Check("devices", devices.devices),
    Check("TRL settings", settings.trl_settings),
    Check("model", model.model),
    Check("tokenizer", model.tokenizer),
    Check("context", model.context),
)


def run_checks(case: Case, checks: Sequence[Check] = CHECKS) -> Preflight:
    """Run all checks, whatever the earlier ones found; those in vain are left out."""
    outcomes = []
    for check in checks:
        outcomes.append(check.run(case))
        if check.find is settings.libraries and outcomes[-1].verdict is Verdict.refuse:
            break
    return Preflight(tuple(outcomes))


def preflight(plan: ValidationPlan) -> Preflight:
    """Check a whole plan; nothing is generated or written.

    Parameters
    ----------
    plan : ValidationPlan

    Returns
    -------
    Preflight
        `Preflight.require` raises where something refuses.
    """
    return run_checks(Case.of_plan(plan))
