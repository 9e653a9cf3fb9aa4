"""The fast path changes the cost of a step, not its gradient."""

import os
import subprocess
import sys
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
import torch
from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer

from sample_engineering.generation.sampling import sample
from sample_engineering.generation.transformers_engine import load_model, load_tokenizer
from sample_engineering.trainers.grpo import OneShotGRPOTrainer
from sample_engineering.trainers.settings import checkpointing_field
from tests.trainers import shared_step

PROMPT = "what is 1 + 2 ?"


def reward(completions, completion_ids, **columns):
    """Any reward that differs between rollouts will do."""
    return [float(len(ids) % 3 == 0) for ids in completion_ids]


def no_reward(completions, **columns):
    return [0.0] * len(completions)


def rewards_of_two_groups(completions, completion_ids, **columns):
    half = len(completions) // 2
    return [*reward(completions, completion_ids)[:half], *[1.0] * half]


def trainer(folder, out, *, fast=True, function=reward, rows=4 * [PROMPT], **changes):
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
    return OneShotGRPOTrainer(
        model=load_model(folder, device="cpu"),
        processing_class=load_tokenizer(folder),
        args=GRPOConfig(**(settings | changes)),
        reward_funcs=function,
        train_dataset=Dataset.from_list([{"prompt": text} for text in rows]),
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


def stock_parts(one, batch, drawn=None):
    """Micro-batches as TRL cuts them: drawn at random, padded to the longest of the generation."""
    size = one.args.per_device_train_batch_size
    count = one.args.steps_per_generation
    order = torch.arange(size * count) if drawn is None else drawn
    return [
        {
            name: value[order[i * size : (i + 1) * size]] if value.ndim else value
            for name, value in batch.items()
        }
        for i in range(count)
    ]


def as_drawn(one, batch):
    """The order in which our trainer draws rows into micro-batches."""
    generator = torch.Generator().manual_seed(one.rollout_seed + one.state.global_step)
    return torch.randperm(batch["completion_ids"].size(0), generator=generator)


# What is equal whoever shares a micro-batch, what is made so by weights, and what is only trimmed.
FREE = [
    {"loss_type": "dapo"},
    {"loss_type": "grpo"},
    {"loss_type": "dr_grpo"},
    {"loss_type": "luspo"},
    {"loss_type": "sapo"},
    {"loss_type": "vespo"},
    {"loss_type": "cispo", "epsilon_high": 0.3},
    {"loss_type": "dapo", "beta": 0.05},
    {"loss_type": "dapo", "mask_truncated_completions": True},
    {"loss_type": "grpo", "importance_sampling_level": "sequence"},
    {"loss_type": "dapo", "num_generations": 8},
]
WEIGHTED = [
    {"loss_type": "bnpo"},
    {"loss_type": "bnpo", "beta": 0.05},
    {"loss_type": "bnpo", "entropy_coef": 0.01},
    {"loss_type": "bnpo", "beta": 0.05, "entropy_coef": 0.01, "use_bias_correction_kl": False},
    {"loss_type": "bnpo", "beta": 0.05, "mask_truncated_completions": True},
    {"loss_type": "bnpo", "beta": 0.05, "importance_sampling_level": "sequence"},
    {"loss_type": "bnpo", "beta": 0.05, "entropy_coef": 0.01, "off_policy_mask_threshold": 0.1},
    {"loss_type": "bnpo", "num_generations": 8},
]
TRIMMED = [
    {"loss_type": "dapo", "entropy_coef": 0.01},
    {"loss_type": "bnpo", "beta": 0.05, "top_entropy_quantile": 0.5},
    {"loss_type": "bnpo", "use_adaptive_entropy": True, "entropy_coef": 0.01},
]


def names(changes):
    return "-".join(map(str, changes.values()))


@pytest.mark.parametrize("changes", FREE + WEIGHTED + TRIMMED, ids=names)
def test_gradients_are_those_of_trl_on_the_same_rollouts(random_folder, tmp_path, changes):
    function = rewards_of_two_groups if "num_generations" in changes else reward
    one = trainer(random_folder, tmp_path, function=function, **changes)
    assert one.may_sort == (changes not in TRIMMED)
    assert one.may_weigh == (changes in WEIGHTED)
    batch = rollouts(one)
    ours = gradient(one, one.micro_batches(batch))
    drawn = None if changes in FREE else as_drawn(one, batch)
    stock = gradient(one, stock_parts(one, batch, drawn))
    assert stock.norm() > 0
    assert (ours - stock).norm() / stock.norm() < 1e-4


@pytest.mark.parametrize("changes", [FREE[0], WEIGHTED[3], TRIMMED[0]], ids=names)
def test_each_of_several_updates_has_trls_gradient(random_folder, tmp_path, changes):
    one = trainer(
        random_folder, tmp_path, gradient_accumulation_steps=2, steps_per_generation=4, **changes
    )
    batch = rollouts(one)
    assert "old_per_token_logps" in batch
    ours, stock = one.micro_batches(batch), stock_parts(one, batch, as_drawn(one, batch))
    for update in (slice(0, 2), slice(2, 4)):
        theirs = gradient(one, stock[update])
        assert (gradient(one, ours[update]) - theirs).norm() / theirs.norm() < 1e-4


@pytest.mark.parametrize("changes", [{"beta": 0.05}, {"beta": 0.05, "steps_per_generation": 8}])
def test_reference_and_old_policy_are_trls_on_every_token(random_folder, tmp_path, changes):
    one = trainer(random_folder, tmp_path, **changes)
    batch = rollouts(one)
    ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], dim=1)
    mask = torch.cat([batch["prompt_mask"], batch["completion_mask"]], dim=1)
    with torch.no_grad():
        stock, _, _ = GRPOTrainer._get_per_token_logps_and_entropies(
            one, one.ref_model, ids, mask, batch["completion_ids"].size(1), batch_size=4
        )
    real = batch["completion_mask"].bool()
    assert torch.allclose(batch["ref_per_token_logps"][real], stock[real], atol=1e-5)
    if "old_per_token_logps" in batch:
        assert torch.allclose(batch["old_per_token_logps"][real], stock[real], atol=1e-5)


