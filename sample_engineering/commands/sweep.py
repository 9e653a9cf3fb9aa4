"""`se sweep`: what many samples are worth, each validated, on as many machines as there are."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sample_engineering.commands import output
from sample_engineering.commands.command import given, in_options
from sample_engineering.commands.options import (
    AttnImplementation,
    Benchmarks,
    Demand,
    Device,
    Dtype,
    EngineOptions,
    EvaluationEngine,
    Format,
    FormatOption,
    GroupBy,
    ItemsOnError,
    Map,
    ModelInitKwargs,
    RatesFile,
    RayCpus,
    RayGpus,
    Revision,
    TargetDomains,
    TrainingRecipe,
    TrustRemoteCode,
    in_panels,
    read_columns,
    read_mapping,
    shared,
)
from sample_engineering.errors import INTERRUPTED_STATUS, ConfigError

if TYPE_CHECKING:
    from sample_engineering.sweep.plan import SweepPlan
    from sample_engineering.sweep.result import SweepResult

_PANELS = {
    "Which candidates": ("top", "halving", "target", "demand", "rates"),
    "Training and evaluation of a candidate": (
        *("model", "benchmark", "recipe", "settings", "steps", "seeds", "controls", "readings"),
        *("per_domain", "group_by", "on_error", "engine", "engine_options"),
    ),
    "Where it is done": ("devices", "ray", "gpus", "cpus", "slurm", "at_once", "task", "retries"),
    "How the model is loaded": (
        *("device", "revision", "dtype", "attn_implementation", "trust_remote_code"),
        "model_init_kwargs",
    ),
}
_SHOWN = 5  # candidates of a dry run


@in_panels(_PANELS)
def sweep(
    context: typer.Context,
    pool: Annotated[
        str | None,
        typer.Argument(
            metavar="POOL", help="Candidates, in the formats of se rank; left out with --resume."
        ),
    ] = None,
    mapping: Map = None,
    top: Annotated[
        int | None,
        typer.Option(help="Candidates, from the first of the ranking on; default: 8.", min=1),
    ] = None,
    halving: Annotated[
        int | None,
        typer.Option(
            help="Of the candidates trained with one seed, one in so many goes on to more seeds, "
            "by the lower end of its lift; default: 0, all do.",
            min=0,
        ),
    ] = None,
    target: TargetDomains = None,
    demand: Demand = None,
    rates: RatesFile = None,
    model: Annotated[str | None, shared("model", "Default: the microcosm's.")] = None,
    benchmark: Benchmarks = None,
    recipe: TrainingRecipe = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Change any field of the recipe, or of TRL's GRPOConfig; may be repeated.",
        ),
    ] = None,
    steps: Annotated[
        int | None, typer.Option(help="Training steps; default: the recipe's.", min=1)
    ] = None,
    seeds: Annotated[
        str | None, typer.Option(help="Training seeds of each candidate; default: 0,1,2.")
    ] = None,
    controls: Annotated[
        str | None,
        typer.Option(help="Control arms of each candidate, as of se validate; default: none."),
    ] = None,
    readings: Annotated[
        str | None, typer.Option(help="How items are asked: greedy, sampled or both (default).")
    ] = None,
    per_domain: Annotated[int | None, shared("per-domain", "Default: all.")] = None,
    group_by: GroupBy = None,
    on_error: ItemsOnError = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder; default: runs/sweep-TIME.")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with an interrupted sweep, as it was planned.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the plan with its checks, and stop.")
    ] = False,
    devices: Annotated[
        str | None,
        typer.Option(
            help="Devices of this machine that train at the same time: numbers of GPUs, e.g. "
            "0,1,2,3, or cpu,cpu; default: all."
        ),
    ] = None,
    ray: Annotated[
        str | None, shared("ray", "The folder must lie on storage that all nodes share.")
    ] = None,
    gpus: RayGpus = None,
    cpus: RayCpus = None,
    slurm: Annotated[
        Path | None,
        typer.Option(
            metavar="TEMPLATE",
            help="Write job scripts for Slurm instead, and stop; TEMPLATE holds #! and #SBATCH "
            "lines.",
        ),
    ] = None,
    at_once: Annotated[
        int | None,
        typer.Option(help="Trainings that Slurm runs at the same time, at most.", min=1),
    ] = None,
    task: Annotated[
        int | None,
        typer.Option(help="With --resume: do this piece only, as an array job does.", min=0),
    ] = None,
    retries: Annotated[
        int | None,
        typer.Option(help="How often a training that failed is tried again; default: 2.", min=0),
    ] = None,
    engine: EvaluationEngine = None,
    engine_options: EngineOptions = None,
    device: Device = None,
    revision: Revision = None,
    dtype: Dtype = None,
    attn_implementation: AttnImplementation = None,
    trust_remote_code: TrustRemoteCode = False,
    model_init_kwargs: ModelInitKwargs = None,
    format: FormatOption = Format.table,
) -> None:
    """Validate the first candidates of a ranking, each training on a device of its own.

    \b
    se sweep pool.jsonl --top 8 --dry-run
    se sweep pool.jsonl --top 32 --halving 4 --devices 0,1,2,3

    Survives the loss of workers and nodes, and goes on after it was stopped.
    """
    from sample_engineering import api
    from sample_engineering.api.sweeping import carry_out
    from sample_engineering.commands.validate import read_devices, read_seeds
    from sample_engineering.extras import check_installed
    from sample_engineering.generation.engines import read_options

    check_installed("trl", "train")
    if halving:
        check_installed("optuna", "sweep")
    from sample_engineering.commands.validate_progress import shown
    from sample_engineering.sweep.pieces import run_task
    from sample_engineering.trainers.interrupts import TrainingInterrupted
    from sample_engineering.trainers.recipes import parse_settings

    _check(context, resume, task, slurm, at_once)
    if slurm is not None:
        from sample_engineering.sweep.slurm import read_template

        read_template(slurm)  # before the pool is ranked
    plan = api.plan_sweep(
        pool,
        mapping=read_columns(mapping),
        top=top,
        halving=halving,
        retries=retries,
        target=target,
        demand=demand,
        rates=rates,
        model=model,
        benchmark=benchmark,
        recipe=recipe,
        settings=parse_settings(settings) if settings else None,
        steps=steps,
        seeds=None if seeds is None else read_seeds(seeds),
        controls=controls,
        readings=readings,
        per_domain=per_domain,
        group_by=group_by,
        on_error=None if on_error is None else on_error.value,
        out=out,
        resume=resume,
        engine=engine,
        engine_options=read_options(engine_options, engine),
        device=device,
        revision=revision,
        dtype=dtype,
        attn_implementation=attn_implementation,
        trust_remote_code=trust_remote_code,
        model_init_kwargs=read_mapping(model_init_kwargs, "model_init_kwargs"),
    )
    if dry_run:
        _show_plan(plan, format, context.command.params)
        return
    if slurm is not None:
        _write_scripts(plan, slurm, at_once)
        return
    try:
        with shown() as progress:
            if task is not None:
                run_task(plan, task, progress)
                return
            crew = api.crew_of(
                plan,
                devices=None if devices is None else read_devices(devices),
                ray=ray,
                gpus=gpus,
                cpus=cpus,
            )
            result = carry_out(plan, crew, progress, resume=resume is not None)
    except TrainingInterrupted as error:
        output.warn(in_options(str(error), context.command.params))
        raise typer.Exit(INTERRUPTED_STATUS) from None
    _show_result(result, format)


def _check(
    context: typer.Context,
    resume: Path | None,
    task: int | None,
    slurm: Path | None,
    at_once: int | None,
) -> None:
    """Refuse what does not go together."""
    if task is not None and resume is None:
        raise ConfigError("`task` is a piece of a sweep that was planned; give `resume` too")
    if slurm is not None and resume is not None:
        raise ConfigError("`slurm` would be ignored: the sweep is planned already; leave it out")
    if at_once is not None and slurm is None:
        raise ConfigError("`at_once` would be ignored without `slurm`; leave it out")
    crew = sorted({"devices", "ray", "gpus", "cpus"} & set(given(context)))
    if crew and (task is not None or slurm is not None):
        by = "task" if task is not None else "slurm"
        raise ConfigError(f"`{crew[0]}` would be ignored: `{by}` says who trains; leave it out")


def _write_scripts(plan: "SweepPlan", template: Path, at_once: int | None) -> None:
    from sample_engineering.sweep.slurm import write_scripts
    from sample_engineering.trainers.preflight import preflight

    preflight(plan.plan_of(0)).require()
    script = write_scripts(plan, template, at_once=at_once)
    output.line(f"wrote {script.parent}; submit with: bash {shlex.quote(str(script))}")


def _show_plan(plan: "SweepPlan", format: Format, options: list[Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    from sample_engineering.report.readiness import preflight_table
    from sample_engineering.text import count_of, visible
    from sample_engineering.trainers.preflight import Case, run_checks

    checks = run_checks(Case.of_plan(plan.plan_of(0)))
    if format is Format.json:
        record = plan.to_record() | {"trainings": plan.trainings, "checks": checks.to_dict()}
        output.record(record)
        checks.require()
        return
    first = [sample.id for sample in plan.candidates][:_SHOWN]
    rows = {
        "candidates": f"{len(plan.candidates):,}, first by their ranking: {', '.join(first)}",
        "trainings": f"{plan.trainings:,} of {count_of(plan.validation.recipe.steps, 'step')}"
        + (f", fewer by halving (one in {plan.halving} goes on)" if plan.halving else ""),
        "seeds": ", ".join(map(str, plan.seeds)),
        "controls": plan.validation.controls,
        "items": f"{len(plan.validation.benchmark)} of {plan.validation.benchmark.name}",
        "model": str(plan.validation.model),
        "folder": str(plan.out),
    }
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, text in rows.items():
        table.add_row(name, Text(visible(text)))
    console = output.console()
    console.print(table)
    for note in plan.notes:
        console.print(Text(f"- {visible(in_options(note, options))}"))
    console.print()
    console.print(preflight_table(checks, lambda text: in_options(text, options)))
    checks.require()


def _show_result(result: "SweepResult", format: Format) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from sample_engineering.text import visible

    if format is Format.json:
        output.record(result.to_record())
        return
    console = output.console()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("sample", overflow="fold")
    for heading in ("rank", "seeds", "lift", "95 % interval"):
        table.add_column(heading, justify="right")
    table.add_column("", overflow="fold")
    for one in result.entries:
        found = one.standing
        table.add_row(
            Text(visible(one.id)),
            str(one.rank),
            "0" if found is None else str(found.seeds),
            "" if found is None else f"{100 * found.lift:+.1f}",
            "" if found is None else f"{100 * found.ci_low:+.1f} to {100 * found.ci_high:+.1f}",
            Text(visible(one.verdict if one.state == "failed" else one.state)),
        )
    console.print(table)
    for text in (
        result.sentence,
        f"used: {result.used}",
        f"sweep: {result.folder}",
        *([f"page: {result.page}"] if result.page.exists() else []),
        *_next(result),
    ):
        console.print(Text(visible(text)), soft_wrap=True)


def _next(result: "SweepResult") -> list[str]:
    """Say how to learn what the chosen one is worth, on seeds that did not choose it."""
    from sample_engineering.defaults import EMBEDDED, local_model
    from sample_engineering.sweep.folder import CHOSEN

    if result.chosen is None:
        return []
    first = max(result.plan.seeds) + 1
    seeds = ",".join(str(first + number) for number in range(max(3, len(result.plan.seeds))))
    own = result.plan.validation
    words = ["se", "validate", str(result.folder / CHOSEN), "--seeds", seeds]
    words += ["--steps", str(own.recipe.steps)]
    if own.model != local_model(EMBEDDED):
        words += ["--model", own.model, "--recipe", own.recipe.name]
        words += ["--benchmark", own.benchmark.name]
    return [f"next, on seeds that did not choose it: {shlex.join(words)}"]
