"""How strong a warm-up and the rounds of expert iteration may be, fitted apart from the study.

    python benchmarks/neighbours_fit.py --out runs/neighbours-fit

The settings of `GRIDS` train on another sample than the study's, with another seed, and are asked
fewer items greedily. The rule, fixed before anything was run: the setting with the highest accuracy
is taken; of those within a point of it the one that changes the weights least, by supervised steps
times learning rate. Running the command again goes on where it was.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import neighbours

from sample_engineering.api import plan_validation, run_plan
from sample_engineering.defaults import find_recipe
from sample_engineering.evaluation.readings import GREEDY
from sample_engineering.runs import RunFolder
from sample_engineering.runs.format import BEFORE, CONFIG, MAIN, RESULT
from sample_engineering.sample import Sample

SEED, ITEMS, RATE = 10, 20, 2 / 32
NEAR = 0.01  # accuracies that count as level
LR = find_recipe("microcosm").lr
WARM = tuple(
    {"warm_steps": steps, "warm_lr": factor * LR}
    for steps, factor in ((5, 1), (10, 2), (20, 1), (5, 5))
)
ROUNDS = tuple(
    {"rounds": rounds, "supervised_steps": steps, "lr": factor * LR}
    for rounds, steps, factor in ((4, 3, 1), (8, 3, 1), (8, 5, 1), (4, 10, 1 / 3))
)
GRIDS = {
    "warm": ({"warm_start": "primitives"}, WARM),
    "expert": ({"algorithm": "expert-iteration"}, ROUNDS),
}


def change(settings: dict[str, Any]) -> float:
    """Return supervised steps times learning rate of a setting."""
    if "warm_steps" in settings:
        return float(settings["warm_steps"] * settings["warm_lr"])
    return float(settings["rounds"] * settings["supervised_steps"] * settings["lr"])


def accuracy(place: Path, sample: Sample, given: dict[str, Any], settings: dict[str, Any]) -> Any:
    """Train with a setting, or find that it was done; accuracy before and after, greedily."""
    if not (place / RESULT).exists():
        rounds = given.get("algorithm") in neighbours.ROUNDS
        plan = (
            plan_validation(resume=place)
            if (place / CONFIG).exists()
            else plan_validation(
                sample, seeds=(SEED,), eval_items=ITEMS, controls="none", readings="greedy",
                settings={"watch_items": 0, **({} if rounds else {"dead_stop": 0}), **settings},
                out=place, **given,
            )
        )  # fmt: skip
        run_plan(replace(plan, inline=True))
    found = RunFolder.open(place).evaluations[GREEDY]
    return [float(found[name][0].table["correct"].mean()) for name in (BEFORE, MAIN)]


def main() -> None:
    """Run or resume the fits, and say what is chosen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("runs/neighbours-fit"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    pool = neighbours.probed_pool(options.out)
    sample = next(one for one in neighbours.se.example_pool()
                  if {o.id: o.extra["pass_rate"] for o in pool}[one.id] == RATE)  # fmt: skip
    print(f"sample {sample.id}, seed {SEED}")
    before, plain = accuracy(options.out / "plain", sample, {}, {})
    print(f"base {before:.3f}, plain {plain:.3f}", flush=True)
    for name, (given, grid) in GRIDS.items():
        found = []
        for number, settings in enumerate(grid):
            _, after = accuracy(options.out / f"{name}-{number}", sample, given, settings)
            found.append(after)
            print(f"{name} {json.dumps(settings)}: {after:.3f}", flush=True)
        near = [n for n, one in enumerate(found) if one >= max(found) - NEAR]
        print(f"{name}: {json.dumps(grid[min(near, key=lambda n: change(grid[n]))])}", flush=True)


if __name__ == "__main__":
    main()
