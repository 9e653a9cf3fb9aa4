"""What a run was made of: command, machine, versions, repository, hashes, other components."""

import hashlib
import json
import os
import platform
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from sample_engineering import registry
from sample_engineering.redaction import redacted
from sample_engineering.runs.config import GitState, UsedComponent
from sample_engineering.sample import Sample

_PACKAGES = ("sample-engineering", "torch", "transformers", "trl", "accelerate", "peft", "vllm")
_PATIENCE = 10  # seconds that another program may take
_BLOCK = 1 << 20  # bytes hashed at a time
_MODEL_FILES = (".json", ".safetensors", ".model", ".txt", ".jinja")


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that a result may depend on."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def command() -> str:
    """Return the `se` command that this process is, as a shell takes it; empty where it is none."""
    program, *arguments = sys.argv or [""]
    path = Path(program)
    ours = path.name == "se" or path.parts[-2:] == ("sample_engineering", "__main__.py")
    return shlex.join(["se", *map(redacted, arguments)]) if ours else ""


def machine() -> dict[str, str]:
    """Return system, processor, cores and GPUs of this machine, as far as they are known."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    found = {
        "system": f"{platform.system()} {platform.machine()}".strip(),
        "processor": _processor(),
        "cores": str(cores or ""),
        "GPUs": _gpus(),
    }
    return {name: value for name, value in found.items() if value}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return platform.processor()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())


def _gpus() -> str:
    """Return the names of NVIDIA's GPUs, equal ones counted; empty where there is none."""
    asked = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    try:
        done = subprocess.run(asked, check=True, capture_output=True, text=True, timeout=_PATIENCE)
    except (OSError, subprocess.SubprocessError):
        return ""
    names = Counter(line.strip() for line in done.stdout.splitlines() if line.strip())
    return ", ".join(f"{number} x {name}" for name, number in names.items())


def git_state() -> GitState | None:
    """Return commit and cleanliness of the repository in the working folder, None if none."""
    try:
        commit = _git("rev-parse", "HEAD")
        return GitState(commit, len(_git("status", "--porcelain").splitlines()))
    except (OSError, subprocess.SubprocessError):
        return None


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], check=True, capture_output=True, text=True, timeout=_PATIENCE
    )
    return done.stdout.strip()


def hash_samples(samples: Iterable[Sample]) -> str:
    """SHA-256 of samples as canonical JSON."""
    content = [sample.to_dict() for sample in samples]
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def hash_model(model: str | os.PathLike[str]) -> str | None:
    """SHA-256 over a model folder's configuration, tokenizer and weights; None for a hub name."""
    folder = Path(model)
    if not folder.is_dir():
        return None
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.suffix in _MODEL_FILES:
            digest.update(path.name.encode() + b"\0")
            with path.open("rb") as stream:
                while block := stream.read(_BLOCK):
                    digest.update(block)
    return digest.hexdigest()


def used_components(asked: Iterable[tuple[str, str]]) -> tuple[UsedComponent, ...]:
    """Return which of the named components are of other packages.

    Parameters
    ----------
    asked : iterable of (kind, name)
        What the run uses; names that are not registered, such as a file's, are left out.
    """
    used = set(asked)
    return tuple(
        UsedComponent(component.kind, component.name, component.package, component.version)
        for kind in registry.KINDS
        for component in registry.components(kind)
        if component.foreign and (kind, component.name) in used
    )
