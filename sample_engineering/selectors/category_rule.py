"""The polymath paper's rule: in each category the problem that only just passes as learnable."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sample_engineering.sample import Sample
from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.lim import LIM, PUBLISHED_THRESHOLD
from sample_engineering.selectors.protocol import ASKED, Scores, Selector
from sample_engineering.selectors.settings import number
from sample_engineering.skills import taxonomy

if TYPE_CHECKING:
    import numpy

# Fields by which pools name the subject of a problem: MATH's own, then those of other sets.
CATEGORY_FIELDS = ("category", "subject", "type", "problem_type", "topic")
UNNAMED = "(no category)"


class CategoryRule(Selector):
    """1 for the lowest LIM score at or above 0.6 in its category, falling to 0 at LIM 1.

    (1 - LIM) / (1 - threshold) for LIM >= threshold, else 0. The paper takes, of the problems of a
    category that LIMR selected, the one with the lowest score, as higher ones were too specialised.
    Columns: ``rule_category``, the category: a field of the sample (category, subject, type ...),
    else the family of its strongest skill; ``rule_place``, its place in the category from 1 where
    it passes. LIM comes from `history`, or else from a field ``lim``. LIM scores are rounded to
    two places in published files, so that many tie at 0.60.

    Parameters
    ----------
    threshold : float
        Lowest LIM score that passes, in [0, 1).

    References
    ----------
    Li et al. 2026, "One Sample to Rule Them All: Extreme Data Efficiency in RL Scaling", arXiv
    2601.03111 (natural samples, and figure 5).
    """

    name = "category_rule"
    summary = "per category, the lowest LIM score that is still at least 0.6 (arXiv 2601.03111)"
    tier = "history"
    needs = ("lim_scores",)
    mend = "give `history`, or a pool with a field lim"
    reads = ("history", "tagger")
    columns = ("rule_category", "rule_place")
    place = 63
    when = ASKED

    def __init__(self, *, threshold: float = PUBLISHED_THRESHOLD) -> None:
        self.threshold = number("threshold", threshold, 0, 1 - 1e-6)

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        lim = lim_of(evidence)
        named = [category_of(sample) for sample in evidence.pool]
        if not all(named):
            named = [
                one or family_of(evidence.tags[sample.id])
                for one, sample in zip(named, evidence.pool, strict=True)
            ]
        passes = lim >= self.threshold  # False for NaN
        values = np.where(
            np.isnan(lim), np.nan, np.where(passes, (1 - lim) / (1 - self.threshold), 0.0)
        )
        members: dict[str, list[int]] = {}
        for place in np.flatnonzero(passes):
            members.setdefault(named[place] or UNNAMED, []).append(int(place))
        places: list[int | None] = [None] * len(lim)
        chosen = []
        for category, those in members.items():
            those.sort(key=lambda place: lim[place])  # stable: of equals the first of the pool
            for rank, member in enumerate(those, start=1):
                places[member] = rank
            first = evidence.pool[those[0]].id
            chosen.append(f"{category} {first} ({lim[those[0]]:.2f})")
        notes = (f"lowest LIM of at least {self.threshold:g}: {', '.join(chosen)}",)
        return Scores(
            values,
            [None] * len(lim),
            {"rule_category": [one or UNNAMED for one in named], "rule_place": places},
            notes if chosen else (f"no LIM score reaches {self.threshold:g}",),
        )


def category_of(sample: Sample) -> str:
    """Return the category that a sample's record names; empty where it names none."""
    for field in CATEGORY_FIELDS:
        value = sample.extra.get(field)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def family_of(tags: Mapping[str, float]) -> str:
    """Return the family of the strongest skill, of equals the first; empty where there is none."""
    if not tags:
        return ""
    return taxonomy()[max(tags, key=lambda name: tags[name])].family


def lim_of(evidence: Evidence) -> "numpy.ndarray":
    """Return the LIM score of each candidate, from its history or its field ``lim``; else NaN."""
    import numpy as np

    brought = np.array([np.nan if v is None else v for v in evidence.field("lim")])
    if not evidence.has("history"):
        return brought
    measured = LIM().score(evidence).values
    return np.where(np.isnan(measured), brought, measured)
