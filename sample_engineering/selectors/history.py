"""Accuracy histories: how often each candidate was solved at successive checkpoints of a run."""

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sample_engineering.errors import PoolError
from sample_engineering.pool import Report, stream_records

_ID_FIELDS = ("id", "idx", "index", "problem_id", "unique_id")
_LIST_FIELDS = ("accuracy", "history", "accuracies", "pass_rates", "rewards", "acc")


class History(Mapping[str, tuple[float, ...]]):
    """Accuracies in [0, 1] of many candidates, oldest first; NaN marks a missing visit.

    Parameters
    ----------
    trajectories : mapping of str to sequence of float or None
        In an order that ties are broken by; lengths may differ.
    problems : Report, optional
        What reading met.

    Raises
    ------
    PoolError
        If a trajectory is empty or holds anything but numbers in [0, 1].
    """

    def __init__(
        self, trajectories: Mapping[str, Sequence[float | None]], problems: Report | None = None
    ) -> None:
        self._values: dict[str, tuple[float, ...]] = {}
        for id_, values in trajectories.items():
            fault = fault_of(values)
            if fault:
                raise PoolError(f"history of {id_!r}: {fault}")
            self._values[str(id_)] = tuple(math.nan if v is None else float(v) for v in values)
        self.places = {id_: place for place, id_ in enumerate(self._values)}
        self.problems = Report(read=len(self._values)) if problems is None else problems

    def __getitem__(self, id_: str) -> tuple[float, ...]:
        return self._values[id_]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def fault_of(values: Any) -> str:
    """Say what is wrong with a trajectory; an empty text if nothing is."""
    if isinstance(values, str) or not isinstance(values, Sequence):
        return "not a list of accuracies"
    if not values:
        return "an empty list"
    for value in values:
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"{value!r} is not an accuracy"
        if not (math.isnan(value) or 0 <= value <= 1):
            return f"accuracy {value} is not in [0, 1]"
    if all(value is None or math.isnan(value) for value in values):
        return "no accuracy at all"
    return ""


def read_history(path: str | os.PathLike[str], *, on_error: str = "skip") -> History:
    """Read histories: records with `id` and a list `accuracy`, or a JSON map from id to list.

    Parameters
    ----------
    path : path-like
        Any format that a pool may have.
    on_error : {"skip", "fail"}
        What a bad record does, as for pools.

    Raises
    ------
    PoolError
        If the file cannot be read or holds no usable history.
    """
    from sample_engineering.pool import BadLine

    report = Report()
    name = os.fspath(path)
    trajectories: dict[str, Sequence[float | None]] = {}
    for line, record in stream_records(path, on_error=on_error, problems=report):
        id_ = next((record[key] for key in _ID_FIELDS if record.get(key) is not None), None)
        values = next((record[key] for key in _LIST_FIELDS if record.get(key) is not None), None)
        fault = "no id" if id_ is None else fault_of(values)
        if not fault and str(id_) in trajectories:
            fault = f"duplicate id '{id_}'"
        if fault:
            bad = BadLine(name, line, fault)
            if on_error == "fail":
                raise PoolError(f"{bad}; mend the line, or give `on_error` skip")
            report.add(bad)
            continue
        assert values is not None  # fault_of has refused it
        trajectories[str(id_)] = values
        report.read += 1
    if not trajectories:
        first = f" ({report.bad_lines[0]})" if report.bad_lines else ""
        raise PoolError(
            f"{name} holds no usable history{first}; "
            'each record needs an id and a list, {"id": "7", "accuracy": [0.0, 0.125]}'
        )
    return History(trajectories, report)


def filled(values: Sequence[float]) -> tuple[float, ...]:
    """Return a trajectory whose missing first visits take the next known value (LIMR)."""
    known = next((value for value in values if not math.isnan(value)), math.nan)
    out, started = [], False
    for value in values:
        started = started or not math.isnan(value)
        out.append(value if started else known)
    return tuple(out)
