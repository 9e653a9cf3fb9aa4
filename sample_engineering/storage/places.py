"""The places of stores that this process uses, each with its copy here.

A session is one call of the API, or one command: at its end what was written is sent, and the
places are free for others. The copies stay until the process ends, since what was returned may
still read them.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from sample_engineering.errors import ConfigError, SampleEngineeringError, StorageError
from sample_engineering.storage.addresses import screened
from sample_engineering.storage.place import Place


class Use(Enum):
    """What a place is wanted for."""

    read = "read"
    read_run = "read without the weights"
    watch = "read without the weights, again and again"
    add = "read without the weights, and a file is added"
    write = "written"


_lock = threading.RLock()
_places: dict[str, Place] = {}
_depth = 0
_session = 0  # counts them
_fetched: dict[str, int] = {}  # in which session each was looked at last


def local(text: str, use: Use) -> Path:
    """Return the path here of what an address names, brought here as it is now.

    Parameters
    ----------
    text : str
        An address, see `is_address`.
    use : Use

    Raises
    ------
    SampleEngineeringError
        If it cannot be read, or cannot be taken for writing.
    """
    with _lock:
        place = _place(text)
        if use is Use.write:
            place.write()
        elif not place.is_open and _due(text):
            place.fetch(weights=use is Use.read)
        if use is Use.add and not place.is_open:
            place.add()
        elif use is Use.watch:
            place.watch()
        return place.path


def _place(text: str) -> Place:
    if text not in _places:
        _places[text] = Place(text)
    return _places[text]


def _due(text: str) -> bool:
    """Whether a place was not looked at in this session; outside of one it always is."""
    before, _fetched[text] = _fetched.get(text), _session
    return _depth == 0 or before != _session


def again(path: object) -> None:
    """Take a place for writing again, if that is where a path lies: a plan is made, then done."""
    with _lock:
        for text, place in list(_places.items()):
            if isinstance(path, Path) and path.is_relative_to(place.folder):
                local(text, Use.write)


def is_place(path: object) -> bool:
    """Whether a path is the copy of something in a store."""
    with _lock:
        return isinstance(path, Path) and any(
            path.is_relative_to(place.folder) for place in _places.values()
        )


def refuse_shared(path: object, parameter: str) -> None:
    """Raise ConfigError where the jobs that a parameter starts would write into a place.

    A place has one writer: jobs of other machines do not see the copy here.
    """
    if is_place(path):
        raise ConfigError(
            f"`{parameter}` starts jobs on other machines, and {told(str(path))} has one writer; "
            "give a folder that all of them see, and copy it there when it is done"
        )


def told(text: str) -> str:
    """Return text with addresses in place of the paths of the copies, and without secrets."""
    with _lock:
        for place in _places.values():
            text = text.replace(f"{place.folder}/", screened(place.address.above))
    return text


@contextmanager
def session() -> Iterator[None]:
    """Hold the places that are taken in the block; one within another is the same session.

    Raises
    ------
    StorageError
        At the end, if something could not be sent.
    """
    global _depth, _session
    with _lock:
        _depth += 1
        _session += _depth == 1
    failed: SampleEngineeringError | None = None
    try:
        yield
    except SampleEngineeringError as error:
        failed = error
        raise
    finally:
        with _lock:
            _depth -= 1
            last = _depth == 0
        if last:
            _close_all(failed)


def _close_all(failed: SampleEngineeringError | None) -> None:
    faults = []
    for place in [one for one in list(_places.values()) if one.is_open]:
        try:
            place.close()
        except StorageError as error:
            faults.append(str(error))
    if not faults:
        return
    if failed is not None and len(failed.args) == 1:
        failed.args = (f"{failed}; also, {'; '.join(faults)}",)
    else:
        raise StorageError("; ".join(faults)) from failed


def fetched(text: str) -> list[tuple[str, Path]]:
    """Return the addresses that an address or a pattern means, with their copies here.

    Raises
    ------
    SampleEngineeringError
        If there is nothing, or it cannot be read.
    """
    try:
        return [(text, local(text, Use.read))]
    except StorageError as error:
        if not any(sign in text for sign in "*?["):
            raise
        with _lock:
            matching = _place(text).store.matching()
        if not matching:
            raise StorageError(f"no file matches {screened(text)}; check the pattern") from error
        return [(one, local(one, Use.read)) for one in matching]
