"""The plain file of histories, read straight: a line of JSON a problem, its id and accuracies."""

import json
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn

from sample_engineering.pool.ids import names_nothing
from sample_engineering.pool.lines import MAX_LINE_BYTES
from sample_engineering.rollouts.logs import PathLike
from sample_engineering.rollouts.run_rows import run_lookup

if TYPE_CHECKING:
    import numpy

_ENDINGS = (".jsonl", ".ndjson")
_TOGETHER = 4096  # lines that are turned into numbers at once


def read_plain_histories(path: PathLike) -> "tuple[list[str], numpy.ndarray] | None":
    """Read lines of ``{"id": "p1", "accuracy": [0.5, ...]}``, all as long; None for any other file.

    Whatever is not that plain, down to a single line, is for `collecting.read_histories`, which
    reads it with every rule there is and says what is wrong with it: where this returns something
    it is the same.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    ids : list of str
        In the order of the file.
    table : ndarray of float, shape (n, visits)
        Accuracies in [0, 1], none missing.
    """
    import numpy as np

    file = Path(path)
    if file.suffix not in _ENDINGS or not file.is_file() or run_lookup(file) is not None:
        return None
    ids: list[str] = []
    parts: list[numpy.ndarray] = []
    try:
        with file.open("rb") as stream:
            while lines := list(islice(iter(partial(_line, stream), ""), _TOGETHER)):
                records = list(map(_record, lines))
                ids.extend(id_ for id_, _ in records)
                part = np.array([accuracies for _, accuracies in records])
                visits = parts[0].shape[1] if parts else part.shape[-1]
                if part.dtype.kind not in "fi" or part.shape != (len(lines), visits) or not visits:
                    return None
                parts.append(part.astype(float, copy=False))
        joined = "\n".join(ids)
        joined.encode()  # half of a surrogate pair is no text
    except (OSError, ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return None
    if not parts or joined.split() != ids or len(set(ids)) != len(ids):
        return None
    table = np.concatenate(parts)
    # Some strictly within (0, 1): these are shares whatever the column is taken for.
    if not (table.min() >= 0 and table.max() <= 1 and ((table > 0) & (table < 1)).any()):
        return None
    return None if any(map(names_nothing, ids)) else (ids, table)


def _line(stream: IO[bytes]) -> str:
    line = stream.readline(MAX_LINE_BYTES + 1)
    if len(line) > MAX_LINE_BYTES:
        raise ValueError("a long line")
    return line.decode()


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


_decode = json.JSONDecoder(parse_constant=_refuse).raw_decode


def _record(line: str) -> tuple[str, list[float]]:
    record, end = _decode(line)
    if len(record) != 2 or line[end:].strip():
        raise ValueError("another record")
    return record["id"], record["accuracy"]
