"""Completions from any OpenAI-compatible server: vLLM, SGLang, llama.cpp, TGI or a hosted one."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sample_engineering.errors import ConfigError, GenerationError
from sample_engineering.generation.base import BaseGenerator
from sample_engineering.generation.costs import Budget, Price, Usage
from sample_engineering.generation.event_loop import BackgroundLoop
from sample_engineering.generation.openai_client import Refused, ServerClient
from sample_engineering.generation.openai_wire import Request, is_prefilled, request_body
from sample_engineering.generation.protocol import Capabilities, Completion, Progress, Prompt
from sample_engineering.generation.response_cache import ResponseCache, request_key
from sample_engineering.generation.retries import RetryPolicy
from sample_engineering.generation.sampling_settings import Sampling
from sample_engineering.generation.server_address import server_url
from sample_engineering.generation.structured import text_problem, with_schema

CONCURRENCY = 32  # requests in flight; vLLM batches them, hosted servers rarely allow more
TIMEOUT = 600.0  # seconds for one whole answer, the openai client's own default
MAX_N = 128  # OpenAI's bound on n; larger groups are split into several requests
SCHEMA_ATTEMPTS = 3  # requests for one completion until it satisfies its schema
SEED_BITS = 31  # servers disagree on the width of a seed; this fits all of them
# Fields of a request that are made of the prompt and the sampling settings.
OWN_FIELDS = frozenset(
    {
        *("model", "prompt", "messages", "n", "seed", "temperature", "top_p", "top_k", "stop"),
        *("max_tokens", "max_completion_tokens", "logprobs", "response_format", "stream"),
        *("continue_final_message", "add_generation_prompt"),
    }
)
KEY_VARIABLE = "OPENAI_API_KEY"


class OpenAIGenerator(BaseGenerator):
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
        Further fields of each request, e.g. ``{"min_p": 0.1}`` or a reasoning switch; none of those
        that are written here.
    refused : {"raise", "skip"}
        What to do with a prompt that the server refuses, e.g. as too long: raise, or return no
        completions for it and list it in `refusals`.
    name : str, optional
        What is shown, and stands in records; None is `model`.

    Attributes
    ----------
    usage : Usage
        Requests, tokens, cost and faults so far.
    features : Features
        What the server was found to support; its notes in words are `notes`.
    refusals : dict of int to str
        Prompts of the last call that were refused, and why.
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
        self.cache = ResponseCache(cache) if isinstance(cache, str | os.PathLike | Path) else cache
        self.concurrency = concurrency
        self.max_n = max_n
        self.extra_body = dict(extra_body or {})
        self.refused = refused
        self.refusals: dict[int, str] = {}
        self.client = ServerClient(
            server_url(base_url),
            api_key or os.environ.get(KEY_VARIABLE) or "none",
            concurrency=concurrency,
            timeout=timeout,
            retry=retry or RetryPolicy(),
            usage=self.usage,
            budget=self.budget,
        )
        self.features = self.client.features
        self._loop = BackgroundLoop()
        self._prefill_lock = asyncio.Lock()

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
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What the server was asked for and does not do, in words."""
        return tuple(self.features.notes)

    def generate(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        *,
        schema: Mapping[str, Any] | None = None,
        progress: Progress | None = None,
    ) -> list[list[Completion]]:
        """Sample completions of each prompt; see `protocol.Generator`.

        Usable from scripts, threads and notebooks alike. With a `schema`, an answer that does not
        satisfy it is asked for again up to `SCHEMA_ATTEMPTS` times; the last one is returned as it
        is, so check it.

        Raises
        ------
        GenerationError
            If the server cannot be reached, refuses the key, does not know the model, refuses a
            prompt or a setting, or keeps failing. BudgetError if the next request could overrun
            `max_cost`.
        """
        results: list[list[Completion]] = [[] for _ in prompts]
        for index, completions in self.stream(prompts, sampling, schema=schema):
            results[index] = completions
            if progress is not None:
                progress(1)
        return results

    def stream(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        *,
        schema: Mapping[str, Any] | None = None,
    ) -> Iterator[tuple[int, list[Completion]]]:
        """Yield ``(index of the prompt, its completions)`` as they are finished, in any order."""
        yield from self._loop.iterate(lambda: self.astream(prompts, sampling, schema=schema))

    async def astream(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        *,
        schema: Mapping[str, Any] | None = None,
    ) -> AsyncIterator[tuple[int, list[Completion]]]:
        """Like `stream`, for callers that run an event loop of their own."""
        self.refusals = {}
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
                completions = await self._complete(prompt, copy, sampling, schema)
            except Refused as error:
                if self.refused == "raise":
                    done.put_nowait(GenerationError(f"prompt {index}: {error}"))
                    return
                self.refusals[index] = str(error)
                completions = []
            except BaseException as error:
                done.put_nowait(error)
                if isinstance(error, asyncio.CancelledError):
                    raise
                return
            done.put_nowait((index, completions))

    async def _complete(
        self, prompt: Prompt, copy: int, sampling: Sampling, schema: Mapping[str, Any] | None
    ) -> list[Completion]:
        """Return the completions of one prompt, from the cache or the server."""
        n = sampling.n
        if is_prefilled(prompt) and not await self._prefills(prompt):
            raise GenerationError(
                f"{self.client.url} does not continue an assistant's message; "
                "ask without a begun answer, or serve the model with vLLM"
            )
        keys = [self._key(prompt, copy, number, sampling, schema) for number in range(n)]
        found = self.cache.get(keys) if self.cache is not None else {}
        self.usage.cached += len(found)
        have = {number: found[key] for number, key in enumerate(keys) if key in found}
        while missing := [number for number in range(n) if number not in have]:
            if self.features.n is False or len(missing) == 1:
                blocks = [[number] for number in missing]
            else:
                blocks = [missing[: self.max_n]]
            got = await asyncio.gather(
                *(self._ask(prompt, copy, block, sampling, schema) for block in blocks)
            )
            for block, completions in zip(blocks, got, strict=True):
                new = dict(zip(block, completions, strict=False))
                if self.cache is not None:
                    self.cache.put({keys[number]: value for number, value in new.items()})
                have |= new
        return [have[number] for number in range(n)]

    async def _ask(
        self,
        prompt: Prompt,
        copy: int,
        block: Sequence[int],
        sampling: Sampling,
        schema: Mapping[str, Any] | None,
    ) -> list[Completion]:
        """Ask for the samples numbered `block`; the answer may hold fewer."""
        asked = prompt
        for attempt in range(SCHEMA_ATTEMPTS):
            seed = _request_seed(sampling.seed, copy, block[0], attempt)
            request = Request(asked, sampling.with_(n=len(block), seed=seed), schema)
            completions = await self.client.ask(partial(self._body, request), request)
            if schema is None:
                break
            problems = [text_problem(item.text, schema) for item in completions]
            kept = [
                item for item, problem in zip(completions, problems, strict=True) if problem is None
            ]
            if self.features.json_schema is None and kept:
                self.features.json_schema = True
            if kept:
                return kept
            if self.features.json_schema is None and completions[0].finish_reason == "stop":
                self.features.note(
                    "the server ignored json_schema at least once: answers are checked and asked "
                    "again with the schema in the prompt"
                )
            if attempt + 1 < SCHEMA_ATTEMPTS:
                self.usage.retries += 1
                self.usage.count_fault("schema")
                self.usage.wasted_tokens += sum(item.tokens for item in completions)
                asked = with_schema(prompt, schema) if request.chat else prompt
        return completions

    def _body(self, request: Request) -> dict[str, Any]:
        return request_body(self.model, request, self.features) | self.extra_body

    async def _prefills(self, prompt: Prompt) -> bool:
        """Whether the server continues a begun message, found out once by two short requests.

        A server that ignores the request to continue closes the message and opens a new one,
        with or without it; one that honours it counts fewer prompt tokens with it.
        """
        async with self._prefill_lock:
            if self.features.prefill is None:
                self.features.prefill = await self.client.continues(self.model, prompt)
                if not self.features.prefill:
                    self.features.note("the server does not continue an assistant's message")
        return self.features.prefill

    def can_prefill(self, prompt: Prompt) -> bool:
        """Whether the server would continue `prompt`, a chat ending in an assistant's message."""
        return self._loop.run(self._prefills(prompt))

    def _key(
        self,
        prompt: Prompt,
        copy: int,
        number: int,
        sampling: Sampling,
        schema: Mapping[str, Any] | None,
    ) -> str:
        asked: dict[str, Any] = {
            "server": self.client.url,
            "model": self.model,
            "prompt": prompt if isinstance(prompt, str) else [dict(m) for m in prompt],
            "copy": copy,
            "sample": number,
            "max_tokens": sampling.max_tokens,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "seed": sampling.seed,
            "logprobs": sampling.logprobs,
            "schema": schema,
            "extra_body": self.extra_body,
        }
        # Only where they are asked for, so that answers stored without them are still found.
        if sampling.top_k is not None:
            asked["top_k"] = sampling.top_k
        if sampling.stop:
            asked["stop"] = list(sampling.stop)
        return request_key(asked)

    def models(self) -> list[str]:
        """Return the names of the models that the server offers, empty where it does not say."""
        return self._loop.run(self.client.models())

    def close(self) -> None:
        """Close the connections and the cache."""
        self._loop.run(self.client.close())
        self._loop.close()
        if self.cache is not None:
            self.cache.close()


def _copies(prompts: Sequence[Prompt]) -> list[int]:
    """Number repeated prompts, so that each copy gets samples of its own."""
    seen: Counter[str] = Counter()
    copies = []
    for prompt in prompts:
        text = prompt if isinstance(prompt, str) else repr([sorted(m.items()) for m in prompt])
        copies.append(seen[text])
        seen[text] += 1
    return copies


def _request_seed(seed: int | None, copy: int, number: int, attempt: int) -> int | None:
    if seed is None:
        return None
    digest = blake2b(repr((seed, copy, number, attempt)).encode(), digest_size=8).digest()
    return random.Random(digest).getrandbits(SEED_BITS)
