"""The address of a server, as users write it and as it is asked."""

from urllib.parse import urlsplit

from sample_engineering.errors import ConfigError, refuse_secrets


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
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(
            f"{text!r} is not the address of a server; use one like http://localhost:8000/v1"
        )
    return url if parts.path else url + "/v1"
