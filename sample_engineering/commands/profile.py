"""`se profile`: what stored rollouts say of each problem."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sample_engineering.commands import output
from sample_engineering.commands.history import show_report
from sample_engineering.commands.options import (
    Format,
    FormatOption,
    MaxTokens,
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
from sample_engineering.text import count_of, visible

if TYPE_CHECKING:
    from sample_engineering.probing import ProblemProfile, Profile, StepProfile

_WIDTH = 110
_ID_WIDTH = 20
_SHOWN_STEPS = 12


def profile(
    context: typer.Context,
    rollouts: Annotated[
        list[str],
        typer.Argument(
            metavar="ROLLOUTS",
            help="Files, globs or folders, as se history reads them; or a pool with pass rates.",
        ),
    ],
    pool: PoolOfLog = None,
    group_size: Annotated[int | None, shared("group-size", "Default: 8.")] = None,
    max_tokens: MaxTokens = None,
    form: Annotated[
        str | None,
        typer.Option(help="Where the final answer stands: @(answer_form). Default: auto."),
    ] = None,
    reward_column: Reward = None,
    step_column: Step = None,
    id_column: ProblemId = None,
    threshold: Threshold = None,
    scale: Scale = None,
    out: Annotated[
        Path | None,
        shared("out", "A record a problem: .jsonl, .parquet or .csv, for se rank --rates."),
    ] = None,
    top: Annotated[int, shared("top", "Default: 20.")] = 20,
    format: FormatOption = Format.table,
    on_error: OnErrorOption = OnError.skip,
) -> None:
    """Profile stored rollouts: pass rates, answers, groups, lengths.

    \b
    se profile out/completions --pool pool.jsonl -o profile.jsonl
    se rank pool.jsonl --rates profile.jsonl
    """
    from sample_engineering import api

    found = api.profile(
        rollouts,
        out,
        pool=pool,
        group_size=group_size,
        max_tokens=max_tokens,
        form=form,
        reward_column=reward_column,
        step_column=step_column,
        id_column=id_column,
        threshold=threshold,
        scale=read_scale(scale),
        on_error=on_error.value,
    )
    if format is Format.json:
        output.record(found.to_dict())
    else:
        _print(found, top)
        show_report(found.report, context)
    if out is not None:
        output.tell(f"wrote {count_of(len(found), 'record')} to {out}")


def _print(found: "Profile", top: int) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    console = output.console(piped_width=_WIDTH)
    for line in found.lines():
        console.print(Text(visible(line)))

    def show(headings: list[str], rows: list[list[str]]) -> None:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        filled = [k for k in range(len(headings)) if any(row[k] for row in rows)]
        for k in filled:
            justify: Any = "right" if k else "left"
            width = _ID_WIDTH if k == 0 else None
            table.add_column(headings[k], justify=justify, max_width=width, no_wrap=True)
        for row in rows:
            table.add_row(*(Text(row[k], overflow="ellipsis") for k in filled))
        console.print(table)

    show(
        ["problem", "n", "rate", "90 %", "live", "entropy", "wrong", "length", "max", "cut"],
        [_row(problem) for problem in found[:top]],
    )
    if len(found) > top:
        console.print(f"... and {len(found) - top:,} more; --out writes all, --top shows more")
    if found.steps:
        every = max(1, -(-len(found.steps) // _SHOWN_STEPS))
        shown = [*found.steps[:-1:every], found.steps[-1]]
        show(
            ["step", "problems", "n", "rate", "live groups", "length", "cut"],
            [_step_row(step) for step in shown],
        )


def _row(one: "ProblemProfile") -> list[str]:
    interval = ""
    if one.pass_rate_low is not None and one.pass_rate_high is not None:
        interval = f"{one.pass_rate_low:.2f}-{one.pass_rate_high:.2f}"
    return [
        visible(one.id, keep=""),
        _cell(one.n, ",d"),
        f"{one.pass_rate:.2f}",
        interval,
        _cell(one.live_group_rate, ".2f"),
        _cell(one.answer_entropy, ".2f"),
        _cell(one.unique_wrong, "d"),
        _cell(one.length_median, ",.0f"),
        _cell(one.length_max, ",.0f"),
        _cell(one.truncated, ".0%"),
    ]


def _step_row(one: "StepProfile") -> list[str]:
    return [
        visible(str(one.step), keep=""),
        f"{one.problems:,}",
        f"{one.rollouts:,}",
        f"{one.pass_rate:.3f}",
        _cell(one.live_groups, ".0%"),
        _cell(one.length_median, ",.0f"),
        _cell(one.truncated, ".0%"),
    ]


def _cell(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)
