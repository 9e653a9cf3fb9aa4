"""Expert iteration and return-conditioned training, by what they learn from and what they leave."""

import doctest

import pytest
import torch

from sample_engineering import registry
from sample_engineering.trainers import supervised_trainer
from sample_engineering.trainers.supervised_trainer import Rollout, distinct, ends_of_rounds
from tests.trainers.algorithms.test_formulas import built, generation, thirds

GOOD = "[GOOD] "


@pytest.fixture(autouse=True)
def a_reward_that_differs():
    registry.register("reward", "thirds", thirds)
    yield
    registry.unregister("reward", "thirds")


def steps(trainer, number, after):
    """Sample `number` generations and end the step after each; `after` looks at each."""
    for _ in range(number):
        generation(trainer)
        trainer.state.global_step += 1
        trainer.end_round()
        after(trainer.state.global_step)


def weights(trainer):
    return torch.cat([p.detach().flatten().clone() for p in trainer.model.parameters()])


def test_rounds_are_as_even_as_can_be():
    assert doctest.testmod(supervised_trainer).failed == 0
    assert ends_of_rounds(3, 5) == [1, 2, 3]  # no round without a step
    assert ends_of_rounds(40, 1) == [40]


def test_a_rollout_is_kept_once():
    one, other = Rollout(0, (1, 2), True), Rollout(1, (1, 2), True)
    assert distinct([one, other, one]) == [one, other]


def test_a_round_learns_from_the_right_rollouts_once_and_from_the_base(random_folder, tmp_path):
    settings = {"algorithm": "expert-iteration", "steps": 4, "rounds": 2, "lr": 1e-2}
    trainer = built(random_folder, tmp_path, **settings)
    lessons, moved = [], {}
    base = weights(trainer)
    learn = trainer._learn

    def learns(rows):
        torch.testing.assert_close(weights(trainer), base)  # from the base model each time
        lessons.append(rows)
        return learn(rows)

    trainer._learn = learns
    steps(trainer, 4, lambda step: moved.update({step: weights(trainer)}))
    torch.testing.assert_close(moved[1], base)  # the policy stands still within a round
    assert (moved[2] - base).norm() > 0
    torch.testing.assert_close(moved[3], moved[2])
    assert (moved[4] - moved[2]).norm() > 0
    first, second = lessons
    assert len(second) > len(first)  # all rollouts so far
    for prompt, answer in second:
        assert len(answer) % 3 == 0  # the right ones, by this reward
        assert prompt == trainer.lessons[0, "prompt"] or prompt == trainer.lessons[1, "prompt"]
    told = [(tuple(prompt), tuple(answer)) for prompt, answer in second]
    assert len(set(told)) == len(told)


def test_the_supervised_loss_is_the_mean_over_answer_tokens(random_folder, tmp_path):
    trainer = built(random_folder, tmp_path, algorithm="expert-iteration")
    rows = [([3, 4, 5], [6, 7, 1]), ([3], [8, 1]), ([9, 10], [11, 12, 13, 14, 1])]
    trainer.model.zero_grad()
    loss = trainer._gradient(rows)
    ours = torch.cat([p.grad.flatten() for p in trainer.model.parameters()])
    trainer.model.zero_grad()
    parts = []
    for prompt, answer in rows:
        logits = trainer.model(input_ids=torch.tensor([prompt + answer])).logits[0]
        logps = logits[len(prompt) - 1 : -1].log_softmax(-1)
        parts.append(-logps.gather(1, torch.tensor(answer)[:, None])[:, 0])
    expected = torch.cat(parts).mean()
    expected.backward()
    theirs = torch.cat([p.grad.flatten() for p in trainer.model.parameters()])
    assert loss == pytest.approx(expected.item(), rel=1e-5)
    torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-6)


def test_every_rollout_is_learnt_under_what_came_of_it(random_folder, tmp_path):
    settings = {"algorithm": "return-conditioned", "steps": 2, "rounds": 2, "supervised_steps": 2}
    trainer = built(random_folder, tmp_path, **settings)
    lessons, asked = [], []
    learn, posed = trainer._learn, trainer.posed
    trainer._learn = lambda rows: lessons.append(rows) or learn(rows)
    trainer.posed = lambda row: asked.append(posed(row)) or asked[-1]
    steps(trainer, 2, lambda step: None)
    half = len(asked) // 2
    assert not any(text.startswith(GOOD) for text in asked[:half])  # the base model knows no mark
    assert all(text.startswith(GOOD) for text in asked[half:])
    for (sample, column), ids in trainer.lessons.items():
        # The tokenizer of the tests knows neither mark, but sees that there is one.
        assert len(ids) == len(trainer.lessons[sample, "prompt"]) + (column != "prompt")
    right = sum(one.good for one in trainer.rollouts)
    assert 0 < right < len(trainer.rollouts) == len(lessons[-1])
    assert [trainer.lesson(one) for one in trainer.rollouts[:8]] == [
        "good" if len(one.ids) % 3 == 0 else "bad" for one in trainer.rollouts[:8]
    ]


def test_what_was_sampled_outlasts_an_interruption(random_folder, tmp_path):
    trainer = built(random_folder, tmp_path, algorithm="expert-iteration", steps=4)
    generation(trainer)
    other = built(random_folder, tmp_path, algorithm="expert-iteration", steps=4)
    other.restore(trainer.kept())
    assert other.rollouts == trainer.rollouts
    assert other.lessons == trainer.lessons
    assert trainer.rollouts


def test_nothing_right_leaves_the_policy_as_it_is(random_folder, tmp_path):
    settings = {"algorithm": "expert-iteration", "steps": 1, "rounds": 1, "reward": "nothing"}
    trainer = built(random_folder, tmp_path, **settings)
    before = weights(trainer)
    steps(trainer, 1, lambda step: None)
    torch.testing.assert_close(weights(trainer), before)


def test_trls_own_optimizer_step_moves_nothing(random_folder, tmp_path):
    trainer = built(random_folder, tmp_path, algorithm="expert-iteration", weight_decay=0.5)
    assert trainer.decay == 0.5
    before = weights(trainer)
    for weight in trainer.model.parameters():
        weight.grad = torch.zeros_like(weight)
    trainer.optimizer.step()
    torch.testing.assert_close(weights(trainer), before)
