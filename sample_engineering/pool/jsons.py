"""Records of JSON: a record a line, a list, one object after another, or lists within an object."""

import json
import math
from collections.abc import Callable, Iterator
from itertools import chain
from typing import IO, Any

from sample_engineering.errors import PoolError
from sample_engineering.pool.json_values import CHUNK, TooLong, split_values, values_in
from sample_engineering.pool.lines import MAX_LINE_BYTES, bounded_lines
from sample_engineering.pool.rows import NAN_NOTE, Row
from sample_engineering.pool.shapes import dialogue, is_dialogue, unwrapped

# An object that holds all records is parsed as a whole; beyond this it must be lines or a list.
_MAX_OBJECT_BYTES = 256 * 2**20
# Deeper than any real record, and well inside what writing it back can recurse through.
_MAX_DEPTH = 64

Opened = Callable[[], IO[bytes]]


class _Notice:
    """Remembers whether the constant NaN occurred in the text being parsed."""

    seen = False

    def __call__(self, constant: str) -> None:
        self.seen = True

    def number(self, text: str) -> float | None:
        value = float(text)
        if math.isfinite(value):
            return value
        self.seen = True
        return None


class _Parser:
    def __init__(self) -> None:
        self.notice = _Notice()
        self.decoder = json.JSONDecoder(parse_constant=self.notice, parse_float=self.notice.number)

    def row(self, number: int, text: str) -> Row:
        """Parse the text of one record."""
        self.notice.seen = False
        value, fault = self.parsed(text)
        if fault:
            return Row(number, None, fault)
        return as_row(number, value, NAN_NOTE if self.notice.seen else "")

    def parsed(self, text: str) -> tuple[Any, str]:
        try:
            value = self.decoder.decode(text.strip())
            if "\\ud" in text or "\\uD" in text:
                json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            return None, "holds half of a surrogate pair, which is no text"
        except json.JSONDecodeError as error:
            return None, f"not JSON ({error.msg} at column {error.colno})"
        except RecursionError:
            return None, "nested too deeply"
        except ValueError as error:  # an integer of more than 4,300 digits
            return None, f"not readable ({str(error).split(';')[0]})"
        opened = text.count("{") + text.count("[")
        if opened > _MAX_DEPTH and depth_exceeds(value):
            return None, "nested too deeply"
        return value, ""


def as_row(number: int, value: Any, note: str = "") -> Row:
    """Return a row of a value that should be a record."""
    if isinstance(value, dict):
        return Row(number, value, note=note)
    if isinstance(value, list) and is_dialogue(value):
        return Row(number, dialogue(value), note=note)
    return Row(number, None, f"a JSON {json_name(value)}, not an object")


