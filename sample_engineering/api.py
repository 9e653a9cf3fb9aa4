"""The notebook API: resolves defaults and joins the wings.

What is left open becomes the embedded microcosm: its model, benchmark, recipe, pool and sample.
Nothing below this module knows that there is one.
"""

import functools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.defaults import (
    DEFAULT_RECIPE,
    EMBEDDED,
    embedded_benchmark,
    find_recipe,
    is_embedded,
    local_model,
    open_generator,
    probe_plan,
)
from sample_engineering.errors import ConfigError, PoolError
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    from sample_engineering.audit import Audit
    from sample_engineering.evaluation import Benchmark, Evaluation
    from sample_engineering.generation import Generator
    from sample_engineering.grading import Grade
    from sample_engineering.grading.files import Summary
    from sample_engineering.pool import Pool
    from sample_engineering.probing import Probe
    from sample_engineering.report import Run
    from sample_engineering.report.ranking import Leaderboard, RunsCompared
    from sample_engineering.selectors.evidence import Histories, Rates
    from sample_engineering.selectors.table import Ranking
    from sample_engineering.skills import Tagger
    from sample_engineering.synthesis import Composition
    from sample_engineering.synthesis.language_model import ModelComposition
    from sample_engineering.trainers.plan import ProgressEvent, ValidationPlan
    from sample_engineering.trainers.recipes import Recipe
    from sample_engineering.trainers.result import ValidationResult

PathLike = str | os.PathLike[str]

_RUNS = Path("runs")
_ROLLOUTS = 4  # completions of a benchmark item in a first look
_NAME_LENGTH = 40  # characters of a sample's id that go into the name of its run folder


def load_pool(path: PathLike, *, on_error: str = "skip") -> "Pool":
    """Read candidates from JSONL, Parquet, CSV or ``hf:owner/name[:config][:split]``.

    Parameters
    ----------
    path : path-like
    on_error : {"skip", "fail"}
        Count and report bad lines (``pool.problems``), or raise on the first.

    Returns
    -------
    Pool
        A sequence of `Sample`.

    Raises
    ------
    PoolError
        If nothing can be read.
    """
    from sample_engineering.pool import read_pool

    return read_pool(path, on_error=on_error)


def load_reference(name: PathLike, *, on_error: str = "skip") -> Sequence[Sample]:
    """Return the problems of a named benchmark (``math500``, ``math500@PATH``) or of a pool.

    What new problems are held against: see `rank` and `synthesize`. `on_error` is for bad lines of
    a pool; those of a benchmark are skipped.
    """
    from sample_engineering import registry
    from sample_engineering.evaluation import load_benchmark

    text = os.fspath(name)
    if text.partition("@")[0] in registry.names("benchmark") and not Path(text).exists():
        return load_benchmark(text, on_error="skip").items
    return load_pool(name, on_error=on_error)


def save_pool(samples: Iterable[Sample], path: PathLike) -> None:
    """Write samples to a file, whole or not at all.

    Parameters
    ----------
    samples : iterable of Sample
    path : path-like
        Ends in .jsonl (also .gz, .zst), .parquet or .csv.

    Raises
    ------
    PoolError
        If the file has another ending or cannot be written.
    """
    from sample_engineering.pool import write_pool

    write_pool(samples, path)


def example_pool(seed: int = 0) -> "Pool":
    """Return the microcosm's natural candidates, one of each template."""
    from sample_engineering.microcosm import natural_pool
    from sample_engineering.pool import Pool

    return Pool(natural_pool(seed=seed))


