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
    after : sequence of str
        Checks without which this one is in vain: it is left out where one of them refuses.
    """

    name: str
    find: Callable[[Case], Iterable[Finding]]
    after: Sequence[str] = ()

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
    Check("weights", model.weights, ("model files",)),
    # From here on torch, transformers and TRL are asked.
    Check("libraries", settings.libraries),
    Check("devices", devices.devices, ("libraries",)),
    Check("TRL settings", settings.trl_settings, ("libraries",)),
    Check("model", model.model, ("model files", "libraries")),
    Check("tokenizer", model.tokenizer, ("model files", "libraries")),
    Check("context", model.context, ("tokenizer",)),
)


def run_checks(case: Case, checks: Sequence[Check] = CHECKS) -> Preflight:
    """Run all checks, whatever the earlier ones found, but those in vain."""
    outcomes: list[Outcome] = []
    failed: set[str] = set()
    for check in checks:
        if failed & set(check.after):
            failed.add(check.name)
            continue
        outcomes.append(check.run(case))
        if outcomes[-1].verdict is Verdict.refuse:
            failed.add(check.name)
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
