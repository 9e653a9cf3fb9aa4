"""Each algorithm's gradient is that of its paper's formula, written out here row by row."""

import pytest
import torch
from trl import RLOOConfig, RLOOTrainer

from sample_engineering import registry
from sample_engineering.grading import read_sample_gold
from sample_engineering.runs.config import RunOptions
from sample_engineering.trainers.algorithms.dapo import punished
from sample_engineering.trainers.arms import Arm
from sample_engineering.trainers.building import build_trainer
from sample_engineering.trainers.recipes import override
from sample_engineering.trainers.reward import reward
from sample_engineering.trainers.rloo_trainer import leave_one_out
from sample_engineering.trainers.settings import checkpointing_field
from tests.trainers.plans import RECIPE
from tests.trainers.tiny import sums

LONGEST = 16
GROUP = 8
EPSILON = 0.2


@reward("thirds", needs_gold=False)
def thirds(completions, completion_ids, **columns):
    """Differs between rollouts of any model."""
    return [float(len(ids) % 3 == 0) for ids in completion_ids]


@pytest.fixture(autouse=True)
def a_reward_that_differs():
    registry.register("reward", "thirds", thirds)
    yield
    registry.unregister("reward", "thirds")


def built(folder, out, **changes):
    """The trainer of a recipe, for two groups of rollouts of one problem each."""
    settings = {"reward": "thirds", "group_size": GROUP, "groups": 2, "micro_batch": 4}
    recipe = override(RECIPE, {"steps": 2, "max_tokens": LONGEST, **settings, **changes})
    samples = tuple(sums()[1:3])
    golds = [read_sample_gold(sample) for sample in samples]
    made = build_trainer(
        str(folder),
        Arm("sample", samples=samples, seed=0),
        recipe,
        golds,
        output=out,
        device="cpu",
        options=RunOptions(device="cpu"),
    )
    made.trainer.create_optimizer()
    return made.trainer


def generation(trainer):
    trainer.model.train()
    batch = trainer._generate_and_score_completions(next(iter(trainer.get_train_dataloader())))
    return dict(batch)


def gradient_of(trainer, batch):
    """What the trainer's micro-batches of a generation give."""
    trainer.model.zero_grad()
    parts = trainer.micro_batches(batch)
    trainer.current_gradient_accumulation_steps = trainer.args.gradient_accumulation_steps
    for number, part in enumerate(parts, 1):
        trainer.accelerator.gradient_state._set_sync_gradients(number == len(parts))
        trainer.accelerator.backward(trainer.compute_loss(trainer.model, dict(part)))
    return flat(trainer.model)


def flat(model):
    return torch.cat([p.grad.flatten() for p in model.parameters()])


def rows(model, batch):
    """Log-probabilities of each rollout's tokens, a forward pass each, without any padding."""
    found = []
    for place in range(batch["completion_ids"].size(0)):
        prompt = batch["prompt_ids"][place][batch["prompt_mask"][place].bool()]
        answer = batch["completion_ids"][place][batch["completion_mask"][place].bool()]
        logits = model(input_ids=torch.cat([prompt, answer])[None]).logits[0]
        logps = logits[len(prompt) - 1 : -1].log_softmax(-1)
        found.append(logps.gather(1, answer[:, None])[:, 0])
    return found


def off_policy(trainer, batch):
    """The log-probabilities under a policy some way off, so that clipping acts."""
    with torch.no_grad():
        now = rows(trainer.model, batch)
    noise = torch.Generator().manual_seed(1)
    old = torch.zeros(batch["completion_ids"].shape)
    for place, logps in enumerate(now):
        old[place, : len(logps)] = logps + 0.3 * torch.randn(len(logps), generator=noise)
    return old


def clipped(ratio, advantage, low, high):
    return torch.min(ratio * advantage, ratio.clamp(1 - low, 1 + high) * advantage)


def standardised(values):
    groups = values.view(-1, GROUP)
    return (
        (groups - groups.mean(1, keepdim=True)) / (groups.std(1, keepdim=True) + 1e-4)
    ).flatten()


def centred(values):
    groups = values.view(-1, GROUP)
    return (groups - groups.mean(1, keepdim=True)).flatten()


def dr_grpo(new, old, rewards):
    parts = [
        clipped((n - o).exp(), a, EPSILON, EPSILON).sum()
        for n, o, a in zip(new, old, centred(rewards), strict=True)
    ]
    return -sum(parts) / (len(parts) * LONGEST)


