"""Writing pools and tables of records, whole or not at all."""

import csv
import gzip
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from sample_engineering.errors import PoolError
from sample_engineering.files import finite, write_whole
from sample_engineering.pool.sources import format_of
from sample_engineering.sample import Sample

_ZSTD_LEVEL = 10  # about the size of gzip -9 at several times its speed


# What trainers read as lists and structs (verl, TRL, OpenRLHF), whatever differs between the rows.
_ALWAYS_NESTED = (
    *("prompt", "messages", "conversations", "reward_model", "extra_info", "completion"),
    *("images", "chosen", "rejected", "context_messages", "tools", "verification_info"),
)


def write_pool(samples: Iterable[Sample], path: str | os.PathLike[str]) -> int:
    """Write samples to JSONL, CSV (plain, .gz, .zst) or Parquet; the file appears whole or not.

    Returns
    -------
    int
        Number of samples written.

    Raises
    ------
    PoolError
        If the ending of the name is not a known format.
    RunError
        If the file cannot be written.
    """
    return write_records((sample.to_dict() for sample in samples), path)


def write_records(records: Iterable[Mapping[str, Any]], path: str | os.PathLike[str]) -> int:
    """Write mappings as rows, in the format that the name ends in; NaN becomes null.

    JSONL is written as a stream. CSV and Parquet hold the union of the columns; values that have no
    cell form (lists and mappings in CSV, columns of mixed types in Parquet) are written as JSON.
    Lists and mappings stay what they are in Parquet where every row has the same fields, and always
    in the columns that trainers read (``prompt``, ``reward_model``, ``extra_info`` ...).
    """
    target = Path(path)
    kind = format_of(target)
    if kind == "parquet":
        return _write_parquet([dict(record) for record in records], target)
    count = 0
    with write_whole(target, "wb") as whole, _packed(whole, target) as stream:
        if kind in ("csv", "tsv"):
            count = _write_csv([dict(record) for record in records], stream, kind)
        elif kind == "json":
            rows = [finite(record) for record in records]
            count = len(rows)
            stream.write((json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode())
        else:
            for record in records:
                line = json.dumps(finite(record), ensure_ascii=False, allow_nan=False) + "\n"
                stream.write(_bytes(line, target))
                count += 1
    return count


@contextmanager
def _packed(stream: IO[bytes], path: Path) -> Iterator[IO[bytes]]:
    name = path.name.lower()
    if name.endswith(".gz"):
        # No name and no time inside: equal pools give equal bytes.
        with gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0) as packed:
            yield packed  # type: ignore[misc]
    elif name.endswith((".zst", ".zstd")):
        import zstandard

        packer = zstandard.ZstdCompressor(level=_ZSTD_LEVEL)
        with packer.stream_writer(stream, closefd=False) as packed:
            yield packed
    else:
        yield stream


def _bytes(text: str, path: Path) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise PoolError(
            f"cannot write {path}: a text holds half of a surrogate pair; remove it"
        ) from error


def _columns(records: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(key for record in records for key in record))


def _write_csv(records: list[dict[str, Any]], stream: IO[bytes], kind: str) -> int:
    columns = _columns(records)
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, delimiter="\t" if kind == "tsv" else ",", lineterminator="\n")
    writer.writerow(columns)
    for record in records:
        writer.writerow([_csv_cell(finite(record.get(column))) for column in columns])
    text.flush()
    text.detach()  # leave closing to the owner of the stream
    return len(records)


def _csv_cell(value: Any) -> Any:
    if isinstance(value, list | dict | bool):
        return json.dumps(value, ensure_ascii=False)
    return value


def _write_parquet(records: list[dict[str, Any]], path: Path) -> int:
    import pyarrow
    import pyarrow.parquet

    rows = [finite(record) for record in records]
    arrays = {}
    for column in _columns(rows):
        values = [row.get(column) for row in rows]
        try:
            if not (column in _ALWAYS_NESTED or uniform(values)):
                raise pyarrow.ArrowInvalid("fields would be added to rows")
            array = pyarrow.array(values)
            if _empty_struct(array.type):
                raise pyarrow.ArrowInvalid("no Parquet type")
        except (pyarrow.ArrowException, OverflowError, UnicodeEncodeError):
            array = pyarrow.array(
                [None if value is None else json.dumps(value) for value in values],
                pyarrow.string(),
            )
        arrays[column] = array
    table = pyarrow.table(arrays)
    with write_whole(path, "wb") as stream:
        pyarrow.parquet.write_table(table, stream)
    return len(rows)


def uniform(values: Iterable[Any]) -> bool:
    """Whether all mappings at the same place have the same keys.

    A column of Parquet gives every row the fields of all; only then is nothing added.
    """
    kept = [value for value in values if value is not None]
    maps = [value for value in kept if isinstance(value, Mapping)]
    lists = [value for value in kept if isinstance(value, list | tuple)]
    if maps:
        keys = maps[0].keys()
        if len(maps) < len(kept) or any(value.keys() != keys for value in maps):
            return False
        return all(uniform([value[key] for value in maps]) for key in keys)
    return not lists or uniform([item for value in lists for item in value])


def _empty_struct(kind: Any) -> bool:
    """Whether a type holds a struct without fields, which Parquet cannot."""
    import pyarrow

    if pyarrow.types.is_struct(kind):
        return kind.num_fields == 0 or any(_empty_struct(item.type) for item in kind)
    return bool(pyarrow.types.is_list(kind)) and _empty_struct(kind.value_type)
