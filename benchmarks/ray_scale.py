"""What Ray costs and brings: overhead a task, ranking and probing with 1 and 2 workers, 100 nodes.

    python benchmarks/ray_scale.py [--candidates 8000] [--prompts 96] [--repeats 3]

All ways run in turns in one process on one local cluster of two CPUs, and the least time of each
counts, so that what else the machine does falls on all alike. The plain way is the same command
without Ray: ranking in forked processes, probing in this process. One worker on Ray is two CPUs a
task, of which a task uses one. Prints one JSON object; figures of times are seconds.

The estimate for 100 nodes is one, on paper: what one process has to do for each part or block of
candidates was measured here, what a worker does was measured here or is assumed (`ASSUMED`), and
whichever of the two is slower decides. Networks, stragglers and loading are not in it.
"""

import argparse
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.rank_scale import problem
from sample_engineering.cluster import Cluster, Share
from sample_engineering.defaults import EMBEDDED_NAME, local_model, probe_plan
from sample_engineering.generation import BaseGenerator, Capabilities, Completion, Generator
from sample_engineering.generation.engines import choose_engine
from sample_engineering.generation.ray_generator import BLOCK, RayGenerator
from sample_engineering.pool import Pool, Report
from sample_engineering.probing import probe_pool
from sample_engineering.sample import Sample
from sample_engineering.selectors import Evidence
from sample_engineering.selectors.parted import PART, answer_in_parts
from sample_engineering.selectors.question import read_question

SEED, TASKS, ROLLOUTS = 0, 200, 2
ONE, TWO = Share("local", 0.0, 2.0), Share("local", 0.0, 1.0)
NODES = 100
ASSUMED = {
    "nodes": NODES,
    "cpu_cores_a_node": 16,
    "gpus_a_node": 8,
    "rollouts_a_prompt": 8,
    "tokens_a_rollout": 512,
    "tokens_a_second_a_gpu": 10_000,
}


@dataclass(frozen=True)
class Instant:
    """An engine that answers at once: what is left is the way there and back, and grading."""

    def open(self, model: str, name: str | None = None) -> Generator:
        """Return its generator."""
        return InstantGenerator(name or model)


class InstantGenerator(BaseGenerator):
    """The same long answer to everything."""

    capabilities = Capabilities(prefill=True, stop=True, top_k=True, seed=True)

    def generate(
        self, prompts: Any, sampling: Any, *, schema: Any = None, progress: Any = None
    ) -> list[list[Completion]]:
        """Return it, for each prompt."""
        text = "so the next step follows. " * 80 + "\\boxed{12}"
        return [[Completion(text, 512, "stop", 60)] * sampling.n for _ in prompts]


def timed(work: Callable[[], Any]) -> float:
    """Return how long something takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def least(ways: dict[str, Callable[[], Any]], repeats: int) -> dict[str, float]:
    """Return the least time of each of several ways, which take turns."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, work in ways.items():
            times[name].append(timed(work))
            print(f"{name}: {times[name][-1]:.2f} s", file=sys.stderr)
    return {name: round(min(found), 3) for name, found in times.items()}


def overhead(ray: Any) -> dict[str, float]:
    """Return the milliseconds that a task takes which does nothing: one by one, and many."""

    def nothing() -> None:
        return None

    task = ray.remote(num_cpus=1)(nothing)
    ray.get([task.remote() for _ in range(TASKS)])  # workers are there
    single = timed(lambda: [ray.get(task.remote()) for _ in range(TASKS)])
    many = timed(lambda: ray.get([task.remote() for _ in range(TASKS)]))
    print(f"{TASKS} tasks: {single:.2f} s one by one, {many:.2f} s at once", file=sys.stderr)
    return {
        "ms_a_task_one_by_one": round(1000 * single / TASKS, 2),
        "ms_a_task_many": round(1000 * many / TASKS, 2),
    }


def ranking(candidates: int, repeats: int) -> dict[str, Any]:
    """Rank the same pool by its text, in processes and in tasks."""
    rng = random.Random(SEED)
    pool = [Sample(f"c{n}", problem(rng), str(n % 97)) for n in range(candidates)]

    def rank(**how: Any) -> None:
        evidence = Evidence(Pool(pool[:500]), copies="fold")
        question = read_question(evidence)
        answer_in_parts(question, evidence, pool, Report(read=candidates), **how)

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "parts"
        rank(processes=2, resume=folder)
        times = least(
            {
                "plain_1": lambda: rank(processes=1),
                "ray_1": lambda: rank(share=ONE),
                "plain_2": lambda: rank(processes=2),
                "ray_2": lambda: rank(share=TWO),
                "all_but_scoring": lambda: rank(processes=1, resume=folder),
            },
            repeats,
        )
    return {"candidates": candidates, "parts": -(-candidates // PART), "seconds": times, **ratios(
        times
    )}  # fmt: skip


