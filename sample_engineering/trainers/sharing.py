"""How the cores of a machine are shared out among the trainings of a small model.

A small model's kernels are too short to be worth splitting: its trainings and evaluations run side
by side, one thread each, as many as there are cores. Only where cores are left over can a process
have several threads, and only if that was just seen to help: threads that wait for each other spin,
and on a machine that is busy with something else two of them made the embedded model six times
slower than one (docs/lab/trainer.md).
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from sample_engineering.trainers.plan import ValidationPlan

# A model above this many parameters has kernels that all cores together finish sooner.
SMALL = 20_000_000
# Times as fast that several threads must be to be taken.
WORTH = 1.3
# Memory of what works on one device: a training and an evaluator, each with torch.
WORKER_BYTES = 2 * 2**30
THREADS = "OMP_NUM_THREADS"


@dataclass(frozen=True)
class Cores:
    """How the cores are shared out.

    Parameters
    ----------
    workers : int
        Pieces that are done at the same time.
    threads : int
        Of each process.
    spare : int
        Threads that each process could have, if they are seen to help.
    """

    workers: int
    threads: int
    spare: int


def share_out(
    pieces: int, cores: int, free_bytes: int, environment: Mapping[str, str] = os.environ
) -> Cores:
    """Return how to share out the cores among the pieces of a run on a small model.

    Parameters
    ----------
    pieces : int
        That are to be done.
    cores : int
        Of this machine.
    free_bytes : int
        Memory.
    environment : mapping
        ``OMP_NUM_THREADS`` there is the number of threads of each process.
    """
    asked = environment.get(THREADS, "").split(",")[0]
    given = int(asked) if asked.isdecimal() and int(asked) else None
    workers = max(1, min(pieces, cores // (given or 1), free_bytes // WORKER_BYTES))
    threads = given or 1
    return Cores(workers, threads, threads if given else max(1, cores // workers))


def decided(cores: Cores, gain: float | None) -> Cores:
    """Return what the cores come to, now that it was seen how much faster the spare threads are."""
    worth = gain is not None and gain >= WORTH
    return Cores(cores.workers, cores.spare if worth else cores.threads, cores.spare)


def time_of(
    plan: ValidationPlan, step_seconds: float, evaluation_seconds: float, at_once: int
) -> float:
    """Return the seconds that a whole plan takes.

    Parameters
    ----------
    plan : ValidationPlan
    step_seconds, evaluation_seconds : float
        Of one training step, and of an arm's evaluation in all its readings.
    at_once : int
        Pieces that are done at the same time.
    """
    share = evaluation_seconds / len(plan.readings)
    pieces = [
        plan.recipe.steps * step_seconds * arm.trains + len(plan.readings_of(arm)) * share
        for arm in plan.asked
    ]
    return max(*pieces, sum(pieces) / at_once) if len(pieces) > 1 else sum(pieces)
