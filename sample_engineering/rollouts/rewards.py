"""Rewards as logs write them: truth values, signs, words, percent, counts; and what they mean.

A cell is read by `number_of`. What the numbers of a column mean (0 and 1, -1 and 1, percent ...)
can only be said of all of them together, which `meaning_of` does.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import ConfigError, PoolError

if TYPE_CHECKING:
    import numpy

_RIGHT = frozenset(["true", "yes", "right", "correct", "pass", "passed", "solved", "success", "c"])
_WRONG = frozenset(
    ["false", "no", "wrong", "incorrect", "fail", "failed", "unsolved", "failure", "i"]
)
_MISSING = frozenset(("", "null", "none", "nan", "n/a", "na", "-", "--"))
# inspect scores a partly right answer as P and one that was not given as N.
_PARTLY = {"p": 0.5, "n": 0.0}
_OF = re.compile(r"(\d{1,9})\s*(?:/|of|out of)\s*(\d{1,9})", re.IGNORECASE)
_DISTINCT = 64
_PERCENT = 100.0
# A column of whole numbers up to here may be counts of a group as well as percent.
_LARGEST_GROUP = 64
_LEAST_PERCENT = 10.0
NOT_VISITED = -1.0


def number_of(value: Any) -> tuple[float, int] | None:
    """Read one cell as a reward and the number of rollouts it stands for.

    Returns
    -------
    (float, int) or None
        NaN where the cell is empty; None where it is no reward at all.
    """
    if isinstance(value, bool):
        return float(value), 1
    if value is None:
        return math.nan, 1
    if isinstance(value, int | float):
        try:
            return float(value), 1
        except OverflowError:
            return None
    if isinstance(value, str):
        return _of_text(value.strip().lower())
    if isinstance(value, Mapping) and "value" in value:  # a score of inspect
        return number_of(value["value"])
    return None


def _of_text(text: str) -> tuple[float, int] | None:
    if text in _MISSING:
        return math.nan, 1
    if text in _RIGHT:
        return 1.0, 1
    if text in _WRONG:
        return 0.0, 1
    if text in _PARTLY:
        return _PARTLY[text], 1
    counted = _OF.fullmatch(text)
    if counted:
        right, of = int(counted[1]), int(counted[2])
        return (right / of, of) if of > 0 and right <= of else None
    share = text.removesuffix("%").rstrip()
    try:
        value = float(share)
    except ValueError:
        return None
    if not math.isfinite(value):
        return math.nan, 1
    return (value / _PERCENT, 1) if share != text else (value, 1)


@dataclass
class Seen:
    """What numbers occurred in a column.

    Attributes
    ----------
    low, high : float
        Least and greatest.
    whole : bool
        Whether all are whole numbers.
    distinct : set of float
        All of them while they are few; see `few`.
    """

    low: float = math.inf
    high: float = -math.inf
    whole: bool = True
    few: bool = True
    distinct: set[float] = field(default_factory=set)

    def add(self, values: "numpy.ndarray") -> None:
        """Look at more of them; NaN is none."""
        import numpy as np

        known = values[~np.isnan(values)]
        if not known.size:
            return
        self.low = min(self.low, float(known.min()))
        self.high = max(self.high, float(known.max()))
        self.whole = self.whole and bool((known == np.floor(known)).all())
        if self.few:
            self.distinct.update(np.unique(known)[: _DISTINCT + 1].tolist())
            self.few = len(self.distinct) <= _DISTINCT

    @property
    def any(self) -> bool:
        """Whether there was a number at all."""
        return self.low <= self.high


@dataclass(frozen=True)
class Meaning:
    """What rewards of a column mean.

    Parameters
    ----------
    words : str
        For people.
    low, high : float
        Rewards that stand for an accuracy of 0 and of 1.
    threshold : float or None
        Counted as right from here on (or above, see `above`) instead.
    above : bool
        Whether the threshold itself is wrong.
    unvisited : bool
        Whether -1 says that a problem was not visited.
    """

    words: str
    low: float = 0.0
    high: float = 1.0
    threshold: float | None = None
    above: bool = False
    unvisited: bool = False

    def of(self, values: "numpy.ndarray") -> "numpy.ndarray":
        """Return accuracies in [0, 1]; NaN where not visited or out of range."""
        import numpy as np

        known = np.where(values == NOT_VISITED, np.nan, values) if self.unvisited else values
        if self.threshold is not None:
            right = known > self.threshold if self.above else known >= self.threshold
            return np.where(np.isnan(known), np.nan, right.astype(float))
        scaled: numpy.ndarray = (known - self.low) / (self.high - self.low)
        return scaled


def given_meaning(scale: tuple[float, float] | None, threshold: float | None) -> Meaning | None:
    """Return what the user says that rewards mean; None where that is left open.

    Raises
    ------
    ConfigError
        If both are given, or the scale has no extent.
    """
    if scale is not None and threshold is not None:
        raise ConfigError("`scale` and `threshold` both say what is right; leave one out")
    if threshold is not None:
        if not math.isfinite(threshold):
            raise ConfigError(f"`threshold` is {threshold}; give a number")
        return Meaning(f"right from {threshold:g} on", threshold=threshold)
    if scale is None:
        return None
    low, high = scale
    if not (math.isfinite(low) and math.isfinite(high)) or low == high:
        raise ConfigError(f"`scale` {low:g},{high:g} has no extent; give e.g. -1,1 or 0,100")
    return Meaning(f"from {low:g} (wrong) to {high:g} (right)", low, high)


def meaning_of(seen: Seen, column: str, *, rates: bool, alone: bool) -> Meaning:
    """Say what the numbers of a column mean.

    Parameters
    ----------
    seen : Seen
    column : str
        Its name; one with "percent" in it holds percent.
    rates : bool
        Whether the name says that each is a share of right rollouts (accuracy, pass rate).
    alone : bool
        Whether each stands for a visit of a problem and not for one of its rollouts.

    Raises
    ------
    PoolError
        If they could mean several things; the message says what to give.
    """
    if not seen.any:
        return Meaning("none")
    name = column.lower()
    if "percent" in name or "pct" in name or "%" in name:
        return Meaning("percent", high=_PERCENT)
    signs = seen.few and seen.distinct <= {-1.0, 1.0} and -1.0 in seen.distinct
    if signs and not (rates and alone):
        return Meaning("-1 wrong, 1 right", low=-1.0)
    if seen.low >= 0 and seen.high <= 1:
        if seen.few and seen.distinct <= {0.0, 1.0}:
            return Meaning("0 wrong, 1 right")
        if rates or alone:
            return Meaning("shares from 0 to 1")
        return Meaning("fractions from 0 to 1, of which the mean counts; `threshold` says right")
    if seen.few and len(seen.distinct) == 2 and seen.low <= 0 < seen.high and not rates:
        words = f"{seen.low:g} wrong, {seen.high:g} right, the only two"
        if seen.low != NOT_VISITED or not alone:
            return Meaning(words, seen.low, seen.high)
    positive = {value for value in seen.distinct if value != NOT_VISITED}
    marked = NOT_VISITED in seen.distinct and (rates or alone)
    if marked and all(0 <= value <= 1 for value in positive) and seen.high <= 1 and seen.low >= -1:
        return Meaning("shares from 0 to 1, -1 not visited", unvisited=True)
    if seen.high <= 1:
        return Meaning("right above 0, since some are negative", threshold=0.0, above=True)
    if rates and (seen.low >= 0 or marked) and _LEAST_PERCENT <= seen.high <= _PERCENT:
        if not (seen.whole and seen.high <= _LARGEST_GROUP):
            return Meaning("percent", high=_PERCENT, unvisited=marked)
        raise PoolError(
            f"{column} holds whole numbers up to {seen.high:g}, which may be percent or counts; "
            f"give `scale` 0,100, or 0,N for counts of N rollouts"
        )
    raise PoolError(
        f"{column} runs from {seen.low:g} to {seen.high:g}; give `threshold`, the least reward "
        f"of a right rollout, or `scale`, those of a wrong and a right one, e.g. 0,{seen.high:g}"
    )
