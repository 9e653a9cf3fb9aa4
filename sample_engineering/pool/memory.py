"""Records in memory: mappings, samples, data frames, data sets."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sample_engineering.pool.jsons import as_row
from sample_engineering.pool.rows import NAN_NOTE, Row, plain, table_row
from sample_engineering.pool.shapes import is_dialogue, unwrapped
from sample_engineering.sample import Sample

_ROWS = 1024  # of a data frame that are taken at once


def is_table(value: Any) -> bool:
    """Whether a value is a data frame (pandas, polars), an Arrow table, or a data set."""
    return (
        hasattr(value, "iloc")
        or hasattr(value, "iter_rows")
        or hasattr(value, "to_pylist")
        or (hasattr(value, "features") and hasattr(value, "column_names"))
    ) and not isinstance(value, Mapping)


def memory_rows(source: Any) -> Iterator[Row]:
    """Yield the records of a table, a data set, a mapping of either, or records one by one."""
    if isinstance(source, Mapping):
        lists = {
            str(key): [row.record for row in memory_rows(value)] if is_table(value) else value
            for key, value in source.items()
        }
        found: list[bool] = []
        for number, (record, why) in enumerate(unwrapped(plain(lists, found)), 1):
            yield Row(number, None, why) if why else as_row(number, record)
        return
    table, frame = is_table(source), hasattr(source, "iloc")
    for number, record in enumerate(_records(source), 1):
        if isinstance(record, Mapping):
            row = table_row(number, record, frame=frame) if table else _given(number, record)
            yield row
        elif isinstance(record, Sample):
            yield Row(number, record.to_dict())
        elif isinstance(record, list | tuple) and is_dialogue(list(record)):
            yield as_row(number, plain(record, []))
        else:
            kind = type(record).__name__
            yield Row(number, None, f"something of type {kind}, not a record")


def _given(number: int, record: Mapping[Any, Any]) -> Row:
    """A record as the caller gives it; a None stays, as in a file of JSON."""
    found: list[bool] = []
    cleaned = {str(key): plain(value, found) for key, value in record.items()}
    return Row(number, cleaned, note=NAN_NOTE if found else "")


def _records(source: Any) -> Iterable[Any]:
    if hasattr(source, "iloc"):  # pandas
        if not hasattr(source, "columns"):  # a Series of records
            yield from source.tolist()
            return
        name = source.index.name  # an index with a name is a column that was set as one
        if isinstance(name, str) and name not in source.columns:
            source = source.reset_index()
        for start in range(0, len(source), _ROWS):
            yield from source.iloc[start : start + _ROWS].to_dict("records")
    elif hasattr(source, "iter_rows"):  # polars
        yield from source.iter_rows(named=True)
    elif hasattr(source, "to_pylist"):  # pyarrow
        for start in range(0, source.num_rows, _ROWS):
            yield from source.slice(start, _ROWS).to_pylist()
    else:
        yield from source
