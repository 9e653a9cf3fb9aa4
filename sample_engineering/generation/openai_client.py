"""One connection pool to a server, and one request with all its attempts.

The transport is httpx2 alone. The openai SDK was the transport before: it takes 1.1 s and 840
modules to import where httpx2 takes 0.2 s and 200, and nothing of it was used, since its retries
count no faults, know no budget, do not hold back other requests after a Retry-After, and take an
answer that is no JSON, or drips in for ever, for a good one.
"""

import asyncio
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import GenerationError
from sample_engineering.generation.chat_template import (
    EndOfTurn,
    answered_conversation,
    end_in_tokens,
)
from sample_engineering.generation.context import Refusal, cut_note, next_try, no_room
from sample_engineering.generation.costs import Budget, Usage
from sample_engineering.generation.openai_wire import (
    LIMITS,
    Answer,
    Features,
    MalformedAnswer,
    Request,
    learn_from_refusal,
    read_answer,
    request_body,
)
from sample_engineering.generation.protocol import Completion, Prompt
from sample_engineering.generation.retries import Failure, RetryPolicy, failed_status
from sample_engineering.generation.sampling_settings import Sampling
from sample_engineering.generation.server_address import is_local
from sample_engineering.redaction import keep_secret, redacted, without_known
from sample_engineering.version import __version__

if TYPE_CHECKING:
    from httpx2 import AsyncClient

CONNECT_TIMEOUT = 10.0  # seconds to reach a server, and for its list of models
TOO_LONG = frozenset({400, 413, 422})  # with which servers refuse what does not fit the context
_SCHEMES = ("basic", "bearer")
MODELS_SHOWN = 8  # names in the error for an unknown model


class Refused(GenerationError):
    """The server refuses this prompt; others may still be answered."""


