"""`se validate`: one-shot training on a sample, and what it is worth."""

from pathlib import Path
from typing import Annotated, Any

import typer

from sample_engineering.errors import ConfigError

# Completions of the benchmark in a first look; the embedded benchmark takes seconds.
_ROLLOUTS = 4


def validate(
    context: typer.Context,
    sample: Annotated[
        str | None,
        typer.Argument(
            help="JSON file with the sample, or a pool: FILE for its first, FILE#ID for another; "
            "default: the shipped sample.",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", help="Path or Hugging Face name; default: the microcosm's."),
    ] = None,
    benchmark: Annotated[
        str | None,
        typer.Option(
            "--benchmark",
            "-b",
            help="Name (see se evaluate --help), pool file or hf: reference; "
            "default: the microcosm's.",
        ),
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option(
            help="microcosm, one-shot-rlvr, polymath, or a YAML file; default: microcosm with the "
            "embedded model, else one-shot-rlvr.",
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Change any field of the recipe, or of TRL's GRPOConfig; may be repeated.",
        ),
    ] = None,
    steps: Annotated[int | None, typer.Option(help="Training steps.")] = None,
    group_size: Annotated[int | None, typer.Option(help="Rollouts that share a baseline.")] = None,
    lr: Annotated[float | None, typer.Option(help="Learning rate.")] = None,
    seed: Annotated[int, typer.Option(help="Training seed.", min=0)] = 0,
    seeds: Annotated[
        str | None, typer.Option(help="Several training seeds, e.g. 0,1,2; a run each.")
    ] = None,
    rollouts: Annotated[
        int, typer.Option("--rollouts", "-n", help="Completions of each benchmark item.", min=1)
    ] = _ROLLOUTS,
    eval_items: Annotated[
        int | None, typer.Option(help="At most so many items of each domain.", min=1)
    ] = None,
    controls: Annotated[
        str,
        typer.Option(
            help="none; quick: greedy, in-context, format-only and random reward; "
            "full: these with every seed, and random samples of the pool; or arms by name, "
            "e.g. format-only,random-sample."
        ),
    ] = "none",
    pool: Annotated[
        str | None, typer.Option(help="Pool that random samples are drawn from (--controls full).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Run folder; default: runs/SAMPLE-TIME.")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with an interrupted run, as it was planned.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the plan with time and memory, and stop.")
    ] = False,
    lora: Annotated[
        int | None, typer.Option(help="Train LoRA adapters of this rank instead of all weights.")
    ] = None,
    vllm: Annotated[bool, typer.Option("--vllm", help="Sample rollouts with vLLM.")] = False,
    device: Annotated[
        str | None, typer.Option(help="cpu or cuda; default: a GPU if there is one.")
    ] = None,
    template: Annotated[str | None, typer.Option(help="Prompt template, for both.")] = None,
    report_to: Annotated[
        str | None, typer.Option(help="Trackers, e.g. wandb,trackio,tensorboard.")
    ] = None,
    save_model: Annotated[
        bool, typer.Option("--save-model", help="Keep the trained model in the run folder.")
    ] = False,
    trust_remote_code: Annotated[
        bool, typer.Option("--trust-remote-code", help="Run code that comes with the model.")
    ] = False,
    format_: Annotated[str, typer.Option("--format", help="card or json.")] = "card",
) -> None:
    """One-shot reinforcement learning on a sample: accuracy before and after, with intervals."""
    from sample_engineering.extras import require

    if format_ not in ("card", "json"):
        raise ConfigError(f"--format {format_!r} is not known; use card or json")
    require("trl", "train")
    from sample_engineering.api import plan_validation
    from sample_engineering.trainers.interrupts import TrainingInterrupted
    from sample_engineering.trainers.plan import ValidationPlan
    from sample_engineering.trainers.recipes import parse_settings

    if resume is not None:
        _only_resume(context)
        plan = ValidationPlan.from_folder(resume, device)
    else:
        overrides: dict[str, Any] = {
            "steps": steps,
            "group_size": group_size,
            "lr": lr,
            "lora_rank": lora,
            "vllm": vllm or None,
            "template": template,
        }
        given = {name: value for name, value in overrides.items() if value is not None}
        plan = plan_validation(
            sample,
            model=model,
            benchmark=benchmark,
            recipe=recipe,
            settings=parse_settings(settings or []) | given,
            seeds=_seeds(seeds) if seeds is not None else (seed,),
            rollouts=rollouts,
            eval_items=eval_items,
            controls=controls,
            pool=pool,
            out=out,
            device=device,
            report_to=tuple(filter(None, (report_to or "").split(","))),
            trust_remote_code=trust_remote_code,
            save_model=save_model,
        )
    if dry_run:
        _show_plan(plan)
        return
    try:
        _run(plan)
    except TrainingInterrupted as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(130) from None
    _show_result(plan.out, format_)


def _seeds(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise ConfigError(f"--seeds takes whole numbers such as 0,1,2, not {text!r}") from None


def _only_resume(context: typer.Context) -> None:
    given = [
        name
        for name in context.params
        if name not in ("resume", "device", "format_", "dry_run")
        and str(context.get_parameter_source(name)).endswith("COMMANDLINE")
    ]
    if given:
        names = {"sample": "SAMPLE", "settings": "--set"}
        options = ", ".join(names.get(n, "--" + n.replace("_", "-")) for n in sorted(given))
        raise ConfigError(f"--resume takes everything from the run folder; leave out {options}")


def _run(plan: Any) -> None:
    from sample_engineering.commands.validate_progress import shown
    from sample_engineering.trainers.validation import run_validation

    with shown(plan) as progress:
        run_validation(plan, progress)


def _show_plan(plan: Any) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from sample_engineering.generation.transformers_backend import default_device
    from sample_engineering.trainers.estimates import estimate

    recipe, device = plan.recipe, plan.options.device or default_device()
    completions = len(plan.benchmark) * plan.rollouts
    needs = estimate(
        plan.model,
        recipe,
        completions=completions,
        max_tokens=plan.benchmark.max_tokens,
        device=device,
        trust_remote_code=plan.options.trust_remote_code,
    )
    arms = plan.arms
    evaluations = 1 + len(arms)
    total = plan.training_steps * needs.step_seconds + evaluations * needs.evaluation_seconds
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    changed = {name: value for name, value in recipe.to_dict().items() if name != "sources"}
    rows = {
        "sample": f"{plan.sample.id}: {plan.sample.problem} -> {plan.sample.answer}",
        "model": f"{plan.model} ({needs.parameters / 1e6:,.2f} M parameters) on {device}",
        "benchmark": f"{plan.benchmark.name}: {len(plan.benchmark)} items in "
        f"{len(plan.benchmark.domains)} domains, {plan.rollouts} completions each",
        "recipe": ", ".join(f"{name}={value}" for name, value in changed.items() if value != {}),
        "arms": "; ".join(
            f"{arm.name} (seed {arm.seed})" if arm.trains else arm.name for arm in arms
        ),
        "training": f"{plan.training_steps} steps of {recipe.rollouts} rollouts",
        "time": f"at most about {duration(total)} if every completion were as long as allowed "
        f"({duration(needs.step_seconds)} a step, {duration(needs.evaluation_seconds)} an "
        "evaluation; rough)",
        "memory": f"about {needs.memory_bytes / 2**30:.1f} GiB",
        "run folder": str(plan.out),
    }
    for name, text in rows.items():
        table.add_row(name, Text(text))
    Console().print(table)


def duration(seconds: float) -> str:
    """Write a time in the unit that suits it."""
    for limit, size, unit in ((90, 1, "s"), (5400, 60, "min"), (172800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / size:.{int(seconds / size < 10)}f} {unit}"
    return f"{seconds / 86400:.1f} days"


def _show_result(out: Path, format_: str) -> None:
    from rich.console import Console

    from sample_engineering import report
    from sample_engineering.report import Run
    from sample_engineering.report.terminal import report_card

    page = report.write_report(out) if hasattr(report, "write_report") else None
    if format_ == "json":
        typer.echo((out / "result.json").read_text(encoding="utf-8"), nl=False)
        return
    console = Console()
    run = Run.open(out)
    console.print(report_card(run))
    for warning in run.warnings:
        console.print(f"warning: {warning}", style="yellow", markup=False)
    console.print(f"run folder: {out}", markup=False)
    if page is not None:
        console.print(f"report: {page}", markup=False)
