"""The experiment that the project stands on, on the embedded microcosm.

    python benchmarks/findings.py --out runs/findings

1. One sample lifts every domain, more than a random reward and a format-only reward do.
2. Lift differs between samples more than between seeds; what predicts it before training.
3. Composed problems against natural ones, and against 64 different samples.

All training goes through the package's own path (`trainers.one_shot`). Every finished
job is a line of ``journal.jsonl``; running the command again goes on where it stopped. The last
stage prints one JSON object and writes ``findings.json``.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # two processes with one thread each
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np

from sample_engineering.files import Journal, write_json
from sample_engineering.microcosm import benchmark, default_sample, model_path, natural_pool
from sample_engineering.sample import Sample
from sample_engineering.synthesis.compact import compact_domains, compose_compact

TEMPLATE = "{problem}"
RESAMPLES = 4000  # of every bootstrap
PROBE_ROLLOUTS = 64
DIFFERENT = 64  # samples of the arm that trains on many
FIRST_SEED = 0
BENCHMARK_SEED = 1  # other items than `se validate` uses by default


@dataclass(frozen=True)
class Scale:
    """How much is run; `full` takes about an hour on two cores alone."""

    steps: int
    group_size: int
    max_tokens: int
    items: int  # of each domain
    eval_samples: int
    natural: int
    natural_fresh: int
    composed: int
    composed_fresh: int
    candidates: int  # composed problems probed for the prime
    primes: int
    seeds: tuple[int, ...]


SCALES = {
    "full": Scale(50, 64, 160, 30, 4, 24, 8, 10, 6, 120, 2, (0, 1)),
    "tiny": Scale(4, 16, 120, 4, 1, 3, 2, 2, 2, 6, 1, (0, 1)),
}


# ---------------------------------------------------------------------------------------- jobs


@dataclass(frozen=True)
class Job:
    """One training run with its evaluation, an evaluation of the base, or a probe."""

    key: str
    task: str  # train | base | probe
    samples: tuple[dict[str, Any], ...]
    seed: int = 0
    reward: str | None = None
    groups: int = 1


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


def _recipe(scale: Scale, groups: int = 1) -> Any:
    from sample_engineering.trainers.recipes import RECIPES

    return RECIPES["microcosm"].with_(
        steps=scale.steps,
        groups=groups,
        group_size=scale.group_size // groups,
        max_tokens=scale.max_tokens,
        template=TEMPLATE,
        save_every=scale.steps,
    )


def _train(job: Job, samples: list[Sample], scale: Scale) -> dict[str, Any]:
    from sample_engineering.generation.transformers_backend import TransformersGenerator
    from sample_engineering.trainers.one_shot import train_one_shot
    from sample_engineering.trainers.run_folder import RunFolder

    place = Path(tempfile.mkdtemp(prefix="findings-"))
    try:
        folder = RunFolder.create(place / "run", {"job": job.key})
        model, tokenizer, training = train_one_shot(
            str(model_path()),
            samples,
            _recipe(scale, job.groups),
            folder,
            seed=job.seed,
            reward=job.reward,
            device="cpu",
        )
        curve = [line["pass_rate"] for line in folder.metrics("sample", job.seed)]
        folder.close()
        return {
            **_evaluate(TransformersGenerator(model, tokenizer), scale),
            "trained": training.trained,
            "informative": training.progress.informative_groups,
            "curve": [round(value, 3) for value in curve],
            "warnings": list(training.warnings),
        }
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _base(job: Job, samples: list[Sample], scale: Scale) -> dict[str, Any]:
    from sample_engineering.generation.transformers_backend import TransformersGenerator

    return _evaluate(TransformersGenerator(model_path()), scale, greedy=job.key == "base/greedy")


def items_of(scale: Scale) -> list[Sample]:
    """Return the items that every run is evaluated on."""
    return benchmark(n_per_domain=scale.items, seed=BENCHMARK_SEED)


def _evaluate(generator: Any, scale: Scale, greedy: bool = False) -> dict[str, Any]:
    from sample_engineering.evaluation.benchmark import Benchmark
    from sample_engineering.evaluation.evaluate import evaluate

    made = Benchmark(
        "microcosm",
        items_of(scale),
        template=TEMPLATE,
        max_tokens=scale.max_tokens,
        temperature=1.0,
    )
    result = evaluate(generator, made, samples_per_item=scale.eval_samples, seed=0, greedy=greedy)
    order = [item.id for item in made.items]
    return {
        "correct": [round(x, 4) for x in result.item_means("correct").reindex(order)],
        "readable": round(float(result.table["readable"].mean()), 4),
        "samples_per_item": scale.eval_samples,
        "steps_written": round(float(result.table["completion"].str.count("=").mean()), 3),
    }


def _probe(job: Job, samples: list[Sample], scale: Scale) -> dict[str, Any]:
    """Sample every candidate from the base, freely and with the answer forced at once."""
    from sample_engineering.generation.prompts import encode, render
    from sample_engineering.generation.transformers_backend import TransformersGenerator
    from sample_engineering.grading import grade_batch

    generator = TransformersGenerator(model_path())
    prompts = [render(sample.problem, TEMPLATE) for sample in samples]
    forced = [
        generator.tokenizer.decode(encode(prompt, generator.tokenizer)) + "\\boxed{"
        for prompt in prompts
    ]
    options = {"n": PROBE_ROLLOUTS, "temperature": 1.0, "seed": job.seed}
    free = generator.generate(prompts, max_tokens=scale.max_tokens, **options)
    short = generator.generate(forced, max_tokens=8, **options)
    rows = []
    for sample, rollouts, guesses in zip(samples, free, short, strict=True):
        texts = [rollout.text for rollout in rollouts]
        right = np.array([g.correct for g in grade_batch(texts, [sample.answer] * len(texts))])
        steps = np.array([text.count("=") for text in texts], dtype=float)
        guessed = [guess.text.partition("}")[0] == sample.answer for guess in guesses]
        rows.append(
            {
                "id": sample.id,
                "pass_rate": float(right.mean()),
                "forced": float(np.mean(guessed)),
                "step_gain": push(right, steps),
                "skill_gain": {
                    name: push(right, np.array([parts_written(text, sign) for text in texts]))
                    for name, sign in SIGNS.items()
                },
            }
        )
    return {"rows": rows}


# How the operations of the dialect show in a solution's text.
SIGNS = {
    "addition": " + ",
    "subtraction": " - ",
    "multiplication": " * ",
    "division": " / ",
    "squaring": "^ 2",
    "cubing": "^ 3",
    "halving": "half of",
    "doubling": "twice",
    "percentage": "% of",
    "remainder": "mod",
}


def parts_written(text: str, sign: str) -> float:
    """Count the steps of an operation that were broken into parts."""
    steps = [step.split(" = ") for step in text.split("; ")]
    return float(sum(sign in step[0] and len(step) > 2 for step in steps))


def push(right: np.ndarray, amount: np.ndarray) -> float:
    """Mean over rollouts of amount times GRPO's advantage: the first push of training on it."""
    spread = right.std()
    return float(np.mean((right - right.mean()) * amount) / spread) if spread > 0 else 0.0


