"""Records of one file of a log, as a stream, whatever its format."""

import codecs
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sample_engineering.errors import PoolError
from sample_engineering.pool.jsons import depth_exceeds
from sample_engineering.pool.lines import LineFault, bounded_lines, open_text
from sample_engineering.pool.sources import rows
from sample_engineering.rollouts.columns import STEPS, is_id, plain_name
from sample_engineering.rollouts.shapes import matrices, records_in
from sample_engineering.rollouts.steps import stem

# A JSON file that is one object is parsed as a whole; a list of records is read as a stream.
_MAX_JSON_BYTES = 1 << 30
_CHUNK = 1 << 20
_LONGEST_ITEM = 64 << 20
_DEEP = "nested too deeply"
_SURELY_FLAT = 60  # brackets; with no more of them nothing can be nested too deeply
_MAX_NUMBERS = 500_000_000
_IDS_BESIDE = (".ids", "_ids", "-ids")
_ARRAYS = ("accuracy", "accuracies", "history", "rewards", "correct", "acc", "data", "arr_0")


@dataclass(frozen=True, slots=True)
class Item:
    """A record with its line, or why there is none."""

    line: int
    record: Any
    fault: str = ""


def kind_of(path: Path) -> str:
    """Return jsonl, json, csv, parquet or npy: what the file's name says."""
    name = path.name.lower()
    for ending in (".gz", ".zst", ".zstd"):
        name = name.removesuffix(ending)
    suffix = Path(name).suffix
    return {
        ".jsonl": "jsonl",
        ".ndjson": "jsonl",
        ".json": "json",
        ".csv": "csv",
        ".tsv": "csv",
        ".npy": "npy",
        ".npz": "npy",
    }.get(suffix, "parquet")


def items_of(path: Path, known: frozenset[str] = frozenset()) -> Iterator[Item]:
    """Yield the records of a file.

    Parameters
    ----------
    path : Path
        Any but Parquet, which `parquet_rows` reads.
    known : frozenset of str
        Ids of the pool, which tell ids from steps.

    Raises
    ------
    PoolError
        If nothing can be read at all.
    """
    kind = kind_of(path)
    if kind == "npy":
        for line, record in enumerate(_matrix(path, known), 1):
            yield Item(line, record)
    elif kind == "json":
        yield from _json(path, known)
    elif kind == "jsonl":
        yield from _json_lines(path)
    else:
        for row in rows(str(path), cells_as_text=True):
            yield Item(row.line, row.record, row.fault)


def _json_lines(path: Path) -> Iterator[Item]:
    """Yield the records of JSON lines; the numbers as Python's own reader has them, for speed."""
    with open_text(path) as stream:
        for line, text, fault in bounded_lines(stream):
            if text is None:
                yield Item(line, None, fault)
            elif text and not text.isspace():
                yield _item(line, text)


