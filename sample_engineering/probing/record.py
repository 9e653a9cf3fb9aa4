"""What a probe measured of one candidate, under the names that the ranking uses."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from sample_engineering.errors import PoolError
from sample_engineering.grading import equal_answers
from sample_engineering.probing.rollouts import Rollout
from sample_engineering.selectors.pass_rates import PassRate, protocol_in
from sample_engineering.selectors.posterior import expected_learning, rate_interval

# Names in files written before version 0.2.
_OLDER = {
    "beta_low": "pass_rate_low",
    "beta_high": "pass_rate_high",
    "dead_group": "dead_group_chance",
}
_LISTS = ("accuracy", "models", "wrong_answers")


@dataclass(frozen=True, slots=True)
class ProbeRecord:
    """One candidate's rollouts in numbers; None where nothing was measured.

    Parameters
    ----------
    id : str
        Of the candidate.
    n, correct : int
        Free rollouts, and how many of them were right.
    pass_rate, pass_rate_low, pass_rate_high : float or None
        Share of right ones, and the central 90 % interval of its posterior.
    learnability, learnability_low, learnability_high : float or None
        p(1 - p), and its range over that interval.
    dead_group_chance : float or None
        Chance that all rollouts of a group get the same reward.
    forced_n, forced_correct : int or None
        Answers that started inside the box, and how many of them were right.
    forced_pass_rate, reasoning_dependence : float or None
        Share of right ones among these, and the pass rate minus it.
    mean_tokens, truncated, unreadable : float or None
        Of the free rollouts: mean length, and shares cut off and without a readable answer.
    wrong_answers : tuple of int or None
        How often each distinct wrong final answer was given freely, the most often first; equal
        ones count together, however spelt.
    model : str
        What was rolled out.
    protocol : mapping, optional
        How it was asked: a record of `generation.asking.Protocol` with its digest.
    accuracy, models : tuple, optional
        Pass rates at successive checkpoints, oldest first, and their names.
    error : str, optional
        Why nothing was measured.
    """

    id: str
    n: int = 0
    correct: int = 0
    pass_rate: float | None = None
    pass_rate_low: float | None = None
    pass_rate_high: float | None = None
    learnability: float | None = None
    learnability_low: float | None = None
    learnability_high: float | None = None
    dead_group_chance: float | None = None
    forced_n: int | None = None
    forced_correct: int | None = None
    forced_pass_rate: float | None = None
    reasoning_dependence: float | None = None
    mean_tokens: float | None = None
    truncated: float | None = None
    unreadable: float | None = None
    wrong_answers: tuple[int, ...] | None = None
    model: str = ""
    protocol: Mapping[str, Any] | None = None
    accuracy: tuple[float | None, ...] | None = None
    models: tuple[str, ...] | None = None
    error: str | None = None

    @classmethod
    def of(
        cls,
        id_: str,
        rollouts: Sequence[Rollout],
        guesses: Sequence[Rollout],
        *,
        group_size: int,
        model: str,
        protocol: Mapping[str, Any] | None = None,
        error: str | None = None,
    ) -> "ProbeRecord":
        """Count a candidate's free rollouts and forced answers."""
        known: dict[str, Any] = {
            "n": len(rollouts),
            "correct": sum(rollout.correct for rollout in rollouts),
        }
        if rollouts:
            n = len(rollouts)
            p = known["correct"] / n
            learning = expected_learning(PassRate(p, n), group_size)
            low, high = rate_interval(p, n)
            known |= {"pass_rate": p, "pass_rate_low": low, "pass_rate_high": high}
            known |= asdict(learning) | {
                "mean_tokens": sum(rollout.tokens for rollout in rollouts) / n,
                "truncated": sum(rollout.truncated for rollout in rollouts) / n,
                "unreadable": sum(not rollout.readable for rollout in rollouts) / n,
                "wrong_answers": _wrong_answers(rollouts),
            }
        if guesses:
            right = sum(guess.correct for guess in guesses)
            forced = right / len(guesses)
            known |= {
                "forced_n": len(guesses),
                "forced_correct": right,
                "forced_pass_rate": forced,
            }
            if rollouts:
                known["reasoning_dependence"] = known["pass_rate"] - forced
        return cls(id_, model=model, protocol=protocol, error=error, **known)

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready record; what may be missing only where it is there."""
        record = asdict(self)
        for name in ("protocol", "accuracy", "models", "error", "wrong_answers"):
            if record[name] is None:
                del record[name]
            elif name in _LISTS:
                record[name] = list(record[name])
        return record

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "ProbeRecord":
        """Read a record, also one of an older version; fields that no probe writes are left out.

        Raises
        ------
        PoolError
            If it has no id.
        """
        if record.get("id") is None:
            raise PoolError("a record of a probe has no id; give the file that `probe` wrote")
        names = {field.name for field in fields(cls)}
        renamed = {_OLDER.get(name, name): value for name, value in record.items()}
        known = {name: value for name, value in renamed.items() if name in names}
        for name in _LISTS:
            if known.get(name) is not None:
                known[name] = tuple(known[name])
        known["protocol"] = protocol_in(record)
        return cls(**{**known, "id": str(record["id"])})


def _wrong_answers(rollouts: Sequence[Rollout]) -> tuple[int, ...] | None:
    """Count distinct wrong answers; None where a journal of an older version kept none."""
    wrong = [one for one in rollouts if one.readable and not one.correct]
    if any(one.answer is None for one in wrong):
        return None
    numbers = equal_answers([one.answer for one in wrong])
    # What cannot be read as an answer by itself is told apart by its spelling.
    keys = [
        one.answer if number is None else number for one, number in zip(wrong, numbers, strict=True)
    ]
    return tuple(sorted(Counter(keys).values(), reverse=True))
