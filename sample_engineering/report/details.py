"""Sections of the page that show what a run did: training, sample, completions, settings."""

import json
from collections.abc import Mapping
from typing import Any

from sample_engineering.markup import Markup, foreign, tag
from sample_engineering.report.charts import Line, legend, line_chart
from sample_engineering.report.completions import completions
from sample_engineering.report.curves import CURVES, INFORMATIVE_WINDOW
from sample_engineering.report.explorer import explorer
from sample_engineering.report.facts import facts
from sample_engineering.report.images import shown_image
from sample_engineering.report.parts import badge, definitions, folded, section, text_block
from sample_engineering.report.plots import plain_table
from sample_engineering.report.run import THIS, Run
from sample_engineering.runs.format import BEFORE, MAIN
from sample_engineering.runs.records import to_record

# Examples shown of each outcome, and rollouts shown of the first and last step.
_EXAMPLES_EACH = 2
_ROLLOUTS_EACH = 2
_MOST_ARMS = 5


def training_section(run: Run) -> Markup | None:
    """Curves of every training run in the folder."""
    runs = run.training_runs
    arms = list(dict.fromkeys(arm for arm, _, _ in runs))[: _MOST_ARMS + 1]
    charts = []
    for curve in CURVES:
        if not curve.shows(run.folder.metrics):
            continue
        lines = [
            Line(
                arm,
                [line.step for line in part],
                curve.values(part),
                arms.index(arm),
                strong=arm == THIS,
            )
            for arm, _, part in runs
            if arm in arms
        ]
        limits = (0.0, 1.0) if curve.share else None
        charts.append(
            line_chart(
                curve.title,
                lines,
                limits=limits,
                percent=curve.share,
                x_label="training step",
                y_label=curve.unit,
            )
        )
    charts = [chart for chart in [*charts, _development_chart(run, arms)] if chart]
    if not charts:
        return None
    return section(
        "Training",
        legend([(arm, index) for index, arm in enumerate(arms)]) if len(arms) > 1 else None,
        tag("div", charts, class_="charts"),
        tag(
            "p",
            "A group is informative if its rewards differ; only such groups give a gradient. Shown "
            f"is their share in the last {INFORMATIVE_WINDOW} steps.",
            class_="note",
        ),
        _who_decided(run),
        id="training",
    )


def _who_decided(run: Run) -> Markup | None:
    """How many rollouts of each arm were decided by rule, by a judge model, or not at all."""
    counts: dict[str, list[int]] = {}
    for arm, _, part in run.training_runs:
        found = counts.setdefault(arm, [0, 0, 0])
        for line in part:
            found[0] += line.rollouts
            found[1] += line.judged
            found[2] += line.abstained
    if not any(judged or abstained for _, judged, abstained in counts.values()):
        return None
    rows = [
        (arm, [f"{total - judged - abstained:,}", f"{judged:,}", f"{abstained:,}"], "")
        for arm, (total, judged, abstained) in counts.items()
    ]
    return tag(
        "div",
        plain_table(["by rule", "by the judge", "left undecided"], rows),
        tag(
            "p",
            "Who decided about the rollouts. Undecided ones got the mean reward of their group, so "
            "nothing was learnt of them.",
            class_="note",
        ),
        id="who-decided",
    )


def _development_chart(run: Run, arms: list[str]) -> Markup | None:
    """Greedy accuracy on the development items that were watched while the arms trained."""
    lines = []
    for training in run.findings.trainings:
        arm = THIS if training.arm == MAIN else training.arm
        if training.development and arm in arms:
            steps = [point.step for point in training.development]
            shares = [point.accuracy for point in training.development]
            lines.append(Line(arm, steps, shares, arms.index(arm), strong=arm == THIS))
    if not lines:
        return None
    return line_chart(
        "Right on development items",
        lines,
        limits=(0.0, 1.0),
        percent=True,
        x_label="training step",
    )


def facts_section(run: Run) -> Markup | None:
    """How the figures were got."""
    found = facts(run)
    if not found:
        return None
    entries = [(name, foreign(text, 600)) for name, text in found]
    return section("How it was done", definitions(entries), id="facts")


def sample_section(run: Run) -> Markup | None:
    """The sample that was trained on."""
    sample = run.sample
    if sample is None:
        return None
    shown = {
        "domains": ", ".join(sample.domains),
        "skills": ", ".join(sample.skills),
        "kind": sample.kind,
        "unit": sample.unit,
        "source": sample.source,
        "license": sample.license,
    }
    known = {name: foreign(text, 400) for name, text in shown.items() if text}
    solution, provenance = sample.solution, sample.provenance
    return section(
        "The sample",
        [shown_image(image) for image in sample.images],
        text_block(sample.problem, "problem"),
        tag("p", "Answer: ", tag("b", foreign(sample.answer, 400))),
        definitions(known),
        folded("Worked solution", text_block(solution, "worked solution")) if solution else None,
        folded("Provenance", text_block(_pretty(provenance), "provenance")) if provenance else None,
        id="sample",
    )


def _pretty(value: object) -> str:
    try:
        return json.dumps(value, indent=2, ensure_ascii=False, default=str)
    except (TypeError, ValueError):
        return str(value)


