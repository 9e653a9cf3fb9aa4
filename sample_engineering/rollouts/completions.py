"""The text of a completion, however a log nests it, and whether it was cut off."""

from collections.abc import Mapping
from typing import Any

from sample_engineering.pool.written import unpacked
from sample_engineering.rollouts.prompts import content_of

_CUT = frozenset(
    ("length", "max_tokens", "max_length", "truncated", "model_length", "max_new_tokens", "abort")
)
_MODEL = ("assistant", "model", "gpt", "ai")


def completion_texts(value: Any) -> list[str]:
    """Return the completions in a cell: a text, messages, items of a response, or lists of them.

    A list of messages is one completion, what the model said last; a list of texts is one each.
    """
    if value is None:
        return [""]
    if isinstance(value, str):
        if value.lstrip().startswith(("[{'role'", '[{"role"', "[{'content'", '[{"content"')):
            parsed = unpacked(value)
            if isinstance(parsed, list):
                return completion_texts(parsed)
        return [value]
    if isinstance(value, Mapping):
        for name in ("completion", "text", "content", "message", "output", "choices"):
            if value.get(name) is not None:
                return completion_texts(value[name])
        return [""]
    if not isinstance(value, list):
        return [str(value)]
    if value and all(isinstance(one, Mapping) for one in value):
        return [_said(value)]
    if value and all(isinstance(one, str) for one in value):
        return list(value)
    return [completion_texts(one)[0] if completion_texts(one) else "" for one in value]


def _said(messages: list[Mapping[str, Any]]) -> str:
    """Return what the model said last in a conversation, or in the items of a response."""
    spoken = [
        one
        for one in messages
        if str(one.get("role", one.get("from", "assistant"))).lower() in _MODEL
        and one.get("type", "message") in ("message", "text", "output_text")
    ]
    for one in reversed(spoken):
        text = content_of(one.get("message", one))
        if text:
            return text
    return ""


def was_cut(value: Any) -> float | None:
    """Say what share was cut at the longest length, from a flag, a share or a reason to stop."""
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, int | float):
        return float(value) if 0 <= value <= 1 else None
    if isinstance(value, str):
        word = value.strip().lower()
        if word in ("true", "false"):
            return float(word == "true")
        return float(word in _CUT) if word else None
    return None
