"""The score: what was measured of a candidate, weighed by what it is known to cover.

Everything here is of one candidate and the question alone, never of the rest of the pool: the same
candidate has the same score alone and among a million, so that a pool can be ranked in pieces.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sample_engineering.errors import ConfigError
from sample_engineering.selectors.declared import strongest_first
from sample_engineering.selectors.demand import Demand, mean_shares
from sample_engineering.selectors.evidence import GUESSED, Evidence
from sample_engineering.selectors.protocol import TIERS, Scores, Selector
from sample_engineering.selectors.returned import attempt, checked_numbers
from sample_engineering.text import count_of

if TYPE_CHECKING:
    import numpy

# How far known coverage moves what was measured: by 1 - REACH to 1 + REACH. With rollouts all the
# way: in the embedded microcosm, where samples name their skills, coverage times the share of live
# groups ranked samples by lift (Spearman .70 to .87, and .46 on the last fresh ones) and the pass
# rate alone did not (docs/lab/microcosm.md). Where learning itself was measured, a fifth: no
# experiment says more.
REACH = {"probed": 1.0, "history": 0.2, "validated": 0.2}
# Skills of a typical candidate: samples that name theirs name 1.8 (natural problems of the
# microcosm), 3.4 (its composed ones) or more.
TYPICAL_SKILLS = 3
# As steep as the percentiles in a pool that the experiments of the microcosm were scored by: with 3
# the scores of its 39 samples for fitting correlate .99 with those, with 1 or 2 .81 and .97.
STEEPNESS = 3
NEUTRAL = 0.5  # the coverage of a typical candidate, see `coverage_of`


@dataclass(frozen=True)
class Learned:
    """What was measured of each candidate.

    Attributes
    ----------
    values : ndarray of float, shape (n,)
        Learning on [0, 1], NaN where nothing was measured.
    tiers : list of str
        The kind of evidence that it is of.
    sources : list of str
        The selectors that it is from, the tempering ones after a ``x``; empty where none.
    """

    values: "numpy.ndarray"
    tiers: list[str]
    sources: list[str]


@dataclass(frozen=True)
class Part:
    """One line of a score: `value` times `weight` is what it contributes."""

    name: str
    value: float
    weight: float
    evidence: str

    @property
    def contribution(self) -> float:
        """Value times weight."""
        return self.value * self.weight

    def to_dict(self) -> dict[str, float | str]:
        """Return the part as a record."""
        return {
            "part": self.name,
            "value": self.value,
            "weight": self.weight,
            "contribution": self.contribution,
            "evidence": self.evidence,
        }


def parts_of(
    tier: str, learned: float | None, source: str, coverage: float, skills_from: str
) -> tuple[Part, ...]:
    """Return the parts of a candidate's score, whose contributions add up to it.

    Parameters
    ----------
    tier : str
        The kind of evidence, one of `TIERS`.
    learned : float or None
        What was measured, on [0, 1].
    source : str
        Where it is from.
    coverage : float
        See `coverage_of`.
    skills_from : str
        Who named the candidate's skills, see `Evidence.skills_from`.
    """
    guessed = skills_from == GUESSED
    if learned is None:
        said = "guessed from the text" if guessed else f"skills named by the {skills_from}"
        return (Part("coverage", coverage, 1.0, f"{said}; nothing was measured"),)
    if guessed:
        return (
            Part(source, learned, 1.0, f"measured ({tier})"),
            Part("coverage", coverage, 0.0, "guessed from the text, so it only breaks ties"),
        )
    weight = 1.0 + REACH[tier] * (coverage / NEUTRAL - 1.0)
    why = f"measured ({tier}); weight from the coverage, skills named by the {skills_from}"
    return (Part(source, learned, weight, why),)


# What coverage guessed from text says of learning, on public data (docs/lab/selectors.md).
UNRELATED = "Spearman .01 with 3,999 LIM scores, .05 with 1,208 history variances"


def account(learned: Learned, skills_from: Sequence[str], stops: "numpy.ndarray") -> list[str]:
    """Say of how many candidates the score is made how; what a gate stops has none."""
    import numpy as np

    free = ~np.asarray(stops, dtype=bool)
    measured = ~np.isnan(learned.values)[free]
    guessed = np.array([one == GUESSED for one in skills_from], dtype=bool)[free]
    tiers = np.array(learned.tiers)[free]
    moved = " and ".join(
        f"{1 - REACH[tier]:g} to {1 + REACH[tier]:g} ({tier})"
        for tier in TIERS
        if tier in REACH and any(tiers[measured & ~guessed] == tier)
    )
    once = "" if any(measured & guessed) else f" ({UNRELATED})"
    said = {
        "what was measured; coverage is guessed from the text, so it only decides between equal "
        f"scores ({UNRELATED})": measured & guessed,
        f"what was measured times a weight of {moved} from the coverage, as the skills are named": (
            measured & ~guessed
        ),
        f"coverage guessed from the text, which is related to no measured learning{once}": (
            ~measured & guessed
        ),
        "coverage, of skills that are named": ~measured & ~guessed,
    }
    last = "; after those that were measured"
    return [
        f"score of {count_of(int(which.sum()), 'candidate')}: {text}"
        + last * bool(measured.any() and not measured[which].any())
        for text, which in said.items()
        if which.any()
    ]


def combine(
    found: Mapping[str, Scores], learned: Learned, coverage: "numpy.ndarray", evidence: Evidence
) -> list[float | None]:
    """Return the score of each candidate; None where a gate stops it.

    Parameters
    ----------
    found : mapping of str to Scores
        What the selectors that ran yielded.
    learned : Learned
        See `learning`.
    coverage : ndarray of float, shape (n,)
        See `coverage_of`.
    evidence : Evidence
        Says who named the skills.
    """
    import numpy as np

    known = np.array([one != GUESSED for one in evidence.skills_from], dtype=bool)
    reach = np.array([REACH.get(tier, 0.0) for tier in learned.tiers])
    weight = np.where(known, 1.0 + reach * (coverage / NEUTRAL - 1.0), 1.0)
    score = np.where(np.isnan(learned.values), coverage, learned.values * weight)
    stopped = np.zeros(len(score), dtype=bool)
    for scores in found.values():
        if scores.stops is not None:
            stopped |= scores.stops
    return [None if stop else float(s) for stop, s in zip(stopped, score, strict=True)]


def learning(
    evidence: Evidence, selectors: Mapping[str, Selector], found: Mapping[str, Scores]
) -> Learned:
    """Return measured learning, and what it is from.

    The strongest tier counts, and in it the first selector that knows; others of the tier may
    temper it.
    """
    import numpy as np

    values = np.full(len(evidence.pool), np.nan)
    tiers = np.full(len(evidence.pool), TIERS[0], dtype=object)
    sources = np.full(len(evidence.pool), "", dtype=object)
    known = [one for one in strongest_first(dict(selectors)) if one.name in found]
    for tier in reversed(TIERS[1:]):
        members = [one for one in known if one.tier == tier]
        for one in members:
            share = _share(one, one.learned, found[one.name], evidence)
            if share is not None:
                new = np.isnan(values) & ~np.isnan(share)
                values[new], tiers[new], sources[new] = share[new], tier, one.name
        for one in members:
            factor = _share(one, one.tempers, found[one.name], evidence)
            if factor is not None:
                applies = (tiers == tier) & ~np.isnan(factor)
                values[applies] *= factor[applies]
                sources[applies] += f" x {one.name}"
    return Learned(values, list(tiers), list(sources))


def covered(
    evidence: Evidence, selectors: Mapping[str, Selector], found: Mapping[str, Scores]
) -> "numpy.ndarray":
    """Return each candidate's coverage, see `coverage_of`."""
    covering = [
        _on_bounds(one, found[name].values)
        for name, one in selectors.items()
        if one.covers and name in found
    ]
    return coverage_of(covering, evidence)


