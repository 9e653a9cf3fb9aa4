"""`se view` and `se open`: runs in the browser."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from sample_engineering.commands import output
from sample_engineering.commands.options import Format, FormatOption


def view(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Folder in which runs and pages lie.")
    ] = Path("runs"),
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; default: a free one.")
    ] = None,
    browser: Annotated[bool, typer.Option("--browser", help="Open the list in a browser.")] = False,
) -> None:
    """Show the runs of a folder in the browser, live while one is going on.

    \b
    se view runs
    se view runs --port 8123 --browser

    Runs with their verdicts, state and age, the page of each, and pages that --report wrote. Only
    this machine is answered; Ctrl-C ends it.
    """
    from sample_engineering import api

    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with api.view(folder, port=port, browser=browser) as viewer:
        output.line(f"{folder} is shown at {viewer.url}; Ctrl-C ends it")
        ended.wait()
    output.tell("ended")


def open_(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Run folder that se validate wrote.")],
    browser: Annotated[
        bool, typer.Option(help="Open it; without, only its path is printed.")
    ] = True,
    format: FormatOption = Format.table,
) -> None:
    """Open the page of a run in the browser, written anew, and print where it is.

    \b
    se open runs/best
    se open runs/best --no-browser

    While a run is going on, se view shows its page live.
    """
    from sample_engineering import api

    page = str(api.open_page(run, browser=browser))
    if format is Format.json:
        output.record({"page": page})
    else:
        output.line(page)
