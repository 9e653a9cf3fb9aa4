"""From a file or data set to samples, with every unusable record reported and counted."""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sample_engineering.errors import ConfigError, PoolError, SampleError
from sample_engineering.pool.collection import BadLine, Pool, Report
from sample_engineering.pool.records import sample_from_record
from sample_engineering.pool.sources import rows
from sample_engineering.sample import Sample

ON_ERROR = ("skip", "fail")


def stream_records(
    source: str | os.PathLike[str], *, on_error: str = "skip", problems: Report | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield line number and raw record, in constant memory.

    Parameters
    ----------
    source : path-like
        A file, or ``hf:owner/name[:config][:split]``.
    on_error : {"skip", "fail"}
        What a line that is no record does: counted in `problems`, or an error.
    problems : Report, optional
        Where skipped lines are counted.

    Raises
    ------
    PoolError
        If the source cannot be read, or on the first bad line where `on_error` is ``fail``.
    """
    if on_error not in ON_ERROR:
        raise ConfigError(f"`on_error` is {on_error!r}; use skip or fail")
    name = os.fspath(source)
    report = problems if problems is not None else Report()
    for row in rows(name):
        if row.note:
            report.notes[row.note] += 1
        if row.record is None:
            _refuse(BadLine(name, row.line, row.fault), report, on_error)
        else:
            yield row.line, row.record


def stream_pool(
    source: str | os.PathLike[str] | Iterable[Mapping[str, Any]],
    *,
    on_error: str = "skip",
    problems: Report | None = None,
) -> Iterator[Sample]:
    """Yield the candidates of a pool one at a time; memory grows only with the ids seen.

    Parameters
    ----------
    source : path-like or iterable of records
        A file (``.jsonl``, ``.json``, ``.csv``, ``.tsv``, each plain, ``.gz`` or ``.zst``;
        ``.parquet``), ``hf:owner/name[:config][:split]``, ``hf:./folder``, or records in memory.
    on_error : {"skip", "fail"}
        What a record without problem or answer, with an id already seen, or not readable at all
        does: skipped and counted in `problems`, or an error that names file, line and reason.
    problems : Report, optional
        Where records are counted.

    Raises
    ------
    PoolError
        If the source cannot be read, or on the first bad record where `on_error` is ``fail``.
    """
    report = problems if problems is not None else Report()
    if isinstance(source, str | os.PathLike):
        name = os.fspath(source)
        records: Iterable[tuple[int, Mapping[str, Any]]] = stream_records(
            name, on_error=on_error, problems=report
        )
    else:
        name = "records"
        records = enumerate(source, 1)
    first_line: dict[str, int] = {}
    for position, (line, record) in enumerate(records):
        try:
            sample = sample_from_record(record, position)
        except (SampleError, TypeError) as error:
            _refuse(BadLine(name, line, str(error)), report, on_error)
            continue
        seen = first_line.setdefault(sample.id, line)
        if seen != line:
            reason = f"duplicate id {sample.id!r}, first on line {seen}"
            _refuse(BadLine(name, line, reason), report, on_error)
            continue
        report.read += 1
        yield sample


def read_pool(
    source: str | os.PathLike[str] | Iterable[Mapping[str, Any]], *, on_error: str = "skip"
) -> Pool:
    """Read a whole pool; the same as `stream_pool`, collected.

    Returns
    -------
    Pool
        Its `problems` say what was skipped and why.

    Raises
    ------
    PoolError
        As `stream_pool`, and if no usable candidate is left.
    """
    report = Report()
    name = os.fspath(source) if isinstance(source, str | os.PathLike) else "records"
    samples = tuple(stream_pool(source, on_error=on_error, problems=report))
    if not samples:
        first = f"; the first: {report.bad_lines[0]}" if report.bad_lines else ""
        raise PoolError(
            f"{name} holds no usable candidate ({report.skipped} skipped{first}); "
            "every record needs a problem and an answer"
        )
    return Pool(samples, name, report)


def _refuse(bad: BadLine, report: Report, on_error: str) -> None:
    if on_error == "fail":
        raise PoolError(f"{bad}; mend the line, or set `on_error`=skip to go on without it")
    report.add(bad)
