"""Power sampling draws from the power of a model's distribution over whole completions."""

import os
from collections import Counter

import pytest

from sample_engineering.errors import ConfigError, GenerationError
from sample_engineering.generation import Sampling
from sample_engineering.generation.base import BaseGenerator
from tests.trainers.tiny import EOS, random_model, tokenizer

torch = pytest.importorskip("torch")

from sample_engineering.generation.power_sampling import PowerSampler  # noqa: E402
from sample_engineering.generation.transformers_engine import TransformersGenerator  # noqa: E402

PROMPT = "what is 1 + 2 ?"


def sharp_model(seed=8):
    """A random model whose distributions are far from even."""
    model = random_model(seed)
    with torch.no_grad():
        model.model.norm.weight *= 5
    return model.eval()


@pytest.fixture(scope="module")
def generator():
    return TransformersGenerator(sharp_model(), tokenizer(), device="cpu", name="sharp")


def exact(model, ids, length, alpha):
    """Probability of each completion of at most `length` tokens, by the power of p."""
    found = {}

    def follow(begun, logp):
        if begun and (begun[-1] == EOS or len(begun) == length):
            found[begun] = logp
            return
        with torch.no_grad():
            logits = model(torch.tensor([[*ids, *begun]])).logits[0, -1].double()
        for token, score in enumerate(torch.log_softmax(logits, -1).tolist()):
            follow((*begun, token), logp + score)

    follow((), 0.0)
    weights = torch.tensor(list(found.values())).mul(alpha).softmax(-1)
    return dict(zip(found, weights.tolist(), strict=True))


def distance(counts, shares):
    """Total variation between what was drawn and what should be."""
    total = sum(counts.values())
    names = set(counts) | set(shares)
    return sum(abs(counts[name] / total - shares.get(name, 0.0)) for name in names) / 2


LETTERS = ["<pad>", "<eos>", "a", "b", "c", "d"]


