"""Weighted GRPO: what is rare in a group, right or wrong, weighs more."""

import pytest
import torch

from sample_engineering.trainers.arms import control_arms
from sample_engineering.trainers.weighted_trainer import rarity
from tests.trainers.algorithms.test_formulas import (
    GROUP,
    a_reward_that_differs,  # noqa: F401  registers the reward that `built` takes
    built,
    generation,
    standardised,
)
from tests.trainers.plans import RECIPE
from tests.trainers.test_kin import OTHERS, SAMPLE


@pytest.mark.parametrize(
    ("rewards", "weights"),
    [
        ([1, 0, 0, 0], [3, 1, 1, 1]),  # a rare success
        ([1, 1, 1, 0], [1, 1, 1, 3]),  # a rare failure
        ([1, 1, 0, 0], [1, 1, 1, 1]),  # none is rare
        ([1, 1, 1, 1], [1, 1, 1, 1]),
        ([0, 0, 0, 0], [1, 1, 1, 1]),
        ([0.2, 0, 0, 0, 1, 1, 0, 1], [3, 1, 1, 1, 1, 1, 3, 1]),  # each group by itself
    ],
)
def test_the_rarer_outcome_of_a_group_weighs_more(rewards, weights):
    assert rarity(torch.tensor(rewards, dtype=torch.float), 4, 3.0).tolist() == weights
    assert rarity(torch.tensor(rewards, dtype=torch.float), 4, 1.0).tolist() == [1] * len(rewards)


def test_the_advantages_of_a_step_are_those_of_the_rule(random_folder, tmp_path):
    trainer = built(random_folder, tmp_path, algorithm="weighted-grpo", rare_weight=2.5)
    batch = generation(trainer)
    wanted = []
    for group in trainer.rewards.view(-1, GROUP):
        rate = (group > 0).float().mean()
        for reward, usual in zip(group, standardised(group), strict=True):
            rare = (reward > 0) == (rate < 0.5) and rate != 0.5 and 0 < rate < 1
            wanted.append(usual * (2.5 if rare else 1))
    assert torch.allclose(batch["advantages"], torch.stack(wanted), atol=1e-5)
    plain = standardised(trainer.rewards)
    assert not torch.allclose(batch["advantages"], plain.to(batch["advantages"]), atol=1e-3)


def test_the_arm_trains_on_a_pair_by_it():
    others = [one.with_(extra={"pass_rate": 0.9}) for one in OTHERS]
    (arm,) = control_arms("weighted-pair", SAMPLE, others, (0,))
    recipe = arm.recipe(RECIPE.with_(group_size=64, micro_batch=64))
    assert (recipe.algorithm, recipe.groups, recipe.group_size) == ("weighted-grpo", 2, 32)
    assert len(arm.samples) == 2
