"""`se validate`: one-shot training on a sample, and what it is worth."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sample_engineering.commands import output
from sample_engineering.commands.command import given, in_options
from sample_engineering.commands.options import (
    AttnImplementation,
    Benchmarks,
    ChatTemplateKwargs,
    Device,
    Dtype,
    EngineOptions,
    EvaluationEngine,
    GroupBy,
    GroupSize,
    ItemsOnError,
    JudgeModel,
    JudgeOptions,
    ModelInitKwargs,
    Revision,
    Stop,
    System,
    TableFormat,
    TableFormatOption,
    Template,
    TrainingRecipe,
    TrustRemoteCode,
    in_panels,
    read_columns,
    read_mapping,
    shared,
)
from sample_engineering.commands.paper import for_paper, print_paper
from sample_engineering.errors import INTERRUPTED_STATUS, ConfigError
from sample_engineering.text import count_of

if TYPE_CHECKING:
    from sample_engineering.trainers.plan import ValidationPlan
    from sample_engineering.trainers.recipes import Recipe
    from sample_engineering.trainers.result import ValidationResult
    from sample_engineering.trainers.sharing import Cores


# Of a recipe, which the plan shows also where they were not changed.
_MAIN_SETTINGS = (
    *("steps", "group_size", "groups", "lr", "beta", "temperature", "max_tokens", "template"),
    "form",
)
_OF_ALGORITHM = ("algorithm", "algorithm_options")  # which have a line of their own
_SMALL_LIFT = 0.05  # for which the plan says how many items would show it
_PANELS = {
    "Training": (
        *("recipe", "algorithm", "settings", "steps", "group_size", "lr", "warm_start", "seed"),
        *("seeds", "lora", "optim"),
        *("vllm", "vllm_server", "reward", "judge", "judge_options"),
    ),
    "Evaluation": (
        *("rollouts", "per_domain", "group_by", "on_error", "eval_template", "eval_temperature"),
        *("eval_max_tokens", "readings", "eval_every", "engine", "engine_options"),
    ),
    "Controls": ("controls", "quick", "pool"),
    "How the model is asked, in training and evaluation": (
        *("template", "system", "chat_template_kwargs", "stop"),
    ),
    "How the model is loaded": (
        *("device", "revision", "dtype", "attn_implementation", "trust_remote_code"),
        "model_init_kwargs",
    ),
    "What is kept and told": ("report_to", "save_model", "merge", "push_to_hub"),
    "Several devices, several jobs": ("devices", "arm", "task", "join"),
}


@in_panels(_PANELS)
def validate(
    context: typer.Context,
    sample: Annotated[
        str | None,
        typer.Argument(
            metavar="SAMPLE",
            help="JSON file with the sample, or a pool: FILE for its first, FILE#ID for another; "
            "default: the shipped sample.",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", help="Path or Hugging Face name; default: the microcosm's."),
    ] = None,
    benchmark: Benchmarks = None,
    recipe: TrainingRecipe = None,
    algorithm: Annotated[
        str | None,
        typer.Option(
            help="How rollouts and rewards become an update: @(algorithm). Default: the recipe's, "
            "grpo in all of ours; `se components algorithm` says what each is.",
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
    group_size: GroupSize = None,
    lr: Annotated[float | None, typer.Option(help="Learning rate.")] = None,
    warm_start: Annotated[
        str | None,
        typer.Option(
            help="Supervised warm-up on the base model's own rollouts before the first step: "
            "diverse right ones (primitives), as many by chance (random), critiques, or none; "
            "default: as the recipe says.",
        ),
    ] = None,
    reward: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Reward by name: @(reward). Default: the recipe's."),
    ] = None,
    judge: JudgeModel = None,
    judge_options: JudgeOptions = None,
    seed: Annotated[
        int | None, typer.Option(help="Train with this seed only.", min=0, show_default=False)
    ] = None,
    seeds: Annotated[
        str | None, typer.Option(help="Training seeds, a run each; default: 0,1,2.")
    ] = None,
    rollouts: Annotated[int | None, shared("rollouts", "Default: 4.")] = None,
    per_domain: Annotated[int | None, shared("per-domain", "Default: all.")] = None,
    group_by: GroupBy = None,
    on_error: ItemsOnError = None,
    eval_template: Annotated[
        str | None,
        typer.Option(help="Template of the evaluation; default: as the recipe evaluates."),
    ] = None,
    eval_temperature: Annotated[
        float | None,
        typer.Option(
            help="Temperature of the evaluation; default: as the recipe evaluates.", min=0
        ),
    ] = None,
    eval_max_tokens: Annotated[
        int | None,
        typer.Option(help="Longest completion of the evaluation; default: the recipe's.", min=1),
    ] = None,
    readings: Annotated[
        str | None,
        typer.Option(
            help="How items are asked, before and after: greedy (one completion at temperature 0), "
            "sampled, or both (the default).",
        ),
    ] = None,
    controls: Annotated[
        str | None,
        typer.Option(
            help="none; basic (the default): format-only and random-reward, one seed each; full: "
            "all, with every seed; or names of @(arm), with commas.",
        ),
    ] = None,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick",
            help="One training and no controls: what this run did, not what the sample does.",
        ),
    ] = False,
    pool: Annotated[
        str | None, typer.Option(help="Pool that control arms draw from (--controls full).")
    ] = None,
    mapping: Annotated[
        list[str] | None, shared("map", "Of the sample's file and the pool alike.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Run folder; default: runs/SAMPLE-TIME.")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with an interrupted run, as it was planned.")
    ] = None,
    devices: Annotated[
        str | None,
        typer.Option(
            help="Devices that work at the same time, a training each: numbers of GPUs, e.g. "
            "0,1,2,3, or cpu,cpu."
        ),
    ] = None,
    engine: EvaluationEngine = None,
    engine_options: EngineOptions = None,
    eval_every: Annotated[
        int | None,
        typer.Option(
            help="Evaluate after each so many training steps too; 0: at the end only.", min=0
        ),
    ] = None,
    arm: Annotated[
        str | None,
        typer.Option(
            help="Do this arm only, with --seed, in a run folder shared with other jobs: before "
            "(the base model), sample, or a control."
        ),
    ] = None,
    task: Annotated[
        int | None,
        typer.Option(help="Do the piece of that number only, as --dry-run counts them.", min=0),
    ] = None,
    join: Annotated[
        Path | None, typer.Option(help="Put together what jobs with --arm or --task did.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the plan with time and memory, and stop.")
    ] = False,
    lora: Annotated[
        int | None, typer.Option(help="Train LoRA adapters of this rank instead of all weights.")
    ] = None,
    vllm: Annotated[bool, typer.Option("--vllm", help="Sample rollouts with vLLM.")] = False,
    vllm_server: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Sample rollouts at a vLLM server; see real-models.md."),
    ] = None,
    optim: Annotated[
        str | None, typer.Option(help="Optimizer of transformers, e.g. adamw_8bit.")
    ] = None,
    device: Device = None,
    template: Template = None,
    system: System = None,
    chat_template_kwargs: ChatTemplateKwargs = None,
    stop: Stop = None,
    report_to: Annotated[
        str | None, typer.Option(help="Trackers, e.g. wandb,trackio,tensorboard.")
    ] = None,
    save_model: Annotated[
        bool, typer.Option("--save-model", help="Keep the trained model in the run folder.")
    ] = False,
    merge: Annotated[
        bool, typer.Option("--merge", help="Merge adapters into the model that is kept.")
    ] = False,
    push_to_hub: Annotated[
        str | None,
        typer.Option(
            metavar="OWNER/NAME",
            help="Push the first seed's model with a card to this repository, private if new.",
        ),
    ] = None,
    revision: Revision = None,
    dtype: Dtype = None,
    attn_implementation: AttnImplementation = None,
    trust_remote_code: TrustRemoteCode = False,
    model_init_kwargs: ModelInitKwargs = None,
    format: TableFormatOption = TableFormat.table,
) -> None:
    """One-shot reinforcement learning on a sample: what it lifts.

    \b
    se validate --quick
    se validate best.jsonl -m Qwen/Qwen2.5-Math-1.5B -b math500 --dry-run
    se validate --resume runs/best

    Accuracy before and after with intervals, by domain, beside control arms; a verdict and a page.
    """
    from sample_engineering import api
    from sample_engineering.extras import check_installed
    from sample_engineering.generation.engines import read_options

    check_installed("trl", "train")
    from sample_engineering.commands.validate_progress import shown
    from sample_engineering.commands.whole_work import of_validation
    from sample_engineering.trainers.interrupts import TrainingInterrupted
    from sample_engineering.trainers.recipes import parse_settings
    from sample_engineering.trainers.together import Together

    if seed is not None and seeds is not None and arm is None:
        raise ConfigError("`seed` would be ignored: `seeds` names them all; leave it out")
    if quick and seed is not None and arm is None:
        raise ConfigError("`seed` would be ignored: `quick` trains with seed 0; leave out one")
    piece = arm is not None or task is not None
    if join is not None:
        if others := sorted(set(given(context)) - {"join", "format"}):
            raise ConfigError(
                f"{', '.join(f'`{name}`' for name in others)} would be ignored: `join` takes "
                "everything from the run folder; leave it out"
            )
        _show_result(api.join_run(join), format)
        return
    if for_paper(format) and (dry_run or piece):
        what = "`dry_run` has" if dry_run else "one `arm` or `task` of a run has"
        raise ConfigError(f"{what} no table for a paper; leave `format`={format.value} out")
    _check_piece(arm, task, seed, seeds, out, resume, devices)
    if resume is not None and not piece and "seed" in given(context):
        raise ConfigError(
            "`seed` would be ignored: `resume` takes everything from the run folder; leave it out"
        )
    with Together.here().in_step() as together:
        plan = api.plan_validation(
            sample,
            model=model,
            benchmark=benchmark,
            recipe=recipe,
            algorithm=algorithm,
            settings=parse_settings(settings) if settings else None,
            steps=steps,
            group_size=group_size,
            lr=lr,
            warm_start=warm_start,
            reward=reward,
            judge=judge,
            judge_options=read_mapping(judge_options, "judge_options"),
            seeds=read_seeds(seeds)
            if seeds is not None
            else None
            if seed is None or arm
            else (seed,),
            rollouts=rollouts,
            per_domain=per_domain,
            group_by=group_by,
            on_error=None if on_error is None else on_error.value,
            eval_template=eval_template,
            eval_temperature=eval_temperature,
            eval_max_tokens=eval_max_tokens,
            readings=readings,
            controls=controls,
            quick=quick,
            pool=pool,
            mapping=read_columns(mapping),
            out=out,
            resume=resume,
            devices=None if devices is None else read_devices(devices),
            engine=engine,
            engine_options=read_options(engine_options, engine),
            eval_every=eval_every,
            lora=lora,
            vllm=vllm,
            vllm_server=vllm_server,
            optim=optim,
            device=device,
            template=template,
            system=system,
            chat_template_kwargs=read_mapping(chat_template_kwargs, "chat_template_kwargs"),
            stop=stop,
            report_to=tuple(filter(None, (report_to or "").split(","))),
            save_model=save_model,
            merge=merge,
            push_to_hub=push_to_hub,
            revision=revision,
            dtype=dtype,
            attn_implementation=attn_implementation,
            trust_remote_code=trust_remote_code,
            model_init_kwargs=read_mapping(model_init_kwargs, "model_init_kwargs"),
        )
        if dry_run:
            if together.first:
                _show_plan(plan, format, context.command.params)
            return
        try:
            with shown(together.first, of_validation(plan)) as progress:
                if piece:
                    api.run_piece(plan, arm, seed or 0, task=task, progress=progress)
                    return
                result = api.run_plan(plan, progress=progress)
        except TrainingInterrupted as error:
            if together.first:
                output.warn(in_options(str(error), context.command.params))
            raise typer.Exit(INTERRUPTED_STATUS) from None
        if together.first:
            _show_result(result, format)


def _check_piece(
    arm: str | None,
    task: int | None,
    seed: int | None,
    seeds: str | None,
    out: Path | None,
    resume: Path | None,
    devices: str | None,
) -> None:
    """Refuse what cannot go with a piece of a run, or only with one."""
    if arm is None and task is None:
        return
    if arm is not None and task is not None:
        raise ConfigError("`task` would be ignored: `arm` says which piece; leave out one")
    if task is not None and seed is not None and seeds is not None:
        raise ConfigError("`seed` would be ignored: `task` says which piece; leave it out")
    if out is None and resume is None:
        raise ConfigError(
            "a piece of a run needs the folder that it shares with the others; give `out`"
        )
    if devices is not None:
        raise ConfigError(
            "`devices` would be ignored: a piece takes one device; choose it with "
            "CUDA_VISIBLE_DEVICES"
        )


def read_devices(text: str) -> list[str]:
    """Read ``0,1``."""
    names = [part.strip() for part in text.split(",")]
    if not all(names):
        raise ConfigError(
            f"`devices` {text!r} has an empty place; give numbers of GPUs such as 0,1, or cpu,cpu"
        )
    return names


def read_seeds(text: str) -> tuple[int, ...]:
    """Read ``0,1,2``."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise ConfigError(f"`seeds` takes whole numbers such as 0,1,2, not {text!r}") from None


