"""The jobs of the experiment in `findings.py`: training runs, base evaluations and probes."""

import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sample_engineering.microcosm import benchmark, model_path, natural_pool
from sample_engineering.sample import Sample

TEMPLATE = "chat"  # as the recipe trains and `se validate` evaluates
# Seeds of the benchmark: items to choose by, items to confirm on; `se validate` has others yet.
CHOOSING, CONFIRMING = 1, 2
SHIPPED = "shipped"  # the base model that ships


@dataclass(frozen=True)
class Scale:
    """How much is run.

    Parameters
    ----------
    steps : int
        Of every training run but those along which a curve is drawn.
    group_size, max_tokens : int
        Of every training run.
    items, eval_samples : int
        Items of each domain that choices are made by; sampled completions of each item, beside the
        greedy one.
    confirming_items : int
        Items of each domain where arms are compared; other ones.
    probe_rollouts : int
        Rollouts of each candidate, free and forced.
    natural, composed : int
        Samples that predictors are fitted on, single-domain and composed ones.
    fresh_natural, fresh_composed : int
        Samples that they are confirmed on.
    candidates, prime_candidates : int
        Composed problems probed: for fitting and confirming, and for choosing the primes.
    primes, best : int
        First choices among the composed and the natural samples that get the confirming seeds.
    sets : tuple of int
        Numbers of different samples of the arms that train on many.
    rollouts_of_sets : int
        Of each sample of the largest set, to tell easy ones.
    seeds, confirming_seeds : tuple of int
        Seeds of the samples for fitting; seeds of everything that is compared with the prime.
    points : tuple of int
        Steps after which the weights of the runs along which a curve is drawn are evaluated.
    transfer : int
        Natural samples that are trained on other bases too.
    """

    steps: int
    group_size: int
    max_tokens: int
    items: int
    eval_samples: int
    confirming_items: int
    probe_rollouts: int
    natural: int
    composed: int
    fresh_natural: int
    fresh_composed: int
    candidates: int
    prime_candidates: int
    primes: int
    best: int
    sets: tuple[int, ...]
    rollouts_of_sets: int
    seeds: tuple[int, ...]
    confirming_seeds: tuple[int, ...]
    points: tuple[int, ...]
    transfer: int


@dataclass(frozen=True)
class Job:
    """One training run with its evaluations, an evaluation of a base, or a probe.

    Parameters
    ----------
    key : str
        Unique; kind, sample and seed.
    task : {"train", "base", "probe"}
    samples : tuple of dict
        Trained on in turns, or probed.
    seed : int
        Of the training.
    control : str, optional
        Name of a control arm that is trained instead, e.g. ``format-only``.
    groups : int
        Groups of a step.
    confirms : bool
        Whether it is evaluated on the confirming items.
    points : tuple of int
        Steps to evaluate, the last of which is the number of steps; empty: the last one only.
    settings : mapping
        Fields of the recipe to change.
    base : str
        Name of the base model.
    """

    key: str
    task: str
    samples: tuple[dict[str, Any], ...] = ()
    seed: int = 0
    control: str | None = None
    groups: int = 1
    confirms: bool = False
    points: tuple[int, ...] = ()
    settings: tuple[tuple[str, Any], ...] = ()
    base: str = SHIPPED


def carry_out(job: Job, scale: Scale, bases: Mapping[str, str]) -> dict[str, Any]:
    """Do one job in this process and return what the journal keeps."""
    import torch

    torch.set_num_threads(1)
    started = time.perf_counter(), time.process_time()
    samples = [Sample.from_dict(record) for record in job.samples]
    model = str(model_path()) if job.base == SHIPPED else bases[job.base]
    record = {"train": _train, "base": _base, "probe": _probe}[job.task](job, samples, scale, model)
    return {
        "key": job.key,
        "seed": job.seed,
        "samples": [sample.id for sample in samples],
        **record,
        "seconds": round(time.perf_counter() - started[0], 1),
        "cpu_seconds": round(time.process_time() - started[1], 1),
    }


