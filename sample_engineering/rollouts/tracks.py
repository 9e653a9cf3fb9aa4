"""Whole histories as a log holds them, until all were seen and what they mean is known."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from sample_engineering.pool import BadLine
from sample_engineering.rollouts.rewards import NOT_VISITED, Meaning, Seen, meaning_of, number_of
from sample_engineering.rollouts.rollout import Track
from sample_engineering.rollouts.steps import Step

if TYPE_CHECKING:
    import numpy


_SLIP = 2.0  # a single accuracy up to here may be a slip; more of them are of another scale
_TOGETHER = 4096  # histories that are looked at together


@dataclass(slots=True)
class Kept:
    """One history: the numbers as they are given, their range, and the accuracies they mean."""

    line: int
    file: str
    given: "numpy.ndarray"
    low: float
    high: float
    steps: tuple[Step | None, ...] | None
    counts: tuple[int, ...] | None
    fault: str = ""
    values: Sequence[float] = ()

    @property
    def beyond(self) -> bool:
        """Whether some are neither shares nor a mark for "not visited"."""
        return self.high > 1 or self.low < NOT_VISITED


class Tracks:
    """The histories of one column."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.kept: list[Kept] = []
        self.seen = Seen()

    def add(self, group: int, track: Track, file: str) -> str:
        """Keep a history; return what is wrong with it."""
        import numpy as np

        try:
            values, many = _numbers(track.values)
        except ValueError as error:
            return str(error)
        low, high = float(values.min()), float(values.max())
        if low != low:  # one is missing
            if np.isnan(values).all():
                return "no accuracy at all"
            low, high = float(np.nanmin(values)), float(np.nanmax(values))
        steps, counts = track.steps, track.counts or many
        numbers = [step for step in steps or () if isinstance(step, int | float)]
        if steps is not None and len(numbers) == len(steps):
            order = sorted(range(len(steps)), key=lambda k: numbers[k])
            if order != list(range(len(steps))):
                values = values[order]
                steps = tuple(steps[k] for k in order)
                counts = None if counts is None else tuple(counts[k] for k in order)
        self.groups.append(group)
        self.kept.append(Kept(track.line, file, values, low, high, steps, counts))
        return ""

    def meaning(self, column: str, rates: bool) -> Meaning:
        """Say what the values mean, see `rewards.meaning_of`."""
        import numpy as np

        few = self._slips()
        told = [one.given for one in self.kept if not (few and one.beyond)]
        for start in range(0, len(told), _TOGETHER):
            self.seen.add(np.concatenate(told[start : start + _TOGETHER]))
        return meaning_of(self.seen, column, rates=rates, alone=True)

    def _slips(self) -> bool:
        """Whether values outside [0, 1] are so few and small that they are slips among shares."""
        highs = [one.high for one in self.kept if one.beyond]
        if not highs or 2 * len(highs) > len(self.kept):
            return False
        return len(highs) == 1 or median(highs) <= _SLIP

    def judge(self, meaning: Meaning) -> Iterator[BadLine]:
        """Turn values into accuracies; yield the histories that hold others."""
        import numpy as np

        plain = meaning.low == 0 and meaning.high == 1 and not meaning.unvisited
        plain = plain and meaning.threshold is None
        for one in self.kept:
            if plain and one.low >= 0 and one.high <= 1:
                one.values = one.given.tolist()
                continue
            shares = meaning.of(one.given)
            wrong = one.given[(shares < -1e-9) | (shares > 1 + 1e-9)]
            if wrong.size:
                one.fault = f"accuracy {wrong[0]:g} is not in [0, 1]"
                if meaning.high != 1 or meaning.low != 0:
                    one.fault = f"{wrong[0]:g} is not in [{meaning.low:g}, {meaning.high:g}]"
                yield BadLine(one.file, one.line, one.fault)
            else:
                one.values = np.clip(shares, 0.0, 1.0).tolist()

    def sound(self) -> Iterator[tuple[int, Kept]]:
        """Yield the histories that were not refused, with their groups."""
        return (
            (group, one) for group, one in zip(self.groups, self.kept, strict=True) if not one.fault
        )


def _numbers(values: Sequence[Any]) -> tuple["numpy.ndarray", tuple[int, ...] | None]:
    """Return cells as floats; of lists of rewards the means, and how many rewards there are.

    Raises
    ------
    ValueError
        If one is no number.
    """
    import numpy as np

    try:
        table = np.array(values, dtype=float)
        if table.ndim == 1:
            return table, None
    except (ValueError, TypeError, OverflowError):
        pass
    means = np.array([_number(value) for value in values], dtype=float)
    if not any(isinstance(value, list) for value in values):
        return means, None
    return means, tuple(len(value) if isinstance(value, list) else 1 for value in values)


def _number(value: Any) -> float:
    if isinstance(value, list):
        known = [number for item in value if not math.isnan(number := _number(item))]
        return sum(known) / len(known) if known else math.nan
    read = number_of(value)
    if read is None:
        raise ValueError(f"{value!r:.40} is not an accuracy")
    return read[0]
