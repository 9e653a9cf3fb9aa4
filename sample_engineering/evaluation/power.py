"""What a study can show, before it is made: the minimum detectable effect, and the items it takes.

The lift of a study of n items, k completions and S training seeds has the variance

    V = v [(1 - d)(1 + 1/S)/k + 2 d (1 - r)] / n  +  t^2 / S,      v = a (1 - a),

with the accuracy a (the mean of before and after), d the share of v that lies between items, r the
share of it that a training leaves where it is, and t the standard deviation that training seeds add
to the accuracy of a run. From one run t is not seen, and the study speaks of that run: the last
term is left out. A lift of L is shown at the level alpha with the power p where

    L = (quantile(1 - alpha/2) + quantile(p)) sqrt(V),

with quantiles of Student's t for the degrees of freedom that `seeds` gives the interval. For one of
several domains, alpha is divided by their number, which is Holm's first step.

d, r and t are not known before the study. The values here are on the careful side of what was
measured on the embedded model (docs/lab/evaluation.md, minimum detectable effect).

References
----------
Miller (2024), Adding error bars to evals, arXiv 2411.00640, section 5: power analysis of paired
evaluations.
"""

from dataclasses import dataclass, replace

import numpy as np

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.intervals import LEVEL
from sample_engineering.evaluation.seeds import combined

POWER = 0.8
NOISE = 0.02  # t: sd of a run's accuracy between training seeds
BETWEEN_ITEMS = 0.3  # d
KEPT = 0.5  # r
_MOST_ITEMS = 10**7
# Noise of items in units of that of seeds, among which a smaller study is looked for.
_RATIOS = np.geomspace(0.01, 100, 200)


@dataclass(frozen=True)
class Design:
    """What a study asks.

    Parameters
    ----------
    items : int
        Items that the lift is the mean of.
    completions : int
        Of each item; 1 decoded greedily.
    accuracy : float
        Of the base model: measured, or guessed.
    seeds : int
        Training runs.
    tests : int
        Lifts that are tested together: 1 for the overall one, the number of domains for one of
        them.
    noise, between_items, kept : float
        t, d and r of the module.

    Raises
    ------
    ConfigError
        If a value is out of range.
    """

    items: int
    completions: int = 1
    accuracy: float = 0.5
    seeds: int = 1
    tests: int = 1
    noise: float = NOISE
    between_items: float = BETWEEN_ITEMS
    kept: float = KEPT

    def __post_init__(self) -> None:
        for name, fewest in (("items", 2), ("completions", 1), ("seeds", 1), ("tests", 1)):
            if getattr(self, name) < fewest:
                raise ConfigError(
                    f"`{name}` {getattr(self, name)} is below {fewest}; give at least that"
                )
        for name in ("accuracy", "between_items", "kept", "noise"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"`{name}` {getattr(self, name)} is no share; give one of 0 to 1")

    def errors(self, lift: float) -> tuple[np.ndarray, np.ndarray]:
        """Return standard errors of a lift and their degrees of freedom, read in several ways.

        The first is that of the whole study. Where seeds differ more than items do, less noise of
        items means fewer degrees of freedom, and a study of fewer completions may show a little
        more; since it is contained in the larger one, it stands among the others.

        Returns
        -------
        errors, freedoms : array of shape (ways,)
        """
        accuracy = min(1.0, self.accuracy + lift / 2)
        within = (1 - self.between_items) * (1 + 1 / self.seeds) / self.completions
        between = 2 * self.between_items * (1 - self.kept)
        items = accuracy * (1 - accuracy) * (within + between) / self.items
        if self.seeds == 1:
            return np.array([np.sqrt(items)]), np.array([self.items - 1.0])
        spread = self.noise**2 / self.seeds
        ways = np.concatenate([[items], spread * _RATIOS[spread * _RATIOS > items]])
        each = np.full_like(ways, self.items - 1.0), np.full_like(ways, self.seeds - 1.0)
        parts = [(ways, each[0]), (np.full_like(ways, spread), each[1])]
        variances, freedoms = combined(parts, len(ways))
        return np.sqrt(variances), freedoms


def minimum_detectable(design: Design, *, power: float = POWER) -> float:
    """Return the smallest true lift that a study shows with that power.

    Parameters
    ----------
    design : Design
    power : float
        Chance that the interval excludes zero, in (0, 1).

    Returns
    -------
    float
        As a share; 1 - `accuracy` at most, which no lift exceeds. Infinite where even that is not
        shown.
    """
    if not 0 < power < 1:
        raise ConfigError(f"`power` {power} must lie between 0 and 1; 0.8 is usual")
    room = 1 - design.accuracy
    if room < _needed(design, room, power):
        return float("inf")
    low, high = 0.0, room  # a lift of `high` is shown
    for _ in range(50):
        middle = (low + high) / 2
        if middle < _needed(design, middle, power):
            low = middle
        else:
            high = middle
    return high


def items_needed(design: Design, lift: float, *, power: float = POWER) -> int | None:
    """Return the fewest items that show a lift with that power; None where no number does.

    Parameters
    ----------
    design : Design
        Its `items` do not count.
    lift : float
        The true lift, as a share.
    power : float
        As in `minimum_detectable`.
    """
    if not 0 < lift <= 1 - design.accuracy:
        raise ConfigError(
            f"`lift` {lift} must lie above 0 and leave accuracy at most 1; the base model is at "
            f"{design.accuracy}"
        )
    enough, few = _MOST_ITEMS, 1
    if minimum_detectable(replace(design, items=enough), power=power) > lift:
        return None
    while enough - few > 1:
        middle = (enough + few) // 2
        if minimum_detectable(replace(design, items=middle), power=power) <= lift:
            enough = middle
        else:
            few = middle
    return enough


def _needed(design: Design, lift: float, power: float) -> float:
    from scipy import special

    errors, freedoms = design.errors(lift)
    alpha = (1 - LEVEL) / design.tests
    students = special.stdtrit(freedoms, 1 - alpha / 2) + special.stdtrit(freedoms, power)
    return float(np.min(errors * students))
