"""The address of a server, and of a model there, as users write them and as they are asked."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from sample_engineering.errors import ConfigError, refuse_secrets
from sample_engineering.named_elsewhere import is_http


def is_local(url: str) -> bool:
    """Whether a base URL is that of this machine."""
    return urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")


def server_url(text: str) -> str:
    """Return the base URL of a server: scheme and ``/v1`` are added where they lack.

    Raises
    ------
    ConfigError
        If it is not an http or https address, or holds a user name or password.
    """
    refuse_secrets("server", text)
    url = text.strip()
    url = (url if "://" in url else "http://" + url).rstrip("/")
    if not is_http(url):
        raise ConfigError(
            f"{text!r} is not the address of a server; use one like http://localhost:8000/v1"
        )
    return url if urlsplit(url).path else url + "/v1"


@dataclass(frozen=True, slots=True)
class Named:
    """A model by name, and its server where it has one."""

    model: str
    server: str | None = None


def read_name(text: str) -> Named:
    """Read ``MODEL`` or ``MODEL@URL``.

    Raises
    ------
    ConfigError
        If a part is missing, or what follows the @ is no address.
    """
    model, mark, address = text.strip().rpartition("@")
    if not mark:
        return Named(text.strip())
    if "://" not in address:
        raise ConfigError(
            f"{text!r:.100} is neither MODEL nor MODEL@URL; write e.g. my-model@http://localhost:8000"
            "/v1"
        )
    if not model or not is_http(address):
        raise ConfigError(f"{text!r:.100} names no model or no server; write MODEL@URL")
    return Named(model, address)
