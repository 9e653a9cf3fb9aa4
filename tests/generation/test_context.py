"""A completion is never refused because its limit reaches beyond the context of the model."""

import random

import pytest

from sample_engineering.errors import GenerationError
from sample_engineering.generation import Sampling
from sample_engineering.generation.context import Refusal, fit, next_try
from sample_engineering.generation.openai_generator import OpenAIGenerator

from .local_server import ScriptedServer, chat_answer, send

# How servers refuse: {c} the context, {p} the prompt, {m} the max_tokens asked for, {t} both.
EXACT = {
    "vllm, older": "This model's maximum context length is {c} tokens. However, you requested {t} "
    "tokens ({p} in the messages, {m} in the completion). Please reduce the length.",
    "vllm 0.10": "'max_tokens' or 'max_completion_tokens' is too large: {m}. This model's maximum "
    "context length is {c} tokens and your request has {p} input tokens ({m} > {c} - {p}).",
    "sglang": "Requested token count exceeds the model's maximum context length of {c} tokens. You "
    "requested a total of {t} tokens: {p} tokens from the input messages and {m} tokens for the "
    "completion.",
    "tgi": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= {c}. Given: {p} "
    "`inputs` tokens and {m} `max_new_tokens`",
    "commas": "maximum context length is {c:,} tokens, you requested about {t:,} tokens ({p:,} of "
    "text input, {m:,} in the output)",
}
VAGUE = {
    "vllm 0.32": "max_tokens={m} cannot be greater than max_model_len={c}. Please request fewer "
    "output tokens.",
    "window": "Requested tokens exceed context window of {c}",
    "number first": "Prompt and max_tokens are too large for the {c}-token context window",
    "stream": "Requests with max_tokens > {c} must have stream=true",
    "range": "Invalid max_tokens value, the valid range of max_tokens is [1, {c}]",
    "value": "`max_tokens` must be less than or equal to `{c}`, the maximum value for `max_tokens` "
    "is less than the `context_window` for this model",
    "greater": "max_tokens: {m} > {c}, which is the maximum allowed number of output tokens",
    "wordless": "max_tokens {m} is too large",
    "no figures": "the request exceeds the available context size. try increasing the context size",
}
NO_ROOM = (
    "This model's maximum context length is {c} tokens. However, your prompt contains at least {p} "
    "input tokens, which exceeds this limit even without any output tokens.",
    "Input length ({p}) exceeds model's maximum context length ({c}).",
    "The input ({p} tokens) is longer than the model's context length ({c} tokens).",
    "Prompt contains {p} tokens and 0 draft tokens, too large for model with {c} maximum context "
    "length",
    "request ({p} tokens) exceeds the available context size ({c} tokens), try increasing it",
)


class StrictServer(ScriptedServer):
    """Refuses, in given words, what does not fit its context; a prompt has a token for 4 letters.

    `cuts`: asked for more than what is left, but no more than the context, it cuts by itself.
    """

    def __init__(self, context, words, *, listed=False, cuts=False):
        super().__init__(self.answer)
        self.context, self.words, self.listed, self.cuts = context, words, listed, cuts
        self.given = []

    def answer(self, body):
        prompt = len(body["messages"][-1]["content"]) // 4
        asked = body["max_tokens"]
        room = self.context - prompt
        if room < 1 or asked > (self.context if self.cuts else room):
            told = self.words.format(c=self.context, p=prompt, m=asked, t=prompt + asked)
            return 400, {"error": {"message": told}}, {}
        self.given.append(asked)
        answer = chat_answer(["word"] * body.get("n", 1))
        if asked > room:
            answer["choices"][0]["finish_reason"] = "length"
            answer["usage"] = {"prompt_tokens": prompt, "completion_tokens": room}
        return 200, answer, {}

    def handle(self, request, body):
        if request.path.endswith("/models") and self.listed:
            entry = {"id": "m", "object": "model", "max_model_len": self.context}
            return send(request, 200, {"object": "list", "data": [entry]})
        return super().handle(request, body)


