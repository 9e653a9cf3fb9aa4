"""What a run's figures say: dead, harmful, trained."""

import pytest

from sample_engineering.runs.rows import MetricsLine
from sample_engineering.trainers.watch import (
    dead_in_a_row,
    progress_of,
    signs_of_harm,
    why_untrained,
)


def line(informative=1, cause=None, **figures):
    return MetricsLine(
        **{
            "arm": "sample", "seed": 0, "step": 1, "optimizer_steps": 1, "reward_mean": 0.5,
            "reward_std": 0.5, "pass_rate": 0.5, "readable": 1.0, "truncated": 0.0,
            "length": 40.0, "written_steps": 3.0, "distinct": 1.0, "rollouts": 8, "groups": 1,
            "informative_groups": informative, "dead_cause": cause, "loss": 0.0, "grad_norm": 1.0,
            "lr": 1e-4, "entropy": 1.0, "kl": None, "clip_ratio": None, "importance_ratio": None,
            "seconds": 1.0, **figures,
        }
    )  # fmt: skip


DEAD = line(0, "all wrong")


def test_informative_and_dead_steps_are_counted():
    progress = progress_of([line(), DEAD, DEAD, line()], planned=4)
    assert (progress.steps, progress.informative_steps, progress.groups) == (4, 2, 4)
    assert progress.dead_causes == {"all wrong": 2}
    assert progress.trained


def test_a_handful_of_informative_steps_is_no_training():
    lines = [line()] * 3 + [DEAD] * 97
    progress = progress_of(lines, planned=100)
    assert not progress.trained
    assert why_untrained(progress).startswith("3 of 100 steps taught anything: no rollout was")
    assert progress_of([line()] * 5 + [DEAD] * 95, planned=100).trained
    assert not progress_of([DEAD] * 20, planned=100).trained


@pytest.mark.parametrize(
    ("cause", "advice"),
    [
        ("all right", "choose a harder one"),
        ("all wrong", "choose an easier one"),
        ("nothing readable", "check the prompt template"),
        ("all truncated", "raise max_tokens"),
    ],
)
def test_an_untrained_run_says_what_to_change(cause, advice):
    assert advice in why_untrained(progress_of([line(0, cause)] * 5, planned=5))


def test_dead_steps_count_from_the_end():
    assert dead_in_a_row([]) == 0
    assert dead_in_a_row([DEAD, line(), DEAD, DEAD]) == 2
    assert dead_in_a_row([DEAD, line()]) == 0


def course(start, end, steps=20):
    """Lines whose figures go evenly from `start` to `end`."""
    return [
        line(**{k: start[k] + (end[k] - start[k]) * i / (steps - 1) for k in start})
        for i in range(steps)
    ]


REASONED = {"pass_rate": 0.3, "written_steps": 3.0, "length": 40.0, "distinct": 1.0}


def test_learning_to_guess_is_a_sign_of_harm():
    guessed = {"pass_rate": 0.98, "written_steps": 0.1, "length": 6.0, "distinct": 0.05}
    (warning,) = signs_of_harm(course(REASONED, guessed))
    assert "the answer may have been memorised" in warning
    assert "written steps went from" in warning


def test_learning_to_reason_is_none():
    reasoned = {"pass_rate": 0.98, "written_steps": 5.0, "length": 60.0, "distinct": 0.1}
    assert signs_of_harm(course(REASONED, reasoned)) == []


def test_shrinking_without_gain_is_none():
    shrunk = {"pass_rate": 0.35, "written_steps": 0.1, "length": 6.0, "distinct": 0.05}
    assert signs_of_harm(course(REASONED, shrunk)) == []


def test_short_runs_are_not_judged():
    guessed = {"pass_rate": 0.98, "written_steps": 0.1, "length": 6.0, "distinct": 0.05}
    assert signs_of_harm(course(REASONED, guessed, steps=5)) == []
