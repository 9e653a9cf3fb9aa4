"""The fast path changes the cost of a step, not its gradient."""

import pytest
import torch
from datasets import Dataset
from trl import GRPOConfig

from sample_engineering.generation.transformers_engine import load_model, load_tokenizer
from sample_engineering.trainers.grpo import OneShotGRPOTrainer
from sample_engineering.trainers.settings import checkpointing_field


def reward(completions, completion_ids, **columns):
    """Any reward that differs between rollouts will do."""
    return [float(len(ids) % 3 == 0) for ids in completion_ids]


def no_reward(completions, **columns):
    return [0.0] * len(completions)


def rewards_of_two_groups(completions, completion_ids, **columns):
    half = len(completions) // 2
    return [*reward(completions, completion_ids)[:half], *[1.0] * half]


def trainer(folder, out, *, fast=True, function=reward, **changes):
    settings = {
        "output_dir": str(out),
        "use_cpu": True,
        "bf16": False,
        checkpointing_field(): False,
        "max_steps": 4,
        "num_generations": 16,
        "per_device_train_batch_size": 4,
        "gradient_accumulation_steps": 4,
        "max_completion_length": 24,
        "learning_rate": 1e-2,
        "lr_scheduler_type": "constant",
        "report_to": "none",
        "save_strategy": "no",
        "disable_tqdm": True,
        "logging_steps": 1,
    }
    rows = [{"prompt": "what is 1 + 2 ?"}] * 4
    return OneShotGRPOTrainer(
        model=load_model(folder, device="cpu"),
        processing_class=load_tokenizer(folder),
        args=GRPOConfig(**(settings | changes)),
        reward_funcs=function,
        train_dataset=Dataset.from_list(rows),
        fast=fast,
    )


def gradient(one, parts):
    """The gradient that a generation's micro-batches give, as one vector."""
    one.model.zero_grad()
    one.current_gradient_accumulation_steps = one.args.gradient_accumulation_steps
    for number, part in enumerate(parts, 1):
        one.accelerator.gradient_state._set_sync_gradients(number == len(parts))
        loss = one.compute_loss(one.model, dict(part))
        one.accelerator.backward(loss)
    return torch.cat([p.grad.flatten() for p in one.model.parameters()])


def rollouts(one):
    """Graded rollouts of one generation, as TRL holds them."""
    one.model.train()
    return one._generate_and_score_completions(next(iter(one.get_train_dataloader())))


def stock_parts(one, batch):
    """Micro-batches as TRL cuts them: in order, padded to the longest of the generation."""
    size = one.args.per_device_train_batch_size
    count = one.args.steps_per_generation
    return [
        {
            name: value[i * size : (i + 1) * size] if value.ndim else value
            for name, value in batch.items()
        }
        for i in range(count)
    ]


LOSSES = [
    {"loss_type": "dapo"},
    {"loss_type": "grpo"},
    {"loss_type": "dr_grpo"},
    {"loss_type": "bnpo"},
    {"loss_type": "cispo", "epsilon_high": 0.3},
    {"loss_type": "dapo", "entropy_coef": 0.01},
    {"loss_type": "dapo", "beta": 0.05},
    {"loss_type": "dapo", "mask_truncated_completions": True},
    {"loss_type": "grpo", "importance_sampling_level": "sequence"},
    {"loss_type": "dapo", "num_generations": 8},
]


@pytest.mark.parametrize("changes", LOSSES, ids=lambda c: "-".join(map(str, c.values())))
def test_gradients_are_those_of_trl_on_the_same_rollouts(random_folder, tmp_path, changes):
    function = rewards_of_two_groups if "num_generations" in changes else reward
    one = trainer(random_folder, tmp_path, function=function, **changes)
    batch = rollouts(one)
    ours = gradient(one, one.micro_batches(batch))
    if not one.may_sort:  # the loss depends on who shares a micro-batch: compare the same cut
        parts = one.micro_batches(batch)
        wide = batch["completion_ids"].size(1)
        padded = [pad(part, wide) for part in parts]
        stock = gradient(one, padded)
    else:
        stock = gradient(one, stock_parts(one, batch))
    assert stock.norm() > 0
    assert (ours - stock).norm() / stock.norm() < 1e-4


