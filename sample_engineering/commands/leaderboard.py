"""`se leaderboard`: samples ranked by lift with uncertainty."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sample_engineering.commands import output
from sample_engineering.commands.options import (
    ReportPage,
    TableFormat,
    TableFormatOption,
    Top,
    shared,
)
from sample_engineering.commands.paper import for_paper, print_paper, tell_page
from sample_engineering.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd


def leaderboard(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Folder in which run folders lie.")
    ],
    top: Top = None,
    out: Annotated[Path | None, shared("out", "All columns, as .csv, .parquet or .json.")] = None,
    report: ReportPage = None,
    format: TableFormatOption = TableFormat.table,
) -> None:
    """Rank the samples of all runs in a folder by their lift.

    \b
    se leaderboard runs
    se leaderboard runs --report board.html

    Several runs of one sample count as its training seeds, copies of a run once. Runs with another
    base model, benchmark, protocol or number of steps get a table of their own, and so does each
    reading.
    """
    from sample_engineering import api
    from sample_engineering.commands.progress import counted

    if out is not None and out.suffix not in (".csv", ".parquet", ".json"):
        raise ConfigError(
            f"`out` is no .csv, .parquet or .json file: {out}; name it as one of these"
        )
    with counted("reading", "runs") as progress:
        board = api.leaderboard(folder, report=report, progress=progress)
    tell_page(report)
    if out is not None:
        _write(board.to_pandas(), out)
    if format is TableFormat.json:
        tables = [
            {**condition._asdict(), "samples": _records(_first(frame, top))}
            for condition, frame in board.tables.items()
        ]
        record = {"tables": tables, "left_out": board.left_out, "copies": board.copies}
        output.record(record)
        return
    if for_paper(format):
        print_paper(board, format, top=top)
        return

    from sample_engineering.report.terminal import clean, domains_table, leaderboard_table
    from sample_engineering.text import count_of

    console = output.console()
    for condition, frame in board.tables.items():
        title = f"{count_of(len(frame), 'sample')} by lift in percentage points: {condition}"
        shown = _first(frame, top)
        console.print(leaderboard_table(shown, title))
        console.print()
        if (domains := domains_table(shown, "sample")) is not None:
            console.print(domains)
            console.print()
    for note in board.notes:
        console.print(clean(note), style="yellow")


def _records(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    import json

    records: list[dict[str, Any]] = json.loads(frame.to_json(orient="records"))
    return records


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
