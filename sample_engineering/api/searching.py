"""Searching: which sample of a pool is worth training on, within a budget of training steps."""

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.api.composing import synthesize
from sample_engineering.api.given import PathLike, at_least, ignored
from sample_engineering.api.pools import candidates, demand_of
from sample_engineering.api.showing import page_for
from sample_engineering.api.typed import typed
from sample_engineering.api.validating import default_folder, plan_validation
from sample_engineering.defaults import is_embedded
from sample_engineering.errors import ConfigError
from sample_engineering.sample import Sample
from sample_engineering.text import count_of

if TYPE_CHECKING:
    from sample_engineering.evaluation import Benchmark
    from sample_engineering.pool import Pool
    from sample_engineering.pool.sources import Candidates
    from sample_engineering.search.plan import SearchPlan
    from sample_engineering.search.result import SearchResult
    from sample_engineering.selectors.evidence import Rates
    from sample_engineering.trainers.plan import ProgressEvent
    from sample_engineering.trainers.recipes import Recipe

# Our choice, for the embedded model; its recipe has 40 steps.
STEPS = 10
BUDGET = 200
EVAL_ITEMS = 20
# So many problems are composed for each one that may be let in.
_RESERVE = 20
_MOST_RESERVE = 400


@typed
def search(
    pool: "Candidates | None" = None,
    *,
    mapping: Mapping[str, str] | None = None,
    budget: int | None = None,
    steps: int | None = None,
    per_domain: int | None = None,
    confirm: int | None = None,
    compose: int | None = None,
    seed: int | None = None,
    target: str | Iterable[str] | None = None,
    demand: Iterable[Sample] | PathLike | None = None,
    rates: "Rates | None" = None,
    model: str | None = None,
    benchmark: "Benchmark | str | Sequence[str] | None" = None,
    recipe: "Recipe | str | None" = None,
    settings: Mapping[str, Any] | None = None,
    group_by: str | None = None,
    on_error: str | None = None,
    out: PathLike | None = None,
    report: PathLike | None = None,
    resume: PathLike | None = None,
    engine: str | None = None,
    engine_options: Mapping[str, Any] | None = None,
    device: str | None = None,
    revision: str | None = None,
    dtype: str | None = None,
    attn_implementation: str | None = None,
    trust_remote_code: bool = False,
    model_init_kwargs: Mapping[str, Any] | None = None,
    progress: "Callable[[ProgressEvent], None] | None" = None,
) -> "SearchResult":
    """Find the sample of a pool that lifts most, by training a little on a few of them.

    Candidates are proposed in the order of their ranking at first, then by what the lifts seen so
    far say of the others (`search.surrogate`, `search.proposing`). The last choice is trained on
    anew, with fresh seeds and fresh items: that lift is the result.

    Parameters
    ----------
    pool : samples, path, several paths, table or records, optional
        The candidates, see `load_pool`.
    mapping : mapping of str to str, optional
        Which column of the pool is what, see `load_pool`.
    budget : int, optional
        Training steps of all trainings together, at most; default 200.
    steps : int, optional
        Training steps of a trial; default 10.
    per_domain : int, optional
        Benchmark items of each domain for a trial; default 20. Confirming has twice as many others.
    confirm : int, optional
        How many of the first choices are trained on anew, with two fresh seeds each; default 1, 0
        for none. Which one is chosen is settled before.
    compose : int, optional
        Let in so many composed candidates, those of which the surrogate expects most, when half of
        the trials are made; default 0.
    seed : int, optional
        Of the trainings, the items and the composing; default 0.
    target, demand, rates
        What the ranking stands on, see `rank`.
    model, benchmark, recipe, settings, group_by, engine, engine_options, device, revision, dtype,
    attn_implementation, trust_remote_code, model_init_kwargs
        How candidates are trained on and what they are evaluated on, see `validate`. Items are
        asked greedily.
    on_error : {"fail", "skip"}, optional
        What items of the benchmark do that cannot be read or graded; fail by default. Lines of the
        pool that cannot be read are skipped.
    out : path-like, optional
        Folder of the search; None: a new one below ``runs``.
    report : path-like, optional
        Also write a page, one .html file.
    resume : path-like, optional
        Go on with an interrupted search, as it was planned; only `device` may be given beside it.
    progress : callable, optional
        Called with what is going on.

    Returns
    -------
    SearchResult
        Shows itself as a table; ``result.chosen`` is the sample.

    Raises
    ------
    ConfigError
        If something that was given cannot be used, or would be ignored.
    SampleEngineeringError
        If a training fails.
    """
    from sample_engineering.search.loop import run_search

    page = page_for(report)
    plan = plan_search(
        pool,
        mapping=mapping,
        budget=budget,
        steps=steps,
        per_domain=per_domain,
        confirm=confirm,
        compose=compose,
        seed=seed,
        target=target,
        demand=demand,
        rates=rates,
        model=model,
        benchmark=benchmark,
        recipe=recipe,
        settings=settings,
        group_by=group_by,
        on_error=on_error,
        out=out,
        resume=resume,
        engine=engine,
        engine_options=engine_options,
        device=device,
        revision=revision,
        dtype=dtype,
        attn_implementation=attn_implementation,
        trust_remote_code=trust_remote_code,
        model_init_kwargs=model_init_kwargs,
    )
    return page.of(run_search(plan, progress, resume=resume is not None))


