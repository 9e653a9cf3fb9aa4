"""Validating: train on one sample, and measure what it is worth."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.api.auditing import doubts
from sample_engineering.api.evaluating import ROLLOUTS, with_rollouts
from sample_engineering.api.given import PathLike, at_least, ignored
from sample_engineering.api.pools import candidates, find_sample
from sample_engineering.api.typed import typed
from sample_engineering.defaults import (
    DEFAULT_RECIPE,
    EMBEDDED,
    embedded_benchmark,
    find_recipe,
    is_embedded,
    local_model,
)
from sample_engineering.errors import ConfigError
from sample_engineering.named_elsewhere import is_http
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    from sample_engineering.evaluation import Benchmark
    from sample_engineering.pool.sources import Candidates
    from sample_engineering.trainers.plan import ProgressEvent, ValidationPlan
    from sample_engineering.trainers.recipes import Recipe
    from sample_engineering.trainers.result import ValidationResult

BOTH = "both"
# Three training runs are the fewest from which a verdict speaks of the sample, and the two trained
# controls are those that decide whether it lifts (evaluation.verdict).
SEEDS, CONTROLS = (0, 1, 2), "basic"
QUICK_SEEDS = (0,)
_RUNS = Path("runs")
_NAME_LENGTH = 40  # characters of a sample's id that go into the name of its run folder


@typed
def validate(
    sample: Sample | PathLike | None = None,
    *,
    model: str | None = None,
    benchmark: "Benchmark | str | Sequence[str] | None" = None,
    recipe: "Recipe | str | None" = None,
    algorithm: str | None = None,
    settings: Mapping[str, Any] | None = None,
    steps: int | None = None,
    group_size: int | None = None,
    lr: float | None = None,
    warm_start: str | None = None,
    reward: str | None = None,
    judge: str | None = None,
    judge_options: Mapping[str, Any] | None = None,
    seeds: Sequence[int] | None = None,
    rollouts: int | None = None,
    per_domain: int | None = None,
    group_by: str | None = None,
    on_error: str | None = None,
    eval_template: str | None = None,
    eval_temperature: float | None = None,
    eval_max_tokens: int | None = None,
    readings: str | None = None,
    controls: str | None = None,
    quick: bool = False,
    pool: "Candidates | None" = None,
    mapping: Mapping[str, str] | None = None,
    out: PathLike | None = None,
    resume: PathLike | None = None,
    devices: Sequence[str | int] | None = None,
    engine: str | None = None,
    engine_options: Mapping[str, Any] | None = None,
    eval_every: int | None = None,
    lora: int | None = None,
    vllm: bool = False,
    vllm_server: str | None = None,
    optim: str | None = None,
    device: str | None = None,
    template: str | None = None,
    system: str | None = None,
    chat_template_kwargs: Mapping[str, Any] | None = None,
    stop: Sequence[str] | None = None,
    report_to: Sequence[str] = (),
    save_model: bool = False,
    merge: bool = False,
    push_to_hub: str | None = None,
    revision: str | None = None,
    dtype: str | None = None,
    attn_implementation: str | None = None,
    trust_remote_code: bool = False,
    model_init_kwargs: Mapping[str, Any] | None = None,
    report: bool = True,
    progress: "Callable[[ProgressEvent], None] | None" = None,
) -> "ValidationResult":
    """Train on one sample and measure the lift per domain.

    Parameters
    ----------
    sample : Sample or path, optional
        The sample; ``FILE#ID`` picks one of a pool. None: the shipped one.
    model : str, optional
        Path or Hugging Face name; None: the embedded one.
    benchmark : Benchmark, str or sequence of str, optional
        Or the name, file or reference of one, or of several, which are asked in one run, each in
        its own way; None: the microcosm's.
    recipe : Recipe or str, optional
        Or the name or YAML file of one; None: ``microcosm`` with the embedded model, else
        ``one-shot-rlvr``.
    algorithm : str, optional
        How rollouts and rewards become an update, one of `components("algorithm")`, with the
        settings that make it; None: the recipe's.
    settings : mapping, optional
        Fields of the recipe, or of TRL's ``GRPOConfig``, to change.
    steps, group_size, lr, lora, vllm, template, system, chat_template_kwargs, stop
        The fields of the recipe that are changed most; `lora` is its ``lora_rank``, and `lr` then
        that of the adapters. A wording holds for evaluation too.
    reward : str, optional
        Name of a reward, e.g. ``hybrid``: rule first, a judge model where no rule reads the answer.
    judge : str, optional
        The judge of ``hybrid``: ``MODEL@URL`` at an OpenAI-compatible server, or a local model.
    judge_options : mapping, optional
        How it is asked: votes, temperature, timeout, cache, prices, max_cost, down ...; see
        `judging.JudgeSettings`.
    vllm_server : str, optional
        Let a vLLM server sample, at this address; see `docs/real-models.md` for how to start it.
    optim : str, optional
        Optimizer by its name in transformers, e.g. ``adamw_8bit``.
    warm_start : {"none", "primitives", "random", "critiques"}, optional
        A short supervised warm-up before the first step, see `trainers.warm_start`; None: as the
        recipe says, which is none in all of ours. The base model of every lift stays the one that
        was not warmed up.
    seeds : sequence of int, optional
        Training seeds, ``(0, 1, 2)`` by default; each is a run of its own.
    rollouts : int, optional
        Completions of each benchmark item; 4 by default.
    per_domain : int, optional
        At most so many items of each domain.
    group_by : str, optional
        Field of the items that shall serve as domain, e.g. ``subject``.
    on_error : {"fail", "skip"}, optional
        What items do that cannot be read or graded; fail by default.
    eval_template, eval_temperature, eval_max_tokens
        How the benchmark is asked, all members of a set alike; None: as the recipe evaluates.
    readings : {"both", "greedy", "sampled"}, optional
        How the items are asked, before and after alike: greedily (one completion at temperature
        0), sampled as the benchmark says, or both, which is the default and two evaluations. Of a
        benchmark that is asked at temperature 0 there is only the greedy one.
    controls : str, optional
        ``none``, ``basic`` (the default), ``full``, or names of `components("arm")`.
    quick : bool
        One training seed and no controls: what this run did, and not what the sample does.
    pool : samples, path, several paths, table or records, optional
        What control arms draw from, see `load_pool`; None: the microcosm's natural pool with the
        embedded model.
    mapping : mapping of str to str, optional
        Which column is what in the file of the sample, and in the pool, see `load_pool`.
    out : path-like, optional
        Run folder; None: a new one below ``runs``.
    resume : path-like, optional
        Go on with an interrupted run, as it was planned; only `device` and `devices` may be given
        beside it.
    devices : sequence of str or int, optional
        Devices that work at the same time, a training each: numbers of GPUs, or ``cpu``.
    engine : str, optional
        What runs the models that are evaluated: ``transformers`` (the default) or ``vllm``.
    engine_options : mapping, optional
        Of the engine.
    eval_every : int, optional
        Evaluate the weights after each so many training steps too.
    device : {"cpu", "cuda", "mps"}, optional
        None takes a GPU if there is one.
    report_to : sequence of str
        Trackers that TRL knows, e.g. ``wandb``.
    save_model : bool
        Keep the trained model of each seed in the run folder.
    merge : bool
        Merge adapters into the model that is kept.
    push_to_hub : str, optional
        Push the first seed's model with a card to this repository, ``owner/name``; keeps models.
    revision, dtype, attn_implementation, model_init_kwargs : optional
        How the weights are loaded, for training and evaluation alike, see `generation.Loading`.
    trust_remote_code : bool
        Run code that was not installed: of the model, of a task in a folder (`benchmark`), or as
        the folder of `resume` asks for. Only the call can say so, see docs/security.md.
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
        algorithm=algorithm,
        settings=settings,
        steps=steps,
        group_size=group_size,
        lr=lr,
        warm_start=warm_start,
        reward=reward,
        judge=judge,
        judge_options=judge_options,
        seeds=seeds,
        rollouts=rollouts,
        per_domain=per_domain,
        group_by=group_by,
        on_error=on_error,
        eval_template=eval_template,
        eval_temperature=eval_temperature,
        eval_max_tokens=eval_max_tokens,
        readings=readings,
        controls=controls,
        quick=quick,
        pool=pool,
        mapping=mapping,
        out=out,
        resume=resume,
        devices=devices,
        engine=engine,
        engine_options=engine_options,
        eval_every=eval_every,
        lora=lora,
        vllm=vllm,
        vllm_server=vllm_server,
        optim=optim,
        device=device,
        template=template,
        system=system,
        chat_template_kwargs=chat_template_kwargs,
        stop=stop,
        report_to=report_to,
        save_model=save_model,
        merge=merge,
        push_to_hub=push_to_hub,
        revision=revision,
        dtype=dtype,
        attn_implementation=attn_implementation,
        trust_remote_code=trust_remote_code,
        model_init_kwargs=model_init_kwargs,
    )
    return run_plan(plan, report=report, progress=progress)


