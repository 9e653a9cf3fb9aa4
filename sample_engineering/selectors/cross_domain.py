"""Cross-domain potential: how much of every target domain a candidate covers, and how evenly."""

import math
from collections.abc import Sequence

from sample_engineering.selectors.coverage import coverage
from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.protocol import Scores, Selector
from sample_engineering.skills import DOMAINS

_NAMED = 3
_HARDLY = 0.005  # less rounds to 0 % of the demand: nothing to say


class CrossDomain(Selector):
    """Mean coverage of the target domains times its evenness, in [0, 1].

    Coverage is the share of a domain's demand that the candidate's skills and quantities cover;
    evenness is the entropy of the coverages over its maximum (1: the same of every domain; 0: of
    one only). With a single target, evenness is 1.
    """

    name = "cross_domain"
    summary = "mean coverage of the target domains times its evenness"
    reads = ("target", "demand", "tagger")
    leading = ("cross_domain",)
    columns = tuple(f"coverage_{domain}" for domain in DOMAINS)
    place = 20
    covers = True

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        pool, demand = evidence.pool, evidence.demand
        by_domain: dict[str, list[float]] = {domain: [] for domain in evidence.targets}
        values = np.zeros(len(pool))
        reasons: list[str | None] = [None] * len(pool)
        for place, sample in enumerate(pool):
            shares = {
                domain: coverage(sample, evidence.tags[sample.id], demand[domain])
                for domain in evidence.targets
            }
            for domain, share in shares.items():
                by_domain[domain].append(share)
            even = evenness(list(shares.values()))
            values[place] = sum(shares.values()) / len(shares) * even
            best = sorted(shares, key=lambda domain: -shares[domain])[:_NAMED]
            if shares[best[0]] < _HARDLY:
                continue
            named = ", ".join(f"{domain.replace('_', ' ')} {shares[domain]:.0%}" for domain in best)
            reasons[place] = f"covers {named} of the demand, evenness {even:.2f}"
        columns = {f"coverage_{domain}": found for domain, found in by_domain.items()}
        return Scores(values, reasons, columns)


def evenness(shares: Sequence[float]) -> float:
    """Entropy of the shares over that of equal shares, in [0, 1]; 0 if all are 0."""
    total = sum(shares)
    if total <= 0:
        return 0.0
    if len(shares) == 1:
        return 1.0
    entropy = -sum(s / total * math.log(s / total) for s in shares if s > 0)
    return max(0.0, entropy / math.log(len(shares)))
