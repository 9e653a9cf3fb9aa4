"""Is all ready, does it fit, and what would make it fit."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sample_engineering.api.given import ignored
from sample_engineering.api.typed import typed
from sample_engineering.defaults import (
    DEFAULT_RECIPE,
    EMBEDDED,
    find_recipe,
    is_embedded,
    local_model,
)
from sample_engineering.errors import ConfigError

if TYPE_CHECKING:
    from sample_engineering.trainers.machine import Machine
    from sample_engineering.trainers.preflight import Diagnosis
    from sample_engineering.trainers.recipes import Recipe

_SHARDINGS = ("none", "zero2", "zero3", "fsdp")


@typed
def doctor(
    model: str | None = None,
    *,
    recipe: "Recipe | str | None" = None,
    settings: Mapping[str, Any] | None = None,
    lora: int | None = None,
    vllm: bool = False,
    gpu: str | None = None,
    gpus: int | None = None,
    memory: float | None = None,
    sharding: str | None = None,
    engine: str | None = None,
    device: str | None = None,
    revision: str | None = None,
    dtype: str | None = None,
    trust_remote_code: bool = False,
) -> "Diagnosis":
    """Say whether a training can run here, or on a GPU that is not here, and what it needs.

    Nothing is generated, trained or written; of a model only configuration and tokenizer are read.

    Parameters
    ----------
    model : str, optional
        Path or Hugging Face name, ``microcosm`` for the embedded one; None looks at the machine
        only.
    recipe : Recipe or str, optional
        Or the name or YAML file of one; None: ``one-shot-rlvr``, or ``microcosm`` with the embedded
        model.
    settings : mapping, optional
        Fields of the recipe, or of TRL's ``GRPOConfig``, to change.
    lora, vllm
        The fields ``lora_rank`` and ``vllm`` of the recipe.
    gpu : str, optional
        A kind of GPU that need not be here, e.g. ``h100`` or ``a100-80``.
    gpus : int, optional
        How many GPUs would train together, a process each.
    memory : float, optional
        GiB of a GPU of which no more is known, or of a part of `gpu`.
    sharding : {"none", "zero2", "zero3", "fsdp"}, optional
        How several GPUs share what a training keeps.
    engine : str, optional
        What would evaluate, as for `validate`.
    device : {"cpu", "cuda", "mps"}, optional
        Of this machine; None takes a GPU if there is one.
    revision, dtype, trust_remote_code
        How the model is loaded, see `probe`.

    Returns
    -------
    Diagnosis
        ``.ready``, ``.preflight``, ``.estimate`` with ``.fits`` and ``.remedies``.

    Raises
    ------
    ConfigError
        If something is unknown, or would be ignored.
    """
    from sample_engineering.extras import check_installed

    check_installed("trl", "train")
    from sample_engineering.runs.config import RunOptions
    from sample_engineering.trainers.estimates.setup import Sharding
    from sample_engineering.trainers.preflight import Case, diagnose
    from sample_engineering.trainers.recipes import override

    if model is None:
        fitted = {
            "gpu": gpu, "gpus": gpus, "memory": memory, "sharding": sharding, "revision": revision,
            "dtype": dtype, "trust_remote_code": trust_remote_code or None,
        }  # fmt: skip
        ignored(fitted, "without `model` only this machine is looked at")
    if sharding is not None and sharding not in _SHARDINGS:
        raise ConfigError(f"`sharding` must be one of {', '.join(_SHARDINGS)}, not {sharding!r}")
    if sharding is not None and (gpus or 1) < 2:
        raise ConfigError("`sharding` would be ignored: one GPU shares nothing; give `gpus` too")
    described = _described(gpu, gpus, memory, device)
    embedded = model is not None and is_embedded(model)
    start = recipe or (EMBEDDED if embedded else DEFAULT_RECIPE)
    changes = {"lora_rank": lora, "vllm": vllm or None}
    changes = {name: value for name, value in changes.items() if value is not None}
    if twice := [name for name in changes if name in (settings or {})]:
        raise ConfigError(
            f"{' and '.join(twice)} would be set twice, in `settings` and on its own; leave out one"
        )
    chosen = find_recipe(start) if isinstance(start, str) else start
    case = Case(
        override(chosen, {**(settings or {}), **changes}),
        None if model is None else local_model(model),
        RunOptions(
            device=device if described is None else "cuda",
            revision=revision,
            dtype=dtype,
            trust_remote_code=trust_remote_code,
        ),
        described=described,
        launched=gpus,
        shared=None if sharding is None else Sharding(sharding),
        evaluated_by=engine,
        timed=True,
    )
    return diagnose(case)


def _described(
    gpu: str | None, gpus: int | None, memory: float | None, device: str | None
) -> "Machine | None":
    """Return the machine that is spoken of, None if it is this one."""
    from sample_engineering.trainers.estimates.cards import GIB, card_named
    from sample_engineering.trainers.machine import Gpu, Machine

    if gpus is not None and gpus < 1:
        raise ConfigError(f"`gpus` must be at least 1, not {gpus}")
    if memory is not None and memory <= 0:
        raise ConfigError(f"`memory` must be positive, not {memory:g}")
    if gpu is None and memory is None:
        return None
    ignored({"device": device}, "the GPU is described by `gpu` and `memory`")
    one = Gpu("this GPU", 0, 0) if gpu is None else card_named(gpu).gpu
    if memory is not None:
        size = int(memory * GIB)
        one = replace(one, total_bytes=size, free_bytes=size)
    return Machine((one,) * (gpus or 1), real=False)
