"""The optional fields of a candidate: taken where they are what they are called, else only kept."""

from collections.abc import Mapping
from typing import Any

from sample_engineering.sample import ANSWER_KINDS

# A field that a candidate has too, but that says something else, is kept under this name.
KEPT = "pool_"


# Fields of a candidate that a record may bring beside problem, answer, id, options and solution.
OPTIONAL = (
    *("source", "license", "domains", "domain", "skills", "provenance", "kind", "tolerance"),
    "unit",
)


def keep(left: dict[str, Any], name: str, value: Any) -> None:
    """Keep a field that says something else than the candidate's own of that name."""
    if value is not None:
        left.setdefault(KEPT + name, value)


def take_fields(
    left: dict[str, Any], fields: frozenset[str], known: dict[str, Any], notes: list[str]
) -> None:
    """Take the optional fields of a candidate that are what they are called."""
    for name in ("source", "license"):
        if name in fields and (left[name] is None or isinstance(left[name], str)):
            value = left.pop(name)
            if value and value.strip():
                known[name] = value
    for name in ("domains", "skills"):
        if name in fields:
            names = _names(left[name])
            if names or left[name] in (None, []):
                left.pop(name)
            if names:
                known[name] = names
    if "domain" in fields and "domains" not in known and (names := _names(left["domain"])):
        known["domains"] = names
    if "provenance" in fields and isinstance(left["provenance"], Mapping):
        known["provenance"] = left.pop("provenance")
    if "kind" in fields:
        kind = left.pop("kind")
        if "kind" in known:
            keep(left, "kind", None if kind == known["kind"] else kind)
        elif isinstance(kind, str) and kind in ANSWER_KINDS:
            known["kind"] = kind
        elif kind is not None:
            left["kind"] = kind
            notes.append("'kind' is no kind of answer here, so a field only")
    if "tolerance" in fields:
        value = left["tolerance"]
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is None or (number and 0 <= value < 1):
            known["tolerance"] = left.pop("tolerance")
        else:
            notes.append("'tolerance' is no relative tolerance, so a field only")
    if "unit" in fields:
        value = left["unit"]
        if value is None or isinstance(value, str):
            unit = left.pop("unit")
            if unit and unit.strip():
                known["unit"] = unit.strip()


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str) and value.strip():
        return (value,)
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return tuple(value)
    return ()