def rank(
    pool: Iterable[Sample] | PathLike,
    *,
    by: str | None = None,
    where: str | None = None,
    explain: str | None = None,
    selectors: str | Iterable[str] | None = None,
    history: "Histories | None" = None,
    rates: "Rates | None" = None,
    target: str | Iterable[str] | None = None,
    demand: Iterable[Sample] | PathLike | None = None,
    tagger: "str | Tagger | None" = None,
    against: Iterable[Sample] | PathLike | None = None,
    group_size: int | None = None,
    truncate_history: bool = False,
    model: "str | Generator | None" = None,
    server: str | None = None,
    backend: str | None = None,
    device: str | None = None,
    trust_remote_code: bool = False,
    concurrency: int | None = None,
    prices: PathLike | None = None,
    max_cost: float | None = None,
    cache: PathLike | None = None,
    backend_options: Mapping[str, Any] | None = None,
    rollouts: int | None = None,
    adaptive: bool = False,
    template: str | None = None,
    max_tokens: int | None = None,
    temperature: float | None = None,
    seed: int | None = None,
    forced: bool | None = None,
    journal: PathLike | None = None,
    on_error: str = "skip",
    progress: Callable[[int], None] | None = None,
) -> "Ranking":
    """Rank candidates by what is known of them; with a model, probe them first.

    Only what is asked is computed: a question that needs no pass rates probes nothing, and is told
    so where a model is given for it.

    Parameters
    ----------
    pool : samples or path
        The candidates.
    by, where, explain, selectors, history, rates, target, group_size, truncate_history
        See `selectors.ranking.rank_pool`. With the embedded model the group size is its recipe's.
    demand : samples, path or name of a benchmark, optional
        Problems that show which skills are wanted; ``microcosm`` for those of the embedded world,
        which are meant where its model is probed.
    tagger : str or Tagger, optional
        Who names the skills. One that asks a model asks `model`; with `rates` as well, the model
        names skills and is not probed.
    against : samples, path or name of a benchmark, optional
        Problems whose near-copies rank last.
    model, server, backend, device, trust_remote_code, concurrency, prices, max_cost, cache,
    backend_options
        The model to probe, see `probe`.
    rollouts, adaptive, template, max_tokens, temperature, seed, forced, journal
        How it is probed, see `probe`.
    on_error : {"skip", "fail"}
        What a bad line of a file does.
    progress : callable, optional
        Called with the number of candidates whose share of a round of the probe is done.

    Raises
    ------
    PoolError
        If a file cannot be read, or no candidate has the id `explain`.
    ConfigError
        If a name is unknown, or something that was given would be ignored.
    GenerationError
        If the model fails for good.
    """
    from sample_engineering.probing import probe_pool
    from sample_engineering.selectors.evidence import Evidence
    from sample_engineering.selectors.posterior import GROUP_SIZE
    from sample_engineering.selectors.question import read_question
    from sample_engineering.selectors.ranking import answer
    from sample_engineering.skills import asks_model, find_tagger

    reached = {
        "server": server,
        "backend": backend,
        "device": device,
        "trust_remote_code": trust_remote_code or None,
        "concurrency": concurrency,
        "prices": prices,
        "max_cost": max_cost,
        "cache": cache,
        "backend_options": backend_options,
    }
    sampled = {
        "rollouts": rollouts,
        "adaptive": adaptive or None,
        "template": template,
        "max_tokens": max_tokens,
        "temperature": temperature,
        "seed": seed,
        "forced": forced,
        "journal": journal,
    }
    tags = isinstance(tagger, str) and asks_model(tagger)
    named = model is not None or server is not None
    if not named:
        _refuse(reached | sampled, "is for probing; give `model`, or leave it out")
    elif rates is not None:
        if not tags:
            raise ConfigError("`rates` and `model` both give pass rates; leave one out")
        _refuse(sampled, "is for probing, and `rates` is given; leave one of them out")
    probes = named and rates is None

    plan = None
    if probes:
        plan = probe_plan(
            model,
            server,
            rollouts=rollouts,
            adaptive=adaptive,
            template=template,
            max_tokens=max_tokens,
            temperature=temperature,
            seed=seed,
            forced=forced,
            group_size=group_size,
        )
    found: list[Probe] = []

    @functools.cache
    def opened() -> "Generator":
        return _open_probed(
            model,
            server=server,
            backend=backend,
            device=device,
            trust_remote_code=trust_remote_code,
            concurrency=concurrency,
            prices=prices,
            max_cost=max_cost,
            cache=cache,
            backend_options=backend_options,
        )

    def measure() -> "Probe":
        found.append(probe_pool(evidence.pool, opened(), plan, journal=journal, progress=progress))
        return found[0]

    evidence = Evidence(
        load_pool(pool, on_error=on_error) if isinstance(pool, str | os.PathLike) else pool,
        history=history,
        rates=measure if probes else rates,
        demand=_demand(demand, model, server),
        target=target,
        against=_reference(against, on_error),
        group_size=plan.group_size if plan is not None else group_size or GROUP_SIZE,
        truncate_history=truncate_history,
        tagger=find_tagger(tagger or "builtin", opened if named else None)
        if tagger is None or isinstance(tagger, str)
        else tagger,
        on_error=on_error,
    )
    heeds = {
        "history": history,
        "target": target,
        "demand": demand,
        "tagger": tagger,
        "against": against,
        "rates": rates,
        "group_size": group_size,
        "truncate_history": truncate_history or None,
    }
    given = {name: name for name, value in heeds.items() if value is not None}
    if probes and not tags:
        given["rates"] = "model"
    question = read_question(
        evidence, by=by, where=where, explain=explain, selectors=selectors, given=given
    )
    if not named:
        return answer(question, evidence)
    with _closed_if_named(model, opened()):  # what cannot be opened fails before any work
        ranking = answer(question, evidence)
    return ranking.noting(
        note
        for one in found
        for note in (f"probed {one.model}: {one.account()}", *one.notes, *one.usage)
    )


def synthesize(
    domains: str | Iterable[str],
    *,
    n: int = 20,
    steps: int | tuple[int, int] = (2, 3),
    skills: str | Iterable[str] | None = None,
    kinds: str | Iterable[str] | None = None,
    difficulty: str | None = None,
    distractors: int = 0,
    target: str | Iterable[str] | None = None,
    select: str | None = None,
    dialect: str = "english",
    against: Iterable[Sample] | PathLike | None = None,
    seed: int = 0,
    out: PathLike | None = None,
    rejects: PathLike | None = None,
    progress: Callable[[int], None] | None = None,
) -> "Composition":
    """Compose problems with verified answers; no model is needed.

    Parameters
    ----------
    domains : str or iterable of str
        Subjects that every problem joins.
    n, steps, skills, kinds, difficulty, distractors, target, dialect, seed, progress
        See `synthesis.compose`.
    select : {"prime"}, optional
        Keep only the best sample over the `target` domains; ``.prime`` of what comes back says
        why.
    against : samples, path or name of a benchmark, optional
        Problems that no composed one may nearly repeat.
    out : path-like, optional
        Where the samples are written: .jsonl, .parquet or .csv.
    rejects : path-like, optional
        Where problems that failed the check are written with the reason, in the same formats.

    Returns
    -------
    Composition
        A sequence of samples that shows itself as a table.

    Raises
    ------
    SampleEngineeringError
        If something is unknown or would be ignored, or too few problems can be composed.
    """
    from dataclasses import asdict, replace

    from sample_engineering.pool import write_pool, write_records
    from sample_engineering.pool.sources import format_of
    from sample_engineering.synthesis import compose, select_prime

    if select not in (None, "prime"):
        raise ConfigError(f"`select` is {select!r}; the only choice is prime")
    for path in (out, rejects):
        if path is not None:
            format_of(Path(path))  # a wrong ending fails before the work, not after
    composition = compose(
        domains,
        n=n,
        steps=steps,
        skills=skills,
        kinds=kinds,
        difficulty=difficulty,
        distractors=distractors,
        target=target,
        dialect=dialect,
        against=load_reference(against) if isinstance(against, str | os.PathLike) else against,
        seed=seed,
        progress=progress,
    )
    if select is not None:
        wanted = load_demand(EMBEDDED) if dialect == "compact" else None
        prime = select_prime(composition, _names(target), wanted)
        composition = replace(composition, samples=[prime.sample], prime=prime)
    if rejects is not None:
        write_records((asdict(item) for item in composition.rejected), rejects)
    if out is not None:
        write_pool(composition, out)
    return composition


