"""`se leaderboard`: samples ranked by lift with uncertainty."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sample_engineering.commands.options import Format, FormatOption, Top, shared
from sample_engineering.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd


def leaderboard(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Folder in which run folders lie.")
    ],
    top: Top = None,
    out: Annotated[Path | None, shared("out", "All columns, as .csv, .parquet or .json.")] = None,
    format: FormatOption = Format.table,
) -> None:
    """Rank the samples of all runs in a folder by lift, with the interval of each rank.

    Several runs of one sample count as its training seeds. Runs with another base model or
    benchmark get a table of their own.
    """
    import json

    from sample_engineering import api
    from sample_engineering.commands.progress import counted

    if out is not None and out.suffix not in (".csv", ".parquet", ".json"):
        raise ConfigError(
            f"`out` is no .csv, .parquet or .json file: {out}; name it as one of these"
        )
    with counted("reading", "runs") as progress:
        board = api.leaderboard(folder, progress=progress)
    if out is not None:
        _write(board.to_pandas(), out)
    if format is Format.json:
        tables = [
            {
                "model": model,
                "benchmark": benchmark,
                "samples": json.loads(_first(frame, top).to_json(orient="records")),
            }
            for (model, benchmark), frame in board.tables.items()
        ]
        typer.echo(json.dumps({"tables": tables, "left_out": board.left_out}, indent=2))
        return
    from rich.console import Console

    from sample_engineering.report.terminal import clean, domains_table, leaderboard_table
    from sample_engineering.text import count_of

    console = Console()
    for (model, benchmark), frame in board.tables.items():
        title = (
            f"{count_of(len(frame), 'sample')} by lift in percentage points: {model} on {benchmark}"
        )
        shown = _first(frame, top)
        console.print(leaderboard_table(shown, title))
        console.print()
        if (domains := domains_table(shown, "sample")) is not None:
            console.print(domains)
            console.print()
    for name, reason in board.left_out:
        console.print(clean(f"left out {name}: {reason}"), style="yellow")


def _first(frame: "pd.DataFrame", top: int | None) -> "pd.DataFrame":
    return frame if top is None else frame.head(top)


def _write(frame: "pd.DataFrame", out: Path) -> None:
    from sample_engineering.files import write_whole

    if out.suffix == ".parquet":
        with write_whole(out, "wb") as stream:
            frame.to_parquet(stream, index=False)
        return
    with write_whole(out) as stream:
        if out.suffix == ".csv":
            frame.to_csv(stream, index=False)
        else:
            frame.to_json(stream, orient="records", indent=2)
