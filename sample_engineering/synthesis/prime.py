"""The prime: of the composed samples, the one whose skills best cover the target domains.

What covers best is what `se rank` puts first before anything is run: skill salience and
cross-domain potential, see `sample_engineering.selectors.score`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sample_engineering.errors import SynthesisError
from sample_engineering.sample import Sample


@dataclass(frozen=True, slots=True)
class Prime:
    """The chosen sample and why.

    Parameters
    ----------
    sample : Sample
        The choice.
    score : float
        Its coverage by salience and cross-domain potential, in [0, 1); 1/2 is typical.
    by_domain : dict of str to float
        Share of each target domain's demand that the sample covers.
    reasons : tuple of str
        In words.
    """

    sample: Sample
    score: float
    by_domain: dict[str, float]
    reasons: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Prime {self.sample.id}: {'; '.join(self.reasons)}>"


def by_coverage(
    samples: Iterable[Sample],
    target: Sequence[str] | None = None,
    demand: Iterable[Sample] | None = None,
) -> list[Prime]:
    """Sort samples by how well and how evenly their skills cover the target domains, best first.

    Parameters
    ----------
    samples : iterable of Sample
        Verified samples.
    target : sequence of str, optional
        Domains to cover; all whose demand is known by default.
    demand : samples, optional
        Reference problems that show which skills are wanted; the packaged weights by default.
    """
    from sample_engineering.selectors.cross_domain import CrossDomain
    from sample_engineering.selectors.evidence import Evidence
    from sample_engineering.selectors.score import coverage_of
    from sample_engineering.selectors.skill_salience import SkillSalience

    pool = list(samples)
    evidence = Evidence(pool, target=target, demand=demand)
    salience, potential = SkillSalience().score(evidence), CrossDomain().score(evidence)
    scores = coverage_of([salience.values, potential.values], evidence)
    found = [
        Prime(
            sample,
            float(scores[i]),
            {domain: potential.columns[f"coverage_{domain}"][i] for domain in evidence.targets},
            tuple(str(said) for said in (salience.reasons[i], potential.reasons[i]) if said),
        )
        for i, sample in enumerate(pool)
    ]
    return sorted(found, key=lambda item: (-item.score, item.sample.id))


def select_prime(
    samples: Iterable[Sample],
    target: Sequence[str] | None = None,
    demand: Iterable[Sample] | None = None,
) -> Prime:
    """Choose the sample with the best spectrum of skills over the target domains.

    Parameters
    ----------
    samples, target, demand
        See `by_coverage`.

    Raises
    ------
    SynthesisError
        If there is no sample to choose from.
    ConfigError
        If the demand says nothing about a target.
    """
    ranked = by_coverage(samples, target, demand)
    if not ranked:
        raise SynthesisError("no sample to choose the prime from; compose some first")
    best = ranked[0]
    place = f"best of {len(ranked)} by salience and cross-domain potential"
    return Prime(best.sample, best.score, best.by_domain, (*best.reasons, place))