@pytest.mark.parametrize("cut", ["micro-batch", "reference"])
def test_a_padded_prompt_is_where_the_sampler_saw_it(tmp_path, cut):
    # GPT-2 learns a vector for each position, so that padding on the left must not count.
    from transformers import GPT2Config, GPT2LMHeadModel

    from tests.trainers.tiny import EOS, PAD, WORDS, save

    torch.manual_seed(0)
    model = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=len(WORDS), n_embd=32, n_layer=2, n_head=2, n_positions=64,
            pad_token_id=PAD, eos_token_id=EOS, bos_token_id=EOS, initializer_range=0.3,
            resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
        )
    )  # fmt: skip
    folder = save(model, tmp_path / "gpt2")
    prompts = ["what is 1 + 2 ?", "1 + 2 ?"]
    one = trainer(
        folder, tmp_path, rows=prompts, num_generations=8, beta=0.1, loss_type="bnpo",
        shuffle_dataset=False,
    )  # fmt: skip
    batch = rollouts(one)
    assert not batch["prompt_mask"].all()
    parts = [batch] if cut == "reference" else one.micro_batches(batch)
    for part in parts:
        ids = torch.cat([part["prompt_ids"], part["completion_ids"]], dim=1)
        mask = torch.cat([part["prompt_mask"], part["completion_mask"]], dim=1)
        width = part["completion_ids"].size(1)
        with torch.no_grad():
            scores, _, _ = one._get_per_token_logps_and_entropies(one.model, ids, mask, width)
        if cut == "reference":
            assert torch.allclose(
                batch["ref_per_token_logps"][mask[:, -width:] == 1],
                scores[mask[:, -width:] == 1],
                atol=1e-5,
            )
        for row, real, got in zip(ids, mask.bool(), scores, strict=True):
            alone = row[real][None]
            with torch.no_grad():
                logits = one.model(alone).logits.log_softmax(-1)[0, :-1]
            wanted = logits.gather(1, alone[0, 1:, None])[:, 0]
            count = int(real[-width:].sum())
            assert torch.allclose(got[:count], wanted[-count:], atol=1e-5)


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
    [
        ({"min_p": 0.1}, "min_p"),
        ({"repetition_penalty": 1.2}, "repetition_penalty"),
        ({"generation_kwargs": {"no_repeat_ngram_size": 3}}, "generation_kwargs"),
        ({"cache_implementation": "static"}, "cache_implementation"),
        ({"top_k": 5, "top_p": 0.9}, None),
        ({}, None),
    ],
)
def test_trl_samples_where_ours_would_not_do_as_told(random_folder, tmp_path, changes, reason):
    one = trainer(random_folder, tmp_path, **changes)
    assert one.samples == (reason is None)
    assert one.cuts  # whoever sampled
    assert one.obstacle() == (None if reason is None else f"sampling: `{reason}` is set")
    one.train()
    assert one.state.global_step == 4


