"""`se compare`: lifts of several runs and whether they differ."""

from pathlib import Path
from typing import Annotated

import typer

from sample_engineering.commands import output
from sample_engineering.commands.options import ReportPage, TableFormat, TableFormatOption, shared
from sample_engineering.commands.paper import for_paper, print_paper, tell_page


def compare(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN", help="Run folders.")],
    arms: Annotated[
        str | None,
        typer.Option(
            help="Arms of the folders, by name with commas, or all; default: the trained model of "
            "each. With it one folder is enough.",
            metavar="NAME,NAME|all",
        ),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(
            help="Compare every other with this one, as the table calls it; default: all pairs, of "
            "many the best.",
            metavar="NAME",
        ),
    ] = None,
    out: Annotated[Path | None, shared("out", "Both tables, as .json.")] = None,
    report: ReportPage = None,
    format: TableFormatOption = TableFormat.table,
) -> None:
    """Compare the lifts of runs, and how significantly they differ.

    \b
    se compare runs/one runs/other
    se compare runs/* --report compared.html

    Each reading is compared by itself, item by item. Runs on another benchmark, with other steps,
    or trained or asked otherwise are not compared.
    """
    import json

    from sample_engineering import api
    from sample_engineering.files import write_json

    found = api.compare(runs, arms=arms, baseline=baseline, report=report)
    tell_page(report)
    record = {
        "runs": json.loads(found.runs.to_json(orient="records")),
        "differences": json.loads(found.differences.to_json(orient="records")),
        "notes": found.notes,
    }
    if out is not None:
        write_json(out, record)
    if format is TableFormat.json:
        output.record(record)
        return
    if for_paper(format):
        print_paper(found, format)
        return

    from sample_engineering.report.terminal import (
        clean,
        differences_table,
        domains_table,
        runs_table,
    )

    console = output.console()
    console.print(runs_table(found.runs))
    console.print()
    if (domains := domains_table(found.runs, "run", "reading")) is not None:
        console.print(domains)
        console.print()
    if not found.differences.empty:
        console.print(differences_table(found.differences))
        console.print()
    for note in found.notes:
        console.print(clean(f"note: {note}", "yellow"))
