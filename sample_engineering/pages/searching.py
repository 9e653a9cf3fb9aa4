"""The page of a search: what was chosen, every trial with its lift, and how the belief moved."""

from typing import TYPE_CHECKING

from sample_engineering.markup import Markup, foreign, tag
from sample_engineering.pages.assembled import assembled, brief
from sample_engineering.report.charts import Line, legend, line_chart
from sample_engineering.report.forest import ForestRow
from sample_engineering.report.parts import Section, command_block, data_table, section, text_block
from sample_engineering.report.plots import forest_plot
from sample_engineering.report.terminal import change, percent

if TYPE_CHECKING:
    from sample_engineering.search.result import SearchResult
    from sample_engineering.search.trials import Confirmation, Trial

_MOST_DRAWN = 200  # trials; search.json has all
_MEASURED, _EXPECTED = "measured, of the trial", "expected, of the best so far"


def search_page(found: "SearchResult") -> str:
    """Render the page of a search as HTML; everything that strangers wrote is escaped."""
    plan = found.plan
    figures: list[tuple[object, object]] = [
        (f"{len(found.trials):,}", "trials"),
        (f"{plan.natural:,}", "candidates"),
        (f"{found.steps:,} of {plan.budget:,}", "training steps"),
    ]
    if (confirmed := found.confirmed) is not None:
        figures.insert(0, (change(confirmed.lift), "points lifted, confirmed"))
    return assembled(
        "Search for the sample that lifts most",
        found.sentence,
        figures,
        [
            _chosen(found),
            _confirmed(found),
            _trials(found),
            _course(found),
            _all(found),
            section("Next", command_block(found.next_command), id="next"),
        ],
        plan.notes,
        "A trial that was proposed because it looked good looks better than it is; docs/search.md.",
        interactive=len(found.trials) > 1,
    )


def _chosen(found: "SearchResult") -> Section | None:
    if found.chosen is None:
        return None
    sample = found.chosen
    return section(
        f"Chosen: {foreign(sample.id, 120)}",
        text_block(sample.problem, "problem"),
        tag("p", "Answer: ", tag("b", foreign(sample.answer, 300))),
        id="chosen",
    )


def _row(name: str, one: "Trial | Confirmation") -> ForestRow:
    return ForestRow(name, one.lift, one.ci_low, one.ci_high, before=one.before, after=one.after,
                     n=one.items)  # fmt: skip


def _from_to(row: ForestRow) -> list[str]:
    return [f"{percent(row.before)} → {percent(row.after)}", str(row.n)]


def _confirmed(found: "SearchResult") -> Section | None:
    if not found.confirmations:
        return None
    rows = [_row(f"{one.place}. {one.id}", one) for one in found.confirmations]
    seeds = len(found.confirmations[0].seeds)
    return section(
        "Confirmed, with fresh seeds on fresh items",
        forest_plot(rows, "choice", "lift", ["right %", "items"], _from_to),
        tag("p", f"Fixed before it was confirmed; {seeds} seeds each, intervals over items and "
            "seeds.", class_="note"),
        id="confirmed",
    )  # fmt: skip


def _trials(found: "SearchResult") -> Section:
    taught = [one for one in found.trials if one.trained]
    shown = taught[:_MOST_DRAWN]
    idle, cut = len(found.trials) - len(taught), len(taught) - len(shown)
    told = [f"{idle:,} taught nothing: all rollouts of a group alike."] if idle else []
    told += [f"{cut:,} more are not drawn; search.json has all."] if cut else []
    return section(
        "Trials",
        forest_plot([_row(f"{one.number}. {one.id}", one) for one in shown], "trial", "lift",
                    ["right %", "items"], _from_to) if shown else None,
        tag("p", " ".join(told), class_="note") if told else None,
        id="trials",
    )  # fmt: skip


def _course(found: "SearchResult") -> Section | None:
    if len(found.trials) < 2:
        return None
    numbers = [float(one.number) for one in found.trials]
    lines = [
        Line(_MEASURED, numbers, [one.lift for one in found.trials], 1, strong=False),
        Line(_EXPECTED, numbers, [one.expected for one in found.trials], 0),
    ]
    return section(
        "How the best so far became known",
        legend([(line.label, line.colour) for line in reversed(lines)]),
        tag(
            "div",
            line_chart(
                "Lift by trial", lines, points=True, x_label="trial", y_label="lift, points"
            ),
            class_="charts",
        ),
        id="course",
    )


def _all(found: "SearchResult") -> Section:
    problems = {sample.id: sample.problem for sample in found.plan.candidates}
    rows = [
        (
            one.number,
            _named(one.id, problems.get(one.id, "")),
            "composed" if one.composed else str(one.rank),
            one.steps,
            change(one.lift) if one.trained else "untaught",
            foreign(one.chosen, 80),
            f"{change(one.expected)} ± {100 * one.expected_sd:.1f}",
            foreign(one.run, 80),
        )
        for one in found.trials[:_MOST_DRAWN]
    ]
    heads = ("trial", "sample", "ranked", "steps", "lift", "best so far", "expected", "run folder")
    return section(
        "What was tried, and what was believed then",
        data_table(heads, rows, "Trials of the search", words=("sample",)),
        id="all",
    )


def _named(id_: str, problem: str) -> Markup:
    under = tag("span", brief(problem, 140), class_="under") if problem else None
    return tag("span", foreign(id_, 80), under)
