"""Every kind of model is sampled as transformers does, or refused in one sentence."""

import os

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from sample_engineering.errors import GenerationError  # noqa: E402
from sample_engineering.generation import decoding  # noqa: E402
from sample_engineering.generation.growing_cache import all_growing, growing_cache  # noqa: E402
from sample_engineering.generation.sampling import row_noise, sample  # noqa: E402
from tests.generation.tiny_kinds import causal_kinds, tiny_model  # noqa: E402

# Of different length, so that two are padded.
PROMPTS = [[5, 6, 7, 8, 9, 10, 11, 12, 13], [20, 21, 22], [30, 31, 32, 33, 34, 35]]
TOKENS = 16
# One of each way to keep what was read: positions that are learnt (gpt2, opt) or added to the
# scores (bloom), windows, chunks, experts, latent attention, recurrent states alone and mixed.
USUAL = [
    "llama",
    "qwen3",
    "gpt2",
    "bloom",
    "opt",
    "gemma2",
    "gemma3_text",
    "llama4_text",
    "mixtral",
    "gpt_oss",
    "deepseek_v3",
    "lfm2",
    "jamba",
    "qwen3_next",
    "mamba",
    "mamba2",
    "falcon_mamba",
]
REFUSED = [
    "rwkv",
    "openai-gpt",
    "recurrent_gemma",
    "deepseek_v4",
    "roformer",
    "xlstm",
    "minimax",
    "roberta",
]
UNWANTED = ("wrong", "refused unclearly")
LEAST_SAME = 115  # of the kinds of transformers 5.23; a later one should not lose any


def outcome(kind):
    """Return "same", "wrong", "refused", or why there is nothing to compare with."""
    model = tiny_model(kind)
    if model is None:
        return "not built"
    try:
        theirs = [greedy(model, prompt) for prompt in PROMPTS for _ in range(2)]
    except Exception:
        return "transformers fails"
    try:
        ours = sample(model, PROMPTS, n=2, max_tokens=TOKENS, temperature=0)
    except GenerationError as error:
        one_sentence = "\n" not in str(error) and str(error).startswith("models of kind ")
        return "refused" if one_sentence and "`engine`" in str(error) else "refused unclearly"
    return "same" if [rollout.ids for rollout in ours] == theirs else "wrong"


def greedy(model, prompt):
    ids = torch.tensor([prompt])
    written = model.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=TOKENS,
        do_sample=False,
        eos_token_id=None,
        pad_token_id=0,
    )
    return written[0, len(prompt) :].tolist()


@pytest.mark.parametrize("kind", USUAL)
def test_greedy_continuations_are_those_of_generate(kind):
    assert outcome(kind) == "same"


@pytest.mark.parametrize("kind", REFUSED)
def test_a_kind_that_would_be_sampled_wrongly_is_refused(kind):
    # xlstm and others are not built by every version; what counts is that none is sampled wrongly.
    assert outcome(kind) in {"refused", "not built", "transformers fails"}


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("SE_SLOW"), reason="189 kinds take two minutes")
def test_no_kind_that_transformers_ships_is_sampled_wrongly():
    outcomes = {kind: outcome(kind) for kind in causal_kinds()}
    assert [kind for kind, found in outcomes.items() if found in UNWANTED] == []
    assert sum(found == "same" for found in outcomes.values()) >= LEAST_SAME


def test_a_refusal_says_what_is_wrong_and_what_to_do():
    with pytest.raises(
        GenerationError,
        match=r"models of kind rwkv cannot be sampled by transformers here: its `forward` takes "
        r"neither `past_key_values` nor `cache_params`; use another `engine` \(vllm or server\)",
    ):
        sample(tiny_model("rwkv"), PROMPTS, max_tokens=2)
    with pytest.raises(GenerationError, match=r"tokens score [0-9]+% off those read in one pass"):
        sample(tiny_model("recurrent_gemma"), PROMPTS, max_tokens=2)


@pytest.mark.parametrize("kind", USUAL)
def test_rounding_to_bfloat16_is_no_reason_to_refuse(kind):
    sample(tiny_model(kind).bfloat16(), PROMPTS, max_tokens=2)


@pytest.mark.parametrize("kind", ["mamba", "gemma2", "mixtral"])
def test_the_trial_leaves_the_mode_and_the_random_numbers_alone(kind):
    model = tiny_model(kind).train()
    torch.manual_seed(3)
    wanted = torch.rand(2)
    torch.manual_seed(3)
    sample(model.eval(), [[5]], max_tokens=4, noise=row_noise([0], 0))
    assert torch.equal(torch.rand(2), wanted)
    assert not model.training


@pytest.mark.parametrize("kind", USUAL)
def test_prompts_read_in_parts_are_continued_as_those_read_at_once(kind, monkeypatch):
    # Windowed and recurrent layers cannot be put together and are read at once as before.
    model = tiny_model(kind)
    prompts = [list(range(5, 5 + length)) for length in (3, 20, 4, 11, 3, 21)]
    settings = {"n": 2, "max_tokens": TOKENS, "logprobs": True, "eos_ids": [6, 7]}
    noise = row_noise(range(12), 0)
    at_once = sample(model, prompts, noise=noise, **settings)
    monkeypatch.setattr(decoding, "WORTH_PARTING", 1)
    parts = decoding._parts(model, [len(prompt) for prompt in prompts])
    assert len(parts) == (4 if all_growing(growing_cache(model)) else 1)
    in_parts = sample(model, prompts, noise=noise, **settings)
    assert [row.ids for row in in_parts] == [row.ids for row in at_once]
    for one, other in zip(in_parts, at_once, strict=True):
        assert one.logprobs == pytest.approx(other.logprobs, abs=1e-3)
