"""The `se` command. Commands import what they need when they run, so that help is instant."""

import sys
from collections.abc import Callable
from io import TextIOWrapper
from typing import Any

import typer

from sample_engineering.commands import (
    audit,
    compare,
    components,
    doctor,
    evaluate,
    grade,
    history,
    leaderboard,
    microcosm,
    polymath,
    probe,
    profile,
    rank,
    report,
    rescore,
    search,
    serve,
    synthesize,
    validate,
)
from sample_engineering.commands.command import Command, Group
from sample_engineering.errors import SampleEngineeringError
from sample_engineering.text import visible
from sample_engineering.version import __version__

app = typer.Typer(
    name="se",
    cls=Group,
    help="Sample engineering: find, compose and prove the one training sample.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
_INSTALLED = "What is installed"
_COMMANDS: dict[str, tuple[Callable[..., Any], ...]] = {
    "Find, compose and prove a sample": (
        *(rank.rank, synthesize.synthesize, polymath.polymath),
        *(audit.audit, validate.validate, search.search),
    ),
    "Ask a model, grade its answers": (probe.probe, evaluate.evaluate, grade.grade),
    "Work with other trainers": (serve.serve,),
    "Read the rollouts that trainers store": (history.history, profile.profile, rescore.rescore),
    "Read runs": (report.report, compare.compare, leaderboard.leaderboard),
    _INSTALLED: (doctor.doctor, components.components),
}
for _panel, _commands in _COMMANDS.items():
    for _command in _commands:
        app.command(cls=Command, rich_help_panel=_panel)(_command)
app.add_typer(microcosm.microcosm, rich_help_panel=_INSTALLED)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"sample-engineering {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Print the version."
    ),
) -> None:
    pass


def main() -> None:
    """Run `se`; errors raised on purpose become one line on standard error and a status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal without Unicode shows "\u2026" for "…"
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except SampleEngineeringError as error:
        if not error.shown_elsewhere:
            sys.stderr.write(f"error: {visible(' '.join(str(error).split()))}\n")
        sys.exit(error.exit_status)
