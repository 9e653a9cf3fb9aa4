"""Whole histories as a log holds them, until all were seen and what they mean is known."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sample_engineering.pool import BadLine
from sample_engineering.rollouts.rewards import NOT_VISITED, Meaning, Seen, meaning_of, number_of
from sample_engineering.rollouts.rollout import Track
from sample_engineering.rollouts.steps import Step

if TYPE_CHECKING:
    import numpy


@dataclass(slots=True)
class Kept:
    """One history: the numbers as they are given, and the accuracies that they mean."""

    line: int
    file: str
    given: "numpy.ndarray"
    steps: tuple[Step | None, ...] | None
    counts: tuple[int, ...] | None
    fault: str = ""
    values: Sequence[float] = ()


class Tracks:
    """The histories of one column."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.kept: list[Kept] = []
        self.seen = Seen()
        self._beyond = 0  # histories with values outside [-1, 1]
        self._first_beyond: tuple[float, bool] = (0.0, True)

    def add(self, group: int, track: Track, file: str) -> str:
        """Keep a history; return what is wrong with it."""
        import numpy as np

        try:
            values = _numbers(track.values)
        except ValueError as error:
            return str(error)
        if np.isnan(values).all():
            return "no accuracy at all"
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        if high > 1 or low < NOT_VISITED:
            self._beyond += 1
        steps, counts = track.steps, track.counts
        numbers = [step for step in steps or () if isinstance(step, int | float)]
        if steps is not None and len(numbers) == len(steps):
            order = sorted(range(len(steps)), key=lambda k: numbers[k])
            if order != list(range(len(steps))):
                values = values[order]
                steps = tuple(steps[k] for k in order)
                counts = None if counts is None else tuple(counts[k] for k in order)
        self.groups.append(group)
        self.kept.append(Kept(track.line, file, values, steps, counts))
        return ""

    def meaning(self, column: str, rates: bool) -> Meaning:
        """Say what the values mean, see `rewards.meaning_of`."""
        few = self._beyond and 2 * self._beyond <= len(self.kept) and not self._percent()
        for one in self.kept:
            if not (few and _beyond(one.given)):
                self.seen.add(one.given)
        return meaning_of(self.seen, column, rates=rates, alone=True)

    def _percent(self) -> bool:
        """Whether the values are so large that they are no slips among shares."""
        import numpy as np

        highs = [float(np.nanmax(one.given)) for one in self.kept if _beyond(one.given)]
        return len(highs) > 1 and float(np.median(highs)) > 2

    def judge(self, meaning: Meaning) -> Iterator[BadLine]:
        """Turn values into accuracies; yield the histories that hold others."""
        import numpy as np

        for one in self.kept:
            given = one.given
            shares = meaning.of(given)
            wrong = given[(shares < -1e-9) | (shares > 1 + 1e-9)]
            if wrong.size:
                one.fault = f"accuracy {wrong[0]:g} is not in [0, 1]"
                if meaning.high != 1 or meaning.low != 0:
                    one.fault = f"{wrong[0]:g} is not in [{meaning.low:g}, {meaning.high:g}]"
                yield BadLine(one.file, one.line, one.fault)
            elif np.isnan(shares).all():
                one.values = shares.tolist()
            else:
                one.values = np.clip(shares, 0.0, 1.0).tolist()

    def sound(self) -> Iterator[tuple[int, Kept]]:
        """Yield the histories that were not refused, with their groups."""
        return (
            (group, one) for group, one in zip(self.groups, self.kept, strict=True) if not one.fault
        )


def _beyond(values: Any) -> bool:
    import numpy as np

    return bool(np.nanmax(values) > 1 or np.nanmin(values) < NOT_VISITED)


def _numbers(values: Sequence[Any]) -> "numpy.ndarray":
    """Return cells as floats; a list of rewards in a cell as their mean.

    Raises
    ------
    ValueError
        If one is no number.
    """
    import numpy as np

    if all(type(value) in (float, int, type(None)) for value in values):
        try:
            return np.array(values, dtype=float)
        except OverflowError:
            raise ValueError("a number is out of range") from None
    return np.array([_number(value) for value in values], dtype=float)


def _number(value: Any) -> float:
    if isinstance(value, list):
        known = [number for item in value if not math.isnan(number := _number(item))]
        return sum(known) / len(known) if known else math.nan
    read = number_of(value)
    if read is None:
        raise ValueError(f"{value!r:.40} is not an accuracy")
    return read[0]