@typed
def plan_validation(
    sample: Sample | PathLike | None = None,
    *,
    model: str | None = None,
    benchmark: "Benchmark | str | Sequence[str] | None" = None,
    recipe: "Recipe | str | None" = None,
    algorithm: str | None = None,
    settings: Mapping[str, Any] | None = None,
    steps: int | None = None,
    group_size: int | None = None,
    lr: float | None = None,
    warm_start: str | None = None,
    reward: str | None = None,
    judge: str | None = None,
    judge_options: Mapping[str, Any] | None = None,
    seeds: Sequence[int] | None = None,
    rollouts: int | None = None,
    per_domain: int | None = None,
    group_by: str | None = None,
    on_error: str | None = None,
    eval_template: str | None = None,
    eval_temperature: float | None = None,
    eval_max_tokens: int | None = None,
    readings: str | None = None,
    controls: str | None = None,
    quick: bool = False,
    pool: "Candidates | None" = None,
    mapping: Mapping[str, str] | None = None,
    out: PathLike | None = None,
    resume: PathLike | None = None,
    devices: Sequence[str | int] | None = None,
    engine: str | None = None,
    engine_options: Mapping[str, Any] | None = None,
    eval_every: int | None = None,
    lora: int | None = None,
    vllm: bool = False,
    vllm_server: str | None = None,
    optim: str | None = None,
    device: str | None = None,
    template: str | None = None,
    system: str | None = None,
    chat_template_kwargs: Mapping[str, Any] | None = None,
    stop: Sequence[str] | None = None,
    report_to: Sequence[str] = (),
    save_model: bool = False,
    merge: bool = False,
    push_to_hub: str | None = None,
    revision: str | None = None,
    dtype: str | None = None,
    attn_implementation: str | None = None,
    trust_remote_code: bool = False,
    model_init_kwargs: Mapping[str, Any] | None = None,
) -> "ValidationPlan":
    """Resolve everything that was left open, and say what a validation will do.

    Parameters
    ----------
    sample : Sample or path, optional
        The sample; ``FILE#ID`` picks one of a pool. None: the shipped one.
    model, benchmark, recipe, algorithm, settings, steps, group_size, lr, warm_start, reward, judge,
    judge_options, seeds, rollouts, per_domain, group_by, on_error, eval_template, eval_temperature,
    eval_max_tokens, readings, controls, quick, pool, mapping, out, resume, devices, engine,
    engine_options, eval_every, lora, vllm, vllm_server, optim, device, template, system,
    chat_template_kwargs, stop, report_to, save_model, merge, push_to_hub, revision, dtype,
    attn_implementation, trust_remote_code, model_init_kwargs
        As for `validate`.

    Raises
    ------
    ConfigError
        If something that was given cannot be used, or would be ignored.
    SampleEngineeringError
        If the sample, benchmark, pool or run folder cannot be read.
    """
    from sample_engineering.extras import check_installed

    check_installed("trl", "train")  # a process that trains imports it, and this one does not
    from sample_engineering.evaluation import Benchmark
    from sample_engineering.evaluation.loaders import named_code
    from sample_engineering.evaluation.readings import GREEDY
    from sample_engineering.foreign_code import PARAMETER, settle
    from sample_engineering.generation.asking import Loading
    from sample_engineering.generation.engines import LOCAL, SERVER, choose_engine
    from sample_engineering.generation.hub import commit_of
    from sample_engineering.runs.config import RunOptions
    from sample_engineering.trainers.arms import chosen_arms
    from sample_engineering.trainers.plan import ValidationPlan
    from sample_engineering.trainers.recipes import override

    wording = {
        "template": template,
        "system": system,
        "chat_template_kwargs": chat_template_kwargs,
        "stop": stop,
    }
    loaded: dict[str, Any] = {
        "revision": revision,
        "dtype": dtype,
        "attn_implementation": attn_implementation,
        "trust_remote_code": trust_remote_code or None,
        "model_init_kwargs": model_init_kwargs or None,
    }
    if resume is not None:
        fixed = {
            "sample": sample,
            "model": model,
            "benchmark": benchmark,
            "recipe": recipe,
            "algorithm": algorithm,
            "settings": settings,
            "steps": steps,
            "group_size": group_size,
            "lr": lr,
            "warm_start": warm_start,
            "reward": reward,
            "judge": judge,
            "judge_options": judge_options,
            "seeds": seeds,
            "rollouts": rollouts,
            "per_domain": per_domain,
            "group_by": group_by,
            "on_error": on_error,
            "eval_template": eval_template,
            "eval_temperature": eval_temperature,
            "eval_max_tokens": eval_max_tokens,
            "readings": readings,
            "controls": controls,
            "quick": quick or None,
            "pool": pool,
            "mapping": mapping,
            "out": out,
            "engine": engine,
            "engine_options": engine_options or None,
            "eval_every": eval_every,
            "lora": lora,
            "vllm": vllm or None,
            "vllm_server": vllm_server,
            "optim": optim,
            **wording,
            "report_to": report_to or None,
            "save_model": save_model or None,
            "merge": merge or None,
            "push_to_hub": push_to_hub,
            **{name: value for name, value in loaded.items() if name != PARAMETER},
        }
        ignored(fixed, "`resume` takes everything from the run folder")
        plan = ValidationPlan.from_folder(Path(resume), device)
        settle(plan.named_code, trust_remote_code, resume)
        return replace(plan, doubts=doubts(plan.sample), devices=_named(devices))
    if engine == SERVER:
        raise ConfigError(
            "`engine` server cannot load the weights that are trained; take transformers or vllm"
        )
    choose_engine(engine, {}, engine_options)
    embedded = is_embedded(model)
    code = named_code(benchmark)
    if embedded and not code:
        ignored({"trust_remote_code": trust_remote_code or None}, "the embedded model has no code")
    asked_in = _readings(readings)
    if asked_in == (GREEDY,):
        given: dict[str, Any] = {"rollouts": rollouts, "eval_temperature": eval_temperature}
        ignored(given, "the greedy one of the `readings` is one completion at temperature 0")
    at_least(1, {"per_domain": per_domain, "eval_max_tokens": eval_max_tokens})
    at_least(0, {"eval_temperature": eval_temperature, "lora": lora})
    overrides = _overrides(eval_template, eval_temperature, eval_max_tokens)
    if isinstance(benchmark, Benchmark):
        given = {
            "per_domain": per_domain,
            "group_by": group_by,
            "on_error": on_error,
            "eval_template": eval_template,
            "eval_temperature": eval_temperature,
            "eval_max_tokens": eval_max_tokens,
            **wording,
        }
        ignored(given, "`benchmark` is one already; change it itself")
    if quick:
        why = "`quick` is one training and no controls"
        ignored({"seeds": seeds, "controls": controls}, why)
        seeds, controls = QUICK_SEEDS, "none"
    controls = controls or CONTROLS
    if pool is not None and not any(arm.needs_pool for arm in chosen_arms(controls)):
        ignored({"pool": pool}, "none of the `controls` draws from a pool")
    if device in ("cpu", "mps"):
        given = {"vllm": vllm or None, "vllm_server": vllm_server}
        ignored(given, f"vLLM needs a GPU that CUDA drives, and `device` is {device}")
    if recipe is None:
        recipe = EMBEDDED if embedded else DEFAULT_RECIPE
    start = find_recipe(recipe) if isinstance(recipe, str) else recipe
    adapters = lora or (settings or {}).get("lora_rank") or start.lora_rank
    changes = {
        "algorithm": algorithm,
        "steps": steps,
        "group_size": group_size,
        "lora_lr" if adapters else "lr": lr,  # of what is trained
        "reward": reward,
        "judge": judge,
        "judge_options": judge_options,
        "lora_rank": lora,
        "warm_start": warm_start,
        "vllm": vllm or None,
        **_server_settings(vllm_server, vllm),
        "optim": optim,
        **wording,
        "eval_every": eval_every,
    }
    changes = {name: value for name, value in changes.items() if value is not None}
    if twice := [name for name in changes if name in (settings or {})]:
        raise ConfigError(
            f"{' and '.join(twice)} would be set twice, in `settings` and on its own; leave out one"
        )
    chosen = override(start, {**(settings or {}), **changes})
    if eval_every is not None and eval_every > chosen.steps:
        raise ConfigError(
            f"`eval_every`={eval_every} would be ignored: the training has {chosen.steps} steps, "
            "and its end is evaluated anyway; give less, or leave it out"
        )
    if merge:
        ignored(
            {"merge": None if chosen.lora_rank else merge}, "all weights are trained, not adapters"
        )
        ignored(
            {"merge": None if save_model or push_to_hub else merge},
            "no model is kept without `save_model` or `push_to_hub`",
        )
    if mapping is not None and (sample is None or isinstance(sample, Sample)) and pool is None:
        ignored({"mapping": mapping}, "no file is read")
    target = sample if isinstance(sample, Sample) else find_sample(sample, mapping)
    seeds = SEEDS if seeds is None else tuple(seeds)
    first = seeds[0] if seeds else 0
    asked = partial(_asked, chosen, overrides)
    measured = _find_benchmark(
        benchmark,
        asked,
        chosen,
        per_domain=per_domain,
        group_by=group_by,
        on_error=on_error or "fail",
        trust_remote_code=trust_remote_code,
    )
    if rollouts is not None:
        measured, number = with_rollouts(measured, rollouts), rollouts
    elif asked_in == (GREEDY,) or measured.asked_greedily:
        number = 1
    elif isinstance(benchmark, Benchmark) or measured.members:
        number = ROLLOUTS
    else:
        number = asked(measured.name).get("rollouts", ROLLOUTS)
    place = local_model(model)
    loading = Loading(**{name: value for name, value in loaded.items() if value is not None})
    if embedded and code:  # said of the benchmark: this model has none
        loading = loading.with_(trust_remote_code=False)
    # One commit for every process that loads it, however long the run takes.
    commit = commit_of(place, loading.revision) or loading.revision
    return ValidationPlan(
        model=place,
        sample=target,
        benchmark=measured,
        recipe=chosen,
        seeds=seeds,
        readings=asked_in,
        rollouts=number,
        controls=controls,
        pool=_find_pool(pool, mapping, embedded, first),
        out=Path(out) if out is not None else default_folder(target.id),
        options=RunOptions(
            device=device,
            report_to=tuple(report_to),
            save_model=save_model or push_to_hub is not None,
            merge=merge,
            push_to_hub=push_to_hub,
            **loading.with_(revision=commit).to_dict(),
        ),
        doubts=doubts(target),
        engine=None if engine == LOCAL else engine,
        engine_options=engine_options or {},
        devices=_named(devices),
    )


