"""`se report`: one run as a card in the terminal and as an HTML page."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sample_engineering.commands import output
from sample_engineering.commands.options import TableFormat, TableFormatOption, shared
from sample_engineering.commands.paper import for_paper, print_paper

if TYPE_CHECKING:
    from sample_engineering.report import Run


def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Run folder that se validate wrote.")],
    out: Annotated[
        Path | None, shared("out", "The page; default: report.html in the run folder.")
    ] = None,
    figures: Annotated[
        Path | None, typer.Option(help="Also write figures (.svg and .png) into this folder.")
    ] = None,
    page: Annotated[bool, typer.Option(help="Write the HTML page.")] = True,
    format: TableFormatOption = TableFormat.table,
) -> None:
    """Show what a run found, and write it as one HTML page.

    \b
    se report runs/best
    se report runs/best --no-page --format latex
    """
    from sample_engineering import api

    opened, written = api.report(run, out=out, figures=figures, page=page)
    if format is TableFormat.json:
        output.record(_record(opened))
    elif for_paper(format):
        print_paper(opened, format)
    else:
        from sample_engineering.report.card import report_card

        output.console().print(report_card(opened))
    for path in written:
        (output.line if format is TableFormat.table else output.tell)(f"written: {path}")


def _record(run: "Run") -> dict[str, Any]:
    import json

    habits = run.behaviour
    return {
        "sample_id": run.sample_id,
        "verdict": run.verdict.to_dict(),
        "lifts": {
            reading: json.loads(lift.to_frame().to_json(orient="records"))
            for reading, lift in run.lifts.items()
        },
        "behaviour": None if habits is None else json.loads(habits.to_json(orient="records")),
        "problems": run.problems,
    }