@typed
def plan_search(
    pool: "Candidates | None" = None,
    *,
    mapping: Mapping[str, str] | None = None,
    budget: int | None = None,
    steps: int | None = None,
    per_domain: int | None = None,
    confirm: int | None = None,
    compose: int | None = None,
    seed: int | None = None,
    target: str | Iterable[str] | None = None,
    demand: Iterable[Sample] | PathLike | None = None,
    rates: "Rates | None" = None,
    model: str | None = None,
    benchmark: "Benchmark | str | Sequence[str] | None" = None,
    recipe: "Recipe | str | None" = None,
    settings: Mapping[str, Any] | None = None,
    group_by: str | None = None,
    on_error: str | None = None,
    out: PathLike | None = None,
    resume: PathLike | None = None,
    engine: str | None = None,
    engine_options: Mapping[str, Any] | None = None,
    device: str | None = None,
    revision: str | None = None,
    dtype: str | None = None,
    attn_implementation: str | None = None,
    trust_remote_code: bool = False,
    model_init_kwargs: Mapping[str, Any] | None = None,
) -> "SearchPlan":
    """Resolve everything that was left open, and say what a search will do; nothing is trained.

    Parameters
    ----------
    pool, mapping, budget, steps, per_domain, confirm, compose, seed, target, demand, rates, model,
    benchmark, recipe, settings, group_by, on_error, out, resume, engine, engine_options, device,
    revision, dtype, attn_implementation, trust_remote_code, model_init_kwargs
        As for `search`.

    Raises
    ------
    ConfigError
        If something that was given cannot be used, or would be ignored.
    SampleEngineeringError
        If the pool, the benchmark or the folder of an earlier search cannot be read.
    """
    from sample_engineering.evaluation import Benchmark
    from sample_engineering.evaluation.readings import GREEDY
    from sample_engineering.foreign_code import PARAMETER, settle
    from sample_engineering.pool import Pool
    from sample_engineering.runs.free import check_free
    from sample_engineering.search.candidates import rank_candidates
    from sample_engineering.search.folder import base_folder, read_plan
    from sample_engineering.search.plan import CONFIRM_ITEMS, SearchPlan, split_items
    from sample_engineering.selectors.evidence import Evidence

    trained: dict[str, Any] = {
        "model": model,
        "benchmark": benchmark,
        "recipe": recipe,
        "settings": settings or None,
        "group_by": group_by,
        "on_error": on_error,
        "engine": engine,
        "engine_options": engine_options or None,
        "revision": revision,
        "dtype": dtype,
        "attn_implementation": attn_implementation,
        "trust_remote_code": trust_remote_code or None,
        "model_init_kwargs": model_init_kwargs or None,
    }
    if resume is not None:
        fixed = {
            "pool": pool,
            "mapping": mapping,
            "budget": budget,
            "steps": steps,
            "per_domain": per_domain,
            "confirm": confirm,
            "compose": compose,
            "seed": seed,
            "target": target,
            "demand": demand,
            "rates": rates,
            **{name: value for name, value in trained.items() if name != PARAMETER},
            "out": out,
        }
        ignored(fixed, "`resume` takes everything from the folder of the search")
        begun = read_plan(Path(resume), device)
        settle(begun.named_code, trust_remote_code, resume)
        return begun
    if pool is None:
        raise ConfigError("`pool` is missing: give candidates, or `resume` to go on with a search")
    at_least(1, {"budget": budget, "steps": steps, "per_domain": per_domain})
    at_least(0, {"confirm": confirm, "compose": compose})
    if "steps" in (settings or {}):
        raise ConfigError("`settings` would set steps for a whole training; give `steps` instead")
    confirmed, seed = 1 if confirm is None else confirm, seed or 0
    number = EVAL_ITEMS if per_domain is None else per_domain
    found = candidates(pool, mapping=mapping)
    if not len(found):
        raise ConfigError("`pool` holds no candidate; give one with some")
    place = Path(out) if out is not None else default_folder("search")
    check_free(place, "search")
    made = isinstance(benchmark, Benchmark)
    # A trial is evaluated a few steps later, so that looks on the way would only cost.
    trained["settings"] = {"watch_items": 0, **(settings or {})}
    validation = plan_validation(
        found[0],
        **{name: value for name, value in trained.items() if value is not None},
        device=device,
        steps=STEPS if steps is None else steps,
        per_domain=None if made else number * (1 + CONFIRM_ITEMS),
        readings=GREEDY,
        seeds=(seed,),
        controls="none",
        out=base_folder(place, confirms=False),
    )
    asked = validation.benchmark
    if confirmed:
        first, second = split_items(asked, items=number, seed=seed)
    else:
        first, second = asked.subset(number, seed=seed), None
    composed = _composed(compose, model, target, found, asked, seed) if compose else ()
    ranked, features, notes = rank_candidates(
        Evidence(
            Pool([*found, *composed]),
            rates=rates,
            demand=demand_of(demand, model),
            target=target,
            group_size=validation.recipe.group_size,
        ),
        {sample.id for sample in composed},
    )
    notes = (*notes, *_warnings(found, asked))
    trials = replace(validation, benchmark=first, sample=ranked[0])
    return SearchPlan(
        candidates=ranked,
        features=features,
        trials=trials,
        confirmation=None
        if second is None
        else replace(trials, benchmark=second, out=base_folder(place, confirms=True)),
        budget=BUDGET if budget is None else budget,
        confirm=confirmed,
        composed=frozenset(sample.id for sample in composed),
        compose=compose or 0,
        seed=seed,
        out=place,
        notes=notes,
    )