# ------------------------------------------------------------------------------------- samples


def plan_samples(scale: Scale) -> dict[str, list[Sample]]:
    """Return every set of samples; they share no problem, and none is a benchmark item."""
    taken = {item.problem for item in items_of(scale)}

    def some(samples: Iterable[Sample], count: int, prefix: str, seed: int) -> list[Sample]:
        fresh = [sample for sample in samples if sample.problem not in taken]
        order = np.random.default_rng(seed).permutation(len(fresh))[:count]
        chosen = [fresh[i] for i in sorted(order)]
        taken.update(sample.problem for sample in chosen)
        return [sample.with_(id=f"{prefix}-{sample.id}") for sample in chosen]

    domains = compact_domains()
    candidates = compose_compact(domains, n=scale.candidates, steps=(2, 2), seed=13)
    return {
        "natural": some(natural_pool(seed=0), scale.natural, "fit", 1),
        "natural_fresh": some(natural_pool(seed=5), scale.natural_fresh, "fresh", 3),
        "candidates": some(candidates, scale.candidates, "prime", 5),
        "different": some(natural_pool(seed=6, per_template=2), DIFFERENT, "many", 6),
    }


def choose_composed(
    sets: Mapping[str, list[Sample]], done: Mapping[str, Any], scale: Scale
) -> dict[str, list[Sample]]:
    """Split the probed candidates that the base can reason to: odd ones to fit, even ones fresh."""
    rates = {
        row["id"]: row["pass_rate"]
        for key, entry in done.items()
        if key.startswith("probe/")
        for row in entry["rows"]
    }
    halves = [
        [sample for sample in sets["candidates"][start::2] if rates[sample.id] >= FLOOR]
        for start in (1, 0)
    ]
    return {
        **sets,
        "composed": halves[0][: scale.composed],
        "composed_fresh": halves[1][: scale.composed_fresh],
        "candidates": halves[1],
    }


