"""Skill salience: the skills a candidate exercises, weighted by the targets' demand for them."""

from typing import Any

from sample_engineering.selectors.demand import mean_shares
from sample_engineering.selectors.evidence import GUESSED, MODEL, Evidence
from sample_engineering.selectors.protocol import Count, Scores, Selector
from sample_engineering.skills import SHOWN, tag

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
    columns = ("skills_found", "concepts")
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
        notes: list[Count | str] = []
        if unread:
            notes.append(
                Count("tagger not readable, so the built-in one named skills: {:,}", unread)
            )
        columns: dict[str, list[Any]] = {"skills_found": shown}
        if evidence.tagger_asks_model:
            notes.extend(_agreement(evidence))
            if evidence.concepts:
                named_by = [evidence.concepts.get(sample.id) for sample in pool]
                columns["concepts"] = [
                    None if one is None else {key: list(names) for key, names in one.items()}
                    for one in named_by
                ]
        return Scores(values, reasons, columns, tuple(notes))


def _agreement(evidence: Evidence) -> list[str]:
    """Say how far the model and the built-in tagger name the same skills."""
    from sample_engineering.skills.llm_tagger import agreement

    asked = [
        sample
        for sample, source in zip(evidence.pool, evidence.skills_from, strict=True)
        if source == MODEL
    ]
    if not asked:
        return []
    built_in = [tag(sample.problem, sample.solution) for sample in asked]
    same = agreement(built_in, [evidence.tags[sample.id] for sample in asked])
    return [
        f"skills named by the model against the built-in tagger's, over {same.samples:,} problems: "
        f"precision {same.precision:.2f}, recall {same.recall:.2f}, kappa {same.kappa:.2f}"
    ]


def _plain(name: str) -> str:
    return name.replace("_", " ")
