"""Sections of the page that show what a run found."""

from collections.abc import Callable, Mapping, Sequence

from sample_engineering.evaluation.behaviour import MEASURES
from sample_engineering.evaluation.compare import Comparison
from sample_engineering.evaluation.readings import GREEDY
from sample_engineering.evaluation.verdict import KINDS
from sample_engineering.report.charts import (
    Line,
    axis_range,
    interval_strip,
    legend,
    line_chart,
    scale_strip,
)
from sample_engineering.report.forest import (
    ForestRow,
    arm_rows,
    gain_rows,
    lead_rows,
    lift_rows,
)
from sample_engineering.report.markup import Markup, foreign, tag
from sample_engineering.report.run import Run
from sample_engineering.report.terminal import ASKED, change, percent
from sample_engineering.text import count_of


def verdict_section(run: Run) -> Markup:
    """The verdict first."""
    verdict = run.verdict
    tone = KINDS.get(verdict.kind, "unsure")
    return tag(
        "section",
        tag("div", verdict.kind, class_="kind"),
        tag("p", verdict.headline, class_="headline"),
        tag("ul", [tag("li", reason) for reason in verdict.reasons]) if verdict.reasons else None,
        class_=f"verdict {tone}",
        id="verdict",
    )


def problems_section(run: Run) -> Markup | None:
    """What is missing or damaged, and what the run warned of."""
    warnings = run.warnings
    if not run.problems and not warnings:
        return None
    return tag(
        "section",
        tag("h2", "Notes on this run"),
        tag("ul", [tag("li", foreign(text, 600)) for text in (*warnings, *run.problems)]),
        class_="problems",
        id="notes",
    )


def tiles(run: Run) -> Markup:
    """The figures that one looks for first."""
    entries: list[tuple[str, str]] = []
    if run.lift is not None:
        overall = run.lift.overall
        accuracy = f"{percent(overall.before)} → {percent(overall.after)} %"
        entries.append((accuracy, f"accuracy, {ASKED[run.reading].lower()}"))
        interval = f"95 %: {change(overall.ci_low)} to {change(overall.ci_high)}"
        entries.append((f"{change(overall.lift)} pts", f"lift, {interval}"))
        most = max(overall.pass_at)
        if most > 1:
            passes = overall.pass_at[most]
            text = f"{percent(passes['before'])} → {percent(passes['after'])} %"
            entries.append((text, f"pass@{most}"))
        samples = run.lift.samples_after
        note = f"items, {samples} completion{'s'[: samples > 1]} each"
        if run.lift.seeds_after > 1:
            note += f", {run.lift.seeds_after} training seeds"
        entries.append((f"{overall.n}", note))
    if (result := run.folder.result) is not None:
        note = f"training steps, {result.informative_groups} informative groups"
        entries.append((f"{result.steps}", note))
    return tag(
        "div",
        [
            tag("div", tag("b", value), tag("span", label), class_="tile")
            for value, label in entries
        ],
        class_="tiles",
    )


def _forest(
    rows: Sequence[ForestRow],
    first: str,
    figure: str = "lift",
    heads: Sequence[str] = (),
    cells: Callable[[ForestRow], Sequence[str]] = lambda row: (),
) -> Markup:
    """A table with a column that draws each row's interval on one scale."""
    limits = axis_range([value for row in rows for value in (row.point, row.low, row.high)])
    head = tag(
        "tr",
        tag("th", first),
        tag("th", scale_strip(limits), class_="plot"),
        tag("th", figure),
        tag("th", "95 % interval", class_="optional"),
        [tag("th", name, class_="optional") for name in heads],
    )
    body = []
    for row in rows:
        known = row.point == row.point
        interval = f"{change(row.low)} to {change(row.high)}" if known else "-"
        body.append(
            tag(
                "tr",
                tag("td", foreign(row.name, 80)),
                tag("td", interval_strip(row, limits, interval), class_="plot"),
                tag(
                    "td",
                    change(row.point),
                    tag("span", interval, class_="narrow"),
                    class_=f"{row.tone}-text",
                ),
                tag("td", interval, class_="optional"),
                [tag("td", cell, class_="optional") for cell in cells(row)],
                class_=row.kind or None,
            )
        )
    table = tag("table", tag("thead", head), tag("tbody", body))
    return tag("div", table, class_="scroll")