def _server_settings(url: str | None, vllm: bool) -> dict[str, Any]:
    """Return the settings that let TRL sample at a vLLM server."""
    if url is None:
        return {}
    ignored({"vllm": vllm or None}, "`vllm_server` says already that vLLM samples, and where")
    if not is_http(url):
        raise ConfigError(f"`vllm_server` {url!r} is no address; write http://HOST:PORT")
    # TRL adds /v1 itself.
    base = url.rstrip("/").removesuffix("/v1")
    return {"vllm": True, "vllm_mode": "server", "vllm_server_base_url": base}


def _push(
    plan: "ValidationPlan",
    result: "ValidationResult",
    progress: "Callable[[ProgressEvent], None] | None" = None,
) -> None:
    """Push the model of the first seed, if that was asked for and there is one."""
    from sample_engineering.api.runs import open_run
    from sample_engineering.report.publishing import push_to_hub
    from sample_engineering.trainers.plan import ProgressEvent

    repository = plan.options.push_to_hub
    if repository is None:
        return
    told = f"nothing is pushed to {repository}: the model was not trained"
    if result.after:
        address = push_to_hub(open_run(result.folder), repository, seed=plan.seeds[0])
        told = f"pushed to {address}"
    if progress is not None:
        progress(ProgressEvent("notice", message=told))


