"""Pass@k of one trained model, of its base, and of power sampling, side by side.

    python benchmarks/neighbours_passk.py --out runs/passk [--items 60]

Trains the shipped sample once (seed 0), and asks trained model and base 16 times an item at
temperature 1 and 0.3, the trained one greedily too, and the base by power sampling four times.
Prints pass@k, and differences, with 95 % intervals of the bootstrap over items: they hold for these
weights, not for other training seeds. Running the command again goes on where it was.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

import sample_engineering as se
from sample_engineering.api import plan_validation, run_plan
from sample_engineering.evaluation import Evaluation
from sample_engineering.evaluation.passk import pass_at_k
from sample_engineering.runs.format import RESULT

TRIES, POWER_TRIES, COLD = 16, 4, 0.3
RESAMPLES = 2000
# Tries of one that are set against tries of another, see docs/lab/neighbours.md.
AGAINST = (
    *((("trained", k), ("base", k)) for k in (1, 2, 4, 8, 16)),
    *((("trained cold", k), ("base cold", k)) for k in (1, 2, 4, 8, 16)),
    *((("trained cold", k), ("power", k)) for k in (1, 2, 4)),
    (("trained greedy", 1), ("power", 1)),
    (("trained cold", 4), ("power", 2)),
    (("trained cold", 16), ("power", 4)),
    (("trained", 16), ("power", 4)),
)


def evaluations(out: Path, items: int) -> dict[str, Evaluation]:
    """Train and ask, or take what there is."""
    run = out / "run"
    if not (run / RESULT).exists():
        plan = plan_validation(
            seeds=(0,), controls="none", eval_items=2, readings="greedy", save_model=True,
            settings={"watch_items": 0, "dead_stop": 0}, out=run,
        )  # fmt: skip
        run_plan(replace(plan, inline=True))
    trained = str(run / "model" / "seed-0")
    asked = {
        "base": {"rollouts": TRIES},
        "base cold": {"rollouts": TRIES, "temperature": COLD},
        "trained": {"rollouts": TRIES, "model": trained},
        "trained cold": {"rollouts": TRIES, "temperature": COLD, "model": trained},
        "trained greedy": {"greedy": True, "model": trained},
        "power": {"rollouts": POWER_TRIES, "way": "power-sampling"},
    }
    found = {}
    for name, how in asked.items():
        place = out / f"{name.replace(' ', '-')}.parquet"
        found[name] = (
            Evaluation.load(place)
            if place.exists()
            else se.evaluate(per_domain=items, out=place, **how)
        )
    return found


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("runs/passk"))
    parser.add_argument("--items", type=int, default=60, help="items of each domain")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    solved: dict[tuple[str, int], np.ndarray] = {}

    def shown(values: np.ndarray) -> str:
        draws = rng.integers(0, len(values), (RESAMPLES, len(values)))
        low, high = np.percentile(values[draws].mean(1), [2.5, 97.5])
        return f"{100 * values.mean():+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"

    for name, found in evaluations(options.out, options.items).items():
        by_item = found.table.groupby("item")["correct"]
        total, right = by_item.count().to_numpy(), by_item.sum().to_numpy()
        print(f"{name}: {found.table['tokens'].mean():.1f} tokens kept a try")
        for k in (1, 2, 4, 8, 16):
            if k <= total.min():
                solved[name, k] = np.asarray(pass_at_k(total, right, k), float)
                print(f"  pass@{k} {shown(solved[name, k])}")
    for one, other in AGAINST:
        if one in solved and other in solved:
            apart = shown(solved[one] - solved[other])
            print(f"{one[0]} pass@{one[1]} - {other[0]} pass@{other[1]}: {apart}")


if __name__ == "__main__":
    main()
