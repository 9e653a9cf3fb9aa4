"""What `se doctor` finds: the machine, the checks, and whether a training fits."""

import os
import platform
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from sample_engineering.outside import telemetry_on
from sample_engineering.redaction import names_secret
from sample_engineering.trainers.machine import Machine
from sample_engineering.trainers.preflight.case import Case
from sample_engineering.trainers.preflight.estimate import Estimate, estimate
from sample_engineering.trainers.preflight.outcome import Preflight
from sample_engineering.trainers.preflight.running import run_checks

# In the order in which they are shown.
PACKAGES = (
    "sample-engineering", "torch", "transformers", "trl", "accelerate", "peft", "datasets", "vllm",
    "deepspeed", "bitsandbytes", "flash-attn", "wandb", "trackio", "tensorboard",
)  # fmt: skip


@dataclass(frozen=True)
class Environment:
    """What there is, whatever it is wanted for.

    Parameters
    ----------
    python : str
    packages : mapping
        Versions by name; None where one is not installed.
    free_disk_bytes : int
        In the working folder.
    hub_login : bool
        Whether there is a token for the Hugging Face hub.
    offline : bool
        Whether HF_HUB_OFFLINE is set.
    telemetry : tuple of str
        Settings that let a library send something home; none unless somebody set one.
    keys : tuple of str
        Names of the variables that hold keys, never their values.
    """

    python: str
    packages: Mapping[str, str | None]
    free_disk_bytes: int
    hub_login: bool
    offline: bool
    telemetry: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Diagnosis:
    """What was found.

    Parameters
    ----------
    preflight : Preflight
        The checks.
    machine : Machine
        That would run it.
    estimate : Estimate or None
        What a training needs; None without a model.
    environment : Environment or None
        None where the machine is only described.
    """

    preflight: Preflight
    machine: Machine
    estimate: Estimate | None = None
    environment: Environment | None = field(default=None)

    @property
    def ready(self) -> bool:
        """Whether nothing refuses."""
        return not self.preflight.refusals

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready record."""
        return {
            "ready": self.ready,
            "checks": self.preflight.to_dict(),
            "machine": asdict(self.machine),
            "estimate": None if self.estimate is None else self.estimate.to_dict(),
            "environment": None if self.environment is None else asdict(self.environment),
        }

    def __repr__(self) -> str:
        state = "ready" if self.ready else f"refused: {self.preflight.refusals[0]}"
        return f"<Diagnosis: {state}>"


def diagnose(case: Case) -> Diagnosis:
    """Check a case and estimate what it needs."""
    found = run_checks(case)
    return Diagnosis(
        found,
        case.machine,
        None if case.model is None or case.trial.failure else estimate(case),
        environment() if case.described is None else None,
    )


def environment() -> Environment:
    """Return what this machine has."""
    return Environment(
        python=platform.python_version(),
        packages={name: _version(name) for name in PACKAGES},
        free_disk_bytes=shutil.disk_usage(Path.cwd()).free,
        hub_login=hub_login(),
        offline=os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"),
        telemetry=tuple(telemetry_on(os.environ)),
        keys=tuple(sorted(name for name in os.environ if names_secret(name))),
    )


def hub_login() -> bool:
    """Whether there is a token for the Hugging Face hub; it is not asked whether it is good."""
    try:
        from huggingface_hub import get_token
    except ImportError:
        return False
    return bool(get_token())


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
