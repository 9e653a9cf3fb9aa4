"""The ranking: all columns in rank order, for reading, for pandas, and for files."""

import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, overload

from sample_engineering import notebook, plotting
from sample_engineering.errors import ConfigError, PoolError
from sample_engineering.pool import Pool, Report, write_records
from sample_engineering.pool.names import value_at
from sample_engineering.sample import Sample
from sample_engineering.selectors.declared import OF_THE_SCORE
from sample_engineering.selectors.own_fields import beside, names_aside
from sample_engineering.selectors.score import Part, parts_of
from sample_engineering.selectors.shelf import taken
from sample_engineering.skills import evidence
from sample_engineering.text import visible

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes

    from sample_engineering.selectors.predicting import SelectorEvaluation

_SHOWN_ROWS = 20
_SHOWN_PROBLEM = 140
_SHOWN_CUES = 4


@dataclass(frozen=True)
class Ranking(Sequence[Sample]):
    """Candidates from first to last, with every column of evidence.

    A sequence of `Sample` in rank order; shows itself as a table.

    Attributes
    ----------
    samples : sequence of Sample
        In rank order; read from disk when looked at, where there are very many.
    columns : mapping of str to sequence
        Equally long, in rank order; None where unknown.
    sorted_by : str
        The column that orders, with a leading ``-`` if least first.
    notes : tuple of str
        What holds for the whole: skipped lines, ties, missing histories.
    total : int
        How many candidates were ranked, before `top`.
    evaluation : SelectorEvaluation or None
        What the selectors say of measured outcomes, where that was asked (`evaluate`).
    aside : mapping of str to str
        Fields of the candidates that are called like a column, and the names that they are kept
        under.
    """

    samples: Sequence[Sample]
    columns: Mapping[str, Sequence[Any]]
    sorted_by: str = "score"
    notes: tuple[str, ...] = ()
    total: int = 0
    evaluation: "SelectorEvaluation | None" = None
    aside: Mapping[str, str] = field(default_factory=dict, repr=False)
    _pool: Pool | None = field(default=None, repr=False, compare=False)
    _stands_for: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        pool: Pool,
        columns: Mapping[str, Sequence[Any]],
        order: Sequence[int],
        first: Sequence[str],
        sorted_by: str,
    ) -> "Ranking":
        """Put columns and candidates in order; `first` names the columns to lead."""
        table: dict[str, Sequence[Any]] = {
            "rank": list(range(1, len(order) + 1)),
            "id": taken(pool.ids, order),
        }
        for name in (*first, *columns):
            if name in columns and name not in table:
                table[name] = taken(columns[name], order)
        samples = tuple(taken(pool.samples, order))
        aside = names_aside(samples, table)
        return cls(samples, table, sorted_by, (), len(order), None, aside, pool)

    @overload
    def __getitem__(self, place: int) -> Sample: ...
    @overload
    def __getitem__(self, place: slice) -> "Ranking": ...
    def __getitem__(self, place: int | slice) -> "Sample | Ranking":
        if isinstance(place, slice):
            return self._take(range(len(self.samples))[place])
        return self.samples[place]

    def __len__(self) -> int:
        return len(self.samples)

    @property
    def best(self) -> Sample:
        """The candidate of rank 1.

        Raises
        ------
        PoolError
            If the ranking is empty.
        """
        if not self.samples:
            raise PoolError("the ranking is empty; loosen the filter")
        return self.samples[0]

    @property
    def problems(self) -> Report:
        """What reading the pool met."""
        return Report(read=len(self)) if self._pool is None else self._pool.problems

    @property
    def names(self) -> tuple[str, ...]:
        """All column names: the evidence first, then the candidates' own fields."""
        own = dict.fromkeys(
            name for sample in self.samples for name in beside({}, sample, self.aside)
        )
        return (*self.columns, *(name for name in own if name not in self.columns))

    def top(self, n: int) -> "Ranking":
        """Return the first `n`; ranks and notes stay."""
        return self._take(range(min(max(n, 0), len(self))))

    def filter(self, keep: Callable[[Mapping[str, Any]], bool]) -> "Ranking":
        """Return the candidates whose record `keep` accepts, ranked anew from 1."""
        places = [place for place, record in enumerate(self.records()) if keep(record)]
        taken = self._take(places)
        columns = {**taken.columns, "rank": list(range(1, len(places) + 1))}
        return replace(taken, columns=columns, total=len(places))

    def folded(self, first_of: Mapping[str, str]) -> "Ranking":
        """Return the first ranked of each problem, ranked anew from 1.

        Parameters
        ----------
        first_of : mapping of str to str
            For the id of each copy, the id by which its problem is known.
        """
        best: dict[str, str] = {}
        places = []
        stands_for = dict(self._stands_for)
        for place, id_ in enumerate(self.columns["id"]):
            problem = first_of.get(id_, id_)
            if problem in best:
                stands_for[id_] = best[problem]
            else:
                best[problem] = id_
                places.append(place)
        taken = self._take(places)
        columns = {**taken.columns, "rank": list(range(1, len(places) + 1))}
        return replace(taken, columns=columns, total=len(places), _stands_for=stands_for)

    def noting(self, notes: Iterable[str]) -> "Ranking":
        """Return a copy with notes added."""
        return replace(self, notes=(*self.notes, *notes))

    def _take(self, places: Sequence[int]) -> "Ranking":
        samples = taken(self.samples, places)
        return replace(
            self,
            samples=tuple(samples) if isinstance(samples, list) else samples,
            columns={name: taken(values, places) for name, values in self.columns.items()},
        )

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield one record per candidate in rank order: evidence, then the candidate's fields."""
        for place, sample in enumerate(self.samples):
            record = {name: values[place] for name, values in self.columns.items()}
            yield beside(record, sample, self.aside)

    def write(self, path: str | os.PathLike[str]) -> int:
        """Write all columns and fields to JSONL, Parquet or CSV, whole or not; return the count."""
        return write_records(self.records(), path)

    def to_pandas(self) -> "pandas.DataFrame":
        """Return one row per candidate in rank order."""
        import pandas

        return pandas.DataFrame(list(self.records()), columns=list(self.names))

    def explain(self, id_: str) -> "Explanation":
        """Return everything known of one candidate.

        Raises
        ------
        PoolError
            If no candidate has the id.
        """
        try:
            place = list(self.columns["id"]).index(str(id_))
        except ValueError:
            if str(id_) in self._stands_for:
                raise PoolError(
                    f"{id_!r} is a copy of {self._stands_for[str(id_)]!r}, which stands for both; "
                    "explain that one, or give `copies` mark"
                ) from None
            if self._pool is not None:
                sample = self._pool.by_id(str(id_))  # raises with near ids
                raise PoolError(f"{sample.id!r} was filtered out; loosen the filter") from None
            raise PoolError(f"no candidate has the id {id_!r}") from None
        record = {name: values[place] for name, values in self.columns.items()}
        return Explanation(self.samples[place], record, self.total, self.aside)

    def __repr__(self) -> str:
        lines = [f"<Ranking of {self.total:,} by {self.sorted_by}>"]
        for place, sample in enumerate(self.samples[:_SHOWN_ROWS]):
            value = self.columns.get(self.sorted_by.removeprefix("-"), [None] * len(self))[place]
            lines.append(
                f"{self.columns['rank'][place]:>4}  {sample.id}  {shown(value)}  "
                f"{self.columns['tier'][place]}"
            )
        return "\n".join(lines)

    def plot(self, column: str | None = None, ax: "Axes | None" = None) -> "Axes":
        """Draw how the values of a column are distributed, by tier of evidence; return the axes.

        Parameters
        ----------
        column : str, optional
            Of numbers; None: what sorts.
        ax : matplotlib Axes, optional
            None makes a figure.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        ConfigError
            If the ranking has no such column, or it holds no numbers.
        """
        name = self.sorted_by.removeprefix("-") if column is None else column
        numbers = [one for one in self.columns if any(map(_is_number, self.columns[one]))]
        if name not in numbers:
            raise ConfigError(
                f"`column` {visible(name)!r} holds no numbers here; take one of "
                f"{', '.join(numbers)}"
            )
        tiers = self.columns.get("tier", [""] * len(self))
        groups: dict[str, list[float]] = {}
        for value, tier in zip(self.columns[name], tiers, strict=True):
            if _is_number(value):
                groups.setdefault(f"{tier} tier" if tier else "", []).append(float(value))
        return plotting.histogram(ax, groups, name.replace("_", " "))

    def _repr_html_(self) -> str:
        names = ["rank", "id", "score", "tier", "problem", "reasons"]
        sorted_by = self.sorted_by.removeprefix("-")
        if sorted_by not in names:
            names.insert(2, sorted_by)
        rows = [
            [self._shown(name, place, sample) for name in names]
            for place, sample in enumerate(self.samples[:_SHOWN_ROWS])
        ]
        return notebook.page(
            notebook.heading(f"{self.total:,} candidates ranked", f"by {self.sorted_by}"),
            notebook.table(names, rows, total=len(self)),
            notebook.notes(self.notes),
        )

    def _shown(self, name: str, place: int, sample: Sample) -> object:
        if name == "problem":
            return short(sample.problem)
        value = self.columns[name][place] if name in self.columns else value_at(sample.extra, name)
        return notebook.barred(value) if name == "score" and value is not None else value


