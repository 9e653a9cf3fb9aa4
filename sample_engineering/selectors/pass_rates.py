"""Pass rates: from fields of the pool, or from the records of a probe."""

import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import ConfigError, PoolError
from sample_engineering.generation.asking import Protocol, differing
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    from sample_engineering.pool import Report

_RATE_FIELDS = ("pass_rate", "solve_rate", "success_rate", "mean_reward")
_ROLLOUT_FIELDS = ("n", "n_rollouts", "rollouts", "num_samples")
_CORRECT_FIELDS = ("correct", "n_correct")
_FORCED_FIELDS = ("forced_pass_rate", "guess_rate")


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
    """Read the pass rate of a record; None where it gives none or no sensible one."""
    rollouts = _number(record, _ROLLOUT_FIELDS)
    rate = _number(record, _RATE_FIELDS)
    correct = _number(record, _CORRECT_FIELDS)
    if rate is None and correct is not None and rollouts:
        rate = correct / rollouts
    if rate is None or not 0 <= rate <= 1:
        return None
    forced = _number(record, _FORCED_FIELDS)
    return PassRate(
        rate,
        int(rollouts) if rollouts is not None and rollouts >= 1 else None,
        forced if forced is not None and 0 <= forced <= 1 else None,
    )


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


def _number(record: Mapping[str, Any], names: Iterable[str]) -> float | None:
    for name in names:
        value = record.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    return None


def rates_of_pool(
    pool: Sequence[Sample], measured: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, PassRate]:
    """Return pass rates by id: measured ones first, then those among the pool's own fields."""
    rates = {}
    for sample in pool:
        rate = pass_rate_of((measured or {}).get(sample.id, {})) or pass_rate_of(sample.extra)
        if rate is not None:
            rates[sample.id] = rate
    return rates


def read_measured(
    path: str | os.PathLike[str], *, on_error: str = "skip", problems: "Report | None" = None
) -> dict[str, Mapping[str, Any]]:
    """Read the records of a probe (`id`, `n`, `correct`, `pass_rate`, ...) by id.

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
        id_ = record.get("id")
        fault = "no id" if id_ is None else f"duplicate id '{id_}'" if str(id_) in measured else ""
        if not fault:
            measured[str(id_)] = record
            report.read += 1
            continue
        bad = BadLine(os.fspath(path), line, fault)
        if on_error == "fail":
            raise PoolError(f"{bad}; mend the line, or give `on_error` skip")
        report.add(bad)
    return measured
