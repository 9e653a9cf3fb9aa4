"""What the documentation tells to type exists, down to options and keywords; tutorials run.

A page of the lab notebook says what was run then, with the options of its day, and is not held to
it.
"""

import ast
import importlib.util
import inspect
import re
import shlex
from pathlib import Path

import pytest
import typer

import sample_engineering as se
from sample_engineering.cli import app

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("tutorials", ROOT / "scripts" / "tutorials.py")
tutorials = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(tutorials)

PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "tutorials").glob("*.md")),
]
_INDENTED = re.compile(r"(?:^(?: {4}|\t).*\n)(?:^(?:(?: {4}|\t).*)?\n)*", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_PLACEHOLDER = "..."  # of arguments that are left out
_GROUP = typer.main.get_command(app)


def _shell(text):
    """Shell code of a page: fenced blocks, and indented ones that begin with a command."""
    for block in tutorials.blocks(text):
        if block.language in ("", "sh", "bash", "console"):
            yield block.body
    for found in _INDENTED.finditer(_FENCED.sub("", text)):
        yield inspect.cleandoc("\n" + found[0])


def _commands(text):
    """The arguments of every `se` command of a page."""
    for body in _shell(text):
        yield from tutorials.commands(body)


def _refused(arguments):
    """Why the program would refuse the spelling of a command; None where it would not."""
    command = _GROUP
    context = command.context_class(command, info_name="se")
    rest = list(arguments)
    while hasattr(command, "commands") and rest and not rest[0].startswith("-"):
        if rest[0] not in command.commands:
            return f"no command {rest[0]}"
        command = command.commands[rest[0]]
        context = command.context_class(command, info_name=rest.pop(0), parent=context)
    if {"-h", "--help", "--version", _PLACEHOLDER} & set(rest):
        return None
    if any(word.startswith("<") for word in rest):
        return None
    try:
        _, extra, _ = command.make_parser(context).parse_args(args=rest)
    except Exception as error:
        return str(error)
    return f"too many arguments: {extra}" if extra else None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_of_a_page_has_these_options(page):
    text = page.read_text(encoding="utf-8")
    wrong = {
        f"se {shlex.join(arguments)}": why
        for arguments in _commands(text)
        if (why := _refused(arguments)) is not None
    }
    assert not wrong


def _python(text):
    for block in tutorials.blocks(text):
        if block.language == "python":
            yield block.body
    for found in _INDENTED.finditer(_FENCED.sub("", text)):
        body = inspect.cleandoc("\n" + found[0])
        if re.search(r"^\s*(import |from \w+ import |\w+ = |se\.)", body, re.MULTILINE):
            yield body


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_call_of_a_page_has_these_keywords(page):
    wrong = []
    for body in _python(page.read_text(encoding="utf-8")):
        try:
            tree = ast.parse(body)
        except SyntaxError:  # a block of shell or prose
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "se"
                and node.attr not in se.__all__
            ):
                wrong.append(f"se.{node.attr}")
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("se."):
                called = getattr(se, ast.unparse(node.func).removeprefix("se.").split(".")[0], None)
                if not inspect.isfunction(called) or "." in ast.unparse(node.func)[3:]:
                    continue
                known = inspect.signature(called).parameters
                wrong += [
                    f"{ast.unparse(node.func)}({one.arg}=)"
                    for one in node.keywords
                    if one.arg is not None and one.arg not in known
                ]
    assert not wrong


def test_the_check_finds_what_does_not_exist():
    page = (
        "```sh\nse rank pool.jsonl --tpo 3\nse ranks pool.jsonl\nse rank pool.jsonl --top 3\n```\n"
    )
    found = [_refused(arguments) for arguments in _commands(page)]
    assert [why is None for why in found] == [False, False, True]
    page = "    se grade x --glod 3 | head  # no such option\n"
    assert [_refused(arguments) is None for arguments in _commands(page)] == [False]


def test_the_tutorials_run_and_print_what_they_show(tmp_path):
    tutorials.prepare(tmp_path)
    faults = [
        fault for _, _, faults in tutorials.run(tutorials.order(), tmp_path) for fault in faults
    ]
    assert not faults, "run: python scripts/tutorials.py"


def test_every_tutorial_is_in_the_table_and_every_command_has_one():
    pages = {page.stem for page in tutorials.order()} - {"index"}
    assert pages == {path.stem for path in tutorials.TUTORIALS.glob("*.md")} - {"index"}
    assert pages == {name for name, one in _GROUP.commands.items() if not one.hidden}
