"""Skill abundance: how many skills a candidate exercises, family by family."""

from collections import Counter

from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.protocol import ASKED, Scores, Selector
from sample_engineering.skills import taxonomy

SURE = 0.5  # weight from which a skill is counted, see docs/selectors.md


class SkillAbundance(Selector):
    """Number of skills, non-negative; columns tell them by family.

    ``skills_by_family`` lists families with their number of skills, the most first, and
    ``skill_families`` counts the families: the paper's *specialist* of a family has most skills
    there, its *prime* sample the widest spectrum.

    References
    ----------
    Li et al. 2026, arXiv 2601.03111: abundance is the number of skills that a model lists for a
    category.
    """

    name = "skill_abundance"
    summary = "number of skills exercised, told by family (arXiv 2601.03111)"
    reads = ("tagger",)
    bounds = (0.0, float("inf"))
    columns = ("skill_families", "skills_by_family")
    place = 60
    when = ASKED

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        known = taxonomy()
        spread = [
            Counter(
                known[name].family
                for name, weight in evidence.tags[sample.id].items()
                if weight >= SURE
            )
            for sample in evidence.pool
        ]
        told = [
            [f"{family} {n}" for family, n in sorted(one.items(), key=_most_first)]
            for one in spread
        ]
        return Scores(
            np.array([float(one.total()) for one in spread]),
            [None] * len(spread),
            {"skill_families": [len(one) for one in spread], "skills_by_family": told},
        )


def _most_first(item: tuple[str, int]) -> tuple[int, str]:
    family, n = item
    return -n, family
