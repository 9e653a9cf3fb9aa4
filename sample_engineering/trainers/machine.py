"""The machine that something runs on, or shall run on."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Gpu:
    """One GPU.

    Parameters
    ----------
    name : str
        As its driver names it.
    total_bytes : int
        Its memory.
    free_bytes : int
        What no process holds.
    bf16 : bool
        Whether it computes in bfloat16.
    """

    name: str
    total_bytes: int
    free_bytes: int
    bf16: bool = True


@dataclass(frozen=True)
class Machine:
    """What a run may use.

    Parameters
    ----------
    gpus : tuple of Gpu
        Those that this process may use.
    cores : int
    ram_bytes : int
        Memory of the machine, or of the container that bounds it.
    free_ram_bytes : int
        What is free of it.
    real : bool
        False for one that is only described: nothing else of it is known.
    """

    gpus: tuple[Gpu, ...] = ()
    cores: int = 1
    ram_bytes: int = 0
    free_ram_bytes: int = 0
    real: bool = True


def has_gpu() -> bool:
    """Whether there may be a GPU of NVIDIA, without importing torch."""
    return os.environ.get("CUDA_VISIBLE_DEVICES") != "" and (
        shutil.which("nvidia-smi") is not None or Path("/proc/driver/nvidia").exists()
    )


def this_machine(gpus: tuple[Gpu, ...] = ()) -> Machine:
    """Return this machine, with the GPUs that were found on it."""
    total, free = memory()
    return Machine(gpus, cores(), total, free)


def memory() -> tuple[int, int]:
    """Return bytes of memory, and of free memory, within the bounds of a container."""
    total, free = _of_system()
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        fields = {name: int(rest.split()[0]) << 10 for name, rest in (x.split(":") for x in lines)}
        free = fields["MemAvailable"]  # what the page cache would give back counts as free
    except (OSError, ValueError, KeyError, IndexError):
        pass
    for limit, used in (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ):
        try:
            bound = int((_CGROUP / limit).read_text(encoding="ascii"))
            held = int((_CGROUP / used).read_text(encoding="ascii"))
        except (OSError, ValueError):  # no such file, or "max"
            continue
        if bound < total:
            total, free = bound, min(free, max(0, bound - held))
    return total, free


def _of_system() -> tuple[int, int]:
    """Return bytes of memory, and of free memory; 0 where the system does not tell."""
    try:
        page = os.sysconf("SC_PAGE_SIZE")
        return page * os.sysconf("SC_PHYS_PAGES"), page * os.sysconf("SC_AVPHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows, macOS
        try:
            import psutil  # type: ignore[import-untyped]  # comes with accelerate
        except ImportError:
            return 0, 0
        seen = psutil.virtual_memory()
        return int(seen.total), int(seen.available)


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
