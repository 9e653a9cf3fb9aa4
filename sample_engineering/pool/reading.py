"""From a file, files or records to samples, with every unusable record reported and counted."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, groupby, islice
from typing import Any

from sample_engineering.errors import ConfigError, PoolError, SampleError
from sample_engineering.pool.collection import Pool
from sample_engineering.pool.columns import listed
from sample_engineering.pool.ids import Ids
from sample_engineering.pool.nested import leaf_names
from sample_engineering.pool.pictures import NOWHERE, Places, with_images
from sample_engineering.pool.report import BadLine, Report
from sample_engineering.pool.schema import LOOK, Schema
from sample_engineering.pool.sources import Candidates, Row, name_of, rows_of
from sample_engineering.sample import Sample

ON_ERROR = ("skip", "fail")
# The first look at a file is bounded by its text as well: records may be large.
_LOOK_CHARACTERS = 16 * 2**20
_LOOK_DEPTH = 4


def stream_records(
    source: Candidates, *, on_error: str = "skip", problems: Report | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield line number and raw record, in constant memory.

    Parameters
    ----------
    source : path-like, or what `stream_pool` takes
    on_error : {"skip", "fail"}
        What a line that is no record does: counted in `problems`, or an error.
    problems : Report, optional
        Where skipped lines are counted.

    Raises
    ------
    PoolError
        If the source cannot be read, or on the first bad line where `on_error` is ``fail``.
    """
    _check(on_error)
    name = name_of(source)
    report = problems if problems is not None else Report()
    for row in rows_of(source):
        if row.note:
            report.note(row.note, row.file or name, row.line)
        if row.record is None:
            _refuse(BadLine(row.file or name, row.line, row.fault), report, on_error)
        else:
            yield row.line, row.record


def stream_pool(
    source: Candidates,
    *,
    mapping: Mapping[str, str] | None = None,
    on_error: str = "skip",
    problems: Report | None = None,
    places: Places = NOWHERE,
) -> Iterator[Sample]:
    """Yield the candidates of a pool one at a time; memory grows only with the ids seen.

    Parameters
    ----------
    source : path-like, records, or a sequence of paths
        A file (``.jsonl``, ``.json``, ``.csv``, ``.tsv``, each plain, ``.gz``, ``.zst``, ``.bz2``,
        ``.xz`` or ``.zip``; ``.parquet``, ``.arrow``), a folder or pattern of such files, several
        of them, ``-`` for standard input, ``hf:owner/name[:config][:split]``, ``hf:./folder``, a
        DataFrame, a data set, or records in memory.
    mapping : mapping of str to str, optional
        Role (``problem``, ``answer``, ``id``, ``pass_rate``, ``choices``, ``solution``) to column,
        where the names do not say it; dots reach into objects.
    on_error : {"skip", "fail"}
        What a record without problem or answer, a copy of an earlier one, or not readable at all
        does: skipped and counted in `problems`, or an error that names file, line and reason.
    problems : Report, optional
        Where records are counted.
    places : Places, optional
        Where images may come from, beside the folder of each file; see `pictures`.

    Raises
    ------
    PoolError
        If the source cannot be read, or on the first bad record where `on_error` is ``fail``.
    ConfigError
        If `mapping` names an unknown role, or a column that is not there.
    """
    _check(on_error)
    report = problems if problems is not None else Report()
    name = name_of(source)
    ids = Ids()
    position = 0
    for _, part in groupby(rows_of(source), key=lambda row: row.part or row.file):
        look, rest = _first_look(part)
        schema = Schema.learn((row.record for row in look if row.record is not None), mapping)
        for column in leaf_names(row.record for row in look if row.record is not None):
            report.columns.setdefault(column)
        for remark in schema.remarks():
            report.remark(remark)
        for row in chain(look, rest):
            file = row.file or name
            if row.note:
                report.note(row.note, file, row.line)
            if row.record is None:
                _refuse(BadLine(file, row.line, row.fault), report, on_error)
                continue
            position += 1
            try:
                sample, notes = schema.read(row.record, position - 1)
                sample = with_images(sample, row.record, places, file)
            except (SampleError, TypeError) as error:
                _refuse(BadLine(file, row.line, str(error)), report, on_error)
                continue
            for note in notes:
                report.note(note, file, row.line)
            taken = ids.admit(sample, file, row.line, report)
            if taken is not None:
                yield taken
            elif on_error == "fail":
                raise _fatal(report.bad_lines[-1])


@dataclass(frozen=True)
class Begun:
    """A pool of which the first candidates were read.

    Attributes
    ----------
    first : tuple of Sample
        The first candidates; all, where `rest` yields none.
    rest : iterator of Sample
    report : Report
        What reading met so far.
    name : str
    """

    first: tuple[Sample, ...]
    rest: Iterator[Sample]
    report: Report
    name: str

    def samples(self) -> Iterator[Sample]:
        """Yield all candidates, once."""
        return chain(self.first, self.rest)

    def known(self) -> Pool:
        """Return the first candidates as a pool."""
        return Pool(self.first, self.name, self.report)

    def whole(self) -> Pool:
        """Read the rest and return all as a pool; PoolError if there is none."""
        samples = tuple(self.samples())
        if not samples:
            raise PoolError(_empty(self.name, self.report))
        return Pool(samples, self.name, self.report)


def begin_pool(
    source: Candidates,
    *,
    most: int | None = None,
    mapping: Mapping[str, str] | None = None,
    on_error: str = "skip",
    places: Places = NOWHERE,
) -> Begun:
    """Read the first candidates of a pool, `most` or all; otherwise as `stream_pool`."""
    report = Report()
    samples = stream_pool(
        source, mapping=mapping, on_error=on_error, problems=report, places=places
    )
    return Begun(tuple(islice(samples, most)), samples, report, name_of(source))


def read_pool(
    source: Candidates,
    *,
    mapping: Mapping[str, str] | None = None,
    on_error: str = "skip",
    places: Places = NOWHERE,
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
    return begin_pool(source, mapping=mapping, on_error=on_error, places=places).whole()


def _empty(name: str, report: Report) -> str:
    first = f"; the first: {report.bad_lines[0]}" if report.bad_lines else ""
    return (
        f"{name} holds no usable candidate ({report.skipped:,} skipped{first}); every record "
        "needs a problem and an answer"
        + (
            f"; the columns are {listed(tuple(report.columns))}: say which is which with "
            "`mapping` problem=COLUMN and `mapping` answer=COLUMN"
            if report.columns
            else ""
        )
    )


def _first_look(rows: Iterable[Row]) -> tuple[list[Row], Iterator[Row]]:
    look: list[Row] = []
    characters = 0
    rest = iter(rows)
    for row in rest:
        look.append(row)
        characters += _length(row.record, _LOOK_DEPTH)
        if len(look) >= LOOK or characters > _LOOK_CHARACTERS:
            break
    return look, rest


def _length(value: Any, depth: int) -> int:
    """About how many characters a record holds."""
    if isinstance(value, str):
        return len(value)
    if not depth or not isinstance(value, dict | list):
        return 1
    items = value.values() if isinstance(value, dict) else value
    return sum(_length(item, depth - 1) for item in items)


def _check(on_error: str) -> None:
    if on_error not in ON_ERROR:
        raise ConfigError(f"`on_error` is {on_error!r}; use skip or fail")


def _refuse(bad: BadLine, report: Report, on_error: str) -> None:
    if on_error == "fail":
        raise _fatal(bad)
    report.add(bad)


def _fatal(bad: BadLine) -> PoolError:
    return PoolError(f"{bad}; mend the line, or set `on_error`=skip to go on without it")