@dataclass(frozen=True)
class Explanation:
    """One candidate in full: its text, every column, and the cues behind its skills."""

    sample: Sample
    record: Mapping[str, Any]
    total: int
    aside: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def score_parts(self) -> tuple[Part, ...]:
        """What adds up to the score; empty where there is none."""
        record = self.record
        if record.get("score") is None or record.get("coverage") is None:
            return ()
        return parts_of(
            record["tier"],
            record["learned"],
            record["learned_from"] or "",
            record["coverage"],
            record["skills_from"],
        )

    def to_dict(self) -> dict[str, Any]:
        """Return every column, the parts of the score, and the candidate's fields."""
        parts = [part.to_dict() for part in self.score_parts]
        return beside({**self.record, "score_parts": parts}, self.sample, self.aside)

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Label and text of each line."""
        record, sample = self.record, self.sample
        lines = [
            ("id", visible(sample.id)),
            ("rank", f"{record['rank']} of {self.total:,}"),
            ("score", f"{shown(record['score'])}  (evidence: {record['tier']})"),
            *(
                (
                    f"  {visible(part.name)}",
                    f"{shown(part.value)} x {shown(part.weight)} = {shown(part.contribution)}  "
                    f"({part.evidence})",
                )
                for part in self.score_parts
            ),
            ("problem", visible(sample.problem.strip())),
            (
                "answer",
                f"{visible(sample.answer)}  ({record.get('answer_kind') or 'cannot be graded'})",
            ),
        ]
        if sample.solution:
            lines.append(("solution", visible(sample.solution.strip())))
        lines.extend(
            ("because", visible(part)) for part in str(record["reasons"]).split("; ") if part
        )
        hidden = {"id", "rank", "score", "tier", "answer_kind", "reasons", "skills_found"}
        hidden.update(OF_THE_SCORE if self.score_parts else ())
        for name, value in record.items():
            if name not in hidden:
                lines.append((name, "not known" if value is None else shown(value)))
        cues = evidence(sample.problem, sample.solution)
        for name in record.get("skills_found") or ():
            by = "the sample" if name in sample.skills else "the tagger"
            found = list(cues.get(name, {f"named by {by}": 1.0}))
            lines.append(("skill " + name, ", ".join(map(repr, found[:_SHOWN_CUES]))))
        return lines

    def __str__(self) -> str:
        width = max(len(label) for label, _ in self.lines)
        return "\n".join(
            f"{label:<{width}}  " + text.replace("\n", "\n" + " " * (width + 2))
            for label, text in self.lines
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return notebook.page(notebook.pairs(self.lines))


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value)


def shown(value: Any) -> str:
    """Return a cell's text: numbers to three places, unknown as a dash."""
    if value is None:
        return "–"
    if isinstance(value, float):
        text = f"{value:.3f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"
        return "0" if text == "-0" else text
    if isinstance(value, list | tuple):
        return visible(", ".join(map(str, value)))
    return visible(str(value))


def short(text: str, width: int = _SHOWN_PROBLEM) -> str:
    """Return a text on one line, cut to `width` characters."""
    line = visible(" ".join(text.split()))
    return line if len(line) <= width else line[: width - 1] + "…"
