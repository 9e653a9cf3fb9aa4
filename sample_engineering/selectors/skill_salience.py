"""Skill salience: the skills a candidate exercises, weighted by the targets' demand for them."""

from collections.abc import Mapping, Sequence

from sample_engineering.sample import Sample
from sample_engineering.selectors.coverage import Tags
from sample_engineering.selectors.demand import Demand, read_demand
from sample_engineering.selectors.protocol import Scores
from sample_engineering.skills import SHOWN

_NAMED = 4  # skills that the reason lists


class SkillSalience:
    """Share of the target domains' demand for skills that the candidate exercises, in [0, 1].

    Sum over skills of the tag's weight times the mean share of that skill in the targets' reference
    problems (`demand`). Coverage, not a promise of learning: on public training histories counting
    skills correlated with nothing. In the embedded microcosm, where samples name their skills and
    skills are learnt apart, it ranks samples by lift (Spearman 0.85 over 24 samples, 0.75 over 22
    fresh ones; docs/lab/microcosm.md).

    Parameters
    ----------
    tags : mapping of str to mapping of str to float
        Skills of each candidate by id (`coverage.tags_of`).
    targets : sequence of str
        The domains that training shall help.
    demand : mapping of str to Demand, optional
        What each target demands; the packaged weights by default.
    """

    name = "skill_salience"
    needs = "text"
    tier = "text"
    bounds = (0.0, 1.0)

    def __init__(
        self, tags: Tags, targets: Sequence[str], demand: Mapping[str, Demand] | None = None
    ) -> None:
        self.tags = tags
        self.targets = tuple(targets)
        self.demand = read_demand() if demand is None else demand

    def score(self, pool: Sequence[Sample]) -> Scores:
        import numpy as np

        weights = self.weights()
        values = np.zeros(len(pool))
        reasons: list[str | None] = [None] * len(pool)
        shown: list[list[str]] = [[] for _ in pool]
        for place, sample in enumerate(pool):
            parts = {
                name: weight * weights.get(name, 0.0)
                for name, weight in self.tags.get(sample.id, {}).items()
            }
            values[place] = min(sum(parts.values()), 1.0)
            tags = self.tags.get(sample.id, {})
            named = [name for name in parts if parts[name] > 0 and tags[name] >= SHOWN]
            best = sorted(named, key=lambda name: -parts[name])
            shown[place] = best
            if best:
                more = f" and {len(best) - _NAMED} more" if len(best) > _NAMED else ""
                reasons[place] = "exercises " + ", ".join(map(_plain, best[:_NAMED])) + more
            else:
                reasons[place] = "shows no skill of the target domains clearly"
        return Scores(self.name, values, reasons, {"skills_found": shown})

    def weights(self) -> dict[str, float]:
        """Mean share of each skill over the target domains; sums to 1."""
        mean: dict[str, float] = {}
        for domain in self.targets:
            for name, share in self.demand[domain].skills.items():
                mean[name] = mean.get(name, 0.0) + share / len(self.targets)
        return mean


def _plain(name: str) -> str:
    return name.replace("_", " ")
