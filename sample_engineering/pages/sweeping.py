"""The page in which a sweep ends: its candidates by the lower end of their lift, and all runs."""

from sample_engineering.markup import Markup, foreign, tag
from sample_engineering.pages.assembled import assembled
from sample_engineering.pages.comparing import leaderboard_sections
from sample_engineering.report.forest import ForestRow
from sample_engineering.report.leaderboard import Leaderboard
from sample_engineering.report.parts import Section, data_table, section
from sample_engineering.report.plots import forest_plot
from sample_engineering.report.terminal import percent
from sample_engineering.sweep.result import Entry, SweepResult

_MOST_DRAWN = 40  # candidates of the plot; the table has all
_MOST_LISTED = 500


def sweep_page(result: SweepResult, board: Leaderboard) -> str:
    """Render the page of a sweep as HTML; names and texts of strangers are escaped.

    Parameters
    ----------
    result : SweepResult
    board : Leaderboard
        Of its run folders.
    """
    states = [one.state for one in result.entries]
    figures: list[tuple[object, object]] = [
        (f"{states.count('validated'):,} of {len(states):,}", "candidates validated"),
        (f"{result.trainings:,}", "trainings"),
        (result.used, "used"),
    ]
    if result.savings:
        figures.append((result.hours_saved, f"saved by halving, {result.saved:,} trainings"))
    if result.lost:
        figures.append((f"{result.lost:,}", "jobs lost with a worker or node, and begun again"))
    sections: list[Section | None] = [_candidates(result), *leaderboard_sections(board)]
    return assembled(
        "Sweep",
        result.sentence,
        figures,
        sections,
        [*result.plan.notes, *board.notes],
        "Intervals: paired bootstrap clustered by item; docs/sweep.md, docs/evaluation.md.",
        interactive=bool(board.tables),
    )


def _candidates(result: SweepResult) -> Section:
    known = [one for one in result.entries if one.standing is not None]
    rows = [_row(one) for one in known[:_MOST_DRAWN]]
    ranks = {row.name: one.rank for row, one in zip(rows, known, strict=False)}

    def cells(row: ForestRow) -> list[str]:
        return [f"{percent(row.before)} → {percent(row.after)}", str(row.runs),
                str(ranks[row.name])]  # fmt: skip

    listed = result.entries[:_MOST_LISTED]
    cut = len(result.entries) - len(listed)
    table = [
        (foreign(one.id, 80), str(one.rank), one.state, foreign(one.verdict, 200), _run(one))
        for one in listed
    ]  # fmt: skip
    heads = ("sample", "place in the ranking", "state", "what came of it", "run folder")
    return section(
        "Candidates, by the lower end of their lift",
        [
            forest_plot(rows, "sample", "lift", ["right %", "seeds", "ranked"], cells)
            if rows
            else None,
            data_table(heads, table, "Candidates of the sweep"),
            tag("p", f"{cut:,} more are in sweep.json.", class_="note") if cut > 0 else None,
        ],
        id="candidates",
    )


def _row(one: Entry) -> ForestRow:
    found = one.standing
    assert found is not None
    return ForestRow(one.id, found.lift, found.ci_low, found.ci_high, before=found.before,
                     after=found.after, runs=found.seeds)  # fmt: skip


def _run(one: Entry) -> Markup | str:
    """Return the run folder, which leads to its page where it has one."""
    name = foreign(one.run, 120)
    return tag("a", name, href=f"{one.run}/report.html") if one.state == "validated" else name
