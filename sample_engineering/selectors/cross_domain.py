"""Cross-domain potential: how much of every target domain a candidate covers, and how evenly."""

import math
from collections.abc import Mapping, Sequence

from sample_engineering.sample import Sample
from sample_engineering.selectors.coverage import Tags, coverages
from sample_engineering.selectors.demand import Demand
from sample_engineering.selectors.protocol import Scores

_NAMED = 3
_HARDLY = 0.005  # less rounds to 0 % of the demand: nothing to say


class CrossDomain:
    """Mean coverage of the target domains times its evenness, in [0, 1].

    Coverage is the share of a domain's demand that the candidate's skills and quantities cover;
    evenness is the entropy of the coverages over its maximum (1: the same of every domain; 0: of
    one only). With a single target, evenness is 1.

    Parameters
    ----------
    tags : mapping of str to mapping of str to float
        Skills of each candidate by id (`coverage.tags_of`).
    targets : sequence of str
        The domains that training shall help.
    demand : mapping of str to Demand, optional
        What each target demands; the packaged weights by default.
    """

    name = "cross_domain"
    needs = "text"
    tier = "text"
    bounds = (0.0, 1.0)

    def __init__(
        self, tags: Tags, targets: Sequence[str], demand: Mapping[str, Demand] | None = None
    ) -> None:
        self.tags = tags
        self.targets = tuple(targets)
        self.demand = demand

    def score(self, pool: Sequence[Sample]) -> Scores:
        import numpy as np

        by_id = coverages(pool, self.tags, self.targets, self.demand)
        values = np.zeros(len(pool))
        reasons: list[str | None] = [None] * len(pool)
        for place, sample in enumerate(pool):
            shares = by_id[sample.id]
            even = evenness(list(shares.values()))
            values[place] = sum(shares.values()) / len(shares) * even
            best = sorted(shares, key=lambda domain: -shares[domain])[:_NAMED]
            if shares[best[0]] < _HARDLY:
                continue
            named = ", ".join(f"{domain.replace('_', ' ')} {shares[domain]:.0%}" for domain in best)
            reasons[place] = f"covers {named} of the demand, evenness {even:.2f}"
        columns = {
            f"coverage_{domain}": [by_id[sample.id][domain] for sample in pool]
            for domain in self.targets
        }
        return Scores(self.name, values, reasons, columns)


def evenness(shares: Sequence[float]) -> float:
    """Entropy of the shares over that of equal shares, in [0, 1]; 0 if all are 0."""
    total = sum(shares)
    if total <= 0:
        return 0.0
    if len(shares) == 1:
        return 1.0
    entropy = -sum(s / total * math.log(s / total) for s in shares if s > 0)
    return max(0.0, entropy / math.log(len(shares)))
