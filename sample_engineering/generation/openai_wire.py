"""What goes over the wire to an OpenAI-compatible server, and how its answer is read.

An answer is untrusted: every field that is used is checked, and `MalformedAnswer` says what is
wrong, so that the request can be sent again.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sample_engineering.errors import GenerationError
from sample_engineering.generation.chat_template import EndOfTurn
from sample_engineering.generation.prompts import text_of
from sample_engineering.generation.protocol import Completion, Prompt
from sample_engineering.generation.sampling_settings import Sampling

REASON_SHOWN = 200  # characters of a server's reason in an error
SCHEMA_NAME = "answer"  # the protocol wants a name for the schema; the model does not see it
NO_N = "the server takes no n: each completion is a request of its own"
NO_SCHEMA = "the server takes no json_schema: answers are checked and asked again instead"
LIMITS = ("max_tokens", "max_completion_tokens")  # the two names of one field
# Reasons to end that servers give when nothing was cut off.
_WHOLE = frozenset({"stop", "eos", "eos_token", "stop_sequence", "content_filter", "tool_calls"})


class MalformedAnswer(Exception):
    """The server said 200 but the answer cannot be used."""


@dataclass(slots=True)
class Features:
    """What a server was found to support; None means not yet known.

    `context` is the longest prompt and completion together, in tokens.
    `notes` are the findings in words, each once, for the user to see.
    """

    n: bool | None = None
    json_schema: bool | None = None
    seed: bool = True
    logprobs: bool | None = None
    prefill: bool | None = None
    top_k: bool = True
    stop: bool = True
    chat_template_kwargs: bool = True
    end_of_turn: EndOfTurn | None = None  # of the chat template, where the server shows it
    max_completion_tokens: bool = False
    context: int | None = None
    notes: list[str] = field(default_factory=list)

    def copy(self) -> "Features":
        """Return a copy that does not change with this one."""
        return replace(self, notes=list(self.notes))

    def restore(self, before: "Features") -> None:
        """Take back a wrong guess about `n` or `json_schema` that was made since `before`.

        What answers to other requests taught in the meantime stays.
        """
        if NO_N in self.notes and NO_N not in before.notes:
            self.notes.remove(NO_N)
            self.n = before.n if self.n is False else self.n
        if NO_SCHEMA in self.notes and NO_SCHEMA not in before.notes:
            self.notes.remove(NO_SCHEMA)
            self.json_schema = before.json_schema if self.json_schema is False else self.json_schema

    def note(self, text: str) -> None:
        """Keep a finding unless it was found before."""
        if text not in self.notes:
            self.notes.append(text)


@dataclass(frozen=True, slots=True)
class Request:
    """One request: a prompt, and the settings with this request's own `n` and `seed`."""

    prompt: Prompt
    sampling: Sampling
    schema: Mapping[str, Any] | None = None

    @property
    def chat(self) -> bool:
        """Whether it goes to the chat endpoint."""
        return not isinstance(self.prompt, str)

    @property
    def characters(self) -> int:
        """Length of the prompt."""
        if isinstance(self.prompt, str):
            return len(self.prompt)
        return sum(len(text_of(message["content"])) for message in self.prompt)


@dataclass(frozen=True, slots=True)
class Answer:
    """The choices of one answer, the tokens it is charged for, and whether it ran past a stop."""

    completions: list[Completion]
    prompt_tokens: int
    completion_tokens: int
    ran_on: bool = False


def is_prefilled(prompt: Prompt) -> bool:
    """Whether the completion shall continue an assistant's message already begun."""
    return not isinstance(prompt, str) and bool(prompt) and prompt[-1].get("role") == "assistant"


