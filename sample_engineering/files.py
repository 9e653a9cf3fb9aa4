"""Writing files so that a crash never leaves half of one."""

import json
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from sample_engineering.errors import RunError
from sample_engineering.redaction import without_known

UNFINISHED = ".part"  # ends the names of files that are being written


@contextmanager
def write_whole(path: str | os.PathLike[str], mode: str = "w") -> Iterator[IO[Any]]:
    """Open a temporary file beside `path` and rename it onto `path` if the block succeeds.

    Parameters
    ----------
    path : path-like
        Where the finished file shall lie. Its folder is made if absent.
    mode : {"w", "wb"}
        Text (UTF-8, ``\\n`` line ends) or binary.

    Raises
    ------
    RunError
        If the folder cannot be made or written to, or the disk is full. `path` is then unchanged.
    """
    target = Path(path)
    text: dict[str, Any] = {} if "b" in mode else {"encoding": "utf-8", "newline": "\n"}
    temporary = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(
            dir=target.parent, prefix=f".{target.name}.", suffix=UNFINISHED
        )
        with os.fdopen(handle, mode, **text) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, target)
        temporary = None
    except OSError as error:
        raise RunError(
            f"cannot write {target}: {error.strerror or error}; "
            "free some space or choose another place for `out`"
        ) from error
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def make_writable(folder: str | os.PathLike[str]) -> None:
    """Make a folder, and see before any work is done whether it can be written to.

    Raises
    ------
    RunError
        If it cannot.
    """
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        raise RunError(
            f"cannot write into {place}: {error.strerror or error}; choose another place for `out`"
        ) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_json(path: str | os.PathLike[str], value: Mapping[str, Any]) -> None:
    """Write `value` as indented JSON, whole or not at all; NaN and infinities become null."""
    with write_whole(path) as stream:
        json.dump(
            without_known(finite(value)), stream, indent=2, ensure_ascii=False, allow_nan=False
        )
        stream.write("\n")


def write_json_first(path: str | os.PathLike[str], value: Mapping[str, Any]) -> None:
    """Write as `write_json` does, unless `path` is there: of several writers the first one counts.

    Raises
    ------
    RunError
        If it cannot be written.
    """
    target = Path(path)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(8)}{UNFINISHED}")
    write_json(draft, value)
    try:
        os.link(draft, target)  # fails where it exists, on any file system
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        if not target.exists():
            os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)


def finite(value: Any) -> Any:
    """Return a value that JSON can hold: NaN and infinities become None, numpy scalars numbers."""
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, Mapping):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        return finite(value.item())
    return value


class Journal:
    """An append-only JSONL file that a killed job reads back to resume.

    Every line is flushed to disk before `append` returns. A last line cut short by a crash is
    dropped when the journal is opened again.

    Parameters
    ----------
    path : path-like
        The file; made with its folder if absent.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._drop_cut_line()
            self._stream = self.path.open("ab")
        except OSError as error:
            raise RunError(
                f"cannot open the journal {self.path}: {error.strerror or error}; "
                "choose a writable place for `out`"
            ) from error

    def _drop_cut_line(self) -> None:
        if not self.path.exists():
            return
        data = self.path.read_bytes()
        if data and not data.endswith(b"\n"):
            with self.path.open("r+b") as stream:
                stream.truncate(data.rfind(b"\n") + 1)

    def entries(self) -> Iterator[dict[str, Any]]:
        """Yield what was written so far, oldest first."""
        with self.path.open("rb") as stream:
            for line in stream:
                if line.strip():
                    yield json.loads(line)

    def append(self, entry: Mapping[str, Any]) -> None:
        """Add one entry and force it to disk."""
        line = json.dumps(finite(entry), ensure_ascii=False, allow_nan=False) + "\n"
        try:
            self._stream.write(line.encode("utf-8", "surrogatepass"))
            self._stream.flush()
            os.fsync(self._stream.fileno())
        except OSError as error:
            raise RunError(
                f"cannot write {self.path}: {error.strerror or error}; free some space and resume"
            ) from error

    def close(self) -> None:
        """Close the file; nothing can be written afterwards."""
        self._stream.close()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
