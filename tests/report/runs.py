"""Run folders with figures made by hand, written as a validation writes them."""

from dataclasses import replace

import numpy as np

from sample_engineering.evaluation.development import DevelopmentPoint
from sample_engineering.evaluation.readings import GREEDY, READING_KEY, SAMPLED, WAY_KEY
from sample_engineering.evaluation.table import Evaluation, table_of
from sample_engineering.runs import RunFolder
from sample_engineering.runs.config import (
    ArmRecord,
    BenchmarkSettings,
    EvaluationSettings,
    Hashes,
    RunConfig,
    RunInputs,
    RunOptions,
)
from sample_engineering.runs.findings import Findings
from sample_engineering.runs.format import BEFORE, FORMAT_VERSION, MAIN
from sample_engineering.runs.result import GroupAccuracy, Progress, RunResult, Training
from sample_engineering.runs.rows import MetricsLine, RolloutRow
from sample_engineering.sample import Sample

DOMAINS = ("math", "physics", "chemistry", "biology")
# Text that would run, load, break out of its element, or paint over the page.
HOSTILE = (
    "</pre></section><script>document.title='owned'</script>"
    '<img src="https://evil.example/x.png" onerror="alert(1)">'
    "<style>*{display:none}</style><svg/onload=alert(2)>{{7*7}} ${7*7} &lt;b&gt; \x00\x1b[31m "
    "\u202egnp.exe \u2066x\u2069 " + "Z" + "\u0301\u0316" * 300 + " \ud800 " + "W" * 500
)
# The same for names, which stand in sentences and heads of tables.
HOSTILE_NAME = "[red]\x1b[31m<script>\u202e"


def evaluation(
    chance,
    *,
    seed=0,
    readable=0.8,
    items=12,
    samples=4,
    extra_text="",
    reasoned=True,
    hostile=False,
    reading=SAMPLED,
):
    """An evaluation with about the given accuracy in each of `DOMAINS`."""
    rng = np.random.default_rng(seed)
    rows = []
    mark = HOSTILE_NAME if hostile else ""
    for d, domain in enumerate(name + mark for name in DOMAINS):
        for i in range(items):
            for j in range(samples):
                read = rng.random() < readable
                right = read and rng.random() < chance[d] / readable
                a, b = 10 + i, 3 + i
                work = f"{a} * {b} = {a * b} ; {a * b} + 7 = {a * b + 7} . " if reasoned else ""
                value = a * b + 7 if right else a * b
                text = work + (f"answer \\boxed{{{value}}}" if read else f"so {value} .")
                text += extra_text + (HOSTILE if hostile and i == 0 else "")
                rows.append(
                    (
                        f"{domain}-{i}", domain, ("seen" if i % 2 else "unseen") + mark, j,
                        text.encode("utf-8", "replace").decode(),
                        len(text.split()), "stop" if read else "length", read, bool(right),
                        "number", False,
                        f"a cart moves at {a} m/s for {b} s from 7 m . find its position .",
                        str(a * b + 7),
                    )
                )  # fmt: skip
    return Evaluation(table_of(rows), {"model": "by hand", READING_KEY: reading})


def metrics(arm, seed, steps=80, rise=0.5):
    """Lines of metrics.jsonl for one training run."""
    rng = np.random.default_rng(seed)
    lines = []
    for step in range(1, steps + 1):
        share = 1 - np.exp(-step / 25)
        rate = float(np.clip(0.3 + rise * share + rng.normal(0, 0.04), 0, 1))
        lines.append(
            MetricsLine(
                arm=arm, seed=seed, step=step, optimizer_steps=step, reward_mean=rate,
                reward_std=0.4, pass_rate=rate, readable=float(0.75 + 0.2 * share), truncated=0.01,
                length=float(30 + 14 * share + rng.normal()), written_steps=float(2 + share),
                distinct=float(1 - 0.2 * share), rollouts=64, groups=1,
                informative_groups=int(rate < 0.99), dead_cause=None, loss=0.0, grad_norm=1.0,
                lr=1e-4, entropy=float(1.1 - 0.4 * share), kl=None, clip_ratio=0.0,
                importance_ratio=None, seconds=0.3,
            )
        )  # fmt: skip
    return lines


def write_metrics(run, lines):
    """Write metrics where their training writes them."""
    places = {key: run.training(*key) for key in dict.fromkeys((x.arm, x.seed) for x in lines)}
    for line in lines:
        places[line.arm, line.seed].add_metrics(line)
    for place in places.values():
        place.close()


def rollouts(texts, steps):
    """The first text wrong, the second right, at each of the steps."""
    return [
        RolloutRow(
            arm=MAIN, seed=0, step=step, rollout=number, sample_index=0, group=0, completion=text,
            tokens=len(text.split()), truncated=False, reward=float(number), readable=True,
            correct=bool(number), extracted=None,
        )
        for step in steps
        for number, text in enumerate(texts)
    ]  # fmt: skip


