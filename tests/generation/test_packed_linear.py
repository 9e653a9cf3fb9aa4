"""Packed weights: the same tokens, for the time of one call, and never stale."""

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from sample_engineering.generation import packed_linear  # noqa: E402
from sample_engineering.generation.packed_linear import (  # noqa: E402
    FLOAT32_ROWS,
    LEAST_STEPS,
    packed_linears,
)
from sample_engineering.generation.sampling import row_noise, sample  # noqa: E402
from tests.generation.tiny_kinds import tiny_model  # noqa: E402

ROWS, TOKENS = FLOAT32_ROWS, LEAST_STEPS


@pytest.fixture
def packing(monkeypatch):
    """Let small models be packed too."""
    monkeypatch.setattr(packed_linear, "LEAST_PARAMETERS", 1)


def rollouts(model, **more):
    noise = row_noise(range(2 * ROWS), 0)
    return sample(model, [[5, 6, 7], [8]], n=ROWS, max_tokens=TOKENS, noise=noise, **more)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("kind", ["llama", "gpt2", "mixtral", "gemma2", "mamba", "qwen2"])
def test_packed_layers_score_as_plain_ones(kind, dtype, monkeypatch):
    model = tiny_model(kind).to(getattr(torch, dtype))
    plain = rollouts(model, logprobs=True)
    monkeypatch.setattr(packed_linear, "LEAST_PARAMETERS", 1)
    packed = rollouts(model, logprobs=True)
    allowed = 1e-4 if dtype == "float32" else 0.3
    for one, other in zip(plain, packed, strict=True):
        assert one.logprobs[0] == pytest.approx(other.logprobs[0], abs=allowed)
    if dtype == "float32":
        assert [r.ids for r in plain] == [r.ids for r in packed]


def test_weights_that_change_between_two_calls_are_seen(packing, monkeypatch):
    model = tiny_model("llama")
    first = rollouts(model)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1.3)
    second = rollouts(model)
    monkeypatch.setattr(packed_linear, "LEAST_PARAMETERS", 10**12)
    assert second == rollouts(model)
    assert first != second


def test_layers_are_plain_again_afterwards_and_after_an_error(packing):
    model = tiny_model("llama")
    with packed_linears(model, steps=LEAST_STEPS):
        assert "forward" in model.lm_head.__dict__
    with pytest.raises(ZeroDivisionError), packed_linears(model, steps=LEAST_STEPS):
        raise ZeroDivisionError
    assert all("forward" not in module.__dict__ for module in model.modules())


def test_a_layer_in_use_still_has_its_gradient(packing):
    model = tiny_model("llama")
    with packed_linears(model, steps=LEAST_STEPS):
        model(input_ids=torch.tensor([[5, 6, 7]] * ROWS)).logits.sum().backward()
    assert float(model.lm_head.weight.grad.abs().sum()) > 0


def test_layers_that_others_have_wrapped_stay_theirs(packing):
    model = tiny_model("llama")
    plain, calls = model.lm_head.forward, []
    model.lm_head.forward = lambda x: calls.append(1) or plain(x)
    wrapped = model.lm_head.forward
    with packed_linears(model, steps=LEAST_STEPS):
        assert model.lm_head.forward is wrapped
    assert model.lm_head.forward is wrapped


def test_small_models_and_short_work_are_not_packed():
    model = tiny_model("llama")
    with packed_linears(model, steps=1000):
        assert "forward" not in model.lm_head.__dict__


def test_adapters_are_sampled_with_what_they_add(packing, monkeypatch):
    peft = pytest.importorskip("peft")
    model = peft.get_peft_model(
        tiny_model("llama"), peft.LoraConfig(target_modules=["q_proj", "down_proj"])
    ).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.normal_(0, 0.3)
    packed = rollouts(model)
    with model.disable_adapter():
        assert rollouts(model) != packed
    monkeypatch.setattr(packed_linear, "LEAST_PARAMETERS", 10**12)
    assert rollouts(model) == packed
