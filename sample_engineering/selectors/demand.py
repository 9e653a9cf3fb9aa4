"""What each domain demands: the shares of skills and quantities in reference problems.

The weights are data (``data/demand.json``), estimated once and meant to be read:

    python -m sample_engineering.selectors.demand REFERENCES... -o demand.json

For each domain, the share of its reference problems that show a skill (text and worked solution,
tagged by `skills.tag`), counted only for skills that the taxonomy gives to the domain; one pseudo
problem that shows all skills whose home is the domain keeps rare ones above zero; then scaled so
that a domain's shares sum to 1. Quantities likewise.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sample_engineering.errors import ConfigError, PoolError
from sample_engineering.files import write_json
from sample_engineering.sample import Sample
from sample_engineering.skills import DOMAINS, SHOWN, quantities_in, tag, taxonomy

_FILE = "demand.json"
_DIGITS = 5
_SUBJECT_FIELDS = ("domain", "subject", "type", "discipline", "category", "field")
# Part of a subject's name -> domain, first match wins.
_SUBJECTS = (
    (r"econom|finance|accounting", "economics"),
    (r"comput|machine.learning|programming|information and entropy|algorithms", "computer_science"),
    (r"engineer|dynamics and control", "engineering"),
    (r"chemi", "chemistry"),
    (r"biolog|ecolog|genetic|anatomy|medic|virolog", "biology"),
    (r"physic|astronom|relativity|mechanics|thermodynamics|optic", "physics"),
    (
        r"math|algebra|geometry|number.theory|calculus|counting|probability|statistic|"
        r"differential.equation",
        "math",
    ),
)


@dataclass(frozen=True)
class Demand:
    """Shares of skills and of quantities in one domain's problems; each set sums to 1."""

    domain: str
    skills: Mapping[str, float]
    quantities: Mapping[str, float]
    problems: int


def domain_of_subject(subject: str) -> str | None:
    """Return the domain that a subject's name belongs to, e.g. ``college_biology``."""
    name = subject.lower()
    if name in DOMAINS:
        return name
    return next((domain for pattern, domain in _SUBJECTS if re.search(pattern, name)), None)


def domain_of_sample(sample: Sample) -> str | None:
    """Return the domain of a reference problem from its `domains` or subject-like fields."""
    names = [*sample.domains, *(sample.extra.get(field) for field in _SUBJECT_FIELDS)]
    found = (domain_of_subject(name) for name in names if isinstance(name, str))
    return next((domain for domain in found if domain), None)


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
    found = estimate(references, prior=0)
    known = {domain: one for domain, one in found.items() if one.problems}
    if not known:
        raise ConfigError(
            "no reference problem names a known subject; give each a field domain or subject, one "
            f"of {', '.join(DOMAINS)}"
        )
    return known


def read_demand(path: Path | None = None) -> Mapping[str, Demand]:
    """Return the demand of each domain, from the packaged data or a file of the same shape.

    Raises
    ------
    ConfigError
        If a given file is not such data.
    """
    return _packaged() if path is None else _from_json(path.read_text(encoding="utf-8"), str(path))


@cache
def _packaged() -> Mapping[str, Demand]:
    text = (files("sample_engineering.selectors") / "data" / _FILE).read_text(encoding="utf-8")
    return _from_json(text, _FILE)


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
            f"{name} is no demand file ({error}); write one with "
            "python -m sample_engineering.selectors.demand"
        ) from error


def main(arguments: Sequence[str] | None = None) -> None:
    """Estimate the demand from reference pools and write it."""
    from sample_engineering.pool import read_pool

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("references", nargs="+", help="pools whose problems name their subject")
    parser.add_argument("-o", "--out", required=True, help="the JSON file to write")
    options = parser.parse_args(arguments)
    pools = [read_pool(path) for path in options.references]
    demand = estimate(sample for pool in pools for sample in pool)
    if not any(one.problems for one in demand.values()):
        raise PoolError("no reference names a known subject; add a field domain or subject")
    record: dict[str, Any] = {
        "what": "shares of skills and quantities in the reference problems of each domain",
        "references": [Path(path).name for path in options.references],
        "command": "python -m sample_engineering.selectors.demand "
        + " ".join(Path(path).name for path in options.references)
        + f" -o {Path(options.out).name}",
        "domains": {
            one.domain: {
                "problems": one.problems,
                "skills": dict(one.skills),
                "quantities": dict(one.quantities),
            }
            for one in demand.values()
        },
    }
    write_json(options.out, record)


if __name__ == "__main__":
    main()