def _named(devices: Sequence[str | int] | None) -> tuple[str, ...]:
    return tuple(str(device) for device in devices or ())


def run_plan(
    plan: "ValidationPlan",
    *,
    report: bool = True,
    progress: "Callable[[ProgressEvent], None] | None" = None,
) -> "ValidationResult":
    """Do what `plan_validation` resolved; parameters, result and errors as for `validate`."""
    from sample_engineering.trainers.together import Together
    from sample_engineering.trainers.validation import run_validation

    with Together.here().in_step() as together:
        if plan.options.push_to_hub is not None and together.first:
            from sample_engineering.report.publishing import check_push

            check_push(plan.options.push_to_hub)
        result = run_validation(plan, progress)
        if report and together.first:
            from sample_engineering.report import write_report

            write_report(result.folder)
        if together.first:
            _push(plan, result, progress)
        return result


@typed
def run_piece(
    plan: "ValidationPlan",
    arm: str | None = None,
    seed: int = 0,
    *,
    task: int | None = None,
    progress: "Callable[[ProgressEvent], None] | None" = None,
) -> None:
    """Do one piece of a validation: train one arm with one seed, and evaluate it.

    Any number of jobs may do pieces of one plan at the same time, in one run folder, which they
    make if it is not there: each plans the same, with the same `out`. `join_run` puts the pieces
    together.

    Parameters
    ----------
    plan : ValidationPlan
        As `plan_validation` gives it.
    arm : str, optional
        ``before`` for the evaluation of the base model, ``sample``, or the name of a control arm.
    seed : int
        Its training seed.
    task : int, optional
        The number of the piece instead, in the order of ``plan.pieces``: 0 is the base model.
    progress : callable, optional
        Called with what is going on.

    Raises
    ------
    ConfigError
        If there is no such piece.
    SampleEngineeringError
        If it fails.
    """
    from sample_engineering.trainers.validation import run_piece

    if (arm is None) == (task is None):
        raise ConfigError("give `arm` or `task`: which piece shall be done")
    if task is not None:
        pieces = plan.pieces
        if not 0 <= task < len(pieces):
            raise ConfigError(f"`task` must lie in 0..{len(pieces) - 1}, not {task}")
        arm, seed = pieces[task].name, pieces[task].seed
    run_piece(replace(plan, piece=(arm or "", seed)), progress)


