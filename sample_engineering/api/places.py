"""What each parameter that takes a path does with a place in a store."""

from pathlib import Path
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.storage import Use, again, is_address, local, screened

# The pool reads these itself, from anywhere, and calls them by their addresses.
_RECORDS = frozenset({
    *("pool", "samples", "sample", "parents", "natural", "originals", "examples", "development"),
    *("demand", "in_context", "against", "benchmark", "name", "spec"),
})  # fmt: skip
_USES = {
    Use.write: (
        *("out", "report", "figures", "journal", "cache", "rejects", "flips", "resume", "gallery"),
        "join",
    ),
    Use.read: (
        *("prices", "tags", "relations", "model", "path", "logs", "rollouts", "evaluate"),
        *("history", "rates", "check"),
    ),
    Use.read_run: ("runs", "folder"),
}
_ALSO_NAMES = ("model", "evaluate")  # a text, which may name something else
_WITH_COLUMN = ("evaluate",)  # FILE#COLUMN
# Where a name means something else than in the other functions.
_OF_FUNCTION = {
    ("load_pool", "path"): None,
    ("save_pool", "path"): Use.write,
    ("evaluate", "before"): Use.read,
    ("evaluate", "contamination"): Use.read,
    ("grade_file", "audit"): Use.write,
    ("check_relations", "folder"): Use.read,
    ("convert", "images"): Use.read,
    ("push", "model"): Use.read,
    ("contamination", "run"): Use.add,
    ("report", "run"): Use.add,
    ("open_page", "run"): Use.add,
    ("open", "run"): Use.add,
    ("grade", "audit"): Use.write,
    ("join_run", "run"): Use.write,
    ("view", "folder"): Use.watch,
}


def use_of(function: str, parameter: str) -> Use | None:
    """Return what a parameter does with a place; None where records are read from it.

    Raises
    ------
    LookupError
        If it takes no place.
    """
    if (function, parameter) in _OF_FUNCTION:
        return _OF_FUNCTION[function, parameter]
    if parameter in _RECORDS:
        return None
    for use, names in _USES.items():
        if parameter in names:
            return use
    raise LookupError(f"{function} takes no place as {parameter}")


def brought(function: str, parameter: str, value: Any, *, is_path: bool) -> Any:
    """Return what a caller gave, with paths of this machine in place of addresses.

    Parameters
    ----------
    function, parameter : str
        For what it was given.
    value : any
        Texts and tuples of texts that are addresses are brought here; a plan is done in its place.
    is_path : bool
        Whether the parameter is said to take a path.

    Raises
    ------
    ConfigError
        If the parameter takes a path and no address.
    SampleEngineeringError
        If the place cannot be read or taken.
    """
    if isinstance(value, tuple) and any(is_address(one) for one in value):
        return tuple(brought(function, parameter, one, is_path=is_path) for one in value)
    if isinstance(value, Path) and (text := _folded(value)):
        raise ConfigError(
            f"`{parameter}` {screened(text)} is a Path, which no address can be; give it as text"
        )
    if not is_address(value):
        again(getattr(value, "out", None))
        return value
    if not is_path and not _takes(function, parameter):
        return value
    path = brought_for(function, parameter, value)
    return str(path) if parameter in _ALSO_NAMES else path


def _takes(function: str, parameter: str) -> bool:
    try:
        use_of(function, parameter)
    except LookupError:
        return False
    return True


def brought_for(function: str, parameter: str, address: str) -> Path | str:
    """Return the path of this machine that stands for an address; the address, of records.

    Raises
    ------
    ConfigError
        If the parameter takes no address.
    SampleEngineeringError
        If the place cannot be read or taken.
    """
    try:
        use = use_of(function, parameter)
    except LookupError:
        raise ConfigError(
            f"`{parameter}` takes no address of a store, such as {screened(address)}; give a path"
        ) from None
    if use is None:
        return address
    if parameter in _WITH_COLUMN and "#" in address:
        place, _, column = address.rpartition("#")
        return f"{local(place, use)}#{column}"
    return local(address, use)


def _folded(path: Path) -> str:
    """Return what a path was made of that was an address: of its two slashes one is left."""
    first, _, rest = str(path).partition("/")
    scheme = first.removesuffix(":")
    return f"{scheme}://{rest}" if first != scheme and len(scheme) > 1 and rest else ""
