"""Records of a benchmark, from the Hugging Face hub or from a copy on disk."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sample_engineering.errors import PoolError
from sample_engineering.extras import require

_FILES = (".jsonl", ".json", ".parquet", ".csv")


def read_records(
    path: str, *, config: str | None = None, split: str = "test", name: str | None = None
) -> Iterator[Mapping[str, Any]]:
    """Yield the records of a dataset.

    Parameters
    ----------
    path : str
        A file (JSON Lines, JSON, Parquet, CSV), a folder laid out as a Hugging Face dataset, or
        the dataset's name on the hub.
    config, split : str
        Which configuration and split of a folder or a dataset on the hub.
    name : str, optional
        The benchmark's name, for messages.

    Raises
    ------
    PoolError
        If it cannot be read: no such file, no access, no network, or damaged.
    """
    place = Path(path)
    if place.is_file():
        yield from _read_file(place)
        return
    known = name or path
    if place.is_dir():
        mend = f"check that it is laid out as a Hugging Face dataset with a split {split!r}"
    elif path.startswith((".", "/", "~")) or path.endswith(_FILES):
        raise PoolError(f"no file or folder {path}; check the path of the copy of {known}")
    else:
        mend = (
            f"check the network and, for a gated set, your login (hf auth login), "
            f"or give a copy on disk: {known}@PATH"
        )
    datasets = require("datasets", "hub")
    try:
        # Streaming reads a folder where it lies, without a second copy in the cache.
        yield from datasets.load_dataset(path, config, split=split, streaming=place.is_dir())
    except Exception as error:  # the library passes on those of some ten others
        first = next(iter(str(error).splitlines()), "") or type(error).__name__
        raise PoolError(f"cannot read {path}: {first.rstrip('.')}; {mend}") from error


def _read_file(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        if path.suffix == ".parquet":
            import pyarrow.parquet as pq

            yield from pq.read_table(path).to_pylist()
        elif path.suffix == ".csv":
            import pandas as pd

            frame = pd.read_csv(path, dtype=str, keep_default_na=False)
            yield from frame.to_dict("records")  # type: ignore[misc]
        elif path.suffix == ".json":
            content = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(content, list):
                raise ValueError("the file holds no list of records")
            yield from content
        else:
            with path.open(encoding="utf-8") as stream:
                for number, line in enumerate(stream, 1):
                    if line.strip():
                        try:
                            yield json.loads(line)
                        except ValueError as error:
                            raise ValueError(f"line {number}: {error}") from error
    except (ValueError, OSError) as error:  # pyarrow's ArrowInvalid is a ValueError
        raise PoolError(
            f"cannot read {path}: {error}; is it {path.suffix or 'JSON Lines'} as its name says?"
        ) from error
