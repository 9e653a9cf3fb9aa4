"""`se evaluate`: accuracy of a model on a benchmark, with errors."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sample_engineering.commands import output
from sample_engineering.commands.options import (
    AttnImplementation,
    Benchmarks,
    ChatTemplateKwargs,
    Concurrency,
    Device,
    Dtype,
    Engine,
    EngineOptions,
    GroupBy,
    MaxCost,
    MaxTokens,
    ModelInitKwargs,
    OnError,
    OnErrorOption,
    Prices,
    ReportPage,
    Revision,
    Seed,
    Server,
    Stop,
    System,
    TableFormat,
    TableFormatOption,
    Temperature,
    Template,
    TopK,
    TopP,
    TrustRemoteCode,
    read_mapping,
    shared,
)
from sample_engineering.commands.paper import for_paper, print_paper, tell_page
from sample_engineering.commands.progress import counted

if TYPE_CHECKING:
    from sample_engineering.evaluation import Comparison, Evaluation


def evaluate(
    model: Annotated[str | None, shared("model", "Default: the microcosm's.")] = None,
    benchmark: Benchmarks = None,
    recipe: Annotated[
        str | None,
        shared("recipe", "Ask each benchmark as it evaluates; default: as the benchmark says."),
    ] = None,
    server: Server = None,
    engine: Engine = None,
    engine_options: EngineOptions = None,
    device: Device = None,
    revision: Revision = None,
    dtype: Dtype = None,
    attn_implementation: AttnImplementation = None,
    trust_remote_code: TrustRemoteCode = False,
    model_init_kwargs: ModelInitKwargs = None,
    rollouts: Annotated[int | None, shared("rollouts", "Default: 4; 1 where greedy.")] = None,
    greedy: Annotated[
        bool, typer.Option("--greedy", help="Temperature 0, one completion an item.")
    ] = False,
    temperature: Temperature = None,
    max_tokens: MaxTokens = None,
    template: Template = None,
    system: System = None,
    chat_template_kwargs: ChatTemplateKwargs = None,
    top_p: TopP = None,
    top_k: TopK = None,
    stop: Stop = None,
    per_domain: Annotated[int | None, shared("per-domain", "Default: all.")] = None,
    group_by: GroupBy = None,
    on_error: OnErrorOption = OnError.fail,
    in_context: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="File with a solved sample to show before each item; or FILE#ID."
        ),
    ] = None,
    way: Annotated[
        str | None,
        typer.Option(
            help="Draw completions from a power of the model's distribution over whole answers "
            "(arXiv 2510.14901); about ten times the tokens.",
        ),
    ] = None,
    way_options: Annotated[
        list[str] | None,
        typer.Option(
            "--way-option",
            metavar="KEY=VALUE",
            help="Of --way: alpha=4 (the power), blocks=4, steps=5 after each; may be repeated.",
        ),
    ] = None,
    before: Annotated[
        Path | None,
        typer.Option(help="An earlier evaluation (.parquet) of the same items: print the lift."),
    ] = None,
    contamination: Annotated[
        Path | None,
        typer.Option(
            metavar="RECORD",
            help="What se contamination --out found of this benchmark (.json): the notes set apart "
            "what is known by heart.",
        ),
    ] = None,
    seed: Seed = 0,
    out: Annotated[Path | None, shared("out", "Every completion, as .parquet.")] = None,
    report: ReportPage = None,
    concurrency: Concurrency = None,
    prices: Prices = None,
    max_cost: MaxCost = None,
    cache: Annotated[
        Path | None, typer.Option(help="Keep a server's answers in this file and use them again.")
    ] = None,
    format: TableFormatOption = TableFormat.table,
) -> None:
    """Ask a model a benchmark: accuracy, avg@k, pass@k, per domain.

    \b
    se evaluate --per-domain 4
    se evaluate -m Qwen/Qwen2.5-Math-1.5B -b math500 --greedy -o before.parquet
    se evaluate -m trained -b math500 --greedy --before before.parquet
    """
    from sample_engineering import api
    from sample_engineering.evaluation import Evaluation, compare
    from sample_engineering.generation.engines import read_options

    earlier = Evaluation.load(before) if before is not None else None
    with counted("evaluating", "items") as progress:
        evaluation = api.evaluate(
            model,
            benchmark=benchmark,
            recipe=recipe,
            server=server,
            engine=engine,
            engine_options=read_options(engine_options, engine, server),
            device=device,
            revision=revision,
            dtype=dtype,
            attn_implementation=attn_implementation,
            trust_remote_code=trust_remote_code,
            model_init_kwargs=read_mapping(model_init_kwargs, "model_init_kwargs"),
            concurrency=concurrency,
            prices=prices,
            max_cost=max_cost,
            cache=cache,
            rollouts=rollouts,
            greedy=greedy,
            temperature=temperature,
            max_tokens=max_tokens,
            template=template,
            system=system,
            chat_template_kwargs=read_mapping(chat_template_kwargs, "chat_template_kwargs"),
            top_p=top_p,
            top_k=top_k,
            stop=stop,
            per_domain=per_domain,
            group_by=group_by,
            on_error=on_error.value,
            in_context=in_context,
            way=way,
            way_options=read_mapping(way_options, "way_options"),
            before=earlier,
            contamination=contamination,
            seed=seed,
            out=out,
            report=report,
            progress=progress,
        )
    lift = compare(earlier, evaluation) if earlier is not None else None
    if format is TableFormat.json:
        _show_json(evaluation, lift)
    elif for_paper(format):
        print_paper(evaluation, format, also=() if lift is None else (lift,))
    else:
        _show_tables(evaluation, lift, f"Since {before}, in percentage points")
        if out is not None:
            output.line(f"every completion: {out}")
    tell_page(report)


def _show_json(evaluation: "Evaluation", lift: "Comparison | None") -> None:
    import json

    record = {
        "info": dict(evaluation.info),
        "left_out": evaluation.info["left_out"],
        "summary": json.loads(evaluation.summary().to_json(orient="records")),
    }
    if lift is not None:
        record["lift"] = json.loads(lift.to_frame().to_json(orient="records"))
    output.record(record)


def _show_tables(evaluation: "Evaluation", lift: "Comparison | None", heading: str) -> None:

    from sample_engineering.report.terminal import lift_table, summary_table

    console, info = output.console(), evaluation.info
    numbers = sorted({m["rollouts"] for m in info["members"].values()}) if "members" in info else []
    numbers = numbers or [evaluation.rollouts]
    said = " or ".join(map(str, numbers))
    each = f"{said} completion{'s'[: numbers[-1] > 1]} an item"
    title = f"{info['model']} on {info['benchmark']}, {each}"
    console.print(summary_table(evaluation.summary(), title))
    if lift is not None:
        console.print()
        console.print(lift_table(lift, heading))
    if left_out := info["left_out"]:
        console.print(f"{len(left_out)} items left out, the first: {left_out[0]}")
    for note in info["notes"]:
        console.print(f"note: {note}")
