"""`se convert`: candidates into the files of other tools."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from sample_engineering.commands import output
from sample_engineering.commands.command import say
from sample_engineering.commands.options import (
    Format,
    FormatOption,
    Map,
    OnError,
    OnErrorOption,
    System,
    Template,
    read_columns,
    shared,
)
from sample_engineering.text import count_of


def convert(
    context: typer.Context,
    pool: Annotated[
        list[str],
        typer.Argument(
            metavar="POOL...", help="Candidates, in the formats of se rank; FILE#ID picks one."
        ),
    ],
    out: Annotated[Path, shared("out", "Its ending is one that the tool opens.")],
    to: Annotated[str, typer.Option(help="Format: @(format).")],
    template: Template = None,
    system: System = None,
    repeat: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Write each row so often, as a batch of one sample. Default: once; 128 for "
            "verl-r128.",
        ),
    ] = None,
    mapping: Map = None,
    on_error: OnErrorOption = OnError.skip,
    images: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Where the paths of images lie; default: beside the file."
        ),
    ] = None,
    fetch_images: Annotated[
        str | None,
        typer.Option(
            metavar="HOSTS", help="Fetch images from these hosts, with commas, and from no others."
        ),
    ] = None,
    format: FormatOption = Format.table,
) -> None:
    """Write candidates as verl, TRL, OpenRLHF and others read them.

    \b
    se convert pool.jsonl -o train.parquet --to verl
    se convert best.jsonl -o pi_r128.parquet --to verl-r128
    se convert train.parquet -o train.jsonl --to trl-chat --template qwen-math

    The pool may be in any of the formats. docs/convert.md says what each holds.
    """
    from sample_engineering import api

    done = api.convert(
        pool[0] if len(pool) == 1 else pool,
        out,
        to=to,
        template=template,
        system=system,
        repeat=repeat,
        mapping=read_columns(mapping),
        on_error=on_error.value,
        images=images,
        fetch_images=fetch_images,
    )
    if format is Format.json:
        output.record(asdict(done), indent=None)
        return
    rows = "" if done.rows == done.samples else f" in {count_of(done.rows, 'row')}"
    output.line(f"{done.out}: {count_of(done.samples, 'sample')}{rows} for {done.to}")
    for note in done.notes:
        output.line(f"note: {say(note, context)}")
