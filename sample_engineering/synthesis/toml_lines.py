"""Where the keys of a TOML file stand: line numbers, which `tomllib` does not keep."""

import re
from collections.abc import Mapping

Key = tuple[str, ...]

_SKIPPED = re.compile(r"(?:\s+|#[^\n]*)+")
_PART = re.compile(r"""\s*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+)\s*""")
_LONG = ('"""', "'''")
_OPEN, _CLOSE = "[{", "]}"


def lines_of(text: str) -> Mapping[Key, int]:
    """Return the line of each table and key of a file that `tomllib` reads, from 1.

    What stands in an inline table is found under the key that holds it; see `line_of`. The entries
    of an array of tables (``[[acts]]``) are found by their number too: ``("acts", "0", "tell")``.
    """
    found: dict[Key, int] = {}
    counted: dict[Key, int] = {}
    table: Key = ()
    entry: Key = ()  # the same, with the number of an entry of an array of tables
    place, line = 0, 1
    while place < len(text):
        if skipped := _SKIPPED.match(text, place):
            line += skipped[0].count("\n")
            place = skipped.end()
            continue
        if text[place] == "[":
            many = text.startswith("[[", place)
            table, place = _key(text, place + 1 + many)
            found.setdefault(table, line)
            entry = table
            if many:
                entry = (*table, str(counted.get(table, 0)))
                counted[table] = counted.get(table, 0) + 1
                found.setdefault(entry, line)
            place = text.find("]", place)
            while place < len(text) and text[place] == "]":
                place += 1
            continue
        key, place = _key(text, place)
        for size in range(1, len(key) + 1):
            found.setdefault(table + key[:size], line)
            found.setdefault(entry + key[:size], line)
        end = _after_value(text, place)
        line += text.count("\n", place, end)
        place = max(end, place + 1)
    return found


def line_of(lines: Mapping[Key, int], key: Key) -> int:
    """Return the line of a key, or of the nearest one that holds it; 1 for none."""
    for size in range(len(key), 0, -1):
        if key[:size] in lines:
            return lines[key[:size]]
    return 1


def _key(text: str, place: int) -> tuple[Key, int]:
    """Read a dotted key; returns it and where it ends."""
    parts: list[str] = []
    while match := _PART.match(text, place):
        parts.append(match[1].strip("\"'"))
        place = match.end()
        if not text.startswith(".", place):
            break
        place += 1
    return tuple(parts), place


def _after_value(text: str, place: int) -> int:
    """Return where the value that starts after a place ends: at the line break that ends it."""
    depth = 0
    while place < len(text):
        letter = text[place]
        if letter in "\"'":
            place = _after_string(text, place)
            continue
        if letter == "#":
            end = text.find("\n", place)
            place = len(text) if end < 0 else end
            continue
        if letter == "\n" and depth <= 0:
            return place
        depth += (letter in _OPEN) - (letter in _CLOSE)
        place += 1
    return place


def _after_string(text: str, place: int) -> int:
    mark = text[place : place + 3] if text[place : place + 3] in _LONG else text[place]
    place += len(mark)
    while place < len(text) and not text.startswith(mark, place):
        place += 2 if text[place] == "\\" and mark[0] == '"' else 1
    return place + len(mark)
