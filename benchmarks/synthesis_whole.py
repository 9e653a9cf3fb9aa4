"""How often `--answers integer` comes about, over every set of domains and number of steps.

    python benchmarks/synthesis_whole.py [--n 6] [--attempts 400] [--seed 8001] [--steps 2-5]

For each set of domains that so many steps can hold it composes until `n` problems are found or the
attempts are spent. Prints one JSON object: by steps and number of domains how many sets found all,
some or none; the sets that found fewer than `n`; and what the attempts came to.
"""

import argparse
import json
import time
from collections import Counter
from itertools import combinations

from sample_engineering.skills import DOMAINS
from sample_engineering.synthesis.composer import Composer
from sample_engineering.synthesis.relations import relations
from sample_engineering.synthesis.request import Request


def found(domains: tuple[str, ...], steps: int, options: argparse.Namespace):
    """Return how many problems were found, in how many attempts, and what the others came to."""
    request = Request(
        domains, (), (steps, steps), ("number", "quantity"), None, 0, options.seed, True
    )
    composer = Composer(request, relations())
    texts: set[str] = set()
    attempts = 0
    while attempts < options.attempts and len(texts) < options.n:
        attempts += 1
        sample = composer.attempt()
        if sample is not None:
            texts.add(sample.problem)
    causes = Counter(composer.counts)
    for name in ("plans tried", "composed", "verified"):
        del causes[name]
    return len(texts), attempts, causes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--n", type=int, default=6)
    parser.add_argument("--attempts", type=int, default=400)
    parser.add_argument("--seed", type=int, default=8001)
    parser.add_argument("--steps", default="2-5")
    options = parser.parse_args()
    low, _, high = options.steps.partition("-")
    started = time.process_time()
    table: dict[str, dict[str, float]] = {}
    short: dict[str, list] = {}
    causes: Counter[str] = Counter()
    for steps in range(int(low), int(high or low) + 1):
        for size in range(1, min(steps, len(DOMAINS)) + 1):
            row = {"all": 0, "some": 0, "none": 0, "problems": 0}
            spent = 0
            for domains in combinations(DOMAINS, size):
                count, attempts, why = found(domains, steps, options)
                row["all" if count == options.n else "some" if count else "none"] += 1
                row["problems"] += count
                spent += attempts
                causes += why
                if count < options.n:
                    name = f"{steps} steps: {', '.join(domains)}"
                    short[name] = [count, dict(why.most_common(2))]
            row["in 100 attempts"] = round(100 * row["problems"] / spent, 1)
            table[f"{steps} steps, {size} domains"] = row
    record = {
        "benchmark": "whole answers",
        "CPU seconds": round(time.process_time() - started, 1),
        "table": table,
        "causes": dict(causes.most_common(12)),
        "short": short,
    }
    print(json.dumps(record, indent=2))


if __name__ == "__main__":
    main()
