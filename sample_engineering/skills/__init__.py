"""Named skills of reasoning, the domains that use them, and taggers."""

from collections.abc import Mapping
from typing import Any

from sample_engineering.skills.domains import (
    DOMAINS,
    Domain,
    domain_of_subject,
    domains_of_sample,
)
from sample_engineering.skills.quantities import QUANTITIES, quantities_in
from sample_engineering.skills.tagger import SHOWN, evidence, tag
from sample_engineering.skills.tagging import Tagger, asks_model, find_tagger
from sample_engineering.skills.taxonomy import (
    Skill,
    check_domains,
    families,
    known_skills,
    taxonomy,
)

TAXONOMY: Mapping[str, Skill]

__all__ = [
    "DOMAINS",
    "QUANTITIES",
    "SHOWN",
    "TAXONOMY",
    "Domain",
    "Skill",
    "Tagger",
    "asks_model",
    "check_domains",
    "domain_of_subject",
    "domains_of_sample",
    "evidence",
    "families",
    "find_tagger",
    "known_skills",
    "quantities_in",
    "tag",
    "taxonomy",
]


def __getattr__(name: str) -> Any:
    if name == "TAXONOMY":  # read from the data files when first asked for
        return taxonomy()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
