"""Versions and optional packages."""

import os
import re
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from netrc import NetrcParseError, netrc

from sample_engineering.extras import install_command
from sample_engineering.trainers.preflight.case import Case
from sample_engineering.trainers.preflight.outcome import Finding, ok, refuse, warn

_PROJECT = "sample-engineering"
# Ranges of the extras, here too because metadata is missing where the source is run as it lies.
TRL = ((1, 16), (1, 17))
LEAST = {"transformers": (5, 16), "torch": (2, 6), "accelerate": (1, 4), "datasets": (4, 0)}
VLLM = ((0, 22), (0, 32))  # trl/import_utils.py, is_vllm_available
PEFT = (0, 14)

# What the optimizers of transformers stand on (training_args.py, OptimizerNames).
_OPTIMIZERS = {
    r"bnb|8bit|paged_|ademamix|rmsprop": ("bitsandbytes", "bitsandbytes"),
    r"^(adamw_torch_[48]bit|torchao)": ("torchao", "torchao"),
    r"galore": ("galore_torch", "galore-torch"),
    r"lomo": ("lomo_optim", "lomo-optim"),
    r"grokadamw": ("grokadamw", "grokadamw"),
    r"schedule_free": ("schedulefree", "schedulefree"),
    r"apollo": ("apollo_torch", "apollo-torch"),
    r"stable_adamw": ("optimi", "torch-optimi"),
}
_TRACKERS = {
    "wandb": ("wandb",),
    "trackio": ("trackio",),
    "tensorboard": ("tensorboard", "tensorboardX"),
    "mlflow": ("mlflow",),
    "comet_ml": ("comet_ml",),
    "clearml": ("clearml",),
    "neptune": ("neptune",),
    "swanlab": ("swanlab",),
    "dvclive": ("dvclive",),
    "codecarbon": ("codecarbon",),
    "azure_ml": ("azureml",),
    "dagshub": ("dagshub", "mlflow"),
    "flyte": ("flytekit",),
}


def version_of(package: str) -> tuple[int, ...] | None:
    """Return the numbers of an installed package's version, None where it is not installed."""
    try:
        text = metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
    return tuple(int(part) for part in re.findall(r"\d+", text.split("+")[0])[:3])


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def installed(case: Case) -> Iterator[Finding]:
    """Everything that the recipe stands on, in a version that is known to work."""
    trl = version_of("trl")
    if trl is None:
        yield refuse("trl is not installed", f"run: {install_command('train')}")
    elif not TRL[0] <= trl < TRL[1]:
        yield refuse(
            f"TRL {_dotted(trl)} is installed, and only {_dotted(TRL[0])} works here",
            f"run: pip install 'trl~={_dotted(TRL[0])}.0'",
        )
    for package, least in LEAST.items():
        found = version_of(package)
        if found is None:
            yield refuse(f"{package} is not installed", f"run: {install_command('train')}")
        elif found < least:
            yield refuse(
                f"{package} {_dotted(found)} is older than {_dotted(least)}, which TRL needs",
                f"run: pip install -U '{package}>={_dotted(least)}'",
            )
    yield from _adapters(case)
    yield from _vllm(case)
    yield from _optimizer(case)
    yield from _settings(case)
    yield ok(f"TRL {_dotted(trl or ())}")


def _adapters(case: Case) -> Iterator[Finding]:
    if not case.recipe.lora_rank:
        return
    found = version_of("peft")
    if found is None or find_spec("peft") is None:
        yield refuse(
            "peft is not installed",
            f"run: {install_command('train')}, or train without `lora_rank`",
        )
    elif found < PEFT:
        yield refuse(
            f"peft {_dotted(found)} is older than {_dotted(PEFT)}", "run: pip install -U peft"
        )


def _vllm(case: Case) -> Iterator[Finding]:
    trains = case.recipe.vllm and case.recipe.trl.get("vllm_mode") != "server"
    if not trains and case.engine != "vllm":
        return
    found = version_of("vllm")
    if found is None or find_spec("vllm") is None:
        yield refuse(
            "vllm is not installed",
            f"run: {install_command('vllm')}, or leave `vllm` out",
        )
    elif found < VLLM[0]:
        yield refuse(
            f"vLLM {_dotted(found)} is older than {_dotted(VLLM[0])}, which TRL needs",
            f"run: pip install 'vllm>={_dotted(VLLM[0])},<{_dotted(VLLM[1])}'",
        )
    elif trains and found >= VLLM[1]:
        yield warn(
            f"vLLM {_dotted(found)} is newer than what TRL was made for (below {_dotted(VLLM[1])})",
            f"should it fail, run: pip install 'vllm>={_dotted(VLLM[0])},<{_dotted(VLLM[1])}'",
        )


def _optimizer(case: Case) -> Iterator[Finding]:
    name = str(case.recipe.trl.get("optim", ""))
    for pattern, (module, package) in _OPTIMIZERS.items():
        if re.search(pattern, name) and find_spec(module) is None:
            yield refuse(
                f"the optimizer {name} needs {package}, which is not installed",
                f"run: pip install {package}, or choose another `optim`",
            )
            return


def _settings(case: Case) -> Iterator[Finding]:
    trl = case.recipe.trl
    deepspeed = trl.get("deepspeed") or os.environ.get("ACCELERATE_USE_DEEPSPEED") == "true"
    if deepspeed and find_spec("deepspeed") is None:
        yield refuse("deepspeed is asked for and not installed", "run: pip install deepspeed")
    if trl.get("use_liger_kernel") and find_spec("liger_kernel") is None:
        yield refuse("liger_kernel is not installed", "run: pip install liger-kernel")


def trackers(case: Case) -> Iterator[Finding]:
    """The packages of the trackers, and a login where one would be asked for."""
    for name in case.options.report_to:
        if name in ("all", "none"):
            continue
        if name not in _TRACKERS:
            known = ", ".join(_TRACKERS)
            yield refuse(f"`report_to` {name!r} is no tracker", f"choose of {known}")
        elif all(find_spec(module) is None for module in _TRACKERS[name]):
            yield refuse(
                f"`report_to` {name!r}: {_TRACKERS[name][0]} is not installed",
                f"run: pip install {_TRACKERS[name][0]}",
            )
        elif name == "wandb" and not _knows_wandb():
            yield refuse(
                "wandb would ask for a login, and nobody would be there to answer",
                "run: wandb login, or set WANDB_MODE=offline",
            )


def _knows_wandb() -> bool:
    if os.environ.get("WANDB_MODE") in ("offline", "disabled", "dryrun"):
        return True
    if os.environ.get("WANDB_API_KEY"):
        return True
    try:
        return netrc().authenticators("api.wandb.ai") is not None
    except (OSError, NetrcParseError):
        return False
