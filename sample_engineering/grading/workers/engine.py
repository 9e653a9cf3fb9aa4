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
_PIECE = 1 << 16  # bytes sent or received at a time: what a pipe holds


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
    """The worker was killed at its time limit."""


class Died(TimedOut):
    """The worker ended by itself, e.g. at its memory limit, or somebody ended it."""


class Worker:
    """One worker process, started on demand and after each kill."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.ready = False
        self.buffer = b""
        self.unsent = memoryview(b"")
        self.kills = 0
        self.died = False

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
        assert self.process.stdin is not None
        os.set_blocking(self.process.stdin.fileno(), False)
        self.ready = False
        self.buffer = b""
        self.unsent = memoryview(b"")

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
            message = "".join(json.dumps(request) + "\n" for request in requests)
            self.unsent = memoryview(message.encode("ascii"))
            for _ in requests:
                answers.append(json.loads(self._line(limit)))
        except (TimedOut, OSError, ValueError) as error:
            self.kills += 1
            self.died = isinstance(error, Died | OSError)
            self.kill()
            self.start()
        return answers

    def _line(self, limit: float) -> bytes:
        process = self.process
        assert process is not None
        started = time.monotonic()
        consumed = _processor_seconds(process.pid)
        wait = limit
        while b"\n" not in self.buffer:
            if not self._moved(process, wait):
                # Starved of processor time by its neighbours, a worker gets longer, within reason:
                # a verdict must not depend on how busy the machine is.
                used = _processor_seconds(process.pid) - consumed
                elapsed = time.monotonic() - started
                if used >= limits.PATIENCE * limit or elapsed >= limits.STARVED_FACTOR * limit:
                    raise TimedOut
                wait = limit / 4
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line

    def _moved(self, process: subprocess.Popen[bytes], seconds: float) -> bool:
        """Wait until something was sent or received; False where nothing was in time.

        Both at once: a worker whose answers nobody takes stops taking requests.
        """
        assert process.stdin is not None
        assert process.stdout is not None
        to_worker, from_worker = process.stdin.fileno(), process.stdout.fileno()
        ready = _ready(from_worker, to_worker if self.unsent else None, seconds)
        if to_worker in ready:
            self.unsent = self.unsent[os.write(to_worker, self.unsent[:_PIECE]) :]
        if from_worker in ready:
            received = os.read(from_worker, _PIECE)
            if not received:
                raise Died
            self.buffer += received
        return bool(ready)


def _processor_seconds(process_id: int) -> float:
    """Processor time of a process so far; infinite where the system does not tell."""
    try:
        with open(f"/proc/{process_id}/stat", "rb") as stream:
            fields = stream.read().rpartition(b")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return float("inf")


def _ready(reads: int, writes: int | None, seconds: float) -> list[int]:
    """Which of the two descriptors can be used now, or within some seconds."""
    if hasattr(select, "poll"):
        poll = select.poll()  # select() itself cannot watch descriptors above 1023.
        poll.register(reads, select.POLLIN | select.POLLHUP)
        if writes is not None:
            poll.register(writes, select.POLLOUT)
        return [descriptor for descriptor, _ in poll.poll(seconds * 1000)]
    wanted = [] if writes is None else [writes]
    readable, writable, _ = select.select([reads], wanted, [], seconds)
    return [*readable, *writable]


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
