"""A crew on a Ray cluster: every job is a task that asks for its share of CPUs and GPUs.

A job that ends with its worker or its node is not the piece's fault: it is begun again elsewhere,
where it goes on from its last checkpoint. Storage must be shared by all nodes.
"""

import time
from pathlib import Path
from types import TracebackType
from typing import Any

from sample_engineering.cluster import Cluster, Share
from sample_engineering.sweep.crew import Job, Outcome

_SAVING = 60.0  # seconds that trainings have to save once they are cancelled


class RayCrew:
    """Does jobs as tasks of Ray.

    Parameters
    ----------
    share : Share
        Where, and what each job asks for.

    Raises
    ------
    ConfigError
        If the cluster cannot be reached, or can never hold a job.
    """

    def __init__(self, share: Share) -> None:
        self._cluster = Cluster(share)
        self._ray = self._cluster.ray
        self._running: dict[Any, tuple[Job, float]] = {}

    def __enter__(self) -> "RayCrew":
        self._cluster.__enter__()
        # A worker is used once: the memory of a training is free when it ends.
        self._task = self._ray.remote(**self._cluster.asked, max_retries=0, max_calls=1)(_do)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for reference in self._running:
            self._ray.cancel(reference)  # raises KeyboardInterrupt there: the training saves
        if self._running:
            self._ray.wait(list(self._running), num_returns=len(self._running), timeout=_SAVING)
        self._cluster.leave()

    @property
    def places(self) -> int:
        """How many jobs it takes at the same time; changes as nodes come and go."""
        return self._cluster.places

    @property
    def holds(self) -> tuple[float, str]:
        """How much each job holds of what."""
        asked = self._cluster.asked
        return (asked["num_gpus"], "GPU") if asked["num_gpus"] else (asked["num_cpus"], "CPU")

    def start(self, job: Job) -> None:
        """Begin a job."""
        self._running[self._task.remote(job)] = (job, time.monotonic())

    def wait(self, seconds: float) -> list[Outcome]:
        """Return the jobs that ended, after so many seconds at the latest."""
        if not self._running:
            time.sleep(seconds)
            return []
        ended, _ = self._ray.wait(list(self._running), timeout=seconds)
        return [self._outcome(reference) for reference in ended]

    def _outcome(self, reference: Any) -> Outcome:
        job, begun = self._running.pop(reference)
        spent = round(time.monotonic() - begun, 1)
        exceptions = self._ray.exceptions
        try:
            failure = self._ray.get(reference)
        except exceptions.RayTaskError as error:
            return Outcome(job.piece, str(error.cause), seconds=spent)
        except exceptions.RayError as error:  # of the worker, the node, the object
            told = str(error).strip().split("\n")[0] or type(error).__name__
            return Outcome(job.piece, told, lost=True, seconds=spent)
        return Outcome(job.piece, failure, seconds=spent)


def _do(job: Job) -> str | None:
    """Do a job on a worker of Ray."""
    from sample_engineering.sweep.crew import do
    from sample_engineering.trainers.sharing import THREADS
    from sample_engineering.trainers.together import bare_environment

    Path(job.run).stat()  # storage that is not shared is told by the system's own words
    env = bare_environment()
    env.setdefault(THREADS, "1")
    return do(job, env, lambda: False)
