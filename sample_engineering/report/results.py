"""Sections of the page that show what a run found."""

from collections.abc import Iterable

from sample_engineering.evaluation.behaviour import MEASURES
from sample_engineering.evaluation.compare import Comparison, Effect
from sample_engineering.evaluation.verdict import KINDS
from sample_engineering.report.charts import axis_range, interval_strip, scale_strip
from sample_engineering.report.markup import Markup, foreign, tag
from sample_engineering.report.run_folder import THIS, RunFolder
from sample_engineering.report.terminal import change, percent

# Row of a forest plot: name, cells, point, low, high, class of the row.
_Row = tuple[str, list[str], float, float, float, str]


def verdict_section(run: RunFolder) -> Markup:
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


def problems_section(run: RunFolder) -> Markup | None:
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


def tiles(run: RunFolder) -> Markup:
    """The figures that one looks for first."""
    entries: list[tuple[str, str]] = []
    if run.lift is not None:
        overall = run.lift.overall
        entries.append((f"{percent(overall.before)} → {percent(overall.after)} %", "accuracy"))
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
    result = run.result
    if isinstance(result.get("steps"), int):
        informative = result.get("informative_groups")
        note = f"training steps, {informative} informative groups"
        entries.append(
            (f"{result['steps']}", note if informative is not None else "training steps")
        )
    return tag(
        "div",
        [
            tag("div", tag("b", value), tag("span", label), class_="tile")
            for value, label in entries
        ],
        class_="tiles",
    )


def _tone(low: float, high: float) -> str:
    return "good-text" if low > 0 else "bad-text" if high < 0 else "unsure-text"


def _forest(rows: Iterable[_Row], heads: list[str], first: str, figure: str = "lift") -> Markup:
    """A table with a column that draws each row's interval on one scale."""
    rows = list(rows)
    limits = axis_range([value for row in rows for value in row[2:5]])
    head = tag(
        "tr",
        tag("th", first),
        tag("th", scale_strip(limits), class_="plot"),
        tag("th", figure),
        tag("th", "95 % interval", class_="optional"),
        [tag("th", name, class_="optional") for name in heads],
    )
    body = []
    for name, cells, point, low, high, kind in rows:
        interval = f"{change(low)} to {change(high)}" if point == point else "-"
        label = f"{name}: {change(point)} points, {interval}"
        body.append(
            tag(
                "tr",
                tag("td", foreign(name, 80)),
                tag("td", interval_strip(point, low, high, limits, label), class_="plot"),
                tag(
                    "td",
                    change(point),
                    tag("span", interval, class_="narrow"),
                    class_=_tone(low, high),
                ),
                tag("td", interval, class_="optional"),
                [tag("td", cell, class_="optional") for cell in cells],
                class_=kind or None,
            )
        )
    table = tag("table", tag("thead", head), tag("tbody", body))
    return tag("div", table, class_="scroll")


def _groups(lift: Comparison) -> list[tuple[str, Effect, str]]:
    rows = [(name, effect, "") for name, effect in lift.domains.items()]
    if len(lift.splits) > 1:
        rows += [(f"split: {name}", effect, "side") for name, effect in lift.splits.items()]
    if len(lift.domains) > 1:
        rows.append(("mean over domains", lift.macro, "side"))
    rows.append(("overall", lift.overall, "sum"))
    return rows


def lift_section(run: RunFolder) -> Markup | None:
    """Lift per domain, as a forest plot with its table."""
    if run.lift is None:
        return None
    rows = [
        (
            name,
            [str(e.n), percent(e.before), percent(e.after)],
            e.lift,
            e.ci_low,
            e.ci_high,
            kind,
        )
        for name, e, kind in _groups(run.lift)
    ]
    note = (
        "Percentage points, the same items before and after. The bar is the 95 % interval of a "
        f"paired bootstrap over items ({run.lift.resamples:,} resamples"
        + (f" and {run.lift.seeds_after} training seeds" if run.lift.seeds_after > 1 else "")
        + "); a bar that crosses the dashed line shows no effect."
    )
    more = _pass_table(run.lift) if len(run.lift.overall.pass_at) > 1 else None
    return tag(
        "section",
        tag("h2", "Lift by domain"),
        _forest(rows, ["items", "before %", "after %"], "domain"),
        tag("p", note, class_="note"),
        more,
        id="lift",
    )


