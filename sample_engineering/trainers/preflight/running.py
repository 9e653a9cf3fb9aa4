"""Runs the checks, in the order of what they cost."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sample_engineering.errors import SampleEngineeringError
from sample_engineering.trainers.plan import ValidationPlan
from sample_engineering.trainers.preflight import (
    data,
    devices,
    memory,
    model,
    packages,
    settings,
    storage,
)
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
    Check("warm start", settings.warm_starts),
    Check("model files", model.files),
    Check("weights", model.weights, ("model files",)),
    # From here on torch, transformers and TRL are asked.
    Check("libraries", settings.libraries),
    Check("devices", devices.devices, ("libraries",)),
    Check("TRL settings", settings.trl_settings, ("libraries", "packages")),
    Check("model", model.model, ("model files", "libraries")),
    Check("tokenizer", model.tokenizer, ("model files", "libraries", "model")),
    Check("context", model.context, ("tokenizer",)),
    Check("memory", memory.memory, ("model", "devices", "processes")),
    Check("evaluation", memory.evaluation_memory, ("model", "devices")),
    Check("disk", storage.disk, ("model", "run folder", "processes")),
)

# What can be said of a machine that is not here.
ELSEWHERE = ("processes", "model files", "libraries", "model", "memory", "evaluation")
# What needs no model.
OF_MACHINES = ("packages", "trackers", "libraries", "devices", "TRL settings")
# What needs a sample and a benchmark.
OF_PLANS = ("run folder", "golds", "warm start")


def checks_for(case: Case) -> Sequence[Check]:
    """Return the checks that can say something about a case."""
    if case.described is not None:
        return [check for check in CHECKS if check.name in ELSEWHERE]
    if case.model is None:
        return [check for check in CHECKS if check.name in OF_MACHINES]
    if case.plan is None:
        return [check for check in CHECKS if check.name not in OF_PLANS]
    return CHECKS


def run_checks(case: Case, checks: Sequence[Check] | None = None) -> Preflight:
    """Run all checks, whatever the earlier ones found, but those in vain."""
    checks = checks_for(case) if checks is None else checks
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
