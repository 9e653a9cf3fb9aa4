"""Worlds to search in without training: drawn by chance, or replayed from trainings that were made.

A world says what a trial of a candidate comes to, and what the candidate is worth, the latter with
other noise than any trial had.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sample_engineering.sample import Sample
from sample_engineering.search import Features, Observation, believe, propose
from sample_engineering.search.features import normal_scores

TRIAL_ITEMS = 1 / 3  # share of the items that trials are evaluated on; worth is read on the others


@dataclass(frozen=True)
class World:
    """Candidates of which it is known what training on them does.

    Parameters
    ----------
    features : Features
    trials : list of list of (float, float)
        Lift and standard error of each trial that a candidate may have, in order.
    worth : ndarray, shape (n,)
        Lift of each candidate, as measured apart from its trials.
    """

    features: Features
    trials: list[list[tuple[float, float]]]
    worth: np.ndarray


def drawn(
    rng: np.random.Generator,
    *,
    candidates: int = 45,
    skills: int = 20,
    own: float = 0.5,
    misled: float = 1.0,
    amplitude: float = 0.08,
    noise: float = 0.04,
    error: float = 0.03,
    seeds: int = 8,
) -> World:
    """Draw a world: lift is what the skills of a candidate gain, and a part of its own.

    `own` is the share of the variance that no feature knows of; `misled` is how far the ranking is
    off, in standard deviations of what it ranks by: the demand for the skills of a candidate.
    """
    shares = rng.dirichlet(np.full(skills, 0.7))
    shown = np.zeros((candidates, skills))
    for row in shown:
        row[rng.choice(skills, rng.integers(1, 5), replace=False)] = 1
    salience = shown @ shares
    gained = shown @ (shares * np.abs(rng.normal(1, 0.7, skills)))
    gained = (gained - gained.mean()) / gained.std()
    lifts = 0.2 + amplitude * (
        np.sqrt(1 - own) * gained + np.sqrt(own) * rng.normal(size=candidates)
    )
    weighted = shown * shares
    features = Features(
        normal_scores(salience + misled * salience.std() * rng.normal(size=candidates)),
        weighted / np.sqrt((weighted**2).sum(axis=1).mean()),
        rng.normal(size=(candidates, 2)),
    )
    trials = lifts[:, None] + noise * rng.normal(size=(candidates, seeds))
    return World(features, [[(float(x), error) for x in row] for row in trials], lifts)


@dataclass(frozen=True)
class Table:
    """Trainings that were made: samples, and by sample and seed what changed on each item."""

    samples: list[Sample]
    changes: list[np.ndarray]  # of each sample, (seeds, items); one item where only lifts are known
    rates: dict[str, Any]

    def replayed(self, rng: np.random.Generator, share: float = 0.8) -> World:
        """Return a world of some of the samples, with seeds and items parted by chance.

        One seed of each sample says what it is worth, on the items that no trial is evaluated on;
        the others are its trials. Where there is one seed, only the items are parted.
        """
        count = max(round(share * len(self.samples)), 2)
        places = sorted(rng.choice(len(self.samples), count, replace=False))
        items = rng.permutation(self.changes[0].shape[1])
        cut = round(TRIAL_ITEMS * len(items))
        asked, rest = (items[:cut], items[cut:]) if len(items) > 2 else (items, items)
        trials, worth = [], []
        for place in places:
            runs = self.changes[place][rng.permutation(len(self.changes[place]))]
            worth.append(runs[0][rest].mean())
            own = [run[asked] for run in (runs[1:] if len(runs) > 1 else runs)]
            trials.append([(float(x.mean()), float(x.std() / np.sqrt(len(x)))) for x in own])
        return World(self._features([self.samples[p] for p in places]), trials, np.array(worth))

    def _features(self, samples: Sequence[Sample]) -> Features:
        from sample_engineering.microcosm import reference_problems
        from sample_engineering.search.candidates import rank_candidates
        from sample_engineering.selectors.evidence import Evidence

        rates = {s.id: self.rates[s.id] for s in samples if s.id in self.rates}
        found, features, _ = rank_candidates(
            Evidence(samples, rates=rates or None, demand=reference_problems(), group_size=64)
        )
        order = [[s.id for s in found].index(sample.id) for sample in samples]
        return Features(features.score[order], features.skills[order], features.columns[order])


def read_table(path: Path) -> Table:
    """Read records of a sample and its ``lifts``, one for each training seed."""
    samples, changes, rates = [], [], {}
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        lifts = np.array(record.pop("lifts"), dtype=float)
        for name in ("lift", "n", "correct", "pass_rate"):
            if name in record:
                rates.setdefault(record["id"], {})[name] = record.pop(name)
        samples.append(Sample.from_dict(record))
        changes.append(lifts[:, None])
    return Table(samples, changes, {id_: one for id_, one in rates.items() if "n" in one})


def read_journal(path: Path, scale: str = "full") -> Table:
    """Read the trainings for fitting from the journal of ``findings.py``, greedy accuracies."""
    from findings import SCALES, plan_samples

    done = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        done[entry["key"]] = entry
    rates = {row["id"]: row for entry in done.values() for row in entry.get("rows", ())}
    base = np.array(done["base/choosing"]["greedy"]["correct"])
    sets = plan_samples(SCALES[scale])
    samples, changes = [], []
    for kind, of in (("natural", "natural"), ("composed", "candidates")):
        for sample in sets[of]:
            runs = [e for key, e in done.items() if key.startswith(f"{kind}/{sample.id}/")]
            if runs:
                samples.append(sample)
                changes.append(np.array([run["greedy"]["correct"] for run in runs]) - base)
    return Table(samples, changes, rates)


def by_search(world: World, trials: int, rng: np.random.Generator) -> list[int]:
    """Choose after each trial as `se search` does."""
    seen: list[Observation] = []
    chosen: list[int] = []
    belief = believe(world.features)
    for _ in range(trials):
        used = [one.place for one in seen]
        left = [p for p, own in enumerate(world.trials) if used.count(p) < len(own)]
        place = propose(belief, set(used), left)
        seen.append(Observation(place, *world.trials[place][used.count(place)]))
        belief = believe(world.features, seen)
        chosen.append(max({one.place for one in seen}, key=lambda p: belief.mean[p]))
    return chosen


def by_order(order: Sequence[int], world: World, trials: int) -> list[int]:
    """Try in an order, each once, and choose what lifted most."""
    lifts = [world.trials[place][0][0] for place in order[:trials]]
    best = [int(np.argmax(lifts[: number + 1])) for number in range(len(lifts))]
    return [int(order[place]) for place in best]


def by_ranking(world: World, trials: int, rng: np.random.Generator) -> list[int]:
    """Try in the order of the ranking."""
    return by_order(np.argsort(-world.features.score, kind="stable"), world, trials)


def by_chance(world: World, trials: int, rng: np.random.Generator) -> list[int]:
    """Try in a random order."""
    return by_order(rng.permutation(len(world.worth)), world, trials)


STRATEGIES: dict[str, Callable[[World, int, np.random.Generator], list[int]]] = {
    "search": by_search,
    "ranking": by_ranking,
    "random": by_chance,
}


def curves(made: Sequence[World], trials: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Return for each strategy what its choice is worth after each trial: (worlds, trials)."""
    trials = min(trials, *(len(world.worth) for world in made))
    found = {name: np.empty((len(made), trials)) for name in STRATEGIES}
    for number, world in enumerate(made):
        for name, choose in STRATEGIES.items():
            chosen = choose(world, trials, np.random.default_rng([seed, number]))
            found[name][number] = world.worth[chosen]
    return found