def _accuracies(row: ForestRow) -> list[str]:
    assert row.effect is not None
    return [str(row.effect.n), percent(row.effect.before), percent(row.effect.after)]


def _runs(row: ForestRow) -> list[str]:
    assert row.effect is not None
    return [str(row.runs), percent(row.effect.after)]


def lift_section(run: Run) -> Markup | None:
    """Lift per domain, as a forest plot with its table."""
    if run.lift is None:
        return None
    note = (
        "Percentage points, the same items before and after. The bar is the 95 % interval of a "
        f"paired bootstrap over items ({run.lift.resamples:,} resamples"
        + (f" and {run.lift.seeds_after} training seeds" if run.lift.seeds_after > 1 else "")
        + "); a bar that crosses the dashed line shows no effect."
    )
    more = _pass_table(run.lift) if len(run.lift.overall.pass_at) > 1 else None
    return tag(
        "section",
        tag("h2", f"Lift by domain, {ASKED[run.reading].lower()}"),
        _forest(
            lift_rows(run.lift),
            "domain",
            heads=("items", "before %", "after %"),
            cells=_accuracies,
        ),
        tag("p", note, class_="note"),
        more,
        id="lift",
    )


def _pass_table(lift: Comparison) -> Markup:
    ks = list(lift.overall.pass_at)
    head = tag("tr", tag("th", "pass@k, before → after %"), [tag("th", f"k = {k}") for k in ks])
    body = []
    for row in lift_rows(lift):
        assert row.effect is not None
        cells = [
            tag("td", f"{percent(p['before'])} → {percent(p['after'])}")
            for p in (row.effect.pass_at[k] for k in ks)
        ]
        body.append(tag("tr", tag("td", foreign(row.name, 80)), cells, class_=row.kind or None))
    table = tag("table", tag("thead", head), tag("tbody", body))
    return tag(
        "details",
        tag("summary", "pass@k: chance that at least one of k completions is right"),
        tag("div", table, class_="scroll"),
    )


def other_reading_section(run: Run) -> Markup | None:
    """The lift in the reading that is not the headline's."""
    others = [(name, lift) for name, lift in run.lifts.items() if name != run.reading]
    if not others:
        return None
    ((name, lift),) = others
    return tag(
        "section",
        tag("h2", ASKED[name]),
        _forest(
            lift_rows(lift),
            "domain",
            heads=("items", "before %", "after %"),
            cells=_accuracies,
        ),
        tag("p", f"The same items before and after, {_how(name, lift)}.", class_="note"),
        _pass_table(lift) if len(lift.overall.pass_at) > 1 else None,
        id=name,
    )


def _how(reading: str, lift: Comparison) -> str:
    if reading == GREEDY:
        return "one completion an item at temperature 0"
    return f"{count_of(lift.samples_after, 'completion')} of each, sampled"


def curve_section(run: Run) -> Markup | None:
    """Accuracy along the training, and the best step on the items that did not choose it."""
    curve = run.findings.curve
    if curve is None:
        return None
    steps = [point.step for point in curve.points]
    names = list(curve.points[0].domains)
    gains = [point.overall for point in curve.points]
    charts = [
        line_chart(
            "Lift overall, with its 95 % interval",
            [
                Line("overall", steps, [gain.lift for gain in gains]),
                Line("lower end", steps, [gain.ci_low for gain in gains], strong=False),
                Line("upper end", steps, [gain.ci_high for gain in gains], strong=False),
            ],
            points=True,
        )
    ]
    if len(names) > 1:
        lines = [
            Line(name, steps, [point.domains[name].lift for point in curve.points], number)
            for number, name in enumerate(names)
        ]
        charts.append(line_chart("Lift by domain", lines, points=True))
    rows = [
        ForestRow(f"{what} step, {_steps(at)}", gain.lift, gain.ci_low, gain.ci_high)
        for what, at, gain in (
            ("best", curve.best_steps, curve.best),
            ("last", curve.last_steps, curve.last),
        )
    ]
    lead = curve.lead
    rows.append(ForestRow("best over last", lead.lift, lead.ci_low, lead.ci_high, "side"))
    return tag(
        "section",
        tag("h2", "Along the training"),
        tag("div", charts, class_="charts"),
        legend([(foreign(name, 60), number) for number, name in enumerate(names)])
        if len(names) > 1
        else None,
        _forest(rows, f"on {curve.best.n} items"),
        tag(
            "p",
            f"The best step was chosen on {curve.development} development items, drawn by chance "
            f"and alike in every domain. Its lift is measured on the other {curve.best.n}, which "
            "had no say; the curves show all items.",
            class_="note",
        ),
        id="curve",
    )


