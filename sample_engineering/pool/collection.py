"""A pool in memory."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, overload

from sample_engineering import notebook, plotting
from sample_engineering.errors import PoolError
from sample_engineering.pool.ids import Ids
from sample_engineering.pool.report import Report
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes

_SHOWN_ROWS = 10
_MOST_BARS = 25
_NO_DOMAIN = "none named"


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

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw how many candidates each domain has; return the axes.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            None makes a figure.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        """
        found = Counter(name for one in self.samples for name in one.domains or (_NO_DOMAIN,))
        named = [name for name, _ in found.most_common(_MOST_BARS)]
        counts = [found[name] for name in named]
        label = "candidates, in each of their domains"
        return plotting.bars(ax, named, {"": counts}, label, "domain")

    def _repr_html_(self) -> str:
        rows = [
            (one.id, one.problem, one.answer, ", ".join(one.domains))
            for one in self.samples[:_SHOWN_ROWS]
        ]
        return notebook.page(
            notebook.heading(self.name, str(self.problems)),
            notebook.table(("id", "problem", "answer", "domains"), rows, total=len(self)),
        )
