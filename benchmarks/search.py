"""Does `se search` beat the ranking alone, and chance, at equal training steps?

    python benchmarks/search.py --synthetic                    # worlds drawn by chance
    python benchmarks/search.py --journal runs/findings/journal.jsonl --steps 40
    python benchmarks/search.py --table lifts.jsonl --steps 40    # records of a sample and "lifts"
    python benchmarks/search.py --live --budget 200 --seeds 0,1   # real trainings

Each strategy spends the same trials; after each of them it names its choice, and the curve is what
the choice is worth, measured apart: by other training seeds and, where the items are known, on
other items. Ranking and chance choose what lifted most so far. Prints JSON: both curves, their
difference, and intervals over repetitions. Repetitions of a table share its trainings, so that
their intervals say how much the draw of samples, seeds and items matters, not how much another
table would.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from search_worlds import STRATEGIES, curves, drawn, read_journal, read_table

MISLED = (0.0, 1.0, 3.0)  # how far the ranking of synthetic worlds is off


def report(found: dict[str, np.ndarray], steps: int) -> dict[str, Any]:
    """Return curves, and search against the others, as records."""
    trials = found["search"].shape[1]
    made: dict[str, Any] = {
        "repetitions": len(found["search"]),
        "steps": [steps * (number + 1) for number in range(trials)],
        "curves": {name: [_mean(column) for column in values.T] for name, values in found.items()},
    }
    for other in ("ranking", "random"):
        ahead = found["search"] - found[other]
        made[f"search - {other}"] = {
            "curve": [_mean(column) for column in ahead.T],
            "mean over the curve": _mean(ahead.mean(axis=1)),
            "at the end": _mean(ahead[:, -1]),
            "ahead, equal, behind at the end": [
                int((ahead[:, -1] > 0).sum()),
                int((ahead[:, -1] == 0).sum()),
                int((ahead[:, -1] < 0).sum()),
            ],
        }
    return made


def _mean(values: np.ndarray) -> list[float]:
    """Mean with its 95 % interval, by 2,000 bootstrap samples of the repetitions."""
    draws = np.random.default_rng(0).integers(len(values), size=(2000, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return [round(float(x), 4) for x in (values.mean(), low, high)]


def live(budget: int, steps: int, items: int, seeds: Sequence[int], out: Path) -> dict[str, Any]:
    """Search, and try in the order of the ranking and of chance, by real trainings.

    All three spend the same trials, and the choice of each is confirmed alike; what is finished in
    `out` is not done again.
    """
    import sample_engineering as se
    from sample_engineering.search.folder import read_plan
    from sample_engineering.search.loop import run_search
    from sample_engineering.search.plan import CONFIRM_SEEDS, FRESH_SEED, SearchPlan
    from sample_engineering.search.training import evaluate_base, train_on
    from sample_engineering.trainers.plan import ValidationPlan

    pool = se.example_pool()

    def searched(seed: int) -> SearchPlan:
        place = out / f"search-{seed}"
        asked: dict[str, Any] = {"budget": budget, "steps": steps, "per_domain": items}
        if (place / "search.json").exists():  # read only for what the others need of it
            return se.plan_search(pool, **asked, seed=seed, out=out / f"other-{seed}")
        if (place / "plan.json").exists():
            plan = read_plan(place)
            run_search(plan, resume=True)
        else:
            plan = se.plan_search(pool, **asked, seed=seed, out=place)
            run_search(plan)
        return plan

    def tried(plan: SearchPlan, order: Sequence[int], place: Path) -> dict[str, Any]:
        def based(made: ValidationPlan, name: str) -> ValidationPlan:
            return replace(made, out=out / f"search-{plan.seed}" / "base" / name)

        trials, confirmation = (
            based(plan.trials, "trials"),
            based(plan.confirmation, "confirmation"),
        )
        lifts = []
        for number, candidate in enumerate(order[: plan.most_trials]):
            sample, own = plan.candidates[candidate], place / f"{number:03}"
            base = evaluate_base(trials, None)
            lifts.append(train_on(trials, sample, (plan.seed,), own, base, None).lift)
        best = plan.candidates[order[int(np.argmax(lifts))]]
        fresh = tuple(range(plan.seed + FRESH_SEED, plan.seed + FRESH_SEED + CONFIRM_SEEDS))
        base = evaluate_base(confirmation, None)
        found = train_on(confirmation, best, fresh, place / "confirmation", base, None)
        return {"trials": lifts, "chosen": best.id, "confirmed": vars(found)}

    rows = []
    for seed in seeds:
        plan = searched(seed)
        record = json.loads((out / f"search-{seed}" / "search.json").read_text())
        chance = [int(p) for p in np.random.default_rng(seed).permutation(len(plan.candidates))]
        rows.append(
            {
                "seed": seed,
                "search": {
                    "trials": [one["lift"] for one in record["trials"]],
                    "chosen": record["chosen"]["id"],
                    "confirmed": record["confirmed"],
                },
                "ranking": tried(plan, range(len(plan.candidates)), out / f"ranking-{seed}"),
                "random": tried(plan, chance, out / f"random-{seed}"),
            }
        )
    final = {
        name: np.array([[row[name]["confirmed"]["lift"]] for row in rows]) for name in STRATEGIES
    }
    return {"runs": rows, "confirmed": report(final, budget)}


def main() -> None:
    """Run one comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--synthetic", action="store_true")
    kind.add_argument("--table", type=Path)
    kind.add_argument("--journal", type=Path)
    kind.add_argument("--live", action="store_true")
    parser.add_argument("--steps", type=int, default=10, help="training steps of a trial")
    parser.add_argument("--trials", type=int, default=16, help="without --live")
    parser.add_argument("--repetitions", type=int, default=100, help="without --live")
    parser.add_argument("--share", type=float, default=0.8, help="of a table, in a repetition")
    parser.add_argument("--budget", type=int, default=200, help="with --live")
    parser.add_argument("--per-domain", type=int, default=20, help="with --live")
    parser.add_argument("--seeds", default="0,1", help="with --live: a repetition each")
    parser.add_argument("--out", type=Path, default=Path("runs/search-benchmark"))
    options = parser.parse_args()
    if options.live:
        seeds = [int(part) for part in options.seeds.split(",")]
        found = live(options.budget, options.steps, options.per_domain, seeds, options.out)
    elif options.synthetic:
        found = {
            f"misled {misled:g}": report(
                curves(
                    [
                        drawn(np.random.default_rng(number), misled=misled)
                        for number in range(options.repetitions)
                    ],
                    options.trials,
                ),
                options.steps,
            )
            for misled in MISLED
        }
    else:
        table = read_table(options.table) if options.table else read_journal(options.journal)
        made = [
            table.replayed(np.random.default_rng(number), options.share)
            for number in range(options.repetitions)
        ]
        found = {"samples": len(table.samples)}
        found |= report(curves(made, options.trials), options.steps)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
