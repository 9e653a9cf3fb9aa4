"""The report card of a run in the terminal: what was shown first, then the figures behind it."""

from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from sample_engineering.evaluation.compare import Comparison
from sample_engineering.evaluation.curve import Curve
from sample_engineering.evaluation.readings import GREEDY
from sample_engineering.evaluation.verdict import DECIDING, KINDS
from sample_engineering.report.facts import facts
from sample_engineering.report.forest import ForestRow, arm_rows, gain_rows, lift_rows, reach_rows
from sample_engineering.report.readings_table import ReadingsTable
from sample_engineering.report.run import Run
from sample_engineering.report.terminal import change, clean, percent, plain_table
from sample_engineering.runs.questions import ANSWERS
from sample_engineering.text import count_of, each_once

if TYPE_CHECKING:
    import pandas as pd

_COLOURS = {"good": "green", "unsure": "yellow", "bad": "red", "unasked": "dim"}
_MISSING = "-"
# Domains in a row of the table along a training, so that it fits 80 columns.
_DOMAINS_ABREAST = 4
# Steps of a curve in a table.
_MOST_STEPS = 12
_LIFT_HEADS = (
    ("before", "from"), ("after", "to"), ("point", "lift"), ("interval", "95 % interval"),
)  # fmt: skip
_GAIN_HEADS = (
    ("before", "from"), ("after", "to"), ("point", "adds"), ("interval", "95 % interval"),
)  # fmt: skip
GAINS_NOTE = (
    "Extracted: an answer could be read, in any form. 'Right of these' is reasoning, the other "
    "three are form; what the four add is the lift."
)
_LEAD_HEADS = (("after", "right"), ("point", "lead"), ("interval", "95 % interval"))


def report_card(run: Run) -> RenderableType:
    """Everything that a run showed, on one or two screens."""
    parts: list[RenderableType] = [
        Text.assemble(("sample ", "dim"), clean(run.sample_id), ("   run ", "dim"), clean(run.name))
    ]
    if run.sample is not None:
        parts += [
            clean(run.sample.problem),
            Text.assemble(("answer ", "dim"), clean(run.sample.answer)),
        ]
    parts += ["", verdict_panel(run), ""]
    for part in _PARTS:
        shown = part(run)
        if shown is not None:
            parts += [shown, ""]
    parts += [clean(f"note: {problem}", "yellow") for problem in run.problems]
    return Group(*parts)


def verdict_panel(run: Run) -> Panel:
    """The verdict in a frame of its colour, with a line for each question that was asked."""
    verdict = run.verdict
    colour = _COLOURS[KINDS.get(verdict.kind, "unsure")]
    parts: list[RenderableType] = [clean(verdict.headline, "bold")]
    if run.questions:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        table.add_column(overflow="fold")
        for one in run.questions:
            style = _COLOURS[ANSWERS[one.answer]]
            table.add_row(clean(one.answer, style), clean(one.text), clean(one.figure))
        parts += ["", table]
    else:
        parts += [clean(f"- {reason}") for reason in verdict.reasons]
    return Panel(Group(*parts), title=verdict.kind, border_style=colour, title_align="left")


def reasons_list(run: Run) -> RenderableType | None:
    """What the verdict rests on, in sentences."""
    if not run.questions or not run.verdict.reasons:
        return None
    table = Table.grid(padding=(0, 1, 0, 0))
    for reason in run.verdict.reasons:
        table.add_row("-", clean(reason))
    return Group(Text("In words", style="bold"), table)


def called(reading: str, lift: Comparison) -> str:
    """Return what a table calls a reading, with how often it asks an item."""
    if reading == GREEDY:
        return "greedy"
    return f"sampled, {lift.samples_after} each"


def accuracy_table(run: Run) -> RenderableType | None:
    """Accuracy before and after, and the lift, by domain: the readings side by side."""
    if not run.lifts:
        return None
    blocks = {
        called(name, lift): [*lift_rows(lift), *reach_rows(lift)[-1:]]
        for name, lift in run.lifts.items()
    }
    counts = {effect.n for lift in run.lifts.values() for effect in lift.domains.values()}
    items = count_of(next(iter(run.lifts.values())).overall.n, "item")
    if len(counts) == 1:
        items += f", {counts.pop()} a domain"
    return ReadingsTable(
        "Accuracy in per cent, lift in percentage points",
        "domain",
        blocks,
        _LIFT_HEADS,
        notes=(f"{items}, the same before and after.",),
    )


