"""Addresses of files and folders in a store, and what of them may be shown."""

import re
from dataclasses import dataclass

from sample_engineering.errors import ConfigError
from sample_engineering.named_elsewhere import STORE
from sample_engineering.redaction import HIDDEN, redacted

_WEB = ("http", "https")
_BUCKETLESS = ("memory", "file", "local")
_QUERY = re.compile(r"""(https?://[^\s?'"]+\?)[^\s'"]+""")


@dataclass(frozen=True)
class Address:
    """Where a file or folder lies in a store.

    Parameters
    ----------
    scheme : str
        Which store: ``s3``.
    rest : str
        What follows ``scheme://``, without a slash at the end.
    """

    scheme: str
    rest: str

    @classmethod
    def read(cls, text: str) -> "Address":
        """Read an address.

        Raises
        ------
        ConfigError
            If it names nothing, or no folder of this machine could hold a copy of it.
        """
        match = STORE.fullmatch(text)
        if match is None:
            raise ConfigError(f"{screened(text)} is no address; write SCHEME://PLACE")
        address = cls(match[1].lower(), match[2].rstrip("/"))
        if address.scheme == "file":
            raise ConfigError(f"{address} lies on this machine; give the path without file://")
        parts = address.path.removeprefix("/").split("/")
        if "::" in text:
            raise ConfigError(f"{address} is a chain of addresses; give one")
        if not address.path.strip("/") or any(part in ("", ".", "..") for part in parts):
            raise ConfigError(f"{address} has an empty part, or one of dots; name each part")
        return address

    @property
    def path(self) -> str:
        """Without the query of an address of the web."""
        return self.rest.partition("?")[0] if self.scheme in _WEB else self.rest

    @property
    def name(self) -> str:
        """The last part."""
        return self.path.rpartition("/")[2]

    @property
    def above(self) -> str:
        """The address of the folder that it lies in, with a slash at the end."""
        return f"{self.scheme}://{self.rest[: len(self.path) - len(self.name)]}"

    @property
    def text(self) -> str:
        """All of it, for the store alone."""
        return f"{self.scheme}://{self.rest}"

    @property
    def is_bucket(self) -> bool:
        """Whether it names a whole bucket, beside which nothing can lie."""
        return self.scheme not in _BUCKETLESS and "/" not in self.path

    def __str__(self) -> str:
        return screened(self.text)

    def __repr__(self) -> str:
        return f"Address({str(self)!r})"


def screened(text: str) -> str:
    """Return text without the secrets in it, nor what follows a ``?`` in an address of the web.

    That may be a signature, whatever it is called there.
    """
    return redacted(_QUERY.sub(rf"\1{HIDDEN}", text))
