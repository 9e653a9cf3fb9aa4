"""Measured outcomes of one-shot trainings: what a selector should have known before.

Packaged ones are figures of papers with their source, and no texts: a problem is known by a digest
of how it begins.
"""

import json
import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from math import isfinite
from pathlib import Path
from typing import Any

from sample_engineering.errors import ConfigError, PoolError
from sample_engineering.pool.ids import ID_NAMES
from sample_engineering.pool.names import squashed
from sample_engineering.registry import suggestion
from sample_engineering.sample import Sample
from sample_engineering.selectors.evidence import number_of
from sample_engineering.selectors.joining import as_id, id_in

_SAMPLE = "sample"  # what a leaderboard calls the id
# Names of an outcome, the first that is there; else the only column of numbers.
_OUTCOME_FIELDS = ("outcome", "lift", "accuracy", "average", "math500")
# An instruction follows the problem in many pools, so that only its beginning is compared.
_BEGINNING = 80  # letters and digits
_LONGEST_NUMBER = 40  # characters
_NOT_COMPARED = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Outcomes:
    """What trainings on single samples came to.

    Parameters
    ----------
    name : str
        Where they are from, as it is shown.
    column : str
        What was measured.
    values : mapping of str to float
        By id of the sample.
    begins : mapping of str to str
        Id by digest of the problem's beginning, see `beginning_of`; if given, the ids of a pool are
        not believed, as other pools have the same.
    notes : tuple of str
        Source and limits.
    """

    name: str
    column: str
    values: Mapping[str, float]
    begins: Mapping[str, str] | None = None
    notes: tuple[str, ...] = ()

    def of(self, samples: Sequence[Sample]) -> list[float | None]:
        """Return the outcome of each sample, None where it has none.

        Raises
        ------
        PoolError
            If none has one.
        """
        found: list[float | None]
        if self.begins is None:
            found = [self.values.get(sample.id) for sample in samples]
        else:
            starts = [beginning_of(sample.problem) for sample in samples]
            ids = [self.begins.get(start) for start in starts]
            labels = [one if one is not None else sample.id if sample.id in self._named else None
                      for one, sample in zip(ids, samples, strict=True)]  # fmt: skip
            times = Counter(label for label in labels if label is not None)
            # Two problems that begin alike are told apart by their id, or not at all.
            found = [
                self.values[label]
                if label is not None and (times[label] == 1 or sample.id == label)
                else None
                for label, sample in zip(labels, samples, strict=True)
            ]
        if all(value is None for value in found):
            there = ", ".join(map(repr, list(self.values)[:3]))
            here = ", ".join(repr(sample.id) for sample in samples[:3])
            raise PoolError(
                f"`evaluate` {self.name}: no candidate of the pool has an outcome (of {there} ... "
                f"there, {here} ... here); give the pool of these samples"
            )
        return found

    @property
    def _named(self) -> frozenset[str]:
        """Ids of samples whose text is not known here, so that a pool must name them."""
        return frozenset(self.values) - frozenset((self.begins or {}).values())


def beginning_of(problem: str) -> str:
    """Return a digest of how a problem begins: its first 80 letters and digits, in small letters.

    >>> beginning_of("What is 6 x 7?") == beginning_of("what is $6 x 7$")
    True
    """
    compared = _NOT_COMPARED.sub("", problem.casefold())[:_BEGINNING]
    return blake2b(compared.encode("utf-8", "replace"), digest_size=8).hexdigest()


@cache
def packaged() -> tuple[str, ...]:
    """Return the names of the packaged outcomes."""
    folder = files("sample_engineering.selectors").joinpath("data/outcomes")
    return tuple(sorted(one.name.removesuffix(".json") for one in folder.iterdir()))


def read_outcomes(given: str | os.PathLike[str] | Mapping[str, float]) -> Outcomes:
    """Read outcomes: a packaged name, a file of records, or a mapping from id to number.

    Parameters
    ----------
    given : str, path or mapping
        A name or file may end in ``#COLUMN``, the outcome that is meant.

    Raises
    ------
    ConfigError
        If there is no such name or file, or no such column.
    PoolError
        If the file cannot be read.
    """
    if isinstance(given, Mapping):
        return _outcomes("the outcomes given", "outcome", given)
    text = os.fspath(given)
    name, column = (text, "") if Path(text).exists() else _split(text)
    if name in packaged():
        return _read_packaged(name, column)
    if not Path(name).is_file():
        raise ConfigError(
            f"`evaluate` {name}: no such file, folder of runs or packaged outcomes; "
            f"{suggestion(name, packaged())}"
        )
    return _read_file(name, column)


