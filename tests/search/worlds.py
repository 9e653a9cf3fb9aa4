"""Worlds in which lifts are known: skills that matter, and a ranking that half knows it."""

from dataclasses import dataclass

import numpy as np

from sample_engineering.search import Features
from sample_engineering.search.features import normal_scores


@dataclass(frozen=True)
class World:
    features: Features
    lifts: np.ndarray
    noise: float

    def trial(self, place: int, rng: np.random.Generator) -> float:
        return float(self.lifts[place] + self.noise * rng.normal())


def world(
    rng: np.random.Generator,
    *,
    candidates: int = 40,
    skills: int = 20,
    own: float = 0.5,
    misled: float = 1.0,
    amplitude: float = 0.08,
    noise: float = 0.04,
) -> World:
    """Lift is the sum of what the skills of a candidate gain, and a part of its own.

    `own` is the share of the variance that no feature knows of; `misled` is how far the ranking is
    off, in standard deviations of what it ranks by.
    """
    shares = rng.dirichlet(np.full(skills, 0.7))
    shown = np.zeros((candidates, skills))
    for row in shown:
        row[rng.choice(skills, rng.integers(1, 5), replace=False)] = 1
    salience = shown @ shares
    gained = shown @ (shares * np.abs(rng.normal(1, 0.7, skills)))
    gained = (gained - gained.mean()) / gained.std()
    varied = np.sqrt(1 - own) * gained + np.sqrt(own) * rng.normal(size=candidates)
    weighted = shown * shares
    features = Features(
        normal_scores(salience + misled * salience.std() * rng.normal(size=candidates)),
        weighted / np.sqrt((weighted**2).sum(axis=1).mean()),
        rng.normal(size=(candidates, 2)),
    )
    return World(features, 0.2 + amplitude * varied, noise)
