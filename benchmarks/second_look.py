"""Does rolling out the first candidates anew choose better samples? On trainings of the microcosm.

    python benchmarks/second_look.py --out runs/second_look [--pools 3] [--first 3]

Pools of 160 fresh composed candidates each are ranked by `se rank --model microcosm` with 64
rollouts, without (`confirm` 0) and with a second look. The first few of both orders are trained for
one seed; what is compared is their greedy and sampled lift. Every finished training is a line of
``journal.jsonl``; running the command again goes on. Prints one JSON object.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from findings import SCALES
from findings_jobs import Job, carry_out

import sample_engineering as se
from sample_engineering.files import Journal, finite
from sample_engineering.sample import Sample
from sample_engineering.synthesis.compact import compact_domains, compose_compact

POOL_SEED = 113
CANDIDATES = 160
ROLLOUTS = 64
READINGS = ("greedy", "sampled")


def orders(seed: int, first: int) -> dict[str, list[tuple[Sample, float, float]]]:
    """Return the first samples of a pool with score and pass rate, by either way to rank."""
    composed = compose_compact(compact_domains(), n=CANDIDATES, steps=(2, 3), seed=seed)
    pool = [Sample.from_dict({**s.to_dict(), "id": f"{seed}/{s.id}"}) for s in composed]
    found = {}
    for name, confirm in (("once", 0), ("twice", None)):
        ranking = se.rank(pool, model="microcosm", rollouts=ROLLOUTS, confirm=confirm)
        columns = zip(ranking, ranking.columns["score"], ranking.columns["pass_rate"], strict=True)
        found[name] = list(columns)[:first]
    return found


def main() -> None:
    """Run or resume the experiment and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("runs/second_look"))
    parser.add_argument("--pools", type=int, default=3)
    parser.add_argument("--first", type=int, default=3)
    options = parser.parse_args()
    scale = SCALES["full"]
    with Journal(options.out / "journal.jsonl") as journal:
        done = {entry["key"]: entry for entry in journal.entries()}

        def result(job: Job) -> dict[str, Any]:
            if job.key not in done:
                done[job.key] = carry_out(job, scale, {})
                journal.append(done[job.key])
            return done[job.key]

        base = result(Job("base", "base"))
        told: list[dict[str, Any]] = []
        for seed in range(POOL_SEED, POOL_SEED + options.pools):
            chosen = orders(seed, options.first)
            for name, few in chosen.items():
                for place, (sample, score, rate) in enumerate(few, 1):
                    run = result(Job(f"train/{sample.id}", "train", (sample.to_dict(),), 0))
                    lifts = {
                        r: 100 * float(np.mean(run[r]["correct"]) - np.mean(base[r]["correct"]))
                        for r in READINGS
                    }
                    told.append(
                        {"pool": seed, "way": name, "place": place, "id": sample.id}
                        | {"answer": sample.answer, "score": score, "pass_rate": rate}
                        | {r: round(lift, 2) for r, lift in lifts.items()}
                    )
    summary = {
        name: {
            "first": [row["greedy"] for row in told if row["way"] == name and row["place"] == 1],
            **{
                r: {
                    "mean": round(float(np.mean([t[r] for t in told if t["way"] == name])), 2),
                    "worst": min(t[r] for t in told if t["way"] == name),
                }
                for r in READINGS
            },
        }
        for name in ("once", "twice")
    }
    print(json.dumps(finite({"summary": summary, "rows": told}), indent=1))


if __name__ == "__main__":
    main()