def compose(
    domains: str | Iterable[str],
    *,
    model: "str | Generator",
    server: str | None = None,
    backend: str | None = None,
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
    k: int = 4,
    agreement: float | None = None,
    tagger: str = "builtin",
    temperature: float = 1.0,
    max_drafts: int | None = None,
    seed: int = 0,
    out: PathLike | None = None,
    progress: Callable[[int], None] | None = None,
) -> "ModelComposition":
    """Compose problems with a language model; every draft passes a funnel of checks.

    Parameters
    ----------
    domains : str or iterable of str
        Subjects that every problem joins.
    model : str or Generator
        What composes: path or Hugging Face name; with `server`, the name there.
    server, backend, device, trust_remote_code, concurrency, prices, max_cost
        How the model is reached, see `generation.open_generator`.
    solver : str or Generator, optional
        Another model that solves the problems; None: the composer.
    solver_server : str, optional
        Where the solver is; None: at `server`.
    n, skills, rewrite, k, agreement, temperature, max_drafts, seed, progress
        See `synthesis.language_model.compose_with_model`.
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
    from sample_engineering.generation.backends import takes
    from sample_engineering.synthesis.language_model import compose_with_model
    from sample_engineering.synthesis.language_model.files import RunFiles
    from sample_engineering.synthesis.language_model.options import check_options
    from sample_engineering.synthesis.language_model.retagging import retagged

    reached = {
        "server": server,
        "backend": backend,
        "device": device,
        "trust_remote_code": trust_remote_code or None,
        "concurrency": concurrency,
        "prices": prices,
        "max_cost": max_cost,
    }
    named = [f"`{name}`" for name, value in reached.items() if value is not None]
    if named and not isinstance(model, str) and not isinstance(solver, str):
        raise ConfigError(
            f"{' and '.join(named)} would be ignored: the models are generators already; leave it "
            "out"
        )
    if solver_server is not None and not isinstance(solver, str):
        raise ConfigError("`solver_server` needs `solver`: the model's name at that server")
    registry.check("tagger", tagger, "tagger")
    shown = _problems(examples)
    parents = None if originals is None else _problems(originals)
    check_options(
        domains,
        n=n,
        skills=skills,
        k=k,
        agreement=agreement,
        rewrite=rewrite,
        examples=bool(shown),
        originals=bool(parents),
        solver=solver is not None,
    )
    files = None if out is None else RunFiles(out)
    with ExitStack() as opened:

        def reach(name: "str | Generator", where: str | None) -> "Generator":
            if not isinstance(name, str):
                return name
            kept = files.responses if files and takes("cache", backend, where) else None
            generator = open_generator(
                name,
                server=where,
                backend=backend,
                device=device,
                trust_remote_code=trust_remote_code,
                concurrency=concurrency,
                prices=prices,
                max_cost=max_cost,
                cache=kept,
            )
            opened.callback(generator.close)
            return generator

        composer = reach(model, server)
        found = compose_with_model(
            composer,
            domains,
            n=n,
            skills=skills,
            examples=shown,
            against=_problems(against),
            solver=None if solver is None else reach(solver, solver_server or server),
            k=k,
            agreement=agreement,
            rewrite=rewrite,
            originals=parents,
            temperature=temperature,
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
    return found


def _problems(given: Iterable[Sample] | PathLike | None) -> Sequence[Sample]:
    """Return samples that were given as they are, as a path, or by the name of a benchmark."""
    if isinstance(given, str | os.PathLike):
        return load_reference(given)
    return list(given or ())


def load_demand(name: PathLike) -> Sequence[Sample]:
    """Return the problems of a benchmark or pool that show which skills are wanted.

    Parameters
    ----------
    name : path
        A benchmark by name or file, or a pool; ``microcosm`` for the embedded world.
    """
    if name == EMBEDDED:
        from sample_engineering.microcosm import reference_problems

        return reference_problems()
    return load_reference(name)


def probe(
    pool: Iterable[Sample] | PathLike,
    *,
    model: "str | Generator | None" = None,
    models: "Sequence[str | Generator] | None" = None,
    server: str | None = None,
    backend: str | None = None,
    device: str | None = None,
    trust_remote_code: bool = False,
    concurrency: int | None = None,
    prices: PathLike | None = None,
    max_cost: float | None = None,
    cache: PathLike | None = None,
    backend_options: Mapping[str, Any] | None = None,
    rollouts: int | None = None,
    adaptive: bool = False,
    template: str | None = None,
    max_tokens: int | None = None,
    temperature: float | None = None,
    seed: int | None = None,
    forced: bool | None = None,
    group_size: int | None = None,
    journal: PathLike | None = None,
    out: PathLike | None = None,
    on_error: str = "skip",
    progress: Callable[[int], None] | None = None,
) -> "Probe":
    """Sample rollouts of a model on every candidate: pass rates, and what they say of training.

    The result goes into ``rank(pool, rates=...)``.

    Parameters
    ----------
    pool : samples or path
        The candidates.
    model : str or Generator, optional
        Path or Hugging Face name, or with `server` the name there; None or ``microcosm`` is the
        embedded model. Or a generator that is open already.
    models : sequence of str or Generator, optional
        Successive checkpoints instead, oldest first: the records hold a history as well.
    server, backend, device, trust_remote_code, concurrency, prices, max_cost, cache,
    backend_options
        How the model is reached, see `generation.opening.open_generator`; prompts that a server
        refuses are left out and noted.
    rollouts : int, optional
        Rollouts of each candidate; default: 8.
    adaptive : bool
        About 60 % of the rollouts: fewer on candidates surely too easy or too hard.
    template, max_tokens : str, int, optional
        Default: ``boxed`` and 1024, or what the embedded model's recipe says.
    temperature : float, optional
        Default: 1.
    seed : int, optional
        Same seed, same rollouts; default: 0.
    forced : bool, optional
        Also measure answers that start inside the box; so by default.
    group_size : int, optional
        Rollouts per group in the training to come; default: 8, or what the embedded model's recipe
        says.
    journal : path, optional
        Every graded rollout is appended here; a killed probe resumes from it.
    out : path, optional
        Write the records here. While the probe runs, ``OUT.journal`` lies beside it (unless
        `journal` names another), and a server's answers in ``OUT.responses.sqlite`` (unless `cache`
        does); a finished probe deletes its journal.
    on_error : {"skip", "fail"}
        What a bad line of a file does.
    progress : callable, optional
        Called with the number of candidates whose share of a round is done.

    Raises
    ------
    PoolError
        If the pool cannot be read.
    ConfigError
        If something that was given cannot be used, or would be ignored.
    GenerationError
        If the model fails for good.
    """
    from sample_engineering.generation.backends import takes
    from sample_engineering.pool.sources import format_of
    from sample_engineering.probing import probe_checkpoints

    if models is not None and model is not None:
        raise ConfigError("`model` and `models` both say what is probed; leave one out")
    names = [model] if models is None else list(models)
    if not names:
        raise ConfigError("`models` is empty; name at least one")
    plan = probe_plan(
        names[0],
        server,
        rollouts=rollouts,
        adaptive=adaptive,
        template=template,
        max_tokens=max_tokens,
        temperature=temperature,
        seed=seed,
        forced=forced,
        group_size=group_size,
    )
    kept = journal
    if out is not None:
        format_of(Path(out))  # a wrong ending fails before the work, not after
        kept = _beside(out, ".journal") if journal is None else journal
        named = isinstance(names[0], str | None)
        if cache is None and named and takes("cache", backend, server):
            cache = _beside(out, ".responses.sqlite")
    candidates = load_pool(pool, on_error=on_error) if isinstance(pool, str | os.PathLike) else pool

    def opened() -> "Iterator[Generator]":
        for name in names:
            with _closed_if_named(
                name,
                _open_probed(
                    name,
                    server=server,
                    backend=backend,
                    device=device,
                    trust_remote_code=trust_remote_code,
                    concurrency=concurrency,
                    prices=prices,
                    max_cost=max_cost,
                    cache=cache,
                    backend_options=backend_options,
                ),
            ) as generator:
                yield generator

    found = probe_checkpoints(
        tuple(candidates),
        opened(),
        plan,
        history=len(names) > 1,
        journal=kept,
        progress=progress,
    )
    if out is not None:
        found.write(out)
        if journal is None:
            _beside(out, ".journal").unlink(missing_ok=True)
    return found


def audit(
    samples: Iterable[Sample] | Sample | PathLike,
    *,
    checks: str | Iterable[str] | None = None,
    model: str | None = None,
    server: str | None = None,
    backend: str | None = None,
    device: str | None = None,
    concurrency: int | None = None,
    prices: PathLike | None = None,
    max_cost: float | None = None,
    rollouts: int | None = None,
    template: str | None = None,
    max_tokens: int | None = None,
    temperature: float | None = None,
    seed: int | None = None,
    progress: Callable[[int], None] | None = None,
    on_error: str = "skip",
) -> "Audit":
    """Hold labels against their own problems and solutions, and list what does not fit.

    Parameters
    ----------
    samples : samples, Sample or path
        What to audit; ``FILE#ID`` picks one of a pool.
    checks : str or iterable of str, optional
        Names of checks, see ``components("check")``; all by default, those that need a model only
        where one is given.
    model, server : str, optional
        A model whose independent solutions the labels are held against, ``microcosm`` for the
        embedded one; with `server`, the name at that OpenAI-compatible server. None: no model.
    backend, device, concurrency, prices, max_cost
        How the model is run, see `generation.opening.open_generator`.
    rollouts : int, optional
        Independent solutions of each problem, and forced guesses; default 8.
    template, max_tokens : optional
        Prompt template and longest solution in tokens; by default what suits the model.
    temperature : float, optional
        Sampling temperature; default 1.
    seed : int, optional
        Of the sampling; default 0.
    progress : callable, optional
        Called with the number of problems solved since the last call.
    on_error : {"skip", "fail"}
        What a bad line of a file does.

    Returns
    -------
    Audit
        Findings, worst first; ``audit.severe`` says whether any is severe.

    Raises
    ------
    ConfigError
        If a check is unknown, or an option would be ignored.
    PoolError
        If the file cannot be read.

    Examples
    --------
    >>> found = audit(Sample("1", "What is $7 \\cdot 8$?", "54"))
    >>> found.severe, found[0].check
    (True, 'stated')

    """
    from sample_engineering.audit.run import audit_samples, find_checks

    asked = _names(checks)
    opened = {
        "backend": backend,
        "device": device,
        "concurrency": concurrency,
        "prices": prices,
        "max_cost": max_cost,
    }
    sampled = {
        "rollouts": rollouts,
        "template": template,
        "max_tokens": max_tokens,
        "temperature": temperature,
        "seed": seed,
    }
    solved = model is not None or server is not None
    idle = [f"`{name}`" for name, value in (opened | sampled).items() if value is not None]
    if idle and not solved:
        raise ConfigError(
            f"{', '.join(idle)} would be ignored without a model; pass `model`, or leave it out"
        )
    find_checks(asked, model=solved)  # a slip in a name fails before any work
    notes: tuple[str, ...] = ()
    if isinstance(samples, Sample):
        samples = [samples]
    elif isinstance(samples, str | os.PathLike):
        path, id_ = _path_and_id(samples)
        pool = load_pool(path, on_error=on_error)
        if pool.problems.skipped and not id_:
            notes = (f"not audited: {pool.problems.skipped:,} lines that are no sample",)
        samples = [pool.by_id(id_)] if id_ else pool
    if not solved:
        return audit_samples(samples, checks=asked, notes=notes)
    from sample_engineering.audit.solutions import ROLLOUTS
    from sample_engineering.generation.sampling_settings import Sampling

    suited = probe_plan(model, server, template=template, max_tokens=max_tokens)
    generator = open_generator(
        model,
        server=server,
        backend=backend,
        device=device,
        concurrency=concurrency,
        prices=prices,
        max_cost=max_cost,
        refused="skip" if server is not None else None,
    )
    try:
        return audit_samples(
            samples,
            checks=asked,
            generator=generator,
            sampling=Sampling(
                n=ROLLOUTS if rollouts is None else rollouts,
                max_tokens=suited.max_tokens,
                temperature=1.0 if temperature is None else temperature,
                seed=0 if seed is None else seed,
            ),
            template=suited.template,
            progress=progress,
            notes=notes,
        )
    finally:
        generator.close()


def evaluate(
    model: "str | Generator | None" = None,
    *,
    benchmark: "Benchmark | str | None" = None,
    server: str | None = None,
    backend: str | None = None,
    device: str | None = None,
    trust_remote_code: bool = False,
    concurrency: int | None = None,
    prices: PathLike | None = None,
    max_cost: float | None = None,
    cache: PathLike | None = None,
    backend_options: Mapping[str, Any] | None = None,
    rollouts: int | None = None,
    greedy: bool = False,
    temperature: float | None = None,
    max_tokens: int | None = None,
    template: str | None = None,
    per_domain: int | None = None,
    group_by: str | None = None,
    on_error: str = "fail",
    in_context: Sample | PathLike | None = None,
    against: "Evaluation | PathLike | None" = None,
    seed: int = 0,
    out: PathLike | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> "Evaluation":
    """Ask a model the items of a benchmark and grade what it writes.

    Everything that can be refused is refused before a model is loaded.

    Parameters
    ----------
    model : str or Generator, optional
        Path or Hugging Face name; with `server`, the name there; None: the embedded one.
    benchmark : Benchmark or str, optional
        Or the name (``math500``, ``math500@PATH``), file or reference of one; None: the
        microcosm's.
    server, backend, device, trust_remote_code, concurrency, prices, max_cost, cache,
    backend_options
        How the model is reached, see `generation.open_generator`.
    rollouts : int, optional
        Completions of each item; 4 by default, 1 where `greedy`.
    greedy : bool
        Temperature 0 and one completion an item.
    temperature, max_tokens, template
        How the items are asked; None: as the benchmark says.
    per_domain : int, optional
        At most so many items of each domain, drawn by `seed`.
    group_by : str, optional
        Field of the items that shall serve as domain, e.g. ``subject``.
    on_error : {"fail", "skip"}
        What items do that cannot be read or graded; those left out are in ``info["left_out"]``.
    in_context : Sample or path, optional
        A solved problem shown before each item; ``FILE#ID`` picks one of a pool.
    against : Evaluation or path, optional
        An earlier evaluation that the result shall be compared with (`evaluation.compare`): other
        items are refused at once.
    seed : int
        Of sampling and of the random subset.
    out : path-like, optional
        Where every completion is kept (.parquet).
    progress : callable, optional
        Called with the number of items finished since the last call, and that of all.

    Returns
    -------
    Evaluation
        Shows itself as a table; ``.summary()`` is one row a domain, with standard errors.

    Raises
    ------
    ConfigError
        If something is unknown, does not go together, or would be ignored.
    PoolError, GoldError
        If the benchmark cannot be read.
    GenerationError
        If the model cannot be loaded or fails.
    """
    from sample_engineering import evaluation as room
    from sample_engineering.evaluation.evaluate import build_prompts, sampling_of
    from sample_engineering.evaluation.same_items import require_items_of

    if greedy:
        refused = {"rollouts": rollouts not in (None, 1), "temperature": bool(temperature)}
        if names := [f"`{name}`" for name, given in refused.items() if given]:
            raise ConfigError(
                f"{' and '.join(names)} would be ignored: `greedy` is one completion an item at "
                "temperature 0; leave out one or the other"
            )
    if out is not None and Path(out).suffix != ".parquet":
        raise ConfigError(f"`out` is no .parquet file: {out}; call it {Path(out).stem}.parquet")
    reached = {
        "server": server,
        "backend": backend,
        "device": device,
        "trust_remote_code": trust_remote_code or None,
        "concurrency": concurrency,
        "prices": prices,
        "max_cost": max_cost,
        "cache": cache,
        "backend_options": backend_options,
    }
    opened = model is not None and not isinstance(model, str)
    named = [f"`{name}`" for name, value in reached.items() if value is not None]
    if opened and named:
        raise ConfigError(
            f"{' and '.join(named)} would be ignored: `model` is a generator already; leave it out"
        )
    chosen = _evaluated(
        benchmark,
        per_domain=per_domain,
        group_by=group_by,
        on_error=on_error,
        seed=seed,
        settings={"template": template, "max_tokens": max_tokens, "temperature": temperature},
    )
    if against is not None:
        if not isinstance(against, room.Evaluation):
            against = room.Evaluation.load(against)
        require_items_of(chosen, against)
    example = in_context if isinstance(in_context, Sample | None) else _one_sample(in_context)
    number = (1 if greedy else _ROLLOUTS) if rollouts is None else rollouts
    sampling_of(chosen, rollouts=number, seed=seed, greedy=greedy)  # raise what they would later
    build_prompts(chosen, example)
    asked = (
        closing(
            open_generator(
                model,
                server=server,
                backend=backend,
                device=device,
                trust_remote_code=trust_remote_code,
                concurrency=concurrency,
                prices=prices,
                max_cost=max_cost,
                cache=cache,
                backend_options=backend_options,
            )
        )
        if model is None or isinstance(model, str)
        else nullcontext(model)  # opened by the caller, who closes it
    )
    total = len(chosen)
    with asked as generator:
        result = room.evaluate(
            generator,
            chosen,
            rollouts=number,
            seed=seed,
            greedy=greedy,
            in_context=example,
            progress=None if progress is None else lambda number: progress(number, total),
        )
    if out is not None:
        result.save(out)
    return result


def validate(
    sample: Sample | PathLike | None = None,
    *,
    model: str | None = None,
    benchmark: "Benchmark | str | None" = None,
    recipe: "Recipe | str | None" = None,
    settings: Mapping[str, Any] | None = None,
    steps: int | None = None,
    group_size: int | None = None,
    lr: float | None = None,
    seeds: Sequence[int] | None = None,
    rollouts: int | None = None,
    eval_items: int | None = None,
    controls: str | None = None,
    pool: Iterable[Sample] | PathLike | None = None,
    out: PathLike | None = None,
    resume: PathLike | None = None,
    lora: int | None = None,
    vllm: bool = False,
    device: str | None = None,
    template: str | None = None,
    report_to: Sequence[str] = (),
    save_model: bool = False,
    trust_remote_code: bool = False,
    report: bool = True,
    progress: "Callable[[ProgressEvent], None] | None" = None,
) -> "ValidationResult":
    """Train on one sample and measure the lift per domain.

    Parameters
    ----------
    sample : Sample or path, optional
        The sample; ``FILE#ID`` picks one of a pool. None: the shipped one.
    model, benchmark, recipe, settings, steps, group_size, lr, seeds, rollouts, eval_items,
    controls, pool, out, resume, lora, vllm, device, template, report_to, save_model,
    trust_remote_code
        See `plan_validation`.
    report : bool
        Write ``report.html`` into the run folder.
    progress : callable, optional
        Called with what is going on.

    Returns
    -------
    ValidationResult
        Shows itself as a table; ``result.folder`` is the run folder.

    Raises
    ------
    ConfigError
        If something that was given cannot be used, or would be ignored.
    SampleEngineeringError
        If the run fails.
    """
    plan = plan_validation(
        sample,
        model=model,
        benchmark=benchmark,
        recipe=recipe,
        settings=settings,
        steps=steps,
        group_size=group_size,
        lr=lr,
        seeds=seeds,
        rollouts=rollouts,
        eval_items=eval_items,
        controls=controls,
        pool=pool,
        out=out,
        resume=resume,
        lora=lora,
        vllm=vllm,
        device=device,
        template=template,
        report_to=report_to,
        save_model=save_model,
        trust_remote_code=trust_remote_code,
    )
    return run_plan(plan, report=report, progress=progress)


def run_plan(
    plan: "ValidationPlan",
    *,
    report: bool = True,
    progress: "Callable[[ProgressEvent], None] | None" = None,
) -> "ValidationResult":
    """Do what `plan_validation` resolved; parameters, result and errors as for `validate`."""
    from sample_engineering.trainers.validation import run_validation

    result = run_validation(plan, progress)
    if report:
        from sample_engineering.report import write_report

        write_report(result.folder)
    return result


def plan_validation(
    sample: Sample | PathLike | None = None,
    *,
    model: str | None = None,
    benchmark: "Benchmark | str | None" = None,
    recipe: "Recipe | str | None" = None,
    settings: Mapping[str, Any] | None = None,
    steps: int | None = None,
    group_size: int | None = None,
    lr: float | None = None,
    seeds: Sequence[int] | None = None,
    rollouts: int | None = None,
    eval_items: int | None = None,
    controls: str | None = None,
    pool: Iterable[Sample] | PathLike | None = None,
    out: PathLike | None = None,
    resume: PathLike | None = None,
    lora: int | None = None,
    vllm: bool = False,
    device: str | None = None,
    template: str | None = None,
    report_to: Sequence[str] = (),
    save_model: bool = False,
    trust_remote_code: bool = False,
) -> "ValidationPlan":
    """Resolve everything that was left open, and say what a validation will do.

    Parameters
    ----------
    sample : Sample or path, optional
        The sample; ``FILE#ID`` picks one of a pool. None: the shipped one.
    model : str, optional
        Path or Hugging Face name; None: the embedded one.
    benchmark : Benchmark or str, optional
        Or the name, file or reference of one; None: the microcosm's.
    recipe : Recipe or str, optional
        Or the name or YAML file of one; None: ``microcosm`` with the embedded model, else
        ``one-shot-rlvr``.
    settings : mapping, optional
        Fields of the recipe, or of TRL's ``GRPOConfig``, to change.
    steps, group_size, lr, lora, vllm, template
        The fields of the recipe that are changed most; `lora` is its ``lora_rank``.
    seeds : sequence of int, optional
        Training seeds, ``(0,)`` by default; each is a run of its own.
    rollouts : int, optional
        Completions of each benchmark item; 4 by default.
    eval_items : int, optional
        At most so many items of each domain.
    controls : str, optional
        ``none`` (the default), ``quick``, ``full``, or names of arms; see `arms.control_arms`.
    pool : samples or path, optional
        What control arms draw from; None: the microcosm's natural pool with the embedded model.
    out : path-like, optional
        Run folder; None: a new one below ``runs``.
    resume : path-like, optional
        Go on with an interrupted run, as it was planned; only `device` may be given beside it.
    device : {"cpu", "cuda"}, optional
        None takes a GPU if there is one.
    report_to : sequence of str
        Trackers that TRL knows, e.g. ``wandb``.
    save_model : bool
        Keep the trained model of each seed in the run folder.
    trust_remote_code : bool
        Run code that comes with the model.

    Raises
    ------
    ConfigError
        If something that was given cannot be used, or would be ignored.
    SampleEngineeringError
        If the sample, benchmark, pool or run folder cannot be read.
    """
    from sample_engineering.extras import require

    require("trl", "train")
    from sample_engineering.evaluation import Benchmark
    from sample_engineering.runs.config import RunOptions
    from sample_engineering.trainers.arms import chosen_arms
    from sample_engineering.trainers.plan import ValidationPlan
    from sample_engineering.trainers.recipes import override

    if resume is not None:
        fixed = {
            "sample": sample,
            "model": model,
            "benchmark": benchmark,
            "recipe": recipe,
            "settings": settings,
            "steps": steps,
            "group_size": group_size,
            "lr": lr,
            "seeds": seeds,
            "rollouts": rollouts,
            "eval_items": eval_items,
            "controls": controls,
            "pool": pool,
            "out": out,
            "lora": lora,
            "vllm": vllm or None,
            "template": template,
            "report_to": report_to or None,
            "save_model": save_model or None,
            "trust_remote_code": trust_remote_code or None,
        }
        _ignored(fixed, "`resume` takes everything from the run folder")
        return ValidationPlan.from_folder(Path(resume), device)
    embedded = is_embedded(model)
    if embedded:
        _ignored({"trust_remote_code": trust_remote_code or None}, "the embedded model has no code")
    if isinstance(benchmark, Benchmark):
        given = {"eval_items": eval_items, "template": template}
        _ignored(given, "`benchmark` is one already; change it itself")
    if pool is not None and not any(arm.needs_pool for arm in chosen_arms(controls or "none")):
        _ignored({"pool": pool}, "none of the `controls` draws from a pool")
    if device == "cpu":
        _ignored({"vllm": vllm or None}, "vLLM needs a GPU, and `device` is cpu")
    changes = {
        "steps": steps,
        "group_size": group_size,
        "lr": lr,
        "lora_rank": lora,
        "vllm": vllm or None,
        "template": template,
    }
    changes = {name: value for name, value in changes.items() if value is not None}
    if twice := [name for name in changes if name in (settings or {})]:
        raise ConfigError(
            f"{' and '.join(twice)} would be set twice, in `settings` and on its own; leave out one"
        )
    if recipe is None:
        recipe = EMBEDDED if embedded else DEFAULT_RECIPE
    start = find_recipe(recipe) if isinstance(recipe, str) else recipe
    chosen = override(start, {**(settings or {}), **changes})
    target = sample if isinstance(sample, Sample) else _find_sample(sample)
    first = seeds[0] if seeds else 0
    return ValidationPlan(
        model=local_model(model),
        sample=target,
        benchmark=_find_benchmark(benchmark, eval_items, chosen),
        recipe=chosen,
        seeds=(0,) if seeds is None else tuple(seeds),
        rollouts=_ROLLOUTS if rollouts is None else rollouts,
        controls=controls or "none",
        pool=_find_pool(pool, embedded, first),
        out=Path(out) if out is not None else default_folder(target.id),
        options=RunOptions(
            device=device,
            report_to=tuple(report_to),
            save_model=save_model,
            trust_remote_code=trust_remote_code,
        ),
    )


def grade(
    prediction: str,
    gold: str,
    *,
    kind: str | None = None,
    unit: str | None = None,
    tolerance: float | None = None,
    choices: Sequence[str] | None = None,
    form: str = "boxed",
    units_allowed: bool = True,
) -> "Grade":
    """Grade one completion against one gold answer; see `grading.grade`."""
    from sample_engineering.grading import grade as grade_one

    return grade_one(
        prediction,
        gold,
        kind=kind,
        unit=unit,
        tolerance=tolerance,
        choices=choices,
        form=form,
        units_allowed=units_allowed,
    )


def grade_file(
    path: PathLike,
    out: PathLike | None = None,
    *,
    kind: str | None = None,
    unit: str | None = None,
    tolerance: float | None = None,
    form: str = "auto",
    units_allowed: bool = True,
) -> "Summary":
    """Grade the rows of a file with the columns ``gold`` and ``prediction``.

    Parameters
    ----------
    path : path-like
        JSONL, CSV or Parquet. Columns ``kind``, ``unit``, ``tolerance``, ``choices`` and
        ``units_allowed`` win over the arguments.
    out : path-like, optional
        JSONL file for the rows with ``correct, rule, extracted, seconds, timed_out`` added.
    kind, unit, tolerance, units_allowed
        As for `grade`, for rows that declare none.
    form : str
        Where the final answer stands: the name of an answer form.

    Raises
    ------
    ConfigError
        If an argument cannot be used, or would be ignored.
    PoolError
        If the file cannot be read, or lacks a column.
    """
    from sample_engineering.grading.files import grade_file as grade_rows

    return grade_rows(
        path,
        out,
        kind=kind,
        unit=unit,
        tolerance=tolerance,
        form=form,
        units_allowed=units_allowed,
    )


def compare(runs: Sequence[PathLike]) -> "RunsCompared":
    """Compare the lifts of several run folders, paired where their items agree.

    Parameters
    ----------
    runs : sequence of path-like
        Two run folders or more.

    Returns
    -------
    RunsCompared
        Shows itself as tables: the lifts, and the difference of each pair.

    Raises
    ------
    ConfigError
        If there are fewer than two.
    RunError
        If one of them is no run folder.
    """
    from sample_engineering.report.ranking import compare_runs

    return compare_runs(runs)


def leaderboard(
    folder: PathLike, *, progress: Callable[[int, int], None] | None = None
) -> "Leaderboard":
    """Rank the samples of all run folders below `folder` by lift, with its uncertainty.

    Parameters
    ----------
    folder : path-like
    progress : callable, optional
        Called with the number of runs read since the last call, and that of all.

    Returns
    -------
    Leaderboard
        Shows itself as tables, one for each base model and benchmark.

    Raises
    ------
    RunError
        If there is no such folder or no run in it.
    """
    from sample_engineering.report.ranking import leaderboard as rank_runs

    return rank_runs(folder, progress)


def open_run(folder: PathLike) -> "Run":
    """Read a run folder, whole or damaged.

    Returns
    -------
    Run
        Shows itself as a table; what could not be read is in ``problems``.

    Raises
    ------
    RunError
        If there is no such folder, or nothing in it is part of a run.
    """
    from sample_engineering.report import Run

    return Run.open(folder)


def report(
    run: "Run | PathLike",
    *,
    out: PathLike | None = None,
    figures: PathLike | None = None,
    page: bool = True,
) -> "tuple[Run, list[Path]]":
    """Write the report of a run.

    Parameters
    ----------
    run : Run or path-like
        The run folder.
    out : path-like, optional
        Where the page shall lie; None: ``report.html`` in the folder.
    figures : path-like, optional
        Folder for figures as SVG and PNG.
    page : bool
        Whether to write the page.

    Returns
    -------
    run : Run
    written : list of Path
        What was written.

    Raises
    ------
    ConfigError
        If `out` would be ignored, or there is nothing to draw.
    RunError
        If the folder is none, or a file cannot be written.
    """
    from sample_engineering.report import Run, write_report

    if not page:
        _ignored({"out": out}, "no `page` is written")
    opened = run if isinstance(run, Run) else Run.open(run)
    written: list[Path] = []
    if figures is not None:
        from sample_engineering.report.figures import write_figures

        written += write_figures(opened, figures)
    if page:
        written.append(write_report(opened, out))
    return opened, written


def default_folder(sample_id: str) -> Path:
    """Return a new folder below ``runs`` named after the sample and the time."""
    safe = "".join(c if c.isalnum() or c in "-_." else "-" for c in sample_id)
    name = safe[:_NAME_LENGTH].strip("-.") or "sample"
    return _RUNS / f"{name}-{datetime.now():%Y%m%d-%H%M%S}"


def _open_probed(
    model: "str | Generator | None",
    *,
    server: str | None,
    backend: str | None,
    device: str | None,
    trust_remote_code: bool,
    concurrency: int | None,
    prices: PathLike | None,
    max_cost: float | None,
    cache: PathLike | None,
    backend_options: Mapping[str, Any] | None,
) -> "Generator":
    """Open what is rolled out, if it is named; a server's refusals are noted, not fatal."""
    from sample_engineering.generation.backends import takes

    reached: dict[str, Any] = {
        "server": server,
        "backend": backend,
        "device": device,
        "concurrency": concurrency,
        "prices": prices,
        "max_cost": max_cost,
        "cache": cache,
        "backend_options": backend_options,
    }
    if model is not None and not isinstance(model, str):
        given = reached | {"trust_remote_code": trust_remote_code or None}
        _refuse(
            given, "says how a named model is reached, and `model` is an open one; leave it out"
        )
        return model
    return open_generator(
        model,
        trust_remote_code=trust_remote_code,
        refused="skip" if takes("refused", backend, server) else None,
        **reached,
    )


