"""Columns that lie within others: listed in messages, and read where the top says nothing.

``{"data": {"question": ..., "target": {"answer": ...}}, "meta": {...}}`` is read as if its leaves
stood side by side, where each name occurs once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sample_engineering.pool.names import reach, squashed
from sample_engineering.pool.shapes import is_dialogue
from sample_engineering.pool.written import unpacked

_DEEPEST = 6
_MOST = 500  # leaves of a record
_LOOKED = 50  # records

Path = tuple[str, ...]


def leaves(record: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Yield paths and values of what is no object, for `names.reach`; the first 500.

    Lists are leaves, but for a list of objects, of which the first is looked into; conversations
    are leaves.
    """
    yield from islice(_below(record, ()), _MOST)


def _below(value: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Any]]:
    for key, inner in value.items():
        here = (*path, str(key))
        held = unpacked(inner) if isinstance(inner, str) and inner[:1] in ("{", "[") else inner
        first = held[0] if isinstance(held, list | tuple) and held else None
        if isinstance(held, Mapping) and held and len(here) < _DEEPEST:
            yield from _below(held, here)
        elif (
            isinstance(first, Mapping)
            and first
            and not is_dialogue(held)
            and len(here) + 1 < _DEEPEST
        ):
            yield from _below(first, (*here, "0"))
        else:
            yield here, inner


def leaf_names(records: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the dotted names of all leaves of the first records, in order."""
    found: dict[str, None] = {}
    for record, _ in zip(records, range(_LOOKED), strict=False):
        for path, _value in leaves(record):
            found.setdefault(".".join(path))
    return tuple(found)


def lifts(records: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, Path], ...]:
    """Return which nested leaves can stand for columns: names that occur at one place only.

    Parameters
    ----------
    records : sequence of mapping

    Returns
    -------
    tuple of (str, path)
        Name of the leaf, and where it lies.
    """
    places: dict[str, dict[Path, str]] = {}
    several: set[Path] = set()
    for record in records[:_LOOKED]:
        for path, _value in leaves(record):
            if len(path) > 1 and not path[-1].isdecimal():
                places.setdefault(squashed(path[-1]), {}).setdefault(path, path[-1])
                if "0" in path and not _only(record, path):
                    several.add(path)
    return tuple(
        (name, path)
        for found in places.values()
        if len(found) == 1
        for path, name in found.items()
        if path not in several
    )


def _only(record: Mapping[str, Any], path: Path) -> bool:
    """Whether every list on the way holds one item, so that nothing is lost beside it."""
    for place, name in enumerate(path):
        if name == "0":
            held = reach(record, path[:place])
            held = unpacked(held) if isinstance(held, str) else held
            if isinstance(held, list | tuple) and len(held) > 1:
                return False
    return True


def lifted(record: Mapping[str, Any], chosen: Sequence[tuple[str, Path]]) -> dict[str, Any]:
    """Return a record with nested leaves beside its own columns, which go first."""
    view = dict(record)
    for name, path in chosen:
        if name not in view and ("0" not in path or _only(record, path)):
            value = reach(record, path)
            if value is not None:
                view[name] = value
    return view
