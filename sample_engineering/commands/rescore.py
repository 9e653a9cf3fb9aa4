"""`se rescore`: stored completions, graded anew."""

from pathlib import Path
from typing import Annotated

import typer

from sample_engineering.commands import output
from sample_engineering.commands.command import say
from sample_engineering.commands.history import show_report
from sample_engineering.commands.options import (
    Format,
    FormatOption,
    Kind,
    OnError,
    OnErrorOption,
    ProblemId,
    Reward,
    Scale,
    Step,
    Threshold,
    Tolerance,
    Unit,
    UnitsAllowed,
    read_scale,
    shared,
)
from sample_engineering.text import visible


def rescore(
    context: typer.Context,
    rollouts: Annotated[
        list[str],
        typer.Argument(
            metavar="ROLLOUTS",
            help="Files, globs or folders with completions, as se history reads them.",
        ),
    ],
    pool: Annotated[
        str | None,
        typer.Option(metavar="POOL", help="The candidates, whose golds count; else the log's."),
    ] = None,
    kind: Kind = None,
    unit: Unit = None,
    tolerance: Tolerance = None,
    form: Annotated[
        str | None,
        typer.Option(
            help="Where the final answer stands: @(answer_form). Default: that of the run that"
            " wrote the log, else auto, which is a box if there is one, else the text."
        ),
    ] = None,
    units_allowed: UnitsAllowed = True,
    out: Annotated[
        Path | None, shared("out", "The rows with their new reward (.jsonl), for se history.")
    ] = None,
    flips: Annotated[
        Path | None, typer.Option(help="File for all changed verdicts (.jsonl).")
    ] = None,
    reward_column: Reward = None,
    step_column: Step = None,
    id_column: ProblemId = None,
    threshold: Threshold = None,
    scale: Scale = None,
    top: Annotated[int, shared("top", "Flips; default: 20.")] = 20,
    format: FormatOption = Format.table,
    on_error: OnErrorOption = OnError.skip,
) -> None:
    """Grade stored completions anew, and list every flip.

    Nothing is sampled again.

    \b
    se rescore completions/ --pool pool.jsonl --tolerance 0.005 -o rescored.jsonl
    se rescore rollouts/ --form boxed --flips flips.jsonl
    """
    from sample_engineering import api

    result = api.rescore(
        rollouts,
        out,
        pool=pool,
        kind=kind,
        unit=unit,
        tolerance=tolerance,
        form=form,
        units_allowed=units_allowed,
        flips=flips,
        reward_column=reward_column,
        step_column=step_column,
        id_column=id_column,
        threshold=threshold,
        scale=read_scale(scale),
        on_error=on_error.value,
    )
    if format is Format.json:
        record = result.to_dict() | {"flips": result.to_dict()["flips"][:top]}
        output.record(record)
    else:
        for line in result.lines():
            output.line(visible(say(line, context), keep=""))
        for flip in result.flips[:top]:
            output.line(f"  {visible(str(flip), keep='')}")
        more = result.wrong_to_right + result.right_to_wrong - min(top, len(result.flips))
        if more > 0:
            output.line(f"  ... and {more:,} more; --flips writes all")
        show_report(result.report, context)
    output.tell(f"graded in {result.seconds:.1f} s")
    for place in (out, flips):
        if place is not None:
            output.tell(f"wrote {place}")
