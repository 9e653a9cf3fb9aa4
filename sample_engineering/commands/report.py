"""`se report`: one run as a card in the terminal and as an HTML page."""

from pathlib import Path
from typing import Annotated

import typer

from sample_engineering.errors import ConfigError


def report(
    run: Annotated[Path, typer.Argument(help="Run folder that se validate wrote.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Where the page shall lie; default: report.html in it."),
    ] = None,
    figures: Annotated[
        Path | None, typer.Option(help="Also write figures (.svg and .png) into this folder.")
    ] = None,
    page: Annotated[bool, typer.Option(help="Write the HTML page.")] = True,
    format_: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
) -> None:
    """Show what a run found, and write it as one self-contained HTML page."""
    import json

    from sample_engineering.report import Run

    if format_ not in ("table", "json"):
        raise ConfigError(f"--format {format_!r} is not known; use table or json")
    opened = Run.open(run)
    if format_ == "json":
        frame = opened.lift.to_frame() if opened.lift is not None else None
        habits = opened.behaviour
        record = {
            "sample_id": opened.sample_id,
            "verdict": opened.verdict.to_dict(),
            "lift": None if frame is None else json.loads(frame.to_json(orient="records")),
            "behaviour": None if habits is None else json.loads(habits.to_json(orient="records")),
            "problems": opened.problems,
        }
        typer.echo(json.dumps(record, indent=2))
    else:
        from rich.console import Console

        from sample_engineering.report.terminal import report_card

        Console().print(report_card(opened))
    written: list[Path] = []
    if figures is not None:
        from sample_engineering.report.figures import write_figures

        written += write_figures(opened, figures)
    if page:
        from sample_engineering.report.page import write_report

        written.append(write_report(opened, out))
    for path in written:
        typer.echo(f"written: {path}", err=format_ == "json")
