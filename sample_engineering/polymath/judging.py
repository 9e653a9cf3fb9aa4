"""What any candidate must pass, however it came about: audit, skills, pass rate."""

from collections.abc import Mapping, Sequence

from sample_engineering.audit.run import audit_samples
from sample_engineering.polymath.candidate import Candidate
from sample_engineering.polymath.constraints import absent, not_met
from sample_engineering.polymath.families import PAPER, abundance, families, subject
from sample_engineering.polymath.models import Models
from sample_engineering.polymath.moves import find_move
from sample_engineering.polymath.plan import DECLARED, MODELS, RECIPE, PolymathPlan
from sample_engineering.sample import Sample
from sample_engineering.selectors.skill_abundance import SURE
from sample_engineering.skills import find_tagger
from sample_engineering.skills.concepts import (
    Concepts,
    ConceptTagger,
    categories_of,
    closest_skills,
    name_concepts,
)
from sample_engineering.skills.named import named_skills
from sample_engineering.skills.tagging import Tagger, find_declared

CONSTRAINTS, AUDIT, SKILLS, WINDOW = "constraints", "audit", "skills", "window"


def standing(candidates: Sequence[Candidate]) -> list[tuple[Candidate, Sample]]:
    """Return the candidates that nothing refused yet, with their samples."""
    return [(one, one.sample) for one in candidates if one.stands and one.sample is not None]


def check_constraints(candidates: Sequence[Candidate], plan: PolymathPlan) -> None:
    """Refuse what is not the kind of problem that was asked for."""
    questions = 1 if plan.move is None or find_move(plan.move).asks_model else 2
    for one, sample in standing(candidates):
        told = not_met(sample, answers=plan.answers, domains=plan.domains, questions=questions)
        if told:
            one.refuse(CONSTRAINTS, told)


def check_labels(candidates: Sequence[Candidate]) -> None:
    """Refuse whose label the audit finds wrong by the sample's own text."""
    left = standing(candidates)
    found = audit_samples([sample for _, sample in left])
    for one, sample in left:
        severe = [item for item in found.of(sample.id) if item.severity == "severe"]
        if severe:
            one.refuse(AUDIT, f"{severe[0].check}: {severe[0].message}")


def list_skills(candidates: Sequence[Candidate], plan: PolymathPlan, models: Models) -> None:
    """List the skills of each by family; refuse those without any, or without a subject's."""
    left = standing(candidates)
    for (one, sample), found in zip(left, _listed([s for _, s in left], plan, models), strict=True):
        if found is None:
            one.refuse(SKILLS, "unread: the tagger's answer says nothing")
            continue
        one.skills, skills = found
        if plan.way == MODELS:  # a symbolic one states its own
            one.sample = sample.with_(skills=skills)
        if not one.skills:
            one.refuse(SKILLS, "none: no skill of any family is listed")
        # The symbolic composer has shown that each subject is needed.
        elif plan.way == MODELS and (missing := _absent(one, skills, plan.domains)):
            one.refuse(SKILLS, f"subject absent: no skill of {', '.join(missing)}")


# The skills by family, and as names of the taxonomy; None where nothing could be read.
_Listed = tuple[Mapping[str, tuple[str, ...]], tuple[str, ...]] | None


def _listed(samples: list[Sample], plan: PolymathPlan, models: Models) -> list[_Listed]:
    if plan.tagger == DECLARED:
        return [(abundance(sample.skills), sample.skills) for sample in samples]
    declared = find_declared(plan.tagger)
    if not declared.asks_model:
        return _tagged(find_tagger(plan.tagger), samples)
    assert plan.tagger_model is not None
    with models.opened(plan.tagger_model) as generator:
        if isinstance(declared, type) and issubclass(declared, ConceptTagger):
            asked = sum(len(categories_of(sample)) for sample in samples)
            count = models.counting(plan.tagger_model, asked)
            return _concepts(name_concepts(generator, samples, seed=plan.seed, progress=count))
        return _tagged(find_tagger(plan.tagger, lambda: generator), samples)


def _tagged(tagger: Tagger, samples: list[Sample]) -> list[_Listed]:
    found: list[_Listed] = []
    for tags in named_skills(tagger, samples):
        sure = None if tags is None else tuple(k for k, weight in tags.items() if weight >= SURE)
        found.append(None if sure is None else (abundance(sure), sure))
    return found


def _concepts(named: Sequence[Concepts | None]) -> list[_Listed]:
    """Count concepts in the model's own words, as the paper does; names are the closest ones."""
    found: list[_Listed] = []
    for concepts in named:
        if concepts is None:
            found.append(None)
            continue
        by_family = {subject(category): listed for category, listed in concepts.items() if listed}
        ordered = {family: by_family[family] for family in families() if family in by_family}
        every = (concept for listed in ordered.values() for concept in listed)
        closest = (skill for concept in every for skill in closest_skills(concept))
        found.append((ordered, tuple(dict.fromkeys(closest))))
    return found


def _absent(one: Candidate, skills: tuple[str, ...], domains: tuple[str, ...]) -> tuple[str, ...]:
    """Return the subjects of which nothing is listed, neither as a family nor by a skill."""
    missing = absent(domains, skills)
    # Mathematics is no family of its own but the paper's five.
    has_math = any(family in one.skills for family in PAPER)
    return tuple(
        domain
        for domain in missing
        if subject(domain) not in one.skills and not (domain == "math" and has_math)
    )


def check_window(
    candidates: Sequence[Candidate],
    plan: PolymathPlan,
    models: Models,
) -> None:
    """Refuse what the model that shall be trained solves too often or too seldom."""
    from sample_engineering.defaults import is_embedded, probe_plan
    from sample_engineering.generation.server_address import read_name
    from sample_engineering.probing import probe_pool

    assert plan.model is not None
    left = standing(candidates)
    if not left:
        return
    named = read_name(plan.model)
    # A rate is worth something for the training that it was asked as: the one that comes next.
    asked = probe_plan(
        named.model,
        named.server,
        recipe=None if is_embedded(named.model, named.server) else RECIPE,
        rollouts=plan.rollouts,
        max_tokens=plan.max_tokens,
        seed=plan.seed,
        forced=False,
    )
    count = models.counting(plan.model, plan.rollouts * len(left))
    with models.opened(plan.model, target=True) as generator:
        probe = probe_pool(
            [sample for _, sample in left], generator, asked, progress=lambda done, _: count(done)
        )
    low, high = plan.window
    for (one, _), record in zip(left, probe, strict=True):
        one.pass_rate = record.pass_rate
        if record.pass_rate is None:
            one.refuse(WINDOW, f"not measured: {record.error}")
        elif not low <= record.pass_rate <= high:
            kind = "too hard" if record.pass_rate < low else "too easy"
            one.refuse(WINDOW, f"{kind}: {record.correct} of {record.n} rollouts are right")