def _item(line: int, text: str | bytes) -> Item:
    """Read one line of JSON; one that is nested too deeply for what comes after is refused."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Item(line, None, f"not JSON ({error!s:.80})")
    return Item(line, None, _DEEP) if _too_deep(text, record) else Item(line, record)


def _too_deep(text: str | bytes, value: Any) -> bool:
    if isinstance(text, bytes):
        many = text.count(b"[") + text.count(b"{")
    else:
        many = text.count("[") + text.count("{")
    return many > _SURELY_FLAT and depth_exceeds(value)


def _json(path: Path, known: frozenset[str]) -> Iterator[Item]:
    with open_text(path) as stream:
        head = stream.peek(_CHUNK)[:_CHUNK].removeprefix(b"\xef\xbb\xbf").lstrip()  # type: ignore[attr-defined]
        if head.startswith(b"[") and head[1:].lstrip().startswith(b"{"):
            yield from _elements(path, stream)
            return
        data = stream.read(_MAX_JSON_BYTES + 1)
    if len(data) > _MAX_JSON_BYTES:
        raise PoolError(f"{path} is one JSON value of more than 1 GiB; write it as JSONL")
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        if "Extra data" in error.msg:  # JSON lines
            yield from _lines(data)
            return
        raise PoolError(
            f"{path} is not JSON ({error.msg} at line {error.lineno}); download or write it again"
        ) from None
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        raise PoolError(f"{path} is not readable JSON ({error}); write it again") from None
    if depth_exceeds(value):
        raise PoolError(f"{path} is {_DEEP}; write it as JSON lines")
    for line, record in enumerate(records_in(value, known), 1):
        yield Item(line, record)


def _lines(data: bytes) -> Iterator[Item]:
    for line, text in enumerate(data.splitlines(), 1):
        if text.strip():
            yield _item(line, text)


def _elements(path: Path, stream: Any) -> Iterator[Item]:
    """Yield the elements of a JSON list one at a time."""
    decoder = json.JSONDecoder()
    bytes_to_text = codecs.getincrementaldecoder("utf-8-sig")("replace")
    text = ""
    at = number = 0
    ended = False

    def more() -> bool:
        nonlocal text, at, ended
        try:
            data = stream.read(_CHUNK)
        except LineFault:
            data = b""
        ended = not data
        text = text[at:] + bytes_to_text.decode(data, final=ended)
        at = 0
        return not ended

    more()
    at = text.index("[") + 1
    while True:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        if at >= len(text):
            if ended or not more():
                yield Item(number + 1, None, "the list is cut short")
                return
            continue
        if text[at] == "]":
            return
        try:
            record, at_end = decoder.raw_decode(text, at)
        except (json.JSONDecodeError, RecursionError) as error:
            if not ended and len(text) - at < _LONGEST_ITEM and more():
                continue
            yield Item(number + 1, None, f"not JSON ({error})")
            return
        if at_end == len(text) and not ended and more():
            continue  # a number might go on
        deep = _too_deep(text[at:at_end], record)
        at = at_end
        number += 1
        yield Item(number, None, _DEEP) if deep else Item(number, record)


def parquet_rows(
    path: Path, columns: Sequence[str] | None = None, batch: int = 1024
) -> Iterator[list[dict[str, Any]]]:
    """Yield batches of records of a Parquet file.

    Parameters
    ----------
    path : Path
    columns : sequence of str, optional
        Only these.
    batch : int
        Rows at a time.

    Raises
    ------
    PoolError
        If it cannot be read.
    """
    import pyarrow
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            for piece in file.iter_batches(batch, columns=columns, use_threads=False):
                names = piece.schema.names
                cells = [column.to_pylist() for column in piece.columns]
                if not cells:
                    continue
                yield [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = str(error).split("\n")[0][:200]
        raise PoolError(
            f"{path} is not a readable Parquet file ({reason}); write it again"
        ) from error


def _matrix(path: Path, known: frozenset[str]) -> Iterator[dict[str, Any]]:
    import numpy as np

    try:
        loaded = np.load(path, allow_pickle=False)
        arrays = (
            {name: loaded[name] for name in loaded.files}
            if isinstance(loaded, np.lib.npyio.NpzFile)
            else {"data": loaded}
        )
    except (ValueError, OSError, EOFError, KeyError) as error:
        raise PoolError(
            f"{path} cannot be read without running code in it ({error}); save plain numbers, and "
            "ids as texts"
        ) from error
    tables = {
        name: array
        for name, array in arrays.items()
        if array.ndim in (1, 2, 3) and array.dtype.kind in "biuf" and not _is_label(name)
    }
    largest = sorted(tables, key=lambda name: -tables[name].ndim)
    chosen = next((name for name in _ARRAYS if name in tables), next(iter(largest), None))
    if chosen is None:
        raise PoolError(f"{path} holds no matrix of numbers; give problems by checkpoints")
    table = tables[chosen]
    if table.size > _MAX_NUMBERS:
        raise PoolError(f"{path} holds {table.size:,} numbers; split it")
    flat = {name: array for name, array in arrays.items() if array.ndim == 1 and name != chosen}
    steps = next((flat[name] for name in flat if _is_step(name)), None)
    ids = next((flat[name] for name in flat if _is_label(name) and not _is_step(name)), None)
    named = [str(one) for one in ids.tolist()] if ids is not None else _ids_beside(path)
    if named is not None and len(named) not in table.shape[:2]:
        raise PoolError(
            f"{path} is {' by '.join(map(str, table.shape))}, but there are {len(named)} ids; give "
            "one id a problem"
        )
    yield from matrices(
        table.astype(float), named, None if steps is None else steps.tolist(), known
    )


def _is_step(name: str) -> bool:
    return plain_name(name) in STEPS or plain_name(name).removesuffix("s") in STEPS


def _is_label(name: str) -> bool:
    return _is_step(name) or is_id(name) or plain_name(name) == "names"


def _ids_beside(path: Path) -> list[str] | None:
    """Read the ids that lie beside a matrix: ``acc.ids.json``, ``ids.txt``, ``ids.npy`` ..."""
    import numpy as np

    base = stem(path).removesuffix(".npy").removesuffix(".npz")
    names = [f"{base}{mark}" for mark in _IDS_BESIDE]
    names += [f"ids{mark}{base}" for mark in "_-"] + ["ids", "index", "problem_ids"]
    for name in names:
        for ending in (".json", ".jsonl", ".txt", ".npy", ".csv"):
            file = path.with_name(name + ending)
            if not file.is_file() or file == path:
                continue
            try:
                if ending == ".npy":
                    return [str(one) for one in np.load(file, allow_pickle=False).tolist()]
                text = file.read_text(encoding="utf-8-sig")
                return _listed(text, ending)
            except (OSError, ValueError, RecursionError) as error:
                raise PoolError(f"{file} holds no ids ({error}); one a line will do") from error
    return None


def _listed(text: str, ending: str) -> list[str]:
    if ending == ".json":
        value = json.loads(text)
        if isinstance(value, dict):
            value = next((v for v in value.values() if isinstance(v, list)), list(value))
        return [str(one.get("id", one)) if isinstance(one, dict) else str(one) for one in value]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if ending == ".csv":
        lines = [line.split(",")[0].strip('"') for line in lines]
        return lines[1:] if lines and lines[0].lower() in ("id", "ids", "index", "name") else lines
    if ending == ".jsonl":
        found = [json.loads(line) for line in lines]
        return [str(one.get("id", one)) if isinstance(one, dict) else str(one) for one in found]
    return lines
