"""How many rows are sampled at once: what a row costs, what did not fit, how long a batch takes."""

import math

import pytest

pytest.importorskip("transformers", reason="needs the extra 'train'")

import torch
import transformers as hf

from sample_engineering.errors import GenerationError
from sample_engineering.generation import Sampling
from sample_engineering.generation.growing_cache import growing_cache
from sample_engineering.generation.memory import (
    CPU_MOST,
    GPU_SHARE,
    BatchSizer,
    Pace,
    RowCost,
    available_memory,
    out_of_memory,
)
from sample_engineering.generation.model_kind import check_kind
from sample_engineering.generation.transformers_engine import TransformersGenerator

TINY = {
    "vocab_size": 64,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
}
PLAIN = {key: value for key, value in TINY.items() if key != "num_key_value_heads"}
WINDOW = {"sliding_window": 8}
FAMILIES = {
    "llama": hf.LlamaConfig(**TINY),
    "wide heads": hf.LlamaConfig(**TINY, head_dim=16),
    "qwen2": hf.Qwen2Config(**TINY),
    "qwen2, sliding": hf.Qwen2Config(
        **TINY, **WINDOW, use_sliding_window=True, max_window_layers=2
    ),
    "qwen3": hf.Qwen3Config(**TINY, head_dim=8),
    "mistral": hf.MistralConfig(**TINY, **WINDOW),
    "gemma2": hf.Gemma2Config(**TINY, **WINDOW, head_dim=8),
    "gemma3": hf.Gemma3TextConfig(**TINY, **WINDOW, head_dim=8),
    "phi3": hf.Phi3Config(**TINY, pad_token_id=0),
    "gpt2": hf.GPT2Config(vocab_size=64, n_embd=32, n_layer=4, n_head=4, n_positions=256),
    "gpt-neox": hf.GPTNeoXConfig(**PLAIN),
    "opt": hf.OPTConfig(**PLAIN, ffn_dim=48, word_embed_proj_dim=32),
    "bloom": hf.BloomConfig(vocab_size=64, hidden_size=32, n_layer=4, n_head=4),
    "falcon": hf.FalconConfig(
        vocab_size=64, hidden_size=32, num_hidden_layers=4, num_attention_heads=4
    ),
    "falcon, new": hf.FalconConfig(
        vocab_size=64, hidden_size=32, num_hidden_layers=4, num_attention_heads=4, num_kv_heads=2,
        new_decoder_architecture=True,
    ),
    "latent attention": hf.DeepseekV3Config(
        **{**TINY, "num_key_value_heads": 4}, qk_nope_head_dim=8, qk_rope_head_dim=4, v_head_dim=6,
        kv_lora_rank=8, q_lora_rank=8, n_routed_experts=2, num_experts_per_tok=1, n_group=1,
        topk_group=1, first_k_dense_replace=4, moe_intermediate_size=16,
    ),
    "linear attention": hf.Qwen3NextConfig(
        **TINY, head_dim=8, linear_num_value_heads=4, linear_num_key_heads=2,
        linear_key_head_dim=8, linear_value_head_dim=8, num_experts=2, num_experts_per_tok=1,
        moe_intermediate_size=16, shared_expert_intermediate_size=16,
    ),
    "convolutions": hf.Lfm2Config(**TINY),
}  # fmt: skip


def held(cache):
    """Bytes of all tensors that a cache holds, without the spare room of its buffers."""
    total = 0
    for layer in cache.layers:
        for value in vars(layer).values():
            if torch.is_tensor(value) and value.ndim > 1:
                total += value.numel() * value.element_size()
    return total


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("tokens", [6, 40])
def test_a_row_costs_what_the_cache_of_a_real_model_holds(family, tokens):
    config = FAMILIES[family]
    torch.manual_seed(0)
    model = hf.AutoModelForCausalLM.from_config(config).eval()
    cache = growing_cache(model)
    rows = 3
    with torch.no_grad():
        model(torch.randint(1, 60, (rows, tokens)), past_key_values=cache, use_cache=True)
    real = held(cache) / rows
    counted = RowCost.of(config, 4).cache(tokens)
    if "linear" in family or "conv" in family:  # of a constant size, and bounded only
        assert real <= counted
    else:
        assert real <= counted <= 1.1 * real + 200


