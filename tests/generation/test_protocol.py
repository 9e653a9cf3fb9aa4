"""What a generator states about itself, and the settings that every one of them takes."""

import numpy as np
import pytest

from sample_engineering.errors import ConfigError, GenerationError
from sample_engineering.generation import (
    BaseGenerator,
    Capabilities,
    Completion,
    Sampling,
    check_offered,
)
from sample_engineering.generation.base import CHUNK

CHAT = [{"role": "user", "content": "hello"}]


class Echo(BaseGenerator):
    """Says the prompt back: all that an engine of one's own has to write."""

    capabilities = Capabilities(seed=True)

    def generate(self, prompts, sampling, *, schema=None, progress=None):
        check_offered(self, sampling, schema)
        self.usage.count(len(prompts), 0, 0)
        return [[Completion(str(prompt), 1, "stop")] * sampling.n for prompt in prompts]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"n": 0}, "`n` 0 must be a whole number, at least 1"),
        ({"n": 2.0}, "`n` 2.0 must be a whole number"),
        ({"n": True}, "`n` True must be a whole number"),
        ({"max_tokens": 0}, "`max_tokens` 0 must be a whole number, at least 1"),
        ({"temperature": -0.1}, "`temperature` -0.1 must be 0"),
        ({"temperature": float("nan")}, "`temperature` nan"),
        ({"temperature": float("inf")}, "`temperature` inf"),
        ({"temperature": "warm"}, "`temperature` 'warm'"),
        ({"top_p": 0}, r"`top_p` 0 must lie in \(0, 1\]"),
        ({"top_p": 1.01}, "`top_p` 1.01"),
        ({"top_k": 0}, "`top_k` 0 must be a whole number, at least 1 or None"),
        ({"top_k": -1}, "`top_k` -1"),
        ({"seed": 1.5}, "`seed` 1.5 must be a whole number or None"),
        ({"stop": ("",)}, "`stop`"),
        ({"stop": ("x", 1)}, "`stop`"),
        ({"stop": 3}, "`stop` 3"),
        ({"logprobs": 5}, "`logprobs` 5 must be true or false"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(settings, said):
    with pytest.raises(ConfigError, match=said):
        Sampling(**settings)


def test_settings_are_checked_again_when_changed_and_take_what_is_meant():
    sampling = Sampling(n=np.int64(3), stop=["\n", "END"], temperature=0)
    assert (sampling.n, sampling.stop, sampling.greedy) == (3, ("\n", "END"), True)
    assert type(sampling.n) is int
    assert Sampling(stop="END").stop == ("END",)
    assert sampling.with_(n=1) == Sampling(stop=("\n", "END"), temperature=0)
    with pytest.raises(ConfigError, match="`n`"):
        sampling.with_(n=0)
    with pytest.raises(AttributeError):
        sampling.n = 5


@pytest.mark.parametrize(
    ("text", "cut"), [("a b END c", "a b "), ("one\ntwo END", "one"), ("none", "none"), ("END", "")]
)
def test_a_text_is_cut_before_the_first_stop_text(text, cut):
    assert Sampling(stop=("END", "\n")).cut(text) == cut


def test_what_is_not_offered_is_refused_by_name():
    asked = Sampling(top_k=5, stop=("x",), logprobs=True)
    with pytest.raises(GenerationError, match="does not offer `logprobs` and `stop` and `top_k`"):
        Echo("echo").generate(["a"], asked)
    with pytest.raises(GenerationError, match="`schema`"):
        Echo("echo").generate(["a"], Sampling(), schema={})
    everything = Capabilities(schema=True, logprobs=True, stop=True, top_k=True)
    assert everything.lacks(asked, {}) == []
    assert Echo("echo").generate(["a"], Sampling(n=2, seed=1)) == [[Completion("a", 1, "stop")] * 2]


def test_an_engine_of_ones_own_streams_counts_and_closes():
    prompts = [str(number) for number in range(2 * CHUNK + 3)]
    with Echo("echo") as generator:
        stream = generator.stream(prompts, Sampling())
        first = next(stream)
        assert generator.usage.requests == CHUNK  # the rest is not asked before it is wanted
        found = [first, *stream]
    assert [(index, group[0].text) for index, group in found] == list(enumerate(prompts))
    assert generator.usage.requests == len(prompts)
    assert generator.notes == ()
    assert generator.usage.cost is None
    assert "price" not in str(generator.usage)


def test_a_generator_without_seeds_says_so():
    class Wild(Echo):
        capabilities = Capabilities()

    (note,) = Wild("wild").notes
    assert "no seed" in note


def test_two_generators_share_nothing():
    first, second = Echo("a"), Echo("a")
    first.generate(["x"], Sampling())
    assert (first.usage.requests, second.usage.requests) == (1, 0)
