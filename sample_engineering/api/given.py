"""What a caller gives: names, paths, and what would be ignored."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sample_engineering.errors import ConfigError

PathLike = str | os.PathLike[str]


def ignored(given: Mapping[str, Any], why: str) -> None:
    """Raise ConfigError naming the parameters that were given and would be ignored."""
    names = [f"`{name}`" for name, value in given.items() if value is not None]
    if names:
        them = "it" if len(names) == 1 else "them"
        raise ConfigError(f"{', '.join(names)} would be ignored: {why}; leave {them} out")


def refuse(given: Mapping[str, Any], why: str) -> None:
    """Raise ConfigError for the first parameter that was given."""
    for name, value in given.items():
        if value is not None:
            raise ConfigError(f"`{name}` {why}")


def at_least(least: float, given: Mapping[str, float | None]) -> None:
    """Raise ConfigError naming the first parameter that is less than it may be."""
    for name, value in given.items():
        if value is not None and not value >= least:
            raise ConfigError(f"`{name}` is {value}; give {least} or more")


def names_in(given: str | Iterable[str] | None) -> list[str] | None:
    """Return names that were given as a list or with commas."""
    if given is None:
        return None
    return [name.strip() for name in (given.split(",") if isinstance(given, str) else given)]


def path_and_id(spec: PathLike) -> tuple[str, str]:
    """Split FILE#ID; the id is empty where there is none."""
    text = os.fspath(spec)
    path, mark, id_ = text.rpartition("#")
    return (text, "") if not mark or Path(text).exists() else (path, id_)


def beside(path: PathLike, ending: str) -> Path:
    """Return the path with an ending added to its name."""
    return Path(path).with_name(Path(path).name + ending)
