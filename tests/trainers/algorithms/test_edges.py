"""The formulas hold for whatever rewards come, and at the edges nothing breaks in silence."""

import numpy as np
import pytest
import torch

from sample_engineering import registry
from sample_engineering.errors import ConfigError, TrainingError
from sample_engineering.trainers.recipes import override
from sample_engineering.trainers.reward import reward
from tests.trainers.algorithms.test_formulas import (
    FORMULAS,
    GROUP,
    built,
    flat,
    generation,
    gradient_of,
    off_policy,
    rows,
)
from tests.trainers.plans import RECIPE

TOLD: list[float] = []


@reward("told", needs_gold=False)
def told(completions, **columns):
    """What the test says."""
    return TOLD[: len(completions)]


@pytest.fixture(scope="module")
def trainers(random_folder, tmp_path_factory):
    """A trainer of each algorithm, made once; nothing here moves its weights."""
    registry.register("reward", "told", told)
    made = {}

    def of(name):
        if name not in made:
            changes = {"updates": 1} if name == "gspo" else {}
            out = tmp_path_factory.mktemp(name)
            made[name] = built(random_folder, out, algorithm=name, reward="told", **changes)
        return made[name]

    yield of
    registry.unregister("reward", "told")


def _rewards(seed):
    """Two groups, each of another kind: binary, one right, one wrong, in between, all alike."""
    rng = np.random.default_rng(seed)
    found = []
    for kind in rng.permutation(5)[:2]:
        values = {
            0: (rng.random(GROUP) < 0.4).astype(float),
            1: np.eye(GROUP)[rng.integers(GROUP)],
            2: 1 - np.eye(GROUP)[rng.integers(GROUP)],
            3: rng.random(GROUP).round(2),
            4: np.full(GROUP, float(rng.integers(2))),
        }[int(kind)]
        found += values.tolist()
    return found


def _batch(trainer, rewards):
    TOLD[:] = rewards
    if hasattr(trainer, "head"):  # a critic that has seen nothing, as the formula has it
        trainer.head.gram.zero_()
        trainer.head.moments.zero_()
    batch = generation(trainer)
    batch["old_per_token_logps"] = off_policy(trainer, batch)
    return batch


def _formula(trainer, name, batch, rewards):
    trainer.model.zero_grad()
    lengths = batch["completion_mask"].sum(1)
    old = [o[:n] for o, n in zip(batch["old_per_token_logps"], lengths, strict=True)]
    loss = FORMULAS[name](rows(trainer.model, batch), old, torch.tensor(rewards))
    if loss.requires_grad:
        loss.backward()
    return flat(trainer.model)


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("seed", range(6))
def test_the_gradient_is_that_of_the_formula_for_any_rewards(trainers, name, seed):
    trainer, rewards = trainers(name), _rewards(seed)
    batch = _batch(trainer, rewards)
    ours = gradient_of(trainer, batch)
    theirs = _formula(trainer, name, batch, rewards)
    assert theirs.norm() > 0
    assert (ours - theirs).norm() / theirs.norm() < 2e-3


@pytest.mark.parametrize("name", [one for one in FORMULAS if one not in ("ppo", "dapo")])
@pytest.mark.parametrize("emptied", [(0,), (3, 9), tuple(range(GROUP)), tuple(range(1, 2 * GROUP))])
def test_rollouts_that_are_masked_give_no_gradient_and_no_nan(trainers, name, emptied):
    """As those that were cut, with `mask_truncated`; the advantages of the others stay."""
    trainer, rewards = trainers(name), _rewards(3)
    batch = _batch(trainer, rewards)
    batch["completion_mask"] = batch["completion_mask"].clone()
    batch["completion_mask"][list(emptied)] = 0
    batch["num_items_in_batch"] = batch["completion_mask"].sum()
    ours = gradient_of(trainer, batch)
    theirs = _formula(trainer, name, batch, rewards)
    assert torch.isfinite(ours).all()
    assert (ours - theirs).norm() <= 2e-3 * theirs.norm() + 1e-7


@pytest.mark.parametrize("name", [one for one in FORMULAS if one != "dapo"])  # it counts lengths
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_rewards_that_are_all_equal_move_nothing(trainers, name, value):
    trainer = trainers(name)
    batch = _batch(trainer, [value] * 2 * GROUP)
    assert batch["advantages"].abs().max() < 1e-6
    assert gradient_of(trainer, batch).norm() < 1e-6


@pytest.mark.parametrize("name", FORMULAS)
def test_a_probability_that_is_no_number_ends_the_training_before_a_weight_moves(trainers, name):
    trainer, rewards = trainers(name), _rewards(0)
    batch = _batch(trainer, rewards)
    place = int(batch["advantages"].abs().reshape(2 * GROUP, -1).amax(1).argmax())
    batch["old_per_token_logps"][place, 0] = float("nan")
    with pytest.raises(TrainingError, match=r"loss of step 1 is not a finite number.*lower `lr`"):
        gradient_of(trainer, batch)


@pytest.mark.parametrize("name", FORMULAS)
def test_one_rollout_has_nothing_to_be_compared_with(name):
    with pytest.raises(ConfigError, match="group_size"):
        override(RECIPE, {"algorithm": name, "group_size": 1, "micro_batch": 1})