def _detectable(plan: "ValidationPlan") -> str:
    """Say which lifts the run can show, whatever the accuracy of the base model turns out to be."""
    from sample_engineering.evaluation.power import Design, items_needed, minimum_detectable
    from sample_engineering.evaluation.readings import GREEDY

    said = []
    domains = len(plan.benchmark.domains)
    items = len(plan.benchmark)
    for reading in plan.readings:
        completions = 1 if reading == GREEDY else plan.rollouts
        whole = Design(max(2, items), completions, seeds=len(plan.seeds))
        each = Design(max(2, items // domains), completions, seeds=len(plan.seeds), tests=domains)
        found = [100 * minimum_detectable(one) for one in (whole, each)]
        needed = items_needed(whole, _SMALL_LIFT)
        small = f"{100 * _SMALL_LIFT:.0f} points"
        told = f"no number of items would show {small} among so few training seeds"
        if needed is not None:
            told = f"{needed:,} items would show {small}"
        said.append(
            f"{reading} lifts from {found[0]:.1f} points overall"
            + (f", {found[1]:.1f} in a domain" if domains > 1 else "")
            + f" ({told})"
        )
    return "; ".join(said) + "; 4 times in 5, for a base model at 50 %, where the most is needed"


def _show_plan(plan: "ValidationPlan", format: TableFormat, options: list[Any]) -> None:

    from rich.table import Table

    from sample_engineering.report.readiness import duration, needs, preflight_table
    from sample_engineering.report.terminal import clean
    from sample_engineering.runs.records import to_record
    from sample_engineering.trainers.preflight import Case, estimate, run_checks
    from sample_engineering.trainers.sharing import time_of

    case = Case.of_plan(plan, timed=True)
    found = run_checks(case)
    if format is TableFormat.json:
        needed = estimate(case)
        record = to_record(plan.to_config()) | {
            "checks": found.to_dict(),
            "estimate": None if needed is None else needed.to_dict(),
        }
        output.record(record)
        found.require()
        return
    recipe, needed, cores = plan.recipe, estimate(case), case.shared_cores
    trained = sum(arm.trains for arm in plan.arms)
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    rows = {
        "sample": f"{plan.sample.id}: {plan.sample.problem} -> {plan.sample.answer}",
        "label": "; ".join(plan.doubts) or "nothing that the sample says speaks against it",
        "model": str(plan.model),
        "benchmark": f"{plan.benchmark.name}: {len(plan.benchmark)} items in "
        f"{len(plan.benchmark.domains)} domains, {_asked(plan)}",
        "algorithm": _algorithm_in_words(recipe),
        "recipe": _recipe_in_words(recipe),
        "arms": "; ".join(  # with their numbers for --task
            f"{number}: {arm.name}" + (f" (seed {arm.seed})" if arm.trains else "")
            for number, arm in enumerate(plan.pieces)
        ),
        "training": f"{count_of(trained, 'run')} of {recipe.steps} steps of {recipe.rollouts} "
        "rollouts" + ("" if cores is None else f", {_side_by_side(cores)}"),
        "can show": _detectable(plan),
        "run folder": str(plan.out),
    }
    if needed is not None:
        rows["model"] += f" ({needed.parameters / 1e6:,.2f} M parameters) on {needed.device}"
        rows |= needs(needed)
        if needed.step_seconds is not None and needed.evaluation_seconds is not None:
            at_once = 1 if cores is None else cores.workers
            total = time_of(
                plan,
                needed.step_seconds,
                needed.evaluation_seconds,
                max(at_once, len(plan.devices)),
            )
            rows["time"] = (
                f"at most about {duration(total)} if every completion were as long as allowed "
                f"({duration(needed.step_seconds)} a step, {duration(needed.evaluation_seconds)} "
                f"to evaluate an arm, {'greedily and sampled; ' if len(plan.readings) > 1 else ''}"
                "rough)"
            )
    for name, text in rows.items():
        table.add_row(name, clean(text))
    console = output.console()
    console.print(table)
    console.print()
    console.print(preflight_table(found, lambda text: in_options(text, options)))
    found.require()


def _algorithm_in_words(recipe: "Recipe") -> str:
    """Name the algorithm with its paper, its options, and what differs from the paper."""
    from sample_engineering.trainers.algorithms import find_algorithm

    found = find_algorithm(recipe.algorithm)
    paper = f" (arXiv {found.paper})" if found.paper else ""
    options = [f"{name}={value}" for name, value in recipe.algorithm_options.items()]
    told = f"{found.name}{paper}: {found.summary}" + (f"; {', '.join(options)}" if options else "")
    return told + (f". Not as in the paper: {'; '.join(found.differs)}" if found.differs else "")


def _recipe_in_words(recipe: "Recipe") -> str:
    """Name the recipe, its main settings, and what was changed of it."""
    from sample_engineering.defaults import find_recipe

    settings = {name: value for name, value in recipe.to_dict().items() if name != "sources"}
    try:
        usual = find_recipe(recipe.name).to_dict()
    except ConfigError:  # of a file
        usual = {}
    shown = [
        f"{name}={value}"
        for name, value in settings.items()
        if name in _MAIN_SETTINGS
        or (name not in ("name", "trl", *_OF_ALGORITHM) and usual.get(name) != value)
    ]
    shown += [f"{name}={value}" for name, value in recipe.trl.items()]
    return f"{recipe.name}: {', '.join(shown)}; all of it with --format json"


def _side_by_side(cores: "Cores") -> str:
    threads = count_of(cores.threads, "thread")
    if cores.workers == 1:
        return f"one after the other with {threads}"
    return f"{cores.workers} at the same time with {threads} each"


def _asked(plan: "ValidationPlan") -> str:
    """Say how the items are asked."""
    from sample_engineering.evaluation.readings import GREEDY, SAMPLED

    said = []
    for member, places in plan.benchmark.parts:
        ways = ["once greedily"] if GREEDY in plan.readings else []
        if SAMPLED in plan.readings and member.temperature > 0:
            number = member.completions(plan.rollouts)
            times = "once" if number == 1 else f"{number} times"
            ways.append(f"{times} at temperature {member.temperature:g}")
        of = f"{member.name} ({len(places)}) " if plan.benchmark.members else "each "
        said.append(of + " and ".join(ways))
    return "; ".join(said)


def _show_result(result: "ValidationResult", format: TableFormat) -> None:

    from sample_engineering import api
    from sample_engineering.files import finite
    from sample_engineering.report.card import report_card
    from sample_engineering.report.page import PAGE
    from sample_engineering.report.terminal import clean
    from sample_engineering.runs.records import to_record

    if format is TableFormat.json:
        record = finite(to_record(result.to_record()))
        output.record(record)
        return
    console, run = output.console(), api.open_run(result.folder)
    if for_paper(format):
        print_paper(run, format)
        return
    console.print(report_card(run))
    for warning in run.warnings:
        console.print(clean(f"warning: {warning}", "yellow"))
    output.line(f"run folder: {result.folder}")  # whole, so that it can be copied
    output.line(f"report: {result.folder / PAGE}")