class ServerClient:
    """Sends requests to one server until they are answered or cannot be.

    Parameters
    ----------
    url, api_key : str
        The server and its key.
    concurrency : int
        Requests in flight at most.
    timeout : float
        Seconds for one attempt, to the last byte of the answer.
    retry : RetryPolicy
        Attempts and waits.
    usage, budget
        Where tokens are counted, and the bound on their cost.
    """

    def __init__(
        self,
        url: str,
        api_key: str,
        *,
        concurrency: int,
        timeout: float,
        retry: RetryPolicy,
        usage: Usage,
        budget: Budget,
    ) -> None:
        self.url = url
        self.features = Features()
        self.usage = usage
        self.budget = budget
        self.retry = retry
        self.timeout = timeout
        self.concurrency = concurrency
        keep_secret(api_key)
        self._api_key = api_key
        self._client: AsyncClient | None = None
        self._slots = asyncio.Semaphore(concurrency)
        self._freed = asyncio.Event()
        self._resume_at = 0.0  # loop time before which a busy server wants no requests
        self._answered = False
        self._context_sought = False
        self._rng = random.Random()  # jitter only: must differ between processes

    def _open(self) -> "AsyncClient":
        """Return the HTTP client, made in the loop that uses it."""
        if self._client is None:
            from httpx2 import AsyncClient, Limits, Timeout

            self._client = AsyncClient(
                headers={
                    "authorization": _authorization(self._api_key),
                    "content-type": "application/json",
                    "user-agent": f"sample-engineering/{__version__}",
                },
                timeout=Timeout(self.timeout, connect=min(self.timeout, CONNECT_TIMEOUT)),
                # The semaphore bounds the requests; each keeps its connection.
                limits=Limits(max_connections=None, max_keepalive_connections=self.concurrency),
                follow_redirects=True,
                trust_env=not is_local(self.url),  # no proxy to this machine itself
            )
        return self._client

    async def ask(
        self, body: Callable[[], Mapping[str, Any]], request: Request
    ) -> list[Completion]:
        """Send one request until it is answered; return one to `n` completions.

        Parameters
        ----------
        body : callable
            Makes the body; called before each attempt, since what a server takes may be learnt.
        request : Request
            What is asked, to check the answer by.

        Raises
        ------
        Refused
            If the server refuses this prompt.
        GenerationError
            If it refuses everything, or failed at the last attempt.
        """
        attempt = 0
        before_guess: Features | None = None
        asked = request.sampling.max_tokens
        amount = self.budget.worst_case(
            request.characters, request.sampling.n, request.sampling.max_tokens
        )
        while True:
            attempt += 1
            await self._wait_for_budget(amount)
            sent = dict(body())
            # A server's context may have less room for the answer than was asked for.
            sent |= {key: request.sampling.max_tokens for key in LIMITS if key in sent}
            try:
                async with self._slots:
                    await self._wait_until_resumed()
                    text = await self._send("chat" if request.chat else "text", sent)
                answer = read_answer(text, request, int(sent.get("n", 1)))
            except MalformedAnswer as error:
                failure = Failure("malformed", str(error))
            except _Failed as error:
                failure = error.failure
            else:
                self._accept(answer, int(sent.get("n", 1)), request)
                if request.sampling.max_tokens < asked or await self._was_cut(answer, sent):
                    self.features.note(cut_note(asked, self.features.context))
                return answer.completions
            finally:
                self.budget.release(amount)
                self._freed.set()
            shorter = await self._shortened(failure, request, str(sent.get("model")))
            if shorter is not None:
                request, attempt = shorter, attempt - 1
                continue
            known = self.features.copy()
            if learn_from_refusal(failure.status or 0, failure.reason, sent, self.features):
                before_guess = before_guess or known
                continue
            if not failure.retry:
                if before_guess is not None:  # it was not the field that was left out
                    self.features.restore(before_guess)
                raise await self._refusal(failure, str(sent.get("model")))
            self.usage.count_fault(failure.kind)
            if attempt >= self._attempts(failure):
                raise self._gave_up(failure, attempt)
            self.usage.retries += 1
            wait = self.retry.wait(attempt, failure.retry_after, self._rng)
            if failure.retry_after is not None:  # the server is busy for everybody
                now = asyncio.get_running_loop().time()
                self._resume_at = max(
                    self._resume_at, now + min(failure.retry_after, self.retry.longest_retry_after)
                )
            await asyncio.sleep(wait)

    async def _shortened(self, failure: Failure, request: Request, model: str) -> Request | None:
        """Return the request with fewer `max_tokens`, if it was refused for asking too many."""
        asked = request.sampling.max_tokens
        refusal = Refusal.read(failure.reason, asked) if failure.status in TOO_LONG else None
        if refusal is None:
            return None
        context = self.features.context = refusal.context or await self._context_of(model)
        if context is not None and (refusal.prompt or 0) >= context:
            raise Refused(f"{self.url}: {no_room(refusal.prompt or 0, context)}")
        less = next_try(asked, refusal, context, request.characters)
        if less is None:
            return None
        return replace(request, sampling=request.sampling.with_(max_tokens=less))

    async def _was_cut(self, answer: Answer, sent: Mapping[str, Any]) -> bool:
        """Whether the server ended the answer where its context ends, without a word."""
        tokens = max(item.tokens for item in answer.completions)
        asked = max(int(sent.get(key, 0)) for key in LIMITS)
        if not 0 < tokens < asked or any(c.finish_reason != "length" for c in answer.completions):
            return False
        context = await self._context_of(str(sent.get("model")))
        return context is not None and answer.prompt_tokens + tokens >= context

    async def _context_of(self, model: str) -> int | None:
        """Return the context of a model, as far as the server's words or its list tell it."""
        if self.features.context is None and not self._context_sought:
            self._context_sought = True
            for entry in await self._listed():
                length = entry.get("max_model_len")
                if entry.get("id") == model and isinstance(length, int) and length > 1:
                    self.features.context = length
        return self.features.context

    def _accept(self, answer: Answer, asked: int, request: Request) -> None:
        self._answered = True
        self.usage.count(1, answer.prompt_tokens, answer.completion_tokens)
        if asked > 1:
            if len(answer.completions) == asked:
                self.features.n = True
            else:
                self.features.n = False
                self.features.note(
                    f"the server gave {len(answer.completions)} completion where n={asked} were "
                    "asked for: each completion is a request of its own"
                )
        if answer.ran_on:
            self.features.note("the server wrote on past a stop text: its answers are cut there")
        if request.sampling.logprobs and answer.completions[0].logprobs is None:
            self.features.logprobs = False
            self.features.note("the server gives no log-probabilities")

    async def _wait_for_budget(self, amount: float) -> None:
        """Reserve `amount`, waiting while requests in flight hold what is left."""
        while not self.budget.fits(amount):
            if not self.budget.reservations:
                raise self.budget.refuse(amount)
            self._freed.clear()
            await self._freed.wait()
        self.budget.reserve(amount)

    async def _wait_until_resumed(self) -> None:
        loop = asyncio.get_running_loop()
        while (left := self._resume_at - loop.time()) > 0:
            await asyncio.sleep(left)

    async def _send(self, kind: str, body: Mapping[str, Any]) -> str:
        """Make one attempt and return the answer's text."""
        from httpx2 import ConnectError, DecodingError, HTTPError, TimeoutException

        path = "/chat/completions" if kind == "chat" else "/completions"
        # ASCII, so that half surrogate pairs pass as they are.
        content = json.dumps(body).encode()
        try:
            async with asyncio.timeout(self.timeout):  # the client's own bounds each read only
                answer = await self._open().post(self.url + path, content=content)
        except (TimeoutError, TimeoutException) as error:
            raise _Failed(Failure("timeout", f"no answer within {self.timeout:g} s")) from error
        except DecodingError as error:
            raise _Failed(Failure("malformed", _words_of(error))) from error
        except HTTPError as error:
            failure = Failure(
                "connection", _words_of(error), unreachable=isinstance(error, ConnectError)
            )
            raise _Failed(failure) from error
        if not answer.is_success:
            text = redacted(answer.text)
            raise _Failed(failed_status(answer.status_code, answer.headers, text))
        return str(without_known(answer.text))  # a server may say its key back

    def _attempts(self, failure: Failure) -> int:
        if failure.unreachable and not self._answered:
            return min(self.retry.connect_attempts, self.retry.attempts)
        return self.retry.attempts

    def _gave_up(self, failure: Failure, attempts: int) -> GenerationError:
        if failure.unreachable and not self._answered:
            return GenerationError(
                f"cannot reach {self.url}: {failure.reason}; "
                "check the address, or start a server, e.g. with: vllm serve MODEL"
            )
        return GenerationError(
            f"{self.url} failed {attempts} times, last with {failure.kind}: {failure.reason}; "
            "look at the server's log and run again (answered requests are in the cache, if set)"
        )

    async def _refusal(self, failure: Failure, model: str) -> GenerationError:
        """Return the error for a request that no further attempt can mend."""
        if failure.status in (401, 403):
            return GenerationError(
                f"{self.url} refused the key ({failure.status}: {failure.reason}); "
                "set OPENAI_API_KEY to a key of this server"
            )
        if failure.kind == "quota":
            return GenerationError(
                f"{self.url} says the account is empty: {failure.reason}; add funds and run again"
            )
        if failure.status == 404:
            known = await self.models()
            if known and model not in known:
                shown = ", ".join(known[:MODELS_SHOWN]) + (" ..." if known[MODELS_SHOWN:] else "")
                return GenerationError(
                    f"{self.url} has no model {model!r}; it has: {shown}; pass one as `model`"
                )
            return GenerationError(
                f"{self.url} answered 404: {failure.reason}; check the address and the model's "
                "name (texts need /completions: for a chat-only server use a chat template)"
            )
        return Refused(
            f"{self.url} refused the request ({failure.status}: {failure.reason}); "
            "shorten the prompt or lower `max_tokens`"
        )

    async def models(self) -> list[str]:
        """Return the names of the server's models, empty where it does not say."""
        return [str(model["id"]) for model in await self._listed() if "id" in model]

    async def _listed(self) -> list[Mapping[str, Any]]:
        """Return the server's models as it lists them, empty where it does not say."""
        from httpx2 import HTTPError

        try:
            async with asyncio.timeout(min(self.timeout, CONNECT_TIMEOUT)):
                answer = await self._open().get(self.url + "/models")
            listed = answer.raise_for_status().json()["data"]
            return [model for model in listed if isinstance(model, Mapping)]
        except (HTTPError, TimeoutError, KeyError, TypeError, ValueError):
            return []

    async def continues(self, model: str, prompt: Prompt) -> bool:
        """Whether an assistant's begun message is continued; see `OpenAIGenerator`."""
        request = Request(prompt, Sampling(max_tokens=1, temperature=0.0))
        flagged = request_body(model, request, self.features)
        plain = {
            key: value
            for key, value in flagged.items()
            if key not in ("continue_final_message", "add_generation_prompt")
        }
        counts = []
        for body in (flagged, plain):
            try:
                answers = await self.ask(lambda sent=body: sent, request)  # type: ignore[misc]
            except Refused:
                return False
            counts.append(answers[0].prompt_tokens)
        return 0 < counts[0] < counts[1]

    async def heeds(self, model: str, prompt: Prompt, told: Mapping[str, Any]) -> bool:
        """Whether a prompt is of another length with what the chat template is told.

        True also where the server does not count prompt tokens, so that it cannot be found out.
        """
        counts = []
        for kwargs in ({}, told):
            sampling = Sampling(max_tokens=1, temperature=0.0, chat_template_kwargs=kwargs)
            request = Request(prompt, sampling)
            body = request_body(model, request, self.features)
            answers = await self.ask(lambda sent=body: sent, request)  # type: ignore[misc]
            counts.append(answers[0].prompt_tokens)
        return counts[0] != counts[1] or not all(counts)

    async def end_of_turn(self, model: str) -> EndOfTurn:
        """Return what the server's chat template writes after an answer, where it shows it.

        vLLM tokenizes a conversation when asked. It knows the end tokens of the tokenizer and of
        the generation settings itself, but not that of the template.
        """
        from httpx2 import HTTPError

        body = {
            "model": model,
            "messages": answered_conversation(),
            "add_generation_prompt": False,
            "return_token_strs": True,
        }
        root = self.url.removesuffix("/v1")
        try:
            async with asyncio.timeout(min(self.timeout, CONNECT_TIMEOUT)):
                answer = await self._open().post(f"{root}/tokenize", json=body)
            found = answer.raise_for_status().json()
            return end_in_tokens(found["tokens"], found["token_strs"])
        except (HTTPError, TimeoutError, KeyError, TypeError, ValueError):
            return EndOfTurn()

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None


class _Failed(Exception):
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


def _words_of(error: BaseException) -> str:
    return redacted(" ".join(str(error).split()))[:300] or type(error).__name__


def _authorization(key: str) -> str:
    """Return the header of a key; one that begins with its scheme stands as it is."""
    return key if key.partition(" ")[0].lower() in _SCHEMES else f"Bearer {key}"
