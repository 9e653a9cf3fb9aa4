"""Completions that start inside an answer already begun, such as an open box.

For a text this is the text itself with the beginning appended; for a chat the assistant's message
is begun and the model continues it. Not every server can continue a message: it is found out, and
said, rather than reported as a low pass rate.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sample_engineering.generation.chat_template import check_template_kwargs
from sample_engineering.generation.prompts import (
    encode_all,
    flatten,
    for_tokenizer,
    template_of,
)
from sample_engineering.generation.protocol import Generator, Prompt


def begin_answer(prompt: Prompt, beginning: str) -> Prompt:
    """Return `prompt` with the answer begun: text appended, or an assistant's message added."""
    if isinstance(prompt, str):
        return prompt + beginning
    return [*prompt, {"role": "assistant", "content": beginning}]


def begun_text(
    prompt: Prompt, tokenizer: Any, chat_template_kwargs: Mapping[str, Any] | None = None
) -> Prompt:
    """Return a chat with a begun answer as one text that `tokenizer` reads without change.

    Texts, and chats that do not end with an assistant's message, are returned as they are.
    """
    if isinstance(prompt, str) or not prompt or prompt[-1].get("role") != "assistant":
        return prompt
    told = dict(chat_template_kwargs or {})
    if isinstance(for_tokenizer(prompt, tokenizer), str):  # no chat template
        begun: str = prompt[-1]["content"]
        return flatten(prompt[:-1]) + begun
    with template_of(tokenizer):
        text: str = tokenizer.apply_chat_template(
            [dict(message) for message in prompt],
            tokenize=False,
            continue_final_message=True,
            **told,
        )
    # The template writes the beginning-of-text token and the tokenizer adds it again.
    start = getattr(tokenizer, "bos_token", None)
    if start and text.startswith(start) and _adds_start(tokenizer):
        text = text.removeprefix(start)
    return text


def encode_begun(
    prompts: Sequence[Prompt],
    tokenizer: Any,
    chat_template_kwargs: Mapping[str, Any] | None = None,
) -> list[list[int]]:
    """Return the token ids of prompts; begun answers are left open.

    Parameters
    ----------
    prompts, tokenizer, chat_template_kwargs
        As for `prompts.encode_all`.
    """
    told = chat_template_kwargs or {}
    if any(not isinstance(prompt, str) for prompt in prompts):
        check_template_kwargs(tokenizer, told)
    ready = [begun_text(prompt, tokenizer, told) for prompt in prompts]
    return encode_all(ready, tokenizer, told)


def _adds_start(tokenizer: Any) -> bool:
    ids = tokenizer("a")["input_ids"]
    return bool(ids) and ids[0] == tokenizer.bos_token_id


def begin_all(
    generator: Generator, prompts: Sequence[Prompt], beginning: str
) -> tuple[list[Prompt] | None, str | None]:
    """Begin the answer of every prompt, if `generator` continues answers already begun.

    Returns
    -------
    prompts, why_not : list or None, str or None
        The prompts, or None and the reason why this generator cannot.
    """
    begun = [begin_answer(prompt, beginning) for prompt in prompts]
    first = next((prompt for prompt in begun if not isinstance(prompt, str)), None)
    if first is None or generator.can_prefill(first):
        return begun, None
    return None, (
        f"{generator.name} does not continue a begun answer; "
        "a plain template, vLLM or transformers can force answers"
    )
