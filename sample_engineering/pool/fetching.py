"""Fetching images from hosts that the user named, and from no others.

The addresses stand in a file of strangers: one might lead into the user's own network. So the user
says which hosts may be asked, and a redirection to another is refused.
"""

from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from sample_engineering.errors import ConfigError, SampleError
from sample_engineering.images import MAX_BYTES
from sample_engineering.pool.pictures import Fetch

_TIMEOUT = 30.0  # seconds for each step of a connection
_REDIRECTIONS = 5
_REDIRECTED = frozenset((301, 302, 303, 307, 308))


def fetching(hosts: Sequence[str]) -> Fetch:
    """Return a function that fetches images from these hosts.

    Parameters
    ----------
    hosts : sequence of str
        Names such as ``huggingface.co``; not their subdomains.

    Raises
    ------
    ConfigError
        If one is no name of a host.
    """
    allowed = frozenset(host.strip().lower() for host in hosts)
    for host in sorted(allowed):
        if not host or "/" in host or "@" in host or any(map(str.isspace, host)):
            raise ConfigError(
                f"`fetch_images` {host!r} is no host; give names such as huggingface.co"
            )
    if not allowed:
        raise ConfigError("`fetch_images` names no host; give e.g. huggingface.co")

    def fetch(address: str) -> bytes:
        return _fetched(address, allowed)

    return fetch


def _fetched(address: str, allowed: frozenset[str]) -> bytes:
    from httpx2 import Client, HTTPError, InvalidURL

    with Client(timeout=_TIMEOUT, follow_redirects=False) as client:
        for _ in range(_REDIRECTIONS):
            host = _host(address)
            if host not in allowed:
                raise SampleError(
                    f"its image is at {host or 'no host'}, which is none of those that may be "
                    "asked; name it in `fetch_images`"
                )
            try:
                with client.stream("GET", address) as reply:
                    if reply.status_code in _REDIRECTED:
                        address = urljoin(address, reply.headers.get("location", ""))
                        continue
                    if reply.status_code != 200:
                        raise SampleError(f"its image at {host} answers {reply.status_code}")
                    found = bytearray()
                    for piece in reply.iter_bytes():
                        found += piece
                        if len(found) > MAX_BYTES:
                            raise SampleError(
                                f"its image at {host} has more than {MAX_BYTES:,} bytes"
                            )
                    return bytes(found)
            except (HTTPError, InvalidURL, UnicodeError) as error:
                raise SampleError(
                    f"its image at {host} cannot be fetched ({type(error).__name__})"
                ) from error
    raise SampleError(f"its image at {_host(address)} is redirected too often")


def _host(address: str) -> str:
    try:
        parts = urlsplit(address)
        return (parts.hostname or "").lower() if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""
