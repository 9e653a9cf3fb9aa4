"""The `se` command. Commands import what they need when they run, so that help is instant."""

import sys
from importlib import import_module
from importlib.util import find_spec

import typer

from sample_engineering import __version__
from sample_engineering.errors import SampleEngineeringError

COMMANDS = (
    "rank",
    "synthesize",
    "validate",
    "probe",
    "grade",
    "evaluate",
    "compare",
    "leaderboard",
    "report",
)

app = typer.Typer(
    name="se",
    help="Sample engineering: find, compose and prove the one training sample.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


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


for _name in COMMANDS:
    if find_spec(f"sample_engineering.commands.{_name}") is not None:
        app.command(_name)(getattr(import_module(f"sample_engineering.commands.{_name}"), _name))
if find_spec("sample_engineering.commands.microcosm") is not None:
    app.add_typer(import_module("sample_engineering.commands.microcosm").microcosm)


def main() -> None:
    """Run `se`; errors raised on purpose become one line on standard error and status 1."""
    try:
        app()
    except SampleEngineeringError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(130)
