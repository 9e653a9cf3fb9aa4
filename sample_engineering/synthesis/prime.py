"""The prime: of the composed samples, the one whose skills best cover the target domains."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sample_engineering.errors import SynthesisError
from sample_engineering.sample import Sample
from sample_engineering.skills import DOMAINS, TAXONOMY


@dataclass(frozen=True, slots=True)
class Prime:
    """The chosen sample and why.

    Parameters
    ----------
    sample : Sample
        The choice.
    score : float
        Between 0 and 1: see `coverage`.
    by_domain : dict of str to float
        Share of the sample's skills that each target domain uses.
    reasons : tuple of str
        In words.
    """

    sample: Sample
    score: float
    by_domain: dict[str, float]
    reasons: tuple[str, ...]


def coverage(sample: Sample, target: Sequence[str]) -> dict[str, float]:
    """Return, for each target domain, how many of the sample's skills it uses, squashed to 0..1.

    n skills in common give n / (n + 2): each further skill adds less than the one before.
    """
    found = {}
    for domain in target:
        shared = sum(domain in TAXONOMY[skill].domains for skill in sample.skills)
        home = sum(TAXONOMY[skill].domains[:1] == (domain,) for skill in sample.skills)
        found[domain] = (shared + home) / (shared + home + 4)
    return found


def _score(by_domain: dict[str, float]) -> float:
    """Mean over the targets, halved towards the least covered one: an even spectrum is wanted."""
    values = list(by_domain.values())
    return (sum(values) / len(values) + min(values)) / 2


def by_coverage(samples: Iterable[Sample], target: Sequence[str]) -> list[Sample]:
    """Sort samples by how well and how evenly their skills cover the target domains."""
    return sorted(samples, key=lambda item: (-_score(coverage(item, target)), item.id))


def select_prime(samples: Iterable[Sample], target: Sequence[str] | None = None) -> Prime:
    """Choose the sample with the best spectrum of skills over the target domains.

    Parameters
    ----------
    samples : iterable of Sample
        Verified samples.
    target : sequence of str, optional
        Domains to cover; all known ones if absent.

    Raises
    ------
    SynthesisError
        If there is no sample to choose from.
    """
    ranked = by_coverage(samples, target or DOMAINS)
    if not ranked:
        raise SynthesisError("no sample to choose the prime from; compose some first")
    best = ranked[0]
    shares = coverage(best, target or DOMAINS)
    strongest = sorted(shares, key=lambda name: (-shares[name], name))
    reasons = (
        f"exercises {len(best.skills)} skills: {', '.join(best.skills)}",
        "covers " + ", ".join(f"{name} {shares[name]:.2f}" for name in strongest),
        f"best of {len(ranked)} by mean and least coverage",
    )
    return Prime(best, _score(shares), shares, reasons)
