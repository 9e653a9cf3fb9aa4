"""Records of a run folder and their types: one reading and one writing, from the dataclass itself.

A type is a frozen dataclass whose fields are text, numbers, truth values, other such types, tuples
and mappings of these, or None beside one of them. Plain dataclasses and not pydantic, because a
damaged record must still yield its sound fields, every fault must be named in the file's own terms,
and the same fields give the columns of the Parquet files.
"""

import math
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from sample_engineering.errors import SampleError
from sample_engineering.sample import Sample

Record = TypeVar("Record")
_SHOWN = 40  # characters of a wrong value in a message
_LARGEST = 2**63  # whole numbers lie below this, as in Parquet
_MOST_PROBLEMS = 50  # of one folder; a hostile file cannot fill a page with them
_ARROW = {str: "string", int: "int64", float: "float64", bool: "bool"}
_PANDAS = {str: "object", int: "int64", float: "float64", bool: "bool"}
_WANTED = {
    str: "no text",
    int: "no whole number",
    float: "no number",
    bool: "neither true nor false",
}


class Problems:
    """What cannot be read or is missing, in words: each once, and no more than a page shows."""

    def __init__(self, found: Iterable[str] = ()) -> None:
        self._found: dict[str, None] = dict.fromkeys(found)
        self._left_out = 0

    def add(self, problem: str) -> None:
        """Add one, unless it is there already."""
        if problem in self._found:
            return
        if len(self._found) < _MOST_PROBLEMS:
            self._found[problem] = None
        else:
            self._left_out += 1

    def __iter__(self) -> Iterator[str]:
        yield from self._found
        if self._left_out:
            yield f"and {self._left_out} further problems"

    def __bool__(self) -> bool:
        return bool(self._found)


def to_record(value: Any) -> Any:
    """Return a record, or whatever stands in one, ready for JSON."""
    if isinstance(value, Sample):
        return value.to_dict()
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: to_record(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_record(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_record(item) for item in value]
    return value


def from_record(
    kind: type[Record], value: Any, place: str, report: Callable[[str], None]
) -> Record | None:
    """Read a record as its type.

    Parameters
    ----------
    kind : type
        The dataclass.
    value : object
        What JSON gave.
    place : str
        Where it stands, for messages: ``metrics.jsonl line 12``.
    report : callable
        Called with each fault in words; the field is then blank: its default, or nothing.

    Returns
    -------
    Record or None
        None if it is no record at all.
    """
    if not isinstance(value, Mapping):
        report(f"{place} holds no record")
        return None

    def fault(name: str, what: str) -> None:
        report(f"{place}: {name} {what}")

    found: Record = _fields(kind, value, "", fault)
    return found


def _fields(kind: Any, value: Mapping[Any, Any], prefix: str, fault: Callable[..., None]) -> Any:
    hints = _hints(kind)
    filled = {}
    for item in fields(kind):
        name = f"{prefix}{item.name}"
        if item.name in value:
            filled[item.name] = _read(hints[item.name], value[item.name], name, fault)
        elif item.default is MISSING and item.default_factory is MISSING:
            fault(name, "is missing")
            filled[item.name] = _blank(hints[item.name])
    return kind(**filled)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, value: Any, name: str, fault: Callable[..., None]) -> Any:
    if kind is Any:
        return value
    kind, optional = _required(kind)
    if value is None and optional:
        return None
    if kind in _WANTED:
        return _scalar(kind, value, name, fault, optional)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        if isinstance(value, list | tuple):
            parts = [_read(arguments[0], v, f"{name}[{i}]", fault) for i, v in enumerate(value)]
            return tuple(part for part in parts if part is not None)
        fault(name, f"is no list but {_shown(value)}")
        return ()
    if not isinstance(value, Mapping):
        fault(name, f"is no record but {_shown(value)}")
        return _blank(kind, optional)
    if kind is Sample:
        try:
            return Sample.from_dict(value)
        except (SampleError, TypeError) as error:
            fault(name, f"is no sample ({error})")
            return _blank(kind, optional)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(arguments, value, name, fault)
    return _fields(kind, value, f"{name}.", fault)


def _mapping(
    arguments: tuple[Any, ...], value: Mapping[Any, Any], name: str, fault: Callable[..., None]
) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key, item in value.items():
        read = _read(arguments[1], item, f"{name}.{str(key)[:_SHOWN]}", fault)
        if arguments[0] is not int:
            found[str(key)] = read
        elif str(key).isdecimal():
            found[int(key)] = read
        else:
            fault(name, f"has a key that is no number, {_shown(key)}")
    return found


def _scalar(kind: Any, value: Any, name: str, fault: Callable[..., None], optional: bool) -> Any:
    if kind is float and value is None:
        return math.nan  # JSON has no NaN, so null was written for it
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind is float and number:
        try:
            return float(value) if math.isfinite(value) else math.nan
        except OverflowError:
            fault(name, "is out of range")
            return math.nan
    if isinstance(value, kind) and (kind is not int or number):
        if kind is not int or abs(value) < _LARGEST:
            return value
        fault(name, "is out of range")
        return _blank(kind, optional)
    fault(name, f"is {_WANTED[kind]} but {_shown(value)}")
    return _blank(kind, optional)


def _required(kind: Any) -> tuple[Any, bool]:
    """Return a type without None, and whether None was there."""
    if get_origin(kind) in (Union, types.UnionType):
        (only,) = [part for part in get_args(kind) if part is not types.NoneType]
        return only, True
    return kind, False


def _blank(kind: Any, optional: bool = False) -> Any:
    """Return what stands for a value that cannot be read."""
    kind, also = _required(kind)
    if optional or also or kind in (Any, Sample):
        return None
    if kind is float:
        return math.nan
    if kind in _WANTED:
        return kind()
    origin = get_origin(kind)
    if origin is tuple:
        return ()
    if origin is not None:
        return {}
    return _fields(kind, {}, "", lambda name, what: None)


def _shown(value: Any) -> str:
    if isinstance(value, str | int | float | bool) or value is None:
        text = repr(value) if not isinstance(value, int) or abs(value) < _LARGEST else "a huge one"
        return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    return f"a {type(value).__name__}"


def columns(kind: Any) -> dict[str, str]:
    """Return the columns of a table of such records, with their types in pandas."""
    return {name: _PANDAS[_required(hint)[0]] for name, hint in _hints(kind).items()}


def later(kind: Any) -> dict[str, Any]:
    """Return the fields of such records that older files lack, with what they stand for there."""
    return {item.name: item.default for item in fields(kind) if item.default is not MISSING}


def arrow_schema(kind: Any) -> Any:
    """Return the `pyarrow.Schema` of a table of such records."""
    import pyarrow as pa

    types_of = {name: _ARROW[_required(hint)[0]] for name, hint in _hints(kind).items()}
    return pa.schema([(name, pa.type_for_alias(alias)) for name, alias in types_of.items()])