def _train(job: Job, samples: list[Sample], scale: Scale, model: str) -> dict[str, Any]:
    from sample_engineering.runs import RunFolder
    from sample_engineering.runs.config import RunOptions
    from sample_engineering.trainers.arms import Arm, find_arm
    from sample_engineering.trainers.one_shot import train_one_shot
    from sample_engineering.trainers.recipes import load_recipe

    steps = job.points[-1] if job.points else scale.steps
    recipe = load_recipe("microcosm").with_(
        steps=steps,
        groups=job.groups,
        group_size=scale.group_size // job.groups,
        max_tokens=scale.max_tokens,
        template=TEMPLATE,
        save_every=steps,
        **dict(job.settings),
    )
    if job.control is None:
        arm = Arm("sample", samples=tuple(samples), seed=job.seed)
    else:
        declared = find_arm(job.control)
        drawn = declared.draw(samples[0], natural_pool(seed=0), job.seed)
        arm = Arm(
            "sample", samples=drawn.samples, reward=drawn.reward or declared.reward,
            seed=job.seed, needs=drawn.needs, rewarded=drawn.rewarded,
        )  # fmt: skip
    every = int(np.gcd.reduce(job.points)) if len(job.points) > 1 else None
    place = Path(tempfile.mkdtemp(prefix="findings-"))
    try:
        folder = RunFolder(place / "run").training("sample", job.seed)
        training = train_one_shot(
            model, arm, recipe, folder, options=RunOptions(device="cpu"), snapshot_every=every
        )
        assert training is not None
        curve = [line.pass_rate for line in folder.lines()]
        folder.close()
        # Where nothing was learnt there are no weights, and the base stands for them.
        weights = folder.weights if training.trained else Path(model)
        points = {
            str(step): _evaluate(folder.snapshot(step), scale, job.confirms)
            for step in job.points[:-1]
            if folder.snapshot(step).is_dir()
        }
        last = _evaluate(weights, scale, job.confirms)
        return {
            **last,
            "points": points,
            "trained": training.trained,
            "informative": training.progress.informative_groups,
            "curve": [round(value, 3) for value in curve],
            "warnings": list(training.warnings),
        }
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _base(job: Job, samples: list[Sample], scale: Scale, model: str) -> dict[str, Any]:
    return _evaluate(Path(model), scale, job.confirms)


def items_of(scale: Scale, confirms: bool = False) -> list[Sample]:
    """Return the items that runs are evaluated on; those that confirm share none with the rest."""
    first = benchmark(n_per_domain=scale.items, seed=CHOOSING)
    if not confirms:
        return first
    known = {item.problem for item in first}
    more = benchmark(n_per_domain=scale.confirming_items, seed=CONFIRMING)
    return [item for item in more if item.problem not in known]


def _evaluate(weights: Path, scale: Scale, confirms: bool) -> dict[str, Any]:
    """Ask the items greedily and by sampling."""
    from sample_engineering.evaluation.benchmark import Benchmark
    from sample_engineering.evaluation.evaluate import evaluate
    from sample_engineering.generation.transformers_engine import TransformersGenerator

    made = Benchmark(
        "microcosm",
        items_of(scale, confirms),
        template=TEMPLATE,
        max_tokens=scale.max_tokens,
        temperature=1.0,
    )
    generator = TransformersGenerator(weights)
    order = [item.id for item in made.items]
    found: dict[str, Any] = {}
    for reading in ("greedy", "sampled"):
        result = evaluate(
            generator, made, rollouts=scale.eval_samples, seed=0, greedy=reading == "greedy"
        )
        found[reading] = {
            "correct": [round(x, 4) for x in result.item_means("correct").reindex(order)],
            "readable": round(float(result.table["readable"].mean()), 4),
            "steps_written": round(float(result.table["completion"].str.count("=").mean()), 3),
        }
    return found


def _probe(job: Job, samples: list[Sample], scale: Scale, model: str) -> dict[str, Any]:
    """Sample every candidate from the base, freely and with the answer forced at once."""
    from sample_engineering.generation import Sampling
    from sample_engineering.generation.prompts import encode, render
    from sample_engineering.generation.transformers_engine import TransformersGenerator
    from sample_engineering.grading import grade_batch

    generator = TransformersGenerator(model)
    rollouts_each = scale.rollouts_of_sets if "/set" in job.key else scale.probe_rollouts
    prompts = [render(sample, TEMPLATE) for sample in samples]
    forced = [
        generator.tokenizer.decode(encode(prompt, generator.tokenizer)) + "\\boxed{"
        for prompt in prompts
    ]
    sampling = Sampling(n=rollouts_each, max_tokens=scale.max_tokens, seed=job.seed)
    free = generator.generate(prompts, sampling)
    short = generator.generate(forced, sampling.with_(max_tokens=8))
    rows = []
    for sample, rollouts, guesses in zip(samples, free, short, strict=True):
        grades = grade_batch([r.text for r in rollouts], [sample.answer] * len(rollouts))
        guessed = [guess.text.partition("}")[0] == sample.answer for guess in guesses]
        right = sum(grade.correct for grade in grades)
        rows.append(
            {
                "id": sample.id,
                "n": len(grades),
                "correct": right,
                "pass_rate": right / len(grades),
                "forced_pass_rate": float(np.mean(guessed)),
            }
        )
    return {"rows": rows}
