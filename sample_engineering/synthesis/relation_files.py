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

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import Any

from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis import formula
from sample_engineering.synthesis.declared import Declared, Misdeclared
from sample_engineering.synthesis.relation import Case, Extra, Quantity, Relation
from sample_engineering.synthesis.relation_checks import Fault
from sample_engineering.synthesis.toml_lines import Key, line_of, lines_of
from sample_engineering.synthesis.units import is_spelled
from sample_engineering.text import visible

SUFFIX = ".toml"
SCENES = "scenes"  # the folder beside relation files that holds scenes
MOST_FILES = 200
MOST_BYTES = 200_000  # of a file
MOST_IN_LINE = 600  # characters; tomllib takes quadratic time over a key of many parts
MOST_RELATIONS = 500  # of a folder
MOST_QUANTITIES = 7  # two relations are compared in every order of their quantities
MOST_CASES = 40
MOST_TRIED = 100_000  # whole numbers that are tried for an unknown that cannot be isolated

_RELATION = (
    *("title", "domain", "field", "equation", "source", "skills", "quantity", "cases", "setting"),
    *("tell", "require", "extras", "pivot", "symbolic", "solved"),
)
_QUANTITY = (
    *("unit", "range", "noun", "given", "ask", "link", "meaning", "accepts", "digits", "step"),
    *("whole", "exact", "symbol", "units"),
)
_EXTRA = ("clause", "unit", "range", "digits")
_BEFORE_VOWEL = "aeio"


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


def relation_of(name: str, table: Any) -> Relation:
    """Return the relation of a table.

    Raises
    ------
    Misdeclared
        If it lacks something, or holds something unknown; with the key in the table.
    """
    if not isinstance(table, dict):
        raise Misdeclared("is no table; write [name-of-the-relation] above its keys")
    if not formula.is_name(name.replace("-", "_")):
        raise Misdeclared("is no name for a relation; write small letters, digits and hyphens")
    fields = Declared(table, _RELATION)
    quantities = fields.tables("quantity", most=MOST_QUANTITIES)
    made: dict[str, Any] = {
        "title": fields.text("title"),
        "domain": fields.text("domain"),
        "field_": fields.text("field", ""),
        "equation": fields.text("equation"),
        "source": fields.text("source"),
        "skills": fields.texts("skills"),
        "quantities": tuple(_quantity(key, inner) for key, inner in quantities.items()),
        "cases": _cases(fields),
        "setting": fields.texts("setting", ()),
        "tell": {
            key: inner if isinstance(inner, tuple) else (inner,)
            for key, inner in fields.texts_by_name("tell").items()
        },
        "require": fields.texts("require", ()),
        "extras": _extras(fields),
        "pivot": fields.text("pivot", "") or None,
        "symbolic": fields.flag("symbolic", True),
        "solved": fields.texts_by_name("solved"),
    }
    try:
        relation = Relation(name=name, **made)
        for text in relation.require:
            formula.parse(text, frozenset(relation.by_name) | set(relation.constants))
        for unknown, forms in relation.solved.items():
            for form in forms:
                formula.parse(form, frozenset(relation.names_but(unknown)))
    except SynthesisError as error:
        raise Misdeclared(str(error).removeprefix(f"relation {name}: "), ("equation",)) from error
    _check_names(relation)
    return relation


def _check_names(relation: Relation) -> None:
    for kind, names in (("tell", relation.tell), ("solved", relation.solved)):
        for name in names:
            if name not in relation.by_name:
                raise Misdeclared(f"{name!r} is no quantity; name one of its own", (kind, name))
    if relation.pivot is not None and relation.pivot not in relation.by_name:
        raise Misdeclared(f"{relation.pivot!r} is no quantity; name one of its own", ("pivot",))
    called = formula.called_functions(relation.left) | formula.called_functions(relation.right)
    if not called & formula.WHOLE_FUNCTIONS:
        return
    alone = set(formula.sides(relation.equation))
    for quantity in relation.quantities:
        if quantity.low < 0:
            raise Misdeclared(
                f"{quantity.name} can be negative, which no function of whole numbers takes here; "
                "write a range from 0",
                ("quantity", quantity.name, "range"),
            )
        tried = quantity.ask and quantity.name not in alone
        if tried and quantity.high - quantity.low > MOST_TRIED:
            raise Misdeclared(
                f"{quantity.name} would be looked for among more than {MOST_TRIED:,} numbers; "
                "narrow its range, or set ask = []",
                ("quantity", quantity.name, "range"),
            )


