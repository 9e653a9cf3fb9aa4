"""How the figures of a run were got, in a few lines: trainings, seeds, protocol.

The same lines stand in the terminal, on the page and in a model's card.
"""

from dataclasses import replace
from math import isfinite
from statistics import stdev

from sample_engineering.errors import ConfigError, RunError
from sample_engineering.evaluation.contamination import Contamination
from sample_engineering.evaluation.power import NOISE, Design, minimum_detectable
from sample_engineering.evaluation.readings import GREEDY, SPENT_KEY
from sample_engineering.evaluation.verdict import FEWEST_SEEDS
from sample_engineering.report.conditions import algorithm_of
from sample_engineering.report.run import THIS, Run
from sample_engineering.runs.format import CONTAMINATION, MAIN
from sample_engineering.runs.result import Training, WarmStart
from sample_engineering.text import count_of
from sample_engineering.trainers.algorithms import find_algorithm


def facts(run: Run) -> list[tuple[str, str]]:
    """Return name and text of each line; those that are not known are left out."""
    found = [
        ("base model", run.model_name or ""),
        ("algorithm", _algorithm(run)),
        ("warm start", _warmed(run)),
        ("trained", _trained(run)),
        ("tokens", _spent(run)),
        *((f"lift by seed, {reading}", _by_seed(run, reading)) for reading in run.lifts),
        ("watched", _watched(run)),
        ("asked", _asked(run)),
        ("could show", _detectable(run)),
        ("protocol", _protocol(run)),
        ("known by heart", _contamination(run)),
    ]
    return [(name, text) for name, text in found if text]


def _algorithm(run: Run) -> str:
    """Name the algorithm, its paper, and what it is."""
    if run.folder.config is None:
        return ""
    name = algorithm_of(run)
    try:
        found = find_algorithm(name)
    except ConfigError:  # of a package that is not installed here
        return name
    paper = f" (arXiv {found.paper})" if found.paper else ""
    return f"{name}{paper}: {found.summary}"


def _contamination(run: Run) -> str:
    """Say what `se contamination --run` found; nothing where it was not asked."""
    path = run.folder.path / CONTAMINATION
    if not path.is_file():
        return ""
    try:
        found = Contamination.load(path)
        return f"{found.verdict} {found.answers}"
    except RunError as error:
        return f"{path.name} cannot be read ({error})"


def _trained(run: Run) -> str:
    by_arm: dict[str, list[Training]] = {}
    for training in run.findings.trainings:
        by_arm.setdefault(training.arm, []).append(training)
    told = []
    for arm, runs in by_arm.items():
        name = THIS if arm == MAIN else arm
        steps = sorted({one.progress.steps for one in runs})
        span = f"{steps[0]} to {steps[-1]} steps" if len(steps) > 1 else count_of(steps[0], "step")
        taught = sum(one.progress.informative_steps for one in runs)
        if not all(one.rewarded for one in runs):
            how = "without rewards"
        elif taught:
            how = f"{taught} of {sum(one.progress.steps for one in runs)} with rewards that differ"
        else:
            how = "none with rewards that differ: it could not move"
        told.append(f"{name} {count_of(len(runs), 'time')}, {span} ({how})")
    return "; ".join(told)


def _warmed(run: Run) -> str:
    """Say what was done before the first step, and that the base of a lift did without it."""
    told = [
        f"seed {one.seed}: {_warm_up(one.warm_start)}"
        for one in run.findings.trainings
        if one.arm == MAIN and one.warm_start is not None
    ]
    if not told:
        return ""
    return "; ".join(told) + ". The base of every lift is the model that was not warmed up"


def _warm_up(warm: WarmStart) -> str:
    sampled = f"{warm.rollouts} rollouts of the base model ({warm.sampled_tokens:,} tokens)"
    if not warm.steps:
        return f"{warm.kind}, but there was nothing to warm up on in {sampled}"
    primitives = count_of(warm.primitives, "reasoning primitive")
    return (
        f"{warm.kind}, {count_of(warm.steps, 'step')} on {count_of(warm.texts, 'text')} with "
        f"{primitives} ({warm.trained_tokens:,} tokens learnt), of {sampled}, {warm.right} right"
    )


