"""What to do when a request to a server fails: send it again, and when, or give up and say why.

Written here rather than taken from tenacity: of this file that would replace the one line of the
jittered wait, and of the loop in `openai_client.ServerClient.ask` the counting of attempts, about
ten lines. Reading Retry-After and judging a status stay in any case, and the loop does what
tenacity's has no place for: each attempt reserves its cost anew, one that taught which field a
server does not take does not count, and a busy server's wish holds back all requests.
"""

import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

# A later attempt may fare better: time-out, early data, too many requests, server errors.
RETRIED_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
# 429 codes that mean an empty account, not a busy one: waiting does not help.
OUT_OF_MONEY = frozenset({"insufficient_quota", "billing_hard_limit_reached"})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long to wait between attempts at one request.

    Parameters
    ----------
    attempts : int
        Attempts in all; at least 1.
    first_wait, longest_wait : float
        Seconds. The wait before attempt k is drawn uniformly from
        [0, min(longest_wait, first_wait * 2**(k - 1))] ("full jitter").
    longest_retry_after : float
        Seconds that a server's Retry-After is obeyed at most.
    connect_attempts : int
        Attempts to reach a server that has never answered; fewer, because it is probably not
        running.
    """

    attempts: int = 8
    first_wait: float = 0.5
    longest_wait: float = 30.0
    longest_retry_after: float = 120.0
    connect_attempts: int = 3

    def wait(self, attempt: int, retry_after: float | None, rng: random.Random) -> float:
        """Return the seconds to wait after failed attempt number `attempt` (from 1)."""
        jitter = rng.uniform(0, min(self.longest_wait, self.first_wait * 2 ** (attempt - 1)))
        if retry_after is None:
            return jitter
        # Beside the server's own wish a little jitter, or all would come back at once.
        return min(retry_after, self.longest_retry_after) + min(jitter, self.first_wait)


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed attempt: its kind for the counts, and whether another attempt can help.

    `unreachable`: nothing answers at that address, so the server is probably not running.
    """

    kind: str
    reason: str
    retry: bool = True
    retry_after: float | None = None
    status: int | None = None
    unreachable: bool = False


def retry_after_seconds(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Read ``Retry-After-Ms`` or ``Retry-After`` (seconds or an HTTP date) of an answer."""
    try:
        return max(0.0, float(headers["retry-after-ms"]) / 1000)
    except (KeyError, ValueError):
        pass
    value = headers.get("retry-after")
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - (now or time.time())
        except (TypeError, ValueError):
            return None
    return max(0.0, seconds) if seconds - seconds == 0 else None


def failed_status(status: int, headers: Mapping[str, str], body: str) -> Failure:
    """Judge an answer whose status is not 2xx."""
    code, reason = _error_of(body)
    if status == 429 and code in OUT_OF_MONEY:
        return Failure("quota", reason, retry=False, status=status)
    if status in RETRIED_STATUS or status >= 500:
        return Failure(str(status), reason, True, retry_after_seconds(headers), status)
    return Failure(str(status), reason, retry=False, status=status)


def _error_of(body: str) -> tuple[str | None, str]:
    """Return the code and the message of an error body, whatever its shape."""
    short = " ".join(body.split())[:300]
    try:
        value: Any = json.loads(body)
    except ValueError:
        return None, short
    if isinstance(value, dict):
        error = value.get("error", value)
        if isinstance(error, dict):
            message = error.get("message") or error.get("detail") or short
            code = error.get("code")
            return (code if isinstance(code, str) else None), " ".join(str(message).split())[:300]
        return None, " ".join(str(error).split())[:300]
    return None, short