def _quantity(name: str, table: Mapping[str, Any]) -> Quantity:
    here = ("quantity", name)
    if not formula.is_name(name) or name in formula.FUNCTIONS or name in formula.CONSTANTS:
        raise Misdeclared(f"{name!r} is no name for a quantity; write letters and digits", here)
    fields = Declared(table, _QUANTITY, here)
    low, high = fields.span("range")
    given: dict[str, Any] = {
        key: fields.texts(key) for key in ("given", "ask", "link") if key in table
    }
    units = (fields.text("unit", ""), *fields.texts("units", ()))
    for unit in units:
        if unit and not is_spelled(unit):
            raise Misdeclared(
                f"{unit!r} is not spelled as a unit; write it as 'J/(kg*K)' or 'm/s**2'",
                (*here, "unit" if unit == units[0] else "units"),
            )
    digits = fields.whole("digits", 3, 1, 6)
    step = fields.number("step", None)
    if step is not None and not 0 < step <= high - low:
        raise Misdeclared(f"step {step:g} does not fit into the range; mend it", (*here, "step"))
    return Quantity(
        name,
        units[0],
        low,
        high,
        noun=fields.texts("noun", ()),
        meaning=fields.text("meaning", ""),
        accepts=fields.texts("accepts", ()),
        digits=digits,
        step=step,
        whole=fields.flag("whole", False),
        exact=fields.flag("exact", False),
        symbol=fields.text("symbol", "") or None,
        units=units[1:],
        **given,
    )


def _cases(fields: Declared) -> tuple[Case, ...]:
    found = []
    for index, item in enumerate(fields.items("cases", MOST_CASES)):
        key = ("cases",)
        if isinstance(item, str):
            found.append(Case(_with_a({"the": item})))
            continue
        if not isinstance(item, dict):
            raise Misdeclared(f"case {index + 1} is neither a text nor a table; mend it", key)
        inner = Declared(item, None, key)
        words = {word: inner.text(word) for word in item if word not in ("fixed", "ranges")}
        ranges = {
            name: Declared({name: span}, None, key).span(name)
            for name, span in inner.table("ranges").items()
        }
        fixed = {name: _printed(size, key) for name, size in inner.table("fixed").items()}
        found.append(Case(_with_a(words), fixed, ranges))
    return tuple(found) or (Case(),)


def _printed(size: Any, key: Key) -> str:
    """Return a value as it is printed: a text as it stands, so that 1.10 keeps its nought."""
    try:
        number = float(size)
    except (TypeError, ValueError):
        raise Misdeclared(f"{size!r} is no number; mend it", key) from None
    if isinstance(size, bool) or not math.isfinite(number):
        raise Misdeclared(f"{size!r} is no number; mend it", key)
    return str(size).strip().lower()


def _with_a(words: dict[str, str]) -> dict[str, str]:
    """Add ``a`` ("a lens") to the words of a case that has ``the`` ("the lens")."""
    the = words.get("the", "")
    if "a" not in words and the.startswith("the "):
        noun = the.removeprefix("the ")
        words = {"a": f"{'an' if noun[:1].lower() in _BEFORE_VOWEL else 'a'} {noun}", **words}
    return words


def _extras(fields: Declared) -> tuple[Extra, ...]:
    found = []
    for item in fields.items("extras", MOST_CASES):
        if not isinstance(item, dict):
            raise Misdeclared("an idle fact is a table with clause, unit and range", ("extras",))
        inner = Declared(item, _EXTRA, ("extras",))
        low, high = inner.span("range")
        digits = inner.whole("digits", 2, 1, 6)
        found.append(Extra(inner.text("clause"), inner.text("unit", ""), low, high, digits))
    return tuple(found)
