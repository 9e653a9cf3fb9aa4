"""The score: what was measured of a candidate, and what it covers, in one number."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sample_engineering.sample import Sample
from sample_engineering.selectors.protocol import Scores

if TYPE_CHECKING:
    import numpy

# Weight of measured learning against coverage where learning itself was measured: by a training
# history or by one-shot runs.
LEARNING_WEIGHT = 0.8


def combine(
    pool: Sequence[Sample], columns: Mapping[str, list[Any]], found: Mapping[str, Scores]
) -> tuple[list[float | None], list[str]]:
    """Return the score of each candidate (None: gated) and the tier it rests on."""
    import numpy as np

    covered = coverage_score(found["skill_salience"].values, found["cross_domain"].values)
    learned, tiers = [], []
    for place in range(len(pool)):
        value, tier = _learned({name: columns[name][place] for name in columns if name in _USED})
        learned.append(value)
        tiers.append(tier)
    measured = np.array(learned)
    known = ~np.isnan(measured)
    if known.any():
        measured = np.where(known, measured, measured[known].mean())
        moved = np.isin(tiers, ("validated", "history"))
        score = np.where(
            moved, LEARNING_WEIGHT * measured + (1 - LEARNING_WEIGHT) * covered, measured * covered
        )
    else:
        score = covered
    gated = found["gradable"].values == 0
    copies = found["novelty"].columns.get("contaminated_by")
    if copies is not None:
        gated = gated | np.array([name is not None for name in copies])
    return [None if gate else float(s) for gate, s in zip(gated, score, strict=True)], tiers


_USED = (
    "lift",
    "history_variance",
    "lim",
    "dead_group_chance",
    "learnability",
    "pass_rate",
    "reasoning_dependence",
)


def _learned(known: Mapping[str, Any]) -> tuple[float, str]:
    """Return measured learning on [0, 1], strongest evidence first; NaN where nothing was."""
    if known.get("lift") is not None:
        return min(max(0.5 + known["lift"], 0.0), 1.0), "validated"
    if known.get("history_variance") is not None:
        return min(2 * max(known["history_variance"], 0.0) ** 0.5, 1.0), "history"
    if known.get("lim") is not None:
        return min(max(known["lim"], 0.0), 1.0), "history"
    if known.get("learnability") is not None:
        dead = known.get("dead_group_chance")  # None: the pool brought p(1 - p) and nothing else
        value = min(4 * known["learnability"], 1.0) if dead is None else 1 - dead
        rate, dependence = known.get("pass_rate"), known.get("reasoning_dependence")
        if rate and dependence is not None:
            value *= min(max(dependence / rate, 0.0), 1.0)
        return value, "probed"
    return float("nan"), "text"


def coverage_score(salience: "numpy.ndarray", potential: "numpy.ndarray") -> "numpy.ndarray":
    """Mean of a candidate's percentiles in skill salience and cross-domain potential, in (0, 1)."""
    return (_percentiles(salience) + _percentiles(potential)) / 2


def _percentiles(values: "numpy.ndarray") -> "numpy.ndarray":
    """Share of candidates below each, ties sharing the middle, in (0, 1)."""
    import numpy as np

    ordered = np.sort(values)
    below = np.searchsorted(ordered, values, side="left")
    up_to = np.searchsorted(ordered, values, side="right")
    return (below + up_to) / (2 * max(len(values), 1))
