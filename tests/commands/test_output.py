"""What every command prints: nothing that acts, JSON that is exact, one line where it fails."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from sample_engineering import cli
from sample_engineering.cli import app as se
from sample_engineering.commands import last_resort, output

_PACKAGE = Path(output.__file__).resolve().parents[1]
_ROOT = _PACKAGE.parent
_RUNNER = CliRunner()
# Markup of rich, window titles, cleared screens, one-byte sequences, turned and hidden text, moves.
HOSTILE = (
    "[/asy] [bold] [link=x]x[/] [a, b] \x1b]0;owned\x07 \x1b[2J\x1b[31m \x9b31m \x9d0;x\x9c "
    "\u202etxet\u2066 \u200b\u2060 \U000e0041\U000e007f \b\b\r\v\f\x7f end"
)
ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\U000e0000-\U000e007f]"
)


def _commands(command, path=()):
    if hasattr(command, "commands"):
        for name, child in command.commands.items():
            yield from _commands(child, (*path, name))
    else:
        yield " ".join(path), command


COMMANDS = dict(_commands(typer.main.get_command(se)))
# Print what is no result of a command: the protocols of our own child processes.
_PROTOCOLS = {
    "commands/output.py",
    "grading/worker.py",
    "generation/worker.py",
    "trainers/child.py",
    "trainers/preflight/trial.py",
    "synthesis/solved_apart.py",
    "harnesses/__main__.py",  # a path for a shell's $(...)
    "redaction.py",  # a traceback, where Python would print it
    "cli.py",  # the last line, when nothing else works any more
}


def _prints(tree):
    """Where a module writes to the terminal past the one home."""
    for node in ast.walk(tree):
        name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        if name in {"print", "typer.echo", "typer.secho", "Console", "rich.print"} or (
            name.startswith(("sys.stdout.", "sys.stderr.")) and name.endswith((".write", ".flush"))
        ):
            yield node.lineno


def test_only_one_module_prints():
    past = {
        f"{path.relative_to(_PACKAGE)}:{line}"
        for path in sorted(_PACKAGE.rglob("*.py"))
        if str(path.relative_to(_PACKAGE)) not in _PROTOCOLS
        for line in _prints(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert past == set()


def test_what_prints_is_seen():
    source = "Console(stderr=True)\nprint(1)\nsys.stdout.write('')\ntyper.echo(2)"
    assert set(_prints(ast.parse(source))) == {1, 2, 3, 4}


@given(st.text(), st.integers(0, 3))
def test_json_is_exact_and_shows_nothing_that_acts(text, indent):
    for unicode in (True, False):
        printed = output.as_json({text: [text]}, indent or None, unicode)
        assert json.loads(printed) == {text: [text]}
        assert not ACTING.search(printed)
        assert unicode or printed.isascii()


@given(st.text())
def test_a_line_and_a_table_show_nothing_that_acts(text):
    from rich.table import Table

    table = Table("a", text, title=text)
    table.add_row(text, text)
    console = output.console(piped_width=40)
    with console.capture() as caught:
        console.print(table)
        console.print(text)
    assert not ACTING.search(caught.get())


def _hostile_files(folder, text):
    """Write a pool, a log, a file to grade and a run whose every text is hostile."""
    ids = [f"{text} {number}" for number in range(3)]
    pool = [
        {"id": id_, "problem": f"Compute {text} {n}+1.", "answer": str(n + 1), "domain": text}
        for n, id_ in enumerate(ids)
    ]
    log = [
        {
            "id": id_,
            "prompt": f"Compute {text} {n}+1.",
            "completion": f"{text} \\boxed{{{k}}}",
            "reward": float(k == n + 1),
            "step": k,
            "gold": str(n + 1),
        }
        for n, id_ in enumerate(ids)
        for k in range(4)
    ]
    grade = [{"completion": f"{text} \\boxed{{{text}}}", "gold": "2", "id": text}] * 2
    for name, records in (("pool", pool), ("log", log), ("grade", grade)):
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as stream:
            stream.writelines(json.dumps(one) + "\n" for one in records)
    rates = [{"id": id_, "n": 8, "correct": 3} for id_ in ids]
    (folder / "rates.jsonl").write_text("\n".join(map(json.dumps, rates)), encoding="utf-8")
    return ids


# Commands that show foreign text, each in the forms in which it does.
SHOWN = [
    "rank pool.jsonl",
    "rank pool.jsonl --rates rates.jsonl",
    "rank pool.jsonl --explain ID",
    "rank pool.jsonl --where ID",
    "rank ID",
    "audit pool.jsonl",
    "history log.jsonl --pool pool.jsonl",
    "profile log.jsonl",
    "rescore log.jsonl --pool pool.jsonl",
    "grade grade.jsonl --audit audit.jsonl",
    "grade ID --gold 2",
    "grade 2 --gold ID",
    "probe pool.jsonl --model microcosm -n 1 --max-tokens 4 -o probed.jsonl",
    "synthesize --domains ID",
    "report ID",
    "compare ID ID",
    "leaderboard ID",
    "components ID",
    "microcosm benchmark --split ID",
    "polymath --move chain --parents ID",
    "validate pool.jsonl#ID --dry-run",
    "evaluate --benchmark ID",
    "search ID",
    "doctor --model ID",
]


def _run(words, capfd, monkeypatch):
    """Run `se` as its entry point does; return the status and all that it printed."""
    monkeypatch.setattr(sys, "argv", ["se", *words])
    status = 0
    try:
        cli.main()
    except SystemExit as end:
        status = end.code
    caught = capfd.readouterr()
    return status, caught.out, caught.err


@pytest.mark.parametrize("form", ["table", "json"])
@pytest.mark.parametrize("line", SHOWN)
def test_foreign_text_drives_no_terminal(line, form, tmp_path, capfd, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "1000")  # nothing is wrapped
    first = _hostile_files(tmp_path, HOSTILE)[0]
    words = [word.replace("ID", first) for word in line.split()] + ["--format", form]
    status, out, err = _run(words, capfd, monkeypatch)
    assert status in (0, 1, 2, 3, None), err
    assert not ACTING.search(out + err)
    if form == "json" and out:
        json.loads(out)
    elif (
        "owned" in out + err and "--domains" not in line
    ):  # and nothing before it was taken for markup
        assert "[/asy] [bold] [link=x]x[/] [a, b]" in out + err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_these(name):
    options = {spelling for one in COMMANDS[name].params for spelling in one.opts}
    needed = {"--quiet", "-q", "--debug", "--format"}
    assert needed - ({"--format"} if name in ("serve", "view") else set()) <= options
    assert _RUNNER.invoke(se, [*name.split(), "-h"]).exit_code == 0


def _fail_with(error, monkeypatch):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("sample_engineering.inventory.components", fail)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("bad [/asy]\n\x1b[2J"),
        KeyError("k"),
        RecursionError(),
        MemoryError(),
        OSError(5, "Input/output error"),
        ImportError("half an installation"),
        AssertionError,
    ],
)
def test_what_nobody_foresaw_is_one_line_with_a_file(error, capfd, monkeypatch):
    _fail_with(error, monkeypatch)
    status, out, err = _run(["components"], capfd, monkeypatch)
    assert (status, out) == (last_resort.EXIT_STATUS, "")
    assert err.count("\n") == 1
    assert not ACTING.search(err)
    log = Path(re.search(r"with (\S+\.log)", err)[1])
    assert "Traceback" in log.read_text(encoding="utf-8")
    log.unlink()


@pytest.mark.parametrize("asked", ["--debug", "SE_DEBUG"])
def test_a_traceback_is_shown_to_those_who_ask(asked, capfd, monkeypatch):
    _fail_with(ValueError("seen"), monkeypatch)
    if asked == "SE_DEBUG":
        monkeypatch.setenv("SE_DEBUG", "1")
    words = ["components"] + (["--debug"] if asked == "--debug" else [])
    with pytest.raises(ValueError, match="seen"):
        _run(words, capfd, monkeypatch)


@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt, 130), (BrokenPipeError, 1)])
def test_an_interruption_and_a_closed_pipe_are_no_faults(error, status, capfd, monkeypatch):
    _fail_with(error, monkeypatch)
    found, out, err = _run(["components"], capfd, monkeypatch)
    assert (found, out) == (status, "")
    assert err in ("", "interrupted\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("line", ["rank examples/pool.jsonl --top 1", "components --format json"])
def test_a_full_disk_is_one_line(line):
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "sample_engineering", *line.split()],
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            cwd=_ROOT,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("error: cannot write to standard output: No space left")
    assert done.stderr.count("\n") == 1


def test_quiet_leaves_the_result(tmp_path, capfd, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _hostile_files(tmp_path, "plain")
    words = ["rank", "pool.jsonl", "--top", "1", "-o", "ranked.jsonl"]
    _, loud, told = _run(words, capfd, monkeypatch)
    _, quiet, nothing = _run([*words, "--quiet"], capfd, monkeypatch)
    assert quiet == loud
    assert "wrote 1 candidate" in told
    assert nothing == ""
