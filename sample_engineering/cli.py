"""The `se` command. Commands import what they need when they run, so that help is instant."""

import sys

import typer

from sample_engineering.errors import SampleEngineeringError

app = typer.Typer(
    name="se",
    help="Sample engineering: find, compose and prove the one training sample.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


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
