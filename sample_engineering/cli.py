"""The `se` command. Commands import what they need when they run, so that help is instant."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper
from typing import Any

import typer

from sample_engineering.commands import (
    audit,
    blend,
    compare,
    components,
    contamination,
    convert,
    doctor,
    evaluate,
    grade,
    history,
    judge,
    last_resort,
    leaderboard,
    microcosm,
    polymath,
    probe,
    profile,
    push,
    rank,
    report,
    rescore,
    search,
    serve,
    sweep,
    synthesize,
    validate,
    view,
)
from sample_engineering.commands.command import Command, Group
from sample_engineering.commands.output import line
from sample_engineering.errors import INTERRUPTED_STATUS, SampleEngineeringError
from sample_engineering.text import visible
from sample_engineering.version import __version__

app = typer.Typer(
    name="se",
    cls=Group,
    help="Sample engineering: find, compose and prove the one training sample.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_INSTALLED = "What is installed"
_COMMANDS: dict[str, tuple[Callable[..., Any], ...]] = {
    "Find, compose and prove a sample": (
        *(rank.rank, synthesize.synthesize, polymath.polymath, blend.blend),
        *(audit.audit, validate.validate, search.search, sweep.sweep),
    ),
    "Ask a model, grade its answers": (
        *(probe.probe, evaluate.evaluate, grade.grade, judge.judge),
        contamination.contamination,
    ),
    "Work with other trainers": (convert.convert, serve.serve, push.push),
    "Read the rollouts that trainers store": (history.history, profile.profile, rescore.rescore),
    "Read runs": (
        *(report.report, compare.compare, leaderboard.leaderboard),
        *(view.view, view.open_),
    ),
    _INSTALLED: (doctor.doctor, components.components),
}
for _panel, _commands in _COMMANDS.items():
    for _command in _commands:
        _name = _command.__name__.rstrip("_")  # open is taken in Python
        app.command(_name, cls=Command, rich_help_panel=_panel)(_command)
app.add_typer(microcosm.microcosm, rich_help_panel=_INSTALLED)


def _show_version(asked: bool) -> None:
    if asked:
        line(f"sample-engineering {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Print the version."
    ),
) -> None:
    pass


def main() -> None:
    """Run `se`; what goes wrong is one line on standard error and an exit status.

    0: done; 1: an error that its line explains; 2: a command line that cannot be read; 70: an error
    that nobody foresaw, with a file that holds its traceback; 130: interrupted. `se audit` has
    others of its own.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal without Unicode shows "\u2026" for "…"
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except SampleEngineeringError as error:
        if last_resort.wanted():
            raise
        _end(
            None if error.shown_elsewhere else f"error: {visible(' '.join(str(error).split()))}",
            error.exit_status,
        )
    except KeyboardInterrupt:  # before a command was at work, or after
        _end("interrupted", INTERRUPTED_STATUS)
    except BrokenPipeError:  # whoever read the output has seen enough
        _end(None, 1)
    except Exception as error:
        if last_resort.wanted():
            raise
        _end(last_resort.told(error), last_resort.EXIT_STATUS)


def _end(line: str | None, status: int) -> None:
    """Print the last line, and exit; a stream that nobody can write to is left alone."""
    for stream, text in ((sys.stdout, ""), (sys.stderr, f"{line}\n" if line else "")):
        try:
            stream.write(text)
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):  # Python would try again, and complain
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(status)
