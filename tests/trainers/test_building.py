"""From a recipe to a trainer: what is loaded, how, and with which settings."""

import json

import pytest
import torch

from sample_engineering.errors import ConfigError, TrainingError
from sample_engineering.generation.asking import Loading
from sample_engineering.grading import read_sample_gold
from sample_engineering.runs.config import RunOptions
from sample_engineering.trainers.arms import Arm
from sample_engineering.trainers.building import _longest, build_trainer, policy_dtype
from sample_engineering.trainers.recipes import Recipe
from sample_engineering.trainers.settings import grpo_config, training_rows
from tests.trainers.tiny import EOS, random_model, save, sums, tokenizer

SMALL = Recipe(steps=2, group_size=4, micro_batch=4, max_tokens=8, template="plain", lr=1e-3)


def build(folder, out, recipe=SMALL, **options):
    sample = sums()[0]
    return build_trainer(
        str(folder),
        Arm("sample", samples=(sample,)),
        recipe,
        [read_sample_gold(sample)],
        output=out,
        device="cpu",
        options=RunOptions(**options),
    )


def batch_of(one):
    one.model.train()
    return one._generate_and_score_completions(next(iter(one.get_train_dataloader())))


@pytest.mark.parametrize(
    ("changes", "dtype", "device", "expected"),
    [
        ({}, None, "cuda", "float32"),
        ({}, None, "cpu", "float32"),
        ({"lora_rank": 4}, None, "cuda", "bfloat16"),
        ({"lora_rank": 4, "bf16": False}, None, "cuda", "float32"),
        ({"lora_rank": 4}, None, "cpu", "float32"),
        ({}, "bfloat16", "cuda", "bfloat16"),
    ],
)
def test_only_frozen_weights_are_kept_in_half_precision(changes, dtype, device, expected):
    assert policy_dtype(SMALL.with_(**changes), Loading(dtype=dtype), device) == expected


def test_adapters_have_no_second_base_and_a_rate_of_their_own(random_folder, tmp_path):
    recipe = SMALL.with_(lora_rank=4, beta=0.1)
    one = build(random_folder, tmp_path, recipe, dtype="bfloat16").trainer
    assert one.ref_model is None
    assert one.args.model_init_kwargs is None
    trained = {p.dtype for p in one.model.parameters() if p.requires_grad}
    frozen = {p.dtype for p in one.model.parameters() if not p.requires_grad}
    assert (trained, frozen) == ({torch.float32}, {torch.bfloat16})
    assert one.args.learning_rate == pytest.approx(10 * recipe.lr)
    assert recipe.with_(lora_lr=5e-3).rate == 5e-3
    # The reference is the base: adapters start at zero, so that both are the same model.
    batch = batch_of(one)
    ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], dim=1)
    mask = torch.cat([batch["prompt_mask"], batch["completion_mask"]], dim=1)
    width = batch["completion_ids"].size(1)
    with torch.no_grad():
        own, _, _ = one._get_per_token_logps_and_entropies(one.model, ids, mask, width)
    real = batch["completion_mask"].bool()
    assert torch.allclose(batch["ref_per_token_logps"][real], own[real], atol=1e-2)
    one.train()
    assert one.state.global_step == 2


def test_a_rate_of_adapters_that_are_not_there_is_refused():
    with pytest.raises(ConfigError, match="`lora_lr` would be ignored"):
        SMALL.with_(lora_lr=1e-4)


def test_the_reference_is_loaded_as_the_policy(random_folder, tmp_path):
    one = build(
        random_folder,
        tmp_path,
        SMALL.with_(beta=0.1),
        dtype="bfloat16",
        attn_implementation="eager",
        model_init_kwargs={"attention_dropout": 0.125},
    ).trainer
    for model in (one.model, one.ref_model):
        assert model.dtype == torch.bfloat16
        assert model.config._attn_implementation == "eager"
        assert model.config.attention_dropout == 0.125
    assert one.args.model_init_kwargs["use_safetensors"] is True


def test_a_revision_reaches_the_reference(tmp_path):
    config = grpo_config(
        SMALL.with_(beta=0.1),
        seed=0,
        output=tmp_path,
        device="cpu",
        loading=Loading(revision="abc", trust_remote_code=True),
    )
    assert config.model_init_kwargs == {"revision": "abc", "use_safetensors": True}
    assert config.trust_remote_code


