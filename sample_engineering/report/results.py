"""Sections of the page that show what a run found: verdict, lifts, what they are made of, arms."""

from sample_engineering.evaluation.verdict import DECIDING, KINDS
from sample_engineering.markup import Markup, foreign, tag
from sample_engineering.report import parts
from sample_engineering.report.card import GAINS_NOTE, called
from sample_engineering.report.forest import (
    ForestRow,
    arm_rows,
    control_rows,
    gain_rows,
    lift_rows,
    reach_rows,
)
from sample_engineering.report.parts import badge, definitions, folded, scrolling, section
from sample_engineering.report.plots import from_to, plain_table, side_by_side
from sample_engineering.report.run import Run
from sample_engineering.report.terminal import ASKED, change, percent
from sample_engineering.runs.format import MAIN
from sample_engineering.runs.questions import ANSWERS
from sample_engineering.text import count_of


def verdict_section(run: Run) -> Markup:
    """The verdict first, with a line for each question that was asked."""
    verdict = run.verdict
    tone = KINDS.get(verdict.kind, "unsure")
    words = tag("ul", [tag("li", reason) for reason in verdict.reasons])
    if run.questions and verdict.reasons:
        words = folded("In words", words)
    return section(
        "Verdict",
        tag("h2", verdict.kind, class_="kind"),
        tag("p", verdict.headline, class_="headline"),
        _questions(run) if run.questions else None,
        words if verdict.reasons else None,
        heading="",
        class_=f"verdict {tone}",
        id="verdict",
    )


def _questions(run: Run) -> Markup:
    rows = [
        tag(
            "tr",
            tag("td", badge(one.answer, ANSWERS[one.answer])),
            tag("th", one.text, scope="row"),
            tag("td", one.figure),
        )
        for one in run.questions
    ]
    head = tag("tr", [tag("th", name, scope="col") for name in ("shown?", "question", "points")])
    caption = "What was shown"
    table = tag(
        "table",
        tag("caption", caption, class_="unseen"),
        tag("thead", head),
        tag("tbody", rows),
        class_="questions",
    )
    return scrolling(table, caption)


def problems_section(run: Run) -> Markup | None:
    """What is missing or damaged, and what the run warned of."""
    warnings = run.warnings
    if not run.problems and not warnings:
        return None
    return section(
        "Notes on this run",
        tag("ul", [tag("li", foreign(text, 600)) for text in (*warnings, *run.problems)]),
        class_="problems",
        id="notes",
    )


def tiles(run: Run) -> Markup:
    """The figures that one looks for first."""
    entries: list[tuple[str, str]] = []
    for reading, lift in run.lifts.items():
        overall = lift.overall
        accuracy = f"{percent(overall.before)} → {percent(overall.after)} %"
        entries.append((accuracy, f"accuracy, {ASKED[reading].lower()}"))
        if (most := max(overall.pass_at, default=1)) > 1:
            passes = overall.pass_at[most]
            text = f"{percent(passes['before'])} → {percent(passes['after'])} %"
            entries.append((text, f"pass@{most}: one of {most} completions right"))
    if run.lift is not None:
        runs = count_of(run.lift.seeds_after, "training run")
        entries.append((f"{run.lift.overall.n}", f"items; {runs} on the sample"))
    if (result := run.folder.result) is not None:
        note = f"training steps, {result.informative_groups} informative groups"
        entries.append((f"{result.steps}", note))
    return parts.tiles(entries)


def lift_section(run: Run) -> Markup | None:
    """Lift per domain, the readings beside each other, as forest plots with their tables."""
    if run.lift is None:
        return None
    many = run.lift.seeds_after > 1
    note = (
        "Percentage points, the same items before and after. The bar is the 95 % interval of a "
        f"paired bootstrap over items ({run.lift.resamples:,} resamples"
        + (f" and {run.lift.seeds_after} training seeds" if many else "")
        + "); a bar that crosses the dashed line shows no effect."
        + (" Both readings have one scale." if len(run.lifts) > 1 else "")
    )
    blocks = {called(name, lift): lift_rows(lift) for name, lift in run.lifts.items()}
    return section(
        "Lift by domain",
        side_by_side(blocks, "domain", heads=("accuracy %",), cells=from_to),
        tag("p", note, class_="note"),
        [_pass_table(run, name) for name in run.lifts],
        id="lift",
    )


def _pass_table(run: Run, reading: str) -> Markup | None:
    lift = run.lifts[reading]
    rows = reach_rows(lift)
    if not rows:
        return None
    groups = {**lift.domains, "overall": lift.overall}
    ks = [k for k in lift.overall.pass_at if k > 1]
    table = plain_table(
        ["before → after %", *(f"pass@{k}" for k in ks)],
        [
            (
                name,
                [f"{percent(p['before'])} → {percent(p['after'])}" for p in
                 (effect.pass_at[k] for k in ks)],
                "sum" if effect is lift.overall else "",
            )
            for name, effect in groups.items()
        ],
    )  # fmt: skip
    return tag(
        "div",
        tag("h3", "Reach: is at least one of k completions right?"),
        side_by_side({called(reading, lift): rows}, "overall", "change", ("share %",), from_to),
        folded("By domain", table),
    )


