"""What a judge left open is neither right nor wrong, whoever counts."""

from dataclasses import replace

import pytest
import torch

from sample_engineering.grading import Grade
from sample_engineering.grading.grader import ABSTAINED
from sample_engineering.trainers.difficulty import WEIGHTS
from sample_engineering.trainers.weighted_trainer import rarity
from tests.trainers.algorithms.test_formulas import (
    GROUP,
    a_reward_that_differs,  # noqa: F401  registers the reward that `built` takes
    built,
    generation,
)

OPEN = Grade(False, True, "text", "so", "so", None, ABSTAINED, 0.0)


def _leave_open(trainer, places):
    """As the reward hybrid has it: the mean of the decided ones of the group."""
    told = trainer.reward_funcs[0]
    told.last = replace(
        told.last,
        grades=[OPEN if place in places else one for place, one in enumerate(told.last.grades)],
    )
    for first in range(0, len(trainer.rewards), GROUP):
        own = range(first, first + GROUP)
        decided = [trainer.rewards[place] for place in own if place not in places]
        mean = sum(decided) / len(decided) if decided else 0.0
        for place in own:
            if place in places:
                trainer.rewards[place] = mean


def _with_rewards(trainer, rewards):
    batch = generation(trainer)
    trainer.rewards = torch.tensor(rewards)
    return batch


REWARDS = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, *[1.0] * 6, 0.0, 0.0]
UNDECIDED = {1, 2, 5, 14}


@pytest.mark.parametrize("name", ["harder", "uncertain"])
def test_a_weight_by_difficulty_counts_decided_rollouts_alone(random_folder, tmp_path, name):
    trainer = built(random_folder, tmp_path, difficulty_weight=name)
    _with_rewards(trainer, REWARDS)
    _leave_open(trainer, UNDECIDED)
    assert trainer._rates().tolist() == pytest.approx([2 / 5, 6 / 7])
    found = trainer._weighed({"advantages": torch.ones(2 * GROUP)}, trainer._rates())["advantages"]
    wanted = [WEIGHTS[name](2 / 5)] * GROUP + [WEIGHTS[name](6 / 7)] * GROUP
    assert found.tolist() == pytest.approx(wanted)


def test_a_group_that_is_undecided_as_a_whole_says_nothing(random_folder, tmp_path):
    trainer = built(random_folder, tmp_path, difficulty_weight="harder", difficulty_hint=0.9)
    _with_rewards(trainer, REWARDS)
    _leave_open(trainer, set(range(GROUP)))
    rates = trainer._rates()
    found = trainer._weighed({"advantages": torch.ones(2 * GROUP)}, rates)["advantages"]
    assert torch.isfinite(found).all()
    trainer.pass_rates = {0: 0.25}
    trainer._remember([{"sample_index": place // GROUP} for place in range(2 * GROUP)], rates)
    assert trainer.pass_rates == {0: 0.25, 1: pytest.approx(6 / 8)}


def test_an_undecided_rollout_is_never_the_rarer_one():
    nan = float("nan")
    for outcomes, weights in (
        ([1, 0, 0, nan], [3, 1, 1, 1]),
        ([1, 1, 0, nan], [1, 1, 3, 1]),
        ([1, 0, nan, nan], [1, 1, 1, 1]),
        ([nan, nan, nan, nan], [1, 1, 1, 1]),
    ):
        assert rarity(torch.tensor(outcomes, dtype=torch.float), 4, 3.0).tolist() == weights


@pytest.mark.parametrize("algorithm", ["expert-iteration", "return-conditioned"])
def test_an_undecided_rollout_is_not_learnt_from(random_folder, tmp_path, algorithm):
    trainer = built(random_folder, tmp_path, algorithm=algorithm)
    inputs = [{"sample_index": place // GROUP, "prompt": "it is", "good": "it is", "bad": "it is"}
              for place in range(2 * GROUP)]  # fmt: skip
    batch = _with_rewards(trainer, REWARDS)
    _leave_open(trainer, UNDECIDED)
    trainer.rollouts = []
    trainer._keep(inputs, batch)
    kept = {(one.sample, one.ids, one.good) for one in trainer.rollouts}
    lengths = batch["completion_mask"].sum(1).tolist()
    wanted = {
        (
            place // GROUP,
            tuple(batch["completion_ids"][place].tolist()[: lengths[place]]),
            right > 0,
        )
        for place, right in enumerate(REWARDS)
        if place not in UNDECIDED
    }
    assert kept == wanted