@pytest.mark.parametrize(
    "config",
    [
        hf.MambaConfig(vocab_size=64, hidden_size=32, num_hidden_layers=3, state_size=4),
        hf.FalconMambaConfig(vocab_size=64, hidden_size=32, num_hidden_layers=3, state_size=4),
        hf.RecurrentGemmaConfig(vocab_size=64, hidden_size=32, num_hidden_layers=3),
    ],
    ids=lambda config: config.model_type,
)
def test_a_state_costs_the_same_however_long_a_row_is(config):
    cost = RowCost.of(config, 4)
    assert cost.state >= 3 * 32 * 4  # layers, width, state
    assert cost.cache(100) - cost.cache(10) <= 90 * 2 * 32 * 4


# Model, bytes of a number, GB that are free, prompt, completion: rows that must and may be run.
SHAPES = {
    "MATH-500 on 80 GB": (("1.5B", 2, 76, 200, 3072), 300, 600),
    "4,096 tokens": (("1.5B", 2, 76, 200, 4096), 200, 500),
    "8k tokens": (("1.5B", 2, 76, 200, 8192), 100, 250),
    "MMLU-Pro": (("1.5B", 2, 76, 400, 3072), 300, 600),
    "float32": (("1.5B", 4, 72, 200, 3072), 150, 400),
    "7B on 80 GB": (("7B", 2, 64, 200, 3072), 150, 400),
    "7B on 24 GB": (("7B", 2, 8, 200, 3072), 15, 60),
    "0.5B on 16 GB": (("0.5B", 2, 14, 200, 2048), 80, 400),
}
QWEN = {
    "0.5B": {"hidden_size": 896, "intermediate_size": 4864, "num_hidden_layers": 24,
             "num_attention_heads": 14, "num_key_value_heads": 2, "vocab_size": 151936},
    "1.5B": {"hidden_size": 1536, "intermediate_size": 8960, "num_hidden_layers": 28,
             "num_attention_heads": 12, "num_key_value_heads": 2, "vocab_size": 151936},
    "7B": {"hidden_size": 3584, "intermediate_size": 18944, "num_hidden_layers": 28,
           "num_attention_heads": 28, "num_key_value_heads": 4, "vocab_size": 152064},
}  # fmt: skip


@pytest.mark.parametrize("case", SHAPES)
def test_a_large_card_runs_hundreds_of_rows(case):
    (model, itemsize, free, prompt, completion), least, most = SHAPES[case]
    cost = RowCost.of(hf.Qwen2Config(**QWEN[model]), itemsize)
    rows = GPU_SHARE * free * 1e9 / cost.bytes(prompt, completion, nucleus=True)
    assert least <= rows <= most


def test_what_is_drawn_and_kept_counts():
    cost = RowCost.of(hf.Qwen2Config(**QWEN["1.5B"]), 2)
    plain = cost.bytes(10, 10)
    assert plain < cost.bytes(10, 10, scores=True) < cost.bytes(10, 10, nucleus=True)
    assert cost.bytes(3000, 10) > 3000 * cost.passed  # a long prompt is what is largest


class Narrow(torch.nn.Module):
    """A model that has no room for more than `most` rows, or tokens of a cache."""

    def __init__(self, model, most, error=torch.OutOfMemoryError("no room")):
        super().__init__()
        self.model, self.most, self.error = model, math.inf, error
        self.config, self.generation_config = model.config, model.generation_config
        self.sizes = []
        self.eval()
        check_kind(self, [1, 2, 3])  # a trial of few rows, which have room
        self.most = most

    def get_input_embeddings(self):
        return self.model.get_input_embeddings()

    def forward(
        self,
        input_ids=None,
        attention_mask=None,
        position_ids=None,
        past_key_values=None,
        use_cache=None,
        logits_to_keep=0,
    ):
        if past_key_values is not None and past_key_values.get_seq_length():
            self.sizes.append(len(input_ids))  # the prompt is read once for all copies
            if len(input_ids) > self.most:
                raise self.error
        return self.model(
            input_ids=input_ids,
            attention_mask=attention_mask,
            position_ids=position_ids,
            past_key_values=past_key_values,
            use_cache=use_cache,
            logits_to_keep=logits_to_keep,
        )


