"""Tables for the terminal, made with rich."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sample_engineering.evaluation.compare import Comparison, Effect
from sample_engineering.evaluation.readings import GREEDY, SAMPLED
from sample_engineering.storage import told
from sample_engineering.text import visible

if TYPE_CHECKING:
    import pandas as pd

_MISSING = "-"
# Name of the row in which every domain counts alike; short, so that tables fit 80 columns.
_MACRO = "domain mean"
_BENCHMARK_MEAN = "benchmark mean"
# What a table of a reading is called.
ASKED = {GREEDY: "Decoded greedily", SAMPLED: "Sampled"}
# Domains in a row of a table, so that it fits 80 columns.
_DOMAINS_ABREAST = 4
_WIDEST_HEAD = 14
_NARROW = 9  # columns of names, where there are three of them
_COUNTED = {"seeds": "training seeds", "n": "items"}


def percent(value: float) -> str:
    """A share in per cent, e.g. ``27.1``; ``-`` where it is not known."""
    return _MISSING if value != value else f"{100 * value:.1f}"


def change(value: float, digits: int = 1, scale: float = 100) -> str:
    """A difference with its sign; percentage points by default; ``-`` where it is not known."""
    return _MISSING if value != value else f"{scale * value:+.{digits}f}"


def clean(text: Any, style: str = "") -> Text:
    """Text as it stands: no markup of rich, no control characters that steer a terminal."""
    shown = told(str(text))
    return Text(visible("".join(" " if c.isspace() else c for c in shown), keep=""), style)


def plain_table(title: str | None, columns: Sequence[tuple[str, bool]]) -> Table:
    """Return an empty table without rules; the columns are names, and whether they are figures."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for name, numeric in columns:
        if numeric:
            table.add_column(clean(name), justify="right", no_wrap=True)
        else:
            table.add_column(clean(name), overflow="fold", min_width=12)
    return table


def summary_table(summary: "pd.DataFrame", title: str | None = None) -> Table:
    """Accuracy of one evaluation, per domain and overall."""
    passes = [name for name in summary.columns if name.startswith("pass@")][-1:]
    columns = [("domain", False), ("n", True), ("right %", True), ("± se", True)]
    columns += [(f"{name} %", True) for name in passes]
    columns += [("readable %", True), ("cut %", True), ("tokens", True)]
    table = plain_table(title, columns)
    for row in summary.to_dict("records"):
        cells = [str(row["n"]), percent(row["accuracy"]), percent(row["se"])]
        cells += [percent(row[name]) for name in passes]
        cells += [percent(row["readable"]), percent(row["truncated"]), f"{row['tokens']:.1f}"]
        style = "bold" if row["kind"] == "overall" else "dim" if row["kind"] != "domain" else ""
        name = str(row["name"])
        if row["kind"] == "macro":  # short, so that the table fits 80 columns
            name = _BENCHMARK_MEAN if "benchmarks" in name else _MACRO
        table.add_row(clean(name), *cells, style=style)
    return table


def _lift_cells(effect: Effect) -> list[Text | str]:
    interval = f"{change(effect.ci_low)} to {change(effect.ci_high)}"
    colour = "green" if effect.ci_low > 0 else "red" if effect.ci_high < 0 else "yellow"
    return [
        str(effect.n),
        percent(effect.before),
        percent(effect.after),
        Text(change(effect.lift), style=colour),
        interval,
        change(effect.format_gain),
        change(effect.reasoning_gain),
    ]


def lift_table(comparison: Comparison, title: str | None = None) -> Table:
    """Lift per domain, split and overall, with intervals, in percentage points."""
    names = ["n", "before", "after", "lift", "95 % interval", "format", "reasoning"]
    table = plain_table(title, [("domain", False), *((name, True) for name in names)])
    for name, effect in comparison.domains.items():
        table.add_row(clean(name), *_lift_cells(effect))
    if comparison.benchmarks:
        table.add_section()
        for name, effect in comparison.benchmarks.items():
            table.add_row(clean(name), *_lift_cells(effect), style="dim")
    if len(comparison.splits) > 1:
        table.add_section()
        for name, effect in comparison.splits.items():
            table.add_row(clean(name), *_lift_cells(effect), style="dim")
    table.add_section()
    if len(comparison.domains) > 1:
        table.add_row(_MACRO, *_lift_cells(comparison.macro), style="dim")
    if comparison.benchmark_mean is not None:
        table.add_row(_BENCHMARK_MEAN, *_lift_cells(comparison.benchmark_mean), style="dim")
    table.add_row("overall", *_lift_cells(comparison.overall), style="bold")
    return table


def _interval(row: Mapping[Any, Any]) -> str:
    return f"{change(row['ci_low'])} to {change(row['ci_high'])}"


def _coloured(value: float, row: Mapping[Any, Any]) -> Text:
    colour = "green" if row["ci_low"] > 0 else "red" if row["ci_high"] < 0 else "yellow"
    return Text(change(value), style=colour if value == value else "dim")


