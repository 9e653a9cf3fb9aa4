"""Histories: how often each problem was solved at successive visits, from any log of a training."""

import html
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sample_engineering.pool import write_records
from sample_engineering.rollouts.logs import PathLike
from sample_engineering.rollouts.report import LogReport
from sample_engineering.rollouts.steps import Step

if TYPE_CHECKING:
    import pandas

_SHOWN_ROWS = 20


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

    def _repr_html_(self) -> str:
        lines = "".join(f"<li>{html.escape(line)}</li>" for line in self.report.lines())
        table: str = self.to_pandas().head(_SHOWN_ROWS).to_html(index=False)
        return f"<p>{html.escape(repr(self))}</p><ul>{lines}</ul>{table}"
