"""JSON that is not a list of records, and tables with a column for each checkpoint.

All become records: rows of a log as they are, and whole histories as ``{"id": ..., "accuracy":
[...], "steps": [...]}``.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sample_engineering.rollouts.columns import (
    RATES,
    REWARDS,
    STEPS,
    TEXTS,
    is_id,
    is_rate,
    plain_name,
)
from sample_engineering.rollouts.rewards import number_of
from sample_engineering.rollouts.steps import Step, step_of

Record = dict[str, Any]

NOW = "accuracy_now"  # of one checkpoint, where nothing in the file says a name
_NAMES = frozenset((*TEXTS, *STEPS, *REWARDS))
_STEP_WORD = re.compile(r"step|checkpoint|ckpt|iter|epoch|round|update", re.IGNORECASE)
_NUMBERED = re.compile(r"(\D*?)(\d{1,12}(?:\.\d{1,6})?)(\D*)")
# Of several parts of a file, the one that holds what is looked for.
_PAYLOADS = (
    *("history_accuracy", "accuracy_history", "acc_with_step", "acc_step", "history", "accuracy"),
    *("accuracies", "samples", "rollouts", "records", "results", "data", "rows", "training_state"),
)
_DEEPEST = 4


def records_in(value: Any, known: frozenset[str] = frozenset(), depth: int = 0) -> list[Any]:
    """Return the records that a JSON file holds.

    Parameters
    ----------
    value : object
        The whole file.
    known : frozenset of str
        Ids of the pool, where there is one; they tell ids from steps.
    """
    if isinstance(value, list):
        return _of_list(value)
    if not isinstance(value, dict) or not value:
        return [value]
    table = _table(value)
    if table is not None:
        return table
    columns = _columnar(value)
    if columns is not None:
        return columns
    inner = list(value.values())
    if all(isinstance(item, list) for item in inner):
        return _of_lists(value)
    if all(isinstance(item, dict) for item in inner):
        found = _of_maps(value, known)
        if found is not None:
            return found
    if _scalars(value) and not _is_record(value):
        return [{"id": key, NOW: item} for key, item in value.items()]
    steps = value.get("steps")
    part = _payload(value)
    if part is not None and depth < _DEEPEST:
        found = records_in(value[part], known, depth + 1)
        if isinstance(steps, list):
            for record in found:
                if isinstance(record, dict) and "accuracy" in record:
                    record.setdefault("steps", steps)
        return found
    return [value]


def _is_key(name: str) -> bool:
    return is_id(name) or plain_name(name) in TEXTS


def _is_name(name: str) -> bool:
    return is_id(name) or plain_name(name) in _NAMES


def _of_list(value: list[Any]) -> list[Any]:
    """Records as they are; rows below a header; a matrix of accuracies."""
    if value and all(isinstance(cell, int | float | None) for cell in value):
        return [{"id": str(place), NOW: cell} for place, cell in enumerate(value)]
    if not value or not all(isinstance(row, list) for row in value):
        return value
    if value[0] and all(isinstance(cell, str) for cell in value[0]):
        return [dict(zip(value[0], row, strict=False)) for row in value[1:]]
    return [{"id": str(place), "accuracy": row} for place, row in enumerate(value)]


def _table(value: Mapping[str, Any]) -> list[Record] | None:
    """Wandb's tables, and pandas' orient="split"."""
    columns, data = value.get("columns"), value.get("data")
    if not (isinstance(columns, list) and isinstance(data, list)):
        return None
    names = [str(name) for name in columns]
    records = [dict(zip(names, row, strict=False)) for row in data if isinstance(row, list)]
    index = value.get("index")
    if isinstance(index, list) and len(index) == len(records) and not _has_key(names):
        for record, id_ in zip(records, index, strict=True):
            record["index"] = id_
    return records


def _has_key(names: Sequence[str]) -> bool:
    return any(_is_key(name) for name in names)


def _columnar(value: Mapping[str, Any]) -> list[Record] | None:
    """A column a key: lists of one length, or maps with the same keys (pandas)."""
    names = list(value)
    if not any(_is_name(name) for name in names) or len(names) < 2:
        return None
    columns = list(value.values())
    keyed = any(_is_key(name) for name in names)
    if all(isinstance(column, list) for column in columns):
        lengths = {len(column) for column in columns}
        if len(lengths) == 1 and keyed:
            return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
        steps = next((name for name in names if plain_name(name) in STEPS), None)
        ids = next((name for name in names if is_id(name)), None)
        if ids is None:
            return None
        for name in names:  # ids and steps beside a matrix
            rows = value[name]
            if name in (ids, steps) or len(rows) != len(value[ids]) or not rows:
                continue
            if isinstance(rows[0], list):
                extra = {} if steps is None else {"steps": value[steps]}
                pairs = zip(value[ids], rows, strict=True)
                return [{"id": id_, "accuracy": row, **extra} for id_, row in pairs]
        return None
    if keyed and all(isinstance(column, dict) for column in columns):
        keys = list(columns[0])
        if all(list(column) == keys for column in columns):
            return [{name: value[name][key] for name in names} for key in keys]
    return None


def _of_lists(value: Mapping[str, Any]) -> list[Any]:
    """HistoryTable by id, or records by step (or by id)."""
    first = next((item[0] for item in value.values() if item), None)
    if not isinstance(first, dict):
        name = next((key for key in value if plain_name(key) in STEPS), None)
        shared = {} if name is None else {"steps": value[name]}
        return [
            {"id": key, "accuracy": item, **shared} for key, item in value.items() if key != name
        ]
    if len(value) == 1:
        return list(next(iter(value.values())))
    keyed = any(_is_key(name) for name in first)
    name = "step" if keyed else "id"
    return [
        {name: key, **record} if isinstance(record, dict) else record
        for key, records in value.items()
        for record in records
    ]


def _of_maps(value: Mapping[str, Any], known: frozenset[str]) -> list[Record] | None:
    """Accuracies by id and step, or by step and id; or a record by its id."""
    rows = {key: item for key, item in value.items() if item}
    if not rows or any(plain_name(key) in (*_PAYLOADS, *RATES) for key in rows):  # a wrapper
        return None
    if len(rows) == 1 and all(_lists(row) for row in rows.values()):  # a wrapper by any name
        return None
    inner = list(dict.fromkeys(name for row in rows.values() for name in row))
    if any(_is_name(name) or is_rate(name) for name in inner):
        if len(rows) < 2:  # a wrapper
            return None
        return [{"id": key, **row} for key, row in rows.items()]
    if not all(_scalars(row) or _lists(row) for row in rows.values()):
        return None
    if ids_outside(list(rows), inner, known):
        return [
            {"id": key, "accuracy": list(row.values()), "steps": list(row)}
            for key, row in rows.items()
        ]
    found: dict[str, Record] = {}
    for step, row in rows.items():
        for id_, item in row.items():
            record = found.setdefault(id_, {"id": id_, "accuracy": [], "steps": []})
            record["accuracy"].append(item)
            record["steps"].append(step)
    return list(found.values())


def ids_outside(outer: Sequence[str], inner: Sequence[str], known: frozenset[str]) -> bool:
    """Say whether of two levels of keys the outer ones are ids, and the inner ones steps."""
    out = [str(key) for key in outer]
    within = [str(key) for key in inner]
    if known:
        share = [sum(key in known for key in keys) / len(keys) for keys in (out, within)]
        if share[0] != share[1]:
            return share[0] > share[1]
    for keys, verdict in ((out, False), (within, True)):
        if all(_STEP_WORD.search(key) for key in keys):
            return verdict
    numbers = [[step_of(key) for key in keys] for keys in (out, within)]
    numeric = [all(isinstance(n, int | float) for n in level) for level in numbers]
    if numeric[0] != numeric[1]:  # numbers are steps where the others are words
        return numeric[1]
    strides = [
        _stride(level) if isnumeric else 0
        for level, isnumeric in zip(numbers, numeric, strict=False)
    ]
    if (strides[0] > 1) != (strides[1] > 1):
        return strides[1] > 1
    return len(out) >= len(within)


def _stride(numbers: Sequence[Any]) -> float:
    """Return the distance of numbers that are evenly spaced, 0 where they are not."""
    apart = {b - a for a, b in itertools.pairwise(numbers)}
    return float(apart.pop()) if len(apart) == 1 else 0.0


def _scalars(value: Mapping[str, Any]) -> bool:
    return all(not isinstance(item, list | dict) and number_of(item) for item in value.values())


def _lists(value: Mapping[str, Any]) -> bool:
    return all(
        isinstance(item, list) and all(not isinstance(x, dict | list) for x in item)
        for item in value.values()
    )


def _is_record(value: Mapping[str, Any]) -> bool:
    return any(_is_name(name) or is_rate(name) for name in value)


def _payload(value: Mapping[str, Any]) -> str | None:
    """Return the name of the part that holds the records."""
    parts = {name: item for name, item in value.items() if isinstance(item, list | dict) and item}
    for wanted in _PAYLOADS:
        for name in parts:
            if plain_name(name) == wanted and not _flat(parts[name]):
                return name
    large = [name for name, item in parts.items() if not _flat(item)]
    if any(_is_key(name) for name in value):
        return None
    return large[0] if len(large) == 1 else None


def _flat(item: Any) -> bool:
    """Whether it holds neither lists nor mappings, as a list of settings does."""
    inner = item if isinstance(item, list) else list(item.values())
    return not any(isinstance(one, list | dict) for one in inner) and not (
        isinstance(item, dict) and _scalars(item) and not _is_record(item)
    )


def wide_columns(
    records: Sequence[Mapping[str, Any]], keys: frozenset[str], *, all_of_them: bool
) -> dict[str, Step]:
    """Return the columns that stand for checkpoints, with their steps, in their order.

    Parameters
    ----------
    records : sequence of mapping
        The first of the table.
    keys : frozenset of str
        Columns that are ids or texts.
    all_of_them : bool
        Whether columns without a number in their names may be checkpoints too.
    """
    names = list(dict.fromkeys(name for record in records for name in record))
    numeric = [
        name
        for name in names
        if name not in keys and all(_cell(record.get(name)) for record in records)
    ]
    families: dict[tuple[str, str], dict[str, Step]] = {}
    for name in numeric:
        matched = _NUMBERED.fullmatch(name.strip())
        if matched:
            step = step_of(float(matched[2]))
            families.setdefault((matched[1].lower(), matched[3].lower()), {})[name] = step or 0
        elif isinstance(step := step_of(name), int | float):  # qwen2.5 at step 10
            families.setdefault(("step", ""), {})[name] = step
    family = _family(families)
    if len(family) > 1:
        return dict(sorted(family.items(), key=lambda pair: float(pair[1])))
    if all_of_them and len(numeric) > 1 and len(numeric) >= len(names) - len(keys):
        return {name: step_of(name) or name for name in numeric}
    return {}


def _family(families: Mapping[tuple[str, str], dict[str, Step]]) -> dict[str, Step]:
    """Of several numbered families, the one that names accuracies or steps; else the largest."""
    best: dict[str, Step] = {}
    rank = -1
    for (before, after), steps in families.items():
        whole = plain_name(f"{before}_{after}") if (before or after) else ""
        order = 2 if is_rate(whole) else 1 if not whole or _STEP_WORD.search(whole) else 0
        if re.fullmatch(r"n|num|count|total|tokens?|len|length|tok", whole):
            order = -1
        distinct = len(set(steps.values())) == len(steps) > 1
        if distinct and order >= 0 and (order, len(steps)) > (rank, len(best)):
            best, rank = steps, order
    return best


def _cell(value: Any) -> bool:
    return not isinstance(value, list | dict) and number_of(value) is not None


def matrices(
    table: Any, ids: Sequence[str] | None, steps: Sequence[Any] | None, known: frozenset[str]
) -> Iterator[Record]:
    """Yield the histories of a matrix of problems by checkpoints, or the other way round.

    A third axis holds rollouts.
    """
    rows, columns = (*table.shape, 0)[:2]
    turned = ids is not None and len(ids) == columns != rows
    if ids is None and known and rows != len(known) and columns == len(known):
        turned = True
    if turned and table.ndim > 1:
        table = table.swapaxes(0, 1)
    if table.ndim == 1:
        for place, value in enumerate(table.tolist()):
            yield {"id": str(place) if ids is None else str(ids[place]), NOW: value}
        return
    count, visits = table.shape[:2]
    labels = list(steps) if steps is not None and len(steps) == visits else None
    for place in range(count):
        record: Record = {
            "id": str(place) if ids is None else str(ids[place]),
            "accuracy": table[place].tolist(),
        }
        if labels is not None:
            record["steps"] = labels
        yield record
