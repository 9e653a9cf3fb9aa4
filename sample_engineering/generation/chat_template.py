"""What a tokenizer's chat template does, found by reading and rendering it.

Nothing here knows the names of models: what a template writes after an assistant's turn, which
switches it knows and whether it opens a turn for the answer are read off the template itself.
Templates are text from elsewhere; transformers renders them in a sandbox.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.generation.protocol import Prompt
from sample_engineering.registry import suggestion

# Letters only, so that no template trims, splits or escapes it.
_MARK = "Qxjzwvkq"
_QUESTION = "Jqzxvwkj"
_MARKER = re.compile(r"<[^<>\s]+>|\[[^\[\]\s]+\]")
# White space, also as the byte-level alphabets of tokenizers write it.
_BLANK = re.compile(r"[\s\u0120\u010a\u2581]*")


@dataclass(frozen=True, slots=True)
class EndOfTurn:
    """What ends an assistant's turn.

    Parameters
    ----------
    ids : tuple of int
        Tokens of the vocabulary, e.g. that of ``<|im_end|>``.
    texts : tuple of str
        Texts that are no token of their own.
    """

    ids: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()


def end_of_turn(tokenizer: Any) -> EndOfTurn:
    """Return what the chat template writes right after an assistant's turn.

    A conversation that ends with an answer is rendered, and what follows the answer is looked at:
    its first special token, or, where it holds none, its text if that stands before a next question
    too (some templates end every conversation with the heading of the next answer). White space
    ends nothing. Without a chat template, or with one that does not render such a conversation,
    nothing ends a turn.
    """
    asked, answered = answered_conversation()
    text = _rendered(tokenizer, [asked, answered])
    _, found, after = (text or "").rpartition(_MARK)
    if not found or not after.strip():
        return EndOfTurn()
    tokens = _special_tokens(tokenizer)
    places = {token: place for token in tokens if (place := after.find(token)) >= 0}
    if places:
        first = min(places, key=lambda token: (places[token], -len(token)))
        if not after[: places[first]].strip():
            return EndOfTurn(ids=(tokens[first],))
        after = after[: places[first]]
    mark = after.strip()
    longer = _rendered(tokenizer, [asked, answered, asked]) or ""
    between = longer.rpartition(_MARK)[2].partition(_QUESTION)[0]
    return EndOfTurn(texts=(mark,)) if between.strip().startswith(mark) else EndOfTurn()


def answered_conversation() -> list[dict[str, str]]:
    """Return a question and an answer whose end is easy to find in what a template makes of it."""
    return [
        {"role": "user", "content": _QUESTION},
        {"role": "assistant", "content": _MARK},
    ]


def end_in_tokens(ids: Sequence[int], texts: Sequence[str]) -> EndOfTurn:
    """Return what ends the answer of `answered_conversation`, from its tokens and their texts.

    A token is taken for a marker if its text stands in brackets, as ``<|im_end|>`` and ``[/s]`` do.

    Raises
    ------
    ValueError
        If there are not as many texts as ids, or they are of other types.
    """
    if len(ids) != len(texts) or not all(isinstance(id_, int) for id_ in ids):
        raise ValueError("tokens and their texts do not match")
    whole = ""
    after: list[tuple[int, str]] = []
    for id_, text in zip(ids, texts, strict=True):
        if whole.endswith(_MARK) or after:
            after.append((id_, text))
        else:
            whole += text
    for id_, text in after:
        if _MARKER.fullmatch(text):
            return EndOfTurn(ids=(id_,))
        if not _BLANK.fullmatch(text):
            break
    return EndOfTurn()


def end_tokens(model: Any, tokenizer: Any) -> list[int]:
    """Return the ids that end an answer, sorted: all that anyone declares.

    The tokenizer, the model's generation settings (None for a model without) and the chat template
    each have a say: base models often declare another token than their template ends a turn with.
    """
    settings = getattr(model, "generation_config", None)
    declared = getattr(settings, "eos_token_id", None)
    ids = {
        tokenizer.eos_token_id,
        *(declared if isinstance(declared, list | tuple) else [declared]),
        *end_of_turn(tokenizer).ids,
    }
    return sorted(token for token in ids if token is not None)


def check_template_kwargs(tokenizer: Any, told: Mapping[str, Any]) -> None:
    """Raise ConfigError for what a chat template is told and does not use."""
    if not told:
        return
    template = _template_text(tokenizer)
    if template is None:
        raise ConfigError(
            "`chat_template_kwargs` would be ignored: the model's tokenizer has no chat template; "
            "leave it out"
        )
    used = _names_in(template)
    for name in told:
        if name not in used:
            switches = sorted(used & _SWITCHES) or sorted(used - _USUAL)
            near = suggestion(name, switches) if switches else "leave it out"
            raise ConfigError(
                f"`chat_template_kwargs` {name!r} would be ignored: the model's chat template "
                f"does not use it; {near}"
            )


def generation_prompt_fault(tokenizer: Any) -> str | None:
    """Return what is wrong with how a chat template opens the answer, or None.

    A template that pays no heed to ``add_generation_prompt`` leaves the model at the end of the
    user's turn: it may write that turn on, and a begun answer has no place. Without a chat template
    there is nothing wrong, since chats are then continued as text.
    """
    if _template_text(tokenizer) is None:
        return None
    asked = [{"role": "user", "content": _QUESTION}]
    opened = _rendered(tokenizer, asked, add_generation_prompt=True)
    if opened is None:
        return "the chat template does not render a single question; use a plain template"
    if _QUESTION not in opened:
        return "the chat template leaves the question out; use a plain template"
    answered = _rendered(tokenizer, [*asked, {"role": "assistant", "content": _MARK}]) or ""
    before, found, _ = answered.rpartition(_MARK)
    # Some templates open an answer with nothing at all, and then there is nothing to ask for.
    headed = not found or before.strip() != opened.strip()
    if headed and opened == _rendered(tokenizer, asked):
        return (
            "the chat template opens no turn for the answer (it ignores add_generation_prompt); "
            "correct it in the model's folder, or use a plain template"
        )
    return None


def system_fault(tokenizer: Any) -> str | None:
    """Return why a system message does not reach the model, or None."""
    if _template_text(tokenizer) is None:
        return None
    text = _rendered(
        tokenizer,
        [{"role": "system", "content": _MARK}, {"role": "user", "content": _QUESTION}],
    )
    if text is None:
        return "the chat template refuses a system message; say it in the template's user message"
    if _MARK not in text:
        return "the chat template leaves a system message out; say it in the user message"
    return None


def conditions_fault(
    tokenizer: Any, asked: Iterable[tuple[Prompt, Mapping[str, Any]]]
) -> str | None:
    """Return what of these prompts would not reach the model as it was meant, or None.

    Parameters
    ----------
    tokenizer : tokenizer
    asked : iterable of (prompt, chat_template_kwargs)
        As `asking.Protocol` makes them. Texts pass by the chat template.
    """
    chats = [(prompt, told) for prompt, told in asked if not isinstance(prompt, str)]
    if not chats:
        return None
    for _, told in chats:
        try:
            check_template_kwargs(tokenizer, told)
        except ConfigError as error:
            return str(error)
    if any(message.get("role") == "system" for prompt, _ in chats for message in prompt) and (
        fault := system_fault(tokenizer)
    ):
        return fault
    return generation_prompt_fault(tokenizer)


# Switches of chat templates in use; only for hints in errors.
_SWITCHES = frozenset({"enable_thinking", "thinking", "reasoning_effort", "date_string"})
# What nearly every template uses; also only for hints.
_USUAL = frozenset(
    {
        *("messages", "message", "role", "content", "loop", "first", "last", "index0", "tools"),
        *("for", "in", "if", "else", "elif", "endif", "endfor", "set", "not", "and", "or", "is"),
        *("true", "false", "none", "bos_token", "eos_token", "add_generation_prompt", "defined"),
        *("raise_exception", "trim", "tojson", "namespace", "strip", "length", "macro", "endmacro"),
    }
)


def _template_text(tokenizer: Any) -> str | None:
    """The template that `apply_chat_template` would take, or None."""
    if not getattr(tokenizer, "chat_template", None):
        return None
    try:
        return str(tokenizer.get_chat_template())
    except (ValueError, AttributeError):  # several, and none is the default
        return None


@lru_cache(maxsize=64)
def _names_in(template: str) -> frozenset[str]:
    import jinja2

    try:
        tokens = list(jinja2.Environment().lex(template))
    except jinja2.TemplateError:
        return frozenset()
    return frozenset(value for _, kind, value in tokens if kind == "name")


def _rendered(
    tokenizer: Any, messages: Sequence[Mapping[str, str]], add_generation_prompt: bool = False
) -> str | None:
    """Return a conversation as text, or None where the template does not render it."""
    if _template_text(tokenizer) is None:
        return None
    try:
        text = tokenizer.apply_chat_template(
            [dict(message) for message in messages],
            tokenize=False,
            add_generation_prompt=add_generation_prompt,
        )
    except Exception:  # a template may fail in any way, and raise what it likes
        return None
    return text if isinstance(text, str) else None


def _special_tokens(tokenizer: Any) -> dict[str, int]:
    """Tokens that stand for themselves wherever their text occurs, by their text."""
    tokens = dict(tokenizer.get_added_vocab())
    for token, id_ in zip(tokenizer.all_special_tokens, tokenizer.all_special_ids, strict=True):
        tokens[token] = id_
    return {token: id_ for token, id_ in tokens.items() if token.strip()}