@typed
def join_run(run: PathLike, *, report: bool = True) -> "ValidationResult":
    """Put together what several jobs did of a validation, see `run_piece`.

    Parameters
    ----------
    run : path-like
        The run folder.
    report : bool
        Write ``report.html`` into it.

    Raises
    ------
    RunError
        If pieces are missing; the message names them.
    """
    from sample_engineering.trainers.plan import ValidationPlan
    from sample_engineering.trainers.validation import join_validation

    plan = ValidationPlan.from_folder(Path(run))
    result = join_validation(replace(plan, doubts=doubts(plan.sample)))
    if report:
        from sample_engineering.report import write_report

        write_report(result.folder)
    _push(plan, result)
    return result


def default_folder(sample_id: str) -> Path:
    """Return a new folder below ``runs`` named after the sample and the time."""
    safe = "".join(c if c.isalnum() or c in "-_." else "-" for c in sample_id)
    name = safe[:_NAME_LENGTH].strip("-.") or "sample"
    return _RUNS / f"{name}-{datetime.now():%Y%m%d-%H%M%S}"


def _overrides(
    template: str | None,
    temperature: float | None,
    max_tokens: int | None,
) -> dict[str, Any]:
    """Return how the benchmark is asked instead of as the recipe evaluates."""
    given: dict[str, Any] = {"template": template, "max_tokens": max_tokens}
    given |= {"temperature": temperature, "rollouts": 1 if temperature == 0 else None}
    return {name: value for name, value in given.items() if value is not None}


