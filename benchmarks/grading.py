"""Throughput, verdicts and memory of the grader beside Math-Verify alone.

    python benchmarks/grading.py [--rounds 3] [--seed 0] [--no-memory]

On rollouts that it makes itself (composed and hand-written golds, see `grading_data.py`), and on
the golds of MATH-500 where `../shared` has them. Half of the completions are right, half are near
misses, each at the end of a solution of about 300 words. One core, processor time, both graders in
turn in one process; prints one JSON object.
"""

import argparse
import json
import logging
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from grading_data import (
    WORDS,
    Rollout,
    near_miss,
    own_golds,
    own_rollouts,
    plain_rollouts,
)

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "benchmarks" / "math500.jsonl"
# Calls over which memory must stay flat, and those before the first reading, which fill caches.
MEMORY_CALLS = 100_000
SETTLING_CALLS = 20_000
SHOWN = 5  # wrong verdicts of each grader


def ours(rollouts: Sequence[Rollout]) -> list[bool]:
    """Grade with this package."""
    from sample_engineering.grading import grade

    return [grade(rollout.text, rollout.gold).correct for rollout in rollouts]


def math_verify(rollouts: Sequence[Rollout]) -> list[bool]:
    """Grade with Math-Verify as reward functions call it: boxed answers first."""
    from math_verify import LatexExtractionConfig, parse, verify

    config = [LatexExtractionConfig(boxed_match_priority=0)]
    verdicts = []
    for rollout in rollouts:
        parsed = parse(f"${rollout.gold}$")
        verdicts.append(bool(verify(parsed, parse(rollout.text, extraction_config=config))))
    return verdicts


def timed(
    function: Callable[[Sequence[Rollout]], list[bool]], rollouts: Sequence[Rollout]
) -> tuple[list[bool], float]:
    """Verdicts and processor seconds."""
    started = time.process_time()
    verdicts = function(rollouts)
    return verdicts, time.process_time() - started


def compare(rollouts: Sequence[Rollout], rounds: int) -> dict[str, Any]:
    """Figures of both graders, taken in turn on the same rollouts."""
    first, cold = timed(ours, rollouts)
    own_times, peer_times = [], []
    peer: list[bool] = []
    for _ in range(rounds):
        peer, seconds = timed(math_verify, rollouts)
        peer_times.append(seconds)
        _, seconds = timed(ours, rollouts)
        own_times.append(seconds)
    count, peer_seconds = len(rollouts), statistics.median(peer_times)
    own_seconds = statistics.median(own_times)
    return {
        "rewards": count,
        "ours_per_second_first_pass": round(count / cold),
        "ours_per_second": round(count / own_seconds),
        "math_verify_per_second": round(count / peer_seconds),
        "ratio_first_pass": round(peer_seconds / cold, 1),
        "ratio": round(peer_seconds / own_seconds, 1),
        **_wrong("ours", rollouts, first),
        **_wrong("math_verify", rollouts, peer),
    }


def _wrong(name: str, rollouts: Sequence[Rollout], verdicts: Sequence[bool]) -> dict[str, Any]:
    wrong = [r for r, verdict in zip(rollouts, verdicts, strict=True) if verdict != r.right]
    refused = sum(rollout.right for rollout in wrong)
    return {
        f"{name}_right_refused": refused,
        f"{name}_wrong_accepted": len(wrong) - refused,
        f"{name}_first_wrong_verdicts": [f"{r.gold} / {r.answer}" for r in wrong[:SHOWN]],
    }


def resident_megabytes() -> float:
    """Current resident memory."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
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
    logging.getLogger("math_verify").setLevel(logging.CRITICAL)
    # Both sides load what they need before the clock starts.
    warm = [("5 m/s", "18 km/h"), ("2\\sqrt2", "\\sqrt{8}"), ("4.5 J", "1 K")]
    rollouts = [Rollout(gold, text, f"\\boxed{{{text}}}", True) for gold, text in warm]
    ours(rollouts)
    math_verify(rollouts)
    result: dict[str, Any] = {
        "benchmark": "grading",
        "words_per_solution": WORDS,
        "rounds": arguments.rounds,
        "seed": arguments.seed,
        "math_verify": version("math-verify"),
        "python": sys.version.split()[0],
        "own": compare(own_rollouts(arguments.seed), arguments.rounds),
    }
    golds = own_golds(arguments.seed)
    if DATA.is_file():
        golds = [json.loads(line)["answer"] for line in DATA.open(encoding="utf-8")]
        result["math500"] = compare(plain_rollouts(golds, arguments.seed), arguments.rounds)
    if not arguments.no_memory:
        growth = memory_growth(golds, random.Random(arguments.seed))
        result["memory_growth_megabytes_over_80000_calls"] = round(growth, 2)
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
