"""Power sampling draws from the power of a model's distribution over whole completions."""

from collections import Counter

import pytest

from sample_engineering.errors import ConfigError, GenerationError
from sample_engineering.generation import Sampling
from sample_engineering.generation.base import BaseGenerator
from tests.trainers.tiny import EOS, random_model, tokenizer

torch = pytest.importorskip("torch")

from sample_engineering.generation.power_sampling import PowerSampler  # noqa: E402
from sample_engineering.generation.transformers_engine import TransformersGenerator  # noqa: E402

ALPHA = 2.0
PROMPT = "what is 1 + 2 ?"
CHAINS = 2_500


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


def first_word(text):
    return text.split(" ")[0]


def drawn(generator, blocks, steps):
    sampler = PowerSampler(generator, blocks=blocks, steps=steps)
    sampling = Sampling(n=CHAINS, max_tokens=2, temperature=1 / ALPHA, seed=5)
    (completions,) = sampler.generate([PROMPT], sampling)
    return Counter(first_word(completion.text) for completion in completions), sampler


@pytest.mark.parametrize(("blocks", "steps"), [(1, 14), (2, 10)])
def test_completions_are_drawn_by_the_power_of_their_probability(generator, blocks, steps):
    words = generator.tokenizer
    shares = Counter()
    for ids, share in exact(generator.model, words(PROMPT)["input_ids"], 2, ALPHA).items():
        shares[first_word(words.decode(ids, skip_special_tokens=True))] += share
    plain, _ = drawn(generator, 1, 0)
    power, sampler = drawn(generator, blocks, steps)
    # Token by token the temperature alone draws another distribution.
    assert distance(plain, shares) > 0.1
    assert distance(power, shares) < 0.04
    assert 0 < sampler.accepted < sampler.proposed


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
    with pytest.raises(ConfigError, match=r"needs; take `engine`=transformers.*`controls`"):
        PowerSampler(_Server("elsewhere"))
    with pytest.raises(ConfigError, match="`blocks` must be at least 1"):
        PowerSampler(generator, blocks=0)
