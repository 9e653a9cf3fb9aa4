"""Lines of a text file, plain or compressed, in bounded memory."""

import bz2
import codecs
import gzip
import io
import lzma
import zipfile
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
_BZIP2_MAGIC = b"BZh"
_XZ_MAGIC = b"\xfd7zXZ\x00"
_ZIP_MAGIC = b"PK\x03\x04"
_DAMAGED = (zlib.error, lzma.LZMAError, zipfile.BadZipFile)
_XZ_MEMORY = 256 * 2**20  # xz -9 asks for 65 MiB
_SAMPLED = 200  # bytes
_SHORTEST_UTF16 = 8


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
        except (EOFError, OSError, *_DAMAGED, ZstdError) as error:
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


class _Xz:
    """Bytes of an .xz file, with a bound on what its header may ask of the memory."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._unpacker = self._fresh()

    @staticmethod
    def _fresh() -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(memlimit=_XZ_MEMORY)

    def read(self, size: int) -> bytes:
        while True:
            if self._unpacker.eof:  # a file may hold several streams
                rest = self._unpacker.unused_data.lstrip(b"\0") or self._file.read(_CHUNK)
                if not rest:
                    return b""
                self._unpacker = self._fresh()
            else:
                rest = self._file.read(_CHUNK) if self._unpacker.needs_input else b""
                if not rest and self._unpacker.needs_input:
                    raise EOFError("it ends within the data")
            data = self._unpacker.decompress(rest, size)
            if data:
                return data


class _Transcoded(io.RawIOBase):
    """The UTF-8 bytes of a text in another encoding."""

    def __init__(self, raw: IO[bytes], encoding: str) -> None:
        self._raw, self._decoder = raw, codecs.getincrementaldecoder(encoding)("replace")
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            data = self._raw.read(_CHUNK)
            self._left = self._decoder.decode(data, final=not data).encode("utf-8")
            if not data:
                break
        part = self._left[: len(buffer)]
        self._left = self._left[len(part) :]
        buffer[: len(part)] = part
        return len(part)


def open_text(path: Path, member: str = "", *, table: bool = False) -> IO[bytes]:
    """Open a file for reading UTF-8 bytes, plain or packed; its first bytes say which it is.

    Parameters
    ----------
    path : Path
    member : str
        Of a zip file.
    table : bool
        Whether text that is no UTF-8 may be cp1252, as spreadsheets write it.

    Raises
    ------
    PoolError
        If the file is missing, a folder, unreadable, empty, or not text.
    """
    if path.is_dir():
        raise PoolError(f"{path} is a folder; give a file in it")
    try:
        if not path.is_file():
            raise PoolError(f"{path} is not there; check the path")
        size = path.stat().st_size
        if size == 0:
            raise PoolError(f"{path} is empty; give a file with at least one problem")
        stream = _unpacked(path, size, member)
        head = stream.peek(_CHUNK)
    except (LineFault, zipfile.BadZipFile) as error:
        raise PoolError(f"{path}: {error}; download or write it again") from error
    except OSError as error:
        raise PoolError(f"cannot read {path}: {error.strerror or error}") from error
    encoding = encoding_of(head, table=table)
    if encoding:
        return io.BufferedReader(_Transcoded(stream, encoding), _CHUNK)
    if b"\x00" in head:
        raise PoolError(f"{path} is a binary file; give JSONL, CSV or Parquet")
    if not head.strip():
        stream.close()
        raise PoolError(f"{path} holds only blank lines; give a file with at least one problem")
    refuse_stand_in(path, head)
    return stream


def encoding_of(head: bytes, *, table: bool) -> str:
    """Return the encoding of a text that is not UTF-8; empty where it is, or is no text."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(head) >= _SHORTEST_UTF16 and not any(head[1:_SAMPLED:2]) and all(head[:_SAMPLED:2]):
        return "utf-16-le"
    if len(head) >= _SHORTEST_UTF16 and not any(head[:_SAMPLED:2]) and all(head[1:_SAMPLED:2]):
        return "utf-16-be"
    if not table or b"\x00" in head:
        return ""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        try:
            head.decode("cp1252")
        except UnicodeDecodeError:
            return ""
        return "cp1252"
    return ""


def refuse_stand_in(path: Path, head: bytes) -> None:
    """Raise PoolError for what lies in the place of data: a Git LFS pointer, or a web page."""
    if head.startswith(b"version https://git-lfs.github.com/spec/"):
        raise PoolError(f"{path} is a Git LFS pointer, not the data; run git lfs pull there")
    start = head[:_SAMPLED].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<?xml")):
        raise PoolError(
            f"{path} is a web page, not data; download the raw file (at GitHub its Raw link, at "
            "the Hugging Face hub resolve/ in place of blob/)"
        )


def head_of(path: Path, member: str = "") -> bytes:
    """Return the first bytes of a file, unpacked; empty where it cannot be read."""
    try:
        with _unpacked(path, path.stat().st_size, member) as stream:
            return bytes(stream.peek(_CHUNK))
    except (LineFault, OSError, zipfile.BadZipFile, PoolError):
        return b""


def is_packed(path: Path) -> bool:
    """Whether the first bytes of a file are those of a packer."""
    with path.open("rb") as probe:
        head = probe.read(8)
    magics = (_ZIP_MAGIC, _GZIP_MAGIC, _BZIP2_MAGIC, _XZ_MAGIC, _ZSTD_MAGIC)
    return head.startswith(magics)


def open_bytes(path: Path, member: str = "") -> IO[bytes]:
    """Open a packed file, or a member of an archive, for reading its bytes, in bounded size.

    Raises
    ------
    LineFault
        If it is damaged; also while reading.
    """
    return _unpacked(path, path.stat().st_size, member)


def _unpacked(path: Path, size: int, member: str = "") -> io.BufferedReader:
    with path.open("rb") as probe:
        head = probe.read(64)
    if head.startswith(_ZIP_MAGIC):
        archive = zipfile.ZipFile(path)
        try:
            inner = archive.open(member or archive.namelist()[0])
        except (RuntimeError, NotImplementedError, KeyError, IndexError) as error:
            raise LineFault(f"cannot unpack {member or 'it'} ({error})") from error
        return io.BufferedReader(_Bounded(path, inner, size), _CHUNK)
    if head.startswith(_GZIP_MAGIC):
        return io.BufferedReader(_Bounded(path, gzip.open(path, "rb"), size), _CHUNK)
    if head.startswith(_BZIP2_MAGIC):
        return io.BufferedReader(_Bounded(path, bz2.open(path, "rb"), size), _CHUNK)
    if head.startswith(_XZ_MAGIC):
        return io.BufferedReader(_Bounded(path, _Xz(path), size), _CHUNK)
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
