"""Which settings would make a training fit, tried one by one and together."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sample_engineering.trainers.estimates.memory import training_memory, vllm_least
from sample_engineering.trainers.estimates.setup import Setup, Sharding

_MOST_CHANGES = 4
_SHOWN = 3
_MARGIN = 0.97  # of the memory: an estimate that only just fits is none
_LORA_RANK = 32
_EIGHT_BIT = "adamw_bnb_8bit"
_GPUS = (2, 4, 8)
_SHORTEST = 512  # tokens of an answer that could still hold a solution


@dataclass(frozen=True)
class Change:
    """One setting that needs less memory.

    Parameters
    ----------
    told : str
        As a user sets it.
    price : int
        1 costs some time; 2 changes how weights are trained; 3 needs more machines or shorter
        answers. The cheapest set of changes that fits is named first.
    made : callable
        Returns the changed setup.
    topic : str
        Of several changes on one topic only one is made.
    """

    told: str
    price: int
    made: Callable[[Setup], Setup]
    topic: str


@dataclass(frozen=True)
class Remedy:
    """A set of changes with which the training fits.

    Parameters
    ----------
    changes : tuple of str
        As a user sets them.
    total_bytes : int
        What is needed then.
    """

    changes: tuple[str, ...]
    total_bytes: int


def remedies(
    setup: Setup, device_bytes: int, *, on_cpu: bool = False, gpus: int = 1
) -> list[Remedy]:
    """Return the smallest sets of changes with which a training fits, the cheapest first.

    Parameters
    ----------
    setup : Setup
        That does not fit.
    device_bytes : int
        What there is.
    on_cpu : bool
        On a CPU, where bfloat16 and GPUs are no remedy.
    gpus : int
        How many there are; of more than that it is said that they would be needed.
    """
    changes = list(_changes(setup, device_bytes, on_cpu, gpus))
    found: list[tuple[int, int, Remedy, frozenset[str]]] = []
    for count in range(1, _MOST_CHANGES + 1):
        for chosen in combinations(changes, count):
            told = frozenset(change.told for change in chosen)
            if len({change.topic for change in chosen}) < count:
                continue
            if any(smaller <= told for *_, smaller in found):
                continue  # a part of it is enough
            changed = setup
            for change in chosen:
                changed = change.made(changed)
            total = training_memory(changed, device_bytes, on_cpu=on_cpu).total
            if total <= _MARGIN * device_bytes:
                price = sum(change.price for change in chosen)
                remedy = Remedy(tuple(change.told for change in chosen), total)
                found.append((price, -total, remedy, told))
    found.sort(key=lambda item: item[:2])
    return _of_each_kind([remedy for _, _, remedy, _ in found])[:_SHOWN]


def _of_each_kind(found: Sequence[Remedy]) -> list[Remedy]:
    """Of several that differ in the numbers only, keep the first."""
    kept: dict[frozenset[str], Remedy] = {}
    for remedy in found:
        names = frozenset(told.partition("=")[0].lstrip("0123456789 ") for told in remedy.changes)
        kept.setdefault(names, remedy)
    return list(kept.values())


def _set(told: str, price: int, topic: str, **changes: Any) -> Change:
    return Change(told, price, lambda setup: setup.with_(**changes), topic)


def _changes(setup: Setup, device_bytes: int, on_cpu: bool, gpus: int) -> Iterator[Change]:
    if setup.vllm and not setup.vllm_sleep:
        yield _set("vllm_enable_sleep_mode=true", 1, "sleep", vllm_sleep=True)
    share = round(setup.vllm_share / 2, 2)
    if setup.vllm and share * device_bytes >= vllm_least(setup):
        yield _set(f"vllm_gpu_memory_utilization={share:g}", 1, "share", vllm_share=share)
    if setup.vllm:  # which needs a GPU of its own
        price = 1 if setup.processes < gpus else 3
        yield _set("rollouts at a `vllm_server`", price, "sleep", vllm=False, vllm_server=True)
    if not setup.checkpointing and not on_cpu:
        yield _set("gradient_checkpointing=true", 1, "checkpointing", checkpointing=True)
    for size in _halves(setup.micro_batch, 1):
        yield _set(f"micro_batch={size}", 1, "micro_batch", micro_batch=size)
    if not setup.lora_rank:
        if not on_cpu and "8bit" not in setup.optimizer:
            yield _set(f"optim={_EIGHT_BIT}", 2, "optimizer", optimizer=_EIGHT_BIT)
        size = 2 if setup.bf16 else setup.weight_bytes
        yield _set(
            f"lora_rank={_LORA_RANK}", 2, "adapters", lora_rank=_LORA_RANK, weight_bytes=size
        )
    if setup.has_reference:
        yield _set("beta=0", 3, "adapters", beta=0.0)
    for length in _halves(setup.max_tokens, _SHORTEST):
        yield _set(f"max_tokens={length}", 3, "max_tokens", max_tokens=length)
    if not on_cpu:
        yield from _more_gpus(setup, gpus)


def _more_gpus(setup: Setup, gpus: int) -> Iterator[Change]:
    for place, count in enumerate(_GPUS):
        sharded = setup.sharding in (Sharding.fsdp, Sharding.zero3)
        if count < setup.processes or (sharded and count == setup.processes):
            continue
        if setup.rollouts % count:
            continue
        yield _set(
            f"{count} GPUs with FSDP2 or ZeRO-3",
            2 if count <= gpus else 3 + place,
            "gpus",
            processes=count,
            sharding=Sharding.fsdp,
        )


def _halves(value: int, least: int) -> Iterator[int]:
    while (value := value // 2) >= least:
        yield value