def _readings(named: str | None) -> tuple[str, ...]:
    """Return the readings that are asked for; none leaves it to the benchmark."""
    from sample_engineering.evaluation.readings import READINGS

    if named is None:
        return ()
    if named == BOTH:
        return READINGS
    if named not in READINGS:
        raise ConfigError(f"`readings` must be {BOTH}, {' or '.join(READINGS)}, not {named!r}")
    return (named,)


def _asked(recipe: "Recipe", overrides: Mapping[str, Any], benchmark: str) -> dict[str, Any]:
    """Return how a benchmark of that name is asked."""
    asked = dict(recipe.asked_of(benchmark))
    if overrides.get("temperature") and asked.get("temperature") == 0:
        asked.pop("rollouts", None)  # one was enough because it was greedy
    return asked | dict(overrides)


def _find_benchmark(
    benchmark: "Benchmark | str | Sequence[str] | None",
    asked: Callable[[str], Mapping[str, Any]],
    recipe: "Recipe",
    *,
    per_domain: int | None,
    group_by: str | None,
    on_error: str,
    trust_remote_code: bool,
) -> "Benchmark":
    from sample_engineering.evaluation import Benchmark, load_benchmark
    from sample_engineering.evaluation.loaders import prepared

    if isinstance(benchmark, Benchmark):
        return benchmark
    if benchmark is not None:
        return load_benchmark(
            benchmark,
            asked=asked,
            per_domain=per_domain,
            group_by=group_by,
            on_error=on_error,
            trust_remote_code=trust_remote_code,
        )
    settings = {name: value for name, value in asked(EMBEDDED).items() if name != "rollouts"}
    if group_by is None:
        return embedded_benchmark(per_domain, recipe=recipe, **settings)
    whole = embedded_benchmark(recipe=recipe, **settings)  # by another field: drawn from all
    return prepared(whole, per_domain=per_domain, group_by=group_by, on_error=on_error)


def _find_pool(
    pool: "Candidates | None", mapping: Mapping[str, str] | None, embedded: bool, seed: int
) -> tuple[Sample, ...]:
    if pool is not None:
        return tuple(candidates(pool, mapping=mapping))
    if not embedded:
        return ()  # problems of the embedded world say nothing to another model
    from sample_engineering.microcosm import natural_pool

    return tuple(natural_pool(seed=seed))
