"""Reward functions in the shape that TRL calls."""

import pytest

from sample_engineering.errors import GoldError
from sample_engineering.grading import (
    check_golds,
    correctness_reward,
    format_reward,
    read_gold,
    read_sample_gold,
)
from sample_engineering.sample import Sample


def test_strings_and_conversations() -> None:
    completions = [
        r"so \boxed{3}",
        [{"role": "assistant", "content": r"so \boxed{4}"}],
        [{"role": "user", "content": r"\boxed{3}"}, {"role": "assistant", "content": "no"}],
        [{"role": "assistant", "content": [{"type": "text", "text": r"\boxed{3}"}]}],
        [],
    ]
    assert correctness_reward(completions, ["3"] * 5) == [1.0, 0.0, 0.0, 1.0, 0.0]
    assert format_reward(completions, answer=["3"] * 5) == [1.0, 1.0, 0.0, 1.0, 0.0]


def test_columns_of_the_dataset_are_used_or_ignored() -> None:
    rewards = correctness_reward(
        completions=[r"\boxed{3.01}", r"\boxed{9810 \text{ mm/s^2}}", r"\boxed{B}"],
        answer=["3.0", "9.81", "B"],
        kind=[None, None, "choice"],
        tolerance=[0.01, None, None],
        unit=[None, "m/s**2", None],
        prompts=["a", "b", "c"],
        trainer_state=object(),
    )
    assert rewards == [1.0, 1.0, 1.0]


def test_golds_may_be_read_beforehand() -> None:
    gold = read_gold("0.125", tolerance=5e-3)
    assert correctness_reward([r"\boxed{0.1252}", r"\boxed{0.13}"], [gold, gold]) == [1.0, 0.0]


def test_an_unreadable_gold_gives_no_reward_not_a_zero() -> None:
    assert correctness_reward([r"\boxed{3}"] * 2, ["", "3"]) == [None, 1.0]
    with pytest.raises(GoldError):
        check_golds(["", "3"])


def test_gold_of_a_sample() -> None:
    sample = Sample("1", "How fast?", "9.81", unit="m/s**2", tolerance=0.01)
    assert read_sample_gold(sample).kind == "quantity"
    strict = Sample("2", "How many?", "5", extra={"units_allowed": False})
    assert correctness_reward([r"\boxed{5 N}", r"\boxed{5}"], [read_sample_gold(strict)] * 2) == [
        0.0,
        1.0,
    ]
