"""Records of tables that pyarrow reads: Parquet, Arrow (Feather), ORC."""

from collections.abc import Iterator
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
    import pyarrow
    import pyarrow.parquet

    _look(path)
    number = 0
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_BATCH, use_threads=False):
                for record in batch.to_pylist():
                    number += 1
                    yield table_row(number, record)
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        yield _damaged(path, "Parquet", number, error)


def arrow_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of an Arrow file, of either kind (as `datasets` saves them).

    Raises
    ------
    PoolError
        If nothing of it can be read.
    """
    import pyarrow
    import pyarrow.ipc

    _look(path)
    number = 0
    try:
        with pyarrow.memory_map(str(path)) as source:
            batches: Any
            try:
                batches = pyarrow.ipc.open_stream(source)
            except pyarrow.ArrowInvalid:
                source.seek(0)
                file = pyarrow.ipc.open_file(source)
                batches = (file.get_batch(place) for place in range(file.num_record_batches))
            for batch in batches:
                for start in range(0, batch.num_rows, _BATCH):
                    for record in batch.slice(start, _BATCH).to_pylist():
                        number += 1
                        yield table_row(number, record)
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        yield _damaged(path, "Arrow", number, error)


def orc_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of an ORC file.

    Raises
    ------
    PoolError
        If nothing of it can be read.
    """
    import pyarrow
    import pyarrow.orc

    _look(path)
    number = 0
    try:
        file = pyarrow.orc.ORCFile(path)
        for stripe in range(file.nstripes):
            batch = file.read_stripe(stripe)
            for start in range(0, batch.num_rows, _BATCH):
                for record in batch.slice(start, _BATCH).to_pylist():
                    number += 1
                    yield table_row(number, record)
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        yield _damaged(path, "ORC", number, error)


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
