"""Completions from any OpenAI-compatible server: vLLM, SGLang, llama.cpp, TGI or a hosted one."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

from sample_engineering.errors import ConfigError, GenerationError
from sample_engineering.generation.base import StreamingGenerator
from sample_engineering.generation.costs import Budget, Price, Usage
from sample_engineering.generation.event_loop import BackgroundLoop
from sample_engineering.generation.openai_client import Refused, ServerClient
from sample_engineering.generation.openai_samples import PromptSamples
from sample_engineering.generation.protocol import Capabilities, Completion, Prompt
from sample_engineering.generation.response_cache import ResponseCache
from sample_engineering.generation.retries import RetryPolicy
from sample_engineering.generation.sampling_settings import Sampling
from sample_engineering.generation.server_address import server_url

CONCURRENCY = 32  # requests in flight; vLLM batches them, hosted servers rarely allow more
TIMEOUT = 600.0  # seconds for one whole answer, the openai client's own default
MAX_N = 128  # OpenAI's bound on n; larger groups are split into several requests
# Fields of a request that are made of the prompt and the sampling settings.
OWN_FIELDS = frozenset(
    {
        *("model", "prompt", "messages", "n", "seed", "temperature", "top_p", "top_k", "stop"),
        *("max_tokens", "max_completion_tokens", "logprobs", "response_format", "stream"),
        *("continue_final_message", "add_generation_prompt", "chat_template_kwargs"),
        "stop_token_ids",
    }
)
KEY_VARIABLE = "OPENAI_API_KEY"


class OpenAIGenerator(StreamingGenerator):
    """Sampled completions from an OpenAI-compatible server.

    Requests run concurrently up to a bound; failed ones are sent again with jittered back-off.
    What a prompt is asked with depends on the prompt, the seed and the sample's number only, so a
    server that honours seeds gives the same answers in any order and after any number of faults.
    With a response cache nothing that was answered is asked again, in this run or a later one.

    A text is continued through ``/completions``, a chat answered through ``/chat/completions``;
    a chat that ends with an assistant's message is continued within that message.

    Parameters
    ----------
    base_url : str
        E.g. ``http://localhost:8000/v1``; without a path ``/v1`` is added.
    model : str
        The model's name at that server.
    api_key : str, optional
        None takes the environment variable OPENAI_API_KEY; local servers need none.
    concurrency : int
        Requests in flight at most.
    timeout : float
        Seconds until an attempt is given up, from sending it to the last byte of the answer.
    retry : RetryPolicy
        Attempts and waits.
    cache : path or ResponseCache, optional
        Where answers are kept. The same prompt with the same settings, seed and sample number is
        then answered from there, also where the seed is None.
    prices : mapping of model to Price, optional
        For counting costs.
    max_cost : float, optional
        Dollars; a request that could overrun them is not sent and BudgetError is raised.
    max_n : int
        Completions asked for in one request at most.
    extra_body : mapping, optional
        Further fields of each request, e.g. ``{"min_p": 0.1}``; none of those that are written
        here.
    refused : {"raise", "skip"}
        What to do with a prompt that the server refuses, e.g. as too long: raise, or return no
        completions for it; `notes` then holds the first reason.
    name : str, optional
        What is shown, and stands in records; None is `model`.

    Attributes
    ----------
    usage : Usage
        Requests, tokens, cost and faults so far.
    features : Features
        What the server was found to support; its notes in words are `notes`.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        api_key: str | None = None,
        concurrency: int = CONCURRENCY,
        timeout: float = TIMEOUT,
        retry: RetryPolicy | None = None,
        cache: str | os.PathLike[str] | ResponseCache | None = None,
        prices: Mapping[str, Price] | None = None,
        max_cost: float | None = None,
        max_n: int = MAX_N,
        extra_body: Mapping[str, Any] | None = None,
        refused: str = "raise",
        name: str | None = None,
    ) -> None:
        if concurrency < 1 or max_n < 1 or not timeout > 0:
            raise ConfigError(
                f"`concurrency` {concurrency}, `max_n` {max_n} and `timeout` {timeout} must be "
                "positive"
            )
        if refused not in ("raise", "skip"):
            raise ConfigError(f"`refused` {refused!r} is neither 'raise' nor 'skip'")
        ours = [field for field in extra_body or () if field in OWN_FIELDS]
        if ours:
            raise ConfigError(
                f"`extra_body` may not set {', '.join(ours)}: it is written from the other "
                "parameters and from `Sampling`; set it there"
            )
        super().__init__(model if name is None else name, Usage(price=(prices or {}).get(model)))
        self.model = model
        self.budget = Budget(max_cost, self.usage)
        opened = ResponseCache(cache) if isinstance(cache, str | os.PathLike) else None
        self.cache = cache if isinstance(cache, ResponseCache) else opened
        self._own_cache = opened  # the one to close
        self.concurrency = concurrency
        self.max_n = max_n
        self.extra_body = dict(extra_body or {})
        self.refused = refused
        self._refusal_told = False
        self.client = ServerClient(
            server_url(base_url),
            _usable_key(api_key or os.environ.get(KEY_VARIABLE) or "none"),
            concurrency=concurrency,
            timeout=timeout,
            retry=retry or RetryPolicy(),
            usage=self.usage,
            budget=self.budget,
        )
        self.features = self.client.features
        self._samples = PromptSamples(
            self.client, model, cache=self.cache, max_n=max_n, extra_body=self.extra_body
        )
        self._loop = BackgroundLoop()

    @property
    def capabilities(self) -> Capabilities:  # type: ignore[override]
        """What the server can be asked for, as far as it is known by now."""
        found = self.features
        return Capabilities(
            streaming=True,
            schema=True,  # where the server has none, answers are checked and asked for again
            prefill=found.prefill is not False,
            logprobs=found.logprobs is not False,
            stop=found.stop,
            top_k=found.top_k,
            seed=found.seed,
            chat_template_kwargs=found.chat_template_kwargs,
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What the server was asked for and does not do, in words."""
        return tuple(self.features.notes)

    def stream(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        *,
        schema: Mapping[str, Any] | None = None,
    ) -> Iterator[tuple[int, list[Completion]]]:
        """Yield ``(index of the prompt, its completions)`` as they are finished, in any order.

        Usable, as `generate`, from scripts, threads and notebooks alike. With a `schema`, an answer
        that does not satisfy it is asked for again up to `SCHEMA_ATTEMPTS` times; the last one is
        returned as it is, so check it.

        Raises
        ------
        GenerationError
            If the server cannot be reached, refuses the key, does not know the model, refuses a
            prompt or a setting, or keeps failing. BudgetError if the next request could overrun
            `max_cost`.
        """
        yield from self._loop.iterate(lambda: self.astream(prompts, sampling, schema=schema))

    async def astream(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        *,
        schema: Mapping[str, Any] | None = None,
    ) -> AsyncIterator[tuple[int, list[Completion]]]:
        """Like `stream`, for callers that run an event loop of their own."""
        numbered = enumerate(zip(prompts, _copies(prompts), strict=True))
        done: asyncio.Queue[tuple[int, list[Completion]] | BaseException] = asyncio.Queue()
        # A bounded crew pulls prompts one after the other: a million prompts make no million tasks.
        crew = [
            asyncio.create_task(self._work(numbered, sampling, schema, done))
            for _ in range(min(self.concurrency, len(prompts)))
        ]
        try:
            for _ in range(len(prompts)):
                item = await done.get()
                if isinstance(item, BaseException):
                    raise item
                yield item
        finally:
            for task in crew:
                task.cancel()
            await asyncio.gather(*crew, return_exceptions=True)

    async def _work(
        self,
        numbered: Iterator[tuple[int, tuple[Prompt, int]]],
        sampling: Sampling,
        schema: Mapping[str, Any] | None,
        done: "asyncio.Queue[tuple[int, list[Completion]] | BaseException]",
    ) -> None:
        for index, (prompt, copy) in numbered:
            try:
                completions = await self._samples.get(prompt, copy, sampling, schema)
            except Refused as error:
                if self.refused == "raise":
                    done.put_nowait(GenerationError(f"prompt {index}: {error}"))
                    return
                if not self._refusal_told:  # one for all: a long pool may have many
                    self._refusal_told = True
                    self.features.note(f"prompts were refused, the first because: {error}")
                completions = []
            except BaseException as error:
                done.put_nowait(error)
                if isinstance(error, asyncio.CancelledError):
                    raise
                return
            done.put_nowait((index, completions))

    def can_prefill(self, prompt: Prompt) -> bool:
        """Whether the server would continue `prompt`, a chat ending in an assistant's message."""
        return self._loop.run(self._samples.continues(prompt))

    def models(self) -> list[str]:
        """Return the names of the models that the server offers, empty where it does not say."""
        return self._loop.run(self.client.models())

    def close(self) -> None:
        """Close the connections, and the cache where it was opened here."""
        self._loop.run(self.client.close())
        self._loop.close()
        if self._own_cache is not None:
            self._own_cache.close()


def _usable_key(key: str) -> str:
    """Return a key as it can stand in a header; the error does not repeat it."""
    key = key.strip()
    if not key.isascii() or not key.isprintable():
        raise ConfigError(
            f"`api_key` (or {KEY_VARIABLE}) holds characters that no key has; copy it again"
        )
    return key


def _copies(prompts: Sequence[Prompt]) -> list[int]:
    """Number repeated prompts, so that each copy gets samples of its own."""
    seen: Counter[str] = Counter()
    copies = []
    for prompt in prompts:
        text = prompt if isinstance(prompt, str) else repr([sorted(m.items()) for m in prompt])
        copies.append(seen[text])
        seen[text] += 1
    return copies
