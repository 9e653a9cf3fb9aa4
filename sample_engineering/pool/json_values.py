"""The texts of JSON values that stand in a list, or one after another, as a stream."""

import codecs
import re
from collections.abc import Iterator
from typing import IO, Any

from sample_engineering.errors import PoolError
from sample_engineering.pool.lines import LineFault

CHUNK = 2**18
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_GAP = re.compile(r"[\s,\x1e]*")
_SCALAR = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s,\]}\[{]+', re.DOTALL)


class TooLong(PoolError):
    """A value is longer than any record."""


def values_in(stream: IO[bytes], name: str, skip_bracket: bool, longest: int) -> Iterator[str]:
    """Yield the text of each value that stands in a list, or one after another.

    Only as much is held as one value takes.
    """
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    text, at, ended = "", 0, False
    step = CHUNK
    if skip_bracket:
        text, ended = _more(stream, decoder, text, step, name)
        at = text.find("[") + 1
    while True:
        gap = _GAP.match(text, at)
        at = gap.end() if gap else at
        end = _end(text, at) if at < len(text) else None
        if end is None and not ended:
            if len(text) - at > longest:
                raise TooLong(
                    f"{name} holds a value of more than {longest // 2**20} MiB; write a record a "
                    "line (JSONL)"
                )
            text, at = text[at:], 0
            step = max(CHUNK, len(text))
            text, ended = _more(stream, decoder, text, step, name)
            continue
        if end is None:
            if at < len(text) and text[at:].strip(" \r\n\t],"):
                yield text[at:]
            return
        if skip_bracket and text[at] == "]":
            return
        yield text[at:end]
        at = end


def _more(stream: IO[bytes], decoder: Any, text: str, step: int, name: str) -> tuple[str, bool]:
    try:
        data = stream.read(step)
        return text + decoder.decode(data, final=not data), not data
    except UnicodeDecodeError as error:
        raise PoolError(f"{name} is not UTF-8 ({error.reason}); save it as UTF-8") from None
    except LineFault:
        return text, True


def _end(text: str, start: int) -> int | None:
    """Return where the value that begins at `start` ends; None where it does not end yet."""
    if text[start] not in "[{":
        if text[start] == "]":
            return start + 1
        match = _SCALAR.match(text, start)
        end = match.end() if match else start + 1
        return end if end < len(text) else None
    depth = 0
    for token in _TOKEN.finditer(text, start):
        sign = token[0]
        if sign in "[{":
            depth += 1
        elif sign in "]}":
            depth -= 1
            if depth <= 0:
                return token.end()
    return None


def split_values(line: str) -> Iterator[str]:
    """Yield the text of each value of a line."""
    at = 0
    while at < len(line):
        gap = _GAP.match(line, at)
        at = gap.end() if gap else at
        if at >= len(line):
            return
        end = _end(line, at) or len(line)
        yield line[at:end]
        at = end
