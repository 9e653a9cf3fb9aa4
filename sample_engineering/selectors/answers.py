"""Final answers of rollouts: how many were right, and how often each wrong one was given."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sample_engineering.sample import Sample

_FIELD = "wrong_answers"


@dataclass(frozen=True, slots=True)
class AnswerCounts:
    """How the final answers of one candidate's rollouts spread.

    Parameters
    ----------
    rollouts : int
        At least 1.
    right : int
        Rollouts with the right answer.
    wrong : tuple of int
        How often each distinct wrong answer was given; what is left had no answer to read.
    """

    rollouts: int
    right: int
    wrong: tuple[int, ...]

    @property
    def spread(self) -> tuple[int, ...]:
        """Sizes of the classes: right, each wrong answer, and none; without empty ones."""
        none = self.rollouts - self.right - sum(self.wrong)
        return tuple(size for size in (self.right, *self.wrong, none) if size)


def answer_counts_of(record: Mapping[str, Any]) -> AnswerCounts | None:
    """Read ``n``, ``correct``, ``wrong_answers`` of a probe's record; None if it lacks any."""
    wrong = record.get(_FIELD)
    if isinstance(wrong, str):  # a cell of a table
        try:
            wrong = json.loads(wrong)
        except (ValueError, RecursionError):
            return None
    rollouts, right = _plain(record.get("n")), _plain(record.get("correct"))
    if not isinstance(wrong, Sequence) or isinstance(wrong, str | bytes):
        return None
    sizes = [size for size in (*wrong, rollouts, right) if _is_count(size)]
    if len(sizes) < len(wrong) + 2 or not rollouts or sum(wrong) + right > rollouts:
        return None
    return AnswerCounts(int(rollouts), int(right), tuple(int(size) for size in wrong if size))


def answers_of_pool(
    pool: Sequence[Sample], measured: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, AnswerCounts]:
    """Return answer counts by id: measured ones first, then those among the pool's own fields."""
    counts = {}
    for sample in pool:
        found = answer_counts_of((measured or {}).get(sample.id, {}))
        found = found or answer_counts_of(sample.extra)
        if found is not None:
            counts[sample.id] = found
    return counts


def _plain(value: Any) -> Any:
    """Return a number that a table wrote as text."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
