"""Lines of a text file, plain or compressed, in bounded memory."""

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from sample_engineering.errors import PoolError

# A problem with a long worked solution takes some 100 kB; a line past this is a broken file.
MAX_LINE_BYTES = 8 * 2**20
# Text compresses by up to 30, repetitive JSON by 100. Gzip reaches 1,030, zstd far more.
_MAX_RATIO = 200
# Small files may compress as well as they like.
_FREE_BYTES = 64 * 2**20
_CHUNK = 2**16
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


class LineFault(Exception):
    """The rest of the file cannot be read; what came before it stands."""


class _Bounded(io.RawIOBase):
    """Decompressed bytes; stops a file that unpacks to far more than its size."""

    def __init__(self, path: Path, unpacked: Any, size: int, promised: int | None = None) -> None:
        self._path, self._unpacked, self._size, self._promised = path, unpacked, size, promised
        self._total = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        from zstandard import ZstdError

        try:
            data = self._unpacked.read(len(buffer))
        except (EOFError, OSError, zlib.error, ZstdError) as error:
            raise LineFault(f"compressed data is damaged or cut short ({error})") from error
        self._total += len(data)
        if self._total > max(_FREE_BYTES, _MAX_RATIO * self._size):
            raise PoolError(
                f"{self._path} unpacks to more than {_MAX_RATIO} times its size and may be a "
                "decompression bomb; unpack it yourself if you trust it"
            )
        if not data and self._promised is not None and self._total < self._promised:
            raise LineFault("compressed data is cut short")
        buffer[: len(data)] = data
        return len(data)


def open_text(path: Path) -> IO[bytes]:
    """Open a plain, gzip or zstd file for reading bytes; its first bytes say which it is.

    Raises
    ------
    PoolError
        If the file is missing, a folder, unreadable, empty, or not text.
    """
    if path.is_dir():
        raise PoolError(
            f"{path} is a folder; give a file, or hf:./{path.name} for a data set folder"
        )
    try:
        if not path.is_file():
            raise PoolError(f"{path} is not there; check the path")
        size = path.stat().st_size
        if size == 0:
            raise PoolError(f"{path} is empty; give a file with at least one problem")
        stream = _unpacked(path, size)
        head = stream.peek(_CHUNK)
    except LineFault as error:
        raise PoolError(f"{path}: {error}; download or write it again") from error
    except OSError as error:
        raise PoolError(f"cannot read {path}: {error.strerror or error}") from error
    if b"\x00" in head:
        raise PoolError(
            f"{path} is a binary (or UTF-16) file; give JSONL, CSV in UTF-8, or Parquet"
        )
    if not head.strip():
        stream.close()
        raise PoolError(f"{path} holds only blank lines; give a file with at least one problem")
    return stream


def _unpacked(path: Path, size: int) -> io.BufferedReader:
    with path.open("rb") as probe:
        head = probe.read(64)
    if head.startswith(_GZIP_MAGIC):
        return io.BufferedReader(_Bounded(path, gzip.open(path, "rb"), size), _CHUNK)
    if head.startswith(_ZSTD_MAGIC):
        import zstandard

        try:
            promised = zstandard.get_frame_parameters(head).content_size
        except zstandard.ZstdError as error:
            raise LineFault(f"not a readable zstd file ({error})") from error
        unknown = (zstandard.CONTENTSIZE_UNKNOWN, zstandard.CONTENTSIZE_ERROR)
        reader = zstandard.ZstdDecompressor().stream_reader(
            path.open("rb"), read_across_frames=True, closefd=True
        )
        bounded = _Bounded(path, reader, size, None if promised in unknown else promised)
        return io.BufferedReader(bounded, _CHUNK)
    return path.open("rb")


def bounded_lines(stream: IO[bytes]) -> Iterator[tuple[int, str | None, str]]:
    """Yield number (from 1), text and fault of each line; the text is None where it is faulty.

    Lines longer than `MAX_LINE_BYTES` are passed over in pieces, never held in memory.
    """
    number = 0
    while True:
        try:
            line = stream.readline(MAX_LINE_BYTES + 1)
        except LineFault as fault:
            yield number + 1, None, str(fault)
            return
        if not line:
            return
        number += 1
        if len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
            try:
                while True:
                    rest = stream.readline(_CHUNK)
                    if not rest or rest.endswith(b"\n"):
                        break
            except LineFault:
                pass  # met again, and reported, at the next line
            yield number, None, f"line longer than {MAX_LINE_BYTES // 2**20} MiB"
            continue
        try:
            yield number, line.decode("utf-8-sig" if number == 1 else "utf-8"), ""
        except UnicodeDecodeError as error:
            yield number, None, f"not UTF-8 (byte {error.start + 1} of the line)"