def ratios(times: dict[str, float]) -> dict[str, float]:
    """Return Ray over plain for each number of workers, and what a second worker brings."""
    return {
        "ray_over_plain_1": round(times["ray_1"] / times["plain_1"], 3),
        **(
            {"ray_over_plain_2": round(times["ray_2"] / times["plain_2"], 3)}
            if "plain_2" in times
            else {}
        ),
        **(
            {"plain_2_workers_gain": round(times["plain_1"] / times["plain_2"], 3)}
            if "plain_2" in times
            else {}
        ),
        "ray_2_workers_gain": round(times["ray_1"] / times["ray_2"], 3),
    }


@contextmanager
def opened(engine: Any, model: str, name: str, share: Share) -> Iterator[Generator]:
    """Yield a model in all its actors, which have answered once."""
    generator = RayGenerator(engine, model, name, share)
    try:
        warm = [f"what is {n} plus {n}?" for n in range(64)]
        generator.generate(warm, probe_plan().protocol.sampling(1, SEED).with_(max_tokens=2))
        yield generator
    finally:
        generator.close()


def probing(prompts: int, repeats: int) -> dict[str, Any]:
    """Probe the same problems with the embedded model, here and in actors."""
    rng = random.Random(SEED)
    watts = [(rng.randint(100, 999), rng.randint(2, 60)) for _ in range(prompts)]
    pool = [
        Sample(f"p{n}", f"a motor takes {a} w and loses {b} percent. find the power.", str(a))
        for n, (a, b) in enumerate(watts)
    ]
    plan = probe_plan(rollouts=ROLLOUTS, forced=False)
    engine, model = choose_engine("transformers", {"device": "cpu"}), local_model(None)
    here = engine.open(model, EMBEDDED_NAME)
    times: dict[str, float] = {}
    for _ in range(repeats):
        for name, share in (("ray_1", ONE), ("ray_2", TWO)):
            with opened(engine, model, EMBEDDED_NAME, share) as there:
                for way, generator in (("plain_1", here), (name, there)):
                    took = timed(lambda it=generator: probe_pool(pool, it, plan))
                    times[way] = min(times.get(way, took), took)
                    print(f"{way}: {took:.2f} s", file=sys.stderr)
    times = {way: round(took, 3) for way, took in times.items()}
    return {"prompts": prompts, "rollouts": ROLLOUTS, "seconds": times, **ratios(times)}


def one_process(prompts: int) -> float:
    """Return the CPU seconds that this process spends on a block: sending, grading, keeping."""
    pool = [Sample(f"q{n}", f"Find the sum of {n} and 5.", str(n + 5)) for n in range(prompts)]
    plan = probe_plan(rollouts=ASSUMED["rollouts_a_prompt"], forced=False)
    with opened(Instant(), "m", "instant", TWO) as generator:
        before = resource.getrusage(resource.RUSAGE_SELF)
        probe_pool(pool, generator, plan)
        after = resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent / (prompts / BLOCK)


def estimate(ranked: dict[str, Any], block: float) -> dict[str, Any]:
    """Return what 100 nodes would do, on paper."""
    parts, seconds = ranked["parts"], ranked["seconds"]
    alone = seconds["all_but_scoring"] / parts
    scoring = max(seconds["plain_1"] / parts - alone, 1e-9)
    cores = NODES * ASSUMED["cpu_cores_a_node"]
    actors = NODES * ASSUMED["gpus_a_node"]
    tokens = BLOCK * ASSUMED["rollouts_a_prompt"] * ASSUMED["tokens_a_rollout"]
    engine = tokens / ASSUMED["tokens_a_second_a_gpu"]
    return {
        "assumed": ASSUMED,
        "ranking": {
            "seconds_a_part_in_one_process": round(alone, 4),
            "seconds_a_part_for_a_worker": round(scoring, 4),
            "workers_that_one_process_feeds": round(scoring / alone, 1),
            "speed_up": round((scoring + alone) / max(alone, scoring / cores), 1),
            "candidates_a_second": round(PART / max(alone, scoring / cores)),
        },
        "probing": {
            "seconds_a_block_in_one_process": round(block, 4),
            "seconds_a_block_for_a_gpu": round(engine, 1),
            "gpus_that_one_process_feeds": round(engine / block),
            "share_of_800_gpus_at_work": round(min(1.0, engine / block / actors), 3),
        },
    }


def main() -> None:
    """Run all and print the figures."""
    ask = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ask.add_argument("--candidates", type=int, default=8_000)
    ask.add_argument("--prompts", type=int, default=96)
    ask.add_argument("--repeats", type=int, default=3)
    asked = ask.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    # Ray's workers give way to everything else (niceness 15): on a machine with other work the
    # second worker would get what that leaves, which says nothing of Ray.
    os.environ.setdefault("RAY_worker_niceness", "0")
    import ray

    with Cluster(TWO):
        begun = time.perf_counter()
        found: dict[str, Any] = {"cpus": os.cpu_count(), "ray": ray.__version__}
        found["load_before"] = os.getloadavg()[0]  # beyond the CPUs, two workers cannot be told
        found["overhead"] = overhead(ray)
        found["ranking"] = ranking(asked.candidates, asked.repeats)
        block = one_process(10 * BLOCK)
        found["probing"] = probing(asked.prompts, asked.repeats)
        found["estimate_for_100_nodes"] = estimate(found["ranking"], block)
        found["seconds"] = round(time.perf_counter() - begun)
    json.dump(found, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
