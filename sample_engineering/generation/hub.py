"""Which commit of a Hugging Face model is meant, so that a figure can be measured again."""

import os
import re
from pathlib import Path

from sample_engineering.errors import ConfigError
from sample_engineering.extras import require

_COMMIT = re.compile(r"[0-9a-f]{40}")
_PATIENCE = 10.0  # seconds until the hub is taken for out of reach


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
