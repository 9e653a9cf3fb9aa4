"""The problem in a prompt: without the chat template around it, and as what two texts compare."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from sample_engineering.pool.turns import MARKED
from sample_engineering.pool.written import unpacked

# What the user says last, in the templates of the families; each ends where the model begins.
_USER = tuple(
    re.compile(begin + r"(.*?)(?:" + end + r"|\Z)", re.DOTALL)
    for begin, end in (
        *MARKED,
        (r"### (?:Instruction|Question|User):?\s*\n", r"\n### (?:Response|Answer|Assistant)"),
        # verl decodes without special tokens: "system\n...\nuser\nPROBLEM\nassistant\n"
        (r"(?:\A|\n)user\n", r"\n(?:assistant|model)\b"),
        (r"(?:\A|\n|\s)(?:User|Human|USER|HUMAN): ?", r"\b(?:Assistant|AI|ASSISTANT):"),
    )
)
_SYSTEM_ENDS = "<</SYS>>"
_SPECIAL = re.compile(r"<\|[^<>|\s]{1,40}\|>|<｜[^<>｜]{1,40}｜>|</?s>|<(?:bos|eos|pad)>")
_TOKEN = re.compile(r"\w+|[^\w\s]")
# Marks of mathematics that one file has and another leaves out.
_MARKS = re.compile(r"\\[()\[\]]|\$|\\[,;! ]|\\(?:left|right|displaystyle)\b|~")
_USERS = ("user", "human")


def prompt_text(value: Any) -> str | None:
    """Return the text of a prompt: a text, messages, or either of them written as JSON or Python.

    Of a conversation it is what the user said last.
    """
    if isinstance(value, str):
        told = value.lstrip()
        if told.startswith(("[{", '{"', "{'")):
            parsed = unpacked(told)
            if isinstance(parsed, list | dict):
                return prompt_text(parsed) or value
        return value if told else None
    if isinstance(value, Mapping):
        for name in ("messages", "input", "prompt", "problem", "question", "content", "text"):
            if value.get(name):
                return prompt_text(value[name])
        return None
    if not isinstance(value, Sequence):
        return None
    messages = [one for one in value if isinstance(one, Mapping)]
    for one in reversed(messages):
        if str(one.get("role", one.get("from", ""))).lower() in _USERS:
            return content_of(one) or None
    if len(value) == 1 and isinstance(value[0], str | list):
        return prompt_text(value[0])
    return content_of(messages[-1]) or None if messages else None


def content_of(message: Any) -> str:
    """Return the text of a message, whose content may be parts."""
    if isinstance(message, str):
        return message
    if isinstance(message, Mapping):
        for name in ("content", "text", "value", "output_text"):
            if message.get(name) is not None:
                return content_of(message[name])
        return ""
    if isinstance(message, Sequence):
        return "\n".join(text for text in map(content_of, message) if text)
    return "" if message is None else str(message)


def problem_in(prompt: str) -> str:
    """Return what the user says last in a prompt; without a chat template the prompt itself."""
    for pattern in _USER:
        said = pattern.findall(prompt)
        if said and said[-1].strip():
            return str(said[-1]).rpartition(_SYSTEM_ENDS)[2].strip()
    return _SPECIAL.sub(" ", prompt).strip()


def tokens_of(text: str) -> list[str]:
    r"""Return words and signs; ``$x$`` and ``\(x\)`` are the same, and so are all spaces."""
    plain = unicodedata.normalize("NFKC", text)
    return _TOKEN.findall(_MARKS.sub(" ", plain).casefold())


def digest(tokens: Sequence[str]) -> bytes:
    """Return a key of a text by its tokens."""
    return blake2b(" ".join(tokens).encode("utf-8", "replace"), digest_size=16).digest()
