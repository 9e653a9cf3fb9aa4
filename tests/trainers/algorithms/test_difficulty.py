"""Groups weigh by their pass rate, and hard problems are posed with a hint."""

import pytest
import torch

from sample_engineering import registry
from sample_engineering.trainers.difficulty import HINT, WEIGHTS, weight
from sample_engineering.trainers.recipes import load_recipe
from tests.trainers.algorithms.test_formulas import GROUP, built, generation, thirds


@pytest.fixture(autouse=True)
def a_reward_that_differs():
    registry.register("reward", "thirds", thirds)
    yield
    registry.unregister("reward", "thirds")


def test_weights_by_pass_rate():
    assert [weight("none", (0, 1), p) for p in (0, 0.5, 1)] == [1, 1, 1]
    assert [weight("harder", (0, 1), p) for p in (0, 0.25, 0.5, 1)] == [1.5, 1.25, 1, 0.5]
    found = [weight("uncertain", (0, 1), p) for p in (0, 0.25, 0.5, 1)]
    assert found == pytest.approx([0, 4 * 1.8 * 0.25 * 0.75, 1.8, 0])
    assert [weight("harder", (0.2, 0.8), p) for p in (0.1, 0.2, 0.8, 0.9)] == [
        0,
        pytest.approx(1.3),
        pytest.approx(0.7),
        0,
    ]


@pytest.mark.parametrize("algorithm", ["grpo", "rloo", "ppo"])
@pytest.mark.parametrize("name", ["harder", "uncertain"])
def test_advantages_are_weighed_group_by_group(random_folder, tmp_path, algorithm, name):
    plain = built(random_folder, tmp_path, algorithm=algorithm)
    batch = generation(plain)
    rewards = (batch["completion_mask"].sum(1) % 3 == 0).float()
    weighed = built(random_folder, tmp_path, algorithm=algorithm, difficulty_weight=name)
    found = generation(weighed)["advantages"]
    for first in (0, GROUP):
        rows = slice(first, first + GROUP)
        factor = WEIGHTS[name](rewards[rows].mean().item())
        torch.testing.assert_close(found[rows], batch["advantages"][rows] * factor)


def test_a_group_outside_the_band_gives_no_gradient(random_folder, tmp_path):
    trainer = built(random_folder, tmp_path, pass_band=[0.3, 0.8])
    batch = {"advantages": torch.ones(2 * GROUP)}
    trainer.rewards = torch.tensor([1.0, *[0.0] * 7, *[1.0] * 4, *[0.0] * 4])
    found = trainer._weighed(batch, trainer._rates())["advantages"]
    assert found.tolist() == [0.0] * GROUP + [1.0] * GROUP


def test_a_hard_problem_is_posed_with_a_hint(random_folder, tmp_path):
    trainer = built(random_folder, tmp_path, difficulty_hint=1.0)
    plain, hinted = generation(trainer), generation(trainer)
    words = trainer.processing_class.batch_decode
    assert not any(HINT.split()[-1] in text for text in words(plain["prompt_ids"]))
    assert set(trainer.pass_rates) == {0, 1}
    # The tokenizer knows few words; what it does not know it says so, and the prompt is longer.
    longer = hinted["prompt_mask"].sum(1) - plain["prompt_mask"].sum(1)
    assert (longer == len(HINT.split())).all()
    kept = built(random_folder, tmp_path, difficulty_hint=1.0)
    kept.restore(trainer.kept())
    assert kept.pass_rates == trainer.pass_rates


def test_a_problem_that_is_solved_is_posed_without(random_folder, tmp_path):
    trainer = built(random_folder, tmp_path, difficulty_hint=0.01)
    plain = generation(trainer)
    trainer.pass_rates = {0: 0.5, 1: 0.0}
    mixed = generation(trainer)
    longer = mixed["prompt_mask"].sum(1) - plain["prompt_mask"].sum(1)
    assert sorted(set(longer.tolist())) == [0, len(HINT.split())]


def test_hints_are_off_in_every_recipe():
    for name in registry.names("recipe"):
        assert load_recipe(name).difficulty_hint == 0
