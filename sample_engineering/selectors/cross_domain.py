"""Cross-domain potential: how much of every target domain a candidate covers, and how evenly."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sample_engineering.selectors.coverage import coverage
from sample_engineering.selectors.evidence import GUESSED, Evidence
from sample_engineering.selectors.protocol import Scores, Selector
from sample_engineering.skills import DOMAINS, quantities_in

if TYPE_CHECKING:
    import numpy

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
    apart = True
    covers = True

    def score(self, evidence: Evidence) -> Scores:
        pool, targets = evidence.pool, evidence.targets
        tags = [evidence.tags[sample.id] for sample in pool]
        given = [quantities_in(sample.problem) for sample in pool]
        shares = coverage(tags, given, evidence.demand, targets)
        even = evenness(shares)
        reasons = [
            _reason(row, one, targets, source == GUESSED)
            for row, one, source in zip(
                shares.tolist(), even.tolist(), evidence.skills_from, strict=True
            )
        ]
        columns = {
            f"coverage_{domain}": shares[:, place].tolist() for place, domain in enumerate(targets)
        }
        return Scores(shares.mean(axis=1) * even, reasons, columns)


def _reason(
    shares: Sequence[float], even: float, targets: Sequence[str], guessed: bool
) -> str | None:
    best = sorted(range(len(targets)), key=lambda place: -shares[place])[:_NAMED]
    if shares[best[0]] < _HARDLY:
        return None
    named = ", ".join(f"{targets[i].replace('_', ' ')} {shares[i]:.0%}" for i in best)
    return f"{'seems to cover' if guessed else 'covers'} {named} of the demand, evenness {even:.2f}"


def evenness(shares: "numpy.ndarray") -> "numpy.ndarray":
    """Entropy of the shares of each row over that of equal shares, in [0, 1]; 0 if all are 0.

    Parameters
    ----------
    shares : ndarray of float, shape (n, k)
        At least 0.

    Returns
    -------
    ndarray of float, shape (n,)
    """
    import numpy as np

    total = shares.sum(axis=1, keepdims=True)
    if shares.shape[1] == 1:
        only: numpy.ndarray = (total[:, 0] > 0).astype(float)
        return only
    part = shares / np.where(total > 0, total, 1.0)
    entropy = -(part * np.log(np.where(part > 0, part, 1.0))).sum(axis=1)
    even: numpy.ndarray = np.maximum(0.0, entropy / np.log(shares.shape[1]))
    return even
