"""Whatever can be refused is refused before any work: a list of checks over a plan.

Each check is a function of a `Case` that yields findings; all run, the cheap ones first, so that
every reason is told at once. `Case.trial` asks the libraries once for all checks that need them.
"""

from sample_engineering.trainers.preflight.case import Case
from sample_engineering.trainers.preflight.diagnosis import Diagnosis, Environment, diagnose
from sample_engineering.trainers.preflight.estimate import Estimate, estimate
from sample_engineering.trainers.preflight.outcome import Finding, Outcome, Preflight, Verdict
from sample_engineering.trainers.preflight.running import CHECKS, Check, preflight, run_checks

__all__ = [
    "CHECKS",
    "Case",
    "Check",
    "Diagnosis",
    "Environment",
    "Estimate",
    "Finding",
    "Outcome",
    "Preflight",
    "Verdict",
    "diagnose",
    "estimate",
    "preflight",
    "run_checks",
]
