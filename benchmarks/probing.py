"""How well 8 rollouts, fixed or adaptive, find the problems whose accuracy varied in training.

Rollouts are simulated from the published accuracy of each of 1,209 problems at one checkpoint of a
real training run (../shared/data/pools/dsr_sub_history.jsonl, arXiv 2504.20571); the ranking by
learnability is compared with the published variance over the whole run. Prints one JSON object.

    python benchmarks/probing.py [--draws 20]
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from sample_engineering.probing.schedule import AdaptiveSchedule, FixedSchedule

HISTORY = Path(__file__).resolve().parents[2] / "shared/data/pools/dsr_sub_history.jsonl"
N = 8
TOP = 50
CHECKPOINTS = (2, 10, 20, 30, 40)  # of at least 44; 20 is the one reported first
SHARES = (0.6, 0.7, 0.8)
MAIN = 20


def simulate(schedule: Any, chances: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return (rollouts, right ones), each of shape (problems,), drawn round by round."""
    given = np.zeros(len(chances), int)
    correct = np.zeros(len(chances), int)
    while (more := schedule.next_round(given, correct)).any():
        correct = correct + rng.binomial(more, chances)
        given = given + more
    return np.stack([given, correct])


def figures(schedule: Any, accuracies: list[list[float]], checkpoint: int, draws: int) -> dict:
    """Return means over draws: rho with the variance, mean variance of the first 50, rollouts."""
    from scipy.stats import spearmanr

    chances = np.array([values[checkpoint] for values in accuracies])
    variance = np.array([np.var(values) for values in accuracies])
    rows = []
    for draw in range(draws):
        given, correct = simulate(schedule, chances, np.random.default_rng(draw))
        rate = correct / given
        learnability = rate * (1 - rate)
        first = np.argsort(-learnability, kind="stable")[:TOP]
        rows.append(
            (spearmanr(learnability, variance)[0], variance[first].mean(), given.mean() / N)
        )
    rho, top, share = np.mean(rows, axis=0)
    return {
        "rho": round(rho, 4),
        "first_50_variance": round(top, 5),
        "rollout_share": round(share, 3),
    }


def read_accuracies(path: Path = HISTORY) -> list[list[float]]:
    """Return the published accuracies of each problem."""
    return [json.loads(line)["accuracy"] for line in path.open(encoding="utf-8")]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=20)
    draws = parser.parse_args().draws
    accuracies = read_accuracies()
    result: dict[str, Any] = {"draws": draws, "problems": len(accuracies), "checkpoints": {}}
    for checkpoint in CHECKPOINTS:
        fixed = figures(FixedSchedule(N), accuracies, checkpoint, draws)
        row: dict[str, Any] = {"fixed_8": fixed}
        for share in SHARES:
            found = figures(AdaptiveSchedule(N, share), accuracies, checkpoint, draws)
            found["rho_difference"] = round(found["rho"] - fixed["rho"], 4)
            found["first_50_ratio"] = round(
                found["first_50_variance"] / fixed["first_50_variance"], 4
            )
            row[f"adaptive_{share:g}"] = found
        result["checkpoints"][str(checkpoint)] = row
    main_row = result["checkpoints"][str(MAIN)]
    result["rho"] = main_row["fixed_8"]["rho"]
    result["ratio"] = main_row["adaptive_0.6"]["rollout_share"]
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
