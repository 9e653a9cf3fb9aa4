"""Relations of one's own: a folder of TOML files, read without running anything.

One table a relation, named as the relation::

    [lens-power]
    title = "the power of a lens is one over its focal length"
    domain = "physics"
    field = "optics"
    equation = "D = 1/f"
    source = "OpenStax University Physics 3, section 2.4"
    skills = ["lens_and_mirror"]
    cases = ["the lens", "the reading glass"]
    quantity.f = { noun = "the focal length of {the}", unit = "m", range = [0.05, 2] }
    quantity.D = { noun = "the refractive power of {the}", unit = "1/m", range = [0.5, 20] }

The other keys are those of `relation.Relation`, `Quantity` and `Case`. The files may be hostile:
their number, size, texts and numbers are bounded, and formulas are read by `formula.parse` alone.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import Any

from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis.declared import Misdeclared
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.relation_checks import Fault
from sample_engineering.synthesis.relation_tables import relation_of
from sample_engineering.synthesis.toml_lines import Key, line_of, lines_of
from sample_engineering.text import visible

SUFFIX = ".toml"
SCENES = "scenes"  # the folder beside relation files that holds scenes
MOST_FILES = 200
MOST_BYTES = 200_000  # of a file
MOST_IN_LINE = 600  # characters; tomllib takes quadratic time over a key of many parts
MOST_RELATIONS = 500  # of a folder


@dataclass(frozen=True, slots=True)
class Source:
    """A file of relations: its path, and where its keys stand."""

    path: Path
    lines: Mapping[Key, int]

    def place(self, key: Key = ()) -> str:
        """Return ``file:line`` of a key."""
        return f"{visible(str(self.path))}:{line_of(self.lines, key)}"


@dataclass(frozen=True, eq=False, slots=True)
class Placed:
    """A relation of a file."""

    relation: Relation
    source: Source

    def told(self, fault: Fault) -> str:
        """Return a fault with its place: ``optics.toml:7: lens-power: ...``."""
        key = (self.relation.name, *fault.key)
        return f"{self.source.place(key)}: {self.relation.name}: {visible(fault.text, keep='')}"


@dataclass(frozen=True, slots=True)
class Folder:
    """What a folder of relation files holds.

    Parameters
    ----------
    placed : tuple of Placed
        In the order of the file names, and of the tables in them.
    faults : tuple of str
        What could not be read, each with its place and the mend.
    translations : tuple of (Source, mapping)
        The tables of translation files (``optics.de.toml``).
    """

    placed: tuple[Placed, ...]
    faults: tuple[str, ...]
    translations: tuple[tuple[Source, Mapping[str, Any]], ...] = ()


def read_folder(folder: str | Path) -> Folder:
    """Read every relation file of a folder.

    Raises
    ------
    SynthesisError
        If it is no folder, or holds no relation file or too many.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise SynthesisError(
            f"`relations`: {visible(str(folder))} is no folder; name one that holds {SUFFIX} files"
        )
    paths = sorted(path for path in folder.iterdir() if path.suffix == SUFFIX)
    if not paths and not any((folder / SCENES).glob(f"*{SUFFIX}")):
        raise SynthesisError(
            f"`relations`: {visible(str(folder))} holds no {SUFFIX} file; "
            "docs/synthesis.md shows one"
        )
    if len(paths) > MOST_FILES:
        raise SynthesisError(
            f"`relations`: {visible(str(folder))} holds {len(paths)} files, at most {MOST_FILES} "
            "are read; put several relations into one file"
        )
    placed: list[Placed] = []
    translations: list[tuple[Source, Mapping[str, Any]]] = []
    faults: list[str] = []
    for path in paths:
        try:
            source, tables = read_file(path)
        except Misdeclared as wrong:
            faults.append(f"{visible(str(path))}:{wrong.line}: {visible(str(wrong), keep='')}")
            continue
        if language_of(path):
            translations.append((source, tables))
            continue
        for name, table in tables.items():
            if len(placed) == MOST_RELATIONS:
                raise SynthesisError(
                    f"`relations`: more than {MOST_RELATIONS} relations in "
                    f"{visible(str(folder))}; leave some out"
                )
            try:
                placed.append(Placed(relation_of(name, table), source))
            except Misdeclared as wrong:
                place = source.place((name, *wrong.key))
                faults.append(f"{place}: {visible(name, keep='')}: {visible(str(wrong), keep='')}")
    return Folder(tuple(placed), tuple(faults), tuple(translations))


def language_of(path: Path) -> str:
    """Return the language that a file translates to: ``de`` for ``optics.de.toml``, else ''."""
    return Path(path.stem).suffix.removeprefix(".")


def read_file(path: Path) -> tuple[Source, Mapping[str, Any]]:
    """Return the tables of a file, read within bounds.

    Raises
    ------
    Misdeclared
        If it cannot be read; with the line.
    """
    try:
        state = path.stat()
        if not S_ISREG(state.st_mode):
            raise Misdeclared("is no plain file; take it out of the folder")
        if state.st_size > MOST_BYTES:
            raise Misdeclared(f"{state.st_size:,} bytes, at most {MOST_BYTES:,} are read; split it")
        with path.open("rb") as file:
            text = file.read(MOST_BYTES + 1).decode("utf-8-sig")
    except OSError as error:
        raise Misdeclared(f"cannot be read ({error.strerror}); mend it or take it away") from error
    except UnicodeDecodeError as error:
        raise Misdeclared("is not UTF-8; save it as UTF-8") from error
    text = text.replace("\r\n", "\n")
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MOST_IN_LINE:
            wrong = Misdeclared(f"more than {MOST_IN_LINE:,} characters in a line; break it")
            wrong.line = number
            raise wrong
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError, OverflowError) as error:
        told = str(error) or type(error).__name__
        at = told.rpartition("(at line ")[2].split(",")[0]
        wrong = Misdeclared(f"no TOML: {told[:200]}; mend it")
        wrong.line = int(at) if at.isdigit() else text.rstrip().count("\n") + 1
        raise wrong from error
    return Source(path, lines_of(text)), tables