@contextmanager
def _closed_if_named(
    model: "str | Generator | None", generator: "Generator"
) -> "Iterator[Generator]":
    """Close a generator in the end, unless the caller opened it."""
    try:
        yield generator
    finally:
        if model is None or isinstance(model, str):
            generator.close()


def _demand(
    demand: Iterable[Sample] | PathLike | None,
    model: "str | Generator | None",
    server: str | None,
) -> Iterable[Sample] | Callable[[], Iterable[Sample]] | None:
    """Resolve whose demand is meant: that of the embedded world where its model is probed."""
    if demand is None and server is None and model == EMBEDDED:
        return lambda: load_demand(EMBEDDED)
    return load_demand(demand) if isinstance(demand, str | os.PathLike) else demand


def _reference(
    problems: Iterable[Sample] | PathLike | None, on_error: str
) -> Iterable[Sample] | None:
    if isinstance(problems, str | os.PathLike):
        return load_reference(problems, on_error=on_error)
    return problems


def _ignored(given: Mapping[str, Any], why: str) -> None:
    """Raise ConfigError naming the parameters that were given and would be ignored."""
    names = [f"`{name}`" for name, value in given.items() if value is not None]
    if names:
        them = "it" if len(names) == 1 else "them"
        raise ConfigError(f"{', '.join(names)} would be ignored: {why}; leave {them} out")


