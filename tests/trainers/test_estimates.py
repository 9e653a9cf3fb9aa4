"""What a training needs, and what would make it fit, for a model of 7B that is not loaded."""

import pytest

from sample_engineering.trainers.estimates.cards import GIB, card_named
from sample_engineering.trainers.estimates.memory import training_memory
from sample_engineering.trainers.estimates.remedies import remedies
from sample_engineering.trainers.estimates.setup import Setup, Sharding, setup_of
from sample_engineering.trainers.estimates.shape import ModelShape
from sample_engineering.trainers.estimates.timing import (
    CardSpeed,
    MeasuredSpeed,
    card_speeds,
    step_seconds,
)
from sample_engineering.trainers.recipes import load_recipe, override

SEVEN = ModelShape(
    kind="qwen2",
    parameters=7_615_600_000,
    active_parameters=7_615_600_000,
    embedding_parameters=152_064 * 3584,
    tied=False,
    adapter_parameters_per_rank=2_523_136,
    largest_layer=233_057_792,
    layers=28,
    width=3584,
    inner=18_944,
    query_width=3584,
    heads=28,
    kv_heads=4,
    cache_numbers=28 * 2 * 4 * 128,
    vocabulary=152_064,
    context=131_072,
    stored_bytes=2,
    takes_cache=True,
)
CARD = 80 * GIB


def setup(**changes):
    plain = Setup(SEVEN, rollouts=2048, micro_batch=8, max_tokens=2048, vllm=True)
    return plain.with_(**changes)


@pytest.mark.parametrize("lora", [0, 32])
@pytest.mark.parametrize("processes", [1, 4])
def test_a_server_takes_sampling_off_the_cards_that_train(lora, processes):
    sharing = {"processes": processes, "sharding": Sharding.fsdp if processes > 1 else "none"}
    here = training_memory(setup(lora_rank=lora, **sharing), CARD)
    there = training_memory(setup(lora_rank=lora, vllm=False, vllm_server=True, **sharing), CARD)
    assert "vLLM" in {**here.sampling, **here.training}
    assert set(there.sampling) <= {"fragments"}
    assert there.total <= here.total
    assert there.kept == here.kept


def test_what_is_advised_fits_and_less_of_it_does_not():
    tight = setup(lora_rank=32, weight_bytes=2, vllm_share=0.6)
    card = 40 * GIB
    found = remedies(tight, card, gpus=2)
    assert training_memory(tight, card).total > card
    assert any("`vllm_server`" in told for remedy in found for told in remedy.changes)
    assert all(remedy.total_bytes <= card for remedy in found)


def test_a_server_is_no_advice_where_nothing_samples_with_vllm():
    found = remedies(setup(vllm=False), CARD, gpus=2)
    assert found
    assert not any("vllm" in told for remedy in found for told in remedy.changes)


HALF = ModelShape(
    kind="qwen2",
    parameters=494_000_000,
    active_parameters=494_000_000,
    embedding_parameters=151_936 * 896,
    tied=True,
    adapter_parameters_per_rank=550_000,
    largest_layer=14_900_000,
    layers=24,
    width=896,
    inner=4864,
    query_width=896,
    heads=14,
    kv_heads=2,
    cache_numbers=24 * 2 * 2 * 64,
    vocabulary=151_936,
    context=32_768,
    stored_bytes=2,
    takes_cache=True,
)


@pytest.mark.parametrize(("rows", "measured"), [(1, 63), (64, 3740), (512, 28_720)])
def test_a_small_model_decodes_on_a_card_as_fast_as_its_kernels_are_started(rows, measured):
    # docs/lab/estimates.md, one H200
    speed, _ = card_speeds(card_named("h200"), Setup(HALF), vllm=False)
    told = rows / CardSpeed(card_named("h200"), HALF).step(rows, 128)
    assert 0.5 * measured < told <= 1.1 * measured
    assert speed.step(rows, 128) >= 24 * 6.7e-4


def test_a_step_on_a_card_takes_at_least_as_long_as_its_kernels_take_to_start():
    step = Setup(HALF, rollouts=64, micro_batch=16, prompt_tokens=100, max_tokens=128, beta=0.001)
    speed, _ = card_speeds(card_named("h200"), step, vllm=False)
    told = step_seconds(step, speed, 140 * GIB, on_cpu=False)
    started = 128 + 4 * (1 + 1 + 2 + 1)  # tokens, and passes over four micro-batches
    assert started * 24 * 6.7e-4 < told < 5.2 * 1.2  # measured: 5.2 s, docs/lab/estimates.md


def test_what_an_algorithm_takes_beyond_grpo_is_in_the_estimate():
    def estimated(**changes):
        recipe = override(load_recipe("microcosm"), {"steps": 10, **changes})
        return setup_of(recipe, SEVEN, on_cpu=True)

    def memory(made):
        return training_memory(made, on_cpu=True).total

    def seconds(made):
        return step_seconds(made, speed, 2**36, on_cpu=True)

    speed = MeasuredSpeed(1e-3, 1e-3, 1e-4, 2e-4, 1e-12)
    plain = estimated()
    assert (plain.cost.forward, plain.cost.trained, plain.cost.base_copy) == (0, None, False)
    for name in ("dr-grpo", "dapo", "cispo", "rloo"):
        assert memory(estimated(algorithm=name)) == memory(plain)
        assert seconds(estimated(algorithm=name)) == pytest.approx(seconds(plain))
    ppo = estimated(algorithm="ppo")
    assert memory(ppo) - memory(plain) >= 8 * SEVEN.width**2
    assert seconds(ppo) > seconds(plain)
    even = estimated(algorithm="expert-iteration")
    assert even.cost.trained == 1  # as many passes as GRPO makes on its rollouts
    assert seconds(even) == pytest.approx(seconds(plain))
    rounds = estimated(algorithm="expert-iteration", rounds=3, supervised_steps=10)
    assert rounds.cost.trained == 3
    assert memory(rounds) - memory(plain) == 4 * SEVEN.parameters
    assert seconds(rounds) > seconds(plain)
    more = estimated(algorithm="expert-iteration", rounds=6, supervised_steps=10)
    assert seconds(more) > seconds(rounds)
    assert seconds(estimated(algorithm="gspo")) > seconds(plain)  # four updates
