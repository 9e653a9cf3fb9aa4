"""An evaluation: the table of graded completions, its file, and its figures."""

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sample_engineering import notebook, plotting
from sample_engineering.errors import RunError
from sample_engineering.evaluation.made import Made, made_of
from sample_engineering.evaluation.passk import ks, pass_at_k
from sample_engineering.files import write_whole
from sample_engineering.text import count_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

# Columns of the table of an evaluation, in order, with their pandas types.
COLUMNS = {
    "item": "object",
    "domain": "object",
    "split": "object",
    "sample_index": "int64",
    "completion": "object",
    "tokens": "int64",
    "finish_reason": "object",
    "readable": "bool",
    "correct": "bool",
    "rule": "object",
    "timed_out": "bool",
    "problem": "object",
    "answer": "object",
    "benchmark": "object",
    "extracted": "bool",
    "extracted_right": "bool",
}
# Columns that only show what was asked; a table without them is still an evaluation.
_NORMAL = 1.96  # standard errors in half a 95 % interval
_SHOWN_ONLY = ("problem", "answer", "benchmark")
# Columns that older versions did not write, and what they take for them: without a second look, an
# answer could be read where it could be read in the asked form.
_SINCE = {"extracted": ("readable", "correct"), "extracted_right": ("correct",)}
_INFO_KEY = b"sample_engineering"


@dataclass(frozen=True)
class Evaluation:
    """Every completion of every item, graded.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a completion: ``item, domain, split, sample_index, completion, tokens,
        finish_reason, readable, correct, rule, timed_out, problem, answer, benchmark, extracted,
        extracted_right``. An answer is readable and correct in the form that was asked for,
        extracted and extracted_right in whatever form. Rows of an item stand together, items in the
        order of the benchmark.
    info : mapping
        Model, benchmark, its digest, seed, rollouts, temperature and the like.
    """

    table: "pd.DataFrame"
    info: Mapping[str, Any] = field(default_factory=dict)

    @property
    def accuracy(self) -> float:
        """Mean over items of the share of correct completions."""
        return float(self.table.groupby("item", sort=False)["correct"].mean().mean())

    @property
    def rollouts(self) -> int:
        """Largest number of completions of one item."""
        return int(self.table.groupby("item", sort=False).size().max())

    @property
    def made(self) -> dict[str, Made]:
        """How the problems of its benchmarks were made, of those that were made anew."""
        members = self.info.get("members") or {self.info.get("benchmark", ""): self.info}
        found = {str(name): made_of(one.get("made")) for name, one in members.items()}
        return {name: made for name, made in found.items() if made is not None}

    def item_means(self, column: str = "correct") -> "pd.Series":
        """Mean of a column over each item's completions, indexed by item."""
        return self.table.groupby("item", sort=False)[column].mean()

    def summary(self) -> "pd.DataFrame":
        """Accuracy with standard error, avg@k and pass@k per domain and overall."""
        return summarise(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a Parquet file, whole or not at all; `info` goes into its schema.

        Raises
        ------
        RunError
            If the file cannot be written.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pa.Table.from_pandas(self.table, preserve_index=False)
        info = json.dumps(dict(self.info), default=str).encode()
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), _INFO_KEY: info})
        with write_whole(path, "wb") as stream:
            pq.write_table(table, stream, compression="zstd")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Evaluation":
        """Read a file that `save` wrote.

        Raises
        ------
        RunError
            If there is no such file, or it is damaged or not an evaluation.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        if not Path(path).is_file():
            raise RunError(f"no evaluation at {path}; run the evaluation first")
        try:
            with Path(path).open("rb") as stream:
                arrow = pq.read_table(stream)
            table = arrow.to_pandas()
            info = json.loads((arrow.schema.metadata or {}).get(_INFO_KEY, b"{}"))
        except (pa.ArrowException, OSError, ValueError) as error:
            raise RunError(
                f"{path} is damaged or not a Parquet file ({type(error).__name__}); "
                "run the evaluation again"
            ) from error
        for name in _SHOWN_ONLY:
            if name not in table.columns:
                known = info.get(name) if isinstance(info, dict) else None
                table[name] = known if isinstance(known, str) else ""
        with suppress(TypeError, ValueError):  # what has no truth value is named below
            _fill(table)
        missing = [name for name in COLUMNS if name not in table.columns]
        if missing or table.empty:
            what = f"lacks the columns {', '.join(missing)}" if missing else "has no rows"
            raise RunError(f"{path} {what}; it is no evaluation, run the evaluation again")
        try:
            table = table[list(COLUMNS)].astype(COLUMNS)
        except (ValueError, TypeError) as error:
            raise RunError(
                f"{path} has values of another type ({error}); run the evaluation again"
            ) from error
        return cls(table, info if isinstance(info, dict) else {})

    def __repr__(self) -> str:
        items = self.table["item"].nunique()
        return f"Evaluation({items} items, {len(self.table)} completions, {self.accuracy:.3f})"

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the accuracy by domain and overall, with its 95 % interval; return the axes.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            None makes a figure.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        """
        table = self.summary()
        table = table[table["kind"].isin(("domain", "overall"))]
        half = (100 * _NORMAL * table["se"]).fillna(0)
        rows = [
            plotting.Interval(name, point, max(point - spread, 0), min(point + spread, 100))
            for name, point, spread in zip(
                table["name"], 100 * table["accuracy"], half, strict=True
            )
        ]
        label = "accuracy, per cent of completions (95 % interval)"
        return plotting.forest(ax, {"": rows}, label, zero=False)

    def _repr_html_(self) -> str:
        table = self.summary()
        tries = [name for name in table.columns if name.startswith("pass@")]
        rows = [
            (
                row["name"],
                row["n"],
                notebook.share(row["accuracy"]),
                notebook.per_cent(row["se"]),
                *(notebook.per_cent(row[name]) for name in tries),
                notebook.per_cent(row["readable"]),
                notebook.per_cent(row["truncated"]),
                round(row["tokens"]),
            )
            for row in table.to_dict("records")
        ]
        heads = ("", "items", "right, %", "± s.e.", *(f"{name}, %" for name in tries),
                 "readable, %", "cut off, %", "tokens")  # fmt: skip
        asked = f"{count_of(self.rollouts, 'completion')} an item"
        return notebook.page(
            notebook.heading(self.info.get("model", "Evaluation"), asked),
            notebook.table(heads, rows),
        )


