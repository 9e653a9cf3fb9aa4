"""Sampling from a causal language model: the same tokens as transformers, for less work."""

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from sample_engineering.errors import ConfigError, GenerationError  # noqa: E402
from sample_engineering.generation import Sampling  # noqa: E402
from sample_engineering.generation.prompts import Question, encode, render  # noqa: E402
from sample_engineering.generation.sampling import row_noise, sample, torch_noise  # noqa: E402
from sample_engineering.generation.transformers_engine import (  # noqa: E402
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


def test_top_k_leaves_the_most_probable_tokens_in_their_proportions(generator):
    ids = encode("what is 1 + 2 ?", generator.tokenizer)
    logits = generator.model(torch.tensor([ids])).logits[0, -1].float()
    probabilities, order = torch.softmax(logits * 2, -1).sort(descending=True)
    wanted = probabilities[:3] / probabilities[:3].sum()
    noise = row_noise(range(4000), seed=0)
    rollouts = sample(
        generator.model, [ids], n=4000, max_tokens=1, temperature=0.5, top_k=3, noise=noise
    )
    drawn = [rollout.ids[0] for rollout in rollouts]
    assert set(drawn) == set(order[:3].tolist())
    shares = torch.tensor([drawn.count(token) / 4000 for token in order[:3].tolist()])
    assert (shares - wanted).abs().max() < 4.5 * 0.5 / 4000**0.5


def test_the_nucleus_is_taken_of_what_top_k_leaves(generator):
    ids = encode("what is 1 + 2 ?", generator.tokenizer)
    logits = generator.model(torch.tensor([ids])).logits[0, -1].float()
    probabilities, order = torch.softmax(logits, -1).sort(descending=True)
    # Of the first three alone, the first holds a third and more; of all, it does not.
    assert probabilities[0] < 0.3 < probabilities[0] / probabilities[:3].sum()
    rollouts = sample(generator.model, [ids], n=500, max_tokens=1, top_k=3, top_p=0.3)
    assert {rollout.ids[0] for rollout in rollouts} == {int(order[0])}


def test_top_1_is_greedy_and_as_many_as_there_are_is_no_bound(generator):
    greedy = generator.generate(PROMPTS, Sampling(max_tokens=12, temperature=0))
    assert generator.generate(PROMPTS, Sampling(max_tokens=12, top_k=1, seed=3)) == greedy
    free = generator.generate(PROMPTS, Sampling(n=4, max_tokens=12, seed=3))
    assert generator.generate(PROMPTS, Sampling(n=4, max_tokens=12, seed=3, top_k=10**6)) == free


def test_a_completion_ends_before_the_first_stop_text(generator):
    free = generator.generate(PROMPTS, Sampling(n=8, max_tokens=20, seed=3))
    texts = [item.text for group in free for item in group]
    # Texts that come in the middle of some completions, within a token or across several.
    stop = (texts[0][5:12], texts[9][7:8] or " ")
    stopped = generator.generate(PROMPTS, Sampling(n=8, max_tokens=20, seed=3, stop=stop))
    ended = 0
    for whole, cut in zip(
        (item for group in free for item in group),
        (item for group in stopped for item in group),
        strict=True,
    ):
        places = [place for place in map(whole.text.find, stop) if place >= 0]
        # The same random numbers: up to the stop text the completion is the one drawn without it.
        assert cut.text == whole.text[: min(places, default=len(whole.text))]
        assert cut.tokens <= whole.tokens
        if places:
            ended += cut.tokens < whole.tokens
            assert cut.finish_reason == "stop"
        else:
            assert cut == whole
    assert ended > 3


def test_completions_come_as_they_are_finished_and_are_those_of_one_call(folder, generator):
    small = TransformersGenerator(folder, device="cpu", batch_tokens=100)
    prompts = [*PROMPTS, PROMPTS[0]]
    stream = small.stream(prompts, Sampling(n=2, max_tokens=20, seed=5))
    first = next(stream)
    assert small.usage.requests < len(prompts)
    found = dict([first, *stream])
    assert [found[place] for place in range(5)] == generator.generate(
        prompts, Sampling(n=2, max_tokens=20, seed=5)
    )
    assert small.usage.requests == 5
    assert small.usage.completion_tokens == sum(
        item.tokens for group in found.values() for item in group
    )


def test_an_unseeded_call_leaves_torchs_own_random_numbers_alone(generator):
    torch.manual_seed(1)
    wanted = torch.rand(3)
    torch.manual_seed(1)
    first = generator.generate(["so"], Sampling(n=4, max_tokens=12))
    assert torch.equal(torch.rand(3), wanted)
    assert generator.generate(["so"], Sampling(n=4, max_tokens=12)) != first


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
    together = generator.generate(PROMPTS, Sampling(n=3, max_tokens=20, seed=5))
    alone = [
        generator.generate([prompt], Sampling(n=3, max_tokens=20, seed=5))[0] for prompt in PROMPTS
    ]
    assert together == alone
    assert generator.generate(PROMPTS, Sampling(n=3, max_tokens=20, seed=6)) != together


def test_repeated_prompts_get_different_samples(generator):
    first, second = generator.generate(["what is 9 ?"] * 2, Sampling(n=2, max_tokens=20, seed=1))
    assert len({c.text for c in first + second}) == 4


def test_small_batches_give_the_same_result_and_report_progress(folder, generator):
    small = TransformersGenerator(folder, device="cpu", batch_tokens=100)
    seen: list[int] = []
    result = small.generate(PROMPTS, Sampling(n=2, max_tokens=20, seed=5), progress=seen.append)
    assert sum(seen) == len(PROMPTS)
    assert len(seen) > 1
    assert result == generator.generate(PROMPTS, Sampling(n=2, max_tokens=20, seed=5))


def test_completions_are_cut_where_the_context_ends(generator):
    completion = generator.generate(["so " * 250], Sampling(max_tokens=50, seed=0))[0][0]
    assert completion.tokens <= 6
    assert completion.prompt_tokens == 250
    with pytest.raises(GenerationError, match="does not fit the model's context of 256"):
        generator.generate(["so " * 256], Sampling())


def test_bad_requests_are_refused(generator, tmp_path):
    with pytest.raises(GenerationError, match=r"does not offer `schema`; .*another engine"):
        generator.generate(["so"], Sampling(), schema={})
    with pytest.raises(GenerationError, match="prompt 0 is empty"):
        generator.generate([""], Sampling())
    with pytest.raises(GenerationError, match=r"there is no model folder .*absent"):
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
    prompt = render(Question("what is 9", ()), "{problem} ?")
    assert chatty.decode(encode(prompt, chatty)) == "what is 9 ? so"
    assert plain.decode(encode(prompt, plain)) == "what is 9 ?"
    assert encode(render(Question("what is 9 ?", ())), chatty) == encode("what is 9 ?", plain)
    assert render(Question("1", ()), "text:so {problem}") == "so 1"
    with pytest.raises(ConfigError, match="`template` 'unknown' is no prompt template"):
        render(Question("1", ()), "unknown")


def test_entropy_is_that_of_the_distribution_at_the_temperature(generator):
    ids = encode("what is 9 ?", generator.tokenizer)
    rollout = sample(generator.model, [ids], max_tokens=8, temperature=0.5, entropy=True)[0]
    logits = generator.model(torch.tensor([ids + rollout.ids])).logits[0, len(ids) - 1 : -1]
    wanted = torch.distributions.Categorical(logits=logits.float() / 0.5).entropy().mean()
    assert rollout.entropy == pytest.approx(float(wanted), abs=1e-5)


def test_where_the_context_ends_a_completion_ends_and_no_other_does(folder):
    generator = TransformersGenerator(folder, device="cpu")
    context = generator.model.config.max_position_embeddings
    long = "so " * (context - 8)
    ids = encode(long, generator.tokenizer)
    room = context - len(ids)
    assert 0 < room < 64
    sampling = Sampling(n=2, max_tokens=64, seed=1, temperature=2.0)
    alone = generator.generate(PROMPTS, sampling)
    assert not any("context" in note for note in generator.notes)
    *others, cut = generator.generate([*PROMPTS, long], sampling)
    assert others == alone  # the long prompt beside them shortens nobody
    assert max(item.tokens for item in cut) == room
    assert any(f"context ({context:,} tokens)" in note for note in generator.notes)
    with pytest.raises(GenerationError, match=f"does not fit the model.s context of {context:,}"):
        generator.generate([long + long], sampling)
