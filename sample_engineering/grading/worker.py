"""The program of a worker process: one JSON request per line in, one JSON answer per line out."""

import json
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from sample_engineering import gym
from sample_engineering.grading import rows
from sample_engineering.grading.extraction import Extraction
from sample_engineering.grading.gold import read_gold
from sample_engineering.grading.grader import judge
from sample_engineering.grading.workers import limits, math_verify_calls
from sample_engineering.grading.workers.process import WITH_GYM

_PARENT_POLL_SECONDS = 2.0


def main() -> None:
    """Serve requests from standard input until it closes."""
    _limit_memory()
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    math_verify_calls.set_alarm()
    output = sys.stdout
    sys.stdout = sys.stderr  # Nothing that a library prints may enter the answers.
    math_verify_calls.load()
    if os.environ.get(WITH_GYM):
        gym.load()
    output.write("ready\n")
    output.flush()
    for line in sys.stdin:
        output.write(json.dumps(answer(json.loads(line))) + "\n")
        output.flush()


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Answer one request: ``grade`` and ``row`` here, ``read`` and ``verify`` by Math-Verify."""
    if request["op"] == "row":
        return rows.answer(request)
    if request["op"] != "grade":
        return math_verify_calls.answer(request)
    found = request["found"]
    extraction = Extraction(tuple(found["answers"]), found["joined"], found["declared"])
    return asdict(judge(read_gold(**request["gold"]), extraction))


def _limit_memory() -> None:
    """Bound what an answer can take, where the system knows such bounds.

    Windows knows none, macOS refuses this one, and a batch system may have set a lower one. Time is
    bounded all the same.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    for name, most in (("RLIMIT_AS", limits.MEMORY_BYTES), ("RLIMIT_CORE", 0)):
        with suppress(AttributeError, ValueError, OSError):
            kind = getattr(resource, name)
            hard = resource.getrlimit(kind)[1]
            bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (bound, bound))


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_PARENT_POLL_SECONDS)
    os._exit(0)


if __name__ == "__main__":
    main()
