"""Sweeping: what many samples are worth, each validated, on as many machines as there are."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.api.given import PathLike, at_least, ignored
from sample_engineering.api.pools import candidates, demand_of
from sample_engineering.api.typed import typed
from sample_engineering.api.validating import default_folder, plan_validation
from sample_engineering.errors import ConfigError, SampleEngineeringError
from sample_engineering.sample import Sample
from sample_engineering.storage import refuse_shared

if TYPE_CHECKING:
    from sample_engineering.evaluation import Benchmark
    from sample_engineering.pool.sources import Candidates
    from sample_engineering.selectors.evidence import Rates
    from sample_engineering.sweep.crew import Crew
    from sample_engineering.sweep.plan import SweepPlan
    from sample_engineering.sweep.result import SweepResult
    from sample_engineering.trainers.plan import ProgressEvent
    from sample_engineering.trainers.recipes import Recipe

TOP = 8  # candidates, if nobody says how many


@typed
def sweep(
    pool: "Candidates | None" = None,
    *,
    mapping: Mapping[str, str] | None = None,
    top: int | None = None,
    halving: int | None = None,
    retries: int | None = None,
    target: str | Iterable[str] | None = None,
    demand: Iterable[Sample] | PathLike | None = None,
    rates: "Rates | None" = None,
    model: str | None = None,
    benchmark: "Benchmark | str | Sequence[str] | None" = None,
    recipe: "Recipe | str | None" = None,
    settings: Mapping[str, Any] | None = None,
    steps: int | None = None,
    seeds: Sequence[int] | None = None,
    controls: str | None = None,
    readings: str | None = None,
    per_domain: int | None = None,
    group_by: str | None = None,
    on_error: str | None = None,
    out: PathLike | None = None,
    resume: PathLike | None = None,
    devices: Sequence[str | int] | None = None,
    ray: str | None = None,
    gpus: float | None = None,
    cpus: float | None = None,
    engine: str | None = None,
    engine_options: Mapping[str, Any] | None = None,
    device: str | None = None,
    revision: str | None = None,
    dtype: str | None = None,
    attn_implementation: str | None = None,
    trust_remote_code: bool = False,
    model_init_kwargs: Mapping[str, Any] | None = None,
    progress: "Callable[[ProgressEvent], None] | None" = None,
) -> "SweepResult":
    """Validate the first candidates of a pool's ranking, each training on a device of its own.

    The base model is evaluated once. Every training is a job that is tried again where it fails, on
    another node where one is lost, and goes on from its last checkpoint.

    Parameters
    ----------
    pool : samples, path, several paths, table or records, optional
        The candidates, see `load_pool`.
    mapping : mapping of str to str, optional
        Which column of the pool is what, see `load_pool`.
    top : int, optional
        How many candidates, from the first of the ranking on; default 8.
    halving : int, optional
        Of the candidates that were trained with so many seeds, one in `halving` goes on to more, by
        the lower end of its lift: asynchronous successive halving (arXiv:1810.05934, by optuna).
        Default 0: all have all seeds.
    retries : int, optional
        How often a training that failed is tried again; default 2.
    target, demand, rates
        What the ranking stands on, see `rank`.
    model, benchmark, recipe, settings, steps, readings, per_domain, group_by, engine,
    engine_options, device, revision, dtype, attn_implementation, trust_remote_code,
    model_init_kwargs
        How candidates are trained on and what they are evaluated on, see `validate`.
    seeds : sequence of int, optional
        Training seeds of each candidate; default 0, 1, 2.
    controls : str, optional
        Control arms of each candidate, see `validate`; default none. They wait until the candidate
        is known to teach something, and to go on.
    on_error : {"fail", "skip"}, optional
        What items of the benchmark do that cannot be read or graded; fail by default.
    out : path-like, optional
        Folder of the sweep; None: a new one below ``runs``.
    resume : path-like, optional
        Go on with an interrupted sweep, as it was planned; only `device`, `devices`, `ray`, `gpus`
        and `cpus` may be given beside it.
    devices : sequence of str or int, optional
        Devices of this machine that train at the same time: ``cpu``, or numbers of GPUs; one named
        twice trains two at a time. None: all GPUs, or all cores.
    ray : str, optional
        Train on a Ray cluster instead: ``local``, ``auto`` or an address. The folder must lie on
        storage that all nodes share.
    gpus, cpus : float, optional
        That each training asks of Ray; default one GPU where the cluster has any and `device` is
        not cpu, and one CPU. Half a GPU lets two trainings share one.
    progress : callable, optional
        Called with what is going on.

    Returns
    -------
    SweepResult
        Shows itself as a table; ``result.chosen`` is the sample of the greatest lower end,
        ``result.page`` the page in its folder.

    Raises
    ------
    ConfigError
        If something that was given cannot be used, or would be ignored.
    SampleEngineeringError
        If the base model cannot be evaluated; a candidate that fails is an entry of the result.
    """
    plan = plan_sweep(
        pool,
        mapping=mapping,
        top=top,
        halving=halving,
        retries=retries,
        target=target,
        demand=demand,
        rates=rates,
        model=model,
        benchmark=benchmark,
        recipe=recipe,
        settings=settings,
        steps=steps,
        seeds=seeds,
        controls=controls,
        readings=readings,
        per_domain=per_domain,
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
    crew = crew_of(plan, devices=devices, ray=ray, gpus=gpus, cpus=cpus)
    return carry_out(plan, crew, progress, resume=resume is not None)


def carry_out(
    plan: "SweepPlan",
    crew: "Crew",
    progress: "Callable[[ProgressEvent], None] | None" = None,
    *,
    resume: bool = False,
) -> "SweepResult":
    """Run a sweep, and write its leaderboard page; parameters and errors as for `run_sweep`."""
    from sample_engineering.files import write_whole
    from sample_engineering.pages.sweeping import sweep_page
    from sample_engineering.report.leaderboard import leaderboard
    from sample_engineering.sweep.loop import run_sweep
    from sample_engineering.sweep.plan import RUNS

    result = run_sweep(plan, crew, progress, resume=resume)
    with suppress(SampleEngineeringError):  # a page is not worth losing a sweep
        page = sweep_page(result, leaderboard(result.folder / RUNS))
        with write_whole(result.page) as stream:
            stream.write(page)
    return result


@typed
def plan_sweep(
    pool: "Candidates | None" = None,
    *,
    mapping: Mapping[str, str] | None = None,
    top: int | None = None,
    halving: int | None = None,
    retries: int | None = None,
    target: str | Iterable[str] | None = None,
    demand: Iterable[Sample] | PathLike | None = None,
    rates: "Rates | None" = None,
    model: str | None = None,
    benchmark: "Benchmark | str | Sequence[str] | None" = None,
    recipe: "Recipe | str | None" = None,
    settings: Mapping[str, Any] | None = None,
    steps: int | None = None,
    seeds: Sequence[int] | None = None,
    controls: str | None = None,
    readings: str | None = None,
    per_domain: int | None = None,
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
) -> "SweepPlan":
    """Resolve everything that was left open, and say what a sweep will do; nothing is trained.

    Parameters
    ----------
    pool, mapping, top, halving, retries, target, demand, rates, model, benchmark, recipe, settings,
    steps, seeds, controls, readings, per_domain, group_by, on_error, out, resume, engine,
    engine_options, device, revision, dtype, attn_implementation, trust_remote_code,
    model_init_kwargs
        As for `sweep`.

    Raises
    ------
    ConfigError
        If something that was given cannot be used, or would be ignored.
    SampleEngineeringError
        If the pool, the benchmark or the folder of an earlier sweep cannot be read.
    """
    from sample_engineering.foreign_code import PARAMETER, settle
    from sample_engineering.runs.free import check_free
    from sample_engineering.search.candidates import rank_candidates
    from sample_engineering.selectors.evidence import Evidence
    from sample_engineering.sweep.folder import read_plan
    from sample_engineering.sweep.plan import SweepPlan
    from sample_engineering.trainers.arms import chosen_arms

    trained: dict[str, Any] = {
        "model": model,
        "benchmark": benchmark,
        "recipe": recipe,
        "settings": settings or None,
        "steps": steps,
        "seeds": seeds,
        "readings": readings,
        "per_domain": per_domain,
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
            "top": top,
            "halving": halving,
            "retries": retries,
            "target": target,
            "demand": demand,
            "rates": rates,
            "controls": controls,
            **{name: value for name, value in trained.items() if name != PARAMETER},
            "out": out,
        }
        ignored(fixed, "`resume` takes everything from the folder of the sweep")
        begun = read_plan(Path(resume), device)
        settle(begun.named_code, trust_remote_code, resume)
        return begun
    if pool is None:
        raise ConfigError("`pool` is missing: give candidates, or `resume` to go on with a sweep")
    at_least(1, {"top": top})
    at_least(0, {"halving": halving, "retries": retries})
    found = candidates(pool, mapping=mapping)
    if not len(found):
        raise ConfigError("`pool` holds no candidate; give one with some")
    place = Path(out) if out is not None else default_folder("sweep")
    check_free(place, "sweep")
    arms = "none" if controls is None else controls
    draws = any(arm.needs_pool for arm in chosen_arms(arms))
    validation = plan_validation(
        found[0],
        **{name: value for name, value in trained.items() if value is not None},
        device=device,
        controls=arms,
        pool=found if draws else None,
        out=place / "base",
    )
    evidence = Evidence(
        found,
        rates=rates,
        demand=demand_of(demand, model),
        target=target,
        group_size=validation.recipe.group_size,
    )
    ranked, _, notes = rank_candidates(evidence)
    chosen = ranked[: TOP if top is None else top]
    return SweepPlan(
        candidates=chosen,
        validation=replace(validation, sample=chosen[0], pool=validation.pool if draws else ()),
        out=place,
        halving=halving or 0,
        retries=2 if retries is None else retries,
        notes=notes,
    )


def crew_of(
    plan: "SweepPlan",
    *,
    devices: Sequence[str | int] | None = None,
    ray: str | None = None,
    gpus: float | None = None,
    cpus: float | None = None,
) -> "Crew":
    """Return who trains; parameters and errors as for `sweep`."""
    from sample_engineering.sweep.local_crew import LocalCrew

    at_least(0, {"gpus": gpus, "cpus": cpus})
    if ray is not None:
        ignored({"devices": devices}, "`ray` chooses the devices")
        if ray != "local":
            refuse_shared(plan.out, "ray")
        from sample_engineering.cluster import Share
        from sample_engineering.sweep.ray_crew import RayCrew

        if gpus is None and plan.validation.options.device == "cpu":
            gpus = 0.0
        return RayCrew(Share(ray, gpus, 1.0 if cpus is None else cpus))
    ignored({"gpus": gpus, "cpus": cpus}, "they are asked of `ray`")
    if devices is not None:
        if not devices:
            raise ConfigError("`devices` names none; give numbers of GPUs such as 0,1, or cpu,cpu")
        return LocalCrew([str(one) for one in devices])
    from sample_engineering.trainers.preflight import Case

    case = Case.of_plan(plan.plan_of(0))
    shared = case.shared_cores
    if shared is not None:
        return LocalCrew(["cpu"] * max(1, shared.workers))
    if case.device == "cpu":
        return LocalCrew(["cpu"])
    return LocalCrew([str(number) for number in range(len(case.machine.gpus))])
