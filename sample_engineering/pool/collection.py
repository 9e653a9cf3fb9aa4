"""A pool in memory."""

import html
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

from sample_engineering.errors import PoolError
from sample_engineering.pool.ids import Ids
from sample_engineering.pool.report import Report
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    import pandas

_SHOWN_ROWS = 10
_SHOWN_CHARACTERS = 120


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

    def __add__(self, other: object) -> "Pool":
        """Return one pool of both; ids that occur in both on different problems are told apart.

        A copy (same id, problem and gold) is left out and counted.
        """
        if not isinstance(other, Sequence) or not all(isinstance(one, Sample) for one in other):
            return NotImplemented
        second = other if isinstance(other, Pool) else Pool(other)
        report = Report()
        for part in (self, second):
            report.merge(part.problems)
        report.read = 0
        ids, kept = Ids(), []
        for part in (self, second):
            for line, sample in enumerate(part.samples, 1):
                taken = ids.admit(sample, part.name, line, report)
                if taken is not None:
                    kept.append(taken)
        return Pool(kept, f"{self.name} + {second.name}", report)

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

    def __iter__(self) -> Iterator[Sample]:
        return iter(self.samples)

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