def dapo(new, old, rewards):
    lengths = torch.tensor([float(len(n)) for n in new])
    cache = 0.2 * LONGEST
    late = ((lengths - (LONGEST - cache)) / cache).clamp(0, 1)
    # As printed: 1 for right, -1 for wrong, less up to 1.
    advantages = standardised(2 * rewards - 1 - late)
    parts = [
        clipped((n - o).exp(), a, 0.2, 0.28).sum()
        for n, o, a in zip(new, old, advantages, strict=True)
    ]
    return -sum(parts) / lengths.sum()


def gspo(new, old, rewards):
    parts = [
        clipped(((n - o).sum() / max(len(n), 1)).exp(), a, 3e-4, 4e-4)
        for n, o, a in zip(new, old, standardised(rewards), strict=True)
    ]
    return -sum(parts) / len(parts)


def cispo(new, old, rewards):
    parts = [
        ((n - o).exp().clamp(max=5).detach() * a * n).sum()
        for n, o, a in zip(new, old, standardised(rewards), strict=True)
    ]
    return -sum(parts) / sum(len(n) for n in new)


def rloo(new, old, rewards):
    parts = []
    for place, (n, o) in enumerate(zip(new, old, strict=True)):
        first = place // GROUP * GROUP
        others = [rewards[i] for i in range(first, first + GROUP) if i != place]
        advantage = rewards[place] - sum(others) / len(others)
        parts.append(clipped((n.sum() - o.sum()).exp(), advantage, EPSILON, EPSILON))
    return -sum(parts) / len(parts)


def ppo(new, old, rewards):
    """In the first step the value is 0, and lambda is 1: each token's estimate is the return."""
    lengths = torch.tensor([len(n) for n in new])
    estimates = rewards.repeat_interleave(lengths)
    white = (rewards - estimates.mean()) / estimates.std(correction=0)
    parts = [
        clipped((n - o).exp(), a, EPSILON, EPSILON).sum()
        for n, o, a in zip(new, old, white, strict=True)
    ]
    return -sum(parts) / lengths.sum()


def token_mean(new, old, rewards):
    parts = [
        clipped((n - o).exp(), a, EPSILON, EPSILON).sum()
        for n, o, a in zip(new, old, standardised(rewards), strict=True)
    ]
    return -sum(parts) / sum(len(n) for n in new)


FORMULAS = {
    "grpo": token_mean,
    "dr-grpo": dr_grpo,
    "dapo": dapo,
    "gspo": gspo,
    "cispo": cispo,
    "rloo": rloo,
    "ppo": ppo,
}


@pytest.mark.parametrize("name", FORMULAS)
def test_the_gradient_is_that_of_the_formula(random_folder, tmp_path, name):
    # One update, so that all rollouts share one gradient; off-policy by the noise below.
    changes = {"updates": 1} if name == "gspo" else {}
    trainer = built(random_folder, tmp_path, algorithm=name, **changes)
    batch = generation(trainer)
    lengths = batch["completion_mask"].sum(1)
    rewards = (lengths % 3 == 0).float()
    assert 0 < rewards[:GROUP].mean() < 1
    batch["old_per_token_logps"] = off_policy(trainer, batch)
    ours = gradient_of(trainer, batch)
    trainer.model.zero_grad()
    old = [o[:n] for o, n in zip(batch["old_per_token_logps"], lengths, strict=True)]
    FORMULAS[name](rows(trainer.model, batch), old, rewards).backward()
    theirs = flat(trainer.model)
    assert theirs.norm() > 0
    # 1e-4 beside the standard deviation weighs more where rewards are 0 and 1 than 1 and -1.
    assert (ours - theirs).norm() / theirs.norm() < 5e-4


def test_the_algorithms_differ_from_one_another(random_folder, tmp_path):
    trainer = built(random_folder, tmp_path)
    batch = generation(trainer)
    lengths = batch["completion_mask"].sum(1)
    rewards = (lengths % 3 == 0).float()
    old = [o[:n] for o, n in zip(off_policy(trainer, batch), lengths, strict=True)]
    found = {}
    for name, formula in FORMULAS.items():
        trainer.model.zero_grad()
        formula(rows(trainer.model, batch), old, rewards).backward()
        found[name] = flat(trainer.model).clone()
    names = list(found)
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            apart = (found[one] - found[other]).norm() / found[one].norm()
            assert apart > 1e-3, (one, other)


