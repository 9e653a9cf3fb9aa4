"""Pass rates: from fields of the pool, or from the records of a probe."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import ConfigError, PoolError
from sample_engineering.generation.asking import Protocol, differing
from sample_engineering.sample import Sample
from sample_engineering.selectors.joining import id_in
from sample_engineering.selectors.rate_columns import find_rates
from sample_engineering.selectors.shares import counted, read_share

if TYPE_CHECKING:
    from sample_engineering.pool import Report


@dataclass(frozen=True, slots=True)
class PassRate:
    """Share of correct rollouts of one candidate.

    Parameters
    ----------
    rate : float
        In [0, 1].
    rollouts : int or None
        How many rollouts it rests on; None where nobody said.
    forced : float or None
        Pass rate when the answer is forced at once, in [0, 1].
    """

    rate: float
    rollouts: int | None = None
    forced: float | None = None


def pass_rate_of(record: Mapping[str, Any]) -> PassRate | None:
    """Read the pass rate of one record; None where it gives none or no sensible one.

    For records of one file use `read_rates`, which judges the scale by all of them.
    """
    return read_rates({"": record})[0].get("")


def read_rates(
    records: Mapping[str, Mapping[str, Any]],
) -> tuple[dict[str, PassRate], list[str]]:
    """Read the pass rates of records by id.

    Returns
    -------
    rates : dict of str to PassRate
        Of the records that give one.
    notes : list of str
        From which column, on what scale, and what could not be read.
    """
    found = find_rates(records.values())
    rates: dict[str, PassRate] = {}
    faults = []
    for id_, record in records.items() if found.columns else ():
        share = read_share(record, found.columns)
        if share.rate is not None:
            rates[id_] = PassRate(share.rate, share.rollouts, share.forced)
        elif share.fault:
            faults.append((id_, share.fault))
    percent = [column for column in found.columns if column.form == "percent" and not found.notes]
    notes = [f"pass rates are read from {column}" for column in percent]
    return rates, [*found.notes, *notes, *counted(faults)]


def protocol_in(record: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return how the model was asked, as a probe wrote it; None where a record does not say."""
    found = record.get("protocol")
    if isinstance(found, str):  # a cell of a table
        try:
            found = json.loads(found)
        except (ValueError, RecursionError):
            return None
    return found if isinstance(found, Mapping) and found.get("digest") else None


def one_protocol(records: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the protocol under which all records were probed; None where none says.

    Raises
    ------
    ConfigError
        If they were probed under different ones; the message names the settings.
    """
    first: Mapping[str, Any] | None = None
    for record in records:
        asked = protocol_in(record)
        if asked is None:
            continue
        if first is None:
            first = asked
        elif told := differing(first, asked):
            raise ConfigError(
                f"`rates` were measured under different conditions: {'; '.join(told)}; probe all "
                "candidates alike"
            )
    return first


def asked_in(records: Iterable[Mapping[str, Any]]) -> str:
    """Return in words how the model was asked for these pass rates; empty where none says.

    Raises
    ------
    ConfigError
        As `one_protocol` does.
    """
    found = one_protocol(records)
    if found is None:
        return ""
    try:
        return str(Protocol.from_dict(found))
    except (ConfigError, TypeError):  # of another version
        return f"a protocol of another version ({found['digest']!s:.40})"


def rates_of_pool(
    pool: Sequence[Sample],
    measured: Mapping[str, Mapping[str, Any]] | None = None,
    notes: list[str] | None = None,
) -> dict[str, PassRate]:
    """Return pass rates by id: measured ones first, then those among the pool's own fields.

    Parameters
    ----------
    pool : samples
    measured : mapping of str to mapping, optional
        Records of a probe by id.
    notes : list of str, optional
        Is told from which column the rates are, and what could not be read.
    """
    own, said = read_rates({sample.id: sample.extra for sample in pool})
    rates = own
    if measured is not None:
        here = {sample.id: measured[sample.id] for sample in pool if sample.id in measured}
        given, told = read_rates(here)
        rates = {
            sample.id: given.get(sample.id) or own[sample.id]
            for sample in pool
            if sample.id in given or sample.id in own
        }
        said = [f"rates: {note}" for note in told] + (said if own else [])
    if notes is not None:
        notes.extend(said)
    return rates


def read_measured(
    path: str | os.PathLike[str], *, on_error: str = "skip", problems: "Report | None" = None
) -> dict[str, Mapping[str, Any]]:
    """Read the records of a probe (`id`, `n`, `correct`, `pass_rate`, ...) by id.

    The id may be called as in pools: ``idx``, ``index``, ``problem_id``, ...

    Parameters
    ----------
    path : path-like
        Any format that a pool may have.
    on_error : {"skip", "fail"}
        What a record without an id, or with that of an earlier one, does.
    problems : Report, optional
        Where such records are counted.

    Raises
    ------
    PoolError
        If the file cannot be read.
    """
    from sample_engineering.pool import BadLine, Report, stream_records

    report = Report() if problems is None else problems
    measured: dict[str, Mapping[str, Any]] = {}
    for line, record in stream_records(path, on_error=on_error, problems=report):
        id_ = id_in(record)
        if id_ is None:
            fault = "no id"
        elif id_ in measured:
            fault = f"duplicate id {id_!r}"
        else:
            measured[id_] = record
            report.read += 1
            continue
        bad = BadLine(os.fspath(path), line, fault)
        if on_error == "fail":
            raise PoolError(f"{bad}; mend the line, or give `on_error` skip")
        report.add(bad)
    return measured