def gains_section(run: Run) -> Markup | None:
    """What a lift is made of: the form of answers, and right ones among them."""
    if run.lift is None:
        return None
    blocks = {called(name, lift): gain_rows(lift.overall) for name, lift in run.lifts.items()}
    tables = []
    for name, lift in run.lifts.items():
        table = plain_table(
            ["gain, points", *(row.name for row in gain_rows(lift.overall)[:-1]), "lift"],
            [
                (
                    group,
                    [change(row.point) for row in gain_rows(effect)],
                    "sum" if effect is lift.overall else "",
                )
                for group, effect in {**lift.domains, "overall": lift.overall}.items()
            ],
        )
        tables.append(folded(f"By domain, {called(name, lift)}", table))
    return section(
        "Format or reasoning?",
        side_by_side(blocks, "gain", "points", heads=("share %",), cells=from_to),
        tag("p", GAINS_NOTE, class_="note"),
        tables,
        id="gains",
    )


def arms_section(run: Run) -> Markup | None:
    """The trained model among the other arms."""
    blocks = {
        called(name, lift): rows
        for name, lift in run.lifts.items()
        if (rows := arm_rows(run, name))
    }
    if not blocks:
        return _no_controls(run)
    own = {
        called(name, lift): rows
        for name, lift in run.lifts.items()
        if (rows := control_rows(run, name))
    }
    return section(
        "What else gives that?",
        tag("h3", "Lead of this sample over every arm"),
        side_by_side(blocks, "arm", "lead", ("runs", "right %"), _arm_cells),
        tag(
            "p",
            "Controls are what the same budget yields without this sample's signal; arms without "
            "runs need no training. Only a lead whose interval excludes zero is a difference, and "
            f"a lift is the sample's own only if it leads over {' and '.join(DECIDING)}.",
            class_="note",
        ),
        _meanings(run),
        folded(
            "Lift of each arm over the base model",
            side_by_side(own, "arm", "lift", ("runs", "accuracy %"), _own_cells),
        ),
        id="arms",
    )


def _no_controls(run: Run) -> Markup | None:
    """Say that there is nothing to compare with, where there is a lift."""
    if run.lift is None:
        return None
    return section(
        "What else gives that?",
        tag(
            "p",
            "No controls were run. Whether any training, whatever its reward, would have done the "
            "same, or no training at all, is not known. ",
            tag("code", "se validate ... --controls basic"),
            " trains with a reward for form only and with rewards drawn by chance.",
        ),
        id="arms",
    )


# What an arm is there to find out; what is done in it, the run itself says.
_ASKED = {
    "format-only": "Is it the form of the answer? A lift has to lead over it.",
    "random-reward": "Does any training do it, whatever is rewarded? A lift has to lead over it.",
    "entropy-only": "Does it take rewards at all?",
    "wrong-label": "Does it take the right answer?",
    "majority-label": "Does it take a gold answer, or is agreement enough?",
    "random-sample": "Does it take this problem, or will any do?",
    "entropy-minimization": "Is it enough to be sure of what it says already?",
    "critique-fine-tuning": "Does it take reinforcement, or is judging solutions enough?",
    "incorrect-reward": "Would rewarding a mistake do the same?",
    "pair": "Would a second problem, easy and brittle where this one is hard, do more?",
    "weighted-pair": "And if what is rare weighed more?",
    "many-samples": "Would many problems do more for the same rollouts?",
    "in-context": "Is it enough to show the solved sample in the prompt?",
    "in-context-none": "Is it the form of that prompt?",
    "low-temperature": "Is it enough to sample more carefully?",
    "self-consistency": "Is it enough to let several answers vote?",
    "power-sampling": "Is it enough to sample what the model thinks likelier?",
}


def _meanings(run: Run) -> Markup | None:
    """What each arm is, in a sentence."""
    config = run.folder.config
    if config is None:
        return None
    told = {
        one.name: f"{one.meaning[:1].upper()}{one.meaning[1:]}. {_ASKED.get(one.name, '')}"
        for one in config.arms
        if one.name != MAIN and one.meaning
    }
    return definitions({name: foreign(text, 400) for name, text in told.items()})


def _arm_cells(row: ForestRow) -> list[str]:
    return [str(row.runs or ""), percent(row.after)]


def _own_cells(row: ForestRow) -> list[str]:
    return [str(row.runs or ""), *from_to(row)]
