"""Records within one JSON value: lists by name, tables by column, maps by id, dialogues."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sample_engineering.pool.names import squashed
from sample_engineering.pool.problems import PROBLEM_NAMES

_SPLITS = ("train", "training", "validation", "valid", "val", "dev", "test", "eval", "testing")
_WRAPPERS = (
    *("data", "rows", "examples", "records", "items", "instances", "problems", "questions"),
    *("samples", "dataset", "entries", "results", "candidates", "tasks", "documents"),
)
_DEEPEST = 4


def is_dialogue(value: Sequence[Any]) -> bool:
    """Whether a list is a conversation rather than records: turns with a role and a text."""
    return bool(value) and all(
        isinstance(turn, Mapping)
        and isinstance(turn.get("role", turn.get("from")), str)
        and not any(squashed(str(key)) in ("problem", "question", "prompt") for key in turn)
        for turn in value
    )


def turns_in_columns(record: Mapping[str, Any]) -> list[Any] | None:
    """Return the turns of a dialogue that a table has as columns 0, 1 ... (Open-Reasoner-Zero)."""
    if "0" not in record or not all(isinstance(key, str) and key.isdecimal() for key in record):
        return None
    turns = [record[key] for key in sorted(record, key=int)]
    return turns if is_dialogue(turns) else None


def dialogue(turns: Sequence[Any]) -> dict[str, Any]:
    """Return the record of a conversation."""
    return {"conversations": list(turns)}


def unwrapped(value: Any, depth: int = 0) -> Iterator[tuple[Any, str]]:
    """Yield the records of a JSON value, each with a reason where it is left out.

    A list of records; ``{"data": [...]}``; splits ``{"train": [...], "test": [...]}``, all read,
    with the split as a field; what pandas writes (by columns, by index, split, table);
    ``{"id": {...}}``; columns ``{"problem": [...], "answer": [...]}``; a map from ids to lists of
    numbers, as records of ``id`` and ``accuracy``; else the value is the one record.
    """
    if isinstance(value, list):
        yield from ((one, "") for one in ([value] if is_dialogue(value) else value))
    elif not isinstance(value, Mapping) or depth >= _DEEPEST or _is_record(value):
        yield value, ""
    else:
        yield from _within(value, depth)


def _is_record(value: Mapping[str, Any]) -> bool:
    return any(
        squashed(str(key)) in PROBLEM_NAMES
        and (isinstance(inner, str) or (isinstance(inner, list) and is_dialogue(inner)))
        for key, inner in value.items()
    )


def _within(value: Mapping[str, Any], depth: int) -> Iterator[tuple[Any, str]]:
    if isinstance(value.get("columns"), list) and isinstance(value.get("data"), list):
        names = [str(name) for name in value["columns"]]  # pandas, orient="split"
        for cells in value["data"]:
            fits = isinstance(cells, list) and len(cells) == len(names)
            yield (
                dict(zip(names, cells, strict=True)) if fits else cells,
                "" if fits else f"not a row of {len(names)} columns",
            )
        return
    splits = {key: inner for key, inner in value.items() if str(key).lower() in _SPLITS}
    if splits and len(splits) == len(value):
        yield from _of_splits(splits, depth)
        return
    lengths = {len(inner) if isinstance(inner, list) else -1 for inner in value.values()}
    if len(value) > 1 and len(lengths) == 1 and -1 not in lengths and _named(value):
        yield from _table(value)
        return
    lists = {key: inner for key, inner in value.items() if _holds_records(inner)}
    chosen = next((name for name in _WRAPPERS if name in lists), None)
    if chosen is None and len(lists) == 1:
        chosen = next(iter(lists))
    if chosen is not None:
        for one in lists[chosen]:
            inner = one.get("row") if isinstance(one, Mapping) and "row_idx" in one else None
            yield (inner if isinstance(inner, Mapping) else one), ""
        return
    if len(lists) > 1 and len(lists) == len(value) and all(map(_asks, lists.values())):
        for name, inner in lists.items():  # by topic: {"algebra": [...], "geometry": [...]}
            for one in inner:
                yield ({"topic": name, **one} if isinstance(one, Mapping) else one), ""
        return
    nested = [name for name in (*_WRAPPERS, *_SPLITS) if isinstance(value.get(name), Mapping)]
    if nested and not _named(value):
        yield from unwrapped(value[nested[0]], depth + 1)
    else:
        yield from _table(value)


def _named(value: Mapping[str, Any]) -> bool:
    return any(squashed(str(key)) in PROBLEM_NAMES for key in value)


def _asks(records: Sequence[Any]) -> bool:
    """Whether the first of several records has a problem."""
    return isinstance(records[0], Mapping) and _named(records[0])


def _holds_records(inner: Any) -> bool:
    return (
        isinstance(inner, list)
        and bool(inner)
        and (
            isinstance(inner[0], Mapping) or (isinstance(inner[0], list) and is_dialogue(inner[0]))
        )
    )


def _of_splits(splits: Mapping[str, Any], depth: int) -> Iterator[tuple[Any, str]]:
    earlier: dict[str, str] = {}
    for name, inner in splits.items():
        for record, why in unwrapped(inner, depth + 1):
            if why or not isinstance(record, Mapping) or len(splits) == 1:
                yield record, why
                continue
            text = repr(record)
            first = earlier.setdefault(text, name)
            if first != name:
                yield record, f"copy of a record of the split {first!r}"
            else:
                yield ({**record, "split": name} if "split" not in record else record), ""


def _table(value: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    inners = list(value.values())
    named = _named(value)
    if inners and all(isinstance(inner, Mapping) for inner in inners):
        if named and not any(_is_record(inner) for inner in inners):  # pandas, by column
            for place in dict.fromkeys(key for inner in inners for key in inner):
                row = {name: inner[place] for name, inner in value.items() if place in inner}
                yield row, ""
        else:
            for key, inner in value.items():
                yield ({"id": key, **inner} if inner.get("id") is None else inner), ""
    elif inners and all(isinstance(inner, list) for inner in inners):
        if named and len({len(inner) for inner in inners}) == 1:
            for cells in zip(*inners, strict=True):
                yield dict(zip(value, cells, strict=True)), ""
        else:
            yield from (({"id": key, "accuracy": inner}, "") for key, inner in value.items())
    else:
        yield value, ""