def test_rloo_is_trls(random_folder, tmp_path):
    trainer = built(random_folder, tmp_path, algorithm="rloo")
    batch = generation(trainer)
    old = off_policy(trainer, batch)
    inputs = {**batch, "old_per_token_logps": old}
    inputs["old_logps"] = (old * batch["completion_mask"]).sum(1)
    trainer.current_gradient_accumulation_steps = 1
    theirs = RLOOTrainer(
        model=trainer.model,
        processing_class=trainer.processing_class,
        args=RLOOConfig(
            output_dir=str(tmp_path),
            use_cpu=True,
            bf16=False,
            num_generations=GROUP,
            per_device_train_batch_size=GROUP,
            report_to="none",
            **{checkpointing_field(): False},
        ),
        reward_funcs=thirds,
        train_dataset=trainer.train_dataset,
    )
    ours = trainer._compute_loss(trainer.model, inputs)
    assert ours.item() == pytest.approx(theirs._compute_loss(theirs.model, inputs).item(), rel=1e-5)


def test_the_leave_one_out_baseline():
    found = leave_one_out(torch.tensor([1.0, 0.0, 0.0, 4.0, 4.0, 1.0]), 3)
    assert found.tolist() == pytest.approx([1, -0.5, -0.5, 1.5, 1.5, -3])


def test_rloo_takes_the_kl_off_the_reward(random_folder, tmp_path):
    trainer = built(random_folder, tmp_path, algorithm="rloo", beta=0.5)
    with torch.no_grad():  # away from the base model
        for weights in trainer.model.parameters():
            weights.add_(
                0.05 * torch.randn(weights.shape, generator=torch.Generator().manual_seed(2))
            )
    batch = generation(trainer)
    rewards = (batch["completion_mask"].sum(1) % 3 == 0).float()
    with torch.no_grad():
        drift = [
            (new - base).sum()
            for new, base in zip(
                rows(trainer.model, batch), rows(trainer.ref_model, batch), strict=True
            )
        ]
    expected = leave_one_out(rewards - 0.5 * torch.stack(drift), GROUP)
    assert torch.stack(drift).abs().max() > 0.1
    torch.testing.assert_close(batch["advantages"], expected, rtol=1e-3, atol=1e-3)


def test_ppo_judges_tokens_by_the_value_before_them(random_folder, tmp_path):
    trainer = built(random_folder, tmp_path, algorithm="ppo", gae_lambda=0.7, gamma=0.9, beta=0.0)
    first = generation(trainer)
    # The head has learnt of the first generation only; a second one is judged by it.
    head = trainer.head.fitted()
    batch = generation(trainer)
    expected = []
    with torch.no_grad():
        for place in range(batch["completion_ids"].size(0)):
            prompt = batch["prompt_ids"][place][batch["prompt_mask"][place].bool()]
            answer = batch["completion_ids"][place][batch["completion_mask"][place].bool()]
            hidden = trainer.model.model(input_ids=torch.cat([prompt, answer])[None])
            values = head(hidden.last_hidden_state[0, len(prompt) - 1 : -1]).tolist()
            rewards = [0.0] * (len(answer) - 1) + [float(len(answer) % 3 == 0)]
            after = 0.0
            found = []
            for reward, value, ahead in zip(
                rewards[::-1], values[::-1], [0.0, *values[:0:-1]], strict=True
            ):
                after = reward + 0.9 * ahead - value + 0.9 * 0.7 * after
                found.append(after)
            expected.append(torch.tensor(found[::-1]))
    every = torch.cat(expected)
    assert every.std() > 0.1
    assert first["advantages"].shape == first["completion_ids"].shape
    for place, own in enumerate(expected):
        white = (own - every.mean()) / every.std(correction=0)
        found = batch["advantages"][place]
        torch.testing.assert_close(found[: len(own)], white, rtol=1e-3, atol=1e-3)
        assert found[len(own) :].abs().sum() == 0


@pytest.mark.parametrize(
    ("length", "loss"), [(10, 0), (80, 0), (90, 0.25), (100, 0.5), (85, 0.125)]
)
def test_overlong_rollouts_lose_reward(length, loss):
    recipe = override(RECIPE, {"algorithm": "dapo", "max_tokens": 100})
    assert punished([1.0], [length], recipe) == pytest.approx([1 - loss])
    spared = override(recipe, {"overlong_cache": 0})
    assert punished([1.0], [length], spared) == [1.0]
