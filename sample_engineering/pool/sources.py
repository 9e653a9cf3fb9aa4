"""Where records come from: files of any format, folders, patterns, standard input, memory."""

import glob
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from sample_engineering import gym, storage
from sample_engineering.errors import PoolError
from sample_engineering.named_elsewhere import HUB, MADE
from sample_engineering.pool.files import file_rows, format_of, holds_data, natural
from sample_engineering.pool.foreign import refuse_foreign
from sample_engineering.pool.hub import data_set_rows, hub_rows, is_saved, saved_rows
from sample_engineering.pool.memory import is_table, memory_rows
from sample_engineering.pool.rows import NAN_NOTE, Row

__all__ = [
    "NAN_NOTE",
    "Candidates",
    "Row",
    "data_set_rows",
    "format_of",
    "is_table",
    "name_of",
    "rows",
    "rows_of",
]

# A path, several, a table, a data set, samples, or records; see `reading.stream_pool`.
Candidates = Any

STDIN = "-"
_SPLIT = re.compile(
    r"(?:^|[^a-z])(train|training|validation|valid|val|dev|test|eval)(?:[^a-z]|$)", re.IGNORECASE
)
_TRAIN = ("train", "training")
_MOST_FILES = 100_000
# So many files of one small object each are the records of one set (hendrycks/math).
_SMALL = 64 * 2**10
_COPIED = 2**20
_LOOKED = 1000  # files of a folder without data, for what they are


def name_of(source: Candidates) -> str:
    """Return what messages call a source."""
    if isinstance(source, str | os.PathLike):
        name = os.fspath(source)
        return "standard input" if name == STDIN else storage.screened(str(name))
    if isinstance(source, list | tuple) and source and _is_path(source[0]):
        more = len(source) - 1
        return f"{name_of(source[0])} and {more} more" if more else name_of(source[0])
    return type(source).__name__ if is_table(source) else "records"


def _is_path(value: Any) -> bool:
    return isinstance(value, str | os.PathLike)


def rows_of(source: Candidates) -> Iterator[Row]:
    """Yield the records of anything that holds some, see `reading.stream_pool`.

    Raises
    ------
    PoolError
        If nothing can be read at all.
    """
    if _is_path(source):
        yield from rows(os.fspath(source))
        return
    if is_table(source) or isinstance(source, Mapping):
        yield from memory_rows(source)
        return
    if not isinstance(source, Iterable):
        raise PoolError(
            f"a pool cannot be read from a {type(source).__name__}; give a path, records or a table"
        )
    items = iter(source)
    first = next(items, None)
    if first is None:
        return
    everything = chain([first], items)
    if not _is_path(first):
        yield from memory_rows(everything)
        return
    for path in everything:
        if not _is_path(path):
            raise PoolError(f"paths and a {type(path).__name__} are mixed; give one kind")
        for row in rows(os.fspath(path)):
            yield row if row.file else replace(row, file=os.fspath(path))


def rows(source: str, *, cells_as_text: bool = False) -> Iterator[Row]:
    """Yield the records of a path: a file, folder or pattern, also in a store, ``-``, ``hf:...``.

    Parameters
    ----------
    source : str
    cells_as_text : bool
        Whether every cell of a CSV file stays text: an option ``1.50`` is not the number 1.5.

    Raises
    ------
    PoolError
        If nothing can be read at all: no such file, no format that is known.
    """
    if storage.is_address(source):
        yield from _stored(source, cells_as_text)
    elif source.startswith(HUB):
        yield from hub_rows(source)
    elif source.startswith(MADE):
        for number, record in enumerate(gym.Problems.named(source).records(), 1):
            yield Row(number, record)
    elif source == STDIN:
        yield from _standard_input(cells_as_text)
    else:
        path = Path(source)
        if path.is_dir() and is_saved(path):
            yield from saved_rows(path)
        elif path.is_dir():
            yield from _files(path, _in_folder(path), cells_as_text)
        elif not path.exists() and glob.has_magic(source):
            found = sorted(map(Path, glob.glob(source, recursive=True)), key=natural)
            if not found:
                raise PoolError(f"no file matches {source}; check the pattern")
            yield from _files(path, [one for one in found if one.is_file()], cells_as_text)
        else:
            yield from file_rows(path, cells_as_text)


def _stored(source: str, cells_as_text: bool) -> Iterator[Row]:
    """Read what lies in a store from a copy here, under its address."""
    several = storage.fetched(source)
    for address, copy in several:
        try:
            for row in rows(str(copy), cells_as_text=cells_as_text):
                file = storage.told(row.file) if row.file else ""
                if len(several) > 1 and not file:
                    file = storage.screened(address)
                yield replace(row, file=file, part=storage.told(row.part))
        except PoolError as error:
            raise PoolError(storage.told(str(error))) from error


def _in_folder(folder: Path) -> list[Path]:
    found = []
    for path in folder.rglob("*"):
        hidden = any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
        if holds_data(path) and not hidden and path.is_file():
            found.append(path)
            if len(found) > _MOST_FILES:
                raise PoolError(f"{folder} holds more than {_MOST_FILES:,} files; name a pattern")
    if not found:
        for path in islice(folder.iterdir(), _LOOKED):
            if path.is_file() and not path.name.startswith("."):
                refuse_foreign(path)
        raise PoolError(
            f"{folder} is a folder without data files; give a file, a folder with .jsonl, .json, "
            ".csv, .parquet or .arrow files, or hf:owner/name"
        )
    return sorted(found, key=natural)


def _files(root: Path, found: list[Path], cells_as_text: bool) -> Iterator[Row]:
    """Read the files of a folder or pattern as one pool; of several splits the training one."""
    kept, note = found, ""
    if root.is_dir():
        splits: dict[str, list[Path]] = {}
        for path in found:
            match = _SPLIT.search(str(path.relative_to(root)))
            splits.setdefault(match[1].lower() if match else "", []).append(path)
        train = [path for name in _TRAIN for path in splits.get(name, ())]
        others = [name for name in splits if name and name not in _TRAIN]
        if train and others:
            left = {path for name in others for path in splits[name]}
            kept = [path for path in found if path not in left]
            note = f"training split read; left out: {', '.join(sorted(others))}"
    small = len(kept) > 1 and all(
        path.suffix == ".json" and path.stat().st_size <= _SMALL for path in kept[:50]
    )
    first = True
    for path in kept:
        for row in file_rows(path, cells_as_text):
            said = note if first and note else row.note
            first = False
            yield replace(
                row, file=row.file or str(path), part=str(root) if small else "", note=said
            )


def _standard_input(cells_as_text: bool) -> Iterator[Row]:
    """Read standard input through a file, since a format is told by looking twice."""
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None or sys.stdin.isatty():
        raise PoolError("standard input holds no data; pipe a file in: cat pool.jsonl | se rank -")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "standard input"
        with path.open("wb") as copy:
            while data := stream.read(_COPIED):
                copy.write(data)
        try:
            for row in file_rows(path, cells_as_text):
                yield replace(row, file=row.file.replace(str(path), STDIN) or STDIN)
        except PoolError as error:
            raise PoolError(str(error).replace(str(path), "standard input")) from error
