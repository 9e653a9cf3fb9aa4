"""Where records come from: files of any format, folders, patterns, standard input, memory."""

import glob
import os
import re
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from sample_engineering.errors import PoolError
from sample_engineering.pool.hub import HF, data_set_rows, hub_rows, is_saved, saved_rows
from sample_engineering.pool.jsons import json_rows
from sample_engineering.pool.lines import encoding_of, head_of, open_text
from sample_engineering.pool.memory import is_table, memory_rows
from sample_engineering.pool.rows import NAN_NOTE, Row
from sample_engineering.pool.tables import arrow_rows, csv_rows, looks_like_csv, parquet_rows

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
_WRITTEN = (".gz", ".zst", ".zstd")
_PACKED = (*_WRITTEN, ".bz2", ".xz", ".zip")
_FORMATS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".tsv": "tsv",
}
_READ = _FORMATS | {".arrow": "arrow", ".feather": "arrow", ".jsonlines": "jsonl"}
# What lies beside the data in a data set's folder.
_NO_DATA = re.compile(
    r"(?:dataset_infos?|dataset_dict|state|config|metadata|.*_info|package|tokenizer.*)\.json",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"(?:^|[^a-z])(train|training|validation|valid|val|dev|test|eval)(?:[^a-z]|$)", re.IGNORECASE
)
_TRAIN = ("train", "training")
_MOST_FILES = 100_000
# So many files of one small object each are the records of one set (hendrycks/math).
_SMALL = 64 * 2**10
_COPIED = 2**20


def format_of(path: Path) -> str:
    """Return the format that a file name stands for in writing: jsonl, json, parquet, csv, tsv.

    Raises
    ------
    PoolError
        If the ending is not known.
    """
    kind = _FORMATS.get(Path(_bare(path.name, _WRITTEN)).suffix)
    if kind is None:
        raise PoolError(
            f"{path}: the format is not clear from the name; "
            "use .jsonl, .json, .csv, .tsv (plain, .gz or .zst) or .parquet"
        )
    return kind


def _bare(name: str, endings: Iterable[str]) -> str:
    name = name.lower()
    for ending in endings:
        name = name.removesuffix(ending)
    return name


def name_of(source: Candidates) -> str:
    """Return what messages call a source."""
    if isinstance(source, str | os.PathLike):
        name = os.fspath(source)
        return "standard input" if name == STDIN else str(name)
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
    """Yield the records of a path: a file, folder or pattern, ``-``, or ``hf:...``.

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
    if source.startswith(HF):
        yield from hub_rows(source)
    elif source == STDIN:
        yield from _standard_input(cells_as_text)
    else:
        path = Path(source)
        if path.is_dir() and is_saved(path):
            yield from saved_rows(path)
        elif path.is_dir():
            yield from _files(path, _in_folder(path), cells_as_text)
        elif not path.exists() and glob.has_magic(source):
            found = sorted(map(Path, glob.glob(source, recursive=True)), key=_natural)
            if not found:
                raise PoolError(f"no file matches {source}; check the pattern")
            yield from _files(path, [one for one in found if one.is_file()], cells_as_text)
        else:
            yield from _file_rows(path, cells_as_text)


def _natural(path: Path) -> list[tuple[int, str]]:
    """Sort key under which 2.json comes before 10.json."""
    return [
        (int(part), "") if part.isdecimal() and len(part) < 19 else (-1, part)
        for part in re.split(r"(\d+)", str(path))
    ]


def _in_folder(folder: Path) -> list[Path]:
    found = []
    for path in folder.rglob("*"):
        kind = _READ.get(Path(_bare(path.name, _PACKED)).suffix)
        hidden = any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
        if kind is not None and not hidden and not _NO_DATA.fullmatch(path.name) and path.is_file():
            found.append(path)
            if len(found) > _MOST_FILES:
                raise PoolError(f"{folder} holds more than {_MOST_FILES:,} files; name a pattern")
    if not found:
        raise PoolError(
            f"{folder} is a folder without data files; give a file, a folder with .jsonl, .json, "
            ".csv, .parquet or .arrow files, or hf:owner/name"
        )
    return sorted(found, key=_natural)


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
        for row in _file_rows(path, cells_as_text):
            said = note if first and note else row.note
            first = False
            yield replace(
                row, file=row.file or str(path), part=str(root) if small else "", note=said
            )


def _file_rows(path: Path, cells_as_text: bool) -> Iterator[Row]:
    if not path.is_file():
        open_text(path)  # raises with the right words
    if zipfile.is_zipfile(path) and path.suffix.lower() not in (".parquet", ".xlsx"):
        yield from _zip_rows(path, cells_as_text)
        return
    kind = _READ.get(Path(_bare(path.name, _PACKED)).suffix) or _sniffed(path)
    yield from _rows_as(kind, path, "", cells_as_text)


def _zip_rows(path: Path, cells_as_text: bool) -> Iterator[Row]:
    with zipfile.ZipFile(path) as archive:
        members = [
            one.filename
            for one in archive.infolist()
            if not one.is_dir() and not one.filename.startswith("__MACOSX")
        ]
    data = [name for name in members if Path(name).suffix in _READ]
    data = [name for name in data if not _NO_DATA.fullmatch(Path(name).name)] or members
    if not data:
        raise PoolError(f"{path} is an empty archive; give one with data")
    for name in sorted(data, key=lambda name: _natural(Path(name))):
        kind = _READ.get(Path(name).suffix.lower()) or _sniffed(path, name)
        if kind in ("parquet", "arrow"):
            raise PoolError(f"{path} holds {name}; unpack it and give that file")
        for row in _rows_as(kind, path, name, cells_as_text):
            yield replace(row, file=f"{path}!{name}") if len(data) > 1 else row


def _rows_as(kind: str, path: Path, member: str, cells_as_text: bool) -> Iterator[Row]:
    if kind == "parquet":
        yield from parquet_rows(path)
    elif kind == "arrow":
        yield from arrow_rows(path)
    elif kind in ("csv", "tsv"):
        opened = partial(open_text, path, member, table=True)
        found = csv_rows(opened, str(path), tabs=kind == "tsv", as_text=cells_as_text)
        note = _encoding_note(path, member)
        for number, row in enumerate(found):
            yield replace(row, note=note) if note and not number and not row.note else row
    else:
        opened = partial(open_text, path, member)
        yield from json_rows(opened, str(path), lines=kind == "jsonl")


def _encoding_note(path: Path, member: str) -> str:
    encoding = encoding_of(head_of(path, member), table=True)
    return f"not UTF-8; read as {encoding}" if encoding else ""


def _sniffed(path: Path, member: str = "") -> str:
    """Tell the format of a file by its first bytes, where its name does not say it.

    Raises
    ------
    PoolError
        If they do not say it either.
    """
    head = head_of(path, member)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
        return "arrow"
    open_text(path, member, table=True).close()  # raises for what is no text
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] in (b"{", b"["):
        return "jsonl"
    if looks_like_csv(head):
        return "csv"
    raise PoolError(
        f"{path}: the format is not clear from the name, nor from what is in it; use .jsonl, "
        ".json, .csv, .tsv (plain, .gz, .zst, .bz2, .xz or .zip), .parquet, or hf:owner/name"
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
            for row in _file_rows(path, cells_as_text):
                yield replace(row, file=row.file.replace(str(path), STDIN) or STDIN)
        except PoolError as error:
            raise PoolError(str(error).replace(str(path), "standard input")) from error
