"""Throughput, verdicts and memory of the grader beside Math-Verify alone, on MATH-500 rewards.

Half of the completions are right, half are near misses, each at the end of a solution of about 300
words. One core, processor time, one run of one process; prints one JSON object.
"""

# ruff: noqa: SIM905 (a table of words reads best as words)

import argparse
import json
import logging
import random
import re
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "benchmarks" / "math500.jsonl"
WORDS = 300
VOCABULARY = (
    "so we let the value of $x$ be such that $a+b=c$ holds and then the sum of both sides is equal "
    "to the product which gives $n = 12$ after we divide by the number of terms hence we find that "
    "each factor of $2k+1$ is odd and therefore the remainder must be $r < m$ in every case"
).split()
# Calls over which memory must stay flat, and those before the first reading, which fill caches.
MEMORY_CALLS = 100_000
SETTLING_CALLS = 20_000


def near_miss(answer: str) -> str:
    """The answer with its last digit changed, or its first sign, or a factor 3."""
    digits = list(re.finditer(r"(?<![\d_{])\d", answer))
    if digits:
        last = digits[-1]
        changed = str((int(last[0]) + 1) % 10)
        return answer[: last.start()] + changed + answer[last.end() :]
    if answer.startswith("\\text"):
        return "\\text{other}"
    return f"3{answer}"


def completion(answer: str, rng: random.Random) -> str:
    """A solution of about 300 words that ends in a box."""
    prose = " ".join(rng.choice(VOCABULARY) for _ in range(WORDS))
    # Cut formulas would not parse: words are drawn singly, so dollars always pair up.
    return f"{prose.replace('$', '')}\n\nTherefore the answer is $\\boxed{{{answer}}}$."


def ours(pairs: Sequence[tuple[str, str]]) -> list[bool]:
    """Grade with this package."""
    from sample_engineering.grading import grade

    return [grade(text, gold).correct for text, gold in pairs]


def math_verify(pairs: Sequence[tuple[str, str]]) -> list[bool]:
    """Grade with Math-Verify as reward functions call it: boxed answers first."""
    from math_verify import LatexExtractionConfig, parse, verify

    config = [LatexExtractionConfig(boxed_match_priority=0)]
    verdicts = []
    for text, gold in pairs:
        parsed = parse(f"${gold}$")
        verdicts.append(bool(verify(parsed, parse(text, extraction_config=config))))
    return verdicts


def timed(
    function: Callable[[Sequence[tuple[str, str]]], list[bool]], pairs: Sequence[tuple[str, str]]
) -> tuple[list[bool], float]:
    """Verdicts and processor seconds."""
    started = time.process_time()
    verdicts = function(pairs)
    return verdicts, time.process_time() - started


def resident_megabytes() -> float:
    """Current resident memory."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 2**20
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def memory_growth(golds: Sequence[str], rng: random.Random) -> float:
    """Megabytes gained between the settling calls and the last of 100,000 distinct ones."""
    from sample_engineering.grading import grade

    settled = 0.0
    for index in range(MEMORY_CALLS):
        if index == SETTLING_CALLS:
            settled = resident_megabytes()
        gold = golds[index % len(golds)]
        answer = gold if index % 2 else f"{near_miss(gold)}+{rng.random():.9f}"
        grade(f"so \\boxed{{{answer}}}", gold)
    return resident_megabytes() - settled


def main() -> int:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="repetitions; medians are reported")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-memory", action="store_true", help="skip the 100,000 calls")
    arguments = parser.parse_args()
    if not DATA.is_file():
        print(json.dumps({"benchmark": "grading", "skipped": "../shared/data is absent"}))
        return 0
    logging.getLogger("math_verify").setLevel(logging.CRITICAL)
    rng = random.Random(arguments.seed)
    golds = [json.loads(line)["answer"] for line in DATA.open(encoding="utf-8")]
    pairs = [(completion(gold, rng), gold) for gold in golds]
    pairs += [(completion(near_miss(gold), rng), gold) for gold in golds]
    expected = [True] * len(golds) + [False] * len(golds)
    order = list(range(len(pairs)))
    rng.shuffle(order)
    pairs = [pairs[index] for index in order]
    expected = [expected[index] for index in order]
    # Both sides load what they need before the clock starts.
    ours([("\\boxed{18 km/h}", "5 m/s"), ("\\boxed{\\sqrt{8}}", "2\\sqrt2")])
    math_verify([("\\boxed{\\sqrt{8}}", "2\\sqrt2")])
    first, cold = timed(ours, pairs)
    own_times, peer_times = [], []
    peer: list[bool] = []
    for _ in range(arguments.rounds):
        peer, seconds = timed(math_verify, pairs)
        peer_times.append(seconds)
        _, seconds = timed(ours, pairs)
        own_times.append(seconds)
    peer_seconds = statistics.median(peer_times)
    result = {
        "benchmark": "grading",
        "rewards": len(pairs),
        "words_per_solution": WORDS,
        "ours_per_second_first_pass": round(len(pairs) / cold),
        "ours_per_second": round(len(pairs) / statistics.median(own_times)),
        "math_verify_per_second": round(len(pairs) / peer_seconds),
        "ratio_first_pass": round(peer_seconds / cold, 1),
        "ratio": round(peer_seconds / statistics.median(own_times), 1),
        "ours_wrong_verdicts": sum(a != b for a, b in zip(first, expected, strict=True)),
        "math_verify_wrong_verdicts": sum(a != b for a, b in zip(peer, expected, strict=True)),
        "rounds": arguments.rounds,
        "seed": arguments.seed,
        "math_verify": version("math-verify"),
        "python": sys.version.split()[0],
    }
    if not arguments.no_memory:
        result["memory_growth_megabytes_over_80000_calls"] = round(memory_growth(golds, rng), 2)
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
