"""Pass rates: from fields of the pool, or from the records of a probe."""

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sample_engineering.sample import Sample

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


def read_measured(path: str | os.PathLike[str]) -> dict[str, dict[str, Any]]:
    """Read the records of a probe (`id`, `n`, `correct`, `pass_rate`, ...) by id."""
    from sample_engineering.pool import stream_records

    return {str(record["id"]): record for _, record in stream_records(path) if "id" in record}
