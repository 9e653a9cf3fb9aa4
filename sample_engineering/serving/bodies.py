"""The body of a request: read as it arrives, bounded in size, time and what it may hold."""

import asyncio
import json
import math
from typing import TYPE_CHECKING, Any

from sample_engineering.extras import require
from sample_engineering.serving.refusals import GONE, Refused

if TYPE_CHECKING:
    from starlette.requests import Request

# Bodies that are being read or answered, as a multiple of the largest: what they take in memory.
_LARGEST_AT_ONCE = 16


class Bodies:
    """Reads bodies, and counts what is held of them.

    Parameters
    ----------
    largest : int
        Bytes that one may have.
    """

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._room = largest * _LARGEST_AT_ONCE
        self._held = 0
        self._disconnect = require("starlette.requests", "serve").ClientDisconnect

    async def read(self, request: "Request", seconds: float) -> tuple[dict[str, Any], int]:
        """Return the JSON object of a request, and the bytes to `release` after the answer.

        Raises
        ------
        Refused
            If it is too large, too slow, or no JSON object; nothing is held then.
        """
        if request.headers.get("content-encoding", "identity") != "identity":
            raise Refused(415, "send the body as plain JSON, not compressed", "encoding")
        size = self._announced(request.headers.get("content-length"))
        if self._held + size > self._room:
            raise Refused(503, "too much is being sent at once; send it again later", "memory")
        self._held += size
        try:
            async with asyncio.timeout(seconds):
                body = await self._collected(request)
            return _object(body), size
        except self._disconnect:
            self._held -= size
            raise Refused(GONE, "the client closed the connection", "gone") from None
        except TimeoutError:
            self._held -= size
            raise Refused(408, "the body did not arrive in time", "slow") from None
        except BaseException:
            self._held -= size
            raise

    def release(self, size: int) -> None:
        """Give back the room that a body took."""
        self._held -= size

    def _announced(self, length: str | None) -> int:
        """The size that the header states, or the largest; so much room is kept."""
        if length is None or not length.isdecimal():
            return self._largest
        if int(length[:20]) > self._largest:
            raise self._too_large()
        return int(length)

    async def _collected(self, request: "Request") -> bytes:
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > self._largest:
                raise self._too_large()
        return bytes(body)

    def _too_large(self) -> Refused:
        return Refused(
            413,
            f"the body has more than {self._largest:,} bytes; send fewer rewards at a time, or "
            "start the server with a larger max_body",
            "size",
        )


def _object(body: bytes) -> dict[str, Any]:
    try:
        # Infinity and NaN are no JSON; a reply that repeats them could not be read.
        found = json.loads(body, parse_constant=_no_constant, parse_float=_finite)
    except RecursionError:
        raise Refused(400, "the body is nested too deeply", "json") from None
    except (ValueError, UnicodeError) as error:
        raise Refused(400, f"the body is no JSON ({_short(str(error))})", "json") from None
    if not isinstance(found, dict):
        raise Refused(400, f"the body is a {type(found).__name__}; send a JSON object", "json")
    return found


def _finite(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError(f"{digits[:20]} is too large a number")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _short(text: str) -> str:
    return text[:200]