ERRORS = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    RuntimeError("[enforce fail at alloc_cpu.cpp:121] DefaultCPUAllocator: can't allocate memory"),
    MemoryError(),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(("most", "n"), [(7, 2), (3, 8), (1, 5)])
def test_what_does_not_fit_is_halved_and_stays_so(tiny_generator, error, most, n):
    sampling = Sampling(n=n, max_tokens=10, seed=3)
    prompts = [f"{a} + {b} =" for a in range(3) for b in range(4)]
    model = Narrow(tiny_generator.model, most, error)
    narrow = TransformersGenerator(model, tiny_generator.tokenizer, name="narrow")
    told = []
    found = narrow.generate(prompts, sampling, progress=told.append)
    assert found == tiny_generator.generate(prompts, sampling)
    assert sum(told) == len(prompts)
    failed = [size for size in model.sizes if size > most]
    assert failed  # it was tried
    assert len(failed) <= 8
    model.sizes.clear()
    assert narrow.generate(prompts, sampling) == found
    assert max(model.sizes) <= most  # and not tried again


def test_a_single_completion_that_does_not_fit_is_told(tiny_generator):
    model = Narrow(tiny_generator.model, 0)
    narrow = TransformersGenerator(model, tiny_generator.tokenizer, name="narrow")
    with pytest.raises(GenerationError, match="one completion of 17 tokens does not fit"):
        narrow.generate(["2 + 3 ="], Sampling(n=4, max_tokens=10))


def test_another_error_is_raised_as_it_is(tiny_generator):
    model = Narrow(tiny_generator.model, 0, RuntimeError("device-side assert"))
    narrow = TransformersGenerator(model, tiny_generator.tokenizer, name="narrow")
    with pytest.raises(RuntimeError, match="device-side assert"):
        narrow.generate(["2 + 3 ="], Sampling(n=4, max_tokens=10))
    assert not out_of_memory(ValueError("out of memory"))


def test_memory_of_this_machine_bounds_a_batch(tiny_generator):
    sizer = BatchSizer(tiny_generator.model)
    assert 0 < sizer.budget <= min(CPU_MOST, available_memory())
    assert BatchSizer(tiny_generator.model, batch_tokens=100).rows(10, 40) == 2
    assert sizer.rows(10**9, 10**9) == 1


def machine(step, token, pace, rows, length, share=1.0):
    """Run a batch on a machine that takes so long a step and a token."""
    tokens = int(rows * length * share)
    seconds = step * length + token * tokens
    pace.note(length, rows, tokens, seconds)
    return seconds


@pytest.mark.parametrize(
    ("parameters", "step", "token", "length"),
    [
        (135e6, 0.06, 0.0027, 1024),  # SmolLM2 on two cores, measured
        (135e6, 0.24, 0.0108, 1024),  # the same machine shared by four
        (1.5e9, 0.3, 0.03, 512),
        (500e6, 0.1, 0.001, 256),
    ],
)
@pytest.mark.parametrize("share", [1.0, 0.4])
def test_batches_settle_below_the_time_and_waste_little(parameters, step, token, length, share):
    pace = Pace(int(parameters))
    seconds = [machine(step, token, pace, pace.rows(length), length, share) for _ in range(12)]
    bound = max(pace.seconds, 2 * step * length)
    assert all(took <= 1.1 * bound for took in seconds[4:])
    rows = pace.rows(length)
    # Not far below the time either, since small batches cost more a token.
    assert step * length + token * length * share * rows >= 0.3 * bound or rows >= 256


def test_small_models_are_left_alone_however_slow_the_machine():
    pace = Pace(1_000_000)
    first = pace.safe(128)
    assert first >= 4096
    machine(1.0, 0.1, pace, 300, 128)
    assert pace.safe(128) == first