def runs_table(frame: "pd.DataFrame") -> RenderableType:
    """Lifts of several runs, a table for each reading; runs without a lift stand in the first."""
    readings = frame["reading"].dropna().unique().tolist() or [None]
    frame = frame.assign(reading=frame["reading"].fillna(readings[0]))
    return Group(
        *(_runs_table(part, str(reading)) for reading, part in frame.groupby("reading", sort=False))
    )


def _runs_table(frame: "pd.DataFrame", reading: str) -> Table:
    several = frame["algorithm"].nunique() > 1  # else it says nothing
    # What is the same of all is said once, so that many runs fit 80 columns.
    one_sample = len(frame) > 2 and frame["sample"].nunique() == 1
    alike = [
        key
        for key in ("seeds", "n")
        if len(frame) > 2 and frame[key].nunique(dropna=False) == 1 and frame[key].notna().all()
    ]
    keys = ["run", *([] if one_sample else ["sample"]), *(["algorithm"] if several else [])]
    counts = [key for key in ("seeds", "n") if key not in alike]
    names = [*counts, "before", "after", "lift", "95 % interval"]
    columns = [*((key, False) for key in keys), *((name, True) for name in names)]
    same = [f"sample {told(str(frame['sample'].iloc[0]))}"] if one_sample else []
    same += [f"{frame[key].iloc[0]:.0f} {_COUNTED[key]}" for key in alike]
    title = f"Runs, {reading}: accuracy in per cent, lift in percentage points"
    table = plain_table("; ".join([title, *same]), columns)
    for column in table.columns[: len(keys)]:
        column.min_width = _NARROW if len(keys) > 2 else column.min_width
    for row in frame.to_dict("records"):
        known = row["lift"] == row["lift"]
        cells: list[Any] = [f"{row[key]:.0f}" if known else _MISSING for key in counts]
        cells += [percent(row["before"]), percent(row["after"]), _coloured(row["lift"], row)]
        cells += [_interval(row) if known else _MISSING]
        table.add_row(*(clean(row[key]) for key in keys), *cells)
    return table


def domains_table(
    frame: "pd.DataFrame", *keys: str, abreast: int = _DOMAINS_ABREAST
) -> RenderableType | None:
    """Lift by domain, one row a run or sample; None where there is a single domain."""
    domains = [name for name in frame.columns if name.startswith("lift ")]
    if len(domains) < 2:
        return None
    tables = []
    abreast += 1 - len(keys)
    for start in range(0, len(domains), abreast):
        part = domains[start : start + abreast]
        title = None if start else "Lift by domain"
        table = plain_table(title, [(key, False) for key in keys])
        for name in part:  # a long name is folded, so that it leaves room for what stands before
            head = clean(name.removeprefix("lift "))
            table.add_column(head, justify="right", overflow="fold", max_width=_WIDEST_HEAD)
        for row in frame.to_dict("records"):
            told = [clean(row[key] if row[key] == row[key] else _MISSING) for key in keys]
            table.add_row(*told, *(change(row[name]) for name in part))
        tables.append(table)
    return Group(*tables)


def differences_table(frame: "pd.DataFrame") -> RenderableType:
    """Differences between the lifts of runs, a table for each reading."""
    groups = frame.groupby("reading", sort=False)
    return Group(*(_differences_table(part, str(reading)) for reading, part in groups))


def _differences_table(frame: "pd.DataFrame", reading: str) -> Table:
    names = ["by", "95 % interval", "p", "Holm's p", "items"]
    columns = [("run", False), ("lifts more than", False), *((name, True) for name in names)]
    table = plain_table(f"Differences of {reading} lift, percentage points", columns)
    for row in frame.to_dict("records"):
        if row["difference"] < 0:  # the one that lifts more comes first
            first, second, sign = row["first"], row["second"], -1
        else:
            first, second, sign = row["second"], row["first"], 1
        ends = sorted((sign * row["ci_low"], sign * row["ci_high"]))
        shown = {"ci_low": ends[0], "ci_high": ends[1]}
        table.add_row(
            clean(first),
            clean(second),
            _coloured(sign * row["difference"], shown),
            _interval(shown),
            f"{row['p_value']:.3f}",
            f"{row['p_holm']:.3f}",
            "paired" if row["paired"] else "others",
        )
    return table


def leaderboard_table(frame: "pd.DataFrame", title: str) -> Table:
    """Samples ranked by lift, with the lift in the other reading beside it."""
    other = SAMPLED if frame["lift"].equals(frame[f"{GREEDY} lift"]) else GREEDY
    names = ["lift", "95 % interval", other, "rank", "first %", "seeds", "items"]
    columns = [("#", True), ("sample", False), *((name, True) for name in names)]
    table = plain_table(None, columns)
    table.title = clean(title)
    for row in frame.to_dict("records"):
        table.add_row(
            str(row["rank"]),
            clean(row["sample"]),
            _coloured(row["lift"], row),
            _interval(row),
            change(row[f"{other} lift"]),
            f"{row['rank_low']} to {row['rank_high']}",
            percent(row["best"]),
            str(row["seeds"]),
            str(row["n"]),
        )
    return table
