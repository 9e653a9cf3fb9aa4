"""`se audit`: is this label right?"""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sample_engineering.commands import output
from sample_engineering.commands.options import (
    Concurrency,
    Device,
    Engine,
    EngineOptions,
    Map,
    MaxCost,
    MaxTokens,
    Model,
    OnError,
    OnErrorOption,
    Prices,
    RayAddress,
    RayCpus,
    RayGpus,
    ReportPage,
    Server,
    TableFormat,
    TableFormatOption,
    Temperature,
    Template,
    read_columns,
    shared,
)
from sample_engineering.commands.paper import for_paper, print_paper, tell_page
from sample_engineering.commands.progress import counted
from sample_engineering.errors import SampleEngineeringError

if TYPE_CHECKING:
    from sample_engineering.audit.findings import Audit

FOUND = 1  # a severe finding; 2 is a usage error
FAILED = 3  # the audit itself could not be made
_WIDTH = 110  # of output that is not a terminal
_STYLES = {"severe": "bold red", "warning": "yellow", "note": "dim"}
_ID_WIDTH = 14


def audit(
    pool: Annotated[
        str,
        typer.Argument(
            metavar="SAMPLE|POOL",
            help="Samples, in the formats of se rank; FILE#ID picks one.",
        ),
    ],
    mapping: Map = None,
    checks: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Only these checks: @(check). Default: all."),
    ] = None,
    model: Model = None,
    server: Server = None,
    engine: Engine = None,
    engine_options: EngineOptions = None,
    device: Device = None,
    concurrency: Concurrency = None,
    prices: Prices = None,
    max_cost: MaxCost = None,
    ray: RayAddress = None,
    gpus: RayGpus = None,
    cpus: RayCpus = None,
    rollouts: Annotated[int | None, shared("rollouts", "With a model; default: 8.")] = None,
    template: Template = None,
    max_tokens: MaxTokens = None,
    temperature: Temperature = None,
    seed: Annotated[int | None, shared("seed")] = None,
    out: Annotated[
        Path | None,
        shared("out", "All findings with their evidence: .jsonl, .parquet or .csv."),
    ] = None,
    top: Annotated[int, shared("top", "Default: 20.")] = 20,
    report: ReportPage = None,
    format: TableFormatOption = TableFormat.table,
    on_error: OnErrorOption = OnError.skip,
) -> None:
    """Hold labels against their own problems: list what does not fit.

    \b
    se audit pool.jsonl
    se audit best.json -m Qwen/Qwen2.5-Math-1.5B -n 16 -o findings.jsonl

    With --model or --server also against independent solutions of that model.

    Severe: by the sample's own text the label, or what the grader makes of it, is wrong. Warning:
    look at it before you train. Note: what to know when you read results.

    Exit status: 0 without a severe finding, 1 with one, 2 for a usage error, 3 if the audit could
    not be made.
    """
    from sample_engineering.api import audit as audit_labels
    from sample_engineering.generation.engines import read_options
    from sample_engineering.pool.sources import format_of

    try:
        if out is not None:
            format_of(out)  # before any work
        asks = model is not None or server is not None
        with counted("solving", "problems") if asks else nullcontext() as progress:
            found = audit_labels(
                pool,
                mapping=read_columns(mapping),
                checks=checks,
                model=model,
                server=server,
                engine=engine,
                engine_options=read_options(engine_options, engine, server),
                device=device,
                concurrency=concurrency,
                prices=prices,
                max_cost=max_cost,
                ray=ray,
                gpus=gpus,
                cpus=cpus,
                rollouts=rollouts,
                template=template,
                max_tokens=max_tokens,
                temperature=temperature,
                seed=seed,
                report=report,
                progress=progress,
                on_error=on_error.value,
            )
        if out is not None:
            found.write(out)
    except SampleEngineeringError as error:
        error.exit_status = FAILED
        raise
    if format is TableFormat.json:
        record = {
            "samples": len(found.ids),
            "checks": list(found.checks),
            "counts": found.counts(),
            "notes": list(found.notes),
            "findings": [item.to_dict() for item in found[:top]],
        }
        output.record(record)
    elif for_paper(format):
        print_paper(found, format, top=top)
    else:
        _print(found, top)
        if out is not None:
            output.line(f"wrote {len(found):,} findings to {out}")
    tell_page(report)
    if found.severe:
        raise typer.Exit(FOUND)


def _print(found: "Audit", top: int) -> None:
    from rich.table import Table
    from rich.text import Text

    from sample_engineering.text import visible

    def clean(text: str, style: str = "") -> Text:
        return Text(visible(" ".join(text.split()), keep=""), style)

    console = output.console(piped_width=_WIDTH)
    if len(found):
        table = Table(box=None, pad_edge=False, expand=True, padding=(0, 1, 0, 0))
        table.add_column("severity", no_wrap=True)
        table.add_column("check", no_wrap=True)
        table.add_column("sample", no_wrap=True, max_width=_ID_WIDTH, overflow="ellipsis")
        table.add_column("finding", ratio=1)
        for item in found[:top]:
            table.add_row(
                Text(item.severity, _STYLES[item.severity]),
                clean(item.check),
                clean(item.sample or "(the pool)"),
                clean(item.message),
            )
        console.print(table)
        if len(found) > top:
            console.print(f"... and {len(found) - top:,} more findings", style="dim")
        for check, counts in found.counts().items():
            said = ", ".join(f"{number:,} {name}" for name, number in counts.items() if number)
            console.print(clean(f"{check}: {said}", "dim"))
    console.print(clean(found.summary(), "bold"))
    for note in found.notes:
        console.print(clean(f"note: {note}"))
