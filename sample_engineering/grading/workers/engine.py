"""Persistent worker processes: Math-Verify behind hard limits, and parallel batches.

Each worker is a fresh interpreter that runs `sample_engineering.grading.worker` and speaks JSON
lines over pipes. So nothing is pickled, the caller's main module is not imported again (no torch in
the workers), it works from any thread, under fork and spawn, and inside daemonic processes, which
may have no multiprocessing children. A worker that exceeds its wall-clock limit is killed and
replaced.
"""

import atexit
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from threading import Lock
from typing import Any, NamedTuple

from sample_engineering.grading.workers import limits, math_verify_calls, opinions

# Whether this process is itself a worker; then Math-Verify runs here, under the parent's limit.
INSIDE_WORKER = "SAMPLE_ENGINEERING_GRADING_WORKER"


class Reply(NamedTuple):
    """What Math-Verify says of two expressions."""

    same: bool
    readable: bool
    timed_out: bool = False


class Opinion(NamedTuple):
    """What another grader says of one completion.

    Parameters
    ----------
    verdict : bool or None
        Whether the answer is right; None where it gives no opinion.
    why : str
        Why there is no verdict; else empty.
    read : str
        The answer that it found.
    timed_out : bool
        Whether there is no verdict because of the time limit.
    """

    verdict: bool | None
    why: str
    read: str
    timed_out: bool = False


class TimedOut(Exception):
    """The worker was killed at its time limit, or died at its memory limit."""


class Worker:
    """One worker process, started on demand and after each kill."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.ready = False
        self.buffer = b""
        self.kills = 0

    def start(self) -> None:
        """Launch the process without waiting for it."""
        if self.process is not None and self.process.poll() is None:
            return
        environment = {**os.environ, INSIDE_WORKER: "1", "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sample_engineering.grading.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self.ready = False
        self.buffer = b""

    def kill(self) -> None:
        """End the process, if any."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def ask(self, requests: Sequence[dict[str, Any]], limit: float) -> list[dict[str, Any]]:
        """Answers to some requests, in order; shorter than the requests if one hit its limit.

        Parameters
        ----------
        requests : sequence of dict
            JSON-ready requests.
        limit : float
            Wall-clock seconds for each.
        """
        self.start()
        answers: list[dict[str, Any]] = []
        try:
            if not self.ready:
                self._line(limits.START_SECONDS)
                self.ready = True
            process = self.process
            assert process is not None
            assert process.stdin is not None
            message = "".join(json.dumps(request) + "\n" for request in requests)
            process.stdin.write(message.encode("ascii"))
            process.stdin.flush()
            for _ in requests:
                answers.append(json.loads(self._line(limit)))
        except (TimedOut, OSError, ValueError):
            self.kills += 1
            self.kill()
            self.start()
        return answers

    def _line(self, limit: float) -> bytes:
        process = self.process
        assert process is not None
        assert process.stdout is not None
        descriptor = process.stdout.fileno()
        started = time.monotonic()
        consumed = _processor_seconds(process.pid)
        wait = limit
        while b"\n" not in self.buffer:
            if not _readable(descriptor, wait):
                # Starved of processor time by its neighbours, a worker gets longer, within reason:
                # a verdict must not depend on how busy the machine is.
                used = _processor_seconds(process.pid) - consumed
                elapsed = time.monotonic() - started
                if used >= limits.PATIENCE * limit or elapsed >= limits.STARVED_FACTOR * limit:
                    raise TimedOut
                wait = limit / 4
                continue
            received = os.read(descriptor, 1 << 16)
            if not received:
                raise TimedOut
            self.buffer += received
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line


def _processor_seconds(process_id: int) -> float:
    """Processor time of a process so far; infinite where the system does not tell."""
    try:
        with open(f"/proc/{process_id}/stat", "rb") as stream:
            fields = stream.read().rpartition(b")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return float("inf")


def _readable(descriptor: int, seconds: float) -> bool:
    if hasattr(select, "poll"):
        poll = select.poll()  # select() itself cannot watch descriptors above 1023.
        poll.register(descriptor, select.POLLIN | select.POLLHUP)
        return bool(poll.poll(seconds * 1000))
    return bool(select.select([descriptor], [], [], seconds)[0])


class _State:
    def __init__(self) -> None:
        self.lock = Lock()
        self.workers: list[Worker] = []


_STATE = _State()
# Workers of a parent process that forked: kept, untouched, so that nothing of theirs is closed.
_INHERITED: list[_State] = []


def _after_fork() -> None:
    global _STATE
    _INHERITED.append(_STATE)
    _STATE = _State()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def workers(count: int) -> list[Worker]:
    """The first `count` workers of this process."""
    with _STATE.lock:
        while len(_STATE.workers) < count:
            _STATE.workers.append(Worker())
        return _STATE.workers[:count]


@atexit.register
def close() -> None:
    """End all workers of this process; the next request starts new ones."""
    with _STATE.lock:
        for worker in _STATE.workers:
            with worker.lock:
                worker.kill()


def warm() -> None:
    """Start a worker in the background, since a gold was read that may need it."""
    if os.environ.get(INSIDE_WORKER):
        return
    worker = workers(1)[0]
    if worker.process is None and worker.lock.acquire(blocking=False):
        try:
            worker.start()
        finally:
            worker.lock.release()


def verify(gold: str, prediction: str) -> Reply:
    """Whether Math-Verify finds two expressions in normal spelling equal, within the limits."""
    return _request({"op": "verify", "gold": gold, "prediction": prediction})


def readable(text: str) -> bool:
    """Whether Math-Verify can read an expression in normal spelling."""
    return _request({"op": "read", "gold": text}).readable


def opinion(engine: str, gold: str, prediction: str) -> Opinion:
    """Ask another grader, `opinions.MATH_VERIFY` or `opinions.SYMPY`, within the limits."""
    request = {"op": "opinion", "engine": engine, "gold": gold, "prediction": prediction}
    found = _answer(request)
    return Opinion(**(opinions.none("time limit", timed_out=True) if found is None else found))


def _request(request: dict[str, Any]) -> Reply:
    found = _answer(request)
    return Reply(False, False, True) if found is None else Reply(**found)


def _answer(request: dict[str, Any]) -> dict[str, Any] | None:
    """Answer of a worker; None where it ran into its limit."""
    if os.environ.get(INSIDE_WORKER):
        return math_verify_calls.answer(request)
    worker = workers(1)[0]
    with worker.lock:
        answers = worker.ask([request], limits.WALL_SECONDS)
    return answers[0] if answers else None
