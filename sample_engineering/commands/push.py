"""`se push`: a data set or a model with its card, for the Hugging Face hub."""

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
    read_columns,
    shared,
)


def push(
    context: typer.Context,
    repo: Annotated[str, typer.Argument(metavar="REPO", help="OWNER/NAME on the hub.")],
    pool: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="POOL",
            help="The samples, in the formats of se rank; FILE#ID picks one. Default: those of "
            "--runs.",
        ),
    ] = None,
    runs: Annotated[
        list[Path] | None,
        typer.Option(metavar="RUN", help="Run folder that validates one of them; repeat it."),
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(metavar="RUN", help="Push the model of this run folder, with its card."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Training seed of the model; default: 0.")
    ] = None,
    license: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="By its name on the hub, e.g. cc-by-4.0. Default: what all samples state, or the "
            "base model's.",
        ),
    ] = None,
    parquet: Annotated[
        bool, typer.Option("--parquet", help="Samples as Parquet instead of JSON Lines.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder for all of it; default: pushed/OWNER--NAME."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Upload it. Without, nothing leaves this machine.")
    ] = False,
    public: Annotated[
        bool, typer.Option("--public", help="Let all see the repository, if it is made.")
    ] = False,
    mapping: Map = None,
    on_error: Annotated[OnError | None, shared("on-error", "Of a file; default: fail.")] = None,
    format: FormatOption = Format.table,
) -> None:
    """Write a repository of the Hugging Face hub with its card, and upload it with --yes.

    \b
    se push me/one-problem best.jsonl --runs runs/best --license cc-by-4.0
    se push me/one-problem best.jsonl --runs runs/best --license cc-by-4.0 --yes
    se push me/trained --model runs/best --seed 0

    Without --yes all is written into a folder and listed, and nothing leaves this machine.
    """
    from sample_engineering import api

    given = pool or []
    done = api.push(
        repo,
        None if not given else given[0] if len(given) == 1 else given,
        runs=tuple(runs or ()),
        model=model,
        seed=seed,
        license=license,
        parquet=parquet,
        out=out,
        yes=yes,
        public=public,
        mapping=read_columns(mapping),
        on_error=None if on_error is None else on_error.value,
    )
    if format is Format.json:
        output.record(done.to_dict())
        return
    for one in done.files:
        output.line(f"{one.size:>12,}  {one.sha256[:12]}  {one.path}")
    output.line(f"folder: {done.folder}")
    output.line(done.summary())
    for note in done.notes:
        output.line(f"note: {say(note, context)}")
    if not done.uploaded:
        output.tell(f"look at {done.folder / 'README.md'}; to upload, add --yes")
