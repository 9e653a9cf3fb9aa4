"""`se search`: which sample of a pool is worth training on, within a budget."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sample_engineering.commands import output
from sample_engineering.commands.command import in_options, refuse
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
    ReportPage,
    Revision,
    TargetDomains,
    TrainingRecipe,
    TrustRemoteCode,
    in_panels,
    read_columns,
    read_mapping,
    shared,
)
from sample_engineering.commands.paper import tell_page
from sample_engineering.errors import INTERRUPTED_STATUS

if TYPE_CHECKING:
    from sample_engineering.search.plan import SearchPlan
    from sample_engineering.search.result import SearchResult

_PANELS = {
    "Ranking": ("target", "demand", "rates"),
    "Training and evaluation of a trial": (
        *("model", "benchmark", "recipe", "settings", "group_by", "on_error", "engine"),
        "engine_options",
    ),
    "How the model is loaded": (
        *("device", "revision", "dtype", "attn_implementation", "trust_remote_code"),
        "model_init_kwargs",
    ),
}
_SHOWN = 5  # candidates of a dry run


@in_panels(_PANELS)
def search(
    context: typer.Context,
    pool: Annotated[
        str | None,
        typer.Argument(
            metavar="POOL", help="Candidates, in the formats of se rank; left out with --resume."
        ),
    ] = None,
    mapping: Map = None,
    budget: Annotated[
        int | None,
        typer.Option(help="Training steps of all trainings together; default: 200.", min=1),
    ] = None,
    steps: Annotated[
        int | None, typer.Option(help="Training steps of a trial; default: 10.", min=1)
    ] = None,
    per_domain: Annotated[int | None, shared("per-domain", "For a trial; default: 20.")] = None,
    confirm: Annotated[
        int | None,
        typer.Option(
            help="How many of the first choices are trained on anew, with two fresh seeds on fresh "
            "items; default: 1; 0: none.",
            min=0,
        ),
    ] = None,
    compose: Annotated[
        int | None,
        typer.Option(
            help="Let in so many composed candidates when half of the trials are made: those that "
            "promise most by then.",
            min=0,
        ),
    ] = None,
    seed: Annotated[int | None, shared("seed", "Default: 0.")] = None,
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
            help="Change any field of the recipe but its steps, or of TRL's GRPOConfig; may be "
            "repeated.",
        ),
    ] = None,
    group_by: GroupBy = None,
    on_error: ItemsOnError = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder; default: runs/search-TIME.")
    ] = None,
    report: ReportPage = None,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with an interrupted search, as it was planned.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the plan with its checks, and stop.")
    ] = False,
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
    """Find the sample that lifts most, by short trainings on a few.

    \b
    se search pool.jsonl --budget 200 --dry-run
    se search pool.jsonl --budget 400 --steps 20 -o runs/search

    What they give says which to try next.

    The first choice is trained on anew, with fresh seeds and fresh items: its lift is the result.
    """
    from sample_engineering import api
    from sample_engineering.api.showing import page_for
    from sample_engineering.extras import check_installed
    from sample_engineering.generation.engines import read_options

    check_installed("trl", "train")
    from sample_engineering.commands.validate_progress import shown
    from sample_engineering.commands.whole_work import of_search
    from sample_engineering.search.loop import run_search
    from sample_engineering.trainers.interrupts import TrainingInterrupted
    from sample_engineering.trainers.recipes import parse_settings

    page = page_for(report)
    plan = api.plan_search(
        pool,
        mapping=read_columns(mapping),
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
        settings=parse_settings(settings) if settings else None,
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
        refuse(context, ["report"], "would be ignored by `dry_run`; leave one of them out")
        _show_plan(plan, format, context.command.params)
        return
    try:
        with shown(job=of_search(plan, resume=resume is not None)) as progress:
            result = page.of(run_search(plan, progress, resume=resume is not None))
    except TrainingInterrupted as error:
        output.warn(in_options(str(error), context.command.params))
        raise typer.Exit(INTERRUPTED_STATUS) from None
    _show_result(result, format)
    tell_page(report)


def _show_plan(plan: "SearchPlan", format: Format, options: list[Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    from sample_engineering.report.readiness import preflight_table
    from sample_engineering.text import count_of, visible
    from sample_engineering.trainers.preflight import Case, run_checks

    checks = run_checks(Case.of_plan(plan.trials))
    if format is Format.json:
        record = plan.to_record() | {"checks": checks.to_dict()}
        output.record(record)
        checks.require()
        return
    first = [sample.id for sample in plan.candidates if sample.id not in plan.composed][:_SHOWN]
    trials = count_of(plan.most_trials, "trial")
    rows = {
        "candidates": f"{plan.natural:,}, first by their ranking: {', '.join(first)}",
        "trials": f"at most {trials} of {plan.steps} steps, or more if some end early",
        "confirming": f"{plan.confirm_steps} steps" if plan.confirm else "none",
        "budget": f"{plan.budget:,} steps of {plan.trials.recipe.rollouts} rollouts",
        "items": f"{len(plan.trials.benchmark)} of {plan.trials.benchmark.name} for a trial"
        + (f", {len(plan.confirmation.benchmark)} others" if plan.confirmation else ""),
        "model": str(plan.trials.model),
        "folder": str(plan.out),
    }
    if plan.compose:
        held = len(plan.composed)
        rows["composed"] = f"{plan.compose} of {held} are let in after half of the trials"
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, text in rows.items():
        table.add_row(name, Text(visible(text)))
    console = output.console()
    console.print(table)
    _print_notes(console, plan, options)
    console.print()
    console.print(preflight_table(checks, lambda text: in_options(text, options)))
    checks.require()


def _show_result(result: "SearchResult", format: Format) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from sample_engineering.text import visible

    if format is Format.json:
        output.record(result.to_record())
        return
    console = output.console()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("trial", justify="right")
    table.add_column("sample", overflow="fold")
    for heading in ("rank", "steps", "lift", "95 % interval"):
        table.add_column(heading, justify="right")
    table.add_column("best so far", overflow="fold")
    table.add_column("expected", justify="right")
    for one in result.trials:
        lift = f"{100 * one.lift:+.1f}" if one.trained else "untaught"
        table.add_row(
            str(one.number),
            Text(visible(one.id)),
            "composed" if one.composed else str(one.rank),
            str(one.steps),
            lift,
            f"{100 * one.ci_low:+.1f} to {100 * one.ci_high:+.1f}" if one.trained else "",
            Text(visible(one.chosen)),
            f"{100 * one.expected:+.1f} ± {100 * one.expected_sd:.1f}",
        )
    console.print(table)
    console.print(f"{result.steps:,} of {result.plan.budget:,} steps")
    for text in (result.sentence, f"search: {result.folder}", f"next: {result.next_command}"):
        console.print(Text(visible(text)), soft_wrap=True)


def _print_notes(console: Any, plan: "SearchPlan", options: list[Any]) -> None:
    from rich.text import Text

    from sample_engineering.text import visible

    for note in plan.notes:
        console.print(Text(f"- {visible(in_options(note, options))}"))