def table_of(rows: Sequence[Sequence[Any]]) -> "pd.DataFrame":
    """Build the table of an evaluation from rows in the order of `COLUMNS`.

    The last columns may be missing: the benchmark is then one without a name, and answers in
    another form than the one that was asked for were not looked for.
    """
    import pandas as pd

    width = len(rows[0]) if rows else len(COLUMNS)
    table = pd.DataFrame(rows, columns=list(COLUMNS)[:width])
    _fill(table)
    return table.reindex(columns=list(COLUMNS), fill_value="").astype(COLUMNS)


def _fill(table: "pd.DataFrame") -> None:
    """Add the columns that older versions did not write, where those that they follow are there."""
    for name, sources in _SINCE.items():
        if name not in table.columns and all(source in table.columns for source in sources):
            table[name] = table[list(sources)].any(axis=1)


def summarise(evaluation: Evaluation) -> "pd.DataFrame":
    """Summarise per domain, per split where there are several, and overall.

    Returns
    -------
    pandas.DataFrame
        Columns ``kind`` (domain, split, benchmark, macro, overall), ``name``, ``n`` items,
        ``accuracy`` (avg@k), ``se`` (standard error clustered by item, NaN for a single item),
        ``readable``, ``truncated``, ``timed_out`` (shares), ``tokens`` (mean), and ``pass@k``.
    """
    import pandas as pd

    table = evaluation.table
    grouped = table.assign(
        truncated=table["finish_reason"].eq("length"), total=table["correct"]
    ).groupby("item", sort=False)
    items = grouped.agg(
        domain=("domain", "first"),
        split=("split", "first"),
        benchmark=("benchmark", "first"),
        total=("correct", "size"),
        correct=("correct", "sum"),
        readable=("readable", "mean"),
        truncated=("truncated", "mean"),
        timed_out=("timed_out", "mean"),
        tokens=("tokens", "mean"),
    )
    total, correct = items["total"].to_numpy(), items["correct"].to_numpy()
    items["accuracy"] = correct / total
    shown = [k for k in ks(int(total.min())) if k > 1]
    for k in shown:
        items[f"pass@{k}"] = pass_at_k(total, correct, k)
    figures = ["readable", "truncated", "timed_out", "tokens", *(f"pass@{k}" for k in shown)]

    def row(kind: str, name: str, part: "pd.DataFrame") -> dict[str, object]:
        n = len(part)
        error = float(part["accuracy"].std(ddof=1) / np.sqrt(n)) if n > 1 else float("nan")
        first = {"kind": kind, "name": name, "n": n, "accuracy": part["accuracy"].mean()}
        return first | {"se": error} | {figure: part[figure].mean() for figure in figures}

    rows = [row("domain", str(name), part) for name, part in items.groupby("domain", sort=False)]
    domains = rows[:]
    if items["split"].nunique() > 1:
        rows += [row("split", str(name), part) for name, part in items.groupby("split", sort=False)]
    benchmarks = []
    if items["benchmark"].nunique() > 1:
        grouped_items = items.groupby("benchmark", sort=False)
        benchmarks = [row("benchmark", str(name), part) for name, part in grouped_items]
        rows += benchmarks
    for what, parts in (("domains", domains), ("benchmarks", benchmarks)):
        if len(parts) > 1:
            frame = pd.DataFrame(parts)
            macro = {"kind": "macro", "name": f"mean over {what}", "n": len(items)}
            macro |= {c: frame[c].mean() for c in ("accuracy", *figures)}
            macro["se"] = float(np.sqrt((frame["se"] ** 2).sum(skipna=False)) / len(frame))
            rows.append(macro)
    rows.append(row("overall", "overall", items))
    return pd.DataFrame(rows)
