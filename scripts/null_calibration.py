"""How often a study without any effect claims one: `python scripts/null_calibration.py`.

Only intervals are computed here, so that a thousand studies take a minute;
`benchmarks/calibration.py` has whole studies, down to verdicts. Items have Beta chances. A training
run moves the chance at every item by a normal deviate of the run (in proportion to chance times
its complement, so that an accuracy moves by it) and draws the chance at each item anew around that
(Beta, with `TOTAL` as the sum of its parameters). Nothing has an effect. Of the lift (base model
against the runs), of the lead over a control that was trained once, and of the difference of two
lifts, the share of intervals that exclude zero is printed, in Markdown.
"""

import argparse

import numpy as np

from sample_engineering.evaluation.contrast import LiftValues, contrast
from sample_engineering.evaluation.intervals import Statistic, excludes_zero, resample, spread
from sample_engineering.evaluation.seeds import own_noises, shared_noise

TOTAL = 5.0
# (name, items, completions, mean chance, sum of the parameters of its Beta distribution)
WORLDS = [
    ("microcosm, greedy", 560, 1, 0.35, 1.0),
    ("microcosm, sampled", 560, 4, 0.12, 1.5),
    ("MATH-500, greedy", 500, 1, 0.35, 0.6),
    ("a domain, greedy", 80, 1, 0.35, 1.0),
]
SEEDS = (1, 2, 3, 5)
NOISES = (0.0, 0.01, 0.02, 0.03)


def trained(rng, chance, k, seeds, sd):
    """Return accuracies of training runs, (seeds, items)."""
    weight = chance * (1 - chance)
    shift = rng.normal(0, sd, (seeds, 1)) * weight / weight.mean()
    centre = np.clip(chance + shift, 1e-3, 1 - 1e-3)
    return rng.binomial(k, rng.beta(centre * TOTAL, (1 - centre) * TOTAL)) / k


def claims(before, after, noises, rng, resamples):
    """Whether the interval of after minus before excludes zero."""
    sides = before[..., None], after[..., None]
    made = noises(*sides)
    drawn = resample(*sides, rng, resamples, made)
    point = float(after.mean() - before.mean())
    freedom = float(spread(*sides, made)[1][0])
    replicates = (drawn.after - drawn.before)[:, 0]
    return excludes_zero(Statistic(replicates, point, before.shape[1], freedom).interval())


def study(rng, world, seeds, sd, resamples):
    """Return what a study claims: of the lift, of the lead, of the difference of two lifts."""
    _, items, k, mean, total = world
    chance = np.clip(rng.beta(mean * total, (1 - mean) * total, items), 1e-3, 1 - 1e-3)
    base = rng.binomial(k, chance, (1, items)) / k
    runs, others = (trained(rng, chance, k, seeds, sd) for _ in range(2))
    control = trained(rng, chance, k, 1, sd)
    names = tuple(map(str, range(items)))
    lifts = [LiftValues(names, ("",) * items, side - base[0]) for side in (runs, others)]
    found = contrast(*lifts, resamples=resamples, seed=int(rng.integers(2**31)))
    return (
        claims(base, runs, own_noises, rng, resamples),
        claims(control, runs, shared_noise, rng, resamples),
        excludes_zero((found.ci_low, found.ci_high)),
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=1000)
    parser.add_argument("--resamples", type=int, default=300)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    print("| items of | seeds | sd between seeds | lift | lead over a control | two lifts |")
    print("| --- | --- | --- | --- | --- | --- |")
    for seeds in sorted(SEEDS, key=lambda number: (number != 3, number)):
        for world in WORLDS:
            for sd in NOISES:
                found = [study(rng, world, seeds, sd, options.resamples)
                         for _ in range(options.studies)]  # fmt: skip
                shares = np.mean(found, axis=0)
                cells = world[0], seeds, f"{sd:g}", *(f"{share:.3f}" for share in shares)
                print("|", " | ".join(map(str, cells)), "|", flush=True)


if __name__ == "__main__":
    main()
