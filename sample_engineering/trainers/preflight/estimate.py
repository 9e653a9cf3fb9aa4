"""What a case needs: memory, disk and time."""

from dataclasses import dataclass, replace
from typing import Any

from sample_engineering.trainers.estimates.cards import card_of
from sample_engineering.trainers.estimates.disk import checkpoint_bytes, training_bytes
from sample_engineering.trainers.estimates.memory import Memory, training_memory
from sample_engineering.trainers.estimates.remedies import Remedy, remedies
from sample_engineering.trainers.estimates.setup import Setup
from sample_engineering.trainers.estimates.timing import (
    Speed,
    card_speeds,
    evaluation_seconds,
    step_seconds,
)
from sample_engineering.trainers.plan import snapshots_at_once
from sample_engineering.trainers.preflight.case import Case
from sample_engineering.trainers.preflight.memory import device_bytes, setup_for


@dataclass(frozen=True)
class Estimate:
    """What a training needs at most, on each of its devices.

    Parameters
    ----------
    setup : Setup
    device : str
        ``cpu``, ``cuda`` or ``mps``.
    device_name : str
        Of the GPU.
    device_bytes : int
        Its memory, or the machine's.
    memory : Memory
    checkpoint_bytes, disk_bytes : int
        Of one checkpoint, and of all that one training keeps at a time.
    step_seconds, evaluation_seconds : float or None
        Of a training step, and of an arm's evaluation in all readings, if every answer were as
        long as allowed; None where the device's speed is not known, or there is no benchmark.
    remedies : tuple of Remedy
        Where it does not fit: settings with which it would.
    """

    setup: Setup
    device: str
    device_name: str
    device_bytes: int
    memory: Memory
    checkpoint_bytes: int
    disk_bytes: int
    step_seconds: float | None
    evaluation_seconds: float | None
    remedies: tuple[Remedy, ...] = ()

    @property
    def parameters(self) -> int:
        """Of the model."""
        return self.setup.shape.parameters

    @property
    def memory_bytes(self) -> int:
        """At the peak."""
        return self.memory.total

    @property
    def fits(self) -> bool:
        """Whether there is as much memory."""
        return self.memory.total <= self.device_bytes

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready record."""
        setup = {k: v for k, v in vars(self.setup).items() if k not in ("shape", "cost")}
        setup |= vars(self.setup.cost)
        return {
            "model": self.setup.shape.to_dict(),
            "setup": setup,
            "device": self.device,
            "device_name": self.device_name,
            "device_bytes": self.device_bytes,
            "memory_bytes": self.memory.total,
            "memory": self.memory.parts,
            "fits": self.fits,
            "checkpoint_bytes": self.checkpoint_bytes,
            "disk_bytes": self.disk_bytes,
            "step_seconds": self.step_seconds,
            "evaluation_seconds": self.evaluation_seconds,
            "remedies": [vars(remedy) for remedy in self.remedies],
        }


def estimate(case: Case) -> Estimate | None:
    """Return what a case needs, None where its model cannot be read."""
    setup = setup_for(case)
    if setup is None:
        return None
    on_cpu = case.device == "cpu"
    total, _ = device_bytes(case)
    need = training_memory(setup, total, on_cpu=on_cpu)
    training, evaluating = _speeds(case, setup, on_cpu)
    recipe, gpus = case.recipe, case.machine.gpus
    snapshots = snapshots_at_once(recipe)
    found = Estimate(
        setup=setup,
        device=case.device,
        device_name=gpus[0].name if gpus and not on_cpu else "this machine",
        device_bytes=total,
        memory=need,
        checkpoint_bytes=checkpoint_bytes(setup),
        disk_bytes=training_bytes(setup, snapshots),
        step_seconds=_step(setup, training, total, on_cpu, 1 if on_cpu else case.on_one_device),
        evaluation_seconds=_evaluation(case, setup, evaluating, total, on_cpu),
    )
    if found.fits or not total:
        return found
    mended = remedies(setup, total, on_cpu=on_cpu, gpus=len(gpus))
    return replace(found, step_seconds=None, remedies=tuple(mended))


def _speeds(case: Case, setup: Setup, on_cpu: bool) -> tuple[Speed | None, Speed | None]:
    if on_cpu:
        return case.trial.speed, case.trial.speed
    card = card_of(case.machine.gpus[0]) if case.machine.gpus else None
    if card is None:
        return None, None
    return card_speeds(card, setup, vllm=case.engine == "vllm")


def _step(
    setup: Setup, speed: Speed | None, total: int, on_cpu: bool, at_once: int
) -> float | None:
    """Trainings that share a card take turns on it; those on a CPU have cores of their own."""
    if speed is None:
        return None
    return at_once * step_seconds(setup, speed, total, on_cpu=on_cpu)


def _evaluation(
    case: Case, setup: Setup, speed: Speed | None, total: int, on_cpu: bool
) -> float | None:
    if case.plan is None or speed is None:
        return None
    vllm = case.engine == "vllm"
    completions = case.plan.completions
    shared = 1 if vllm else case.processes
    at_once = 1 if on_cpu else case.on_one_device
    return at_once * evaluation_seconds(
        setup.shape,
        speed,
        -(-completions // shared),
        setup.prompt_tokens,
        case.plan.benchmark.max_tokens,
        total,
        on_cpu=on_cpu,
        vllm=vllm,
    )
