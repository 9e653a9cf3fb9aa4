"""Rewards, and why a group teaches nothing."""

from types import SimpleNamespace

import pytest

from sample_engineering.grading import read_gold
from sample_engineering.trainers.rewards import Rewarder

RIGHT, WRONG, BARE = r"so \boxed{3}", r"so \boxed{4}", "so 3"


def rewarder(reward="correctness", **options):
    settings = {"group_size": 3, "max_tokens": 8, "steps_per_generation": 1, "seed": 0}
    return Rewarder(reward, [read_gold("3"), read_gold("4")], **(settings | options))


def call(one, texts, lengths=None, step=0, samples=None):
    ids = [[7] * n for n in lengths or [4] * len(texts)]
    return one(
        prompts=[""] * len(texts),
        completions=texts,
        completion_ids=ids,
        sample_index=samples or [0] * len(texts),
        trainer_state=SimpleNamespace(global_step=step),
    )


def test_correctness_and_format():
    texts = [RIGHT, WRONG, BARE]
    assert call(rewarder(), texts) == [1, 0, 0]
    assert call(rewarder("format"), texts) == [1, 1, 0]


def test_each_rollout_is_graded_against_its_own_sample():
    assert call(rewarder(), [RIGHT, WRONG, WRONG], samples=[1, 1, 0]) == [0, 1, 0]


def test_conversational_completions_are_graded_alike():
    chats = [[{"role": "assistant", "content": text}] for text in (RIGHT, WRONG, BARE)]
    assert call(rewarder(), chats) == [1, 0, 0]


def test_the_random_reward_is_a_coin_that_depends_on_seed_and_step_only():
    texts = [RIGHT] * 300
    first = call(rewarder("random"), texts, step=5)
    assert set(first) == {0.0, 1.0}
    assert abs(sum(first) / 300 - 0.5) < 0.1
    assert call(rewarder("random"), [WRONG] * 300, step=5) == first
    assert call(rewarder("random"), texts, step=6) != first
    assert call(rewarder("random", seed=1), texts, step=5) != first


def test_any_function_of_trls_shape_can_be_the_reward():
    def shorter_is_better(completions, answer, **columns):
        return [-float(len(text)) for text in completions]

    one = rewarder(shorter_is_better)
    assert call(one, ["aa", "a", "aaa"]) == [-2, -1, -3]
    assert one.__name__ == "shorter_is_better"
    assert one.last.statistics()["reward_mean"] == -2


@pytest.mark.parametrize(
    ("texts", "lengths", "cause"),
    [
        ([RIGHT, WRONG, BARE], None, None),
        ([RIGHT, RIGHT, RIGHT], None, "all right"),
        ([WRONG, WRONG, BARE], None, "all wrong"),
        ([BARE, BARE, "no"], None, "nothing readable"),
        ([BARE, WRONG, BARE], [8, 8, 8], "all truncated"),
    ],
)
def test_a_dead_group_has_a_cause(texts, lengths, cause):
    one = rewarder()
    call(one, texts, lengths)
    statistics = one.last.statistics()
    assert statistics["dead_cause"] == cause
    assert statistics["informative_groups"] == (cause is None)


def test_no_reward_at_all_is_a_cause_of_its_own():
    one = rewarder(lambda completions, answer, **columns: [None] * len(completions))
    call(one, [RIGHT, WRONG, BARE])
    assert one.last.statistics()["dead_cause"] == "no reward"
    assert one.last.statistics()["reward_mean"] is None


def test_one_informative_group_makes_the_step_informative():
    one = rewarder()
    call(one, [RIGHT] * 3 + [RIGHT, WRONG, BARE])
    statistics = one.last.statistics()
    assert (statistics["groups"], statistics["informative_groups"]) == (2, 1)
    assert statistics["dead_cause"] is None


def test_statistics_describe_the_rollouts():
    one = rewarder()
    one.end_tokens = frozenset({7})
    call(one, ["1 + 2 = 3 ; " + RIGHT, WRONG, WRONG], [8, 4, 6])
    statistics = one.last.statistics()
    assert statistics["pass_rate"] == pytest.approx(1 / 3)
    assert statistics["readable"] == 1
    assert statistics["length"] == 6
    assert statistics["distinct"] == pytest.approx(2 / 3)
    assert statistics["written_steps"] == pytest.approx(1 / 3)
    assert statistics["truncated"] == 0  # the one of full length wrote an end token
    rows = one.last.rows(limit=2)
    assert [row["rollout"] for row in rows] == [0, 2]
    assert rows[0]["extracted"] == "3"
