"""Calls of Math-Verify inside this process, under a limit of processor time where it can be set.

A leaf: nothing of the grader is imported. `engine` calls it through a worker process, and directly
where it is in one already.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sample_engineering import gym
from sample_engineering.grading.workers import limits, opinions


class _OutOfTime(BaseException):
    """Raised by the alarm; not an Exception, so that no handler inside sympy swallows it."""


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Answer one request.

    ``read`` and ``verify`` have the fields of `engine.Reply`, ``opinion`` of `engine.Opinion`.
    """
    if request["op"] == "opinion":
        return _opinion(request)
    if request["op"] == "score":
        return _score(request)
    try:
        with _processor_limit():
            gold = _parse(request["gold"])
            if request["op"] == "read":
                return {"same": False, "readable": bool(gold)}
            return _verify(gold, request["prediction"])
    except (_OutOfTime, MemoryError, RecursionError):
        return {"same": False, "readable": False, "timed_out": True}
    except Exception:
        # sympy raises all kinds of errors on strange input: it could not be read.
        return {"same": False, "readable": False}


def _score(request: dict[str, Any]) -> dict[str, Any]:
    try:
        with _processor_limit():
            return {"score": gym.score(request["reference"], request["answer"]), "timed_out": False}
    except (_OutOfTime, MemoryError, RecursionError):
        return {"score": None, "timed_out": True}
    except Exception:  # a problem that is not there, or a scorer that cannot read the answer
        return {"score": None, "timed_out": False}


def _opinion(request: dict[str, Any]) -> dict[str, Any]:
    try:
        with _processor_limit():
            return opinions.opinion(request["engine"], request["gold"], request["prediction"])
    except (_OutOfTime, MemoryError, RecursionError):
        return opinions.none("time limit", timed_out=True)
    except Exception as error:
        return opinions.none(f"it fails ({type(error).__name__})")


def load() -> None:
    """Import Math-Verify and sympy, and compute once what they compute at the first call."""
    import logging

    import math_verify

    logging.getLogger(math_verify.__name__).setLevel(logging.CRITICAL)
    answer({"op": "verify", "gold": "\\int_0^1 x dx", "prediction": "\\frac{1}{2}"})


def set_alarm() -> None:
    """Let the alarm of processor time end a call; in the main thread, once."""
    if hasattr(signal, "SIGPROF"):
        signal.signal(signal.SIGPROF, _alarm)


def _verify(gold: Any, prediction: str) -> dict[str, Any]:
    from math_verify import verify

    parsed = _parse(prediction)
    same = bool(gold) and bool(parsed) and verify(gold, parsed, timeout_seconds=None)
    return {"same": bool(same), "readable": bool(parsed)}


@lru_cache(maxsize=512)
def _parse(text: str) -> Any:
    from math_verify import LatexExtractionConfig, parse

    text = text.replace("\\cr ", "\\\\ ").replace("\\cr", "\\\\")
    return parse(
        "$" + text + "$",
        extraction_config=[LatexExtractionConfig()],
        fallback_mode="no_fallback",
        parsing_timeout=None,
    )


def _alarm(*_: object) -> None:
    raise _OutOfTime


@contextmanager
def _processor_limit() -> Iterator[None]:
    main_thread = threading.current_thread() is threading.main_thread()
    if not (main_thread and hasattr(signal, "setitimer")):
        yield
        return
    signal.setitimer(signal.ITIMER_PROF, limits.CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
