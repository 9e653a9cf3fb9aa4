"""Names of columns, in any spelling: ``Correct Answer``, ``correct_answer``, ``correctAnswer``."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sample_engineering.pool.written import unpacked

_NO_LETTER = re.compile(r"[^a-z0-9]+")
# Spaces, and marks that do not show: of width zero, of direction, of byte order.
_UNSEEN = "".join(
    map(
        chr,
        (
            *(0x20, *range(0x09, 0x0E), *range(0x1C, 0x20), 0x85, 0xA0, 0xAD, 0x2028, 0x2029),
            *(
                *range(0x200B, 0x2010),
                *range(0x202A, 0x202F),
                *range(0x2060, 0x206A),
                0x3000,
                0xFEFF,
            ),
        ),
    )
)


def seen(text: str) -> str:
    """Return a text without spaces and marks that do not show at either end."""
    return text.strip().strip(_UNSEEN).strip()


@lru_cache(maxsize=4096)
def squashed(name: str) -> str:
    """Return a name in small letters and digits only."""
    return _NO_LETTER.sub("", name.lower())


def reach(record: Any, path: Sequence[str]) -> Any:
    """Return what lies below successive names, through text that holds JSON; None if nothing."""
    value = record
    for name in path:
        if isinstance(value, str):
            value = unpacked(value)
        if isinstance(value, Mapping):
            value = value.get(name)
        elif isinstance(value, list | tuple) and name.lstrip("-").isdecimal():
            place = int(name)
            value = value[place] if -len(value) <= place < len(value) else None
        else:
            return None
    return value


def path_of(dotted: str, record: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Resolve a dotted name in a record: at each level the longest name that is there.

    Returns
    -------
    tuple of str or None
        Names for `reach`; None where the record has nothing there.
    """
    if dotted in record:
        return (dotted,)
    parts = dotted.split(".")
    for size in range(len(parts) - 1, 0, -1):
        head = ".".join(parts[:size])
        if head not in record:
            continue
        inner = record[head]
        if isinstance(inner, str):
            inner = unpacked(inner)
        rest = ".".join(parts[size:])
        if isinstance(inner, Mapping):
            below = path_of(rest, inner)
            if below is not None:
                return (head, *below)
        elif isinstance(inner, list | tuple):
            place, _, deeper = rest.partition(".")
            if place.lstrip("-").isdecimal() and -len(inner) <= int(place) < len(inner):
                if not deeper:
                    return (head, place)
                item = inner[int(place)]
                below = path_of(deeper, item) if isinstance(item, Mapping) else None
                if below is not None:
                    return (head, place, *below)
    return None


def value_at(record: Mapping[str, Any], dotted: str) -> Any:
    """Return the value of a column, or of what a dotted name reaches in one; None if nothing."""
    if dotted in record or "." not in dotted:
        return record.get(dotted)
    path = path_of(dotted, record)
    return None if path is None else reach(record, path)