def request_body(model: str, request: Request, features: Features) -> dict[str, Any]:
    """Return the JSON body of a request, without the fields that the server does not take."""
    prompt, sampling = request.prompt, request.sampling
    body: dict[str, Any] = {
        "model": model,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
    }
    limit = "max_completion_tokens" if features.max_completion_tokens else "max_tokens"
    body[limit] = sampling.max_tokens
    if sampling.n > 1 and features.n is not False:
        body["n"] = sampling.n
    if sampling.seed is not None and features.seed:
        body["seed"] = sampling.seed
    if sampling.top_k is not None:  # not OpenAI's own; vLLM, SGLang, llama.cpp and TGI know it
        body["top_k"] = sampling.top_k
    end = features.end_of_turn or EndOfTurn()
    if sampling.stop or end.texts:
        body["stop"] = list(dict.fromkeys((*sampling.stop, *end.texts)))
    if end.ids:  # only known of servers that take it: vLLM, SGLang
        body["stop_token_ids"] = list(end.ids)
    if isinstance(prompt, str):
        body["prompt"] = prompt
        if sampling.logprobs and features.logprobs is not False:
            body["logprobs"] = 1
    else:
        body["messages"] = [dict(message) for message in prompt]
        if sampling.chat_template_kwargs:  # vLLM, SGLang and llama.cpp know it
            body["chat_template_kwargs"] = dict(sampling.chat_template_kwargs)
        if sampling.logprobs and features.logprobs is not False:
            body["logprobs"] = True
        if is_prefilled(prompt):
            # vLLM and SGLang know these; others refuse (transformers serve) or ignore them.
            body["continue_final_message"] = True
            body["add_generation_prompt"] = False
    if request.schema is not None and features.json_schema is not False:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": SCHEMA_NAME, "schema": dict(request.schema), "strict": True},
        }
    return body


def read_answer(text: str, request: Request, count: int) -> Answer:
    """Read the body of a 200 answer to a request for `count` completions.

    Returns
    -------
    Answer
        With at least one and at most `count` completions.

    Raises
    ------
    MalformedAnswer
        If the body is not JSON, or a field that is needed is missing or of the wrong type.
    """
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedAnswer(f"not JSON ({len(text)} characters)") from error
    choices = body.get("choices") if isinstance(body, dict) else None
    if not isinstance(choices, list) or not choices:
        raise MalformedAnswer("no choices")
    read = [_read_choice(choice, request) for choice in choices[:count]]
    raw = body.get("usage")
    usage = raw if isinstance(raw, dict) else {}
    prompt_tokens = _count(usage.get("prompt_tokens"))
    total = _count(usage.get("completion_tokens"))
    lengths = _lengths(read, total, request.sampling.max_tokens)
    completions = [
        Completion(
            text=choice.text,
            tokens=tokens,
            finish_reason=choice.finish_reason,
            prompt_tokens=prompt_tokens,
            logprobs=choice.logprobs,
        )
        for choice, tokens in zip(read, lengths, strict=True)
    ]
    return Answer(completions, prompt_tokens, total, any(choice.ran_on for choice in read))


@dataclass(frozen=True, slots=True)
class _Choice:
    text: str
    finish_reason: str
    logprobs: tuple[float, ...] | None
    ran_on: bool  # past a stop text; `text` is cut there


def _read_choice(choice: Any, request: Request) -> _Choice:
    if not isinstance(choice, dict):
        raise MalformedAnswer("a choice is not an object")
    before = ""  # what the model wrote before its answer
    if request.chat:
        message = choice.get("message")
        if not isinstance(message, dict):
            raise MalformedAnswer("a choice has no message")
        text = message.get("content")
        # Servers with a reasoning parser hand the thoughts over apart from the answer.
        thoughts = message.get("reasoning_content") or message.get("reasoning")
        if text is None and (isinstance(thoughts, str) or choice.get("finish_reason")):
            text = ""
        if isinstance(text, str) and isinstance(thoughts, str) and request.schema is None:
            before = f"<think>\n{thoughts}\n</think>\n\n"
    else:
        text = choice.get("text")
    if not isinstance(text, str):
        raise MalformedAnswer("a choice has no text")
    reason = choice.get("finish_reason")
    if reason == "length":
        finish = "length"
    elif reason in _WHOLE:
        finish = "stop"
    else:  # an aborted request, or an answer cut off before its last field
        raise MalformedAnswer(f"a choice ended for the reason {reason!r}")
    cut = request.sampling.cut(text)
    logprobs = _read_logprobs(choice, request.chat) if request.sampling.logprobs else None
    return _Choice(before + cut, "stop" if cut != text else finish, logprobs, cut != text)


