"""The score: what was measured of a candidate, and what it covers, in one number."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from sample_engineering.errors import ConfigError
from sample_engineering.selectors.declared import strongest_first
from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.protocol import TIERS, Scores, Selector
from sample_engineering.selectors.returned import attempt, checked_numbers

if TYPE_CHECKING:
    import numpy

# Weight of measured learning against coverage where learning itself was measured: by a training
# history or by one-shot runs.
LEARNING_WEIGHT = 0.8
_MOVED = ("history", "validated")


def combine(
    selectors: Mapping[str, Selector],
    found: Mapping[str, Scores],
    measured: "numpy.ndarray",
    tiers: Sequence[str],
) -> list[float | None]:
    """Return the score of each candidate; None where a gate stops it.

    Parameters
    ----------
    selectors : mapping of str to Selector
        All that are installed.
    found : mapping of str to Scores
        What those that ran yielded.
    measured, tiers : ndarray of float, list of str, length n
        What was learned, see `learning`.
    """
    import numpy as np

    covering = [found[name].values for name, one in selectors.items() if one.covers]
    covered = coverage_score(covering)
    known = ~np.isnan(measured)
    score = covered
    if known.any():
        measured = np.where(known, measured, measured[known].mean())
        score = np.where(
            np.isin(tiers, _MOVED),
            LEARNING_WEIGHT * measured + (1 - LEARNING_WEIGHT) * covered,
            measured * covered,
        )
    stopped = np.zeros(len(measured), dtype=bool)
    for scores in found.values():
        if scores.stops is not None:
            stopped |= scores.stops
    return [None if stop else float(s) for stop, s in zip(stopped, score, strict=True)]


def learning(
    evidence: Evidence, selectors: Mapping[str, Selector], found: Mapping[str, Scores]
) -> tuple["numpy.ndarray", list[str]]:
    """Return measured learning on [0, 1], NaN where nothing was measured, and the tiers it is of.

    The strongest tier counts, and in it the first selector that knows; others of the tier may
    temper it.
    """
    import numpy as np

    values = np.full(len(evidence.pool), np.nan)
    tiers = np.full(len(evidence.pool), TIERS[0], dtype=object)
    known = [one for one in strongest_first(dict(selectors)) if one.name in found]
    for tier in reversed(TIERS[1:]):
        members = [one for one in known if one.tier == tier]
        for one in members:
            learned = _share(one, one.learned, found[one.name], evidence)
            if learned is not None:
                new = np.isnan(values) & ~np.isnan(learned)
                values[new], tiers[new] = learned[new], tier
        for one in members:
            factor = _share(one, one.tempers, found[one.name], evidence)
            if factor is not None:
                applies = (tiers == tier) & ~np.isnan(factor)
                values[applies] *= factor[applies]
    return values, list(tiers)


def coverage_score(covering: Sequence["numpy.ndarray"]) -> "numpy.ndarray":
    """Mean of a candidate's percentiles in the values of the selectors that cover, in (0, 1)."""
    total: numpy.ndarray = sum(map(_percentiles, covering))  # type: ignore[assignment]
    return total / len(covering)


def _percentiles(values: "numpy.ndarray") -> "numpy.ndarray":
    """Share of candidates below each, ties sharing the middle, in (0, 1)."""
    import numpy as np

    ordered = np.sort(values)
    below = np.searchsorted(ordered, values, side="left")
    up_to = np.searchsorted(ordered, values, side="right")
    return (below + up_to) / (2 * max(len(values), 1))


def _share(
    selector: Selector,
    state: "Callable[[Scores, Evidence], numpy.ndarray | None]",
    scores: Scores,
    evidence: Evidence,
) -> "numpy.ndarray | None":
    """Return what a selector states of learning; refuse what is not on [0, 1]."""
    import numpy as np

    stated = attempt(selector, partial(state, scores, evidence))
    if stated is None:
        return None
    values = checked_numbers(selector, stated, len(evidence.pool))
    if np.nanmin(values, initial=0) < 0 or np.nanmax(values, initial=1) > 1:
        raise ConfigError(
            f"the selector {selector.name!r} states learning outside [0, 1]; mend its package"
        )
    return values
