"""Histories: how often each problem was solved at successive visits, from any log of a training."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from sample_engineering import notebook, plotting
from sample_engineering.pool import write_records
from sample_engineering.rollouts.logs import PathLike
from sample_engineering.rollouts.report import LogReport
from sample_engineering.rollouts.steps import Step

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes

_SHOWN_ROWS = 20
_SHOWN_VISITS = 12


class HistoryTable(Mapping[str, tuple[float, ...]]):
    """Accuracies in [0, 1] of many problems by id, oldest first; NaN marks a missing visit.

    Parameters
    ----------
    values : mapping of str to sequence of float
    steps : mapping of str to tuple
        Steps of the visits, of the problems that have some.
    counts : mapping of str to tuple of int
        Rollouts behind each visit, where they were counted.
    problems : mapping of str to str
        Texts, where the log has them.
    report : LogReport
        What was read, and how.
    made : frozenset of str
        Ids that the log does not have: its problems are named by their texts.
    """

    def __init__(
        self,
        values: Mapping[str, Sequence[float]],
        steps: Mapping[str, tuple[Step | None, ...]],
        counts: Mapping[str, tuple[int, ...]],
        problems: Mapping[str, str],
        report: LogReport,
        made: frozenset[str] = frozenset(),
    ) -> None:
        self._values = {id_: tuple(visits) for id_, visits in values.items()}
        self.steps, self.counts, self.problems, self.report = steps, counts, problems, report
        self.made = made

    def __getitem__(self, id_: str) -> tuple[float, ...]:
        return self._values[id_]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def to_records(self) -> Iterator[dict[str, Any]]:
        """Yield one JSON-ready record a problem: ``id``, ``accuracy``, ``steps``, ``rollouts``."""
        for id_, visits in self._values.items():
            record: dict[str, Any] = {
                "id": id_,
                "accuracy": [None if math.isnan(value) else value for value in visits],
            }
            if id_ in self.steps:
                record["steps"] = list(self.steps[id_])
            if id_ in self.counts:
                record["rollouts"] = list(self.counts[id_])
            if id_ in self.problems:
                record["problem"] = self.problems[id_]
            yield record

    def to_pandas(self) -> "pandas.DataFrame":
        """Return one row per problem and visit: ``id``, ``visit``, ``step``, ``accuracy``."""
        import pandas

        rows = [
            (id_, visit, self.steps[id_][visit] if id_ in self.steps else visit, value)
            for id_, visits in self._values.items()
            for visit, value in enumerate(visits)
        ]
        return pandas.DataFrame(rows, columns=["id", "visit", "step", "accuracy"])

    def write(self, path: PathLike) -> int:
        """Write the records to JSONL, Parquet or CSV, whole or not at all; return the count."""
        return write_records(self.to_records(), path)

    def __repr__(self) -> str:
        return f"<HistoryTable of {len(self):,} problems, {self.report.visits_in_words}>"

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the mean accuracy at each visit, over the problems that were visited so often.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            None makes a figure.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        """
        visits: dict[int, list[float]] = {}
        for values in self._values.values():
            for number, value in enumerate(values, 1):
                if not math.isnan(value):
                    visits.setdefault(number, []).append(value)
        numbers = sorted(visits)
        means = [100 * sum(visits[one]) / len(visits[one]) for one in numbers]
        return plotting.lines(
            ax, {"": (numbers, means)}, "visit of a problem", "right, per cent of rollouts"
        )

    def _repr_html_(self) -> str:
        rows = [
            (id_, len(visits), [round(value, 3) for value in visits[:_SHOWN_VISITS]])
            for id_, visits in islice(self._values.items(), _SHOWN_ROWS)
        ]
        heads = ("id", "visits", f"accuracy of the first {_SHOWN_VISITS}")
        return notebook.page(
            notebook.heading(f"{len(self):,} problems", self.report.visits_in_words),
            notebook.notes(self.report.lines()),
            notebook.table(heads, rows, total=len(self)),
        )
