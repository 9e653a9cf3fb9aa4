"""Who scores the parts of a pool: this process, processes forked off it, or tasks of Ray.

Each is a context that gives a `Scorers`: parts are handed in by their places, and come back as
futures. What is scored is the same, whoever does it.
"""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_all_start_methods, get_context
from typing import TYPE_CHECKING, Any

from sample_engineering.cluster import Cluster, Share
from sample_engineering.errors import RunError, SampleEngineeringError

if TYPE_CHECKING:
    from sample_engineering.selectors.parted import ScoredPart, Work

_AHEAD = 3  # parts of each worker that are handed in or wait to be taken
_RETRIES = 5  # of a part that is lost with its worker or node

Part = tuple[int, int]  # places of its candidates: first, and the one behind the last


@dataclass(frozen=True)
class Scorers:
    """Score parts, several at a time.

    Parameters
    ----------
    submit : callable
        Takes a part, returns the future of what is known of it.
    ahead : callable
        Returns how many parts shall be handed in and not taken yet, at most.
    """

    submit: "Callable[[Part], Future[ScoredPart]]"
    ahead: Callable[[], int]


@contextmanager
def here(work: "Work") -> Iterator[Scorers]:
    """Score in this process, one part after the other."""

    def submit(part: Part) -> "Future[ScoredPart]":
        done: Future[ScoredPart] = Future()
        done.set_result(work.part(*part))
        return done

    yield Scorers(submit, lambda: 1)


_work: "Work | None" = None  # of a forked process


def _score(part: Part) -> "ScoredPart":
    assert _work is not None
    return _work.part(*part)


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends the work in an orderly way


@contextmanager
def forked(work: "Work", processes: int) -> Iterator[Scorers]:
    """Score in processes that share what is complete by being forked off."""
    global _work
    _work = work
    pool = ProcessPoolExecutor(processes, get_context("fork"), initializer=_begin)
    try:
        yield Scorers(lambda part: pool.submit(_score, part), lambda: _AHEAD * processes)
    except BaseException:  # stopped: what the processes are at is not waited for
        for process in list((getattr(pool, "_processes", None) or {}).values()):
            process.terminate()
        raise
    finally:
        _work = None
        pool.shutdown(wait=True, cancel_futures=True)


def cores() -> int:
    """Return how many cores may be used."""
    found = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return found or 1


def on_this_machine(work: "Work", processes: int) -> Any:
    """Return the context of so many processes; of this one where there is no more, or no fork."""
    if processes < 2 or "fork" not in get_all_start_methods():
        return here(work)
    return forked(work, processes)


@contextmanager
def on_ray(work: "Work", share: Share) -> Iterator[Scorers]:
    """Score in tasks of a Ray cluster; one that is lost with its worker or node is begun again.

    Parameters
    ----------
    work : Work
        What a part depends on beside its candidates is sent once to each node.
    share : Share
    """
    with Cluster(share) as cluster:
        ray = cluster.ray
        task = ray.remote(**cluster.asked, max_retries=_RETRIES)(_score_elsewhere)
        conditions = ray.put(work.without_candidates())

        def submit(part: Part) -> "Future[ScoredPart]":
            found: Future[ScoredPart] = task.remote(conditions, work.records(*part)).future()
            return found

        try:
            yield Scorers(submit, lambda: _AHEAD * cluster.places)
        except ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, SampleEngineeringError):
                raise error.cause from error
            raise
        except ray.exceptions.RayError as error:
            told = str(error).strip().split("\n")[0][:300].rstrip(".")
            raise RunError(
                f"a part was lost {_RETRIES + 1} times ({told}); look at the nodes, or leave `ray` "
                "out"
            ) from error


def _score_elsewhere(work: "Work", records: list[bytes]) -> "ScoredPart":
    return work.scored(records)
