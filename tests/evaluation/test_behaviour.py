"""How completions are written, and how that changes."""

import time

import numpy as np
import pytest

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.behaviour import (
    MEASURES,
    behaviour,
    behaviour_by_item,
    measure_texts,
)
from tests.evaluation.tables import evaluation


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("10 * 4 = 40 ; 2 * 4 = 8 ; 40 + 8 = 48 . \\boxed{48}", 3),
        ("x &= 3 \\\\ &= 4", 2),
        ("if a == b and a <= c and b >= d then x += 1 => done != :=", 0),
        ("a=b=c", 2),
        ("\\boxed{83}", 0),
        ("", 0),
    ],
)
def test_written_steps_are_equations_and_not_comparisons(text, steps):
    assert measure_texts([text])["steps"].item() == steps


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("Let me check: 3 + 4 is 7.", "verifies"),
        ("We verify the result by plugging x back in.", "verifies"),
        ("This makes sense.", "verifies"),
        ("Wait, that is not it.", "turns_back"),
        ("Actually, the mass is 3. Let me try again.", "turns_back"),
        ("First, find the speed.", "stepwise"),
        ("1. Find it.\n2. Use it.", "stepwise"),
        ("```python\nprint(1)\n```", "code"),
        ("def f(x):\n    return x", "code"),
    ],
)
def test_a_behaviour_is_seen_where_it_is_and_not_in_plain_text(text, measure):
    assert measure_texts([text])[measure].item()
    plain = "The car moves for 4 s and then rests; the waiter actuates the checkbook."
    assert not measure_texts([plain])[measure].item()


@pytest.mark.parametrize(
    "text", ["=" * 200_000, "wait" * 50_000, "plug" + " " * 200_000, "\n1" * 100_000, "(" * 200_000]
)
def test_hostile_text_takes_linear_time(text):
    start = time.process_time()
    measure_texts([text])
    assert time.process_time() - start < 2  # quadratic time would take minutes


def test_a_fall_in_reasoning_is_seen_with_its_interval():
    reasons = [
        [f"2 * {i} = {2 * i} ; {2 * i} + {j} = 5 . \\boxed{{5}}" for j in range(4)]
        for i in range(30)
    ]
    guesses = [["\\boxed{5}"] * 4 for _ in range(30)]
    ones = np.ones((30, 4))
    frame = behaviour(
        evaluation(ones, texts=reasons), evaluation(ones, texts=guesses), resamples=500
    ).set_index("measure")
    assert list(frame.index) == list(MEASURES)
    assert frame.loc["steps", ["before", "after", "change"]].tolist() == [2, 0, -2]
    assert frame.loc["unreasoned", "change"] == 1
    assert frame.loc["distinct", ["before", "after"]].tolist() == [1, 0.25]
    assert (frame.loc[["steps", "distinct"], "ci_high"] < 0).all()
    assert frame.loc["verifies", "ci_high"] == pytest.approx(1 - 0.025 ** (1 / 30))


def test_one_completion_an_item_leaves_distinctness_unknown():
    single = evaluation(np.ones((5, 1)))
    assert np.isnan(behaviour_by_item(single)["distinct"]).all()
    frame = behaviour(single, single, resamples=200).set_index("measure")
    assert np.isnan(frame.loc["distinct", "ci_low"])
    assert frame.loc["readable", "change"] == 0


def test_other_items_are_a_clear_error():
    with pytest.raises(ConfigError, match="different items"):
        behaviour(evaluation(np.ones((5, 1))), evaluation(np.ones((4, 1))))
