"""The commands of the README: run those that can be, and put what they print below them.

``python scripts/readme.py`` rewrites the blocks of output in README.md; tests/test_readme.py says
where they do not agree. What takes too long, or needs what is not here, is named with the reason.
"""

import os
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
WIDTH = 100
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
_ENDS = {"|", ">", "&&", ";", "&"}
# Lines that are not run, by how they begin.
NOT_RUN = {
    "make ": "makes an environment; CI runs make test and make demo",
    ". .venv/bin/activate": "of a shell that a person uses",
    "uv tool install": "installs from the network",
    "pipx install": "installs from the network",
    "python -m pip install": "installs from the network",
    "se validate": "trains for minutes, or on a GPU; tests/trainers trains",
    "se probe pool.jsonl": "needs vLLM and a model of 1.5 billion parameters",
    "se rank pool.jsonl": "needs what the probe wrote",
    "se doctor --model Qwen": "asks the hub for the model",
}


class Line(NamedTuple):
    """One command of a page, and the text block below it, if that shows what it prints."""

    text: str
    words: list[str]
    shown: str | None = None

    @property
    def runs(self) -> bool:
        """Whether it can be run anywhere, soon."""
        return not self.text.startswith(tuple(NOT_RUN))


def commands(page: Path) -> Iterator[Line]:
    """Yield the commands in the shell blocks of a page; continued lines are one."""
    found = _BLOCK.findall(page.read_text(encoding="utf-8"))
    for place, (language, text) in enumerate(found):
        if language != "sh":
            continue
        below = found[place + 1] if place + 1 < len(found) else ("", "")
        shown = below[1] if below[0] == "text" else None
        for line in text.replace("\\\n", " ").splitlines():
            if words := _words(line):
                yield Line(line, words, shown)
                shown = None  # it is the first command's


def _words(line: str) -> list[str]:
    read = shlex.shlex(line, posix=True, punctuation_chars=";|&>")
    read.whitespace_split = True
    return list(read)


def calls_of_se(line: Line) -> Iterator[list[str]]:
    """Yield the arguments of each `se` in a command line."""
    words = line.words
    for start, word in enumerate(words):
        if word == "se" and (start == 0 or words[start - 1] in _ENDS):
            ends = (k for k in range(start, len(words)) if words[k] in _ENDS)
            yield words[start + 1 : next(ends, len(words))]


def printed(line: Line) -> str:
    """Run a command of `se` and return what it prints, as wide as the README is."""
    done = subprocess.run(
        [sys.executable, "-m", "sample_engineering", *line.words[1:]],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, "COLUMNS": str(WIDTH), "PYTHONIOENCODING": "utf-8"},
        timeout=300,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{line.text}: {done.stderr}")
    return "\n".join(
        part
        for one in done.stdout.splitlines()
        for part in (textwrap.wrap(one, WIDTH) if len(one.rstrip()) > WIDTH else [one.rstrip()])
    ).strip("\n")


def main() -> None:
    """Rewrite the README."""
    text = README.read_text(encoding="utf-8")
    for line in commands(README):
        if line.runs and line.shown is not None:
            text = text.replace(f"```text\n{line.shown}```", f"```text\n{printed(line)}\n```")
    README.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
