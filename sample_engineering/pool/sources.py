"""Records of a file or data set, one at a time, whatever the format."""

import csv
import json
import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sample_engineering.errors import MissingExtraError, PoolError
from sample_engineering.extras import require
from sample_engineering.pool.lines import MAX_LINE_BYTES, bounded_lines, open_text

# A .json file is parsed as a whole; beyond this it must be JSONL.
_MAX_JSON_BYTES = 256 * 2**20
# Rows of Parquet decoded at once: small, because one row may be large.
_PARQUET_BATCH = 128
_COMPRESSIONS = (".gz", ".zst", ".zstd")
_FORMATS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".tsv": "tsv",
}
_HF = "hf:"
_PREFERRED_SPLIT = "train"
# Columns that are text whatever they look like: the gold "0.50" is no 0.5.
_PLAIN_COLUMNS = (
    *("id", "problem", "question", "prompt", "answer", "ground_truth", "solution"),
    *("final_answer", "expected_answer", "gold", "prediction", "unit"),
)

NAN_NOTE = "NaN or infinity read as missing"


@dataclass(frozen=True, slots=True)
class Row:
    """One record with its place, or why it cannot be read.

    `line` counts from 1; `record` is None where `fault` says why.
    """

    line: int
    record: dict[str, Any] | None
    fault: str = ""
    note: str = ""


def format_of(path: Path) -> str:
    """Return the format that a file name stands for: jsonl, json, parquet, csv or tsv.

    Raises
    ------
    PoolError
        If the ending is not known.
    """
    name = path.name.lower()
    for ending in _COMPRESSIONS:
        name = name.removesuffix(ending)
    kind = _FORMATS.get(Path(name).suffix)
    if kind is None:
        raise PoolError(
            f"{path}: the format is not clear from the name; "
            "use .jsonl, .json, .csv, .tsv (plain, .gz or .zst), .parquet, or hf:owner/name"
        )
    return kind


def rows(source: str, *, cells_as_text: bool = False) -> Iterator[Row]:
    """Yield the records of a file, or of ``hf:owner/name[:config][:split]``.

    Parameters
    ----------
    source : str
    cells_as_text : bool
        Whether every cell of a CSV file stays text: an option ``1.50`` is not the number 1.5.

    Raises
    ------
    PoolError
        If nothing can be read at all: no such file, not the format its name says.
    """
    if source.startswith(_HF):
        yield from _hugging_face_rows(source)
        return
    path = Path(source)
    if path.is_dir() or not path.exists():
        open_text(path)  # raises with the right words
    kind = format_of(path)
    if kind == "parquet":
        yield from _parquet_rows(path)
    elif kind in ("csv", "tsv"):
        yield from _csv_rows(path, "\t" if kind == "tsv" else ",", cells_as_text)
    elif kind == "json":
        yield from _json_rows(path)
    else:
        yield from _jsonl_rows(path)


class _Notice:
    """Remembers whether the constant NaN occurred in the line being parsed."""

    seen = False

    def __call__(self, constant: str) -> None:
        self.seen = True


def _jsonl_rows(path: Path) -> Iterator[Row]:
    notice = _Notice()
    decoder = json.JSONDecoder(parse_constant=notice, parse_float=_finite_float(notice))
    with open_text(path) as stream:
        for number, line, fault in bounded_lines(stream):
            if line is None:
                yield Row(number, None, fault)
            elif line.strip():
                notice.seen = False
                value, fault = _parsed(decoder, line)
                if fault:
                    yield Row(number, None, fault)
                elif not isinstance(value, dict):
                    yield Row(number, None, f"a JSON {_json_name(value)}, not an object")
                else:
                    yield Row(number, value, note=NAN_NOTE if notice.seen else "")


def _finite_float(notice: _Notice) -> Any:
    def parse(text: str) -> float | None:
        value = float(text)
        if math.isfinite(value):
            return value
        notice.seen = True
        return None

    return parse


def _parsed(decoder: json.JSONDecoder, text: str) -> tuple[Any, str]:
    try:
        value = decoder.decode(text.strip())
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
    if _depth_exceeds(value):
        return None, "nested too deeply"
    return value, ""


