"""The pass rate that a record gives, once it is known in which column it stands."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sample_engineering.pool.names import reach, squashed
from sample_engineering.selectors.rate_columns import (
    FAILURES_OF,
    FORCED,
    ROLLOUTS,
    WHOLE,
    RateColumn,
    named_number,
    number_in,
    several_in,
    verdicts_in,
)


@dataclass(frozen=True, slots=True)
class Share:
    """A pass rate as a record gives it, or why it gives none.

    Parameters
    ----------
    rate : float or None
    rollouts : int or None
    forced : float or None
    fault : str
    """

    rate: float | None = None
    rollouts: int | None = None
    forced: float | None = None
    fault: str = ""


def read_share(record: Mapping[str, Any], columns: Sequence[RateColumn]) -> Share:
    """Read the pass rate of a record from the first column that it has."""
    by_name = {squashed(name): name for name in reversed(list(record))}
    n = named_number(record, by_name, ROLLOUTS)
    rollouts = int(n) if n is not None and n >= 1 else None
    forced = named_number(record, by_name, FORCED)
    forced = forced if forced is not None and 0 <= forced <= 1 else None
    fault = ""
    for column in columns:
        value = reach(record, column.path)
        if value is None:
            continue
        rate, of, why = _as_share(value, column, rollouts)
        if rate is not None:
            return Share(rate, of if of is not None else rollouts, forced)
        fault = fault or (f"{column.name} {why}" if why else "")
    return Share(fault=fault)


def _as_share(
    value: Any, column: RateColumn, rollouts: int | None
) -> tuple[float | None, int | None, str]:
    if column.form == "verdicts":
        verdicts = verdicts_in(value)
        if verdicts is None:
            return None, None, ""
        return sum(verdicts) / len(verdicts), len(verdicts), ""
    if isinstance(value, str) and (several := several_in(value)) is not None:
        right, of = several
        return (right / of, of, "") if right <= of else (None, None, f"{right} of {of} is too many")
    number = number_in(value)
    if number is None:
        return None, None, f"{value!r:.30} is no number"
    if column.form == "failures":
        fits = 0 <= number <= FAILURES_OF
        return (1 - number / FAILURES_OF, FAILURES_OF, "") if fits else (None, None, "")
    if column.form == "count":
        if rollouts is None:
            return None, None, ""
        fits = 0 <= number <= rollouts
        why = f"{number:g} of {rollouts} rollouts cannot be"
        return (number / rollouts, rollouts, "") if fits else (None, None, why)
    percent = column.form.endswith("percent") or (
        isinstance(value, str) and value.strip()[-1:] == "%"
    )
    rate = number / WHOLE if percent else number
    if not 0 <= rate <= 1:
        return None, None, f"{number:g} is no share in [0, 1]"
    return (1 - rate if column.form.startswith("failing") else rate), None, ""


def counted(faults: Iterable[tuple[str, str]]) -> list[str]:
    """Return notes of what could not be read, by kind, with the first id of each.

    Parameters
    ----------
    faults : iterable of (str, str)
        Id and fault.
    """
    kinds: Counter[str] = Counter()
    first: dict[str, tuple[str, str]] = {}
    for id_, fault in faults:
        kind = re.sub(r"-?\d[\d.e+]*", "N", fault)
        kinds[kind] += 1
        first.setdefault(kind, (id_, fault))
    return [
        f"{n:,} x {first[kind][1]}, the first of {first[kind][0]!r}" for kind, n in kinds.items()
    ]