def coverage_of(covering: Sequence["numpy.ndarray"], evidence: Evidence) -> "numpy.ndarray":
    """Return coverage on [0, 1): m^3 / (m^3 + t^3), m the mean of the selectors that cover.

    t is what a typical candidate covers (`typical_coverage`), which so has 1/2, whatever the
    targets. It depends on the targets' demand, not on the pool.
    """
    import numpy as np

    if not covering:
        return np.zeros(len(evidence.pool))
    mean = np.nan_to_num(np.mean(covering, axis=0))
    typical = typical_coverage(evidence.demand, evidence.targets)
    if not typical:
        return np.zeros_like(mean)
    ratio = (mean / typical) ** STEEPNESS
    together: numpy.ndarray = ratio / (1 + ratio)
    return together


def typical_coverage(demand: Mapping[str, Demand], targets: Sequence[str]) -> float:
    """Return the expected share of the demand that `TYPICAL_SKILLS` skills cover, drawn by it."""
    shares = mean_shares(demand, targets).values()
    return sum(share * (1 - (1 - share) ** TYPICAL_SKILLS) for share in shares)


def _on_bounds(selector: Selector, values: "numpy.ndarray") -> "numpy.ndarray":
    """Put a covering selector's values on [0, 1] by its bounds."""
    import numpy as np

    low, high = selector.bounds
    if not np.isfinite([low, high]).all():
        raise ConfigError(
            f"the selector {selector.name!r} covers and has no finite bounds; mend its package"
        )
    return np.clip((values - low) / (high - low), 0.0, 1.0)


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
