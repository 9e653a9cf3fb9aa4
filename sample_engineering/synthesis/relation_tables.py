"""A relation from the table of a file: every field read as what it must be, within bounds."""

import math
from collections.abc import Mapping
from typing import Any

from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis import formula
from sample_engineering.synthesis.constants import CONSTANTS
from sample_engineering.synthesis.declared import Declared, Misdeclared
from sample_engineering.synthesis.relation import Best, Case, Extra, Quantity, Relation
from sample_engineering.synthesis.request import BOTH_KINDS
from sample_engineering.synthesis.toml_lines import Key
from sample_engineering.synthesis.units import is_spelled

MOST_QUANTITIES = 7  # two relations are compared in every order of their quantities
MOST_OF_SEVERAL = 10  # the same, of several equations, which are compared with none
MOST_FURTHER = 4  # equations beside the first one
MOST_CASES = 40
MOST_TRIED = 100_000  # whole numbers that are tried for an unknown that cannot be isolated

_RELATION = (
    *("title", "domain", "field", "equation", "source", "skills", "quantity", "cases", "setting"),
    *("tell", "require", "extras", "pivot", "symbolic", "solved", "also", "inner", "best", "both"),
)
_QUANTITY = (
    *("unit", "range", "noun", "given", "ask", "link", "meaning", "accepts", "digits", "step"),
    *("whole", "exact", "symbol", "units"),
)
_BEST = ("kind", "value", "over", "below")
_EXTRA = ("clause", "unit", "range", "digits")
_BEFORE_VOWEL = "aeio"


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
    also = fields.texts("also", ())
    if len(also) > MOST_FURTHER:
        raise Misdeclared(
            f"also has {len(also)} equations; write {MOST_FURTHER} at most", ("also",)
        )
    most = MOST_OF_SEVERAL if also or "best" in table else MOST_QUANTITIES
    quantities = fields.tables("quantity", most=most)
    pivots = fields.texts("pivot", ())
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
        "pivot": pivots[0] if len(pivots) == 1 else pivots or None,
        "also": also,
        "inner": fields.texts("inner", ()),
        "best": _best(fields),
        "both": _both(fields),
        "symbolic": fields.flag("symbolic", True),
        "solved": fields.texts_by_name("solved"),
    }
    _check_equations(made, frozenset(quantities))
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


def _check_equations(made: Mapping[str, Any], quantities: frozenset[str]) -> None:
    """Read every equation by itself, so that a fault is told where it stands."""
    names = quantities | CONSTANTS.keys()
    for kind, texts in (("equation", (made["equation"],)), ("also", made["also"])):
        for text in texts:
            try:
                for side in formula.sides(text):
                    formula.parse(side, names)
            except SynthesisError as error:
                raise Misdeclared(str(error), (kind,)) from error
    best: Best | None = made["best"]
    if best is None:
        return
    try:
        used = formula.used_names(formula.parse(best.below, names)) if best.below else set()
    except SynthesisError as error:
        raise Misdeclared(str(error), ("best",)) from error
    for name in (best.value, best.over):
        if name not in quantities or name in used:
            raise Misdeclared(
                f"{name!r} is no quantity that can be best or be chosen; name two of its own, and "
                "bound what is chosen by others",
                ("best",),
            )


def _check_names(relation: Relation) -> None:
    named = (
        ("tell", relation.tell),
        ("solved", relation.solved),
        ("both", relation.both),
        ("inner", relation.inner),
        ("pivot", relation.pivots),
    )
    for kind, names in named:
        for name in names:
            if name not in relation.by_name:
                key = (kind, name) if kind in ("tell", "solved", "both") else (kind,)
                raise Misdeclared(f"{name!r} is no quantity; name one of its own", key)
        if len(set(names)) < len(names):
            raise Misdeclared(f"{kind} names a quantity twice; name it once", (kind,))
    sides = [side for pair in relation.trees for side in pair]
    if not any(formula.called_functions(side) & formula.WHOLE_FUNCTIONS for side in sides):
        return
    alone = {side for text in relation.equations for side in formula.sides(text)}
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


def _best(fields: Declared) -> Best | None:
    table = fields.table("best")
    if not table:
        return None
    inner = Declared(table, _BEST, ("best",))
    kind = inner.text("kind")
    if kind not in ("largest", "smallest"):
        raise Misdeclared(f"best.kind is {kind!r}; write 'largest' or 'smallest'", ("best", "kind"))
    return Best(kind, inner.text("value"), inner.text("over"), inner.text("below", ""))


def _both(fields: Declared) -> dict[str, str]:
    inner = Declared(fields.table("both"), None, ("both",))
    found = {name: inner.text(name) for name in fields.table("both")}
    for name, kind in found.items():
        if kind not in BOTH_KINDS:
            raise Misdeclared(f"both.{name} is {kind!r}; write 'set' or 'interval'", ("both", name))
    return found


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