def _split(text: str) -> tuple[str, str]:
    name, mark, column = text.rpartition("#")
    return (name, column) if mark else (text, "")


def _read_packaged(name: str, column: str) -> Outcomes:
    path = files("sample_engineering.selectors").joinpath(f"data/outcomes/{name}.json")
    record = json.loads(path.read_text("utf-8"))
    column = column or record["default"]
    if column not in record["columns"]:
        raise ConfigError(
            f"`evaluate` {name} has no column {column!r}; {suggestion(column, record['columns'])}"
        )
    rows = [row for row in record["outcomes"] if row.get(column) is not None]
    return Outcomes(
        name,
        f"{column}: {record['columns'][column]}",
        {row["id"]: float(row[column]) for row in rows},
        {row["begins"]: row["id"] for row in rows if "begins" in row},
        (f"source: {record['source']}", *record["notes"]),
    )


def _read_file(path: str, column: str) -> Outcomes:
    from sample_engineering.pool import stream_records

    records = [record for _, record in stream_records(path, on_error="fail")]
    if len(records) == 1 and _is_map(records[0]):
        return _outcomes(path, "outcome", records[0])
    ids = [_id_of(record) for record in records]
    begins = None
    if all(id_ is None for id_ in ids) and all(record.get("problem") for record in records):
        ids = [f"problem {number}" for number in range(1, len(records) + 1)]
        begins = {
            beginning_of(str(record["problem"])): str(id_)
            for record, id_ in zip(records, ids, strict=True)
        }
    if None in ids:
        line = ids.index(None) + 1
        raise PoolError(
            f"{path}: outcome {line} has no id; each needs the id of its sample, or all the text "
            "of their problem"
        )
    rows = {str(id_): record for id_, record in zip(ids, records, strict=True)}
    if len(rows) < len(records):
        twice = next(id_ for id_, n in Counter(ids).items() if n > 1)
        raise PoolError(f"{path}: several outcomes of {twice!r}; give one for each sample")
    column = _outcome_column(path, records, column)
    values = {id_: record.get(column) for id_, record in rows.items()}
    return _outcomes(path, column, values, begins)


def _outcome_column(path: str, records: Sequence[Mapping[str, Any]], column: str) -> str:
    """Return the column that is meant."""
    numeric = [
        name
        for name in dict.fromkeys(key for record in records for key in record)
        if name != _SAMPLE
        and squashed(name) not in ID_NAMES
        and any(map(isfinite, (_number(r.get(name)) for r in records)))
    ]
    if not column:
        named = [name for name in _OUTCOME_FIELDS if name in numeric]
        column = (named or (numeric if len(numeric) == 1 else [""]))[0]
    if column not in numeric:
        names = ", ".join(numeric) or "none"
        raise ConfigError(
            f"`evaluate` {path}: which column is the outcome? write FILE#COLUMN; "
            f"columns of numbers: {names}"
        )
    return column


def _id_of(record: Mapping[str, Any]) -> str | None:
    """Return the id of a record as pools write it; None where it has none."""
    return as_id(record.get(_SAMPLE)) or id_in(record)


def _is_map(record: Mapping[str, Any]) -> bool:
    """Whether a record is all outcomes in one, from ids to numbers."""
    return "problem" not in record and len(record) > 1 and all(
        isfinite(_number(value)) for value in record.values()
    )  # fmt: skip


def _outcomes(
    name: str, column: str, values: Mapping[Any, Any], begins: Mapping[str, str] | None = None
) -> Outcomes:
    """Return what is a number, and a note on what is none."""
    numbers = {as_id(id_) or str(id_): _number(value) for id_, value in values.items()}
    finite = {id_: number for id_, number in numbers.items() if isfinite(number)}
    left = len(numbers) - len(finite)
    notes = (f"outcomes that are no number, left out: {left:,}",) if left else ()
    return Outcomes(name, column, finite, begins, notes)


def _number(value: Any) -> float:
    """Return a number, also one that a table holds as text; NaN for anything else."""
    if isinstance(value, str) and len(value) < _LONGEST_NUMBER:
        try:
            return float(value)
        except ValueError:
            return float("nan")
    return number_of(value)