def _composed(
    number: int,
    model: str | None,
    target: str | Iterable[str] | None,
    pool: "Pool",
    benchmark: "Benchmark",
    seed: int,
) -> list[Sample]:
    """Compose problems of which some may be let in; none is a candidate or an item already."""
    from sample_engineering.synthesis.compact import compact_domains

    wanted = max(min(_RESERVE * number, _MOST_RESERVE), number)
    if is_embedded(model):
        groups, dialect = [compact_domains()], "compact"
        more: dict[str, Any] = {"steps": (2, 2)}  # three lift less
    else:
        groups, dialect, more = _pairs(target, pool), "english", {}
    each = math.ceil(wanted / len(groups))
    taken = {item.problem for item in (*pool, *benchmark.items)}
    found: list[Sample] = []
    for group in groups:
        for sample in synthesize(group, n=each, dialect=dialect, seed=seed, **more):
            if sample.problem not in taken:
                taken.add(sample.problem)
                found.append(sample)
    known = set(pool.ids)
    names = (f"composed-{count}" for count in itertools.count(1))
    fresh = (name for name in names if name not in known)
    return [sample.with_(id=next(fresh)) for sample in found]


def _pairs(target: str | Iterable[str] | None, pool: "Pool") -> list[tuple[str, ...]]:
    """Return the domains to join: each two of the targets, else of those that the pool names."""
    from sample_engineering.skills import DOMAINS, check_domains

    if target is not None:
        wanted = tuple(check_domains(target, "target"))
    else:
        named = {domain for sample in pool for domain in sample.domains}
        wanted = tuple(domain for domain in DOMAINS if domain in named) or tuple(DOMAINS)
    return list(itertools.combinations(wanted, 2)) or [wanted]


def _warnings(pool: "Pool", benchmark: "Benchmark") -> list[str]:
    """Say what of the pool should be known before anything is trained."""
    found = []
    if skipped := pool.problems.skipped:
        found.append(f"not read: {count_of(skipped, 'line')} of the pool")
    asked = {item.problem for item in benchmark.items}
    if copies := sum(sample.problem in asked for sample in pool):
        found.append(
            f"candidates that are items of the benchmark: {copies:,}; what they lift may be "
            "remembered, not learnt"
        )
    return found
