"""Math-Verify behind hard limits, and parallel batches, in worker processes that persist.

Inside a worker Math-Verify runs at once, under the limits of its parent.
"""

import atexit
import os
from contextlib import suppress
from threading import Lock
from typing import Any, NamedTuple

from sample_engineering.errors import GraderError
from sample_engineering.grading.workers import limits, math_verify_calls, opinions
from sample_engineering.grading.workers.process import INSIDE_WORKER, Worker


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
            with suppress(GraderError):  # said when it is asked
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


def score(reference: str, answer: str) -> tuple[float | None, bool]:
    """Score of a generated problem's own scorer, and whether it ran out of time.

    None where there is no score: no such problem, or the scorer fails.
    """
    found = _answer({"op": "score", "reference": reference, "answer": answer})
    return (None, True) if found is None else (found["score"], found["timed_out"])


def _request(request: dict[str, Any]) -> Reply:
    found = _answer(request)
    return Reply(False, False, True) if found is None else Reply(**found)


def _answer(request: dict[str, Any]) -> dict[str, Any] | None:
    """Answer of a worker; None where it ran into its limit."""
    if os.environ.get(INSIDE_WORKER):
        return math_verify_calls.answer(request)
    worker = workers(1)[0]
    with worker.lock:
        if request["op"] == "score" and not worker.gym_too:
            worker.kill()  # it was started before there was anything to score
            worker.gym_too = True
        answers = worker.ask([request], limits.WALL_SECONDS)
    return answers[0] if answers else None