def first_jobs(sets: Mapping[str, list[Sample]], scale: Scale) -> list[Job]:
    """Return the jobs that depend on no result."""
    jobs = [Job("base/sampled", "base", ()), Job("base/greedy", "base", ())]
    for name in ("natural", "natural_fresh", "candidates"):
        records = [sample.to_dict() for sample in sets[name]]
        half = (len(records) + 1) // 2
        for part in (0, 1):
            chosen = tuple(records[part * half : (part + 1) * half])
            jobs.append(Job(f"probe/{name}/{part}", "probe", chosen))
    many = tuple(sample.to_dict() for sample in sets["different"])
    default = (default_sample().to_dict(),)
    groups = min(8, scale.group_size // 4)
    for value in (seed + len(scale.seeds) for seed in scale.seeds):
        for reward in (None, "format", "random"):
            key = f"default/{reward or 'correctness'}/{value}"
            jobs.append(Job(key, "train", default, value, reward))
        jobs.append(Job(f"different/{value}", "train", many, value, None, groups))
    return jobs


def fitting_jobs(sets: Mapping[str, list[Sample]], scale: Scale) -> list[Job]:
    """Return the runs that the objective is fitted on."""
    return [
        job
        for name in ("natural", "composed")
        for job in sample_jobs(name, sets[name], scale.seeds[0])
    ]


def sample_jobs(kind: str, samples: Sequence[Sample], seed: int) -> list[Job]:
    """Return a training run for each sample."""
    return [
        Job(f"{kind}/{sample.id}/{seed}", "train", (sample.to_dict(),), seed) for sample in samples
    ]


def prime_jobs(
    sets: Mapping[str, list[Sample]], done: Mapping[str, Any], scale: Scale
) -> list[Job]:
    """Return the runs of the primes, with seeds that no choice was made by."""
    study = Study(sets, done)
    return [
        job
        for prime in study.primes(scale.primes)
        for seed in scale.seeds
        for job in sample_jobs("prime", [prime], seed + len(scale.seeds))
    ]


def later_jobs(
    sets: Mapping[str, list[Sample]], done: Mapping[str, Any], scale: Scale
) -> list[Job]:
    """Return the best natural sample's runs, second seeds, and the fresh samples."""
    study, seed = Study(sets, done), scale.seeds[0]
    best = max(sets["natural"], key=lambda sample: study.lift("natural", sample.id, seed))
    jobs: list[Job] = []
    if best.id.removeprefix("fit-") != default_sample().id:  # whose runs are there already
        for value in scale.seeds:
            jobs += sample_jobs("best", [best], value + len(scale.seeds))
    for other in scale.seeds[1:]:
        jobs += sample_jobs("natural", sets["natural"], other)
    for name in ("natural_fresh", "composed_fresh"):
        jobs += sample_jobs(name, sets[name], seed)
    return jobs


def run_jobs(jobs: Sequence[Job], journal: Journal, scale: Scale, workers: int) -> None:
    """Do what the journal does not have yet, `workers` jobs at a time."""
    done = {entry["key"] for entry in journal.entries()}
    todo = [job for job in jobs if job.key not in done]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        futures = {pool.submit(carry_out, job, scale): job for job in todo}
        for number, future in enumerate(as_completed(futures), 1):
            entry = future.result()
            journal.append(entry)
            what = f"accuracy {np.mean(entry['correct']):.3f}" if "correct" in entry else "probed"
            print(
                f"[{number}/{len(todo)}] {entry['key']}  {what}  {entry['seconds']:.0f} s",
                file=sys.stderr,
                flush=True,
            )


# ------------------------------------------------------------------------------------ analysis

TEXT = ("written_operations", "demand", "skill_salience", "cross_domain", "skills", "domains")
PROBED = ("pass_rate", "learnability", "forced", "dependence", "step_gain", "skill_gain")


def demand() -> dict[str, float]:
    """Return how many operations of each skill a natural problem of the world needs on average."""
    pool = natural_pool(seed=9)
    counts = Counter(skill for sample in pool for skill in sample.skills)
    return {skill: number / len(pool) for skill, number in counts.items()}


def text_features(samples: Sequence[Sample]) -> dict[str, dict[str, float]]:
    """Return what is known of each sample before anything is run, by the package's selectors."""
    from sample_engineering.selectors.coverage import tags_of
    from sample_engineering.selectors.cross_domain import CrossDomain
    from sample_engineering.selectors.skill_salience import SkillSalience
    from sample_engineering.selectors.written_operations import WrittenOperations

    tags, targets, weights = tags_of(samples), compact_domains(), demand()
    columns = {
        selector.name: selector.score(samples).values
        for selector in (
            WrittenOperations(tags),
            SkillSalience(tags, targets),
            CrossDomain(tags, targets),
        )
    }
    return {
        sample.id: {
            **{name: float(values[i]) for name, values in columns.items()},
            "demand": sum(weights[skill] for skill in sample.skills),
            "skills": float(len(sample.skills)),
            "domains": float(len(sample.domains)),
        }
        for i, sample in enumerate(samples)
    }


class Study:
    """What the journal says, with the objective fitted on the first sets of samples."""

    def __init__(self, sets: Mapping[str, list[Sample]], done: Mapping[str, Any]) -> None:
        self.sets, self.done = sets, done
        self.base = np.array(done["base/sampled"]["correct"])
        self.rows: dict[str, dict[str, float]] = {}
        weights = demand()
        for samples in sets.values():
            self.rows.update(text_features(samples))
        for key, entry in done.items():
            for row in entry.get("rows", ()) if key.startswith("probe/") else ():
                if row["id"] not in self.rows:
                    continue  # a candidate below the floor
                p = row["pass_rate"]
                self.rows[row["id"]] |= {
                    "pass_rate": p,
                    "learnability": p * (1 - p),
                    "forced": row["forced"],
                    "dependence": p - row["forced"],
                    "step_gain": row["step_gain"],
                    "skill_gain": sum(weights[s] * x for s, x in row["skill_gain"].items()),
                }
        self.weights = self._fit() if done.keys() & self._fitting() else {}

    def runs(self, *prefix: str) -> list[np.ndarray]:
        """Return accuracies by item of each run whose key starts with `prefix`."""
        start = "/".join(prefix) + "/"
        return [
            np.array(entry["correct"]) for key, entry in self.done.items() if key.startswith(start)
        ]

    def lift(self, kind: str, sample_id: str, seed: int | None = None) -> float:
        """Return the mean lift of a sample over all items, and its seeds unless one is named."""
        runs = self.runs(kind, sample_id)
        if seed is not None:
            runs = [np.array(self.done[f"{kind}/{sample_id}/{seed}"]["correct"])]
        return float(np.mean([run.mean() for run in runs]) - self.base.mean())

    def lifts(self, *kinds: str) -> tuple[list[str], np.ndarray]:
        """Return ids and lifts of the trained samples of some kinds."""
        names = [
            (kind, sample.id)
            for kind in kinds
            for sample in self.sets[kind]
            if self.runs(kind, sample.id)
        ]
        return [name for _, name in names], np.array([self.lift(*name) for name in names])

    def seed_variance(self) -> tuple[float, int]:
        """Return the variance of lift between seeds, and how many trainings it rests on."""
        groups: dict[str, list[float]] = {}
        for key, entry in self.done.items():
            if "curve" in entry:
                groups.setdefault(key.rpartition("/")[0], []).append(np.mean(entry["correct"]))
        several = [np.var(values, ddof=1) for values in groups.values() if len(values) > 1]
        return float(np.mean(several)) if several else float("nan"), len(several)

    def _fitting(self) -> set[str]:
        kinds = ("natural", "composed")
        return {f"{k}/{sample.id}/{FIRST_SEED}" for k in kinds for sample in self.sets[k]}

    def _fit(self) -> dict[str, Any]:
        kinds = ("natural", "composed")
        names, _ = self.lifts(*kinds)
        # Only first seeds, so that runs added later change no choice.
        lifts = np.array(
            [
                self.lift(kind, sample.id, FIRST_SEED)
                for kind in kinds
                for sample in self.sets[kind]
                if self.runs(kind, sample.id)
            ]
        )
        table = np.array([[self.rows[name][f] for f in FEATURES] for name in names])
        mean, spread = table.mean(0), table.std(0) + 1e-9
        scaled = np.clip((table - mean) / spread, -CLIP, CLIP)
        ridge = np.linalg.solve(
            scaled.T @ scaled + RIDGE * np.eye(len(FEATURES)), scaled.T @ (lifts - lifts.mean())
        )
        return {"mean": mean, "spread": spread, "weights": ridge, "level": lifts.mean()}

    def objective(self, names: Sequence[str]) -> np.ndarray:
        """Return the predicted lift of samples by id."""
        fit = self.weights
        table = np.array([[self.rows[name][f] for f in FEATURES] for name in names])
        scaled = np.clip((table - fit["mean"]) / fit["spread"], -CLIP, CLIP)
        return fit["level"] + scaled @ fit["weights"]

    def primes(self, count: int) -> list[Sample]:
        """Return the composed candidates with the largest step gain, best first."""
        candidates = self.sets["candidates"]
        scores = np.array([self.rows[candidate.id]["step_gain"] for candidate in candidates])
        return [candidates[i] for i in np.argsort(-scores, kind="stable")[:count]]


# Chosen before any fresh sample was trained on; see docs/lab/microcosm.md.
FEATURES = ("written_operations", "skill_salience", "pass_rate", "dependence", "step_gain")
RIDGE = 5.0
CLIP = 2.0
FLOOR = 0.06  # below this early pass rate a sample may be learnt by guessing, which harms


def interval(values: np.ndarray) -> tuple[float, float]:
    """Return the central 95 % of bootstrap values."""
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return round(float(low), 4), round(float(high), 4)


def spearman(first: np.ndarray, second: np.ndarray) -> float:
    """Rank correlation, ties shared."""
    from scipy.stats import rankdata

    a, b = rankdata(first), rankdata(second)
    if a.std() == 0 or b.std() == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def rank_report(score: np.ndarray, lifts: np.ndarray) -> dict[str, Any]:
    """Correlation of a score with lift, and where its first choice stands."""
    rng = np.random.default_rng(0)
    draws = rng.integers(len(lifts), size=(RESAMPLES, len(lifts)))
    first = lifts[int(np.argmax(score))]
    return {
        "rho": round(spearman(score, lifts), 3),
        "interval": interval(np.array([spearman(score[d], lifts[d]) for d in draws])),
        "n": len(lifts),
        "percentile_of_first": round(float(np.mean(lifts <= first)), 3),
    }


def lift_report(base: np.ndarray, runs: Sequence[np.ndarray], items: Sequence[Sample]) -> dict:
    """Lift by domain, split and overall, with intervals over items and seeds."""
    rng = np.random.default_rng(0)
    table = np.array(runs) - base
    groups: dict[str, list[int]] = {"overall": list(range(len(items)))}
    for i, item in enumerate(items):
        groups.setdefault(item.domains[0], []).append(i)
        held_out = item.extra.get("held_out")
        groups.setdefault("seen" if not held_out else f"unseen {held_out}", []).append(i)
    report = {}
    for name, places in groups.items():
        part = table[:, places]
        rows = rng.integers(len(table), size=(RESAMPLES, len(table)))
        columns = rng.integers(len(places), size=(RESAMPLES, len(places)))
        means = np.array([part[np.ix_(r, c)].mean() for r, c in zip(rows, columns, strict=True)])
        report[name] = {
            "before": round(float(base[places].mean()), 4),
            "lift": round(float(part.mean()), 4),
            "interval": interval(means),
        }
    return report


def difference(first: Sequence[np.ndarray], second: Sequence[np.ndarray]) -> dict[str, Any]:
    """Difference of mean accuracy of two sets of runs, interval over items and runs."""
    rng = np.random.default_rng(0)
    a, b = np.array(first), np.array(second)
    draws = []
    for _ in range(RESAMPLES):
        columns = rng.integers(a.shape[1], size=a.shape[1])
        mine = a[rng.integers(len(a), size=len(a))][:, columns].mean()
        draws.append(mine - b[rng.integers(len(b), size=len(b))][:, columns].mean())
    return {
        "difference": round(float(a.mean() - b.mean()), 4),
        "interval": interval(np.array(draws)),
    }


def conclude(sets: Mapping[str, list[Sample]], done: Mapping[str, Any], scale: Scale) -> dict:
    """Compute every figure of the write-up from the journal."""
    study, items = Study(sets, done), items_of(scale)
    base = study.base
    found: dict[str, Any] = {
        "scale": asdict(scale),
        "base": {
            "sampled": round(float(base.mean()), 4),
            "greedy": round(float(np.mean(done["base/greedy"]["correct"])), 4),
        },
        "one_sample": {
            reward: lift_report(base, study.runs("default", reward), items)
            for reward in ("correctness", "random", "format")
            if study.runs("default", reward)
        },
    }
    names, lifts = study.lifts("natural")
    within, repeated = study.seed_variance()
    seeds_each = np.mean([len(study.runs("natural", name)) for name in names])
    between = max(float(lifts.var(ddof=1)) - within / seeds_each, 0.0)
    found["natural"] = {
        "n": len(names),
        "mean_lift": round(float(lifts.mean()), 4),
        "sd_between_samples": round(between**0.5, 4),
        "sd_between_seeds": round(within**0.5, 4),
        "trainings_repeated_with_other_seeds": repeated,
        "lifts": dict(zip(names, [round(float(x), 4) for x in lifts], strict=True)),
    }
    found["predictors"] = {}
    for label, kinds in {
        "natural": ("natural",),
        "fit": ("natural", "composed"),
        "fresh": ("natural_fresh", "composed_fresh"),
        "fresh natural": ("natural_fresh",),
        "fresh composed": ("composed_fresh",),
    }.items():
        names, lifts = study.lifts(*kinds)
        if len(names) < 3:
            continue
        columns = {f: np.array([study.rows[n][f] for n in names]) for f in (*TEXT, *PROBED)}
        columns["objective"] = study.objective(names)
        found["predictors"][label] = {
            name: rank_report(values, lifts) for name, values in columns.items() if values.std() > 0
        }
    found["objective"] = dict(
        zip(FEATURES, [round(float(w), 4) for w in study.weights["weights"]], strict=True)
    )
    primes = study.primes(scale.primes)
    prime_runs = {prime.id: study.runs("prime", prime.id) for prime in primes}
    if all(prime_runs.values()):
        found["prime"] = _prime_report(study, primes, prime_runs, items)
    return found


def _prime_report(
    study: Study,
    primes: Sequence[Sample],
    runs: Mapping[str, list[np.ndarray]],
    items: Sequence[Sample],
) -> dict[str, Any]:
    names, lifts = study.lifts("natural")
    order = np.argsort(lifts)
    median = names[int(order[len(order) // 2])]
    first = runs[primes[0].id]
    best = study.runs("best") or study.runs("default", "correctness")
    many = study.runs("different")
    every = [run for name in names for run in study.runs("natural", name)]
    return {
        "primes": {
            prime.id: {
                "problem": prime.problem,
                "answer": prime.answer,
                "predicted": round(float(study.objective([prime.id])[0]), 4)
                if study.weights
                else None,
                "features": {k: round(v, 4) for k, v in study.rows[prime.id].items()},
                **lift_report(study.base, runs[prime.id], items),
            }
            for prime in primes
        },
        "best_natural": lift_report(study.base, best, items)["overall"],
        "best_natural_id": names[int(order[-1])],
        "different_64": lift_report(study.base, many, items)["overall"],
        "prime_minus_best_natural": difference(first, best),
        "prime_minus_median_natural": difference(first, study.runs("natural", median)),
        "prime_minus_random_natural": difference(first, every),
        "prime_minus_different_64": difference(first, many),
        "primes_minus_best_natural": difference([r for rs in runs.values() for r in rs], best),
        "naturals_above_prime": int(
            np.sum(lifts > np.mean([run.mean() for run in first]) - study.base.mean())
        ),
    }


def main() -> None:
    """Run or resume the experiment and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("runs/findings"))
    parser.add_argument("--scale", choices=sorted(SCALES), default="full")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", choices=("first", "all", "conclude"), default="all")
    options = parser.parse_args()
    scale = SCALES[options.scale]
    sets = plan_samples(scale)

    def done() -> dict[str, Any]:
        return {entry["key"]: entry for entry in journal.entries()}

    with Journal(options.out / "journal.jsonl") as journal:
        if options.only != "conclude":
            run_jobs(first_jobs(sets, scale), journal, scale, options.workers)
        sets = choose_composed(sets, done(), scale)
        if options.only != "conclude":
            run_jobs(prime_jobs(sets, done(), scale), journal, scale, options.workers)
            run_jobs(fitting_jobs(sets, scale), journal, scale, options.workers)
        if options.only == "all":
            run_jobs(later_jobs(sets, done(), scale), journal, scale, options.workers)
        found = conclude(sets, done(), scale)
    write_json(options.out / "findings.json", found)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
