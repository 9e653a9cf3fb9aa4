"""Memory against the card, or against the machine."""

from collections.abc import Iterator, Sequence

from sample_engineering.errors import ConfigError
from sample_engineering.trainers.estimates.cards import GIB
from sample_engineering.trainers.estimates.memory import Memory, training_memory, vllm_least
from sample_engineering.trainers.estimates.remedies import Remedy, remedies
from sample_engineering.trainers.estimates.setup import Setup, setup_of
from sample_engineering.trainers.preflight.case import Case
from sample_engineering.trainers.preflight.outcome import Finding, ok, refuse, warn

# The part of what only passes (activations, caches) that is surely needed: rows may turn out short.
_SURE = 0.7
_TRIAL = int(0.6 * GIB)  # what the process that asked held itself


def setup_for(case: Case) -> Setup | None:
    """Return what a case comes to; None where the model is not known, or nothing can be shared."""
    shape, facts = case.trial.shape, case.trial.tokenizer
    if shape is None:
        return None
    try:
        return setup_of(
            case.recipe,
            shape,
            processes=case.processes,
            sharding=case.sharding,
            prompt_tokens=0 if facts is None else facts.longest_prompt,
            on_cpu=case.device == "cpu",
            loading=case.options.loading,
        )
    except ConfigError:
        return None


def device_bytes(case: Case) -> tuple[int, int]:
    """Return what one training may have of the smallest device: all of it, and what is free.

    Trainings on one device at the same time (``0,0,0`` or ``cpu,cpu``) have equal parts of it.
    """
    machine, parts = case.machine, case.on_one_device
    if case.device in ("cpu", "mps"):  # Apple's GPUs share the machine's memory
        return machine.ram_bytes // parts, machine.free_ram_bytes // parts
    if not machine.gpus:
        return 0, 0
    held = _TRIAL if machine.real else 0
    total, free = min(
        (gpu.total_bytes, min(gpu.total_bytes, gpu.free_bytes + held)) for gpu in machine.gpus
    )
    return total // parts, free // parts


def memory(case: Case) -> Iterator[Finding]:
    """Whether a training fits into its device, and if not, what would make it fit."""
    setup = setup_for(case)
    total, free = device_bytes(case)
    if setup is None or not total:
        return
    on_cpu = case.device == "cpu"
    need = training_memory(setup, total, on_cpu=on_cpu)
    where = "this machine" if on_cpu and case.machine.real else _name(case)
    if case.on_one_device > 1:
        where = f"its part of {where}, where {case.on_one_device} work at the same time"
    told = f"a training needs about {gib(need.total)} GiB of the {gib(total)} GiB of {where}"
    if surely_needed(need) > total:
        found = remedies(setup, total, on_cpu=on_cpu, gpus=len(case.machine.gpus))
        yield refuse(f"{told}: {_largest(need)}", _advice(found))
    elif surely_needed(need) > free:
        yield refuse(
            f"a training needs about {gib(need.total)} GiB of {where}, and other programs leave "
            f"{gib(free)} GiB",
            "end them, or choose another device",
        )
    elif need.total > free:
        found = remedies(setup, total, on_cpu=on_cpu, gpus=len(case.machine.gpus))
        yield warn(f"{told}, {gib(free)} GiB are free, and may not fit", _advice(found))
    else:
        yield ok(told)
    if setup.vllm and not on_cpu:
        least = vllm_least(setup)
        share = int(setup.vllm_share * total)
        if least > share:
            wanted = -(-least * 20 // total) / 20  # the next multiple of 0.05
            yield refuse(
                f"vLLM gets {gib(share)} GiB and needs {gib(least)} GiB for the model and one "
                "answer",
                f"set `vllm_gpu_memory_utilization`={wanted:g}, or give `vllm_server`",
            )
    if not on_cpu and case.machine.real:
        yield from _loading(case, setup)


def _loading(case: Case, setup: Setup) -> Iterator[Finding]:
    """Weights pass through the machine's own memory on their way to a GPU."""
    need = setup.weight_bytes * setup.shape.parameters * case.local_processes
    free = case.machine.free_ram_bytes
    if need > free:
        yield warn(
            f"the weights need {gib(need)} GiB of the machine's memory while they are loaded, and "
            f"{gib(free)} GiB are free"
        )
    copy = setup.weight_bytes * setup.trained * case.local_processes
    if setup.cost.base_copy and copy > free:
        yield refuse(
            f"the algorithm {case.recipe.algorithm} keeps a copy of the weights that it starts "
            f"from, {gib(copy)} GiB in the machine's memory, and {gib(free)} GiB are free",
            "train adapters (`lora`), or choose another `algorithm`",
        )


def evaluation_memory(case: Case) -> Iterator[Finding]:
    """Whether the model itself and one answer fit, to be evaluated."""
    setup = setup_for(case)
    total, _ = device_bytes(case)
    if setup is None or not total:
        return
    shape, on_cpu = setup.shape, case.device == "cpu"
    size = 4 if on_cpu else shape.stored_bytes
    longest = setup.length
    if case.plan is not None:
        longest = setup.prompt_tokens + case.plan.benchmark.max_tokens
    need = size * (shape.parameters + longest * shape.cache_numbers)
    cards = max(1, len(case.machine.gpus)) if case.engine == "vllm" else 1
    if need / cards > total:
        yield refuse(
            f"to evaluate the model takes {gib(need)} GiB, and {_name(case)} has {gib(total)} GiB",
            "choose a smaller model, or a larger GPU",
        )
    else:
        yield ok(f"to evaluate the model takes {gib(need)} GiB and what more answers need")


def surely_needed(need: Memory) -> int:
    """Return what is needed even where answers are short."""
    kept = sum(need.kept.values())
    return int(kept + _SURE * (need.total - kept))


def gib(size: float) -> str:
    """Write bytes in GiB: one decimal where that says something."""
    value = size / GIB
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def _largest(need: Memory) -> str:
    parts = list(need.parts.items())[:4]
    return ", ".join(f"{name} {gib(size)}" for name, size in parts)


def _name(case: Case) -> str:
    names = {gpu.name for gpu in case.machine.gpus}
    return names.pop() if len(names) == 1 else "the smallest card"


def _advice(found: Sequence[Remedy]) -> str:
    if not found:
        return "choose a smaller model, or larger or more GPUs"
    told = [f"{' and '.join(r.changes)} ({gib(r.total_bytes)} GiB)" for r in found]
    return "it would fit with " + ", or with ".join(told)
