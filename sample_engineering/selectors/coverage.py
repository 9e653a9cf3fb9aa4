"""How much of each domain's demand a candidate's skills and quantities cover."""

from collections.abc import Mapping, Sequence

from sample_engineering.errors import ConfigError
from sample_engineering.sample import Sample
from sample_engineering.selectors.demand import Demand, read_demand, skills_of
from sample_engineering.skills import check_domains, quantities_in

# Quantities say less than skills: a unit shows the world a problem lives in, not what is done.
QUANTITY_WEIGHT = 0.2

Tags = Mapping[str, Mapping[str, float]]


def tags_of(pool: Sequence[Sample]) -> dict[str, dict[str, float]]:
    """Return the skills of every candidate, by id: those it names itself, else the tagger's."""
    return {sample.id: skills_of(sample) for sample in pool}


def targets_of(
    target: object | None, demand: Mapping[str, Demand] | None = None
) -> tuple[str, ...]:
    """Return the target domains: unless some are named, all whose demand is known.

    Raises
    ------
    ConfigError
        If a named one is unknown, or its demand is.
    """
    known = tuple(read_demand() if demand is None else demand)
    if target is None:
        return known
    asked = check_domains(target)
    missing = [domain for domain in asked if domain not in known]
    if missing:
        raise ConfigError(
            f"the demand says nothing about {', '.join(missing)}; give reference problems of it, "
            f"or choose from {', '.join(known)}"
        )
    return asked


def coverage(sample: Sample, skills: Mapping[str, float], demand: Demand) -> float:
    """Share of a domain's demand that a candidate covers, in [0, 1].

    Sum over skills of the tag's weight times the domain's share of that skill, and of quantities
    likewise, four to one.
    """
    by_skill = sum(demand.skills.get(name, 0.0) * weight for name, weight in skills.items())
    given = quantities_in(sample.problem)
    by_quantity = sum(demand.quantities.get(kind, 0.0) for kind in given)
    share = (1 - QUANTITY_WEIGHT) * by_skill + QUANTITY_WEIGHT * by_quantity
    return min(share, 1.0)  # shares are rounded and may add up to a hair more


def coverages(
    pool: Sequence[Sample],
    tags: Tags,
    targets: Sequence[str],
    demand: Mapping[str, Demand] | None = None,
) -> dict[str, dict[str, float]]:
    """Coverage of each target domain, by candidate id and domain; packaged demand by default."""
    demand = read_demand() if demand is None else demand
    return {
        sample.id: {
            domain: coverage(sample, tags.get(sample.id, {}), demand[domain]) for domain in targets
        }
        for sample in pool
    }
