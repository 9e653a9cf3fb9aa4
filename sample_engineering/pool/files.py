"""Records of one file: which format it is, by its name or its first bytes, also within archives."""

import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from sample_engineering.errors import PoolError
from sample_engineering.pool.columnar import arrow_rows, orc_rows, parquet_rows
from sample_engineering.pool.foreign import refuse_foreign
from sample_engineering.pool.jsons import json_rows
from sample_engineering.pool.lines import (
    LineFault,
    encoding_of,
    head_of,
    is_packed,
    open_bytes,
    open_text,
)
from sample_engineering.pool.rows import Row
from sample_engineering.pool.tables import csv_rows, looks_like_csv

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
_READ = _FORMATS | {
    ".arrow": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
    ".orc": "orc",
    ".jsonlines": "jsonl",
    ".jl": "jsonl",
    ".tab": "tsv",
}
_BINARY = ("parquet", "arrow", "orc")
# What lies beside the data in a data set's folder.
_NO_DATA = re.compile(
    r"(?:dataset_infos?|dataset_dict|state|config|metadata|.*_info|package|tokenizer.*)\.json",
    re.IGNORECASE,
)
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


def natural(path: Path) -> list[tuple[int, str]]:
    """Return a sort key under which 2.json comes before 10.json."""
    return [
        (int(part), "") if part.isdecimal() and len(part) < 19 else (-1, part)
        for part in re.split(r"(\d+)", str(path))
    ]


def holds_data(path: Path) -> bool:
    """Whether a name is that of a file with records."""
    known = Path(_bare(path.name, _PACKED)).suffix in _READ
    return known and not _NO_DATA.fullmatch(path.name)


def file_rows(path: Path, cells_as_text: bool) -> Iterator[Row]:
    """Yield the records of one file, of any format.

    Raises
    ------
    PoolError
        If nothing can be read at all.
    """
    if not path.is_file():
        open_text(path)  # raises with the right words
    refuse_foreign(path)
    if zipfile.is_zipfile(path) and path.suffix.lower() != ".parquet":
        yield from _zip_rows(path, cells_as_text)
        return
    kind = _READ.get(Path(_bare(path.name, _PACKED)).suffix)
    kind = _shown(head_of(path), kind or "") or kind or _sniffed(path)
    yield from _rows_as(kind, path, "", cells_as_text)


def _zip_rows(path: Path, cells_as_text: bool) -> Iterator[Row]:
    with zipfile.ZipFile(path) as archive:
        members = [
            one.filename
            for one in archive.infolist()
            if not one.is_dir() and not one.filename.startswith("__MACOSX")
        ]
    data = [name for name in members if Path(name).suffix.lower() in _READ]
    data = [name for name in data if not _NO_DATA.fullmatch(Path(name).name)] or members
    if not data:
        raise PoolError(f"{path} is an empty archive; give one with data")
    for name in sorted(data, key=lambda name: natural(Path(name))):
        kind = _READ.get(Path(name).suffix.lower()) or _sniffed(path, name)
        for row in _rows_as(kind, path, name, cells_as_text):
            yield replace(row, file=f"{path}!{name}") if len(data) > 1 else row


def _rows_as(kind: str, path: Path, member: str, cells_as_text: bool) -> Iterator[Row]:
    if kind in _BINARY:
        yield from _binary_rows(kind, path, member)
    elif kind in ("csv", "tsv"):
        opened = partial(open_text, path, member, table=True)
        found = csv_rows(opened, str(path), tabs=kind == "tsv", as_text=cells_as_text)
        note = _encoding_note(path, member)
        for number, row in enumerate(found):
            yield replace(row, note=note) if note and not number and not row.note else row
    else:
        opened = partial(open_text, path, member)
        yield from json_rows(opened, str(path), lines=kind == "jsonl")


def _binary_rows(kind: str, path: Path, member: str) -> Iterator[Row]:
    """Read a table that needs a file of its own, so unpacked where it is packed."""
    read = {"parquet": parquet_rows, "arrow": arrow_rows, "orc": orc_rows}[kind]
    if not member and not is_packed(path):
        yield from read(path)
        return
    with tempfile.TemporaryDirectory() as folder:
        inner = Path(folder) / "table"
        try:
            with open_bytes(path, member) as stream, inner.open("wb") as copy:
                shutil.copyfileobj(stream, copy, _COPIED)
            yield from read(inner)
        except LineFault as error:
            raise PoolError(f"{path}: {error}; download or write it again") from error
        except PoolError as error:
            raise PoolError(str(error).replace(str(inner), member or str(path))) from error


def _encoding_note(path: Path, member: str) -> str:
    encoding = encoding_of(head_of(path, member), table=True)
    return f"not UTF-8; read as {encoding}" if encoding else ""


def _shown(head: bytes, promised: str) -> str:
    """The format that first bytes show, whatever the name promises; empty where they do not."""
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"ORC"):
        return "orc"
    if head.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
        return "arrow"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    text = promised in ("csv", "tsv", *_BINARY)
    return "jsonl" if text and re.match(rb"\[\s*\{|\{\s*\"", start) else ""


def _sniffed(path: Path, member: str = "") -> str:
    """Tell the format of a file by its first bytes, where its name does not say it.

    Raises
    ------
    PoolError
        If they do not say it either.
    """
    head = head_of(path, member)
    if kind := _shown(head, ""):
        return kind
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
