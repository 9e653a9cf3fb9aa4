"""Devices and processes."""

from collections.abc import Iterator

from sample_engineering.errors import ConfigError
from sample_engineering.trainers.preflight.case import Case
from sample_engineering.trainers.preflight.outcome import Finding, ok, refuse


def processes(case: Case) -> Iterator[Finding]:
    """Whether the rollouts can be shared out."""
    world, recipe = case.processes, case.recipe
    try:
        micro_batch = recipe.micro_batch_for(world)
    except ConfigError as error:
        yield refuse(str(error), "")
        return
    told = f", {recipe.rollouts // recipe.updates // world} rollouts an update each"
    yield ok(f"{world} process{'es' * (world > 1)}{told}, {micro_batch} at a time")


def devices(case: Case) -> Iterator[Finding]:
    """Whether the asked device is there, and only one of them for one process."""
    recipe, gpus = case.recipe, case.machine.gpus
    if case.device == "cpu":
        return
    if case.device == "mps":
        if case.trial.mps:
            yield ok("the GPU of this processor (mps)")
        else:
            yield refuse(
                "`device` mps was asked for and torch finds no GPU of Apple's",
                "leave `device` out, or give cpu",
            )
        return
    if not gpus:
        name = "devices" if case.devices else "device"
        asked = ",".join(case.devices) or case.device
        yield refuse(
            f"`{name}` {asked} was asked for and torch sees no GPU",
            f"see `nvidia-smi` and CUDA_VISIBLE_DEVICES, or leave `{name}` out",
        )
        return
    absent = [one for one in case.devices if one.isdecimal() and int(one) >= len(gpus)]
    if absent:
        yield refuse(
            f"`devices` names {absent[0]}, and torch sees {len(gpus)} "
            f"GPU{'s' * (len(gpus) > 1)}, counted from 0",
            "see `nvidia-smi` and CUDA_VISIBLE_DEVICES",
        )
    if len(gpus) > 1 and case.processes == 1 and not case.devices:
        yield refuse(
            f"one process sees {len(gpus)} GPUs, and TRL would split the batch over them in a way "
            "that it does not support",
            "give `devices`, set CUDA_VISIBLE_DEVICES=0, or start with accelerate launch",
        )
    if case.processes > len(gpus) and case.machine.real:
        yield refuse(
            f"{case.processes} processes on this machine see {len(gpus)} GPUs",
            "start one process a GPU",
        )
    if recipe.bf16 and not all(gpu.bf16 for gpu in gpus):
        old = next(gpu for gpu in gpus if not gpu.bf16)
        yield refuse(f"{old.name} does not compute in bfloat16", "set `bf16`=false")
    yield ok(", ".join(gpu.name for gpu in gpus))
