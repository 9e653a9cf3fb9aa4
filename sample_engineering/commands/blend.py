"""`se blend`: a pool in chosen shares of its domains, in one form of question."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sample_engineering.commands import output
from sample_engineering.commands.options import (
    Format,
    FormatOption,
    Map,
    OnError,
    OnErrorOption,
    read_columns,
    shared,
)
from sample_engineering.text import count_of

if TYPE_CHECKING:
    from sample_engineering.blending.blend import Blend


class By(StrEnum):
    """What the parts of a blend are."""

    domain = "domain"
    form = "form"
    source = "source"
    kind = "kind"


class Form(StrEnum):
    """The form of a question."""

    open = "open"
    choice = "choice"


def blend(
    pool: Annotated[
        list[str], typer.Argument(metavar="POOL...", help="Candidates, in the formats of se rank.")
    ],
    ratio: Annotated[
        str | None,
        typer.Option(
            metavar="PARTS", help="Weights of the parts: math=2,physics=1. Default: as they are."
        ),
    ] = None,
    by: Annotated[By, typer.Option(help="What the parts are.")] = By.domain,
    n: Annotated[
        int | None,
        typer.Option(
            "-n", "--n", help="Samples of the blend. Default: as many as leave no part short."
        ),
    ] = None,
    form: Annotated[
        Form | None,
        typer.Option(
            help="Bring all into one form: multiple choice, or open; what cannot be is left out."
        ),
    ] = None,
    options: Annotated[
        int | None, typer.Option(help="Of a choice that is made, 2 to 10. Default: 4.")
    ] = None,
    max_words: Annotated[
        int | None, typer.Option(help="Longest open answer that is kept. Default: 10.")
    ] = None,
    out: Annotated[Path | None, shared("out", "The blend: .jsonl, .parquet or .csv.")] = None,
    seed: Annotated[
        int | None, shared("seed", "Of the draw, the order and the wrong options; default: 0.")
    ] = None,
    mapping: Map = None,
    on_error: OnErrorOption = OnError.skip,
    format: FormatOption = Format.table,
) -> None:
    """Mix a pool by ratio: what a rule can verify, in one form.

    \b
    se blend pool.jsonl --ratio math=2,physics=1 -o blend.jsonl
    se blend pool.jsonl --form open --by source --n 300 -o open.jsonl

    A part that has too few is not filled up from others. After Nemotron-CrossThink
    (arXiv 2504.13941).
    """
    from sample_engineering import api

    found = api.blend(
        pool[0] if len(pool) == 1 else pool,
        out,
        ratio=ratio,
        by=by.value,
        n=n,
        form=None if form is None else form.value,
        options=options,
        max_words=max_words,
        seed=seed,
        mapping=read_columns(mapping),
        on_error=on_error.value,
    )
    if format is Format.json:
        output.record(found.to_dict())
    else:
        _print(found)
    if out is not None:
        output.tell(f"wrote {count_of(len(found), 'sample')} to {out}")


def _print(found: "Blend") -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from sample_engineering.commands.rank_evaluation import wide_console
    from sample_engineering.selectors.table import short

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(found.by, no_wrap=True)
    for heading in ("share", "in the pool", "wanted", "drawn"):
        table.add_column(heading, justify="right")
    for part in found.parts:
        table.add_row(
            Text(short(part.name)),
            f"{part.share:.1%}",
            f"{part.there:,}",
            f"{part.wanted:,}",
            f"{part.drawn:,}",
        )
    console = wide_console()
    console.print(table)
    made = f", {found.remade:,} brought into the other form" if found.remade else ""
    console.print(Text(f"{count_of(len(found), 'sample')} of {found.read:,}{made}.", style="bold"))
    for why, count in found.left_out.items():
        output.line(f"left out: {count:,}, {short(why)}")
    for note in found.notes:
        output.line(f"note: {short(note)}")
