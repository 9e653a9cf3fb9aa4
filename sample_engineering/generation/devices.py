"""Where a local model runs: the devices that torch knows, and whether one is there."""

import re

from sample_engineering.errors import ConfigError
from sample_engineering.extras import require

# In the order in which help names them; mps is the GPU of Apple's processors.
KINDS = ("cpu", "cuda", "mps")
_NAME = re.compile(r"(?P<kind>cpu|cuda|mps)(?::(?P<number>\d{1,4}))?")


def default_device() -> str:
    """Return ``"cuda"`` if such a GPU is there, else ``"cpu"``; ``"mps"`` has to be asked for."""
    return "cuda" if require("torch", "train").cuda.is_available() else "cpu"


def found_device(device: str) -> str:
    """Return `device`, if it is one that torch finds on this machine.

    Raises
    ------
    ConfigError
        If it is none, or not here.
    """
    named = _NAME.fullmatch(device)
    if named is None:
        raise ConfigError(
            f"`device` {device!r} is none; give {', '.join(KINDS)}, or a GPU by number, e.g. cuda:0"
        )
    number = int(named["number"] or 0)
    torch = require("torch", "train")
    if named["kind"] == "cuda":
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if number >= count:
            seen = f"{count} GPU{'s' * (count > 1)}, counted from 0" if count else "no GPU"
            raise ConfigError(
                f"`device` {device} was asked for and torch sees {seen}; see `nvidia-smi` and "
                "CUDA_VISIBLE_DEVICES, or leave `device` out"
            )
    elif named["kind"] == "mps" and (number or not has_mps()):
        raise ConfigError(
            f"`device` {device} was asked for, and torch finds no such GPU of Apple's here; leave "
            "`device` out, or give cpu"
        )
    return device


def has_mps() -> bool:
    """Whether torch can use the GPU of one of Apple's processors."""
    return bool(require("torch", "train").backends.mps.is_available())