def _read_logprobs(choice: Mapping[str, Any], chat: bool) -> tuple[float, ...] | None:
    found = choice.get("logprobs")
    if not isinstance(found, dict):
        return None
    if chat:
        rows = found.get("content")
        values = [row.get("logprob") for row in rows or () if isinstance(row, dict)]
    else:
        values = list(found.get("token_logprobs") or ())
    numbers = [float(value) for value in values if isinstance(value, int | float)]
    if len(numbers) != len(values):
        raise MalformedAnswer("a log-probability is not a number")
    return tuple(numbers)


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _lengths(choices: Sequence[_Choice], total: int, max_tokens: int) -> list[int]:
    """Return the tokens of each choice; their sum is the `total` that the server reports.

    The protocol gives the total only. Exact per choice for a single choice and with logprobs;
    else a cut-off choice has `max_tokens` and the others share the rest by their characters.
    """
    if len(choices) == 1:
        return [total]
    if all(choice.logprobs for choice in choices):
        return [len(choice.logprobs or ()) for choice in choices]
    lengths = [max_tokens if choice.finish_reason == "length" else 0 for choice in choices]
    open_ = [index for index, choice in enumerate(choices) if choice.finish_reason != "length"]
    rest = total - sum(lengths)
    if rest < 0 or not open_:  # the server counts otherwise: share everything
        open_, rest, lengths = list(range(len(choices))), total, [0] * len(choices)
    characters = [len(choices[index].text) + 1 for index in open_]
    shared = 0
    for position, index in enumerate(open_):
        upto = rest * sum(characters[: position + 1]) // sum(characters)
        lengths[index] = upto - shared
        shared = upto
    return lengths


def learn_from_refusal(status: int, reason: str, body: Mapping[str, Any], known: Features) -> bool:
    """Learn from a refused request which of its fields the server does not take.

    Returns whether the request may be sent again without that field. Fields are dropped only if
    the server names them, except `n` and `response_format`, which some servers refuse without
    saying why.

    Raises
    ------
    GenerationError
        If it is a field that changes what is sampled: the answers would not be those asked for.
    """
    if status not in (400, 404, 405, 415, 422, 501):
        return False
    text = reason.lower()
    for name in (
        "top_k",
        "stop",
        "chat_template_kwargs",
    ):  # without these the answers would be others
        if name in body and name in _words(text):
            setattr(known, name, False)
            raise GenerationError(
                f"the server takes no `{name}` ({reason[:REASON_SHOWN]}); leave `{name}` out, "
                "or use a server that has it"
            )
    if "max_completion_tokens" in text and "max_tokens" in body:
        known.max_completion_tokens = True
        return True
    if "seed" in body and "seed" in text:
        known.seed = False
        known.note("the server takes no seed: sampled answers cannot be repeated")
        return True
    if "logprobs" in body and "logprob" in text:
        known.logprobs = False
        known.note("the server gives no log-probabilities")
        return True
    if status not in (400, 422, 501):
        return False
    if "response_format" in body and ("n" not in body or "n" not in _words(text)):
        known.json_schema = False
        known.note(NO_SCHEMA)
        return True
    if "n" in body:
        known.n = False
        known.note(NO_N)
        return True
    return False


def _words(text: str) -> set[str]:
    return set("".join(char if char.isalnum() or char == "_" else " " for char in text).split())
