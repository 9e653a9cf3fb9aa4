"""Composing problems, by symbols or with a language model."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.api.given import PathLike, names_in
from sample_engineering.api.pools import load_demand, load_reference, problems_of
from sample_engineering.api.reaching import Reach
from sample_engineering.api.showing import page_for
from sample_engineering.api.typed import typed
from sample_engineering.defaults import EMBEDDED
from sample_engineering.errors import ConfigError
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    from sample_engineering.generation import Generator
    from sample_engineering.synthesis import Composition
    from sample_engineering.synthesis.language_model import ModelComposition
    from sample_engineering.synthesis.own_relations import RelationCheck


@typed
def synthesize(
    domains: str | Iterable[str],
    *,
    n: int = 20,
    steps: int | tuple[int, int] = (2, 3),
    skills: str | Iterable[str] | None = None,
    kinds: str | Iterable[str] | None = None,
    difficulty: str | None = None,
    distractors: int = 0,
    answers: str | None = None,
    target: str | Iterable[str] | None = None,
    select: str | None = None,
    dialect: str = "english",
    relations: PathLike | None = None,
    language: str = "en",
    against: Iterable[Sample] | PathLike | None = None,
    seed: int = 0,
    out: PathLike | None = None,
    rejects: PathLike | None = None,
    report: PathLike | None = None,
    progress: Callable[[int], None] | None = None,
) -> "Composition":
    """Compose problems with verified answers; no model is needed.

    Parameters
    ----------
    domains : str or iterable of str
        Subjects that every problem joins.
    n : int
        How many problems.
    steps : int or (int, int)
        How many relations a problem joins.
    skills : str or iterable of str, optional
        Skills that every problem exercises.
    kinds : str or iterable of str, optional
        Kinds of answer: ``number``, ``quantity``, ``choice``, ``expression``, ``set``,
        ``interval``; the first two by default.
    difficulty : {"easy", "medium", "hard"}, optional
        By the number of relations, and what makes them hard to join.
    distractors : int
        Idle facts in each problem.
    answers : {"integer"}, optional
        Only answers that are whole numbers from 1 to 999, with round numbers on the way.
    target : str or iterable of str, optional
        Sort by how well the skills cover these domains, best first.
    dialect : {"english", "compact"}
        Plain English with LaTeX, or the dialect of the microcosm, which knows no `kinds`,
        `difficulty`, `distractors`, `answers`, `relations` or `language`.
    relations : path-like, optional
        A folder of relations of your own, as .toml files; they are composed with ours. See
        `check_relations`.
    language : {"en", "de"}
        In which problems and solutions are told. Relations without words in it are left out, and
        the funnel says how many.
    seed : int
        The same arguments and seed give the same samples.
    progress : callable, optional
        Called with the number of samples so far.
    select : {"prime"}, optional
        Keep only the best sample over the `target` domains; ``.prime`` of what comes back says
        why.
    against : samples, path or name of a benchmark, optional
        Problems that no composed one may nearly repeat.
    out : path-like, optional
        Where the samples are written: .jsonl, .parquet or .csv.
    rejects : path-like, optional
        Where problems that failed the check are written with the reason, in the same formats.
    report : path-like, optional
        Write a page here, with the funnel, skills by domain and all problems: one .html file.

    Returns
    -------
    Composition
        A sequence of samples that shows itself as a table.

    Raises
    ------
    SampleEngineeringError
        If something is unknown or would be ignored, or too few problems can be composed.
    Interrupted
        At Ctrl-C: a KeyboardInterrupt whose ``composition`` holds what was verified until then. It
        is written to the files first.
    """
    from sample_engineering.pool import write_pool, write_records
    from sample_engineering.pool.sources import format_of
    from sample_engineering.synthesis import Interrupted, compose, select_prime

    if select not in (None, "prime"):
        raise ConfigError(f"`select` is {select!r}; the only choice is prime")
    for path in (out, rejects):
        if path is not None:
            format_of(Path(path))  # a wrong ending fails before the work, not after

    page = page_for(report)

    def finished(composition: "Composition") -> "Composition":
        if select is not None and len(composition):
            wanted = load_demand(EMBEDDED) if dialect == "compact" else None
            prime = select_prime(composition, names_in(target), wanted)
            composition = replace(composition, samples=[prime.sample], prime=prime)
        if rejects is not None:
            write_records((asdict(item) for item in composition.rejected), rejects)
        if out is not None and len(composition):
            write_pool(composition, out)
        return page.of(composition)

    try:
        composition = compose(
            domains,
            n=n,
            steps=steps,
            skills=skills,
            kinds=kinds,
            difficulty=difficulty,
            distractors=distractors,
            answers=answers,
            target=target,
            dialect=dialect,
            against=load_reference(against) if isinstance(against, str | os.PathLike) else against,
            own=None if relations is None else Path(relations),
            language=language,
            seed=seed,
            progress=progress,
        )
    except Interrupted as stopped:
        stopped.composition = finished(stopped.composition)
        raise
    return finished(composition)


@typed
def check_relations(folder: PathLike) -> "RelationCheck":
    """Check relations of your own as strictly as ours, and compose two problems of each.

    Parameters
    ----------
    folder : path-like
        Holds .toml files with one table a relation; docs/synthesis.md shows one. Nothing in them is
        run.

    Returns
    -------
    RelationCheck
        ``passed``, ``faults`` (each with file and line, and what to do next) and ``examples``.

    Raises
    ------
    SampleEngineeringError
        If there is no such folder, or no relation file in it.
    """
    from sample_engineering.synthesis import relations
    from sample_engineering.synthesis.own_relations import check_relations as check

    return check(Path(folder), relations())


@typed
def compose(
    domains: str | Iterable[str],
    *,
    model: "str | Generator",
    server: str | None = None,
    engine: str | None = None,
    engine_options: Mapping[str, Any] | None = None,
    device: str | None = None,
    trust_remote_code: bool = False,
    concurrency: int | None = None,
    prices: PathLike | None = None,
    max_cost: float | None = None,
    solver: "str | Generator | None" = None,
    solver_server: str | None = None,
    n: int = 20,
    skills: str | Iterable[str] | None = None,
    examples: Iterable[Sample] | PathLike = (),
    against: Iterable[Sample] | PathLike | None = None,
    rewrite: bool = False,
    originals: Iterable[Sample] | PathLike | None = None,
    attempts: int = 4,
    agreement: float | None = None,
    tagger: str = "builtin",
    temperature: float = 1.0,
    max_tokens: int | None = None,
    max_drafts: int | None = None,
    seed: int = 0,
    out: PathLike | None = None,
    report: PathLike | None = None,
    progress: Callable[[int], None] | None = None,
) -> "ModelComposition":
    """Compose problems with a language model; every draft passes a funnel of checks.

    Parameters
    ----------
    domains : str or iterable of str
        Subjects that every problem joins.
    model : str or Generator
        What composes: path or Hugging Face name; with `server`, the name there.
    server, engine, engine_options, device, trust_remote_code, concurrency, prices, max_cost
        How the model is reached, see `probe`.
    solver : str or Generator, optional
        Another model that solves the problems; None: the composer.
    solver_server : str, optional
        Where the solver is; None: at `server`.
    n : int
        Problems wanted; fewer come back where `max_drafts` or `max_cost` end first.
    skills : str or iterable of str, optional
        Skills that each problem must exercise.
    rewrite : bool
        Tell `originals` in richer prose with every number kept, instead of composing freely.
    attempts : int
        Independent solutions of each problem; 0 skips this check.
    agreement : float, optional
        Share of the `attempts` that must reach the answer; one half by default.
    temperature, seed : float, int
        Sampling; the same seed and answers give the same samples.
    max_tokens : int, optional
        Longest draft and longest solution, in tokens; 3,000 and 4,096 by default. Where the
        model's context has less room, they end there, which a note says.
    max_drafts : int, optional
        Drafts at most; None: four for each problem.
    progress : callable, optional
        Called with the number of drafts judged since the last call.
    examples : samples, path or name of a benchmark
        Problems that are shown to the model.
    against : samples, path or name of a benchmark, optional
        Problems that no composed one may nearly repeat.
    originals : samples, path or name of a benchmark, optional
        Problems to `rewrite`; None: symbolic ones, composed first.
    tagger : str
        Who names the skills of the accepted samples, by name; with another than ``builtin`` the
        notes say how far the two agree.
    out : path-like, optional
        Where the samples are written. Beside it lie ``OUT.rejected.jsonl``, every rejected draft
        with its stage and reason, a server's answers, and while the run lasts ``OUT.journal``: a
        killed run goes on from it when the same call is made again. None keeps nothing.
    report : path-like, optional
        Write a page here, with the funnel, skills by domain and all problems: one .html file.

    Returns
    -------
    ModelComposition
        A sequence of samples; ``account()`` tells the funnel, the tokens and the cost.

    Raises
    ------
    SampleEngineeringError
        If something is unknown or would be ignored, or the model or server fails for good.
    """
    from contextlib import ExitStack

    from sample_engineering import registry
    from sample_engineering.generation.engines import takes
    from sample_engineering.synthesis.language_model import compose_with_model
    from sample_engineering.synthesis.language_model.files import RunFiles
    from sample_engineering.synthesis.language_model.options import check_options
    from sample_engineering.synthesis.language_model.retagging import retagged

    page = page_for(report)
    reach = Reach(
        server=server,
        engine=engine,
        engine_options=engine_options,
        device=device,
        trust_remote_code=trust_remote_code,
        concurrency=concurrency,
        prices=prices,
        max_cost=max_cost,
    )
    if not isinstance(model, str) and not isinstance(solver, str):
        reach.heeded("the models are generators")
    if solver_server is not None and not isinstance(solver, str):
        raise ConfigError("`solver_server` needs `solver`: the model's name at that server")
    registry.check("tagger", tagger, "tagger")
    shown = problems_of(examples)
    parents = None if originals is None else problems_of(originals)
    check_options(
        domains,
        n=n,
        skills=skills,
        k=attempts,
        agreement=agreement,
        rewrite=rewrite,
        examples=bool(shown),
        originals=bool(parents),
        solver=solver is not None,
    )
    files = None if out is None else RunFiles(out)
    with ExitStack() as opened:

        def reached(name: "str | Generator", where: str | None) -> "Generator":
            if not isinstance(name, str):
                return name
            kept = files.responses if files and takes("cache", engine, where) else None
            generator = replace(reach, server=where, cache=kept).open(name)
            opened.callback(generator.close)
            return generator

        composer = reached(model, server)
        found = compose_with_model(
            composer,
            domains,
            n=n,
            skills=skills,
            examples=shown,
            against=problems_of(against),
            solver=None if solver is None else reached(solver, solver_server or server),
            k=attempts,
            agreement=agreement,
            rewrite=rewrite,
            originals=parents,
            temperature=temperature,
            max_tokens=max_tokens,
            max_drafts=max_drafts,
            seed=seed,
            journal=files.journal if files else None,
            rejections=files.rejected if files else None,
            progress=progress,
        )
        if tagger != "builtin":
            found = retagged(found, tagger, composer)
    if files:
        files.finish(found.samples)
    return page.of(found)
