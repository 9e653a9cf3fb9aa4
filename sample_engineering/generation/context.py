"""How many tokens a model's context leaves to a completion.

A completion is never refused because `max_tokens` reaches beyond the context: it ends where the
context ends, marked as cut off, and a note says so. Only a prompt that leaves no room is an error.

Models that run here tell their context. A server's is read from the refusal of a request, or, where
that names no figure, from the server's list of models (``max_model_len`` of vLLM and SGLang).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sample_engineering.errors import GenerationError
from sample_engineering.generation.prompts import text_of
from sample_engineering.generation.protocol import Prompt

# Upper estimates of a prompt's tokens by its characters, where a server names none: English has
# about four characters a token, LaTeX and figures about two; a chat template adds a few tokens.
CHARS_PER_TOKEN = 2
TEMPLATE_TOKENS = 64
TEMPLATE_BOUND = 512  # surely enough for a default system message and the marks of a few turns
LEAST_ROOM = 16  # tokens below which no further guess at a server's room is made

_NUMBER = r"(\d[\d,_]*)"
# What servers write, by the words around the figure: vLLM, SGLang, TGI, llama.cpp, hosted ones.
_CONTEXT = (
    re.compile(_NUMBER + r"[ -](?:tokens? )?(?:max(?:imum)? )?context", re.IGNORECASE),
    re.compile(r"tokens`? ?(?:>|<=|<) ?" + _NUMBER, re.IGNORECASE),
    *(
        re.compile(pattern + r"\D{0,40}?" + _NUMBER, re.IGNORECASE)
        for pattern in (
            r"context[ _-]?(?:length|window|size|limit)?",
            r"max_model_len",
            r"max_total_tokens",
            r"must be (?:<=|less than or equal to|at most)",
            r"supports at most",
            r"maximum (?:allowed |number of )?(?:output |completion )?(?:tokens|length)",
            r"maximum value (?:for `?max\w*tokens`?)?",
            r"valid range[^\[\d]*\[\d+",
        )
    ),
)
_PROMPT = (
    re.compile(_NUMBER + r"\s*`?(?:in (?:the|your) (?:messages|prompt|input))", re.IGNORECASE),
    re.compile(_NUMBER + r"\s*(?:tokens? )?(?:from|of|in) the (?:input|prompt)", re.IGNORECASE),
    re.compile(_NUMBER + r"\s*`?(?:inputs?|prompt)`?\s+tokens?", re.IGNORECASE),
    re.compile(r"request \(" + _NUMBER + r" tokens\)", re.IGNORECASE),
    re.compile(
        r"(?:inputs?|prompt)(?: (?:length|tokens?|has|contains|of|is|at least))*[ (=:]{0,3}"
        + _NUMBER,
        re.IGNORECASE,
    ),
)
_ABOUT_LENGTH = re.compile(r"context|max_model_len|tokens", re.IGNORECASE)
_ABOUT_CONTEXT = re.compile(r"context[ _-](?:length|window|size|limit)", re.IGNORECASE)


def fit(prompt_tokens: int, max_tokens: int, context: int | None) -> int:
    """Return `max_tokens`, cut where the context ends.

    Parameters
    ----------
    prompt_tokens : int
        Length of the prompt.
    max_tokens : int
        Longest completion asked for.
    context : int or None
        Prompt and completion together at most; None is not known.

    Raises
    ------
    GenerationError
        If the prompt leaves no room for a single token.
    """
    if context is None:
        return max_tokens
    if prompt_tokens >= context:
        raise GenerationError(no_room(prompt_tokens, context))
    return min(max_tokens, context - prompt_tokens)


def no_room(prompt_tokens: int, context: int) -> str:
    """Say that a prompt fills the context."""
    return (
        f"a prompt of {prompt_tokens:,} tokens does not fit the model's context of {context:,}; "
        "leave that problem out, or use a model or server with a longer context"
    )


def token_bound(prompts: Iterable[Prompt], max_tokens: int) -> int:
    """Return how many tokens a prompt and its completion have at most, without a tokenizer.

    A token is a byte at least; what a chat template adds is counted with `TEMPLATE_BOUND`.
    """
    longest = 0
    for prompt in prompts:
        texts = [prompt] if isinstance(prompt, str) else [text_of(t["content"]) for t in prompt]
        longest = max(longest, sum(len(text.encode("utf-8", "replace")) for text in texts))
    return longest + TEMPLATE_BOUND + max_tokens


def cut_note(max_tokens: int, context: int | None) -> str:
    """Say that completions were asked for that the context has no room for."""
    known = "" if context is None else f" ({context:,} tokens)"
    return (
        f"the model's context{known} had not always room for a prompt and `max_tokens` "
        f"{max_tokens:,} more: such completions end where it ends"
    )


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a server's refusal says about lengths, in tokens; None is not said."""

    context: int | None
    prompt: int | None

    @classmethod
    def read(cls, reason: str, asked: int) -> "Refusal | None":
        """Read a refusal; None if it speaks of something else than lengths.

        Parameters
        ----------
        reason : str
            The server's words.
        asked : int
            The `max_tokens` of the refused request.
        """
        numbers = [_whole(found) for found in re.findall(r"\d[\d,_]*", reason)]
        if not numbers:
            return cls(None, None) if _ABOUT_CONTEXT.search(reason) else None
        if not _ABOUT_LENGTH.search(reason):
            return None
        context = next(
            (
                value
                for pattern in _CONTEXT
                for found in pattern.finditer(reason)
                if (value := _whole(found.group(1))) != asked
            ),
            None,
        )
        prompt = next(
            (_whole(found.group(1)) for pattern in _PROMPT if (found := pattern.search(reason))),
            None,
        )
        total = next((value for value in numbers if value - asked in numbers), None)
        if prompt is None and total is not None:
            prompt = total - asked
        if context is None and asked not in numbers:
            return None
        return cls(context, None if prompt == context else prompt)


def next_try(asked: int, refusal: Refusal, listed: int | None, characters: int) -> int | None:
    """Return the `max_tokens` to ask with after a refusal; None if nothing smaller can help.

    Parameters
    ----------
    asked : int
        The `max_tokens` of the refused request.
    refusal : Refusal
        What the server said.
    listed : int or None
        The context in the server's list of models.
    characters : int
        Length of the prompt.
    """
    context = refusal.context or listed
    if context is None:
        tried = asked // 2
    elif refusal.prompt is not None:
        tried = context - refusal.prompt
        if tried < asked:
            return tried if tried > 0 else None
        tried = asked // 2  # the figures mean something else
    elif asked > context:  # some servers cut by themselves, once the figure alone is possible
        tried = context
    else:
        tried = context - characters // CHARS_PER_TOKEN - TEMPLATE_TOKENS
        tried = tried if LEAST_ROOM <= tried < asked else asked // 2
    return tried if tried >= LEAST_ROOM else None


def _whole(text: str) -> int:
    return int(text.replace(",", "").replace("_", ""))
