"""Sampling from a causal language model: the same tokens as transformers, for less work."""

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from sample_engineering.errors import ConfigError, GenerationError  # noqa: E402
from sample_engineering.generation.prompts import encode, render  # noqa: E402
from sample_engineering.generation.sampling import row_noise, sample, torch_noise  # noqa: E402
from sample_engineering.generation.transformers_backend import (  # noqa: E402
    TransformersGenerator,
    load_model,
    load_tokenizer,
)
from tests.trainers.tiny import save_tiny_model  # noqa: E402

PROMPTS = ["what is 1 + 2 ?", "find the sum of 3 and 4 .", "what is 9 ?", "so"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_tiny_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def generator(folder):
    return TransformersGenerator(folder, device="cpu")


def test_greedy_continuations_are_those_of_transformers_generate(generator):
    model, tokenizer = generator.model, generator.tokenizer
    ids = [encode(prompt, tokenizer) for prompt in PROMPTS]
    ours = sample(model, ids, n=1, max_tokens=24, temperature=0, eos_ids=[1])
    for row, rollout in zip(ids, ours, strict=True):
        theirs = model.generate(
            torch.tensor([row]), max_new_tokens=24, do_sample=False, eos_token_id=1, pad_token_id=0
        )[0, len(row) :].tolist()
        assert rollout.ids == theirs


@pytest.mark.parametrize("family", ["llama", "gemma3", "qwen2", "lfm2"])
def test_dropping_rows_and_growing_in_place_leave_every_family_its_tokens(family):
    # gemma3 has sliding-window layers, lfm2 convolution states beside its attention cache.
    from transformers import AutoConfig, AutoModelForCausalLM

    name = {"gemma3": "gemma3_text"}.get(family, family)
    shape = {
        "vocab_size": 40,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 3,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "max_position_embeddings": 256,
        "pad_token_id": 0,
        "eos_token_id": 1,
    }
    special = {
        "gemma3": {"head_dim": 16, "sliding_window": 8},
        "lfm2": {"layer_types": ["conv", "full_attention", "conv"], "conv_L_cache": 3},
    }
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(
        AutoConfig.for_model(name, **shape, **special.get(family, {}))
    ).eval()
    prompt = [5, 6, 7, 8]
    many = sample(
        model, [prompt], n=24, max_tokens=30, eos_ids=[1, 2, 3, 4], noise=row_noise(range(24), 0)
    )
    assert len({len(rollout.ids) for rollout in many}) > 3
    for row in (0, 7, 23):
        one = sample(
            model, [prompt], max_tokens=30, eos_ids=[1, 2, 3, 4], noise=row_noise([row], 0)
        )
        assert one[0] == many[row]


def test_a_continuation_ends_with_its_first_end_token(generator):
    ids = [encode("so", generator.tokenizer)]
    rollouts = sample(generator.model, ids, n=200, max_tokens=40, eos_ids=[1, 5])
    for rollout in rollouts:
        assert rollout.ended == (rollout.ids[-1] in (1, 5))
        assert not {1, 5} & set(rollout.ids[:-1])
        assert rollout.ended or len(rollout.ids) == 40


def test_first_tokens_follow_the_models_distribution(generator):
    ids = encode("what is 1 + 2 ?", generator.tokenizer)
    wanted = torch.softmax(generator.model(torch.tensor([ids])).logits[0, -1].float() / 0.7, -1)
    seeded = torch.Generator().manual_seed(0)
    rollouts = sample(
        generator.model,
        [ids],
        n=8000,
        max_tokens=1,
        temperature=0.7,
        noise=torch_noise(8000, seeded),
    )
    counts = torch.bincount(torch.tensor([r.ids[0] for r in rollouts]), minlength=len(wanted))
    error = (counts / 8000 - wanted).abs() / (wanted * (1 - wanted) / 8000).sqrt()
    assert error.max() < 4.5


def test_a_nucleus_leaves_out_the_tail(generator):
    ids = encode("what is 1 + 2 ?", generator.tokenizer)
    logits = generator.model(torch.tensor([ids])).logits[0, -1].float() * 8
    probabilities, order = torch.softmax(logits, -1).sort(descending=True)
    nucleus = set(order[: int((probabilities.cumsum(0) < 0.5).sum()) + 1].tolist())
    rollouts = sample(generator.model, [ids], n=2000, max_tokens=1, temperature=1 / 8, top_p=0.5)
    assert {rollout.ids[0] for rollout in rollouts} == nucleus


def test_logprobs_are_the_models(generator):
    ids = encode("find the sum of 3 and 4 .", generator.tokenizer)
    rollout = sample(generator.model, [ids], max_tokens=12, temperature=2.0, logprobs=True)[0]
    logits = generator.model(torch.tensor([ids + rollout.ids])).logits[0, len(ids) - 1 : -1]
    wanted = torch.log_softmax(logits.float(), -1).gather(1, torch.tensor(rollout.ids)[:, None])
    assert torch.allclose(torch.tensor(rollout.logprobs), wanted[:, 0], atol=1e-5)


def test_row_noise_is_uniform_and_depends_on_key_step_and_seed_only():
    noise = row_noise(range(2000), seed=3)
    values = noise(0, 64)
    assert values.min() >= 0
    assert values.max() < 1
    assert abs(float(values.mean()) - 0.5) < 0.003
    assert abs(float(torch.corrcoef(values[:2].double())[0, 1])) < 0.4
    assert torch.equal(noise(10, 5), values[:, 10:15])
    assert torch.equal(row_noise([7], seed=3)(0, 64)[0], values[7])
    assert not torch.equal(row_noise([7], seed=4)(0, 64)[0], values[7])


def test_a_prompts_completions_do_not_depend_on_its_company(generator):
    together = generator.generate(PROMPTS, n=3, max_tokens=20, seed=5)
    alone = [generator.generate([prompt], n=3, max_tokens=20, seed=5)[0] for prompt in PROMPTS]
    assert together == alone
    assert generator.generate(PROMPTS, n=3, max_tokens=20, seed=6) != together


def test_repeated_prompts_get_different_samples(generator):
    first, second = generator.generate(["what is 9 ?"] * 2, n=2, max_tokens=20, seed=1)
    assert len({c.text for c in first + second}) == 4


def test_small_batches_give_the_same_result_and_report_progress(folder, generator):
    small = TransformersGenerator(folder, device="cpu", batch_tokens=100)
    seen: list[int] = []
    result = small.generate(PROMPTS, n=2, max_tokens=20, seed=5, progress=seen.append)
    assert sum(seen) == len(PROMPTS)
    assert len(seen) > 1
    assert result == generator.generate(PROMPTS, n=2, max_tokens=20, seed=5)


def test_completions_are_cut_where_the_context_ends(generator):
    completion = generator.generate(["so " * 250], max_tokens=50, seed=0)[0][0]
    assert completion.tokens <= 6
    assert completion.prompt_tokens == 250
    with pytest.raises(GenerationError, match="does not fit the model's context of 256"):
        generator.generate(["so " * 256])


def test_bad_requests_are_refused(generator, tmp_path):
    with pytest.raises(GenerationError, match="JSON schema"):
        generator.generate(["so"], schema={})
    with pytest.raises(GenerationError, match="at least 1"):
        generator.generate(["so"], n=0)
    with pytest.raises(GenerationError, match="prompt 0 is empty"):
        generator.generate([""])
    with pytest.raises(GenerationError, match="cannot load the model"):
        load_model(tmp_path / "absent")
    with pytest.raises(GenerationError, match="cannot load the tokenizer"):
        load_tokenizer(tmp_path)


def test_weights_that_can_run_code_are_not_loaded(tmp_path):
    folder = save_tiny_model(tmp_path / "pickled")
    model = load_model(folder, device="cpu")
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(GenerationError, match="safetensors"):
        load_model(folder, device="cpu")


def test_a_chat_goes_through_the_template_where_there_is_one(tmp_path, folder):
    chatty = load_tokenizer(save_tiny_model(tmp_path / "chat", chat=True))
    plain = load_tokenizer(folder)
    prompt = render("what is 9", "{problem} ?")
    assert chatty.decode(encode(prompt, chatty)) == "what is 9 ? so"
    assert plain.decode(encode(prompt, plain)) == "what is 9 ?"
    assert encode(render("what is 9 ?"), chatty) == encode("what is 9 ?", plain)
    assert render("1", "text:so {problem}") == "so 1"
    with pytest.raises(ConfigError, match="no prompt template"):
        render("1", "unknown")


def test_entropy_is_that_of_the_distribution_at_the_temperature(generator):
    ids = encode("what is 9 ?", generator.tokenizer)
    rollout = sample(generator.model, [ids], max_tokens=8, temperature=0.5, entropy=True)[0]
    logits = generator.model(torch.tensor([ids + rollout.ids])).logits[0, len(ids) - 1 : -1]
    wanted = torch.distributions.Categorical(logits=logits.float() / 0.5).entropy().mean()
    assert rollout.entropy == pytest.approx(float(wanted), abs=1e-5)