def examples_section(run: Run) -> Markup | None:
    """Completions of the same items before and after, of each kind of outcome."""
    evaluations = run.evaluations
    if not evaluations.get(BEFORE) or not evaluations.get(MAIN):
        return None
    before = evaluations[BEFORE][0].table
    after = evaluations[MAIN][0].table
    pairs = before.merge(after, on=["item", "sample_index"], suffixes=("_before", "_after"))
    outcomes = (
        ("Wrong before, right after", ~pairs["correct_before"] & pairs["correct_after"]),
        ("Right before, wrong after", pairs["correct_before"] & ~pairs["correct_after"]),
        ("Wrong before and after", ~pairs["correct_before"] & ~pairs["correct_after"]),
        ("Right before and after", pairs["correct_before"] & pairs["correct_after"]),
    )
    parts = []
    for title, mask in outcomes:
        part = pairs[mask].drop_duplicates("item")
        share = 100 * mask.mean()
        # One item of each domain first, so that the examples are not all of one kind.
        chosen = part.assign(turn=part.groupby("domain_before").cumcount())
        chosen = chosen.sort_values("turn", kind="stable").head(_EXAMPLES_EACH)
        rows = [_pair(row) for row in chosen.to_dict("records")]
        if rows:
            parts.append(
                folded(f"{title} ({share:.0f} % of pairs)", rows, open=title == outcomes[0][0])
            )  # fmt: skip
    if not parts:
        return None
    return section("Completions before and after", parts, id="examples")


def _pair(row: Mapping[Any, Any]) -> Markup:
    def side(name: str) -> Markup:
        correct, readable = row[f"correct_{name}"], row[f"readable_{name}"]
        label, tone = (
            ("right", "good") if correct else ("wrong", "bad") if readable else
            ("unreadable", "unsure")
        )  # fmt: skip
        cut = ", cut off" if row[f"finish_reason_{name}"] == "length" else ""
        return tag(
            "div",
            tag("span", name, " ", badge(label, tone),
                f" {row[f'tokens_{name}']} tokens{cut}", class_="note"),
            text_block(row[f"completion_{name}"], f"completion {name}"),
        )  # fmt: skip

    problem = row.get("problem_before") or ""
    answer = row.get("answer_before") or ""
    return tag(
        "div",
        tag(
            "h3", foreign(row["item"], 120), tag("span", f"  {row['domain_before']}", class_="soft")
        ),
        text_block(problem, "problem") if problem else None,
        tag("p", "Answer: ", tag("b", foreign(answer, 400))) if answer else None,
        tag("div", side("before"), side("after"), class_="pair"),
    )


def completions_section(run: Run) -> Markup | None:
    """All completions, to filter and to read; the page must be `interactive`."""
    found = completions(run)
    if not found.rows:
        return None
    return section(
        "All completions",
        tag(
            "p",
            f"{found.rows:,} answers of the evaluations and rollouts of the trainings. Choose an "
            "item to read it beside the base model's answer, with the grader's reason.",
            class_="note",
        ),
        [tag("p", sentence, class_="note left-out") for sentence in found.left_out],
        explorer(
            found.packed,
            "completions-data",
            "This table needs the script of the page, which does not run here. The examples below, "
            "and eval/ and rollouts.parquet in the run folder, are the same completions.",
        ),
        id="completions",
    )


def rollouts_section(run: Run) -> Markup | None:
    """Training rollouts of the first and of the last step."""
    frame = run.folder.rollouts
    if MAIN in set(frame["arm"]):
        frame = frame[frame["arm"] == MAIN]
    if frame.empty:
        return None
    frame = frame[frame["seed"] == frame["seed"].iloc[0]]
    parts = []
    for step in dict.fromkeys((frame["step"].min(), frame["step"].max())):
        rows = frame[frame["step"] == step]
        shown = rows.head(_ROLLOUTS_EACH)
        if rows["reward"].notna().any():  # the best and the worst
            shown = rows.loc[
                list(dict.fromkeys((rows["reward"].idxmax(), rows["reward"].idxmin())))
            ]
        sides = []
        for row in shown.to_dict("records"):
            note = f"reward {row['reward']:g}" if row["reward"] == row["reward"] else ""
            sides.append(
                tag("div", tag("span", note, class_="note"),
                    text_block(row["completion"], "rollout"))
            )  # fmt: skip
        parts.append(folded(f"Step {step}", tag("div", sides, class_="pair")))
    return section("Rollouts in training", parts, id="rollouts")


def config_section(run: Run) -> Markup | None:
    """The resolved settings, and the result as it was written."""
    config, result = run.folder.config, run.folder.result
    if config is None and result is None:
        return None
    entries = []
    for key, value in ({} if config is None else to_record(config)).items():
        if key == "sample":
            continue
        text = _pretty(value) if isinstance(value, dict | list) else str(value)
        entries.append((key, text_block(text, key) if "\n" in text else foreign(text, 600)))
    return section(
        "Settings",
        folded("config.json", definitions(entries)) if entries else None,
        None
        if result is None
        else folded("result.json", text_block(_pretty(to_record(result)), "result.json")),
        id="settings",
    )
