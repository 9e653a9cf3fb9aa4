"""`se judge`: may this model give rewards?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sample_engineering.commands import output
from sample_engineering.commands.options import (
    Format,
    FormatOption,
    JudgeOptions,
    Map,
    OnError,
    ReportPage,
    Seed,
    read_columns,
    read_mapping,
    shared,
)
from sample_engineering.commands.paper import tell_page
from sample_engineering.commands.progress import counted

if TYPE_CHECKING:
    from sample_engineering.judging import JudgeAudit

FAILED = 1  # it must not be used, or not enough was asked to say so
_WIDTH = 110  # of output that is not a terminal
_STYLES = {"within": "green", "above": "bold red", "not shown": "yellow"}


def judge(
    judge: Annotated[
        str,
        typer.Argument(
            metavar="MODEL[@URL]",
            help="The judge: MODEL@URL at an OpenAI-compatible server, or a local model.",
        ),
    ],
    pool: Annotated[
        str | None,
        typer.Option(
            metavar="POOL",
            help="Problems of which right and wrong answers are made, beside those that come with "
            "the package.",
        ),
    ] = None,
    judge_options: JudgeOptions = None,
    n: Annotated[int, typer.Option("--n", "-n", min=1, help="Cases of each kind.")] = 60,
    seed: Seed = 0,
    mapping: Map = None,
    on_error: Annotated[OnError | None, shared("on-error", "Default: skip.")] = None,
    out: Annotated[Path | None, shared("out", "The whole result (JSON).")] = None,
    report: ReportPage = None,
    format: FormatOption = Format.table,
) -> None:
    """Audit a judge model before it gives rewards.

    \b
    se judge qwen@http://localhost:8000/v1
    se judge qwen@http://localhost:8000/v1 --pool pool.jsonl --judge-option votes=3 \\
        --judge-option temperature=0.7 -o judge.json

    It is asked about answers whose truth is known: right and wrong, in the other order, padded,
    without content, hedged, with instructions to the judge, and once more. Shares have Wilson
    intervals of 95 %.

    Exit status: 0 if it may be used, 1 if it must not or too little was asked to tell.
    """
    from sample_engineering import api

    with counted("judging", "cases") as progress:
        found = api.audit_judge(
            judge,
            pool,
            judge_options=read_mapping(judge_options, "judge_options"),
            n=n,
            seed=seed,
            mapping=read_columns(mapping),
            on_error=None if on_error is None else on_error.value,
            out=out,
            report=report,
            progress=progress,
        )
    if format is Format.json:
        output.record(found.to_dict())
    else:
        _print(found)
        if out is not None:
            output.line(f"wrote {out}")
    tell_page(report)
    if not found.usable:
        raise typer.Exit(FAILED)


def _print(found: "JudgeAudit") -> None:
    from rich.table import Table
    from rich.text import Text

    from sample_engineering.text import visible

    console = output.console(piped_width=_WIDTH)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("cases", "of", "share", "95 %", "at most", "without", ""):
        table.add_column(name, justify="left" if name in ("cases", "") else "right", no_wrap=True)
    for one in found.findings:
        table.add_row(
            one.family,
            str(one.asked),
            f"{one.rate:.1%}",
            f"{one.low:.1%} to {one.high:.1%}",
            f"{one.limit:.0%}",
            "" if one.plain is None else f"{one.plain:.1%}",
            Text(one.told, _STYLES[one.told]),
        )
    console.print(table)
    for one in found.findings:
        console.print(Text(visible(f"{one.family}: {one.meaning}"), "dim"))
        if one.worst:
            console.print(Text(visible(f"  most often: {one.worst}"), "dim"))
    console.print(Text(visible(f"{found.judge}: {found.verdict} as a reward"), "bold"))
    for reason in found.reasons:
        console.print(Text(visible(f"  {reason}")))
    for note in found.notes:
        console.print(Text(visible(f"note: {note}")))
