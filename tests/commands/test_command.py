"""What every command does alike: errors in its own words, help that names components."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from sample_engineering import registry
from sample_engineering.cli import app as se
from sample_engineering.commands.command import Command, given, refuse
from sample_engineering.commands.options import (
    SHARED,
    Format,
    FormatOption,
    Rollouts,
    Seed,
    shared,
)
from sample_engineering.errors import ConfigError
from sample_engineering.generation.prompts import TEMPLATES
from sample_engineering.pool import read_pool

_RUNNER = CliRunner()
_MESSAGE = "`rollouts` and `format`, `run`, `by` of `list`; say `seed`=3, or `lim >= 0.6`"


def _app() -> typer.Typer:
    app = typer.Typer()

    def measure(
        context: typer.Context,
        run: Annotated[str, typer.Argument(metavar="RUN")],
        n: Rollouts = 4,
        format_: FormatOption = Format.table,
        seed: Seed = 0,
        list_: Annotated[bool, typer.Option("--list")] = False,
        settings: Annotated[list[str] | None, typer.Option("--set")] = None,
        tagger: Annotated[str, shared("tagger", "Slow.")] = "builtin",
    ) -> None:
        if settings:
            typer.echo(f"{settings} {given(context)}")
            refuse(context, ["seed", "format_"], "say nothing with `settings`; leave them out")
            return
        raise ConfigError(_MESSAGE)

    app.command(cls=Command)(measure)
    return app


def test_an_error_speaks_of_options_where_the_command_has_them():
    error = _RUNNER.invoke(_app(), ["somewhere"]).exception
    assert isinstance(error, ConfigError)
    assert str(error) == (
        "--rollouts and --format, RUN, by of --list; say --seed=3, or `lim >= 0.6`"
    )


def test_what_was_given_is_known_and_what_would_be_ignored_is_named():
    done = _RUNNER.invoke(_app(), ["x", "--set", "a=1", "--set", "b=2"])
    assert done.exit_code == 0
    assert done.output == "['a=1', 'b=2'] ('settings', 'run')\n"
    error = _RUNNER.invoke(_app(), ["x", "--set", "a=1", "--seed", "0"]).exception
    assert str(error) == "--seed say nothing with --set; leave them out"


@pytest.mark.parametrize("option", ["--seed=1", "-n=3", "--format=json"])
def test_an_option_given_twice_is_a_usage_error(option):
    done = _RUNNER.invoke(_app(), ["x", option, option])
    assert done.exit_code == 2
    assert "given twice" in done.output


def test_an_interrupted_command_says_so():
    app = typer.Typer()

    def wait() -> None:
        raise KeyboardInterrupt

    app.command(cls=Command)(wait)
    done = _RUNNER.invoke(app, [])
    assert (done.exit_code, done.stderr) == (130, "interrupted\n")


def test_help_names_the_components_that_are_installed():
    registry.register("tagger", "brevity", "nowhere:nothing")
    try:
        text = " ".join(_RUNNER.invoke(_app(), ["--help"]).output.replace("│", "").split())
    finally:
        registry.unregister("tagger", "brevity")
    assert "brevity. Slow." in text


def test_help_breaks_lines_where_the_terminal_ends_and_shows_no_value_for_a_switch():
    app = typer.Typer()

    def tell(
        loud: Annotated[bool, typer.Option("--loud")] = False,
    ) -> None:
        """Say it.

        A paragraph whose first line ends in the source after these words, well before the margin:
        here
        it goes on.

        \b
        tell --loud
        tell
        """

    app.command(cls=Command)(tell)
    lines = [line.strip(" │") for line in _RUNNER.invoke(app, ["--help"]).output.splitlines()]
    assert "margin: here it goes on." in " ".join(lines)
    assert "here" not in lines
    assert lines[lines.index("tell --loud") + 1] == "tell"
    assert not any("<bool>" in line for line in lines)


def _needed(command):
    return [one for one in command.params if one.param_type_name == "argument"]


def test_an_error_is_one_harmless_line_and_status_one():
    done = subprocess.run(
        [sys.executable, "-m", "sample_engineering", "report", "no\x1b[2Jwhere\nat all"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert "no\ufffd[2Jwhere at all" in done.stderr


def _commands(command, path=()):
    if hasattr(command, "commands"):
        for name, child in command.commands.items():
            yield from _commands(child, (*path, name))
    else:
        yield " ".join(path), command


COMMANDS = dict(_commands(typer.main.get_command(se)))
# What has the name of a shared option and means something else: a run folder, a training seed.
OF_ITS_OWN = {
    "polymath": {"--model", "--out", "--rollouts", "--seed"},
    "push": {"--model", "--out", "--seed"},
    "search": {"--out"},
    "sweep": {"--out", "--top"},
    "validate": {"--model", "--out", "--reward", "--seed"},
    "doctor": {"--gpus"},
    "microcosm build": {"--out", "--device"},
}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_speaks_so_and_shares_its_options(name):
    assert isinstance(COMMANDS[name], Command)
    for parameter in COMMANDS[name].params:
        spelling = max(parameter.opts, key=len)
        known = SHARED.get(spelling.removeprefix("--")) if spelling.startswith("--") else None
        if known is not None and spelling not in OF_ITS_OWN.get(name, ()):
            assert parameter.help.startswith(known.help), spelling
            assert known.short is None or known.short in parameter.opts, spelling


@pytest.mark.parametrize("name", COMMANDS)
def test_arguments_stand_in_capitals_and_switches_alone(name):
    shown = _RUNNER.invoke(se, [*name.split(), "--help"]).output
    assert "<bool>" not in shown
    usage = next(line for line in shown.splitlines() if "Usage:" in line)
    assert not {"{", "}"} & set(usage)
    for argument in _needed(COMMANDS[name]):
        assert argument.metavar, name
        assert argument.metavar.isupper()
        assert argument.metavar in usage


def test_the_templates_that_help_names_are_there():
    for name in ("boxed", "chat", "qwen-math"):
        assert name in SHARED["template"].help
        assert name in TEMPLATES


def test_every_shared_option_is_used():
    used = [max(p.opts, key=len) for command in COMMANDS.values() for p in command.params]
    for name in SHARED:
        assert f"--{name}" in used, name


def test_a_terminal_without_unicode_loses_nothing():
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "sample_engineering", "rank", "examples/pool.jsonl", "--top", "1"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        cwd=root,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    ids = [sample.id.encode() for sample in read_pool(root / "examples" / "pool.jsonl")]
    assert sum(id_ in done.stdout for id_ in ids) == 1
    assert b"\\u2026" in done.stdout