def _pass_table(lift: Comparison) -> Markup:
    ks = list(lift.overall.pass_at)
    head = tag("tr", tag("th", "pass@k, before → after %"), [tag("th", f"k = {k}") for k in ks])
    body = []
    for name, effect, kind in _groups(lift):
        cells = [
            tag("td", f"{percent(p['before'])} → {percent(p['after'])}")
            for p in (effect.pass_at[k] for k in ks)
        ]
        body.append(tag("tr", tag("td", foreign(name, 80)), cells, class_=kind or None))
    table = tag("table", tag("thead", head), tag("tbody", body))
    return tag(
        "details",
        tag("summary", "pass@k: chance that at least one of k completions is right"),
        tag("div", table, class_="scroll"),
    )


def gains_section(run: RunFolder) -> Markup | None:
    """Format gain against reasoning gain."""
    if run.lift is None:
        return None
    overall = run.lift.overall
    rows: list[_Row] = []
    parts = (
        ("format gain", overall.format_gain, overall.format_ci_low, overall.format_ci_high),
        ("reasoning gain", overall.reasoning_gain, overall.reasoning_ci_low,
         overall.reasoning_ci_high),
        ("lift", overall.lift, overall.ci_low, overall.ci_high),
    )  # fmt: skip
    for name, point, low, high in parts:
        rows.append((name, [], point, low, high, "sum" if name == "lift" else ""))
    head = tag(
        "tr",
        [
            tag("th", name)
            for name in ("domain", "readable, before → after %", "right if readable %",
                         "format gain", "reasoning gain")
        ],
    )  # fmt: skip
    body = []
    for name, e, kind in _groups(run.lift):
        right = (e.accuracy_if_readable_before, e.accuracy_if_readable_after)
        cells = [
            f"{percent(e.readable_before)} → {percent(e.readable_after)}",
            f"{percent(right[0])} → {percent(right[1])}",
            change(e.format_gain),
            change(e.reasoning_gain),
        ]
        body.append(
            tag("tr", tag("td", foreign(name, 80)), [tag("td", c) for c in cells],
                class_=kind or None)
        )  # fmt: skip
    table = tag("table", tag("thead", head), tag("tbody", body))
    return tag(
        "section",
        tag("h2", "Format or reasoning?"),
        _forest(rows, [], "overall", "gain"),
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


def arms_section(run: RunFolder) -> Markup | None:
    """The trained model among the control arms."""
    if run.lift is None or not run.control_lifts:
        return None
    lifts = {THIS: run.lift, **run.control_lifts}
    rows = []
    for name, lift in lifts.items():
        e = lift.overall
        rows.append((name, [str(lift.seeds_after), percent(e.after)], e.lift, e.ci_low, e.ci_high,
                     "sum" if name == THIS else ""))  # fmt: skip
    lead: list[_Row] = [
        (name, [], c.overall.lift, c.overall.ci_low, c.overall.ci_high, "")
        for name, c in run.contrasts.items()
    ]
    return tag(
        "section",
        tag("h2", "Against the controls"),
        _forest(rows, ["runs", "after %"], "lift of the arm"),
        tag("h3", "Lead of this sample over each control"),
        _forest(lead, [], "control", "lead"),
        tag(
            "p",
            "Controls are what the same budget yields without this sample's signal. Only a lead "
            "whose interval excludes zero is a difference.",
            class_="note",
        ),
        id="arms",
    )


def behaviour_section(run: RunFolder) -> Markup | None:
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
