"""Pages of several runs: their lifts side by side, and all samples of a folder ranked by lift."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sample_engineering.markup import Markup, foreign, tag
from sample_engineering.pages.assembled import assembled
from sample_engineering.pages.listing import MOST_ROWS, listing
from sample_engineering.report.explorer import Column
from sample_engineering.report.forest import ForestRow
from sample_engineering.report.leaderboard import Leaderboard
from sample_engineering.report.parts import Section, data_table, section
from sample_engineering.report.plots import forest_plot
from sample_engineering.report.ranking import RunsCompared
from sample_engineering.report.terminal import change, percent

if TYPE_CHECKING:
    import pandas as pd

_MOST_DRAWN = 40  # rows of a plot; the table has all
_TONES = {"lifts": "good", "harms": "bad", "no effect shown": "unsure"}


def compared_page(found: RunsCompared) -> str:
    """Render the page of a comparison as HTML; names of strangers are escaped."""
    known = found.runs.dropna(subset=["reading"])
    figures = [
        (f"{found.runs['run'].nunique():,}", "runs"),
        (f"{found.runs['sample'].nunique():,}", "samples"),
        (f"{len(found.differences):,}", "pairs compared"),
    ]
    if not found.differences.empty:
        shown = int((found.differences["p_holm"] < 0.05).sum())
        figures.append((f"{shown:,}", "of them differ (Holm, 5 %)"))
    sections: list[Section | None] = []
    for reading, frame in known.groupby("reading", sort=False):
        pairs = found.differences[found.differences["reading"] == reading]
        parts = [
            *_lifts(frame, "run"),
            *([] if pairs.empty else _pairs(pairs)),
            *_domains(frame, "run"),
        ]
        sections.append(section(f"Lift, {reading}", parts, id=f"lift-{reading}"))
    names = [foreign(name, 60) for name in found.runs["run"].drop_duplicates()]
    more = f" and {len(names) - 4:,} more" if len(names) > 4 else ""
    return assembled(
        "Runs compared",
        f"{', '.join(names[:4])}{more}. Each reading is compared by itself, item by item.",
        figures,
        sections,
        found.notes,
        "Intervals: paired bootstrap clustered by item; docs/evaluation.md.",
        interactive=False,
    )


def leaderboard_page(board: Leaderboard) -> str:
    """Render the page of a leaderboard as HTML; names of strangers are escaped."""
    frame = board.to_pandas()
    figures = [
        (f"{frame['sample'].nunique():,}", "samples"),
        (f"{len(board.tables):,}", "tables, one for each condition"),
        (f"{len(board.left_out):,}", "runs left out"),
    ]
    return assembled(
        "Leaderboard",
        "Samples by lift, ranked among those that were trained and asked alike; runs of one "
        "sample are its seeds.",
        figures,
        leaderboard_sections(board),
        board.notes,
        "Intervals: paired bootstrap clustered by item; docs/evaluation.md.",
        interactive=bool(board.tables),
    )


def leaderboard_sections(board: Leaderboard) -> list[Section | None]:
    """Return a section for each condition, and that of all samples."""
    sections: list[Section | None] = []
    for number, (condition, table) in enumerate(board.tables.items(), 1):
        title = f"{number}. {foreign(condition, 300)}"
        parts = [*_lifts(table, "sample"), *_domains(table, "sample")]
        sections.append(section(title, parts, id=f"table-{number}"))
    if board.tables:
        sections.append(_all(board))
    return sections


def _lifts(frame: "pd.DataFrame", key: str) -> list[Markup | None]:
    rows = [
        ForestRow(
            str(row[key]), row["lift"], row["ci_low"], row["ci_high"],
            before=row["before"] if "before" in row else float("nan"),
            after=row["after"] if "after" in row else float("nan"),
            n=int(row["n"]), runs=int(row["seeds"]),
        )
        for row in frame.head(_MOST_DRAWN).to_dict("records")
    ]  # fmt: skip
    ranked = "rank_low" in frame.columns
    named = "algorithm" in frame.columns and frame["algorithm"].nunique() > 1
    places = {str(row[key]): row for row in frame.head(_MOST_DRAWN).to_dict("records")}

    def cells(row: ForestRow) -> list[str]:
        place = places[row.name]
        if not ranked:
            by = [foreign(place["algorithm"], 60)] if named else []
            return [*by, f"{percent(row.before)} → {percent(row.after)}", str(row.n), str(row.runs)]
        return [f"{place['rank_low']:.0f} to {place['rank_high']:.0f}", percent(place["best"]),
                str(row.n), str(row.runs)]  # fmt: skip

    heads = ["rank", "first %", "items", "seeds"] if ranked else ["right %", "items", "seeds"]
    if named and not ranked:
        heads = ["algorithm", *heads]
    cut = len(frame) - len(rows)
    return [
        forest_plot(rows, key, "lift", heads, cells),
        tag("p", f"{cut:,} more are not drawn.", class_="note") if cut > 0 else None,
    ]


def _pairs(frame: "pd.DataFrame") -> list[Markup | None]:
    rows = []
    for pair in frame.to_dict("records"):
        sign = -1 if pair["difference"] < 0 else 1  # the one that lifts more comes first
        more, less = (pair["second"], pair["first"])[::sign]
        low, high = sorted((sign * pair["ci_low"], sign * pair["ci_high"]))
        rows.append(
            ForestRow(f"{more} over {less}", sign * pair["difference"], low, high, n=int(pair["n"]))
        )
    facts: dict[str, Mapping[Any, Any]] = {
        row.name: pair for row, pair in zip(rows, frame.to_dict("records"), strict=True)
    }

    def cells(row: ForestRow) -> list[str]:
        pair = facts[row.name]
        how = "paired" if pair["paired"] else "other items"
        return [f"{pair['p_value']:.3f}", f"{pair['p_holm']:.3f}", how]

    plot = forest_plot(rows[:_MOST_DRAWN], "pair", "by", ["p", "Holm's p", "items"], cells)
    return [tag("h3", "Differences"), plot]


def _domains(frame: "pd.DataFrame", key: str) -> list[Markup | None]:
    domains = [name for name in frame.columns
               if name.startswith("lift ") and frame[name].notna().any()]  # fmt: skip
    if len(domains) < 2:
        return []
    rows = [
        (foreign(row[key], 80), *(change(row[name]) for name in domains))
        for row in frame.head(_MOST_DRAWN).to_dict("records")
    ]
    heads = (key, *(foreign(name.removeprefix("lift "), 40).replace("_", " ") for name in domains))
    return [tag("h3", "By domain"), data_table(heads, rows, "Lift by domain")]


def _all(board: Leaderboard) -> Section:
    frame = board.to_pandas()
    conditions = [
        str(condition) for condition, table in board.tables.items() for _ in range(len(table))
    ]
    head = frame.head(MOST_ROWS)
    columns = [
        Column("sample", "sample", "name", head["sample"].tolist(), shown=True, search=True),
        Column("condition", "condition", "choice", conditions[:MOST_ROWS], filter=True),
        Column("verdict", "verdict", "choice", head["verdict"].tolist(), shown=True, filter=True,
               optional=True, tones=_TONES),
        *(
            Column(name, label, "number", (100 * head[name]).tolist(), shown=True, digits=1,
                   filter=name == "lift", optional=name != "lift")
            for name, label in (("lift", "lift"), ("ci_low", "from"), ("ci_high", "to"))
        ),
        *(
            Column(name, label, "number", head[name].tolist(), digits=0, shown=name == "rank")
            for name, label in (("rank", "rank"), ("seeds", "seeds"), ("n", "items"))
        ),
        *(
            Column(name, name.replace("_", " "), "number", (100 * head[name]).tolist(), digits=1)
            for name in head.columns
            if name.startswith("lift ")
        ),
    ]  # fmt: skip
    return listing("All samples", "samples", columns, total=len(frame),
                   otherwise="se leaderboard -o FILE writes all of them.")  # fmt: skip
