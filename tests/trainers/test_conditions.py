"""Probe, training and evaluation ask the model the same, and end its answers alike."""

from contextlib import contextmanager
from dataclasses import fields
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest

pytest.importorskip("trl")

import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from transformers import LlamaConfig, LlamaForCausalLM

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation import Benchmark, evaluate
from sample_engineering.generation import transformers_engine
from sample_engineering.generation.asking import Asked, Loading
from sample_engineering.generation.transformers_engine import (
    TransformersGenerator,
    load_model,
    load_tokenizer,
)
from sample_engineering.grading import completion_text, read_sample_gold
from sample_engineering.probing import ProbePlan, probe_pool
from sample_engineering.sample import Sample
from sample_engineering.trainers import grpo
from sample_engineering.trainers.endings import Endings
from sample_engineering.trainers.recipes import Recipe, load_recipe
from sample_engineering.trainers.rewarder import Rewarder
from sample_engineering.trainers.settings import grpo_config, training_rows
from tests.generation.templates import (
    ENDS,
    SWITCH,
    ChatTemplate,
    templates,
    tokenizer_with,
)

SAMPLE = Sample("one", "What is 1 + 2?", "3")
VALUES = {
    "template": st.sampled_from(["boxed", "chat", "qwen-math", "{problem} = ?"]),
    "system": st.sampled_from([None, "", "Be brief."]),
    "temperature": st.sampled_from([0.6, 1.0]),
    "top_p": st.sampled_from([1.0, 0.9]),
    "top_k": st.sampled_from([None, 5]),
    "max_tokens": st.sampled_from([3, 5]),
    "stop": st.sampled_from([(), ("Q:", "###")]),
}
ASKED = st.fixed_dictionaries(VALUES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A random model of single characters, with a tokenizer that has no chat template."""
    path = tmp_path_factory.mktemp("conditions")
    tokenizer = tokenizer_with(None)
    torch.manual_seed(0)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=16,
            intermediate_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            num_key_value_heads=1,
            max_position_embeddings=1024,
            eos_token_id=tokenizer.eos_token_id,
            bos_token_id=None,
            pad_token_id=0,
        )
    )
    model.save_pretrained(path)
    return path


@contextmanager
def watched():
    """Yield a list of (token ids, end tokens, what else was asked) of all prompts sampled."""
    seen = []

    def spy(into):
        def sampled(model, prompts, **settings):
            stops = settings["stops"]
            texts = () if stops is None else tuple(stops.texts)
            told = {name: settings[name] for name in ("temperature", "top_p", "top_k")}
            told |= {"max_tokens": settings["max_tokens"], "stop": texts}
            seen.extend((list(ids), sorted(settings["eos_ids"]), told) for ids in prompts)
            return into(model, prompts, **settings)

        return sampled

    with (
        patch.object(transformers_engine, "sample", spy(transformers_engine.sample)),
        patch.object(grpo, "sample", spy(grpo.sample)),
    ):
        yield seen


def trained_on(recipe, folder, tokenizer, out):
    """Sample one generation as a training does."""
    policy = load_model(folder, device="cpu")
    endings = Endings.of(policy, tokenizer, recipe.stop)
    endings.tell(policy)
    trainer = grpo.OneShotGRPOTrainer(
        model=policy,
        processing_class=tokenizer,
        args=grpo_config(recipe, seed=0, output=out, device="cpu", endings=endings),
        reward_funcs=lambda completions, **_: [0.0] * len(completions),
        train_dataset=training_rows([SAMPLE], recipe, tokenizer),
        endings=endings,
    )
    trainer.model.train()
    trainer._generate_and_score_completions(next(iter(trainer.get_train_dataloader())))
    return trainer


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(templates(), ASKED, st.sampled_from(ENDS))
def test_probe_training_and_evaluation_send_the_same_tokens(folder, template, asked, own):
    if template.switch:
        asked = asked | {"chat_template_kwargs": {SWITCH: False}}
    tokenizer = tokenizer_with(template, own)
    recipe = Recipe(steps=1, group_size=2, micro_batch=2, **asked)
    protocol = recipe.protocol
    generator = TransformersGenerator(load_model(folder, device="cpu"), tokenizer)
    with watched() as probed:
        probe_pool([SAMPLE], generator, ProbePlan(rollouts=2, forced=False, **asked))
    with watched() as evaluated:
        found = evaluate(generator, Benchmark("one", [SAMPLE], **asked), rollouts=2)
    with watched() as trained, TemporaryDirectory() as out:
        trained_on(recipe, folder, tokenizer, out)
    assert probed == evaluated == trained[:1]
    ids, ends, told = trained[0]
    assert told == {name: getattr(protocol, name) for name in told}
    assert tokenizer.convert_tokens_to_ids(template.closing) in ends
    assert tokenizer.eos_token_id in ends
    assert (tokenizer.convert_tokens_to_ids("<no>") in ids) == template.switch
    assert found.info["protocol"]["digest"] == protocol.digest


def test_a_switch_that_the_template_does_not_know_is_refused_before_training(folder, tmp_path):
    tokenizer = tokenizer_with(ChatTemplate())
    recipe = Recipe(chat_template_kwargs={SWITCH: False})
    with pytest.raises(ConfigError, match="does not use it"):
        training_rows([SAMPLE], recipe, tokenizer)


def test_every_setting_of_a_protocol_is_asked_alike_here():
    switch = {"chat_template_kwargs", "form"}  # the switch goes with the template
    assert set(VALUES) | switch == {item.name for item in fields(Asked)}


@pytest.mark.parametrize("fast", [True, False])
def test_training_ends_at_a_stop_text_whoever_samples(folder, tmp_path, fast):
    tokenizer = tokenizer_with(ChatTemplate())
    recipe = Recipe(
        steps=1, group_size=8, micro_batch=8, max_tokens=64, template="chat", stop=("a", "7")
    )
    policy = load_model(folder, device="cpu")
    endings = Endings.of(policy, tokenizer, recipe.stop)
    endings.tell(policy)
    graded = []
    rewarder = Rewarder(
        lambda completions, **_: graded.extend(completions) or [0.0] * len(completions),
        [read_sample_gold(SAMPLE)],
        group_size=8,
        max_tokens=64,
        steps_per_generation=1,
        seed=0,
        endings=endings,
    )
    trainer = grpo.OneShotGRPOTrainer(
        model=policy,
        processing_class=tokenizer,
        args=grpo_config(recipe, seed=0, output=tmp_path, device="cpu", endings=endings),
        reward_funcs=rewarder,
        train_dataset=training_rows([SAMPLE], recipe, tokenizer),
        endings=endings,
        fast=fast,
    )
    assert trainer.samples == fast
    trainer.model.train()
    batch = trainer._generate_and_score_completions(next(iter(trainer.get_train_dataloader())))
    ended = 0
    for row, mask in zip(batch["completion_ids"], batch["completion_mask"], strict=True):
        text = tokenizer.decode(row[mask.bool()], skip_special_tokens=True)
        assert "a" not in text[:-1]
        assert "7" not in text[:-1]
        ended += text[-1:] in ("a", "7")
    assert ended > 0
    assert not any({"a", "7"} & set(completion_text(one)) for one in graded)
    assert not any({"a", "7"} & set(text) for text in rewarder.last.texts)
    full = [len(text) == 64 for text in rewarder.last.texts]
    assert rewarder.last.truncated == full


@given(st.text("ab:", max_size=12), st.lists(st.text("ab:", min_size=1, max_size=3), max_size=2))
def test_ids_are_cut_at_the_first_token_that_completes_a_stop_text(text, stop):
    tokenizer = tokenizer_with(None)
    ids = tokenizer(text)["input_ids"]
    cut = Endings(texts=tuple(stop)).cut_ids(ids, tokenizer)
    kept = tokenizer.decode(cut)
    assert text.startswith(kept)
    found = [text.find(one) + len(one) for one in stop if one in text]
    assert len(cut) == min(found, default=len(ids))


def test_vllm_is_told_what_ends_an_answer_and_keeps_what_else_it_was_told(tmp_path):
    recipe = load_recipe(
        "one-shot-rlvr", {"generation_kwargs": {"min_tokens": 4}, "vllm": True, "bf16": False}
    )
    ends = Endings(ids=(3, 5), texts=("###",))
    config = grpo_config(recipe, seed=0, output=tmp_path, device="cuda", endings=ends)
    assert config.generation_kwargs == {
        "min_tokens": 4,
        "stop_token_ids": [3, 5],
        "stop": ["###"],
    }
    assert grpo_config(recipe, seed=0, output=tmp_path, device="cuda").generation_kwargs == {
        "min_tokens": 4
    }


@pytest.mark.parametrize(
    "setting",
    [
        {"max_completion_length": 9},
        {"model_init_kwargs": {"dtype": "bfloat16"}},
        {"trust_remote_code": True},
        {"generation_kwargs": {"temperature": 0.1}},
        {"generation_kwargs": {"stop_strings": ["a"]}},
        {"trl": {"temperature": 0.1}},
    ],
)
def test_what_would_hold_for_training_alone_is_refused(setting):
    with pytest.raises(ConfigError, match=r"training alone|field of the recipe"):
        load_recipe("microcosm", setting)


def test_the_reference_model_is_loaded_as_the_policy_is(folder, tmp_path):
    tokenizer_with(ChatTemplate()).save_pretrained(folder)
    loading = Loading(
        dtype="bfloat16", attn_implementation="eager", model_init_kwargs={"attention_dropout": 0.25}
    )
    recipe = Recipe(steps=1, group_size=2, micro_batch=2, beta=0.1, template="chat")
    tokenizer = load_tokenizer(folder, loading)
    trainer = grpo.OneShotGRPOTrainer(
        model=load_model(folder, loading, device="cpu", dtype="float32"),
        processing_class=tokenizer,
        args=grpo_config(recipe, seed=0, output=tmp_path, device="cpu", loading=loading),
        reward_funcs=lambda completions, **_: [0.0] * len(completions),
        train_dataset=training_rows([SAMPLE], recipe, tokenizer),
    )
    for model in (trainer.model, trainer.ref_model):
        assert model.dtype == torch.bfloat16
        assert model.config._attn_implementation == "eager"
        assert model.config.attention_dropout == 0.25
