"""Addresses of stores on a command line.

An option that takes a path makes one of its text, and no address can be a path: of two slashes one
is left. So addresses are packed before the command line is read, and unpacked after it.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sample_engineering.api.places import brought_for
from sample_engineering.storage import is_address

_MARK = "se-address-"
_PACKED = re.compile(f"{_MARK}([0-9a-f]+)")
_OPTION = re.compile(r"(--[\w-]+=|-\w)(.+)", re.DOTALL)


def packed(argument: str) -> str:
    """Return a word of a command line without the slashes of an address."""
    if is_address(argument):
        return f"{_MARK}{argument.encode('utf-8', 'surrogateescape').hex()}"
    option = _OPTION.fullmatch(argument)
    if option is not None and is_address(option[2]):
        return option[1] + packed(option[2])
    return argument


def unpacked(text: str) -> str:
    """Return text with the addresses that were packed."""
    return _PACKED.sub(
        lambda match: bytes.fromhex(match[1]).decode("utf-8", "surrogateescape"), text
    )


@contextmanager
def unpacked_in_errors() -> Iterator[None]:
    """Let errors about a command line show what was written there."""
    try:
        yield
    except Exception as error:
        if isinstance(message := getattr(error, "message", None), str):
            error.message = unpacked(message)  # type: ignore[attr-defined]
        raise


def brought(command: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a command's parameters: addresses as text, or as the paths here.

    Parameters
    ----------
    command : str
    parameters : mapping from str to any
        As the command line was read.
    """
    return {name: _brought(command, name, value) for name, value in parameters.items()}


def _brought(command: str, name: str, value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(_brought(command, name, one) for one in value)
    if isinstance(value, Path) and _PACKED.fullmatch(str(value)):
        return brought_for(command, name, unpacked(str(value)))
    return unpacked(value) if type(value) is str else value
