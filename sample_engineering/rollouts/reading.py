"""The first look at a file of a log: what it holds, and what reads it."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sample_engineering.errors import PoolError
from sample_engineering.pool import Report
from sample_engineering.pool.names import reach
from sample_engineering.rollouts.columns import (
    REWARDS,
    STEPS,
    TEXTS,
    Columns,
    find_columns,
    is_id,
    is_rate,
    plain_name,
    shown,
)
from sample_engineering.rollouts.logs import Log
from sample_engineering.rollouts.naming import best_id_first
from sample_engineering.rollouts.rollout import Asked, LogFile, Refusals
from sample_engineering.rollouts.rows import RowReader
from sample_engineering.rollouts.run_rows import Lookup, run_lookup
from sample_engineering.rollouts.tables import Item, items_of, kind_of, parquet_rows
from sample_engineering.rollouts.whole import WholeReader

_HEAD = 64  # records from which the columns are told
_LONG_TEXTS = 1024  # rows of Parquet at a time where completions are read
_SHORT_TEXTS = 16384
_NAMED = 12  # columns in a message


class NoRewards(PoolError):
    """A file holds nothing that could be a reward."""


def open_log(log: Log, asked: Asked, problems: Report, *, numbered: bool) -> LogFile:
    """Look at the first records of a file, and return it with what it yields.

    Parameters
    ----------
    log : Log
    asked : Asked
    problems : Report
        Told what cannot be read.
    numbered : bool
        Whether the log is of several files whose names say the steps: then a list of rewards is
        of the rollouts at that step, and no history.

    Raises
    ------
    NoRewards
        If nothing in it could be a reward.
    PoolError
        If it cannot be read, or its columns are ambiguous.
    """
    name = str(log.path)
    refusals = Refusals(name, asked.on_error, problems)
    run = run_lookup(log.path)
    stream = _of_run(_items(log, asked), run, refusals)
    head = list(itertools.islice(stream, _HEAD))
    records = [item.record for item in head if isinstance(item.record, dict)]
    if not records:
        fault = next((item.fault for item in head if item.fault), "it holds no record")
        raise NoRewards(f"{name}: {fault}; give a log of rollouts or accuracies")
    inner = _inner_list(records)
    if inner:
        stream = _expanded(itertools.chain(head, stream), inner)
        head = list(itertools.islice(stream, _HEAD))
        records = [item.record for item in head if isinstance(item.record, dict)]
    whole = WholeReader(log, asked, refusals).open(
        records, itertools.chain(head, stream), numbered=numbered
    )
    if whole is not None:
        return whole
    columns = find_columns(records, name, reward=asked.reward, step=asked.step, id=asked.id)
    _check(columns, records, name, asked)
    columns = best_id_first(columns, records, asked.known, given=asked.id)
    if kind_of(log.path) == "parquet" and run is None and not inner:
        stream = _projected(log, asked, columns, len(head))
    filtered = any("filter" in record and "resps" in record for record in records)
    rollouts = RowReader(asked, refusals).read(
        itertools.chain(head, stream), columns, filtered=filtered
    )
    reward = columns.reward or columns.right or ("",)
    rates = is_rate(reward[-1]) or columns.right is not None
    return LogFile(log, columns, shown(reward), rates, rollouts)


def _inner_list(records: Sequence[Mapping[str, Any]]) -> str:
    """Return the name under which each record lists records; empty where none does.

    At a step they are those of problems, of a problem its rollouts.
    """
    first = records[0]
    keyed = any(is_id(name) or plain_name(name) in TEXTS for name in first)
    for name, value in first.items():
        records_inside = isinstance(value, list) and all(isinstance(v, dict) for v in value)
        names = [plain_name(inside) for inside in value[0]] if records_inside and value else []
        if {"role", "from"} & set(names):  # the turns of a conversation
            continue
        if keyed:
            rewarded = any(is_rate(inside) or inside in REWARDS for inside in names)
            if rewarded and not any(inside in STEPS for inside in names):  # else a history
                return str(name)
        elif any(is_id(inside) or inside in TEXTS for inside in names):
            return str(name)
    return ""


def _expanded(items: Iterator[Item], name: str) -> Iterator[Item]:
    """Yield the records that stand below a name, each with what stands beside it."""
    for item in items:
        inside = item.record.get(name) if isinstance(item.record, dict) else None
        if not isinstance(inside, list):
            yield item
            continue
        beside = {key: value for key, value in item.record.items() if key != name}
        ids = {key: value for key, value in beside.items() if is_id(key)}
        for record in inside:
            whole = {**beside, **record, **ids} if isinstance(record, dict) else record
            yield Item(item.line, whole)


def _of_run(items: Iterator[Item], run: Lookup | None, refusals: Refusals) -> Iterator[Item]:
    """Yield the rows of a run with what is known of their problems; others as they are."""
    if run is None:
        yield from items
        return
    for item in items:
        if not isinstance(item.record, dict):
            yield item
            continue
        told = run(item.record)
        if "skip" in told:
            refusals.note(told["skip"])
        else:
            yield Item(item.line, item.record | told)


def _check(columns: Columns, records: Sequence[Mapping[str, Any]], name: str, asked: Asked) -> None:
    """Refuse a file without rewards, or without anything that names problems."""
    names = ", ".join(map(str, list(records[0])[:_NAMED]))
    optional = asked.completions and not asked.needs_reward
    if columns.reward is None and columns.right is None and not optional:
        raise NoRewards(
            f"{name}: no column of rewards or accuracies (the columns are {names}); name it in "
            "`reward_column`"
        )
    by_id = columns.reward is not None and any(
        isinstance(reach(record, columns.reward), Mapping) for record in records
    )
    if columns.id is None and columns.text is None and not by_id:
        raise NoRewards(
            f"{name}: no column says which problem a row is of (the columns are {names}); name it "
            "in `id_column`"
        )


def _items(log: Log, asked: Asked) -> Iterator[Item]:
    if kind_of(log.path) != "parquet":
        yield from items_of(log.path, asked.known)
        return
    size = _LONG_TEXTS if asked.completions else _HEAD
    line = 0
    for batch in parquet_rows(log.path, None, size):
        for record in batch:
            line += 1
            yield Item(line, record)


def _projected(log: Log, asked: Asked, columns: Columns, skip: int) -> Iterator[Item]:
    """Yield the rows after the first ones, with the columns that are needed."""
    import pyarrow.parquet

    names = None
    if not asked.completions:
        wanted = [*columns.ids, columns.text, columns.reward, columns.step]
        wanted += [columns.count, columns.right]
        needed = {path[0] for path in wanted if path is not None} | {"filter"}
        there = pyarrow.parquet.ParquetFile(log.path).schema_arrow.names
        names = [name for name in there if name in needed]
    line = 0
    for batch in parquet_rows(log.path, names, _SHORT_TEXTS if names else _LONG_TEXTS):
        for record in batch:
            line += 1
            if line > skip:
                yield Item(line, record)
