"""What each domain demands: the shares of skills and quantities in reference problems.

The weights are data (``data/demand.json``), estimated once and meant to be read:

    python scripts/estimate_demand.py REFERENCES... -o demand.json

For each domain, the share of its reference problems that show a skill (text and worked solution,
tagged by `skills.tag`), counted only for skills that the taxonomy gives to the domain; one pseudo
problem that shows all skills whose home is the domain keeps rare ones above zero; then scaled so
that a domain's shares sum to 1. Quantities likewise.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from sample_engineering import registry
from sample_engineering.errors import ConfigError
from sample_engineering.sample import Sample
from sample_engineering.skills import (
    DOMAINS,
    SHOWN,
    domains_of_sample,
    quantities_in,
    tag,
    taxonomy,
)

_FILE = "demand.json"
_DIGITS = 5


@dataclass(frozen=True)
class Demand:
    """Shares of skills and of quantities in one domain's problems; each set sums to 1."""

    domain: str
    skills: Mapping[str, float]
    quantities: Mapping[str, float]
    problems: int


def domain_of_sample(sample: Sample) -> str | None:
    """Return the domain of a reference problem from its `domains` or subject-like fields."""
    return next(iter(domains_of_sample(sample)), None)


def estimate(references: Iterable[Sample], *, prior: int = 1) -> dict[str, Demand]:
    """Estimate the demand of every domain from reference problems that name their subject.

    Parameters
    ----------
    references : iterable of Sample
        Problems with domains or a subject.
    prior : int
        Pseudo problems of each domain that show all skills whose home it is.
    """
    skills: dict[str, Counter[str]] = {domain: Counter() for domain in DOMAINS}
    quantities: dict[str, Counter[str]] = {domain: Counter() for domain in DOMAINS}
    problems: Counter[str] = Counter()
    table = taxonomy()
    for sample in references:
        domain = domain_of_sample(sample)
        if domain is None:
            continue
        problems[domain] += 1
        found = skills_of(sample)
        if not sample.skills:  # the tagger's, which may be mistaken
            found = {name: w for name, w in found.items() if domain in table[name].domains}
        skills[domain].update(name for name, weight in found.items() if weight >= SHOWN)
        quantities[domain].update(quantities_in(sample.problem))
    for name, skill in table.items():
        skills[skill.domains[0]][name] += prior
    return {
        domain: Demand(
            domain, _shares(skills[domain]), _shares(quantities[domain]), problems[domain]
        )
        for domain in DOMAINS
    }


def skills_of(sample: Sample) -> dict[str, float]:
    """Return the weight of each skill of a sample, in [0, 1].

    Where a sample names its skills, those and no others, with weight 1: whoever composed it knows
    better than the tagger, which takes every sign of a worked solution for a skill. In the
    microcosm this is the difference between a salience that correlates with lift and one that does
    not (docs/lab/microcosm.md).
    """
    known = [name for name in sample.skills if name in taxonomy()]
    return dict.fromkeys(known, 1.0) if known else tag(sample.problem, sample.solution)


def _shares(counts: Counter[str]) -> dict[str, float]:
    total = sum(counts.values())
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return {name: round(n / total, _DIGITS) for name, n in ordered if n} if total else {}


def demand_of(references: Iterable[Sample]) -> dict[str, Demand]:
    """Return the demand of the domains that occur among reference problems of one's own.

    Raises
    ------
    ConfigError
        If no reference names a known subject.
    """
    problems = tuple(references)
    found = estimate(problems, prior=0)
    return {domain: found[domain] for domain in domains_of(problems)}


def domains_of(references: Iterable[Sample]) -> tuple[str, ...]:
    """Return the domains that occur among reference problems, in the order of `DOMAINS`.

    Raises
    ------
    ConfigError
        If no reference names a known subject.
    """
    found = {domain_of_sample(sample) for sample in references}
    if not found - {None}:
        raise ConfigError(
            "no problem of `demand` names a known subject; give each a field domain or subject, "
            f"one of {', '.join(DOMAINS)}"
        )
    return tuple(domain for domain in DOMAINS if domain in found)


def mean_shares(demand: Mapping[str, Demand], targets: Sequence[str]) -> dict[str, float]:
    """Mean share of each skill over the target domains; sums to 1."""
    mean: dict[str, float] = {}
    for domain in targets:
        for name, share in demand[domain].skills.items():
            mean[name] = mean.get(name, 0.0) + share / len(targets)
    return mean


def read_demand(path: Path | None = None) -> Mapping[str, Demand]:
    """Return the demand of each domain, from the packaged data or a file of the same shape.

    Of a domain that is not in the packaged data its own skills are wanted, all alike.

    Raises
    ------
    ConfigError
        If a given file is not such data.
    """
    if path is None:
        return _packaged(registry.revision())
    return _from_json(path.read_text(encoding="utf-8"), str(path))


@lru_cache(maxsize=2)
def _packaged(revision: int) -> Mapping[str, Demand]:
    text = (files("sample_engineering.selectors") / "data" / _FILE).read_text(encoding="utf-8")
    packaged = _from_json(text, _FILE)
    others = estimate(())
    return MappingProxyType({domain: packaged.get(domain, others[domain]) for domain in DOMAINS})


def _from_json(text: str, name: str) -> Mapping[str, Demand]:
    try:
        record = json.loads(text)["domains"]
        return MappingProxyType(
            {
                domain: Demand(domain, one["skills"], one["quantities"], one["problems"])
                for domain, one in record.items()
            }
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(
            f"{name} is no demand file ({error}); write one with scripts/estimate_demand.py"
        ) from error
