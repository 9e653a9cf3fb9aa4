"""`compose`: the public face of the composers, and what it returns."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sample_engineering.errors import SynthesisError
from sample_engineering.sample import Sample
from sample_engineering.skills import check_domains, known_skills
from sample_engineering.synthesis.advice import check_difficulty, check_skills, shortage
from sample_engineering.synthesis.composed import Composition, Interrupted
from sample_engineering.synthesis.composer import Composer, Rejected
from sample_engineering.synthesis.language import DEFAULT
from sample_engineering.synthesis.novelty import Novelty
from sample_engineering.synthesis.planner import check_steps
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.relations import relations
from sample_engineering.synthesis.request import (
    ANSWERS,
    DIFFICULTIES,
    KINDS,
    Request,
    check_names,
    names_in,
)

if TYPE_CHECKING:
    from sample_engineering.synthesis.scene import Scene

__all__ = ["Composition", "Interrupted", "compose"]

NOVEL = "novel"  # the check that compares a problem with those before it and those of a pool
DIALECTS = ("english", "compact")
DEFAULT_KINDS = ("number", "quantity")
MOST_DISTRACTORS = 4
_PATIENCE = 2500  # attempts in a row without a new problem before the composer gives up


def compose(
    domains: str | Iterable[str],
    *,
    n: int = 20,
    skills: str | Iterable[str] | None = None,
    steps: int | tuple[int, int] = (2, 3),
    kinds: str | Iterable[str] | None = None,
    difficulty: str | None = None,
    distractors: int = 0,
    answers: str | None = None,
    seed: int = 0,
    target: str | Iterable[str] | None = None,
    dialect: str = "english",
    against: Iterable[Sample] | None = None,
    own: str | Path | None = None,
    language: str = DEFAULT,
    progress: Callable[[int], None] | None = None,
) -> Composition:
    """Compose multidisciplinary problems whose answers are right by construction.

    Names may be given as a list or as one text with commas.

    Parameters
    ----------
    domains : str or iterable of str
        Subjects that every problem joins; each is needed for the answer.
    n : int
        How many problems.
    skills : iterable of str, optional
        Skills that every problem exercises.
    steps : int or (int, int)
        How many relations are joined.
    kinds : iterable of str, optional
        Kinds of answer: ``number``, ``quantity``, ``choice``, ``expression``, ``set``,
        ``interval``. The first two if absent.
    difficulty : {"easy", "medium", "hard"}, optional
        See `effort`.
    distractors : int
        Idle facts in each problem.
    answers : {"integer"}, optional
        Only answers that are whole numbers from 1 to 999, with round numbers on the way.
    seed : int
        Same arguments and seed, same samples.
    target : iterable of str, optional
        Sort the samples by how well their skills cover these domains, best first.
    dialect : {"english", "compact"}
        Plain English with LaTeX, or the dialect of the microcosm, whose answers are all whole
        numbers: it knows no `kinds`, `difficulty`, `distractors`, `answers`, `relations` or
        `language`.
    against : iterable of Sample, optional
        A pool that no composed problem may nearly repeat.
    own : path-like, optional
        A folder of relation files that are composed with the installed ones.
    language : str
        Code of the language in which problems and solutions are told, ``"de"``; relations that have
        no words in it are left out.
    progress : callable, optional
        Called with the number of samples so far.

    Returns
    -------
    Composition

    Raises
    ------
    ConfigError
        If a domain is unknown.
    SynthesisError
        If a skill, kind or difficulty is unknown, the dialect does not know what is asked, the
        domains do not fit into the steps, or fewer than `n` different problems could be composed.
    Interrupted
        A KeyboardInterrupt that holds what was composed until then.

    Examples
    --------
    >>> problems = compose(["physics", "math"], n=2, seed=1)
    >>> [sample.domains for sample in problems]
    [('physics', 'math'), ('physics', 'math')]
    """
    check_names("dialect", (dialect,), DIALECTS)
    asked = check_domains(domains)
    asked_skills = names_in(skills)
    check_names("skills", asked_skills, known_skills())
    targets = None if target is None else check_domains(target, "target")
    if n < 1:
        raise SynthesisError(f"`n` is {n}: ask for one problem or more")
    low, high = (steps, steps) if isinstance(steps, int) else steps
    if dialect == "compact":
        english = {
            "kinds": kinds,
            "difficulty": difficulty,
            "distractors": distractors or None,
            "answers": answers,
            "relations": own,
            "language": None if language == DEFAULT else language,
        }
        for name, value in english.items():
            if value is not None:
                raise SynthesisError(
                    f"`{name}` is not known to the compact dialect; leave it out, or compose with "
                    "`dialect`=english"
                )
        novelty = Novelty(against)
        return _sorted(
            _compact(asked, n, asked_skills, (low, high), seed, novelty, progress), targets
        )
    asked_kinds = names_in(kinds) or DEFAULT_KINDS
    check_names("kinds", asked_kinds, KINDS)
    if answers is not None:
        check_names("answers", (answers,), ANSWERS)
        if "expression" in asked_kinds:
            raise SynthesisError("`answers`: an expression is no number; leave it out of `kinds`")
    if difficulty is not None:
        check_names("difficulty", (difficulty,), DIFFICULTIES)
    if not 0 <= distractors <= MOST_DISTRACTORS:
        raise SynthesisError(f"`distractors` is {distractors}: ask for 0 to {MOST_DISTRACTORS}")
    library, silent = _library(own, language, asked)
    mine = _scenes(own, language)
    bare = [domain for domain in asked if all(item.domain != domain for item in library)]
    if bare:
        where = f" in the language {language!r}" if language != DEFAULT else ""
        names = ", ".join(bare)
        raise SynthesisError(f"`domains`: no relation for {names}{where} yet; leave it out")
    span = check_steps((low, high), asked)
    check_skills(asked_skills, asked, library)
    check_difficulty(difficulty, span, distractors)
    composer = Composer(
        Request(
            asked,
            asked_skills,
            span,
            asked_kinds,
            difficulty,
            distractors,
            seed,
            answers is not None,
            language,
        ),
        library,
        mine,
    )
    if silent:
        composer.counts[f"relations left out: no words in {language!r}"] = silent
    samples: list[Sample] = []

    def composed() -> Composition:
        return _sorted(Composition(samples, dict(composer.counts), composer.rejected), targets)

    try:
        for sample in _collected(composer, n, Novelty(against)):
            samples.append(sample)
            if progress:
                progress(len(samples))
    except KeyboardInterrupt:
        raise Interrupted(composed()) from None
    return composed()


def _library(
    own: str | Path | None, language: str, domains: tuple[str, ...]
) -> tuple[tuple[Relation, ...], int]:
    """Return the relations to compose with, and how many of the domains have no words for it."""
    library = relations()
    mine: tuple[Relation, ...] = ()
    if own is not None:
        from sample_engineering.synthesis.own_relations import own_relations

        mine = own_relations(own, library)
    if language == DEFAULT:
        return (*library, *mine), 0
    from sample_engineering.synthesis.language import language as of_code
    from sample_engineering.synthesis.translation import told_in

    told = told_in(of_code(language), library)
    if own is not None:
        told = (*told, *own_relations(own, library, language))
    here = [sum(item.domain in domains for item in items) for items in ((*library, *mine), told)]
    return told, here[0] - here[1]


def _scenes(own: str | Path | None, language: str) -> tuple["Scene", ...]:
    """Return the scenes beside the installed ones: of a folder, and of other packages."""
    from sample_engineering.synthesis.own_relations import installed_folders

    folders = [*installed_folders(), *([] if own is None else [own])]
    if not folders:
        return ()
    from sample_engineering.synthesis.own_relations import own_relations
    from sample_engineering.synthesis.own_scenes import own_scenes

    library = relations()
    if own is not None:
        library = (*library, *own_relations(own, library))
    return tuple(scene for folder in folders for scene in own_scenes(folder, library, language))


def _sorted(composition: Composition, target: tuple[str, ...] | None) -> Composition:
    if target is None:
        return composition
    from sample_engineering.synthesis.prime import by_coverage

    ranked = by_coverage(composition.samples, target)
    return replace(composition, samples=[prime.sample for prime in ranked])


def _collected(composer: Composer, n: int, novelty: Novelty) -> Iterator[Sample]:
    """Yield `n` verified problems, each new."""
    found = fruitless = 0
    while found < n:
        sample = composer.attempt()
        near = novelty.nearest(sample.problem) if sample is not None else ""
        if sample is None or near:
            if sample is not None:
                _note_repeat(composer, sample, near)
            fruitless += 1
            if fruitless > _PATIENCE:
                raise SynthesisError(shortage(composer.request, composer.counts, n, found))
            continue
        fruitless = 0
        found += 1
        novelty.add(sample.problem)
        yield _found_novel(sample)


def _note_repeat(composer: Composer, sample: Sample, near: str) -> None:
    if near.startswith("the text"):
        composer.counts["repeats an earlier one"] += 1
        return
    composer.counts[f"failed: {NOVEL}"] += 1
    names = tuple((sample.provenance or {}).get("relations", ()))
    composer.rejected.append(Rejected(NOVEL, near, names, sample.problem))


def _found_novel(sample: Sample) -> Sample:
    """Record that a verified problem was compared with the others and found new."""
    provenance = dict(sample.provenance or {})
    record = dict(provenance["verification"])
    provenance["verification"] = {**record, "checks": [*record["checks"], NOVEL]}
    return sample.with_(provenance=provenance)


def _compact(
    domains: tuple[str, ...],
    n: int,
    skills: tuple[str, ...],
    steps: tuple[int, int],
    seed: int,
    novelty: Novelty,
    progress: Callable[[int], None] | None,
) -> Composition:
    from sample_engineering.synthesis.compact import compose_compact

    rejected: list[Rejected] = []

    def is_new(sample: Sample) -> bool:
        near = novelty.nearest(sample.problem)
        if near:
            names = tuple((sample.provenance or {})["templates"])
            rejected.append(Rejected(NOVEL, near, names, sample.problem))
        return not near

    samples = compose_compact(
        domains, n=n, skills=skills, steps=steps, seed=seed, accept=is_new, progress=progress
    )
    funnel = {"verified": len(samples)}
    if rejected:
        funnel[f"failed: {NOVEL}"] = len(rejected)
    return Composition(samples, funnel, rejected)
