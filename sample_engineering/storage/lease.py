"""Who may write to a place in a store: an object that says who does, and is renewed while they do.

A store knows no locks. The object lies beside the place, ``.NAME.se-lease``, and holds who writes
and until when; whoever finds it waits for that time to pass. A job on the same machine that died is
seen to be dead at once. Clocks of machines may differ: a lease that seems to be over is watched for
as long as its owner takes to renew it, before it is taken over.
"""

import json
import os
import secrets
import socket
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sample_engineering.errors import StorageError
from sample_engineering.storage.stores import Store

ENDING = ".se-lease"
RENEWED_EVERY = 20.0  # seconds
LASTS = 90.0  # seconds; four renewals may fail
_LOOKS = 5.0  # seconds between two looks at a lease that seems to be over
_SETTLES = 0.2  # seconds in which a store without conditions shows who else wrote


@dataclass(frozen=True)
class _Claim:
    owner: str
    host: str
    process: int
    started: str  # of the process, so that another one of the same number is not taken for it
    since: str
    renewed: float

    @classmethod
    def read(cls, content: bytes | None) -> "_Claim | None":
        """Read what lies there; what is no claim holds nobody off."""
        try:
            found: Any = json.loads(content or b"")
            return cls(**{one.name: one.type(found[one.name]) for one in fields(cls)})  # type: ignore[operator]
        except (ValueError, TypeError, KeyError, RecursionError):
            return None

    @property
    def is_dead(self) -> bool:
        """Whether it is of a process of this machine that is no more."""
        return self.host == _host() and _started(self.process) != self.started

    def content(self) -> bytes:
        return json.dumps(asdict(self)).encode()


class Lease:
    """A lease on a place, renewed by a thread until it is given back.

    Parameters
    ----------
    store : Store
        Of the place.

    Raises
    ------
    StorageError
        If another job holds the place, or it cannot be written to.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._name = f".{store.address.name}{ENDING}"
        self._owner = secrets.token_hex(8)
        self._since = datetime.now(UTC).isoformat(timespec="seconds")
        self.lost_to = ""  # who has it now, where it was lost
        self._ended = threading.Event()
        self._take()
        self._thread = threading.Thread(target=self._renew, name="lease", daemon=True)
        self._thread.start()

    def release(self) -> None:
        """Let others write; where that cannot be said, they see it when the time has passed."""
        self._ended.set()
        self._thread.join()
        with suppress(StorageError):
            if not self.lost_to and self._is_ours():
                self._store.remove(self._name)

    def check(self) -> bool:
        """Whether the place is still ours to write to; looks there."""
        if not self.lost_to and not self._is_ours():
            other = self._there()
            self.lost_to = "another job" if other is None else _described(other)
        return not self.lost_to

    def _claim(self) -> _Claim:
        me = os.getpid()
        return _Claim(self._owner, _host(), me, _started(me), self._since, time.time())

    def _there(self) -> _Claim | None:
        return _Claim.read(self._store.read(self._name))

    def _is_ours(self) -> bool:
        found = self._there()
        return found is not None and found.owner == self._owner

    def _take(self) -> None:
        content = self._claim().content()
        if not self._store.write(self._name, content, new=True):
            self._wait_for_its_end()
            self._store.remove(self._name)
            if not self._store.write(self._name, content, new=True):
                raise self._refusal(self._there())
        # Where a store knows no condition, or two saw the same end, the last to write has it.
        time.sleep(_SETTLES)
        if not self._is_ours():
            raise self._refusal(self._there())

    def _wait_for_its_end(self) -> None:
        """Return once nobody holds the place; raise StorageError if somebody does."""
        found = self._there()
        if found is None or found.is_dead:
            return
        if time.time() - found.renewed < LASTS:
            raise self._refusal(found)
        end = time.monotonic() + RENEWED_EVERY + _LOOKS
        while time.monotonic() < end:
            time.sleep(_LOOKS)
            if self._there() != found:
                raise self._refusal(self._there())

    def _refusal(self, other: _Claim | None) -> StorageError:
        who = "another job" if other is None else _described(other)
        return StorageError(
            f"{self._store.address} is being written to by {who}; wait for it or stop it, then go "
            f"on (a job that died holds it for {LASTS:.0f} seconds more)"
        )

    def _renew(self) -> None:
        while not self._ended.wait(RENEWED_EVERY):
            try:
                if not self.check():
                    return
                self._store.write(self._name, self._claim().content())
            except StorageError:  # the next time may go well, and there is time for some
                continue


def _described(claim: _Claim) -> str:
    return (
        f"process {claim.process} on {claim.host.partition(' ')[0][:80]} since {claim.since[:25]}"
    )


def _host() -> str:
    """Name this machine, and the numbering of its processes: containers have their own."""
    try:
        numbering = os.readlink("/proc/self/ns/pid")
    except OSError:
        numbering = ""
    return f"{socket.gethostname()} {numbering}".strip()


def _started(process: int) -> str:
    """Say when a process was started, by the clock of the kernel; empty where it is not there."""
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as stream:
            told = stream.read().rpartition(")")[2].split()
            return "" if told[0] in "ZX" else told[19]
    except (OSError, IndexError):
        pass
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return ""
    except (OSError, OverflowError):
        return "?"
    return "?"
