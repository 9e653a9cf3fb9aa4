"""How often a study without any effect claims one: `python scripts/null_calibration.py`.

Items have difficulties Beta(1, 2); the trained model has the base model's chance at every item,
moved for each training seed by a normal deviate. A study claims an effect where its p-value is
below 0.05, which is where its 95 % interval excludes zero. Prints a table in Markdown.
"""

import argparse

import numpy as np

from sample_engineering.evaluation.contrast import LiftValues, contrast
from sample_engineering.evaluation.intervals import Statistic, excludes_zero, resample, spread

STUDIES = [
    # items, completions, training seeds, sd between seeds
    (5, 4, 1, 0.0),
    (20, 4, 1, 0.0),
    (100, 4, 1, 0.0),
    (500, 4, 1, 0.0),
    (500, 1, 1, 0.0),
    (200, 4, 2, 0.03),
    (200, 4, 3, 0.03),
    (200, 4, 5, 0.03),
    (2000, 4, 2, 0.05),
    (2000, 4, 3, 0.05),
]


def lift(rng, items, k, seeds, sd, resamples):
    """Return p-value and interval of one lift."""
    chance = rng.beta(1, 2, items)
    before = rng.binomial(k, chance, (1, items)) / k
    moved = np.clip(chance + rng.normal(0, sd, (seeds, 1)), 0, 1)
    after = rng.binomial(k, moved, (seeds, items)) / k
    drawn = resample(before[..., None], after[..., None], rng, resamples)
    found = Statistic(
        (drawn.after - drawn.before)[:, 0],
        float(after.mean() - before.mean()),
        items,
        spread(before, after)[1],
    )
    return found.p_value, found.interval()


def difference(rng, items, k, seeds, sd, resamples):
    """Return p-value and interval of the difference of two runs with the same true lift."""
    chance = rng.beta(1, 2, items)
    before = rng.binomial(k, chance, items) / k
    runs = []
    for _ in range(2):
        moved = np.clip(chance + rng.normal(0, sd, (seeds, 1)), 0, 1)
        values = rng.binomial(k, moved, (seeds, items)) / k - before
        runs.append(LiftValues(tuple(map(str, range(items))), ("",) * items, values))
    found = contrast(*runs, resamples=resamples, seed=int(rng.integers(2**31)))
    return found.p_value, (found.ci_low, found.ci_high)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=1000)
    parser.add_argument("--resamples", type=int, default=400)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    print("| what | items | k | seeds | sd between seeds | p < .05 | interval excludes 0 |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, study in (("lift", lift), ("difference of two lifts", difference)):
        for items, k, seeds, sd in STUDIES:
            found = [study(rng, items, k, seeds, sd, options.resamples)
                     for _ in range(options.studies)]  # fmt: skip
            small = np.mean([p < 0.05 for p, _ in found])
            clear = np.mean([excludes_zero(interval) for _, interval in found])
            row = (name, items, k, seeds, f"{sd:g}", f"{small:.3f}", f"{clear:.3f}")
            print("|", " | ".join(map(str, row)), "|", flush=True)


if __name__ == "__main__":
    main()