def _training(arm, seed, steps, lines):
    informative = sum(line.informative_groups for line in lines)
    return Training(
        arm=arm, seed=seed,
        progress=Progress(steps, steps, informative, informative, steps, {}),
        first_pass_rate=lines[0].pass_rate, last_pass_rate=lines[-1].pass_rate,
        stopped=None, fast_path=True, obstacle=None, seconds=24.0, warnings=(),
        development=tuple(
            DevelopmentPoint(step, 70, 0.4 + step / 400, step // 20, step // 8, 0.9)
            for step in (0, 10, 40, 80)
        ),
    )  # fmt: skip


def write_run(
    folder,
    *,
    sample_id="physics-position-0041",
    after=(0.52, 0.55, 0.5, 0.48),
    seeds=(0, 1),
    controls=True,
    trained=True,
    hostile=False,
    readings=(SAMPLED,),
):
    """Write a run folder as a validation does; returns its path.

    The arm `in-context` needs no training; greedy answers are right more often after training.
    """
    text = HOSTILE.encode("utf-8", "replace").decode() if hostile else ""
    sample = Sample(
        id=sample_id,
        problem="a car starts at 37 m and moves at 12 m/s for 4 s . find its position ." + text,
        answer="85",
        kind="number",
        solution="12 * 4 = 48 ; 48 + 37 = 85 . answer \\boxed{85}" + text,
        domains=("physics",),
        skills=("multiplication", "addition"),
        provenance={"composer": "symbolic", "seed": 41, "note": text},
    )
    arms = {
        "random-reward": ((0.28, 0.24, 0.3, 0.22), 0.8, 0.0),
        "format-only": ((0.36, 0.33, 0.38, 0.33), 0.97, 0.2),
        "in-context": ((0.3, 0.25, 0.26, 0.25), 0.85, None),
    }
    arms = arms if controls else {}
    config = RunConfig(
        format=FORMAT_VERSION,
        sample=sample,
        model="microcosm",
        recipe={"name": "microcosm", "group_size": 64, "steps": 80, "lr": 1e-4, "note": text},
        seeds=tuple(seeds),
        evaluation=EvaluationSettings(
            "by hand", 48, DOMAINS, 4, 0, "boxed", "plain", 160, 1.0, readings=tuple(readings)
        ),
        controls="basic" if controls else "none",
        arms=(
            *(ArmRecord(MAIN, seed, "trained on the sample", (sample_id,)) for seed in seeds),
            *(ArmRecord(name, 0, name, ()) for name in arms),
        ),
        options=RunOptions(),
        hashes=Hashes("0" * 64, "1" * 64, None),
        versions={"python": "3.12", "torch": "2.13"},
        git=None,
    )
    settings = BenchmarkSettings("by hand", "boxed", "plain", 160, 1.0, None)
    run = RunFolder.create(folder, config, RunInputs(settings, (), ()))
    evaluations = {reading: {} for reading in readings}
    trainings = []

    def keep(name, seed, chance, drawn, rise=None, readable=0.8):
        for reading in readings:
            one = evaluation(
                chance,
                seed=drawn if reading == SAMPLED else 70 + drawn,
                readable=readable,
                samples=4 if reading == SAMPLED else 1,
                hostile=hostile,
                reading=reading,
            )
            evaluations[reading].setdefault(name, []).append(one)
            run.add_evaluation(one, name, seed)
        if rise is not None:
            lines = metrics(name, seed, rise=rise)
            write_metrics(run, lines)
            trainings.append(_training(name, seed, len(lines), lines))

    keep(BEFORE, 0, (0.28, 0.22, 0.28, 0.21), 1)
    for seed in seeds if trained else ():
        keep(MAIN, seed, after, 10 + seed, 0.5, 0.95)
    for index, (name, (chance, readable, rise)) in enumerate(arms.items()):
        keep(name, 0, chance, 30 + index, rise, readable)
    if controls and len(readings) > 1:  # of no reading that a trained model has
        cool = evaluation((0.35, 0.3, 0.35, 0.3), seed=50, samples=1)
        cool = replace(cool, info={**cool.info, WAY_KEY: "low-temperature"})
        evaluations[SAMPLED]["low-temperature"] = [cool]
        run.add_evaluation(cool, "low-temperature")
    for step in (1, 80):
        texts = ("so 84 ." + text, "12 * 4 = 48 ; 48 + 37 = 85 . \\boxed{85}")
        run.training(MAIN, 0).add_rollouts(rollouts(texts, [step]))
    cause = None if trained else "12 of 12 steps taught nothing: no rollout was right"
    findings = Findings(
        evaluations, trained=trained, cause=cause, trainings=trainings, resamples=100
    )
    verdict = findings.verdict
    run.finish(
        RunResult(
            format=FORMAT_VERSION,
            sample_id=sample_id,
            model="microcosm",
            seeds=tuple(seeds),
            steps=80 if trained else 12,
            steps_planned=80,
            informative_groups=77 if trained else 0,
            groups=80,
            trained=trained,
            cause=cause,
            verdict=verdict.headline,
            verdict_kind=verdict.kind,
            reasons=verdict.reasons,
            warnings=(text,) if hostile else (),
            base={
                reading: {"overall": GroupAccuracy(48, by_arm[BEFORE][0].accuracy)}
                for reading, by_arm in evaluations.items()
            },
            greedy=findings.lifts.get(GREEDY),
            sampled=findings.lifts.get(SAMPLED),
            controls={},
            protocol=run.protocol,
            behaviour=(),
            trainings=tuple(trainings),
            seconds=1.0,
        )
    )
    return run.path
