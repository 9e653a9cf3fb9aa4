"""How much of a domain's demand a candidate's skills and quantities cover."""

from collections.abc import Mapping

from sample_engineering.sample import Sample
from sample_engineering.selectors.demand import Demand
from sample_engineering.skills import quantities_in

# Quantities say less than skills: a unit shows the world a problem lives in, not what is done.
QUANTITY_WEIGHT = 0.2


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