def _steps(at: Mapping[int, int]) -> str:
    return " and ".join(map(str, dict.fromkeys(at.values())))


def gains_section(run: Run) -> Markup | None:
    """Format gain against reasoning gain."""
    if run.lift is None:
        return None
    head = tag(
        "tr",
        [
            tag("th", name)
            for name in ("domain", "readable, before → after %", "right if extracted %",
                         "format gain", "reasoning gain")
        ],
    )  # fmt: skip
    body = []
    for row in lift_rows(run.lift):
        e = row.effect
        assert e is not None
        right = (e.right_if_extracted_before, e.right_if_extracted_after)
        cells = [
            f"{percent(e.readable_before)} → {percent(e.readable_after)}",
            f"{percent(right[0])} → {percent(right[1])}",
            change(e.format_gain),
            change(e.reasoning_gain),
        ]
        body.append(
            tag("tr", tag("td", foreign(row.name, 80)), [tag("td", c) for c in cells],
                class_=row.kind or None)
        )  # fmt: skip
    table = tag("table", tag("thead", head), tag("tbody", body))
    return tag(
        "section",
        tag("h2", "Format or reasoning?"),
        _forest(gain_rows(run.lift.overall), "overall", "gain"),
        tag(
            "p",
            "Format gain: more answers became readable. Reasoning gain: readable answers became "
            "right more often. The two add up to the lift.",
            class_="note",
        ),
        tag(
            "details",
            tag("summary", "By domain"),
            tag("div", table, class_="scroll"),
        ),
        id="gains",
    )


def arms_section(run: Run) -> Markup | None:
    """The trained model among the control arms."""
    rows = arm_rows(run)
    if not rows:
        return None
    return tag(
        "section",
        tag("h2", "Against the controls"),
        _forest(rows, "lift of the arm", heads=("runs", "after %"), cells=_runs),
        tag("h3", "Lead of this sample over each control"),
        _forest(lead_rows(run), "control", "lead"),
        tag(
            "p",
            "Controls are what the same budget yields without this sample's signal. Only a lead "
            "whose interval excludes zero is a difference.",
            class_="note",
        ),
        id="arms",
    )


def behaviour_section(run: Run) -> Markup | None:
    """How completions are written, before and after."""
    frame = run.behaviour
    if frame is None:
        return None
    head = tag(
        "tr",
        [tag("th", name) for name in ("completions", "before", "after", "change")],
        tag("th", "95 % interval", class_="optional"),
    )
    body = []
    for row in frame.to_dict("records"):
        measure = MEASURES[row["measure"]]
        scale, digits, unit = (100, 1, " %") if measure.share else (1, 2, "")
        values = [
            "-" if v != v else f"{scale * v:.{digits}f}{unit}"
            for v in (row["before"], row["after"])
        ]
        moved = change(row["change"], digits, scale)
        low, high = (change(row[k], digits, scale) for k in ("ci_low", "ci_high"))
        clear = row["ci_low"] > 0 or row["ci_high"] < 0
        body.append(
            tag(
                "tr",
                tag("td", measure.label, title=measure.meaning),
                [tag("td", value) for value in values],
                tag("td", tag("b", moved) if clear else moved),
                tag("td", f"{low} to {high}" if moved != "-" else "-", class_="optional"),
            )
        )
    meanings = [
        item
        for measure in MEASURES.values()
        for item in (tag("dt", measure.label), tag("dd", measure.meaning))
    ]
    return tag(
        "section",
        tag("h2", "How the model writes"),
        tag("div", tag("table", tag("thead", head), tag("tbody", body)), class_="scroll"),
        tag("p", "Changes whose interval excludes zero are in bold.", class_="note"),
        tag("details", tag("summary", "What is counted"), tag("dl", meanings)),
        id="behaviour",
    )
