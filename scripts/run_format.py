"""Write the tables of the run folder's format in the docs anew, from the types themselves.

python scripts/run_format.py            # rewrite docs/run-folder.md
python scripts/run_format.py --check    # exit 1 if it is out of date
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

from sample_engineering.runs.format import FILES, FORMAT_VERSION

PAGE = Path(__file__).resolve().parents[1] / "docs" / "run-folder.md"
_BLOCK = re.compile(r"(<!-- run format -->\n).*?(<!-- end of run format -->)", re.DOTALL)
_FIELD = re.compile(r"^    (\w+) : (.+)\n((?:        .+\n?)+)", re.MULTILINE)


def described(kind: Any) -> dict[str, tuple[str, str]]:
    """Return type and meaning of each field, from the docstring.

    Raises
    ------
    ValueError
        If the docstring leaves a field out, or names one that is none.
    """
    found = {
        name: (type_, " ".join(text.split()))
        for name, type_, text in _FIELD.findall(kind.__doc__ or "")
    }
    if list(found) != [item.name for item in fields(kind)]:
        raise ValueError(f"the docstring of {kind.__name__} does not name its fields in order")
    return found


def parts(kind: Any) -> Iterator[Any]:
    """Yield the types of this room that stand in the fields of another."""
    for hint in get_type_hints(kind).values():
        yield from _within(hint)


def _within(hint: Any) -> Iterator[Any]:
    room = "sample_engineering.runs."
    if is_dataclass(hint) and str(getattr(hint, "__module__", "")).startswith(room):
        yield hint
    for one in get_args(hint):
        yield from _within(one)


def table(kind: Any) -> str:
    """Return the fields of a type as a table."""
    rows = ["| field | type | meaning |", "| --- | --- | --- |"]
    for name, (type_, text) in described(kind).items():
        rows.append(f"| `{name}` | {type_} | {text.replace('|', chr(92) + '|')} |")
    return "\n".join(rows) + "\n"


def tables() -> str:
    """Return the tables of all files, each followed by those of the types in it."""
    shown: list[str] = [f"This is format {FORMAT_VERSION}.\n"]
    done: set[str] = set()
    for file, kind in FILES.items():
        waiting = [(f"## `{file}`", kind)]
        while waiting:
            heading, one = waiting.pop(0)
            if one.__name__ in done:
                continue
            done.add(one.__name__)
            shown.append(f"{heading}\n\n{one.__doc__.strip().splitlines()[0]}\n\n{table(one)}")
            waiting += [(f"### {part.__name__}", part) for part in parts(one)]
    return "\n" + "\n".join(shown) + "\n"


def renewed(text: str) -> str:
    """Return the page with the tables of today."""
    return _BLOCK.sub(lambda match: match[1] + tables() + match[2], text)


def main() -> int:
    """Rewrite the page, or check it."""
    old = PAGE.read_text(encoding="utf-8")
    new = renewed(old)
    if "--check" in sys.argv[1:]:
        if new != old:
            sys.stderr.write("docs/run-folder.md is out of date; run scripts/run_format.py\n")
        return int(new != old)
    PAGE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