# Deeper than any real record, and well inside what writing it back can recurse through.
_MAX_DEPTH = 64


def _depth_exceeds(value: Any) -> bool:
    level = [value]
    for _ in range(_MAX_DEPTH):
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


def _json_name(value: Any) -> str:
    names = {list: "list", str: "text", type(None): "null", bool: "truth value"}
    return names.get(type(value), "number")


def _json_rows(path: Path) -> Iterator[Row]:
    """A list of objects, an object with one such list, a map from id to values, or JSONL."""
    with open_text(path) as stream:
        data = stream.read(_MAX_JSON_BYTES + 1)
    if len(data) > _MAX_JSON_BYTES:
        yield from _jsonl_rows(path)
        return
    notice = _Notice()
    decoder = json.JSONDecoder(parse_constant=notice, parse_float=_finite_float(notice))
    try:
        whole, fault = _parsed(decoder, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise PoolError(f"{path} is not UTF-8 (byte {error.start + 1}); save it as UTF-8") from None
    if fault or (isinstance(whole, dict) and b"\n" not in data.strip() and _is_record(whole)):
        yield from _jsonl_rows(path)
        return
    if isinstance(whole, dict):
        lists = [v for v in whole.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
        if len(lists) == 1:
            whole = lists[0]
        elif whole and all(isinstance(value, list) for value in whole.values()):
            whole = [{"id": key, "accuracy": value} for key, value in whole.items()]
        else:
            whole = [whole]
    if not isinstance(whole, list):
        raise PoolError(f"{path} is a JSON {_json_name(whole)}; give a list of objects or JSONL")
    for number, record in enumerate(whole, 1):
        if isinstance(record, dict):
            yield Row(number, record, note=NAN_NOTE if notice.seen and number == 1 else "")
        else:
            yield Row(number, None, f"a JSON {_json_name(record)}, not an object")


def _is_record(whole: Mapping[str, Any]) -> bool:
    return any(name in whole for name in _PLAIN_COLUMNS)


def _next_cells(reader: Iterator[list[str]]) -> list[str]:
    """Read one row with fields as long as a line may be.

    The limit is the whole process's: it is put back after each row, so that no host notices.
    """
    before = csv.field_size_limit(MAX_LINE_BYTES)
    try:
        return next(reader)
    finally:
        csv.field_size_limit(before)


def _csv_rows(path: Path, delimiter: str, as_text: bool) -> Iterator[Row]:
    faults: list[Row] = []

    with open_text(path) as stream:

        def lines() -> Iterator[str]:
            for number, line, fault in bounded_lines(stream):
                if line is None:
                    faults.append(Row(number, None, fault))
                else:
                    yield line.replace("\x00", "")

        reader = csv.reader(lines(), delimiter=delimiter, strict=True)
        header: list[str] | None = None
        lost = 0  # lines that never reached the reader
        while True:
            start = reader.line_num + lost + 1
            try:
                cells = _next_cells(reader)
            except StopIteration:
                break
            except csv.Error as error:
                yield Row(start, None, f"not CSV ({error})")
                continue
            yield from faults
            lost += len(faults)
            faults.clear()
            if header is None:
                header = [cell.strip() for cell in cells]
                if len(set(header)) < len(header):
                    raise PoolError(f"{path}: two columns share a name; rename one of them")
            elif len(cells) == len(header):
                pairs = [pair for pair in zip(header, cells, strict=True) if pair[1] != ""]
                yield Row(start, {n: cell if as_text else _cell(n, cell) for n, cell in pairs})
            elif cells:
                yield Row(start, None, f"{len(cells)} cells in a row of {len(header)} columns")
        yield from faults


_JSON_LIKE = re.compile(r"\s*(?:[\[{].*[\]}]|-?\d.*|true|false|null)\s*\Z", re.DOTALL)


def _cell(name: str, cell: str) -> Any:
    """Return a cell as text for the main columns, as a JSON value elsewhere where it is one."""
    if name in _PLAIN_COLUMNS or not _JSON_LIKE.match(cell):
        return cell
    try:
        value = json.loads(cell, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return cell
    return cell if _depth_exceeds(value) else value


def _parquet_rows(path: Path) -> Iterator[Row]:
    import pyarrow
    import pyarrow.parquet

    if not path.stat().st_size:
        raise PoolError(f"{path} is empty; give a file with at least one problem")
    number = 0
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_PARQUET_BATCH, use_threads=False):
                for record in batch.to_pylist():
                    number += 1
                    yield _table_row(number, record)
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = str(error).split("\n")[0][:200]
        if number == 0:
            raise PoolError(
                f"{path} is not a readable Parquet file ({reason}); check or export it again"
            ) from error
        yield Row(number + 1, None, f"the rest of the file is damaged ({reason})")


def _table_row(number: int, record: Mapping[str, Any]) -> Row:
    """Return a row without its empty cells: in a table, absent and null are the same."""
    found: list[bool] = []
    cleaned = {key: _plain(value, found) for key, value in record.items() if value is not None}
    return Row(number, cleaned, note=NAN_NOTE if found else "")


def _plain(value: Any, found: list[bool]) -> Any:
    """Return a value that JSON can hold: NaN becomes None, bytes base64, dates ISO text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        found.append(True)
        return None
    if isinstance(value, dict):
        return {str(key): _plain(item, found) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, found) for item in value]
    if isinstance(value, bytes):
        import base64

        return base64.b64encode(value).decode("ascii")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _hugging_face_rows(source: str) -> Iterator[Row]:
    name, *options = source.removeprefix(_HF).split(":")
    if not name or len(options) > 2:
        raise PoolError(f"{source!r} is not hf:owner/name[:config][:split]; give a data set name")
    mend = (
        "check the name and the connection (HF_HUB_OFFLINE=1 forbids it), or download the file and "
        "give its path"
    )
    with _hub_errors(source, mend):
        config, split = _config_and_split(name, options)
    yield from data_set_rows(name, config, split, mend=mend)


def data_set_rows(
    name: str, config: str | None, split: str, *, stream: bool = True, mend: str
) -> Iterator[Row]:
    """Yield the records of a data set on the Hugging Face hub, or of a folder laid out as one.

    Parameters
    ----------
    name : str
    config, split : str
    stream : bool
        Read it as it comes, instead of through the cache that stays on this machine.
    mend : str
        End of the message where it cannot be read.

    Raises
    ------
    PoolError
        If it cannot be read.
    MissingExtraError
        If the hub's library is not installed.
    """
    datasets = require("datasets", "hub")
    with _hub_errors(name, mend):
        records = iter(datasets.load_dataset(name, config, split=split, streaming=stream))
        for number, record in enumerate(records, 1):
            yield _table_row(number, record)


@contextmanager
def _hub_errors(source: str, mend: str) -> Iterator[None]:
    try:
        yield
    except (PoolError, MissingExtraError):
        raise
    except Exception as error:  # the library raises from many packages; none is a defect of ours
        reason = (str(error).strip() or type(error).__name__).split("\n")[0][:300].rstrip(".")
        raise PoolError(f"cannot read {source}: {reason}; {mend}") from error


def _config_and_split(name: str, options: list[str]) -> tuple[str | None, str]:
    """Resolve ``[config][:split]``; one word alone may be either."""
    datasets = require("datasets", "hub")
    if len(options) == 2:
        return options[0] or None, options[1] or _PREFERRED_SPLIT
    configs = datasets.get_dataset_config_names(name)
    config = None
    split = options[0] if options else None
    if split in configs and split != "default":
        config, split = split, None
    if config is None and len(configs) > 1 and "default" not in configs:
        raise PoolError(
            f"hf:{name} has several configurations; choose one: "
            + ", ".join(f"hf:{name}:{known}" for known in configs[:8])
        )
    splits = datasets.get_dataset_split_names(name, config)
    if split is None:
        split = _PREFERRED_SPLIT if _PREFERRED_SPLIT in splits else splits[0]
    elif split not in splits:
        raise PoolError(f"hf:{name} has no split {split!r}; it has {', '.join(splits)}")
    return config, split