def _refuse(given: Mapping[str, Any], why: str) -> None:
    """Raise ConfigError for the first parameter that was given."""
    for name, value in given.items():
        if value is not None:
            raise ConfigError(f"`{name}` {why}")


def _beside(path: PathLike, ending: str) -> Path:
    return Path(path).with_name(Path(path).name + ending)


def _find_sample(spec: PathLike | None) -> Sample:
    """Return the sample that FILE, or FILE#ID, names."""
    if spec is None:
        from sample_engineering.microcosm import default_sample

        return default_sample()
    path, id_ = _path_and_id(spec)
    samples = load_pool(path, on_error="skip" if id_ else "fail")
    if id_:
        return samples.by_id(id_)
    if not len(samples):
        raise PoolError(f"{path} holds no sample; give a file with one")
    return samples[0]


def _path_and_id(spec: PathLike) -> tuple[str, str]:
    """Split FILE#ID; the id is empty where there is none."""
    text = os.fspath(spec)
    path, mark, id_ = text.rpartition("#")
    return (text, "") if not mark or Path(text).exists() else (path, id_)


def _names(given: str | Iterable[str] | None) -> list[str] | None:
    """Return names that were given as a list or with commas."""
    if given is None:
        return None
    return [name.strip() for name in (given.split(",") if isinstance(given, str) else given)]