def _spent(run: Run) -> str:
    """Say what a way of sampling took, beside what the training and its model took."""
    spent = {
        arm: float(own[0].info[SPENT_KEY])
        for arms in run.findings.evaluations.values()
        for arm, own in arms.items()
        if own and isinstance(own[0].info.get(SPENT_KEY), int | float)
    }
    if not spent:
        return ""
    told = [f"{arm} drew {tokens:,.0f} for each answer" for arm, tokens in spent.items()]
    if own := run.evaluations.get(MAIN):
        mean = sum(float(one.table["tokens"].mean()) for one in own) / len(own)
        told.append(f"the trained model {mean:,.0f}")
    rollouts = sum(one.length * one.rollouts for one in run.folder.metrics if one.arm == MAIN)
    seeds = len({one.seed for one in run.folder.metrics if one.arm == MAIN})
    if seeds:
        told.append(f"after {rollouts / seeds:,.0f} tokens of rollouts in each training")
    return ", ".join(told)


def _watched(run: Run) -> str:
    """Say whether trainings on the sample forgot any of the development items on the way."""
    looks = [
        point
        for training in run.findings.trainings
        if training.arm == MAIN
        for point in training.development
    ]
    if not looks:
        return ""
    worst = min(looks, key=lambda point: point.p_value)
    alarm = (
        f"more was lost than chance takes after step {worst.step}: {worst.lost} lost, "
        f"{worst.gained} gained"
        if worst.alarming
        else f"at no look more lost than chance takes (at most {max(p.lost for p in looks)})"
    )
    return f"{count_of(worst.items, 'development item')} while it trained: {alarm}"


def _by_seed(run: Run, reading: str) -> str:
    lifts = run.seed_lifts(reading)
    if len(lifts) < 2:
        return ""
    return ", ".join(f"{seed}: {100 * lift:+.1f}" for seed, lift in lifts.items())


def _asked(run: Run) -> str:
    config = run.folder.config
    if config is None:
        return ""
    settings = config.evaluation
    ways = []
    for reading in run.lifts or run.folder.readings:
        if reading == GREEDY:
            ways.append("once at temperature 0")
        else:
            times = count_of(settings.rollouts, "time")
            ways.append(f"{times} at temperature {settings.temperature:g}")
    return (
        f"benchmark {settings.benchmark}, {count_of(settings.items, 'item')}, each "
        f"{' and '.join(ways)}, at most {settings.max_tokens} tokens"
    )


def _detectable(run: Run) -> str:
    """Say which lifts a run of this size shows, 4 times in 5.

    From the accuracy of its base model, and from how much its training seeds differ, where there
    are enough of them; that is a little too much, since it holds the noise of sampling too.
    """
    told = []
    for reading, lift in run.lifts.items():
        overall, domains = lift.overall, len(lift.domains)
        if overall.n < 2:
            continue
        seeds = list(run.seed_lifts(reading).values())
        whole = Design(
            overall.n,
            lift.samples_after,
            accuracy=min(1.0, max(0.0, overall.before)),
            seeds=lift.seeds_after,
            noise=stdev(seeds) if len(seeds) >= FEWEST_SEEDS else NOISE,
        )
        text = f"{reading} lifts {_from(whole)} overall"
        if domains > 1:
            each = replace(whole, items=max(2, overall.n // domains), tests=domains)
            text += f", {_from(each)} in a domain"
        told.append(text)
    return f"{'; '.join(told)} (4 times in 5)" if told else ""


def _from(design: Design) -> str:
    least = minimum_detectable(design)
    return f"from {100 * least:.1f} points" if isfinite(least) else "of no size"


def _protocol(run: Run) -> str:
    protocol = run.folder.protocol
    return "" if protocol is None else f"{protocol.digest}, the same for every arm"
