"""Texts that name something which is no path: in a store, on the hub, at a server, made anew.

Each question has its one answer here. What follows from it is each caller's own.
"""

import re
from urllib.parse import urlsplit

HUB = "hf:"  # a data set of the Hugging Face hub, hf:OWNER/NAME
MADE = "rg:"  # problems of reasoning-gym
_MADE_OR_HUB = (HUB, MADE)
# One letter before :// is a drive of Windows.
STORE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://(.*)", re.DOTALL)
# As huggingface_hub's validate_repo_id has it (1.x, utils/_validators.py).
_PART = r"\b[\w.-]{1,96}\b"
_REPOSITORY = re.compile(rf"{_PART}/{_PART}", re.ASCII)
_MODEL = re.compile(rf"(?:{_PART}/)?{_PART}", re.ASCII)


def is_address(value: object) -> bool:
    """Whether a value is a text that names a place in a store or on the web: ``SCHEME://...``."""
    return isinstance(value, str) and STORE.fullmatch(value) is not None


def is_elsewhere(text: str) -> bool:
    """Whether a text names a pool that is no file here, whatever lies here under that name."""
    return text.startswith(_MADE_OR_HUB) or is_address(text)


def is_repository(text: str) -> bool:
    """Whether a text is ``OWNER/NAME`` as the Hugging Face hub allows it."""
    return _REPOSITORY.fullmatch(text) is not None and _allowed(text)


def may_be_model(text: str) -> bool:
    """Whether a text can name a model of the hub, ``OWNER/NAME`` or an old ``NAME``."""
    return _MODEL.fullmatch(text) is not None and _allowed(text)


def _allowed(text: str) -> bool:
    return "--" not in text and ".." not in text and not text.endswith(".git")


def is_http(text: str) -> bool:
    """Whether a text is an address of a server, with its scheme: ``http://HOST[:PORT]...``."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