def arms_table(run: Run) -> RenderableType | None:
    """Accuracy of every arm, and the lead of the trained model over it, by reading."""
    blocks = {
        called(name, lift): rows
        for name, lift in run.lifts.items()
        if (rows := arm_rows(run, name))
    }
    if not blocks:
        return None
    notes = [f"A lift is the sample's own if it leads over {' and '.join(DECIDING)}."]
    if run.untrained:
        notes.append("Without runs: no training; the base model asked in another way.")
    return ReadingsTable(
        "What else gives that: every arm, and the lead of this sample over it",
        "arm",
        blocks,
        _LEAD_HEADS,
        shared=(("runs", "runs"),),
        notes=notes,
    )


def gains_table(run: Run) -> RenderableType | None:
    """What a lift is made of: answers cut off, extracted, in the asked form, right."""
    if not run.lifts:
        return None
    blocks = {called(name, lift): gain_rows(lift.overall) for name, lift in run.lifts.items()}
    return ReadingsTable(
        "What the lift is made of: shares in per cent, what each adds in points",
        "completions",
        blocks,
        _GAIN_HEADS,
        notes=(GAINS_NOTE,),
    )


def behaviour_table(run: Run) -> RenderableType | None:
    """How completions are written, before and after."""
    from sample_engineering.evaluation.behaviour import MEASURES

    frame: pd.DataFrame | None = run.behaviour
    if frame is None:
        return None
    names = ["before", "after", "change", "95 % interval"]
    title = "How the model writes"
    table = plain_table(title, [("completions", False), *((name, True) for name in names)])
    unseen = []  # habits that no completion has
    for row in frame.to_dict("records"):
        share = MEASURES[row["measure"]].share
        if share and not row["before"] and not row["after"]:
            unseen.append(row["label"])
            continue
        scale, digits = (100, 1) if share else (1, 2)
        values = [row["before"], row["after"]]
        cells = [_MISSING if v != v else f"{scale * v:.{digits}f}" for v in values]
        moves = [change(row[key], digits, scale) for key in ("change", "ci_low", "ci_high")]
        label = f"{row['label']} %" if share else row["label"]
        known = moves[0] != _MISSING
        table.add_row(label, *cells, moves[0], f"{moves[1]} to {moves[2]}" if known else _MISSING)
    note = f"Never seen: {', '.join(unseen)}." if unseen else None
    return Group(table, clean(note, "dim")) if note else table


def curve_table(run: Run) -> RenderableType | None:
    """Lift after each step that was evaluated, and the best step on the items that did not choose.

    A long curve is thinned.
    """
    curve: Curve | None = run.findings.curve
    if curve is None:
        return None
    named = list(curve.points[0].domains) if len(curve.points[0].domains) > 1 else []
    shown = named[:_DOMAINS_ABREAST]
    columns = [("step", True), ("right %", True), ("lift", True), ("95 % interval", True)]
    table = plain_table(
        "Along the training, all items", [*columns, *((name, True) for name in shown)]
    )
    stride = -(-len(curve.points) // _MOST_STEPS)
    kept = [*curve.points[:-1][::stride], curve.points[-1]]
    for point in kept:
        gain = point.overall
        row = ForestRow("", gain.lift, gain.ci_low, gain.ci_high)
        cells: list[Any] = [str(point.step), percent(gain.accuracy)]
        cells += [Text(change(gain.lift), style=_COLOURS[row.tone]), row.interval]
        cells += [change(point.domains[name].lift) for name in shown]
        table.add_row(*cells)
    rest = len(named) - len(shown)
    notes = [f"{rest} further domains on the page"] if rest else []
    for what, steps, gain in (
        ("best", curve.best_steps, curve.best),
        ("last", curve.last_steps, curve.last),
    ):
        row = ForestRow("", gain.lift, gain.ci_low, gain.ci_high)
        notes.append(
            f"{what} step {each_once(steps.values())}: {change(gain.lift)} ({row.interval}) "
            f"on {gain.n} items"
            + (f", chosen on the other {curve.development}" if what == "best" else "")
        )
    return Group(table, *(clean(note, "dim") for note in notes))


def facts_table(run: Run) -> RenderableType | None:
    """How the figures were got: trainings, and how every arm was asked."""
    rows = dict(facts(run))
    if not rows:
        return None
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in rows.items():
        table.add_row(name, clean(text))
    return Group(Text("How it was done", style="bold"), table)


_PARTS = (
    *(accuracy_table, arms_table, gains_table, curve_table),
    *(reasons_list, behaviour_table, facts_table),
)
