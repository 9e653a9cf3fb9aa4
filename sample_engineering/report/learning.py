"""Sections of the page that follow a training: the curve of accuracy, and how the model writes."""

from sample_engineering.evaluation.behaviour import MEASURES
from sample_engineering.markup import Markup, foreign, tag
from sample_engineering.report.charts import Line, legend, line_chart
from sample_engineering.report.forest import ForestRow
from sample_engineering.report.parts import definitions, folded, scrolling, section
from sample_engineering.report.plots import forest_plot
from sample_engineering.report.run import Run
from sample_engineering.report.terminal import change
from sample_engineering.text import each_once


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
            x_label="training step",
        )
    ]
    if len(names) > 1:
        lines = [
            Line(name, steps, [point.domains[name].lift for point in curve.points], number)
            for number, name in enumerate(names)
        ]
        charts.append(line_chart("Lift by domain", lines, points=True, x_label="training step"))
    rows = [
        ForestRow(f"{what} step, {each_once(at.values())}", gain.lift, gain.ci_low, gain.ci_high)
        for what, at, gain in (
            ("best", curve.best_steps, curve.best),
            ("last", curve.last_steps, curve.last),
        )
    ]
    lead = curve.lead
    rows.append(ForestRow("best over last", lead.lift, lead.ci_low, lead.ci_high, "side"))
    return section(
        "Along the training",
        tag("div", charts, class_="charts"),
        legend([(foreign(name, 60), number) for number, name in enumerate(names)])
        if len(names) > 1
        else None,
        forest_plot(rows, f"on {curve.best.n} items"),
        tag(
            "p",
            f"The best step was chosen on {curve.development} development items, drawn by chance "
            f"and alike in every domain. Its lift is measured on the other {curve.best.n}, which "
            "had no say; the curves show all items.",
            class_="note",
        ),
        id="curve",
    )


def behaviour_section(run: Run) -> Markup | None:
    """How completions are written, before and after."""
    frame = run.behaviour
    if frame is None:
        return None
    head = tag(
        "tr",
        [tag("th", name, scope="col") for name in ("completions", "before", "after", "change")],
        tag("th", "95 % interval", class_="optional", scope="col"),
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
                tag("th", measure.label, title=measure.meaning, scope="row"),
                [tag("td", value) for value in values],
                tag("td", tag("b", moved) if clear else moved),
                tag("td", f"{low} to {high}" if moved != "-" else "-", class_="optional"),
            )
        )
    meanings = {measure.label: measure.meaning for measure in MEASURES.values()}
    return section(
        "How the model writes",
        scrolling(
            tag(
                "table",
                tag("caption", "Completions before and after", class_="unseen"),
                tag("thead", head),
                tag("tbody", body),
            ),
            "Completions before and after",
        ),
        tag("p", "Changes whose interval excludes zero are in bold.", class_="note"),
        folded("What is counted", definitions(meanings)),
        id="behaviour",
    )
