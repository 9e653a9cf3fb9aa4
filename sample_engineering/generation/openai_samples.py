"""The samples of one prompt: from the cache, or asked for in as few requests as a server allows."""

import asyncio
import json
import random
from collections.abc import Mapping, Sequence
from functools import partial
from hashlib import blake2b
from typing import Any

from sample_engineering.errors import GenerationError
from sample_engineering.generation.openai_client import ServerClient
from sample_engineering.generation.openai_wire import Request, is_prefilled, request_body
from sample_engineering.generation.protocol import Completion, Prompt
from sample_engineering.generation.response_cache import ResponseCache, request_key
from sample_engineering.generation.sampling_settings import Sampling
from sample_engineering.generation.structured import text_problem, with_schema

SCHEMA_ATTEMPTS = 3  # requests for one completion until it satisfies its schema
SEED_BITS = 31  # servers disagree on the width of a seed; this fits all of them


class PromptSamples:
    """Gets the samples of prompts, one prompt at a call; calls may run side by side.

    Parameters
    ----------
    client : ServerClient
        Sends the requests.
    model : str
        The model's name at that server.
    cache : ResponseCache or None
    max_n : int
        Completions asked for in one request at most.
    extra_body : mapping
        Further fields of each request.
    """

    def __init__(
        self,
        client: ServerClient,
        model: str,
        *,
        cache: ResponseCache | None,
        max_n: int,
        extra_body: Mapping[str, Any],
    ) -> None:
        self.client = client
        self.model = model
        self.cache = cache
        self.max_n = max_n
        self.extra_body = extra_body
        self.features = client.features
        self.usage = client.usage
        self._prefill_lock = asyncio.Lock()
        self._template_lock = asyncio.Lock()
        self._told: list[Mapping[str, Any]] = []  # to the chat template, looked at once each

    async def get(
        self, prompt: Prompt, copy: int, sampling: Sampling, schema: Mapping[str, Any] | None
    ) -> list[Completion]:
        """Return the completions of one prompt.

        Parameters
        ----------
        prompt : Prompt
        copy : int
            How often the same prompt stands before it in the call: each gets samples of its own.
        sampling : Sampling
        schema : mapping, optional
            An answer that does not satisfy it is asked for again, `SCHEMA_ATTEMPTS` times at most.
        """
        n = sampling.n
        if is_prefilled(prompt) and not await self.continues(prompt):
            raise GenerationError(
                f"{self.client.url} does not continue an assistant's message; "
                "ask without a begun answer, or serve the model with vLLM"
            )
        await self._look_at_template(prompt, sampling)
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

    async def continues(self, prompt: Prompt) -> bool:
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

    async def _look_at_template(self, prompt: Prompt, sampling: Sampling) -> None:
        """Find out once what ends a turn there, and whether what the template is told is heeded."""
        told = {} if isinstance(prompt, str) else sampling.chat_template_kwargs
        async with self._template_lock:
            if self.features.end_of_turn is None:
                self.features.end_of_turn = await self.client.end_of_turn(self.model)
            if told and told not in self._told:
                self._told.append(told)
                if not await self.client.heeds(self.model, prompt, told):
                    self.features.note(
                        f"with chat_template_kwargs {json.dumps(dict(told))} the prompt is as long "
                        "as without: the server, or the chat template, may ignore them"
                    )

    def _body(self, request: Request) -> dict[str, Any]:
        return request_body(self.model, request, self.features) | dict(self.extra_body)

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
            "extra_body": dict(self.extra_body),
        }
        # Only where they are asked for, so that answers stored without them are still found.
        if sampling.top_k is not None:
            asked["top_k"] = sampling.top_k
        if sampling.stop:
            asked["stop"] = list(sampling.stop)
        if sampling.chat_template_kwargs:
            asked["chat_template_kwargs"] = dict(sampling.chat_template_kwargs)
        return request_key(asked)


def _request_seed(seed: int | None, copy: int, number: int, attempt: int) -> int | None:
    if seed is None:
        return None
    digest = blake2b(repr((seed, copy, number, attempt)).encode(), digest_size=8).digest()
    return random.Random(digest).getrandbits(SEED_BITS)