def test_a_setting_that_nobody_looked_at_yet_leaves_everything_to_trl(random_folder, tmp_path):
    @dataclass
    class NewerConfig(GRPOConfig):
        sampler_of_tomorrow: str = "plain"

    one = trainer(random_folder, tmp_path)
    plain = {item.name: getattr(one.args, item.name) for item in fields(GRPOConfig) if item.init}
    plain["steps_per_generation"] = None
    one.args = NewerConfig(**plain)
    assert one.obstacle() is None
    one.args = NewerConfig(**plain, sampler_of_tomorrow="clever")
    assert "sampler_of_tomorrow" in one.sampling_obstacle()
    assert "sampler_of_tomorrow" in one.batch_obstacle()


@pytest.mark.parametrize("setting", [{"neftune_noise_alpha": 5.0}, {"pad_to_multiple_of": 8}])
def test_micro_batches_are_trls_where_their_width_matters(random_folder, tmp_path, setting):
    one = trainer(random_folder, tmp_path, **setting)
    assert not one.cuts
    assert "micro-batches" in one.obstacle()
    one.train()
    assert one.state.global_step == 4


def test_top_k_draws_from_the_most_probable_tokens_only(random_folder, tmp_path):
    one = trainer(random_folder, tmp_path, top_k=1)
    batch = rollouts(one)
    assert len(batch["completion_ids"].unique(dim=0)) == 1


def test_rollouts_do_not_depend_on_how_many_fit_into_memory(random_folder, tmp_path, monkeypatch):
    whole = rollouts(trainer(random_folder, tmp_path))["completion_ids"]
    sizes = []

    def small(model, prompts, *, n, **options):
        sizes.append(n)
        if n > 5:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return sample(model, prompts, n=n, **options)

    monkeypatch.setattr("sample_engineering.trainers.grpo.sample", small)
    assert torch.equal(rollouts(trainer(random_folder, tmp_path))["completion_ids"], whole)
    assert sizes == [16, 8, 4, 4, 4, 4]


def test_several_updates_of_one_generation_use_each_rollout_once(random_folder, tmp_path):
    one = trainer(random_folder, tmp_path, gradient_accumulation_steps=2, steps_per_generation=4)
    parts = one.micro_batches(rollouts(one))
    assert len(parts) == 4
    marks = torch.cat([part["old_per_token_logps"].sum(1) for part in parts])
    assert len(marks.unique()) == 16
    one.train()
    assert one.state.global_step == 4


slow = (
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("SE_SLOW"), reason="starts processes; set SE_SLOW=1"),
)


@pytest.mark.parametrize("loss", ["dapo", pytest.param("bnpo", marks=slow)])
def test_two_processes_take_the_step_of_one(random_folder, tmp_path, loss):
    root = Path(__file__).resolve().parents[2]
    launch = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc-per-node",
        "2",
    ]
    done = subprocess.run(
        [*launch, "-m", "tests.trainers.shared_step", random_folder, tmp_path / "two", loss],
        capture_output=True,
        text=True,
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    shared_step.train(str(random_folder), str(tmp_path / "one"), loss)
    two, one = (torch.load(tmp_path / name / "done.pt") for name in ("two", "one"))
    assert two[0][0] == one[0][0]  # the rollouts, by their number
    # Half of the groups are dead: with KL they are run, and else each process leaves out as many.
    assert (two[1], one[1]) == (([4, 4], [8]) if loss == "dapo" else ([0, 0], [0]))
    if loss == "dapo":  # a token mean depends on which rows a process holds
        assert two[0] == one[0]
        assert two[3] == pytest.approx(one[3], rel=1e-5)
        start = torch.cat([p.flatten() for p in load_model(random_folder).parameters()])
        assert (two[2] - one[2]).norm() < 1e-4 * (one[2] - start).norm()
