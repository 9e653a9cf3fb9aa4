"""Hugging Face models: whether the hub can be reached, and which commit of one is meant."""

import os
import re
import socket
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sample_engineering.errors import ConfigError, GenerationError
from sample_engineering.extras import require
from sample_engineering.named_elsewhere import may_be_model

_COMMIT = re.compile(r"[0-9a-f]{40}")
_PATIENCE = 10.0  # seconds until the hub is taken for out of reach
_PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
_OFFLINE = "HF_HUB_OFFLINE"
_FRESH = 60.0  # seconds for which the hub is taken to be as it was found
_set_here = False  # whether the hub was found out of reach, and left alone since
_looked = float("-inf")  # when


def look_for(model: str | os.PathLike[str]) -> None:
    """Refuse a folder that is not there; leave the hub alone while it cannot be reached.

    Its client would try each file six times for half a minute, with a line each, before it looks
    into the cache on disk.

    Raises
    ------
    GenerationError
        If `model` can only be a folder, and there is none.
    """
    if os.path.isdir(model):
        return
    name = os.fspath(model)
    if isinstance(model, Path) or not may_be_model(name):
        raise GenerationError(
            f"there is no model folder {name}; check its path, or give a Hugging Face name"
        )
    global _set_here, _looked
    constants: Any = require("huggingface_hub.constants", "train")
    if (constants.HF_HUB_OFFLINE and not _set_here) or any(map(os.environ.get, _PROXIES)):
        return
    if time.monotonic() - _looked < _FRESH:
        return
    _set_here, _looked = not _reachable(constants.ENDPOINT), time.monotonic()
    constants.HF_HUB_OFFLINE = _set_here
    if _set_here:
        os.environ[_OFFLINE] = "1"  # of the processes that this one starts
    else:
        os.environ.pop(_OFFLINE, None)


def out_of_reach() -> bool:
    """Whether the hub could not be reached when it was last looked for."""
    return _set_here


def _reachable(address: str) -> bool:
    parts = urlsplit(address)
    port = parts.port or (80 if parts.scheme == "http" else 443)
    try:
        socket.create_connection((parts.hostname or address, port), _PATIENCE).close()
    except OSError:
        return False
    return True


def commit_of(model: str | os.PathLike[str], revision: str | None = None) -> str | None:
    """Return the commit of a Hugging Face model; of a folder, or where it is not known, None.

    The hub is asked; out of its reach, the cache on disk knows what was loaded last.

    Parameters
    ----------
    model : path or Hugging Face name
    revision : str, optional
        Branch, tag or commit; None is the main branch.

    Raises
    ------
    ConfigError
        If a revision is given of a folder.
    """
    if os.path.isdir(model):
        if revision is not None:
            raise ConfigError(
                f"`revision` would be ignored: {model} is a folder, not a model of Hugging Face; "
                "leave it out"
            )
        return None
    if revision is not None and _COMMIT.fullmatch(revision):
        return revision
    hub = require("huggingface_hub", "train")
    look_for(model)
    try:
        found = hub.HfApi().model_info(os.fspath(model), revision=revision, timeout=_PATIENCE).sha
        if isinstance(found, str) and _COMMIT.fullmatch(found):
            return found
    except Exception:  # no network, no such name, no access: the loader says which
        pass
    place = cached(model, revision)
    return None if place is None else place.name


def cached(model: str | os.PathLike[str], revision: str | None = None) -> Path | None:
    """Return the folder in the cache that holds a Hugging Face model, or None."""
    if os.path.isdir(model):
        return None
    hub = require("huggingface_hub", "train")
    try:
        file = hub.try_to_load_from_cache(os.fspath(model), "config.json", revision=revision)
    except Exception:  # no name that the hub could have
        return None
    if not isinstance(file, str):
        return None
    folder = Path(file).parent
    return folder if _COMMIT.fullmatch(folder.name) else None
