"""A crew on a Ray cluster: every job is a task that asks for its share of CPUs and GPUs.

A job that ends with its worker or its node is not the piece's fault: it is begun again elsewhere,
where it goes on from its last checkpoint. Storage must be shared by all nodes.
"""

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.extras import require
from sample_engineering.sweep.crew import Job, Outcome

LOCAL = "local"
_REFRESH = 5.0  # seconds between looks at the size of the cluster


class RayCrew:
    """Does jobs as tasks of Ray.

    Parameters
    ----------
    address : str
        ``local`` for a cluster of this machine alone, ``auto`` for the one that it belongs to, or
        the address of a cluster.
    gpus : float, optional
        GPUs of each job; a part of one lets several share it. None: one where the cluster has any.
    cpus : float
        CPUs of each job.

    Raises
    ------
    ConfigError
        If the cluster cannot be reached, or can never hold a job.
    """

    def __init__(self, address: str, *, gpus: float | None = None, cpus: float = 1.0) -> None:
        self.address, self._gpus, self.cpus = address, gpus, cpus
        self._ray: Any = require("ray", "ray")
        self._running: dict[Any, tuple[Job, float]] = {}
        self._places, self._looked = 0, -_REFRESH
        self._ours = False

    def __enter__(self) -> "RayCrew":
        ray = self._ray
        self._ours = not ray.is_initialized()
        if self._ours:
            self._join()
        if self.places < 1:
            held = ", ".join(f"{n:g} {name}" for name, n in sorted(self._held().items()))
            self._leave()
            raise ConfigError(
                f"the cluster never has {self.cpus:g} CPU and {self.gpus:g} GPU free at once (it "
                f"has {held or 'nothing'}); give other `gpus` or `cpus`, or another `ray`"
            )
        # A worker is used once: the memory of a training is free when it ends.
        self._task = ray.remote(num_cpus=self.cpus, num_gpus=self.gpus, max_retries=0, max_calls=1)(
            _do
        )
        return self

    def _join(self) -> None:
        # Ray names GPUs by numbers that this process sees, and a CPU task sees none.
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        settings: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
        if self.address == LOCAL:
            settings |= {"include_dashboard": False}
            path = os.pathsep.join(filter(None, sys.path))
            settings["runtime_env"] = {"env_vars": {"PYTHONPATH": path}}
        try:
            self._ray.init(address=self.address, **settings)
        except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
            first = str(error).strip().split("\n")[0]
            raise ConfigError(
                f"`ray` {self.address!r} cannot be reached: {first}; give the address of a running "
                f"cluster, or {LOCAL}"
            ) from error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for reference in self._running:
            self._ray.cancel(reference)  # raises KeyboardInterrupt there: the training saves
        if self._running:
            self._ray.wait(list(self._running), num_returns=len(self._running), timeout=60.0)
        self._leave()

    def _leave(self) -> None:
        if self._ours:
            self._ray.shutdown()

    @property
    def gpus(self) -> float:
        """GPUs of each job."""
        if self._gpus is None:
            self._gpus = 1.0 if self._held().get("GPU") else 0.0
        return self._gpus

    def _held(self) -> Mapping[str, float]:
        found = self._ray.cluster_resources()
        return {name: found[name] for name in ("CPU", "GPU") if name in found}

    @property
    def places(self) -> int:
        """How many jobs it takes at the same time; changes as nodes come and go."""
        if time.monotonic() > self._looked + _REFRESH:
            held = self._held()
            by = [int(held.get("CPU", 0) / self.cpus)] if self.cpus else []
            by += [int(held.get("GPU", 0) / self.gpus + 1e-9)] if self.gpus else []
            self._places, self._looked = min(by, default=1), time.monotonic()
        return self._places

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
