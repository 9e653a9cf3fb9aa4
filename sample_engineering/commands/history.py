"""`se history`: rollouts in the logs of a training become histories."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sample_engineering.commands import output
from sample_engineering.commands.command import say
from sample_engineering.commands.options import (
    Format,
    FormatOption,
    OnError,
    OnErrorOption,
    PoolOfLog,
    ProblemId,
    Reward,
    Scale,
    Step,
    Threshold,
    read_scale,
    shared,
)
from sample_engineering.commands.skipped import show_skipped
from sample_engineering.text import count_of, visible

if TYPE_CHECKING:
    from sample_engineering.rollouts import LogReport


def history(
    context: typer.Context,
    logs: Annotated[
        list[str],
        typer.Argument(
            metavar="LOGS",
            help="Files, globs or folders: completions of TRL, rollouts of verl, OpenRLHF, LIMR, "
            "verifiers or NeMo Gym, samples of inspect or lm-eval, tables of wandb, CSV, Parquet, "
            ".npy, records of se probe, run folders.",
        ),
    ],
    pool: PoolOfLog = None,
    reward_column: Reward = None,
    step_column: Step = None,
    id_column: ProblemId = None,
    threshold: Threshold = None,
    scale: Scale = None,
    out: Annotated[
        Path | None, shared("out", "Histories: .jsonl, .parquet or .csv, for se rank --history.")
    ] = None,
    format: FormatOption = Format.table,
    on_error: OnErrorOption = OnError.skip,
) -> None:
    """Group the rollouts that a training logged into histories.

    Says what was taken for what.

    \b
    se history out/completions --pool pool.jsonl -o history.jsonl
    se history rollouts/*.jsonl --reward-column score --threshold 1 -o h.jsonl
    """
    from sample_engineering import api

    found = api.history(
        logs,
        out,
        pool=pool,
        reward_column=reward_column,
        step_column=step_column,
        id_column=id_column,
        threshold=threshold,
        scale=read_scale(scale),
        on_error=on_error.value,
    )
    if format is Format.json:
        record = {"histories": len(found), **found.report.to_dict()}
        output.record(record)
    else:
        output.line(f"{count_of(len(found), 'problem')}, {found.report.visits_in_words}")
        show_report(found.report, context)
    if out is not None:
        output.tell(f"wrote {count_of(len(found), 'record')} to {out}")


def show_report(report: "LogReport", context: typer.Context) -> None:
    """Print what reading a log met."""
    for line in report.lines():
        output.line(f"- {visible(say(line, context), keep='')}")
    show_skipped(report.problems)