def test_code_that_comes_with_a_model_runs_for_the_reference_too(random_folder, tmp_path):
    folder = save(random_model(), tmp_path / "own")
    (folder / "modeling_own.py").write_text(
        "from transformers import LlamaConfig, LlamaForCausalLM\n"
        "class OwnConfig(LlamaConfig):\n    model_type = 'own'\n"
        "class OwnModel(LlamaForCausalLM):\n    config_class = OwnConfig\n"
    )
    record = json.loads((folder / "config.json").read_text())
    record |= {
        "model_type": "own",
        "architectures": ["OwnModel"],
        "auto_map": {
            "AutoConfig": "modeling_own.OwnConfig",
            "AutoModelForCausalLM": "modeling_own.OwnModel",
        },
    }
    (folder / "config.json").write_text(json.dumps(record))
    one = build(folder, tmp_path, SMALL.with_(beta=0.1), trust_remote_code=True).trainer
    assert type(one.ref_model).__name__ == type(one.model).__name__ == "OwnModel"


def save_chatty(folder):
    """A model whose chat template ends a turn with another token than the tokenizer declares."""
    save(random_model(), folder)
    chatty = tokenizer()
    chatty.add_special_tokens({"additional_special_tokens": ["car"]})
    chatty.chat_template = (
        "{% for m in messages %}{{ m['content'] }} {% if m['role'] == 'assistant' %}car {% endif %}"
        "{% endfor %}{% if add_generation_prompt %}so {% endif %}"
    )
    chatty.save_pretrained(folder)
    return folder


def test_the_end_of_a_turn_ends_a_rollout(tmp_path):
    folder = save_chatty(tmp_path / "chatty")
    recipe = SMALL.with_(template="chat", max_tokens=40, group_size=32, micro_batch=32)
    built = build(folder, tmp_path / "out", recipe)
    end = built.tokenizer.convert_tokens_to_ids("car")
    assert {end, EOS} <= set(built.trainer.eos_token_ids)
    assert {end, EOS} <= set(built.rewarder.endings.ids)
    batch = batch_of(built.trainer)
    rows = [
        ids[mask.bool()].tolist()
        for ids, mask in zip(batch["completion_ids"], batch["completion_mask"], strict=True)
    ]
    assert any(row[-1] == end for row in rows)
    assert all(end not in row[:-1] for row in rows)


def test_a_stop_text_ends_a_rollout_and_is_not_graded(random_folder, tmp_path):
    recipe = SMALL.with_(stop=("car",), max_tokens=40, group_size=32, micro_batch=32)
    built = build(random_folder, tmp_path, recipe)
    batch = batch_of(built.trainer)
    last = built.rewarder.last
    assert not any("car" in text for text in last.texts)
    end = built.tokenizer.convert_tokens_to_ids("car")
    rows = [
        ids[mask.bool()].tolist()
        for ids, mask in zip(batch["completion_ids"], batch["completion_mask"], strict=True)
    ]
    stopped = [row[-1] == end for row in rows]
    assert any(stopped)  # it is trained on as it was sampled
    whole = [len(row) == 40 and row[-1] not in (end, EOS) for row in rows]
    assert list(last.truncated) == whole


@pytest.mark.parametrize(
    ("trl", "device", "expected"),
    [
        ({}, "cuda", (14, True)),
        ({}, "cpu", (14, False)),
        ({"vllm_mode": "server"}, "cuda", (None, False)),
        ({"vllm_max_model_length": 99, "vllm_enable_sleep_mode": False}, "cuda", (99, False)),
    ],
)
def test_vllm_gets_the_room_that_the_run_needs(tmp_path, trl, device, expected):
    recipe = SMALL.with_(vllm=True, trl=trl, bf16=False)
    words = tokenizer()
    longest = _longest(training_rows(sums()[:2], recipe, words), recipe, words)
    assert longest == len(words(sums()[0].problem)["input_ids"]) == 6
    config = grpo_config(recipe, seed=0, output=tmp_path, device=device, longest_prompt=longest)
    assert (config.vllm_max_model_length, config.vllm_enable_sleep_mode) == expected
    assert config.vllm_importance_sampling_mode == "token_truncate"


@pytest.mark.parametrize(
    ("trl", "message"),
    [
        ({"sync_ref_model": True}, "TRL cannot start: You passed `sync_ref_model=True`"),
        ({"use_transformers_continuous_batching": True, "use_vllm": True}, "cannot"),
    ],
)
def test_what_trl_refuses_is_a_sentence(random_folder, tmp_path, trl, message):
    with pytest.raises((TrainingError, ConfigError), match=message) as caught:
        build(random_folder, tmp_path, SMALL.with_(trl=trl))
    assert "\n" not in str(caught.value)


def test_vllm_that_is_not_there_is_a_sentence(random_folder, tmp_path):
    pytest.importorskip("trl")
    from importlib.util import find_spec

    if find_spec("vllm"):
        pytest.skip("vLLM is installed")
    with pytest.raises(TrainingError, match=r"a package.* cannot be used.*install it"):
        build(random_folder, tmp_path, SMALL.with_(vllm=True))
