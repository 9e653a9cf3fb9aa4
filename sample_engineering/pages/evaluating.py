"""The page of an evaluation: how often a model is right, on what, and every completion."""

import math
from typing import TYPE_CHECKING, Any

from sample_engineering.markup import foreign, tag
from sample_engineering.pages.assembled import assembled
from sample_engineering.pages.listing import MOST_ROWS, listing
from sample_engineering.report.bars import bar_rows, histogram
from sample_engineering.report.completions import RIGHT, UNREADABLE, WRONG
from sample_engineering.report.explorer import Column
from sample_engineering.report.forest import lift_rows
from sample_engineering.report.parts import Section, data_table, definitions, section
from sample_engineering.report.plots import forest_plot, from_to
from sample_engineering.report.terminal import percent

if TYPE_CHECKING:
    from sample_engineering.evaluation import Comparison, Evaluation

_TONES = {RIGHT: "good", WRONG: "bad", UNREADABLE: "unsure"}
# What is told of how the model was asked, of all that an evaluation knows.
_ASKED = ("template", "temperature", "top_p", "top_k", "max_tokens", "rollouts", "seed", "stop",
          "engine", "digest", "revision", "dtype", "grader")  # fmt: skip


def evaluation_page(found: "Evaluation", lift: "Comparison | None" = None) -> str:
    """Render the page of an evaluation as HTML; everything that models wrote is escaped.

    Parameters
    ----------
    found : Evaluation
    lift : Comparison, optional
        Since an earlier one of the same items.
    """
    summary = found.summary().to_dict("records")
    whole = summary[-1]
    items = found.table["item"].nunique()
    info = found.info
    figures: list[tuple[object, object]] = [
        (f"{percent(whole['accuracy'])} ± {percent(whole['se'])} %", "right, with standard error"),
        (f"{items:,}", "items"),
        (f"{len(found.table):,}", "completions"),
        (f"{percent(whole['readable'])} %", "with an answer that can be read"),
        (f"{percent(whole['truncated'])} %", "cut off at the limit"),
    ]
    left_out = info.get("left_out") or []
    notes = [*map(str, info.get("notes") or ())]
    if left_out:
        notes.append(f"{len(left_out):,} items left out, the first: {left_out[0]}")
    return assembled(
        f"Accuracy of {foreign(info.get('model', 'a model'), 120)} on "
        f"{foreign(info.get('benchmark', 'a benchmark'), 120)}",
        "Greedily, a completion an item." if info.get("temperature") == 0
        else f"Sampled, {found.rollouts} completions an item.",
        figures,
        [
            _accuracy(summary),
            _since(lift),
            _lengths(found),
            _asked(info),
            _all(found),
        ],
        notes,
        "Standard errors over items; docs/evaluation.md.",
    )  # fmt: skip


def _accuracy(summary: list[dict[Any, Any]]) -> Section:
    passes = [name for name in summary[-1] if str(name).startswith("pass@")]
    drawn = [
        (str(row["name"]).replace("_", " "), [100 * row["accuracy"]])
        for row in summary
        if row["kind"] in ("domain", "overall")
    ]
    rows = [
        (
            foreign(row["name"], 80).replace("_", " "),
            row["n"],
            f"{percent(row['accuracy'])} ± {percent(row['se'])}",
            *(percent(row[name]) for name in passes),
            percent(row["readable"]),
            percent(row["truncated"]),
            f"{row['tokens']:.1f}",
        )
        for row in summary
    ]
    heads = ("domain", "items", "right % ± se", *(f"{name} %" for name in passes), "readable %",
             "cut %", "tokens")  # fmt: skip
    return section(
        "Accuracy",
        bar_rows(drawn, ["right"], "Accuracy by domain", unit=" %", digits=1, first="domain"),
        tag("h3", "In figures"),
        data_table(heads, rows, "Accuracy by domain and overall"),
        id="accuracy",
    )


def _since(lift: "Comparison | None") -> Section | None:
    if lift is None:
        return None
    return section(
        "Lift since the earlier evaluation",
        forest_plot(lift_rows(lift), "domain", "lift", ["right %"], from_to),
        tag("p", "Paired by item, 95 % intervals by bootstrap.", class_="note"),
        id="lift",
    )


def _lengths(found: "Evaluation") -> Section | None:
    table = found.table
    drawn = [
        histogram(f"Tokens of {name} completions", part["tokens"].astype(float).tolist(),
                  x_label="tokens", y_label="completions")
        for name, part in (("right", table[table["correct"]]), ("wrong", table[~table["correct"]]))
    ]  # fmt: skip
    shown = [one for one in drawn if one]
    if not shown:
        return None
    return section("Lengths", tag("div", shown, class_="charts"), id="lengths")


def _asked(info: Any) -> Section | None:
    known = {name.replace("_", " "): foreign(str(info[name]), 200) for name in _ASKED
             if info.get(name) not in (None, "", [], ())}  # fmt: skip
    return section("How it was asked", definitions(known), id="asked") if known else None


def _all(found: "Evaluation") -> Section:
    table = found.table.head(MOST_ROWS)
    grades = [
        RIGHT if correct else WRONG if readable else UNREADABLE
        for correct, readable in zip(table["correct"], table["readable"], strict=True)
    ]
    columns = [
        Column("item", "item", "name", table["item"].tolist(), shown=True, search=True),
        Column("domain", "domain", "choice", _words(table["domain"]), shown=True, optional=True,
               filter=True),
        Column("split", "split", "choice", _words(table["split"]), filter=True),
        Column("benchmark", "benchmark", "choice", _words(table["benchmark"]), filter=True),
        Column("grade", "grade", "choice", grades, shown=True, filter=True,
               choices=(RIGHT, WRONG, UNREADABLE), tones=_TONES),
        Column("finish", "ended by", "choice", _words(table["finish_reason"]), filter=True,
               meaning="stop: by itself; length: cut off at the limit"),
        Column("rule", "grader's rule", "choice", _words(table["rule"]), filter=True),
        Column("tokens", "tokens", "number", [_number(one) for one in table["tokens"]], digits=0,
               shown=True, optional=True, filter=True),
        Column("completion", "completion", "text", table["completion"].tolist(), shown=True,
               search=True, maths=True),
        Column("problem", "problem", "text", _words(table["problem"]), search=True, maths=True),
        Column("answer", "gold answer", "name", _words(table["answer"])),
    ]  # fmt: skip
    return listing(
        "All completions", "completions", columns, total=len(found.table),
        otherwise="se evaluate -o FILE.parquet writes all of them.",
    )  # fmt: skip


def _words(column: Any) -> list[str | None]:
    return [value if isinstance(value, str) and value else None for value in column]


def _number(value: Any) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