def chat(tokens):
    return [{"role": "user", "content": "abcd" * tokens}]


@pytest.mark.parametrize("words", EXACT.values(), ids=EXACT)
def test_the_limit_is_what_the_prompt_leaves_of_the_context(words):
    rng = random.Random(words)
    for _ in range(6):
        context = rng.randint(300, 40_000)
        prompts = [rng.randint(1, context - 1) for _ in range(3)]
        asked = rng.randint(context, 50_000)
        with StrictServer(context, words) as server, OpenAIGenerator(server.url, "m") as generator:
            groups = generator.generate([chat(p) for p in prompts], Sampling(max_tokens=asked, n=2))
            assert [len(group) for group in groups] == [2, 2, 2]
            assert sorted(server.given) == sorted(context - p for p in prompts)
            (note,) = generator.notes
            assert f"{context:,} tokens" in note
            assert f"{asked:,}" in note
            assert generator.usage.requests == 3
            assert generator.usage.retries == 0  # nothing failed


@pytest.mark.parametrize("listed", [True, False], ids=["listed", "not listed"])
@pytest.mark.parametrize("words", VAGUE.values(), ids=VAGUE)
def test_vague_words_are_fitted_too(words, listed):
    with StrictServer(2048, words, listed=listed) as server:
        with OpenAIGenerator(server.url, "m") as generator:
            generator.generate([chat(600)], Sampling(max_tokens=3000))
            assert len(generator.notes) == 1
        assert 600 <= server.given[0] <= 2048 - 600
        assert len(server.bodies) <= 5


def test_a_server_that_cuts_by_itself_is_noticed():
    with StrictServer(2048, VAGUE["vllm 0.32"], listed=True, cuts=True) as server:
        with OpenAIGenerator(server.url, "m") as generator:
            ((item,),) = generator.generate([chat(600)], Sampling(max_tokens=2000))
            assert item.finish_reason == "length"
            assert item.tokens == 2048 - 600
            assert "2,048" in generator.notes[0]
        assert len(server.bodies) == 1


@pytest.mark.parametrize("words", NO_ROOM)
def test_a_prompt_without_room_is_an_error_that_says_so(words):
    with StrictServer(2048, words) as server:
        generator = OpenAIGenerator(server.url, "m")
        with pytest.raises(GenerationError, match=r"a prompt of 2,100 tokens .* context of 2,048"):
            generator.generate([chat(2100)], Sampling(max_tokens=100))
        assert len(server.bodies) == 1
        with OpenAIGenerator(server.url, "m", refused="skip") as skipping:
            groups = skipping.generate([chat(10), chat(2100)], Sampling(max_tokens=100))
        assert [len(group) for group in groups] == [1, 0]


@pytest.mark.parametrize(
    "reason",
    [
        "top_k must be 1-40",
        "n must be at most 1",
        "only one choice is supported",
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
        "'max_completion_tokens' instead.",
        "logprobs must be at most 5",
        "temperature must be between 0 and 2",
        "seed 12345 is not supported",
    ],
)
def test_other_refusals_are_not_read_as_too_long(reason):
    assert Refusal.read(reason, 512) is None


def test_each_guess_is_smaller_and_they_end():
    rng = random.Random(5)
    for _ in range(2000):
        refusal = Refusal(*(rng.choice([None, rng.randint(1, 5000)]) for _ in range(2)))
        asked, steps = rng.randint(1, 100_000), 0
        listed, characters = rng.choice([None, rng.randint(1, 5000)]), rng.randint(0, 20_000)
        while (less := next_try(asked, refusal, listed, characters)) is not None:
            assert 0 < less < asked
            asked, steps = less, steps + 1
        assert steps < 20


def test_fit():
    assert fit(100, 50, None) == 50
    assert fit(100, 50, 512) == 50
    assert fit(500, 50, 512) == 12
    with pytest.raises(GenerationError, match=r"512 tokens does not fit .* 512"):
        fit(512, 50, 512)
