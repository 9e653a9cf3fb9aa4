"""Ids: what names a record, and how ids that occur twice are told apart."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sample_engineering.pool.names import seen, squashed
from sample_engineering.pool.report import BadLine, Report
from sample_engineering.sample import Sample

# Squashed, in the order in which they are believed.
ID_NAMES = (
    *("id", "uniqueid", "uuid", "uid", "problemid", "questionid", "sampleid", "exampleid"),
    *("itemid", "recordid", "qid", "pid", "idx", "index", "dataidx", "dataindex", "rowid"),
    *("taskid", "unnamed0"),
)
ID_CONTAINERS = ("extrainfo", "metadata", "meta", "info")
_SOURCE_NAMES = ("datasource", "source", "dataset", "subset", "origin", "split")
_LARGEST = 10**4000  # Python writes no numbers of more than 4,300 digits
_NO_ID = frozenset(("", "nan", "none", "null", "n/a", "<na>"))


def as_id(value: Any) -> str | None:
    """Return an id as text; None for what names nothing.

    A whole float is what a table makes of whole numbers beside an empty cell: 1.0 is ``"1"``.
    """
    if isinstance(value, str):
        text = seen(value)
        return None if text.lower() in _NO_ID else text
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value) if abs(value) < _LARGEST else None
    if isinstance(value, float):
        return str(int(value)) if math.isfinite(value) and value.is_integer() else None
    item = getattr(value, "item", None)  # a number of NumPy
    return as_id(item()) if callable(item) and getattr(value, "ndim", None) == 0 else None


def id_in(record: Mapping[str, Any]) -> str | None:
    """Return the id that a record of measurements names: ``id``, ``idx``, ``index``, ...

    The same names as in pools, also within ``extra_info``; None where there is none.
    """
    found = as_id(record.get("id"))
    if found is not None:
        return found
    by_name = {squashed(name): name for name in reversed(list(record))}
    for name in ID_NAMES:
        if name in by_name and (found := as_id(record[by_name[name]])) is not None:
            return found
    for name in ID_CONTAINERS:
        inner = record.get(by_name.get(name, ""))
        if isinstance(inner, Mapping):
            return id_in(inner)
    return None


def names_nothing(id_: str) -> bool:
    """Whether a text that stands in the place of an id is none: ``nan``, ``null``."""
    return id_.lower() in _NO_ID


class Ids:
    """The ids given out so far: each candidate of a pool gets one that no other has.

    An id that stands on different problems says nothing: both stay. The later one is told apart
    by its source where that does it, else by a number.
    """

    def __init__(self) -> None:
        # Line of each id; the id that its record has, and hashes of problem and gold.
        self._first: dict[str, tuple[int, tuple[str, int, int]]] = {}

    def admit(self, sample: Sample, file: str, line: int, report: Report) -> Sample | None:
        """Return the sample under an id of its own; None where it is a copy. Both are reported."""
        taken, happened, first = self.take(sample, line)
        if taken is None:
            reason = f"copy of line {first}: id {sample.id!r}, problem and gold are the same"
            report.add(BadLine(file, line, reason))
            return None
        if happened:
            report.note(_HAPPENED[happened], file, line)
        report.read += 1
        return taken

    def take(self, sample: Sample, line: int) -> tuple[Sample | None, str, int]:
        """Return the sample under an id of its own, what happened, and the line of the earlier.

        Returns
        -------
        sample : Sample or None
            None where it is a copy: same id, same problem, same gold.
        happened : str
            ``""``, ``"copy"``, ``"gold"`` (same id and problem, another gold) or ``"id"``.
        line : int
            Of the earlier one.
        """
        shown = tuple(image.digest for image in sample.images)
        mark = (sample.id, hash((sample.problem.strip(), shown)), hash(sample.answer))
        seen = self._first.get(sample.id)
        if seen is None:
            self._first[sample.id] = (line, mark)
            return sample, "", 0
        first, first_mark = seen
        if first_mark == mark:
            return None, "copy", first
        happened = "gold" if first_mark[1] == mark[1] else "id"
        for name in self._names(sample):
            known = self._first.get(name)
            if known is None:
                self._first[name] = (line, mark)
                return sample.with_(id=name), happened, first
            if known[1] == mark:
                return None, "copy", known[0]
        raise AssertionError("the numbers do not end")

    def _names(self, sample: Sample) -> Iterator[str]:
        source = source_of(sample)
        if source:
            yield f"{source}:{sample.id}"
        base = f"{source}:{sample.id}" if source else sample.id
        number = 1
        while True:
            number += 1
            yield f"{base}#{number}"


def source_of(sample: Sample) -> str:
    """Return what a candidate names as its source; empty where it names none."""
    by_name = {squashed(name): name for name in reversed(list(sample.extra))}
    for name in _SOURCE_NAMES:
        value = sample.source if name == "source" else sample.extra.get(by_name.get(name, ""))
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def is_category(values: Sequence[str], problems: Sequence[Any]) -> bool:
    """Whether values that look like ids sort problems into classes: few for many problems."""
    if len(values) < 4:
        return False
    return len(set(values)) * _FEW <= len(set(problems))


_HAPPENED = {
    "id": "an id that stands on another problem as well, told apart by source or number",
    "gold": "an id that stands on the same problem with another gold, told apart",
}
_FEW = 3  # problems of one id, on average, from which on it is a class and no name
