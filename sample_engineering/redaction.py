"""Keys and passwords: what they look like, and how they stay out of all that is shown or kept.

Two rules. What is a secret by where it stands (an address with ``user:password@``, an option named
``token``) is refused where it enters, for it would stand in run folders and process lists; keys
come through the environment. And text that others had a hand in (messages of errors, tracebacks,
command lines) loses every secret on its way out: values of the environment's own keys, keys that
were handed over, and what has the shape of one.
"""

import os
import re
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import TracebackType
from typing import Any

HIDDEN = "***"
_SHORTEST = 8  # characters; a shorter value is as good as a word, which texts hold by chance
_MOST = 1_000  # entries of a list that are looked at: options are few, data may be many
_DEEPEST = 8
# Parts of a name, as HF_TOKEN, hub_token, dbPassword or AWS_SECRET_ACCESS_KEY have them.
_SECRET_PARTS = frozenset(
    (
        *("apikey", "token", "secret", "password", "passwd", "passphrase", "pwd", "bearer"),
        *("credential", "credentials", "authorization", "auth", "jwt"),
    )
)
_KEYS = frozenset(
    ("api", "access", "private", "account", "service", "storage", "auth", "encryption")
)
# Of a name that says where a secret lies, or that means another kind of token.
_PLAIN_PARTS = frozenset(
    (
        *("path", "file", "dir", "sock", "socket", "max", "min", "num", "count", "limit", "length"),
        *("pad", "eos", "bos", "unk", "sep", "cls", "mask", "special", "id", "ids", "type"),
        *("public", "new", "prompt"),
    )
)
_OPTIONS = re.compile(r"(?:kwargs|options|settings|body|headers)$")  # parameters that hold options
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# Every repetition has an end: a run of letters as long as a file is looked at once, not once for
# each of its letters.
_USER = re.compile(r"(?P<scheme>\b[A-Za-z][A-Za-z0-9+.-]{0,31}://)(?!git@)[^\s/?#'\"<>]+@")
_ADDRESS = re.compile(rf"(?:[^\s@]+@)?{_USER.pattern}\S*")  # also MODEL@ADDRESS
_SHAPES = re.compile(
    r"\b(?:hf_|api_org_)[A-Za-z0-9]{16,}"  # Hugging Face
    r"|\bsk-[A-Za-z0-9_-]{16,}"  # OpenAI and those that do as it does
    r"|\b(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{20,}"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\bnvapi-[A-Za-z0-9_-]{20,}|\bAIza[0-9A-Za-z_-]{30,}|\bxox[abprs]-[A-Za-z0-9-]{10,}"
)
# A value that is named: in the query of an address, in a header, as a field of a record.
_NAMED = re.compile(
    r"""(?ix) (?P<name> [?&][\w.-]{0,64}
                        (?:key|token|secret|password|signature|credential)[\w.-]{0,64}=
                      | \b(?:proxy-)?authorization["']?\s{0,8}[:=]\s{0,8}["']?
                        (?:(?:bearer|basic|token)\s{1,8})?
                      | \bbearer\s{1,8}(?=[\w.~+/=-]{0,64}\d)
                      | ["'][\w-]{0,64}token["']\s{0,8}:\s{0,8}["'] | (?:hub|hf)_token=["']?
                      | (?:api[_-]?key|secret|passw(?:or)?d)["']?\s?[:=]\s?["']? )
        (?P<value> [^\s"'&;,<>(){}]{8,})"""
)
_handed_over: dict[str, None] = {}


def keep_secret(value: str) -> None:
    """Note a key that was handed over, so that `redacted` knows it."""
    if len(value) >= _SHORTEST:
        _handed_over[value] = None


def redacted(text: str) -> str:
    """Return a text without the secrets that are in it.

    >>> redacted("cannot reach https://me:pass@host/v1?api_key=0123456789")
    'cannot reach https://***@host/v1?api_key=***'
    """
    for secret in _known():
        if secret in text:
            text = text.replace(secret, HIDDEN)
    if "@" in text:
        text = _USER.sub(rf"\g<scheme>{HIDDEN}@", text)
    text = _SHAPES.sub(HIDDEN, text)
    return _NAMED.sub(lambda found: found["name"] + HIDDEN, text)


def without_known(value: Any) -> Any:
    """Return a JSON-like value without the keys of this process, and otherwise as it is."""
    known = _known()
    return _without(value, known) if known else value


def _without(value: Any, known: list[str]) -> Any:
    if isinstance(value, str):
        for secret in known:
            value = value.replace(secret, HIDDEN)
        return value
    if isinstance(value, Mapping):
        return {key: _without(one, known) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without(one, known) for one in value]
    return value


def names_secret(name: str) -> bool:
    """Whether what has this name is a key or password.

    >>> [names_secret(name) for name in ("HF_TOKEN", "api-key", "MY_KEY", "pad_token", "answerKey")]
    [True, True, True, False, False]
    """
    parts = {part.lower() for part in _PART.findall(name)}
    key = "key" in parts and (name.isupper() or bool(parts & _KEYS))
    return (key or bool(parts & _SECRET_PARTS)) and not parts & _PLAIN_PARTS


def places_of_secrets(name: str, value: Any) -> Iterator[str]:
    """Yield where in a parameter a secret stands, in words; nothing where there is none.

    Addresses are looked at everywhere; names of fields in options only, since data may well have a
    field ``password``.
    """
    yield from _places(name, value, _OPTIONS.search(name) is not None, _DEEPEST)


def _places(name: str, value: Any, options: bool, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        if "@" in value and _ADDRESS.fullmatch(value.strip()):
            yield f"`{name}` holds an address with a user name or password"
    elif options and depth and isinstance(value, Mapping):
        for key, one in value.items():
            if isinstance(one, str) and one and names_secret(str(key)):
                yield f"`{name}` sets `{key}`, which is a key or password"
            else:
                yield from _places(name, one, options, depth - 1)
    elif depth and isinstance(value, list | tuple) and len(value) <= _MOST:
        for one in value:
            yield from _places(name, one, options, depth - 1)


def _known() -> list[str]:
    """Return the secrets of this process, the longest first: one may hold another."""
    found = {value: None for value in _of_environment() if len(value) >= _SHORTEST}
    return sorted(found | _handed_over, key=len, reverse=True)


def _of_environment() -> Iterator[str]:
    for name, value in os.environ.items():
        if _secret_variable(name):
            yield value
        elif "@" in value and "://" in value:
            for found in _USER.finditer(value):
                yield found[0].removeprefix(found["scheme"])[:-1].partition(":")[2]


@cache
def _secret_variable(name: str) -> bool:
    """Whether a variable holds a key or password; the shell's PWD is the folder we are in."""
    return name not in ("PWD", "OLDPWD") and names_secret(name)


def traceback_of(error: BaseException) -> str:
    """Return a traceback as Python prints it, without secrets."""
    return redacted("".join(traceback.format_exception(error)))


def hide_in_tracebacks() -> None:
    """Print what ends this process without secrets."""
    sys.excepthook = _excepthook


def _excepthook(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    sys.stderr.write(traceback_of(error.with_traceback(trace)))


def all_redacted(values: Iterable[object]) -> tuple[object, ...]:
    """Return values with their texts redacted."""
    return tuple(redacted(one) if isinstance(one, str) else one for one in values)
