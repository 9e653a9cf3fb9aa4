"""How often a verdict is wrong, with training noise: `python benchmarks/calibration.py`.

Studies are simulated down to single completions and judged by the functions that judge real ones
(`compare`, `judge`). In a study, items have difficulties as in the microcosm (560 items in 7
domains, greedy accuracy about .35, sampled .12 with four completions) or as in MATH-500 (500 items,
greedy). A training run moves the base model's chance at every item, on the logit scale, by the
effect of its arm, by a deviate of the run, and by a deviate of run and item. The run's deviate has
the standard deviation that is given in accuracy; that of run and item is `ITEM_SHIFT`. Symmetric
deviates of logits would raise a small accuracy, so all runs are moved by a constant under which
training without effect leaves the accuracy of all items as it is.

Four truths are simulated: no arm does anything (*null*); every training does the same, whatever its
reward (*any training*); training makes the model surer of what it says most, so that only sampled
accuracy moves (*sharper*); and the sample lifts, the controls do not (*lift*). Of each it is
counted how often each kind of verdict comes out, how often the interval of the lift, and that of
the lead over a control, holds the truth, and how often they lie on the wrong side of it. With one
or two training runs the truth is what these very runs would come to on all items; from three on,
what the sample would come to over all training seeds.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from sample_engineering.evaluation.compare import Comparison, compare
from sample_engineering.evaluation.readings import GREEDY, SAMPLED
from sample_engineering.evaluation.table import Evaluation, table_of
from sample_engineering.evaluation.verdict import DECIDING, FEWEST_SEEDS, judge

# Standard deviation, in logits, of what one training run does to one item and not to the others: at
# a chance of .35 one logit is 23 points.
ITEM_SHIFT = 1.0
RESAMPLES = 400
LARGE = 50_000  # items that stand for all items when a truth is computed


@dataclass(frozen=True)
class World:
    """What is asked.

    Parameters
    ----------
    name : str
    domains : int
    items : int
        Of each domain.
    readings : mapping from reading to (accuracy, concentration, completions)
        Mean of the base model's chance at an item, sum of the two parameters of its Beta
        distribution (the smaller, the more items are nearly sure), and completions an item.
    """

    name: str
    domains: int
    items: int
    readings: tuple[tuple[str, float, float, int], ...]


MICROCOSM = World("microcosm", 7, 80, ((GREEDY, 0.35, 1.0, 1), (SAMPLED, 0.12, 1.5, 4)))
MATH500 = World("math500", 1, 500, ((GREEDY, 0.35, 0.6, 1),))


@dataclass(frozen=True)
class Setting:
    """One row of the table.

    Parameters
    ----------
    world : World
    truth : str
        ``null``, ``any training``, ``sharper`` or ``lift``.
    seeds : int
        Training runs of the sample; each control has one.
    noise : float
        Standard deviation of a run's accuracy between training seeds.
    controls : bool
        Whether the deciding controls are trained.
    """

    world: World
    truth: str
    seeds: int
    noise: float
    controls: bool = True


# What the truths do to (sample, controls), in accuracy, by reading.
EFFECTS = {
    "null": {GREEDY: (0.0, 0.0), SAMPLED: (0.0, 0.0)},
    "any training": {GREEDY: (0.1, 0.1), SAMPLED: (0.1, 0.1)},
    "sharper": {GREEDY: (0.0, 0.0), SAMPLED: (0.1, 0.0)},
    "lift": {GREEDY: (0.2, 0.0), SAMPLED: (0.15, 0.0)},
}
RIGHT = {
    "null": {"no effect shown"},
    "any training": {"no lead shown", "no effect shown"},
    "sharper": {"sharpening only", "lifts sampled only", "no lead shown", "no effect shown"},
    "lift": {"lifts", "no lead shown", "no effect shown", "sharpening only", "lifts sampled only"},
}


def settings(quick: bool) -> list[Setting]:
    """Return the rows of the table."""
    found = []
    for world in (MATH500, MICROCOSM):
        found += [Setting(world, "null", 1, 0.02, controls=False)]
        found += [
            Setting(world, "null", 3, sd) for sd in ((0.02,) if quick else (0.01, 0.02, 0.03))
        ]
        found += [Setting(world, "null", 5, 0.02)]
        found += [Setting(world, truth, 3, 0.02) for truth in ("any training", "lift")]
    return [*found, Setting(MICROCOSM, "sharper", 3, 0.02)]


class Simulation:
    """Evaluations of a world, drawn anew for each study."""

    def __init__(self, world: World, noise: float, rng: np.random.Generator) -> None:
        self.world, self.noise, self.rng = world, noise, rng
        self.slopes: dict[str, float] = {}  # accuracy a logit
        self.centres: dict[str, float] = {}  # logits that undo what deviates alone do to the mean
        self.tables: dict[str, pd.DataFrame] = {}
        self._truths: dict[tuple[str, float], float] = {}
        for reading, mean, concentration, k in world.readings:
            logits = self._logits(mean, concentration, LARGE)
            chance = _chance(logits + rng.normal(0, ITEM_SHIFT, LARGE))
            self.slopes[reading] = float((chance * (1 - chance)).mean())
            self.centres[reading] = self._centre(logits, noise / self.slopes[reading])
            self.tables[reading] = _table(world, k)

    def _logits(self, mean: float, concentration: float, number: int) -> np.ndarray:
        chance = self.rng.beta(mean * concentration, (1 - mean) * concentration, number)
        chance = np.clip(chance, 1e-4, 1 - 1e-4)
        found: np.ndarray = np.log(chance / (1 - chance))
        return found

    def _centre(self, logits: np.ndarray, run_noise: float) -> float:
        """Return the shift under which deviates leave the mean chance as it is, by bisection."""
        moved = (
            logits + self.rng.normal(0, ITEM_SHIFT, LARGE) + self.rng.normal(0, run_noise, LARGE)
        )
        low, high, wanted = -5.0, 5.0, _chance(logits).mean()
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if _chance(moved + middle).mean() < wanted else (low, middle)
        return (low + high) / 2

    def truth(self, reading: str, shift: float) -> float:
        """Accuracy over all items of a model that is moved by `shift` logits; cached by step."""
        key = reading, round(shift, 3)
        if key not in self._truths:
            mean, concentration = self._shape(reading)
            logits = self._logits(mean, concentration, LARGE)
            moved = logits + self.rng.normal(0, ITEM_SHIFT, LARGE)
            # Paired with the base model's own chance, so that only the difference is simulated.
            change = (_chance(moved + key[1]) - _chance(logits)).mean()
            self._truths[key] = float(change)
        return self._truths[key]

    def _shape(self, reading: str) -> tuple[float, float]:
        return next((m, c) for name, m, c, _ in self.world.readings if name == reading)

    def study(self, setting: Setting) -> dict[str, Any]:
        """Draw and judge one study."""
        lifts: dict[str, Comparison] = {}
        leads: dict[str, dict[str, Comparison]] = {}
        truths: dict[str, float] = {}
        for reading, mean, concentration, k in self.world.readings:
            base = self._logits(mean, concentration, self.world.domains * self.world.items)
            effects = EFFECTS[setting.truth][reading]
            slope = self.slopes[reading]
            before = self._evaluation(reading, base, k)
            runs, shifts = self._arm(reading, base, k, effects[0] / slope, setting.seeds)
            lifts[reading] = self._compare(before, runs)
            whole = setting.seeds >= FEWEST_SEEDS
            truths[reading] = self._expected(reading, effects[0] / slope, shifts, whole)
            for name in DECIDING if setting.controls else ():
                own, moved = self._arm(reading, base, k, effects[1] / slope, 1)
                leads.setdefault(name, {})[reading] = compare(
                    own, runs, resamples=RESAMPLES, both_trained=True
                )
                truths[f"{reading} lead"] = truths[reading] - self._expected(
                    reading, effects[1] / slope, moved, whole
                )
        verdict = judge(lifts, controls=leads, seeds=setting.seeds)
        found: dict[str, Any] = {
            "kind": verdict.kind,
            "wrong": _is_wrong(verdict.kind, setting, truths),
        }
        for reading, lift in lifts.items():
            found[reading] = _standing(lift, truths[reading])
        for reading, lead in leads.get(DECIDING[-1], {}).items():
            found[f"{reading} lead"] = _standing(lead, truths[f"{reading} lead"])
        return found

    def _compare(self, before: Evaluation, runs: Sequence[Evaluation]) -> Comparison:
        return compare(before, runs, resamples=RESAMPLES)

    def _arm(
        self, reading: str, base: np.ndarray, k: int, effect: float, seeds: int
    ) -> tuple[list[Evaluation], np.ndarray]:
        middle = self.centres[reading] + effect
        shifts = middle + self.rng.normal(0, self.noise / self.slopes[reading], seeds)
        return [
            self._evaluation(reading, base + shift + self.rng.normal(0, ITEM_SHIFT, len(base)), k)
            for shift in shifts
        ], shifts

    def _evaluation(self, reading: str, logits: np.ndarray, k: int) -> Evaluation:
        right = self.rng.random((len(logits), k)) < _chance(logits)[:, None]
        return Evaluation(self.tables[reading].assign(
            correct=right.ravel(), extracted_right=right.ravel()
        ))  # fmt: skip

    def _expected(self, reading: str, effect: float, shifts: np.ndarray, whole: bool) -> float:
        if whole:  # over all training seeds
            noise = self.noise / self.slopes[reading]
            shifts = self.centres[reading] + effect + noise * _QUANTILES
        return float(np.mean([self.truth(reading, shift) for shift in shifts]))


_HALVINGS = 40
# Deviates that stand for the normal distribution, equally likely.
_QUANTILES = np.array([-1.6449, -1.0364, -0.6745, -0.3853, -0.1257, 0.1257, 0.3853, 0.6745, 1.0364,
                       1.6449])  # fmt: skip


def _chance(logits: np.ndarray) -> np.ndarray:
    found: np.ndarray = 1 / (1 + np.exp(-logits))
    return found


def _table(world: World, k: int) -> pd.DataFrame:
    rows = [
        (f"d{d}-{i}", f"d{d}", "test", j, "", 1, "stop", True, False, "number", False, "", "", "")
        for d in range(world.domains)
        for i in range(world.items)
        for j in range(k)
    ]
    return table_of(rows)


def _is_wrong(kind: str, setting: Setting, truths: Mapping[str, float]) -> bool:
    """Whether a verdict says what is not so: of these runs, or of the sample."""
    if setting.seeds < FEWEST_SEEDS:
        if kind in ("lifts", "harms"):
            return (truths[GREEDY] > 0) != (kind == "lifts")
        if kind in ("sharpening only", "lifts sampled only", "harms sampled only"):
            return (truths[SAMPLED] > 0) != (kind != "harms sampled only")
    return kind not in RIGHT[setting.truth]


def _standing(found: Comparison, truth: float) -> dict[str, float]:
    """Return where the interval lies: around the truth, or claiming too much."""
    effect = found.overall
    return {
        "held": float(effect.ci_low <= truth <= effect.ci_high),
        "claimed": float(effect.excludes_zero),
        "width": effect.ci_high - effect.ci_low,
        "error": effect.lift - truth,
    }


def row(setting: Setting, studies: int, seed: int) -> dict[str, Any]:
    """Simulate one row of the table."""
    rng = np.random.default_rng([seed, setting.seeds, int(1000 * setting.noise),
                                 list(EFFECTS).index(setting.truth)])  # fmt: skip
    simulation = Simulation(setting.world, setting.noise, rng)
    started = time.perf_counter()
    found = [simulation.study(setting) for _ in range(studies)]
    kinds = Counter(study["kind"] for study in found)
    false = Counter(study["kind"] for study in found if study["wrong"])
    wrong = {kind: n / studies for kind, n in false.items()}
    figures: dict[str, Any] = {}
    for name in found[0]:
        if name not in ("kind", "wrong"):
            part = pd.DataFrame([study[name] for study in found])
            figures[name] = {
                "coverage": part["held"].mean(),
                "excludes_zero": part["claimed"].mean(),
                "half_width": part["width"].mean() / 2,
                "bias": part["error"].mean(),
            }
    return {
        **asdict(setting),
        "world": setting.world.name,
        "studies": studies,
        "kinds": {kind: n / studies for kind, n in kinds.most_common()},
        "wrong": wrong,
        "most_wrong": max(wrong.values(), default=0.0),
        **figures,
        "seconds": time.perf_counter() - started,
    }


def main() -> None:
    """Print the table in Markdown, and as JSON with `--json`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=300, help="simulated studies a row")
    parser.add_argument("--quick", action="store_true", help="one training noise, 60 studies a row")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    studies = min(options.studies, 60) if options.quick else options.studies
    rows = []
    for setting in settings(options.quick):
        rows.append(row(setting, studies, options.seed))
        if not options.json:
            print(_line(rows[-1], first=len(rows) == 1), flush=True)
    if options.json:
        json.dump(rows, sys.stdout, indent=2)


def _line(found: dict[str, Any], *, first: bool) -> str:
    def share(value: float) -> str:
        return f"{value:.3f}".lstrip("0") if value < 1 else "1"

    def covered(name: str) -> str:
        return share(found[name]["coverage"]) if name in found else ""

    cells = [
        found["world"], found["truth"], found["seeds"], f"{found['noise']:g}",
        ", ".join(f"{kind} {share(part)}" for kind, part in found["kinds"].items()),
        share(found["most_wrong"]),
        covered(GREEDY), covered(SAMPLED), covered(f"{GREEDY} lead"), covered(f"{SAMPLED} lead"),
    ]  # fmt: skip
    line = "| " + " | ".join(map(str, cells)) + " |"
    if not first:
        return line
    names = ["world", "truth", "seeds", "noise", "verdicts", "most frequent wrong one",
             "greedy lift held", "sampled", "greedy lead held", "sampled"]  # fmt: skip
    return "\n".join(["| " + " | ".join(names) + " |", "| --- " * len(names) + "|", line])


if __name__ == "__main__":
    main()
