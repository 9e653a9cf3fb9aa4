"""What each selector, shown the first visits of a training, says of how accuracy moves later.

    python benchmarks/selectors_later.py POOLS --visits 1 --visits 4

POOLS holds `dsr_sub.jsonl` and `dsr_sub_history.jsonl` (One-Shot-RLVR, Apache-2.0). Every selector
sees the first visits only, 8 rollouts each, as a history and as pass rates; the outcome is the
variance of all later visits. Prints a Markdown table: Spearman's rho by number of visits.
"""

import json
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

import sample_engineering as se

ROLLOUTS = 8  # of a visit, as in the published training


def main(pools: Path, visits: Annotated[list[int], typer.Option()]) -> None:
    """Print the table."""
    history = {}
    for line in (pools / "dsr_sub_history.jsonl").read_text().splitlines():
        row = json.loads(line)
        history[str(row["id"])] = row["accuracy"]
    found: dict[str, dict[int, str]] = {}
    for shown in visits:
        evaluation = se.rank(
            pools / "dsr_sub.jsonl",
            history={id_: seen[:shown] for id_, seen in history.items()},
            rates=[
                {"id": id_, "n": shown * ROLLOUTS, "correct": round(sum(seen[:shown]) * ROLLOUTS)}
                for id_, seen in history.items()
            ],
            evaluate={id_: float(np.var(seen[shown:])) for id_, seen in history.items()},
        ).evaluation
        for one in evaluation:
            for name in (one.selector, *one.same_order):
                found.setdefault(name, {})[shown] = f"{one.rho:+.2f}"
    order = sorted(found, key=lambda name: -abs(float(found[name].get(visits[-1], "0"))))
    print("| selector | " + " | ".join(f"{n} visits" for n in visits) + " |")
    print("| --- |" + " --- |" * len(visits))
    for name in order:
        print(f"| `{name}` | " + " | ".join(found[name].get(n, "–") for n in visits) + " |")


if __name__ == "__main__":
    typer.run(main)
