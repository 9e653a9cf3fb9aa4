"""Weights and hints by difficulty: how hard a problem is for the model that is being trained.

The pass rate of a group says how hard its problem is now. It can weigh the group's advantages,
leave the group out, and decide whether the problem is posed with a hint.

- ``harder``: more for what is harder, after "difficulty prior" (arXiv 2505.13261, of which the
  abstract was read: it says that advantages are weighted by the accuracy of the group, more for
  harder problems, and not how; the line below is ours).
- ``uncertain``: most for what is half right, 4 x 1.8 p (1 - p), the dynamic weighting of Observe-R1
  (arXiv 2505.12432), as its repository computes it.

A rollout counts as right where its reward is positive, so that an arm that is not shown the answer
is not shown it here either.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.registry import suggestion

NO_WEIGHT = "none"
# 1.5 for a problem that is never solved, 0.5 for one that always is, 1 for one that is half the
# time: it moves emphasis between problems, and not the learning rate.
_HARDEST, _SLOPE = 1.5, 1.0
# `diff_coef` of github.com/zrguo/Observe-R1 at 418547ad, scripts/train_r1.sh.
_UNCERTAIN = 1.8
WEIGHTS: Mapping[str, Callable[[float], float]] = {
    NO_WEIGHT: lambda p: 1.0,
    "harder": lambda p: _HARDEST - _SLOPE * p,
    "uncertain": lambda p: 4 * _UNCERTAIN * p * (1 - p),
}
# The paper's hint is not in its abstract; these words are ours.
HINT = "This problem is hard: reason carefully and check each step. "
HINTED = "hinted"  # the column of the prompt with the hint


def weight(name: str, band: tuple[float, float], pass_rate: float) -> float:
    """Return how much a group weighs.

    Parameters
    ----------
    name : str
        One of `WEIGHTS`.
    band : (float, float)
        Outside, a group weighs nothing.
    pass_rate : float
        Share of its rollouts with a positive reward; NaN where a judge left all undecided, which
        weighs nothing, as nothing is learnt of them.
    """
    low, high = band
    return WEIGHTS[name](pass_rate) if low <= pass_rate <= high else 0.0


def check_difficulty(name: str, band: Any, hint: float) -> None:
    """Raise ConfigError where the settings of a recipe cannot be used."""
    if name not in WEIGHTS:
        raise ConfigError(f"`difficulty_weight` {name!r} is not known; {suggestion(name, WEIGHTS)}")
    numbers = isinstance(band, tuple) and all(isinstance(end, int | float) for end in band)
    if not numbers or len(band) != 2 or not 0 <= band[0] < band[1] <= 1:
        raise ConfigError(
            f"`pass_band` must be two rising pass rates such as [0.2, 0.8], not {band!r}"
        )
    if not 0 <= hint <= 1:
        raise ConfigError(f"`difficulty_hint` must be a pass rate from 0 to 1, not {hint:g}")
