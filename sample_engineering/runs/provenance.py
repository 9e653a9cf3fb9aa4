"""What a run was made of: versions, repository, hashes, components of other packages."""

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from sample_engineering import registry
from sample_engineering.runs.config import GitState, UsedComponent
from sample_engineering.sample import Sample

_PACKAGES = ("sample-engineering", "torch", "transformers", "trl", "accelerate", "peft", "vllm")
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


def git_state() -> GitState | None:
    """Return commit and cleanliness of the repository in the working folder, None if none."""
    try:
        commit = _git("rev-parse", "HEAD")
        return GitState(commit, len(_git("status", "--porcelain").splitlines()))
    except (OSError, subprocess.SubprocessError):
        return None


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], check=True, capture_output=True, text=True, timeout=10
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
