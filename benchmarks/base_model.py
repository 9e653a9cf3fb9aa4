"""What a base model of the microcosm can do, what it shows, and what it hides.

    python benchmarks/base_model.py                    # the shipped one
    python benchmarks/base_model.py --model my-model

Prints one JSON object: accuracy greedily (the mode), by sampling, and greedily after the opener of
careful authors (what lies beneath), by domain and by what is new about the items; and the early
pass rate of natural samples by template, which says what one-shot RL has to start from.
"""

import argparse
import json
import os
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np

from sample_engineering.generation import Completion, Sampling
from sample_engineering.grading import grade_batch
from sample_engineering.microcosm import benchmark, model_path, natural_pool
from sample_engineering.microcosm.authors import VOICES
from sample_engineering.sample import Sample

POOL_SEED = 7  # of natural samples that nothing else uses
REACHED = 0.03  # pass rate from which a group of 64 nearly always holds a right rollout
MAX_TOKENS = 160


def shares(items: Sequence[Sample], right: Sequence[float]) -> dict[str, Any]:
    """Return mean accuracies overall, by domain and by what is new."""
    groups: dict[str, list[float]] = defaultdict(list)
    for item, value in zip(items, right, strict=True):
        new = item.extra.get("held_out")
        names = ["overall", item.domains[0], "unseen" if new else "seen"]
        for name in [*names, f"unseen {new}"] if new else names:
            groups[name].append(value)
    return {name: round(float(np.mean(values)), 3) for name, values in groups.items()}


def right(groups: Sequence[Sequence[Completion]], items: Sequence[Sample]) -> list[float]:
    """Return the share of right completions of each item."""
    found = []
    for item, group in zip(items, groups, strict=True):
        grades = grade_batch([one.text for one in group], [item.answer] * len(group))
        found.append(float(np.mean([grade.correct for grade in grades])))
    return found


def by_template(rates: Mapping[str, list[float]]) -> dict[str, Any]:
    """Return the mean pass rate of each template, and how many samples are within reach."""
    everything = [rate for values in rates.values() for rate in values]
    return {
        "samples": len(everything),
        "within_reach": round(float(np.mean([rate >= REACHED for rate in everything])), 3),
        "mean": round(float(np.mean(everything)), 3),
        "templates": {name: round(float(np.mean(values)), 3) for name, values in rates.items()},
    }


def main() -> None:
    """Measure and print."""
    import torch
    from transformers.utils import logging

    from sample_engineering.generation.transformers_engine import TransformersGenerator

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default=str(model_path()), help="folder; default: shipped")
    parser.add_argument("--items", type=int, default=80, help="of each domain")
    parser.add_argument("--samples", type=int, default=4, help="completions of each item")
    parser.add_argument("--seed", type=int, default=0, help="of the benchmark")
    parser.add_argument("--per-template", type=int, default=4, help="natural samples")
    parser.add_argument("--rollouts", type=int, default=64, help="of each natural sample")
    given = parser.parse_args()
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    logging.disable_progress_bar()
    generator = TransformersGenerator(given.model)
    items = benchmark(n_per_domain=given.items, seed=given.seed)
    opener = VOICES["careful"].opener[0].strip()
    ways = {
        "greedy": ("{}\n", Sampling(n=1, temperature=0.0, max_tokens=MAX_TOKENS)),
        "sampled": ("{}\n", Sampling(n=given.samples, max_tokens=MAX_TOKENS)),
        "greedy after the careful opener": (
            "{}\n" + opener,
            Sampling(n=1, temperature=0.0, max_tokens=MAX_TOKENS),
        ),
    }
    found: dict[str, Any] = {"model": given.model, "items": len(items)}
    for name, (form, sampling) in ways.items():
        prompts = [form.format(item.problem) for item in items]
        found[name] = shares(items, right(generator.generate(prompts, sampling), items))
        print(f"{name}: {found[name]['overall']}", file=sys.stderr)
    pool = natural_pool(per_template=given.per_template, seed=POOL_SEED)
    sampling = Sampling(n=given.rollouts, max_tokens=MAX_TOKENS)
    drawn = generator.generate([f"{sample.problem}\n" for sample in pool], sampling)
    rates: dict[str, list[float]] = defaultdict(list)
    for sample, rate in zip(pool, right(drawn, pool), strict=True):
        rates[str(sample.provenance["templates"][0])].append(rate)
    found["early pass rate"] = by_template(rates)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
