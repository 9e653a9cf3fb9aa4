"""The families in which skills are counted: the paper's five of mathematics, and the sciences.

The paper (arXiv 2601.03111, section 3) has five categories, those of the MATH data set with its
three of algebra as one. The taxonomy is finer and has more subjects: its families are told off to
the five, and every other skill to the subject that is its home. Handling units and figures is
needed everywhere and counts nowhere.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from sample_engineering import registry
from sample_engineering.skills import DOMAINS, taxonomy

# The paper's five, and which families of the taxonomy belong to each. Its algebra holds prealgebra,
# which is arithmetic; it has no calculus, whose skills are next to those of precalculus.
_MATH: Mapping[str, tuple[str, ...]] = {
    "algebra": ("arithmetic", "algebra", "intermediate_algebra"),
    "number theory": ("number_theory",),
    "geometry": ("geometry",),
    "precalculus": ("precalculus", "calculus"),
    "probability": ("counting_and_probability",),
}
PAPER = tuple(_MATH)
_NOWHERE = ("measurement",)


def families() -> tuple[str, ...]:
    """Return the names of all families: the paper's five, then the other subjects."""
    return (*PAPER, *(subject(name) for name in DOMAINS if name != "math"))


def subject(domain: str) -> str:
    """Return what the family of a domain is called."""
    return domain.replace("_", " ")


def family_of(skill: str) -> str | None:
    """Return the family in which a skill counts; None where it counts nowhere or is not known."""
    return _by_skill(registry.revision()).get(skill)


def abundance(skills: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the skills of each family that has some, families in their order.

    Parameters
    ----------
    skills : iterable of str
        Names of the taxonomy; each counts once.
    """
    found: dict[str, list[str]] = {}
    for skill in dict.fromkeys(skills):
        family = family_of(skill)
        if family is not None:
            found.setdefault(family, []).append(skill)
    return {family: tuple(found[family]) for family in families() if family in found}


@lru_cache(maxsize=2)
def _by_skill(revision: int) -> dict[str, str]:
    of_math = {part: family for family, parts in _MATH.items() for part in parts}
    return {
        name: of_math.get(skill.family) or subject(skill.domains[0])
        for name, skill in taxonomy().items()
        if skill.family not in _NOWHERE
    }
