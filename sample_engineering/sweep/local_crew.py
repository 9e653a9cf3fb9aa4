"""A crew on this machine: a thread with one child process at a time for each device."""

import os
import queue
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from types import TracebackType

from sample_engineering.sweep.crew import Job, Outcome, do
from sample_engineering.trainers.machine import cores
from sample_engineering.trainers.nursery import kept
from sample_engineering.trainers.sharing import THREADS
from sample_engineering.trainers.together import bare_environment


class LocalCrew:
    """Does jobs on the devices of this machine.

    Parameters
    ----------
    devices : sequence of str
        ``cpu``, or the number or name of a GPU; one named twice has two jobs at a time.
    """

    def __init__(self, devices: Sequence[str]) -> None:
        self.devices = tuple(devices)
        self._jobs: queue.Queue[Job | None] = queue.Queue()
        self._ended: queue.Queue[Outcome] = queue.Queue()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._kept = ExitStack()

    @property
    def places(self) -> int:
        """How many jobs it takes at the same time."""
        return len(self.devices)

    @property
    def holds(self) -> tuple[float, str]:
        """How much each job holds of what."""
        if all(device == "cpu" for device in self.devices):
            return float(max(1, cores() // len(self.devices))), "CPU"
        return len(set(self.devices)) / len(self.devices), "GPU"

    def __enter__(self) -> "LocalCrew":
        self._kept.enter_context(kept())
        for device in self.devices:
            thread = threading.Thread(target=self._work, args=(device,), daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()
        self._kept.close()

    def start(self, job: Job) -> None:
        """Begin a job."""
        self._jobs.put(job)

    def wait(self, seconds: float) -> list[Outcome]:
        """Return the jobs that ended, after so many seconds at the latest."""
        try:
            found = [self._ended.get(timeout=seconds)]
        except queue.Empty:
            return []
        while not self._ended.empty():
            found.append(self._ended.get())
        return found

    def _work(self, device: str) -> None:
        env = bare_environment() | self._environment(device)
        while (job := self._jobs.get()) is not None and not self._stop.is_set():
            begun = time.monotonic()
            try:
                failure = do(job, env, self._stop.is_set)
            except Exception as error:  # the other places go on
                failure = f"{type(error).__name__}: {error}"
            self._ended.put(Outcome(job.piece, failure, seconds=round(time.monotonic() - begun, 1)))

    def _environment(self, device: str) -> dict[str, str]:
        if device != "cpu":
            return {"CUDA_VISIBLE_DEVICES": device}
        env = {"CUDA_VISIBLE_DEVICES": ""}
        if THREADS not in os.environ:
            env[THREADS] = str(max(1, cores() // len(self.devices)))
        return env
