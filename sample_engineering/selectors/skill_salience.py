"""Skill salience: the skills a candidate exercises, weighted by the targets' demand for them."""

from sample_engineering.selectors.demand import mean_shares
from sample_engineering.selectors.evidence import GUESSED, Evidence
from sample_engineering.selectors.protocol import Count, Scores, Selector
from sample_engineering.skills import SHOWN

_NAMED = 4  # skills that the reason lists


class SkillSalience(Selector):
    """Share of the target domains' demand for skills that the candidate exercises, in [0, 1].

    Sum over skills of the tag's weight times the mean share of that skill in the targets' reference
    problems (`demand`). Coverage, not a promise of learning: on public training histories counting
    skills correlated with nothing. In the embedded microcosm, where samples name their skills and
    skills are learnt apart, it ranks samples by lift (Spearman 0.85 over 24 samples, 0.75 over 22
    fresh ones; docs/lab/microcosm.md).
    """

    name = "skill_salience"
    summary = "share of the target domains' demand for skills that the candidate exercises"
    reads = ("target", "demand", "tagger")
    leading = ("skill_salience",)
    columns = ("skills_found",)
    place = 10
    apart = True
    covers = True

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        pool, sources = evidence.pool, evidence.skills_from
        weights = mean_shares(evidence.demand, evidence.targets)
        values = np.zeros(len(pool))
        reasons: list[str | None] = [None] * len(pool)
        shown: list[list[str]] = [[] for _ in pool]
        for place, sample in enumerate(pool):
            tags = evidence.tags[sample.id]
            parts = {name: weight * weights.get(name, 0.0) for name, weight in tags.items()}
            values[place] = min(sum(parts.values()), 1.0)
            named = [name for name in parts if parts[name] > 0 and tags[name] >= SHOWN]
            best = sorted(named, key=lambda name: -parts[name])
            shown[place] = best
            if best:
                verb = "seems to exercise " if sources[place] == GUESSED else "exercises "
                more = f" and {len(best) - _NAMED} more" if len(best) > _NAMED else ""
                reasons[place] = verb + ", ".join(map(_plain, best[:_NAMED])) + more
            else:
                reasons[place] = "shows no skill of the target domains clearly"
        unread = len(evidence.untagged)
        notes = (Count("tagger not readable, so the built-in one named skills: {:,}", unread),)
        return Scores(values, reasons, {"skills_found": shown}, notes if unread else ())


def _plain(name: str) -> str:
    return name.replace("_", " ")
