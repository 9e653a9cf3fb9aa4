"""The README does as it says: its commands are run, and print what stands below them.

What takes too long for a test, or needs what is not here, is named with the reason in
scripts/readme.py; options are read all the same. A line that is neither run nor named fails.
"""

import pytest
import typer

from sample_engineering.cli import app
from scripts.readme import NOT_RUN, README, ROOT, calls_of_se, commands, printed

_COMMANDS = list(commands(README))
_RUN = [line for line in _COMMANDS if line.runs]
_PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
_DOCUMENTED = [
    (page.name, line.text, words)
    for page in _PAGES
    for line in commands(page)
    for words in calls_of_se(line)
]


def _squeezed(text):
    return " ".join(text.split())


@pytest.mark.parametrize("line", _RUN, ids=[line.text for line in _RUN])
def test_a_command_of_the_readme_prints_what_stands_below_it(line):
    assert line.words[0] == "se", "neither run nor named in NOT_RUN"
    found = printed(line)
    if line.shown is not None:
        assert _squeezed(line.shown) == _squeezed(found), "run: python scripts/readme.py"


def test_every_reason_is_needed():
    for beginning in NOT_RUN:
        assert any(line.text.startswith(beginning) for line in _COMMANDS), beginning


def test_the_pages_have_commands():
    assert len(_DOCUMENTED) > 30


@pytest.mark.parametrize(
    ("page", "line", "words"), _DOCUMENTED, ids=[f"{page}: {line}" for page, line, _ in _DOCUMENTED]
)
def test_a_documented_command_has_these_options(page, line, words):
    if {"-h", "--help"} & set(words):
        return
    command, name = typer.main.get_command(app), "se"
    while hasattr(command, "commands") and words and not words[0].startswith("-"):
        name, *words = words
        command = command.commands[name]
    command.make_context(name, list(words))
