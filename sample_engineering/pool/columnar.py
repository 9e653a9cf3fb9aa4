"""Records of tables that pyarrow reads: Parquet, Arrow (Feather), ORC."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sample_engineering.errors import PoolError
from sample_engineering.pool.lines import refuse_stand_in
from sample_engineering.pool.rows import Row, table_row

# Rows decoded at once: small, because one row may be large.
_BATCH = 128


def parquet_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a Parquet file.

    Raises
    ------
    PoolError
        If nothing of it can be read.
    """
    return _rows(path, "Parquet", _of_parquet)


def arrow_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of an Arrow file, of either kind (as `datasets` saves them).

    Raises
    ------
    PoolError
        If nothing of it can be read.
    """
    return _rows(path, "Arrow", _of_arrow)


def orc_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of an ORC file.

    Raises
    ------
    PoolError
        If nothing of it can be read.
    """
    return _rows(path, "ORC", _of_orc)


def _rows(path: Path, kind: str, batches_of: Callable[[Path], Iterator[Any]]) -> Iterator[Row]:
    import pyarrow

    _look(path)
    number = 0
    try:
        for batch in batches_of(path):
            for start in range(0, batch.num_rows, _BATCH):
                for record in batch.slice(start, _BATCH).to_pylist():
                    number += 1
                    yield table_row(number, record)
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        yield _damaged(path, kind, number, error)


def _of_parquet(path: Path) -> Iterator[Any]:
    import pyarrow.parquet

    with pyarrow.parquet.ParquetFile(path) as file:
        yield from file.iter_batches(batch_size=_BATCH, use_threads=False)


def _of_arrow(path: Path) -> Iterator[Any]:
    import pyarrow
    import pyarrow.ipc

    with pyarrow.memory_map(str(path)) as source:
        batches: Any
        try:
            batches = pyarrow.ipc.open_stream(source)
        except pyarrow.ArrowInvalid:
            source.seek(0)
            file = pyarrow.ipc.open_file(source)
            batches = (file.get_batch(place) for place in range(file.num_record_batches))
        yield from batches


def _of_orc(path: Path) -> Iterator[Any]:
    import pyarrow.orc

    file = pyarrow.orc.ORCFile(path)
    yield from map(file.read_stripe, range(file.nstripes))


def _look(path: Path) -> None:
    with path.open("rb") as stream:
        head = stream.read(256)
    if not head:
        raise PoolError(f"{path} is empty; give a file with at least one problem")
    refuse_stand_in(path, head)


def _damaged(path: Path, kind: str, number: int, error: Exception) -> Row:
    reason = str(error).split("\n")[0][:200]
    if number == 0:
        raise PoolError(
            f"{path} is not a readable {kind} file ({reason}); check or export it again"
        ) from error
    return Row(number + 1, None, f"the rest of the file is damaged ({reason})")
