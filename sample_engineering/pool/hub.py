"""Records of data sets on the Hugging Face hub, and of folders that its library wrote."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sample_engineering.errors import MissingExtraError, PoolError
from sample_engineering.extras import require
from sample_engineering.named_elsewhere import HUB
from sample_engineering.pool.columnar import arrow_rows
from sample_engineering.pool.rows import Row, table_row

PREFERRED_SPLIT = "train"
_STATE = "state.json"
_SPLITS = "dataset_dict.json"
_LARGEST_STATE = 2**20


def hub_rows(source: str) -> Iterator[Row]:
    """Yield the records of ``hf:owner/name[:config][:split]`` or ``hf:./folder``.

    Raises
    ------
    PoolError
        If it cannot be read.
    MissingExtraError
        If the hub's library is needed and not installed.
    """
    name, *options = source.removeprefix(HUB).split(":")
    if not name or len(options) > 2:
        raise PoolError(f"{source!r} is not hf:owner/name[:config][:split]; give a data set name")
    if is_saved(Path(name)):
        yield from saved_rows(Path(name), options[-1] if options else "")
        return
    mend = (
        "check the name and the connection (HF_HUB_OFFLINE=1 forbids it), or download the file and "
        "give its path"
    )
    with _hub_errors(source, mend):
        config, split = _config_and_split(name, options)
    yield from data_set_rows(name, config, split, mend=mend)


def is_saved(folder: Path) -> bool:
    """Whether `datasets` wrote the folder with `save_to_disk`."""
    return (folder / _STATE).is_file() or (folder / _SPLITS).is_file()


def saved_rows(folder: Path, split: str = "") -> Iterator[Row]:
    """Yield the records of a data set, or of a split of several, as `save_to_disk` wrote it.

    Raises
    ------
    PoolError
        If the folder is not whole, or has no such split.
    """
    note = ""
    if (folder / _SPLITS).is_file():
        names = _state(folder / _SPLITS).get("splits")
        splits = [str(name) for name in names] if isinstance(names, list) else []
        chosen = split or (PREFERRED_SPLIT if PREFERRED_SPLIT in splits else "")
        chosen = chosen or (splits[0] if splits else "")
        if chosen not in splits:
            raise PoolError(f"{folder} has no split {chosen!r}; it has {', '.join(splits)}")
        if len(splits) > 1 and not split:
            note = f"split {chosen!r} read, of {', '.join(splits)}; {HUB}{folder}:SPLIT names one"
        folder = folder / chosen
    elif split and split != "default":
        raise PoolError(f"{folder} has no splits; leave {split!r} out")
    state = _state(folder / _STATE)
    if state.get("_indices_files") or state.get("_indices_data_files"):
        raise PoolError(
            f"{folder} holds a selection of rows only; save it again with datasets 2.4+"
        )
    files = [
        str(one.get("filename"))
        for one in state.get("_data_files") or ()
        if isinstance(one, dict) and one.get("filename")
    ]
    number = 0
    for name in files or sorted(path.name for path in folder.glob("*.arrow")):
        if Path(name).name != name:
            raise PoolError(f"{folder / _STATE} names a file outside the folder: {name}")
        if not (folder / name).is_file():
            raise PoolError(f"{folder / name} is not there; copy the whole folder")
        for row in arrow_rows(folder / name):
            number += 1
            first = note if number == 1 else row.note
            yield Row(number, row.record, row.fault, first or row.note)


def _state(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST_STATE:
            raise ValueError("too large")
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise PoolError(f"cannot read {path} ({error}); save the data set again") from error
    if not isinstance(found, dict):
        raise PoolError(f"{path} is no JSON object; save the data set again")
    return found


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
            yield table_row(number, record)


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
        return options[0] or None, options[1] or PREFERRED_SPLIT
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
        split = PREFERRED_SPLIT if PREFERRED_SPLIT in splits else splits[0]
    elif split not in splits:
        raise PoolError(f"hf:{name} has no split {split!r}; it has {', '.join(splits)}")
    return config, split