def pad(part, width):
    """Give a trimmed micro-batch its padding back."""
    padded = dict(part)
    missing = width - part["completion_ids"].size(1)
    for name in ("completion_ids", "completion_mask", "ref_per_token_logps"):
        if name in part:
            padded[name] = torch.nn.functional.pad(part[name], (0, missing))
    return padded


def test_micro_batches_hold_every_rollout_once_and_no_needless_padding(random_folder, tmp_path):
    one = trainer(random_folder, tmp_path)
    batch = rollouts(one)
    parts = one.micro_batches(batch)
    lengths = [int(n) for part in parts for n in part["completion_mask"].sum(1)]
    assert sorted(lengths) == sorted(batch["completion_mask"].sum(1).tolist())
    for part in parts:
        assert part["completion_ids"].size(1) == part["completion_mask"].sum(1).max()
        assert part["prompt_mask"].all()
    assert sum(p["completion_ids"].numel() for p in parts) < batch["completion_ids"].numel()


def test_groups_from_which_nothing_can_be_learnt_are_not_run(random_folder, tmp_path):
    one = trainer(random_folder, tmp_path, function=rewards_of_two_groups, num_generations=8)
    batch = rollouts(one)
    parts = one.micro_batches(batch)
    gradient(one, parts)
    assert one.skipped_micro_batches == 2
    kept = trainer(
        random_folder, tmp_path, function=rewards_of_two_groups, num_generations=8, beta=0.01
    )
    gradient(kept, kept.micro_batches(rollouts(kept)))
    assert kept.skipped_micro_batches == 0  # the KL term of a dead group has a gradient


def weights(one):
    return torch.cat([p.detach().flatten() for p in one.model.parameters()])


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_dead_steps_move_the_weights_as_in_trl(random_folder, tmp_path, weight_decay):
    # After informative steps, Adam's momentum and weight decay go on acting on a zero gradient.
    def two_live_then_dead(completions, completion_ids, trainer_state, **columns):
        if trainer_state.global_step >= 2:
            return no_reward(completions)
        return reward(completions, completion_ids)

    class NeverSkips(OneShotGRPOTrainer):
        may_skip = False

    runs = []
    for kind in (OneShotGRPOTrainer, NeverSkips):
        one = trainer(
            random_folder, tmp_path, function=two_live_then_dead, weight_decay=weight_decay
        )
        one.__class__ = kind
        one.train()
        runs.append(one)
    ours, stock = runs
    assert ours.skipped_micro_batches == 8
    assert stock.skipped_micro_batches == 0
    start = torch.cat([p.flatten() for p in load_model(random_folder, device="cpu").parameters()])
    moved = (weights(stock) - start).norm()
    assert moved > 0
    assert (weights(ours) - weights(stock)).norm() < 1e-4 * moved


def test_a_run_without_any_information_leaves_the_weights_alone(random_folder, tmp_path):
    one = trainer(random_folder, tmp_path, function=no_reward)
    before = weights(one).clone()
    one.train()
    assert one.state.global_step == 4
    assert torch.equal(weights(one), before)


def test_rollouts_do_not_depend_on_the_global_random_state(random_folder, tmp_path):
    batches = []
    for number in (1, 2):
        one = trainer(random_folder, tmp_path)
        torch.manual_seed(number)
        batches.append(rollouts(one)["completion_ids"])
    assert torch.equal(*batches)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"top_k": 5}, "top_k"), ({"repetition_penalty": 1.2}, "repetition"), ({}, None)],
)
def test_trl_samples_where_the_fast_path_cannot(random_folder, tmp_path, changes, reason):
    one = trainer(random_folder, tmp_path, **changes)
    assert one.fast == (reason is None)
    assert reason is None or reason in one.obstacle()
    one.train()
    assert one.state.global_step == 4


def test_several_updates_of_one_generation_use_each_rollout_once(random_folder, tmp_path):
    one = trainer(random_folder, tmp_path, gradient_accumulation_steps=2, steps_per_generation=4)
    parts = one.micro_batches(rollouts(one))
    assert len(parts) == 4
    marks = torch.cat([part["old_per_token_logps"].sum(1) for part in parts])
    assert len(marks.unique()) == 16
    one.train()
    assert one.state.global_step == 4
