"""A pool in memory, and the report of what could not be read."""

import html
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

from sample_engineering.errors import PoolError
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    import pandas

# Bad lines kept in full; past that only their number grows (memory stays bounded).
_KEPT = 1000
_SHOWN_ROWS = 10
_SHOWN_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class BadLine:
    """One record that could not be used.

    Parameters
    ----------
    file : str
        The file or reference.
    line : int
        Line (JSONL, CSV) or row (Parquet, Hugging Face), counted from 1; 0: the file as a whole.
    reason : str
        What is wrong with it.
    """

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass
class Report:
    """What reading a pool met: records used, records skipped and why, and oddities mended.

    Attributes
    ----------
    read, skipped : int
        Records turned into samples, and records that could not be.
    bad_lines : list of BadLine
        The first thousand skipped records.
    notes : Counter
        Oddities that were mended, with how often, e.g. a NaN read as "missing".
    """

    read: int = 0
    skipped: int = 0
    bad_lines: list[BadLine] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)

    def add(self, bad: BadLine) -> None:
        """Count one skipped record."""
        self.skipped += 1
        if len(self.bad_lines) < _KEPT:
            self.bad_lines.append(bad)

    def reasons(self) -> Counter[str]:
        """Count the kept bad lines by reason; names in quotes are left out so that alike join."""
        return Counter(bad.reason.split(" '")[0] for bad in self.bad_lines)

    def __len__(self) -> int:
        return self.skipped

    def __iter__(self) -> Iterator[BadLine]:
        return iter(self.bad_lines)

    def __str__(self) -> str:
        parts = [f"{self.read:,} candidates read"]
        if self.skipped:
            reasons = "; ".join(f"{n} x {why}" for why, n in self.reasons().most_common(3))
            parts.append(f"{self.skipped:,} skipped ({reasons})")
        parts.extend(f"{n:,} x {note}" for note, n in self.notes.most_common(3))
        return ", ".join(parts)


class Pool(Sequence[Sample]):
    """Candidates in memory: a sequence of `Sample` that shows itself as a table.

    Parameters
    ----------
    samples : iterable of Sample
        The candidates; ids must differ.
    name : str
        Shown in messages; usually the path it was read from.
    problems : Report, optional
        What reading met.

    Raises
    ------
    PoolError
        If two candidates share an id.
    """

    def __init__(
        self, samples: Iterable[Sample], name: str = "pool", problems: Report | None = None
    ) -> None:
        self.samples = tuple(samples)
        self.name = name
        self.problems = Report(read=len(self.samples)) if problems is None else problems
        self._places = {sample.id: place for place, sample in enumerate(self.samples)}
        if len(self._places) < len(self.samples):
            twice = next(i for i, n in Counter(s.id for s in self.samples).items() if n > 1)
            raise PoolError(f"two candidates have the id {twice!r}; give each its own")

    @overload
    def __getitem__(self, place: int) -> Sample: ...
    @overload
    def __getitem__(self, place: slice) -> "Pool": ...
    def __getitem__(self, place: int | slice) -> "Sample | Pool":
        if isinstance(place, slice):
            return Pool(self.samples[place], self.name)
        return self.samples[place]

    def __len__(self) -> int:
        return len(self.samples)

    def __contains__(self, item: object) -> bool:
        return item in self._places if isinstance(item, str) else item in self.samples

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the candidates, in the order of the pool."""
        return tuple(self._places)

    def by_id(self, id_: str) -> Sample:
        """Return the candidate called `id_`.

        Raises
        ------
        PoolError
            If there is none; the message names some ids.
        """
        place = self._places.get(str(id_))
        if place is None:
            from rapidfuzz.process import extract

            near = [match for match, _, _ in extract(str(id_), self.ids, limit=3)]
            raise PoolError(f"no candidate has the id {id_!r}; the nearest are {', '.join(near)}")
        return self.samples[place]

    def to_pandas(self) -> "pandas.DataFrame":
        """Return one row per candidate, unknown fields included."""
        import pandas

        return pandas.DataFrame([sample.to_dict() for sample in self.samples])

    def __repr__(self) -> str:
        return f"<Pool {self.name}: {self.problems}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            "<tr>"
            + "".join(f"<td>{html.escape(_short(text))}</td>" for text in _cells(sample))
            + "</tr>"
            for sample in self.samples[:_SHOWN_ROWS]
        )
        more = len(self.samples) - _SHOWN_ROWS
        tail = f"<p>... and {more:,} more</p>" if more > 0 else ""
        return (
            f"<p><b>{html.escape(self.name)}</b>: {html.escape(str(self.problems))}</p>"
            "<table><thead><tr><th>id</th><th>problem</th><th>answer</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>{tail}"
        )


def _cells(sample: Sample) -> tuple[str, ...]:
    return sample.id, sample.problem, sample.answer


def _short(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