def depth_exceeds(value: Any, most: int = _MAX_DEPTH) -> bool:
    """Whether lists and objects are nested deeper than `most` levels."""
    level = [value]
    for _ in range(most):
        level = [
            child
            for item in level
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True


def json_name(value: Any) -> str:
    """Return what JSON calls a value."""
    names = {dict: "object", list: "list", str: "text", type(None): "null", bool: "truth value"}
    return names.get(type(value), "number")


def json_rows(opened: Opened, name: str, *, lines: bool) -> Iterator[Row]:
    """Yield the records of a JSON file, whatever its shape; lists and lines as a stream.

    Parameters
    ----------
    opened : callable
        Opens the file anew.
    name : str
        For messages.
    lines : bool
        Whether its name promises a record a line.

    Raises
    ------
    PoolError
        If it is no JSON that could hold records.
    """
    shape = _shape(opened)
    if shape == "lines" or (shape == "" and lines):
        yield from line_rows(opened)
    elif shape == "list":
        yield from _value_rows(opened, name, skip_bracket=True)
    elif shape == "objects":
        yield from _object_rows(opened, name, lines)
    else:
        parser = _Parser()
        with opened() as stream:
            value, fault = parser.parsed(_text(stream.read(CHUNK), name))
        if fault:
            yield from line_rows(opened)
            return
        raise PoolError(f"{name} is a JSON {json_name(value)}; give a list of objects or JSONL")


def _shape(opened: Opened) -> str:
    """Tell from the beginning: ``lines``, ``list``, ``objects`` or neither (empty)."""
    with opened() as stream:
        first = next((line for _, line, _ in bounded_lines(stream) if line and line.strip()), "")
        if not first or first.lstrip()[0] not in "[{":
            return ""
        opening = first.lstrip()[0]
        whole = not _Parser().parsed(first)[1]
        second = next((line for _, line, _ in bounded_lines(stream) if line and line.strip()), "")
    if whole and second:
        return "lines"
    if opening == "[":
        return "list"
    if not whole and second.lstrip()[:1] == "{" and first.rstrip()[-1:] == "}":
        return "lines"  # the first line is broken, or holds several objects
    return "objects"


def line_rows(opened: Opened) -> Iterator[Row]:
    """Yield a record a line; several objects on one line are a record each."""
    parser = _Parser()
    with opened() as stream:
        for number, line, fault in bounded_lines(stream):
            if line is None:
                yield Row(number, None, fault)
            elif line.strip():
                row = parser.row(number, line.strip("\x1e"))
                if row.record is None and "Extra data" in row.fault:
                    parts = list(split_values(line))
                    if len(parts) > 1:
                        yield from (parser.row(number, part) for part in parts)
                        continue
                yield row


def _object_rows(opened: Opened, name: str, lines: bool) -> Iterator[Row]:
    """One object that holds or is the records, or one object after another."""
    parser = _Parser()
    with opened() as stream:
        parts = values_in(stream, name, False, _MAX_OBJECT_BYTES)
        try:
            first, second = next(parts, ""), next(parts, None)
        except TooLong:
            if not lines:
                raise
            first, second = "", None
        value, fault = parser.parsed(first)
        if not fault and second is None and lines and not _holds_lists(value):
            yield as_row(1, value, NAN_NOTE if parser.notice.seen else "")  # as its name says
            return
        if not fault and second is None:
            note = NAN_NOTE if parser.notice.seen else ""
            for number, (record, why) in enumerate(unwrapped(value), 1):
                row = Row(number, None, why) if why else as_row(number, record)
                yield Row(row.line, row.record, row.fault, note if number == 1 else "")
            return
        if not fault and second is not None:
            # What may be as long as a file of its own is a record, and so no longer than one.
            for number, text in enumerate(chain((first, second), parts), 1):
                if len(text) > MAX_LINE_BYTES:
                    yield Row(number, None, f"line longer than {MAX_LINE_BYTES // 2**20} MiB")
                else:
                    yield parser.row(number, text)
            return
    yield from line_rows(opened)


def _holds_lists(value: Any) -> bool:
    """Whether an object may be a wrapper of records."""
    return isinstance(value, dict) and any(
        isinstance(inner, list) and bool(inner) and isinstance(inner[0], dict | list)
        for inner in value.values()
    )


def _value_rows(opened: Opened, name: str, *, skip_bracket: bool) -> Iterator[Row]:
    parser = _Parser()
    with opened() as stream:
        number = 0
        only: str | None = None
        for text in values_in(stream, name, skip_bracket, MAX_LINE_BYTES):
            number += 1
            if number == 1:
                only = text
                continue
            if only is not None:
                yield parser.row(1, only)
                only = None
            yield parser.row(number, text)
        if only is None:
            return
        value, fault = parser.parsed(only)
        note = NAN_NOTE if parser.notice.seen else ""
        if fault or not isinstance(value, list):
            yield Row(1, None, fault) if fault else as_row(1, value, note)
            return
        # One list within a list: a dialogue, or the records themselves.
        inner = [value] if is_dialogue(value) else value
        for place, item in enumerate(inner, 1):
            yield as_row(place, item, note if place == 1 else "")


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PoolError(f"{name} is not UTF-8 (byte {error.start + 1}); save it as UTF-8") from None