def _one_sample(spec: PathLike) -> Sample:
    """Return the only sample of FILE, or the one that FILE#ID names."""
    text = os.fspath(spec)
    if "#" in text and not Path(text).exists():
        return _find_sample(spec)
    samples = load_pool(text, on_error="fail")
    if len(samples) != 1:
        raise ConfigError(
            f"`in_context` {text!r} holds {len(samples)} samples; name one of them: {text}#ID"
        )
    return samples[0]


def _evaluated(
    benchmark: "Benchmark | str | None",
    *,
    per_domain: int | None,
    group_by: str | None,
    on_error: str,
    seed: int,
    settings: Mapping[str, Any],
) -> "Benchmark":
    """Return the benchmark to ask, with its gold answers read."""
    from sample_engineering.evaluation import load_benchmark
    from sample_engineering.evaluation.loaders import prepared, with_settings

    if isinstance(benchmark, str):
        return load_benchmark(
            benchmark,
            on_error=on_error,
            per_domain=per_domain,
            group_by=group_by,
            seed=seed,
            **settings,
        )
    if benchmark is None:
        size = None if group_by is not None else per_domain  # by another field: drawn from all
        benchmark = embedded_benchmark(size, seed=seed, **settings)
        per_domain = None if group_by is None else per_domain
    else:
        benchmark = with_settings(benchmark, **settings)
    return prepared(
        benchmark, on_error=on_error, per_domain=per_domain, group_by=group_by, seed=seed
    )


def _find_benchmark(
    benchmark: "Benchmark | str | None", per_domain: int | None, recipe: "Recipe"
) -> "Benchmark":
    from sample_engineering.evaluation import Benchmark, load_benchmark

    if isinstance(benchmark, Benchmark):
        return benchmark
    if benchmark is None:
        return embedded_benchmark(per_domain, recipe=recipe)
    return load_benchmark(
        benchmark, per_domain=per_domain, template=recipe.template, max_tokens=recipe.max_tokens
    )


def _find_pool(
    pool: Iterable[Sample] | PathLike | None, embedded: bool, seed: int
) -> tuple[Sample, ...]:
    if pool is not None:
        return tuple(load_pool(pool) if isinstance(pool, str | os.PathLike) else pool)
    if not embedded:
        return ()  # problems of the embedded world say nothing to another model
    from sample_engineering.microcosm import natural_pool

    return tuple(natural_pool(seed=seed))
