"""Which composed problems teach most, on the embedded microcosm.

    python benchmarks/composed_lift.py --out runs/composed

Composed problems within the base's reach are drawn at random and halved. On one half, what is known
of a problem before training (pass rate, steps, skills, subjects, size of the answer, how many other
candidates have its structure, the columns of `se rank`) is held against the lift of a training on
it, greedily and by sampling. What holds there, and the sum of two ranks that holds best, is then
looked at on the other half, which `--stage fit` does not touch.

Every finished job is a line of ``journal.jsonl``; running the command again goes on.
"""

import argparse
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from findings import LEAST_PASS_RATE, SCALES, run_jobs, runs_of
from findings_jobs import Job, items_of
from findings_study import READINGS, Study, rank_report, spearman

from sample_engineering.files import Journal, finite, write_json
from sample_engineering.sample import Sample
from sample_engineering.synthesis.compact import compact_domains, compose_compact

HALVES = ("fit", "fresh")


def structure(sample: Sample) -> tuple[str, ...]:
    """Return the formulas of a problem, whatever the subjects that they are told of."""
    return tuple(sorted(sample.provenance["formulas"]))


def features(samples: Sequence[Sample], study: Study, pool: Sequence[Sample]) -> dict[str, Any]:
    """Return what is known of each sample before it is trained on, a column each."""
    common = Counter(structure(sample) for sample in pool)
    columns = {
        "steps": [sample.provenance["steps"] for sample in samples],
        "skills": [len(sample.skills) for sample in samples],
        "subjects": [len(sample.provenance["templates"]) for sample in samples],
        "domains": [len(sample.domains) for sample in samples],
        "size of the answer": [math.log10(abs(int(s.answer)) + 1) for s in samples],
        "answer of two digits or more": [abs(int(s.answer)) > 9 for s in samples],
        "words": [len(sample.problem.split()) for sample in samples],
        "others of its structure": [common[structure(sample)] - 1 for sample in samples],
    }
    found = {name: np.array(values, dtype=float) for name, values in columns.items()}
    return found | study.ranking(samples)


def standing(columns: Mapping[str, np.ndarray], lifts: np.ndarray) -> dict[str, Any]:
    """Correlate each column with lift; constant ones say nothing."""
    return {name: rank_report(v, lifts) for name, v in columns.items() if v.std() > 0}


def signed(columns: Mapping[str, np.ndarray], rule: Sequence[tuple[str, int]]) -> np.ndarray:
    """Return the sum of the ranks of some columns, each turned the way it goes with lift."""
    from scipy.stats import rankdata

    return sum(sign * rankdata(columns[name]) for name, sign in rule)


def best_pair(columns: Mapping[str, np.ndarray], lifts: np.ndarray) -> list[tuple[str, int]]:
    """Return the two columns, with their signs, whose ranks together go best with lift."""
    signs = {n: 1 if spearman(v, lifts) >= 0 else -1 for n, v in columns.items() if v.std() > 0}
    return max(
        ([(a, signs[a]), (b, signs[b])] for a, b in combinations(signs, 2)),
        key=lambda rule: spearman(signed(columns, rule), lifts),
    )


def main() -> None:
    """Run or resume, and print what came out."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("runs/composed"))
    parser.add_argument("--scale", choices=sorted(SCALES), default="full")
    parser.add_argument("--samples", type=int, default=32, help="of each half")
    parser.add_argument("--candidates", type=int, default=300)
    parser.add_argument("--seed", type=int, default=101, help="of the candidates and the halves")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--stage", choices=HALVES, default=HALVES[-1], help="the last one to do")
    asked = parser.parse_args()
    scale = SCALES[asked.scale]
    taken = {item.problem for item in items_of(scale)}
    composed = compose_compact(compact_domains(), n=asked.candidates, steps=(2, 3), seed=asked.seed)
    pool = [sample for sample in composed if sample.problem not in taken]
    with Journal(asked.out / "journal.jsonl") as journal:

        def run(jobs: Sequence[Job]) -> Study:
            run_jobs(jobs, journal, scale, asked.workers, {})
            return Study(sets, {entry["key"]: entry for entry in journal.entries()}, scale)

        sets: dict[str, list[Sample]] = {}
        records = [sample.to_dict() for sample in pool]
        jobs = [Job(f"probe/{i}", "probe", tuple(records[i::4])) for i in range(4)]
        study = run([Job("base/choosing", "base"), *jobs])
        within = [s for s in pool if study.rates[s.id]["pass_rate"] >= LEAST_PASS_RATE]
        order = np.random.default_rng(asked.seed).permutation(len(within))
        for number, half in enumerate(HALVES):
            places = order[number * asked.samples : (number + 1) * asked.samples]
            sets[half] = [within[i] for i in places]
        found: dict[str, Any] = {"candidates": len(pool), "within reach": len(within)}
        rules: dict[str, list[tuple[str, int]]] = {}
        for half in HALVES[: HALVES.index(asked.stage) + 1]:
            study = run(runs_of(half, sets[half], scale.seeds[:1]))
            for reading in READINGS:
                samples, lifts = study.lifts(reading, half)
                columns = features(samples, study, pool)
                if half == HALVES[0]:
                    rules[reading] = best_pair(columns, lifts)
                told = found.setdefault(reading, {}).setdefault(half, {})
                told["mean lift"] = round(float(lifts.mean()), 4)
                told["lift between"] = [round(float(x), 4) for x in (lifts.min(), lifts.max())]
                told["columns"] = standing(columns, lifts)
                told["pair"] = rules[reading]
                told["pair's"] = rank_report(signed(columns, rules[reading]), lifts)
    write_json(asked.out / "composed.json", finite(found))
    print(json.dumps(finite(found), indent=2))


if __name__ == "__main__":
    main()
