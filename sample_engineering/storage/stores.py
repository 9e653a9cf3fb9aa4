"""What is asked of a store, and what it answers in words."""

import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

from sample_engineering.errors import MissingExtraError, SampleEngineeringError, StorageError
from sample_engineering.extras import require
from sample_engineering.storage.addresses import Address, screened

# By scheme: the module that it needs, and the extra that brings it.
_EXTRAS = {
    "s3": ("s3fs", "s3"),
    "s3a": ("s3fs", "s3"),
    "gs": ("gcsfs", "gs"),
    "gcs": ("gcsfs", "gs"),
    "hf": ("huggingface_hub", "hub"),
    "http": ("aiohttp", "http"),
    "https": ("aiohttp", "http"),
}
# What tells one state of an object from another, as the stores call it.
_MARKS = (
    *("size", "ETag", "etag", "md5Hash", "generation", "version_id", "blob_id", "ino"),
    *("mtime", "LastModified", "last_modified", "created", "updated"),
)
_LONGEST = 200  # characters of what a store says
_TRANSIENT = (ConnectionError, TimeoutError)


class Store:
    """The store of an address.

    Parameters
    ----------
    address : Address

    Raises
    ------
    MissingExtraError
        If the library that reads it is not installed.
    StorageError
        If no library reads addresses of this kind.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        fsspec = require("fsspec", "s3")
        if address.scheme in _EXTRAS:
            require(*_EXTRAS[address.scheme])
        known = require("fsspec.registry", "s3").known_implementations
        if address.scheme not in {*known, *fsspec.available_protocols()}:
            raise StorageError(
                f"{address}: no store is called {address.scheme}; give s3://, gs://, hf://, or "
                "another of fsspec"
            )
        try:
            with self._in_words("open", address):
                self._files, self._root = fsspec.core.url_to_fs(address.text)
        except ImportError as error:
            raise MissingExtraError(f"{address}: {_needed(known, address.scheme)}") from error

    @property
    def commits(self) -> bool:
        """Whether each write is a commit that stays, so that nothing is written on trial."""
        return self.address.scheme == "hf"

    def key(self, beside: str) -> str:
        """Return the key of a name beside the place."""
        return f"{self._root[: len(self._root) - len(self.address.name)]}{beside}"

    def look(self, *, beside: bool) -> Mapping[str, str]:
        """Return what is there now: names, from the folder that holds the place, with their marks.

        The place itself if it is a file, and what lies below it if it is a folder.

        Parameters
        ----------
        beside : bool
            Whether also what lies beside it under its name and a further ending
            (``out.jsonl.journal``).

        Raises
        ------
        StorageError
            If that cannot be found out.
        """
        above, name = self.key(""), self.address.name
        found: dict[str, str] = {}
        with self._in_words("read", self.address):
            self._files.invalidate_cache()
            for key, about in self._below(self._root).items():
                found[f"{name}{key[len(self._root) :]}"] = mark_of(about)
            for about in self._listed(above.rstrip("/")) if beside else ():
                other = str(about["name"]).rpartition("/")[2]
                if about.get("type") == "file" and other.startswith(f"{name}."):
                    found[other] = mark_of(about)
        return {one: found[one] for one in sorted(found) if one and not one.endswith("/")}

    def _below(self, root: str) -> dict[str, Any]:
        try:
            about = self._files.info(root)
        except FileNotFoundError:
            return {}
        if about.get("type") == "file":
            return {root: about}
        found: dict[str, Any] = self._files.find(root, detail=True)
        return {key: one for key, one in found.items() if one.get("type") == "file"}

    def _listed(self, folder: str) -> list[dict[str, Any]]:
        try:
            return list(self._files.ls(folder, detail=True))
        except FileNotFoundError:
            return []

    def matching(self) -> list[str]:
        """Return the addresses that the place means as a pattern, in order."""
        with self._in_words("read", self.address):
            found = sorted(self._files.glob(self._root))
            return [str(self._files.unstrip_protocol(key)) for key in found]

    def fetch(self, name: str, into: str) -> None:
        """Bring one file here."""
        with self._in_words("read", self.address):
            self._files.get_file(self.key(name), into)

    def read(self, name: str) -> bytes | None:
        """Return a small file; None where there is none."""
        with self._in_words("read", self.address):
            try:
                self._files.invalidate_cache()
                found: bytes = self._files.cat_file(self.key(name))
            except FileNotFoundError:
                return None
            return found

    def send(self, stream: BinaryIO, size: int, name: str) -> None:
        """Write one file there: so many bytes of a stream."""
        with self._in_words("write", self.address):
            self._made_above(name)
            if size <= _AT_ONCE:
                self._files.pipe_file(self.key(name), stream.read(size))
                return
            with self._files.open(self.key(name), "wb") as there:
                while size > 0 and (part := stream.read(min(size, _AT_ONCE))):
                    there.write(part)
                    size -= len(part)

    def write(self, name: str, content: bytes, *, new: bool = False) -> bool:
        """Write a small file there; with `new` only where there is none, if the store can do that.

        Returns
        -------
        bool
            Whether it was written.
        """
        with self._in_words("write", self.address):
            self._made_above(name)
            try:
                mode = "create" if new else "overwrite"
                self._files.pipe_file(self.key(name), content, mode=mode)
            except FileExistsError:
                return False
            except OSError as error:  # as S3 says that a condition was not met
                if new and _status(error) in (409, 412):
                    return False
                raise
            return True

    def remove(self, name: str) -> None:
        """Take one file away there; none is as good."""
        with self._in_words("write", self.address):
            try:
                self._files.rm_file(self.key(name))
            except FileNotFoundError:
                return

    def _made_above(self, name: str) -> None:
        """Make the folder of a file, in stores that have folders."""
        above = self.key(name).rpartition("/")[0]
        if self.address.scheme in _HAVE_FOLDERS and above:
            self._files.makedirs(above, exist_ok=True)

    @contextmanager
    def _in_words(self, verb: str, what: object) -> Iterator[None]:
        try:
            yield
        except (SampleEngineeringError, ImportError):
            raise
        except Exception as error:
            raise StorageError(f"cannot {verb} {what}: {_why(error, verb)}") from error


_AT_ONCE = 16 * 2**20  # bytes of a file that are sent at once
_HAVE_FOLDERS = ("memory", "ftp", "sftp", "ssh", "smb", "webhdfs", "hdfs", "dbfs", "local")


def _needed(known: Mapping[str, Any], scheme: str) -> str:
    """Say what must be installed for a store that has no extra of ours."""
    about = known.get(scheme, {})
    package = str(about.get("class", "")).partition(".")[0]
    if package in ("", "fsspec"):  # it has the class, and says what that needs
        return str(about.get("err") or "a library for it is not installed")
    return (
        f"{package} is not installed; run: {shlex.quote(sys.executable)} -m pip install {package}"
    )


def mark_of(about: Mapping[str, Any]) -> str:
    """Return what tells this state of an object from others."""
    return "|".join(str(about[name]) for name in _MARKS if about.get(name) is not None)


def _status(error: BaseException) -> int | None:
    """Return the status of the answer that an error tells of."""
    for one in (error, error.__cause__, error.__context__):
        answer = getattr(one, "response", None)
        if isinstance(answer, Mapping):  # botocore
            found = answer.get("ResponseMetadata", {}).get("HTTPStatusCode")
        else:
            found = getattr(answer, "status_code", None) or getattr(one, "status", None)
        if isinstance(found, int):
            return found
    return None


def _why(error: Exception, verb: str) -> str:
    """Say what went wrong, on one line, without secrets, with what to do."""
    kind, status = type(error).__name__, _status(error)
    said = " ".join(screened(str(error)).split()).rstrip(".")[:_LONGEST] or kind
    if isinstance(error, NotImplementedError):
        return "such addresses can only be read; choose another place"
    if kind in ("NoCredentialsError", "PartialCredentialsError") or status == 401:
        return "there are no credentials for it; set those of the store, e.g. AWS_PROFILE"
    if isinstance(error, PermissionError) or status == 403:
        may = "written to" if verb == "write" else "read"
        return f"access denied; check that it may be {may} with these credentials"
    if isinstance(error, FileNotFoundError) or status == 404:
        return "there is no such bucket or folder; check the name, or make the bucket"
    if kind == "OfflineModeIsEnabled":
        return "HF_HUB_OFFLINE is set; unset it"
    if isinstance(error, _TRANSIENT) or "Connect" in kind or "Timeout" in kind:
        return f"the store cannot be reached ({said}); check the network and the endpoint"
    return f"{said} ({kind}); check the address"
