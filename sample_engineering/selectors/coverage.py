"""How much of the target domains' demand candidates' skills and quantities cover."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sample_engineering.selectors.demand import Demand

if TYPE_CHECKING:
    import numpy

# Quantities say less than skills: a unit shows the world a problem lives in, not what is done.
QUANTITY_WEIGHT = 0.2


def coverage(
    skills: Sequence[Mapping[str, float]],
    quantities: Sequence[Sequence[str]],
    demand: Mapping[str, Demand],
    targets: Sequence[str],
) -> "numpy.ndarray":
    """Share of each target's demand that each candidate covers, in [0, 1].

    Sum over skills of the tag's weight times the domain's share of that skill, and of quantities
    likewise, four to one.

    Parameters
    ----------
    skills : sequence of mapping, length n
        Weight of each skill of a candidate.
    quantities : sequence of sequence of str, length n
        Kinds of quantities that a candidate gives.
    demand : mapping of str to Demand
        By domain.
    targets : sequence of str, length k
        The domains.

    Returns
    -------
    ndarray of float, shape (n, k)
    """
    import numpy as np

    weighed = [demand[domain].skills for domain in targets]
    counted = [demand[domain].quantities for domain in targets]
    by_skill = _shares(skills, weighed)
    by_quantity = _shares([dict.fromkeys(kinds, 1.0) for kinds in quantities], counted)
    share = (1 - QUANTITY_WEIGHT) * by_skill + QUANTITY_WEIGHT * by_quantity
    # shares are rounded and may add up to a hair more
    bounded: numpy.ndarray = np.minimum(share, 1.0)
    return bounded


def _shares(
    given: Sequence[Mapping[str, float]], wanted: Sequence[Mapping[str, float]]
) -> "numpy.ndarray":
    """Sum, for each candidate and domain, of weight times share; in the order of the tags."""
    import numpy as np

    places = {name: i for i, name in enumerate(dict.fromkeys(n for one in wanted for n in one))}
    table = np.array([[one.get(name, 0.0) for name in places] for one in wanted])
    rows, columns, weights = [], [], []
    for row, tags in enumerate(given):
        for name, weight in tags.items():
            place = places.get(name)
            if place is not None:
                rows.append(row)
                columns.append(place)
                weights.append(weight)
    sums = np.zeros((len(given), len(wanted)))
    if rows:
        for domain in range(len(wanted)):
            parts = np.asarray(weights) * table[domain, columns]
            sums[:, domain] = np.bincount(rows, weights=parts, minlength=len(given))
    return sums