def small_world(seed, sharpness):
    """A model of six tokens, of which every completion can be written down."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    torch.manual_seed(seed)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(LETTERS), hidden_size=16, intermediate_size=32, num_hidden_layers=1,
            num_attention_heads=2, num_key_value_heads=2, max_position_embeddings=32,
            pad_token_id=0, eos_token_id=EOS, bos_token_id=None, tie_word_embeddings=False,
        )
    )  # fmt: skip
    with torch.no_grad():
        model.lm_head.weight *= sharpness
    words = Tokenizer(models.WordLevel({word: i for i, word in enumerate(LETTERS)}, "<pad>"))
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="<pad>", eos_token="<eos>", padding_side="left"
    )
    return TransformersGenerator(model.eval(), fast, device="cpu", name="small")


def drawn(generator, length, alpha, blocks, steps, chains):
    sampler = PowerSampler(generator, blocks=blocks, steps=steps)
    sampling = Sampling(n=chains, max_tokens=length, temperature=1 / alpha, seed=5)
    (completions,) = sampler.generate(["a b"], sampling)
    # What ended and what was cut off are two completions, whatever their text.
    return Counter((one.text, one.finish_reason) for one in completions), sampler


@pytest.mark.parametrize(
    ("seed", "sharpness", "alpha", "blocks", "steps", "chains"),
    [(5, 60, 4.0, 1, 10, 3_000), (11, 40, 4.0, 3, 14, 1_000)],
)
def test_completions_are_drawn_by_the_power_of_their_probability(
    seed, sharpness, alpha, blocks, steps, chains
):
    generator, length = small_world(seed, sharpness), 3
    words = generator.tokenizer
    shares = Counter()
    for ids, share in exact(generator.model, words("a b")["input_ids"], length, alpha).items():
        ended = "stop" if ids[-1] == EOS else "length"
        shares[words.decode(ids, skip_special_tokens=True), ended] += share
    assert sum(shares.values()) == pytest.approx(1)
    plain, _ = drawn(generator, length, alpha, 1, 0, chains)
    power, sampler = drawn(generator, length, alpha, blocks, steps, chains)
    # Token by token the temperature alone draws another distribution.
    assert distance(plain, shares) > 0.06
    assert distance(power, shares) < 0.02
    assert 0 < sampler.accepted < sampler.proposed
    # All that was drawn is counted, what was thrown away too.
    assert generator.usage.completion_tokens > 3 * chains


@pytest.mark.skipif(not os.environ.get("SE_SLOW"), reason="twelve long draws; set SE_SLOW=1")
@pytest.mark.parametrize(
    ("alpha", "steps", "chains"), [(1.0, 3, 20_000), (2.0, 12, 12_000), (4.0, 20, 5_000)]
)
@pytest.mark.parametrize("blocks", [1, 2, 3, 4])
def test_it_is_exact_for_every_power_and_number_of_blocks(alpha, steps, chains, blocks):
    """The flatter the distribution, the more draws it takes to see how near they are to it."""
    generator, length = small_world(5, 60), 3
    words = generator.tokenizer
    shares = Counter()
    for ids, share in exact(generator.model, words("a b")["input_ids"], length, alpha).items():
        ended = "stop" if ids[-1] == EOS else "length"
        shares[words.decode(ids, skip_special_tokens=True), ended] += share
    power, _ = drawn(generator, length, alpha, blocks, steps, chains)
    found = distance(power, shares)
    print(f"alpha {alpha:g}, {blocks} blocks: {found:.4f} of {len(shares)}")
    assert found < 0.02


def test_a_completion_depends_on_its_prompt_seed_and_number_only(generator):
    sampling = Sampling(n=2, max_tokens=6, temperature=0.5, seed=1)
    prompts = [PROMPT, "find the sum of 3 and 4", "it is"]
    together = PowerSampler(generator).generate(prompts, sampling)
    alone = [PowerSampler(generator).generate([prompt], sampling)[0] for prompt in prompts]
    assert together == alone
    assert PowerSampler(generator).generate([PROMPT], sampling.with_(n=1))[0][0] == together[0][0]
    assert PowerSampler(generator).generate(prompts, sampling.with_(seed=2)) != together


def test_completions_end_where_the_model_or_a_stop_text_ends_them(generator):
    sampling = Sampling(n=40, max_tokens=9, temperature=0.8, seed=1)
    (free,) = PowerSampler(generator).generate([PROMPT], sampling)
    assert max(completion.tokens for completion in free) <= 9
    assert {completion.finish_reason for completion in free if completion.tokens < 9} <= {"stop"}
    word = Counter(" ".join(one.text for one in free).split()).most_common(1)[0][0]
    (stopped,) = PowerSampler(generator).generate([PROMPT], sampling.with_(stop=(word,)))
    assert not any(word in completion.text for completion in stopped)
    assert any(one.finish_reason == "stop" and one.tokens > 1 for one in stopped)


def test_the_model_is_left_in_the_mode_that_it_was_in(generator):
    generator.model.train()
    PowerSampler(generator).generate([PROMPT], Sampling(max_tokens=2, temperature=0.5, seed=0))
    assert generator.model.training
    generator.model.eval()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"temperature": 0.0}, "`temperature` 0"),
        ({"temperature": 1.5}, "`temperature` 1.5"),
        ({"top_p": 0.9}, "`top_p`"),
        ({"top_k": 3}, "`top_k`"),
        ({"seed": None}, "`seed`"),
        ({"logprobs": True}, "`logprobs`"),
    ],
)
def test_what_would_be_another_distribution_is_refused(generator, changes, message):
    sampling = Sampling(max_tokens=2, temperature=0.5, seed=0).with_(**changes)
    with pytest.raises(GenerationError, match=message):
        PowerSampler(generator).generate([PROMPT], sampling)


class _Server(BaseGenerator):
    def generate(self, prompts, sampling, *, schema=None, progress=None):
        raise AssertionError


def test_an_engine_without_probabilities_is_refused(generator):
    with pytest.raises(ConfigError, match=r"needs; take `engine`=transformers.*power sampling"):
        PowerSampler(_Server("elsewhere"))
    with pytest.raises(ConfigError, match="`blocks` must be at least 1"):
        PowerSampler(generator, blocks=0)
