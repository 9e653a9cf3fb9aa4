"""The jobs of the experiment in `findings.py`: training runs, base evaluations and probes."""

import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sample_engineering.microcosm import benchmark, model_path
from sample_engineering.sample import Sample

TEMPLATE = "{problem}"
# Seeds of the benchmark: items to choose by, items to confirm on; `se validate` has others yet.
CHOOSING, CONFIRMING = 1, 2


@dataclass(frozen=True)
class Scale:
    """How much is run.

    Parameters
    ----------
    steps, confirming_steps : int
        Of the runs that choices are made by, and of those that the prime is compared in.
    group_size, max_tokens : int
        Of every training run.
    items, eval_samples : int
        Items of each domain, completions of each item.
    confirming_items, confirming_samples : int
        The same where the prime is compared; on other items.
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
    different : int
        Samples of the arm that trains on many.
    seeds, confirming_seeds : tuple of int
        Seeds of the natural samples; seeds of everything that is compared with the prime.
    """

    steps: int
    confirming_steps: int
    group_size: int
    max_tokens: int
    items: int
    eval_samples: int
    confirming_items: int
    confirming_samples: int
    probe_rollouts: int
    natural: int
    composed: int
    fresh_natural: int
    fresh_composed: int
    candidates: int
    prime_candidates: int
    primes: int
    best: int
    different: int
    seeds: tuple[int, ...]
    confirming_seeds: tuple[int, ...]


@dataclass(frozen=True)
class Job:
    """One training run with its evaluation, an evaluation of the base, or a probe."""

    key: str
    task: str  # train | base | probe
    samples: tuple[dict[str, Any], ...] = ()
    seed: int = 0
    reward: str | None = None
    groups: int = 1
    confirms: bool = False


def carry_out(job: Job, scale: Scale) -> dict[str, Any]:
    """Do one job in this process and return what the journal keeps."""
    import torch

    torch.set_num_threads(1)
    started = time.perf_counter(), time.process_time()
    samples = [Sample.from_dict(record) for record in job.samples]
    record = {"train": _train, "base": _base, "probe": _probe}[job.task](job, samples, scale)
    return {
        "key": job.key,
        "seed": job.seed,
        "samples": [sample.id for sample in samples],
        **record,
        "seconds": round(time.perf_counter() - started[0], 1),
        "cpu_seconds": round(time.process_time() - started[1], 1),
    }


def _train(job: Job, samples: list[Sample], scale: Scale) -> dict[str, Any]:
    from sample_engineering.generation.transformers_engine import TransformersGenerator
    from sample_engineering.runs import RunFolder
    from sample_engineering.runs.config import RunOptions
    from sample_engineering.trainers.arms import Arm
    from sample_engineering.trainers.one_shot import train_one_shot
    from sample_engineering.trainers.recipes import load_recipe

    steps = scale.confirming_steps if job.confirms else scale.steps
    recipe = load_recipe("microcosm").with_(
        steps=steps,
        groups=job.groups,
        group_size=scale.group_size // job.groups,
        max_tokens=scale.max_tokens,
        template=TEMPLATE,
        save_every=steps,
    )
    place = Path(tempfile.mkdtemp(prefix="findings-"))
    try:
        folder = RunFolder(place / "run").training("sample", job.seed)
        arm = Arm("sample", samples=tuple(samples), reward=job.reward, seed=job.seed)
        training = train_one_shot(
            str(model_path()), arm, recipe, folder, options=RunOptions(device="cpu")
        )
        curve = [line.pass_rate for line in folder.lines()]
        folder.close()
        # Where nothing was learnt there are no weights, and the base stands for them.
        weights = folder.weights if training.trained else model_path()
        return {
            **_evaluate(TransformersGenerator(weights), scale, job.confirms),
            "trained": training.trained,
            "informative": training.progress.informative_groups,
            "curve": [round(value, 3) for value in curve],
            "warnings": list(training.warnings),
        }
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _base(job: Job, samples: list[Sample], scale: Scale) -> dict[str, Any]:
    from sample_engineering.generation.transformers_engine import TransformersGenerator

    greedy = job.key == "base/greedy"
    return _evaluate(TransformersGenerator(model_path()), scale, job.confirms, greedy=greedy)


def items_of(scale: Scale, confirms: bool = False) -> list[Sample]:
    """Return the items that runs are evaluated on; those that confirm share none with the rest."""
    first = benchmark(n_per_domain=scale.items, seed=CHOOSING)
    if not confirms:
        return first
    known = {item.problem for item in first}
    more = benchmark(n_per_domain=scale.confirming_items, seed=CONFIRMING)
    return [item for item in more if item.problem not in known]


def _evaluate(
    generator: Any, scale: Scale, confirms: bool = False, *, greedy: bool = False
) -> dict[str, Any]:
    from sample_engineering.evaluation.benchmark import Benchmark
    from sample_engineering.evaluation.evaluate import evaluate

    made = Benchmark(
        "microcosm",
        items_of(scale, confirms),
        template=TEMPLATE,
        max_tokens=scale.max_tokens,
        temperature=1.0,
    )
    each = scale.confirming_samples if confirms else scale.eval_samples
    result = evaluate(generator, made, rollouts=each, seed=0, greedy=greedy)
    order = [item.id for item in made.items]
    return {
        "correct": [round(x, 4) for x in result.item_means("correct").reindex(order)],
        "readable": round(float(result.table["readable"].mean()), 4),
        "steps_written": round(float(result.table["completion"].str.count("=").mean()), 3),
    }


def _probe(job: Job, samples: list[Sample], scale: Scale) -> dict[str, Any]:
    """Sample every candidate from the base, freely and with the answer forced at once."""
    from sample_engineering.generation import Sampling
    from sample_engineering.generation.prompts import encode, render
    from sample_engineering.generation.transformers_engine import TransformersGenerator
    from sample_engineering.grading import grade_batch

    generator = TransformersGenerator(model_path())
    prompts = [render(sample.problem, TEMPLATE) for sample in samples]
    forced = [
        generator.tokenizer.decode(encode(prompt, generator.tokenizer)) + "\\boxed{"
        for prompt in prompts
    ]
    sampling = Sampling(n=scale.probe_rollouts, max_tokens=scale.max_tokens, seed=job.seed)
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
