"""Hold the licences of what is installed against the list of those that are allowed.

    python scripts/licences.py             # a line for each fault; status 1 if there is one
    python scripts/licences.py --table     # the table of all, in Markdown

It reads what each package states of itself: the SPDX expression of its metadata, else its
classifiers, else a short word in its licence field. The allowed licences, and what is known of
packages that state nothing, stand in `[tool.licences]` of pyproject.toml. Nothing is fetched.
"""

import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_LONGEST = 60  # characters of a licence field that is a name, and not the text
_AS_SPDX = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache 2.0": "Apache-2.0",
    "apache 2.0 license": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd": "BSD",
    "bsd license": "BSD",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense",
}


def main() -> int:
    """Print what is wrong, or the table."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    rules = settings["tool"]["licences"]
    found = licences(rules["known"])
    if "--table" in sys.argv:
        print("\n".join(table(found)))
        return 0
    faults = list(check(found, set(rules["allowed"]), rules["known"]))
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"{len(found)} packages, all under licences that pyproject.toml allows")
    return 1 if faults else 0


def licences(known: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return version and licence of each installed package; an empty licence is not known."""
    found = {}
    for one in metadata.distributions():
        name = re.sub(r"[-_.]+", "-", one.metadata["Name"]).lower()
        stated = known[name] if name in known else stated_by(one.metadata)
        found[name] = (one.version, stated)
    return dict(sorted(found.items()))


def stated_by(fields: Any) -> str:
    """Return the licence of a package's metadata as an SPDX expression; empty without one."""
    if expression := fields.get("License-Expression"):
        return str(expression)
    classified = [
        text.rpartition(" :: ")[2]
        for text in fields.get_all("Classifier") or []
        if text.startswith("License ::") and not text.endswith("OSI Approved")
    ]
    written = (fields.get("License") or "").strip()
    names = classified or ([written] if 0 < len(written) <= _LONGEST else [])
    return " OR ".join(_AS_SPDX.get(name.lower(), name) for name in names)


def check(
    found: Mapping[str, tuple[str, str]], allowed: set[str], known: Mapping[str, str]
) -> Iterator[str]:
    """Yield a line for each package whose licence is not known or not allowed."""
    for name, (version, licence) in found.items():
        where = "pyproject.toml, [tool.licences]"
        if not licence:
            yield f"{name} {version} states no licence; look it up, put it under known in {where}"
        elif refused := refusals(licence, allowed):
            yield (
                f"{name} {version} is under {licence}; {' and '.join(sorted(refused))} is not "
                f"allowed in {where}: do without the package, or allow it"
            )


def refusals(expression: str, allowed: set[str]) -> set[str]:
    """Return what of an SPDX expression is not allowed: of A OR B one will do, of A AND B none.

    >>> sorted(refusals("MIT AND (GPL-3.0 OR Apache-2.0)", {"MIT", "Apache-2.0"}))
    []
    >>> sorted(refusals("MIT AND GPL-3.0-only WITH Bison-exception-2.2", {"MIT"}))
    ['GPL-3.0-only WITH Bison-exception-2.2']
    """
    words = re.findall(r"\(|\)|[^()\s]+(?:\s+WITH\s+\S+)?", expression)
    found, rest = _either(words, allowed)
    return found if not rest else {expression}


def _either(words: list[str], allowed: set[str]) -> tuple[set[str], list[str]]:
    found, words = _both(words, allowed)
    while words and words[0] == "OR":
        other, words = _both(words[1:], allowed)
        found = found if not found or not other else found | other
        found = set() if not other else found
    return found, words


def _both(words: list[str], allowed: set[str]) -> tuple[set[str], list[str]]:
    found, words = _one(words, allowed)
    while words and words[0] == "AND":
        other, words = _one(words[1:], allowed)
        found |= other
    return found, words


def _one(words: list[str], allowed: set[str]) -> tuple[set[str], list[str]]:
    if not words:
        return {"an unfinished expression"}, []
    if words[0] == "(":
        found, rest = _either(words[1:], allowed)
        return (found, rest[1:]) if rest[:1] == [")"] else ({"an unfinished expression"}, [])
    name = " ".join(words[0].split())
    return (set() if name in allowed else {name}), words[1:]


def table(found: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """Yield the rows of a table: licences with the packages under them."""
    under = defaultdict(list)
    for name, (version, licence) in found.items():
        under[licence or "not known"].append(f"{name} {version}")
    yield "| licence | packages |"
    yield "| --- | --- |"
    for licence in sorted(under, key=lambda one: (-len(under[one]), one)):
        yield f"| {licence} | {', '.join(under[licence])} |"


if __name__ == "__main__":
    sys.exit(main())
