"""Run the blocks of the tutorials, and write below each what it printed.

    python scripts/tutorials.py            # run all pages, rewrite what was printed
    python scripts/tutorials.py --check    # exit 1 if a block fails or prints something else
    python scripts/tutorials.py audit      # this page only: it may need what others write

Pages run in the order of their table, in one folder, so that a later one reads what an earlier one
wrote. In blocks of ``sh`` each `se` command is run; a block of ``text`` below is what it prints. A
comment before a block says otherwise:

    <!-- not run: it takes half an hour -->     the commands are only checked for their spelling
    <!-- first 8 lines -->                      only so much of the output is shown
    <!-- varies: the time -->                   the output is written, and not compared
"""

import contextlib
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TUTORIALS = ROOT / "docs" / "tutorials"
_ORDER = re.compile(r"\((\w+)\.md\)")
_BLOCK = re.compile(
    r"(?:<!-- (?P<mark>[^\n]*) -->\n)?^```(?P<language>\w*)\n(?P<body>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
_FIRST = re.compile(r"first (\d+) lines")
_COMMENT = re.compile(r"(?:^|\s)#(?:\s.*)?$")
_ENDS = ("|", "&&", ";", "||", ">", ">>", "2>&1", "&")
_WIDTH = "100"


@dataclass(frozen=True)
class Block:
    """A block of code of a page: its language, its text, the comment before it, where it stands."""

    language: str
    body: str
    mark: str
    start: int
    line: int


def blocks(text: str) -> Iterator[Block]:
    """Yield the fenced blocks of a page."""
    for found in _BLOCK.finditer(text):
        line = text.count("\n", 0, found.start("body")) + 1
        yield Block(
            found["language"], found["body"], found["mark"] or "", found.start("body"), line
        )


def commands(body: str) -> Iterator[list[str]]:
    """Yield the arguments of each `se` command of shell code, however the program is called."""
    for line in body.replace("\\\n", " ").splitlines():
        words: list[str] = []
        for word in [*_words(_COMMENT.sub("", line)), ";"]:
            if word in _ENDS or word.endswith(";"):
                yield from _arguments(
                    [*words, *filter(None, [word.rstrip(";")] * (word not in _ENDS))]
                )
                words = []
            else:
                words.append(word)


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line.removeprefix("$ "))
    except ValueError:  # prose
        return []


def _arguments(words: list[str]) -> Iterator[list[str]]:
    if words[:1] == ["se"]:
        yield words[1:]
    elif "-m" in words and words[words.index("-m") + 1 :][:1] == ["sample_engineering"]:
        yield words[words.index("-m") + 2 :]


def order() -> list[Path]:
    """Return the pages in the order of the table."""
    index = TUTORIALS / "index.md"
    names = dict.fromkeys(_ORDER.findall(index.read_text(encoding="utf-8")))
    return [index, *(TUTORIALS / f"{name}.md" for name in names)]


def run(pages: list[Path], folder: Path) -> Iterator[tuple[Path, str, list[str]]]:
    """Run pages in a folder; yield each with its text as it should be, and what went wrong."""
    os.environ.update(COLUMNS=_WIDTH, NO_COLOR="1", TERM="dumb")
    with contextlib.chdir(folder):
        for page in pages:
            yield (page, *_run_page(page))


def _run_page(page: Path) -> tuple[str, list[str]]:
    text = page.read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    faults, out, new, end = [], "", [], 0
    for block in blocks(text):
        where = f"{page.name}, line {block.line}"
        if block.language == "python":
            exec(compile(block.body, where, "exec"), names)
        elif block.language == "sh" and not block.mark.startswith("not run: "):
            out = ""
            for arguments in commands(block.body):
                status, said, error = called(arguments)
                out += said
                expected = re.search(r"status \$\?", block.body) is not None
                if status and not expected:
                    faults.append(f"{where}: se {shlex.join(arguments)}: {error or said}")
                if expected:
                    out += f"status {status}\n"
        elif block.language == "text":
            shown = _cut(out, block.mark)
            if shown != block.body and not block.mark.startswith("varies"):
                faults.append(f"{where}: the commands above print something else now")
            new += [text[end : block.start], shown]
            end = block.start + len(block.body)
    return "".join([*new, text[end:]]), faults


def called(arguments: list[str]) -> tuple[int, str, str]:
    """Run a command in this process; return its status, what it printed, and its error."""
    from typer.testing import CliRunner

    from sample_engineering.cli import app

    done = CliRunner().invoke(app, arguments)
    error = "" if done.exception is None else f"{type(done.exception).__name__}: {done.exception}"
    return getattr(done.exception, "exit_status", done.exit_code), done.stdout, error


def _cut(out: str, mark: str) -> str:
    """Return the output as the page shows it."""
    lines = [line.rstrip() for line in out.strip("\n").splitlines()]
    if found := _FIRST.search(mark):
        number = int(found[1])
        lines = [*lines[:number], *(["..."] if len(lines) > number else [])]
    return "".join(f"{line}\n" for line in lines)


def prepare(folder: Path) -> None:
    """Put two runs into the folder, as a validation writes them, so that pages need not train."""
    sys.path.insert(0, str(ROOT))
    from tests.report.runs import write_run

    readings = ("greedy", "sampled")
    write_run(folder / "runs" / "first", sample_id="first-sample", readings=readings)
    write_run(
        folder / "runs" / "second",
        sample_id="second-sample",
        after=(0.32, 0.26, 0.33, 0.24),
        readings=readings,
    )


def main(check: bool, names: list[str]) -> int:
    """Run all pages, or those that are named; write them anew, or name what differs."""
    failed = False
    pages = [page for page in order() if not names or page.stem in names]
    with tempfile.TemporaryDirectory() as name:
        prepare(Path(name))
        for page, text, faults in run(pages, Path(name)):
            for fault in faults:
                print(fault)
            failed |= bool(faults)
            if not check:
                page.write_text(text, encoding="utf-8")
    return 1 if check and failed else 0


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main("--check" in given, [name for name in given if name != "--check"]))
