"""Worker processes behind one bounded queue: the graders of a server."""

import asyncio
import math
import threading
import time
from collections import deque
from collections.abc import Sequence

from sample_engineering.errors import ConfigError, GraderError
from sample_engineering.grading.rows import Row, Verdict, out_of_time
from sample_engineering.grading.workers import limits
from sample_engineering.grading.workers.process import Worker

# Rows sent to a worker at a time: enough that pipes cost nothing, few enough that one that runs
# into its limit does not hold up many.
_CHUNK = 32
_LONGEST_RETRY_SECONDS = 60
_STARTS = 2  # tries of a worker


class Full(Exception):
    """The queue has no room for these rows."""


class Batch:
    """The rows of one request, and their verdicts as they arrive."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.verdicts: list[Verdict | None] = [None] * len(rows)
        self.left = len(rows)
        self.dropped = False
        self.loop = asyncio.get_running_loop()
        self.done: asyncio.Future[None] = self.loop.create_future()
        if not rows:
            self.done.set_result(None)

    def finish(self) -> None:
        """Tell whoever waits; in the event loop."""
        if not self.done.done():
            self.done.set_result(None)


class Graders:
    """Worker processes, a thread each, that take rows from one queue.

    Parameters
    ----------
    workers : int
    queue : int
        Rows that may wait.
    """

    def __init__(self, workers: int, queue: int) -> None:
        self._workers = [Worker(gym_too=True) for _ in range(workers)]
        self._room = queue
        self._waiting: deque[tuple[Batch, int]] = deque()
        self._changed = threading.Condition()
        self._stopping = False
        self._ready = threading.Event()
        self._failed = 0
        self._why = ""
        self._per_second = 0.0
        self._threads = [
            threading.Thread(target=self._serve, args=(worker,), daemon=True)
            for worker in self._workers
        ]

    def start(self) -> None:
        """Start all workers, and wait until one of them is ready.

        Raises
        ------
        ConfigError
            If none starts.
        """
        for thread in self._threads:
            thread.start()
        self._ready.wait(limits.START_SECONDS * _STARTS)
        if not self._ready.is_set() or self._failed == len(self._workers):
            self.stop()
            raise ConfigError(
                self._why
                or "no worker process starts; see what "
                "`python -m sample_engineering.grading.worker` prints"
            )

    def submit(self, rows: Sequence[Row]) -> Batch:
        """Queue some rows, all or none; in the event loop that shall wait for them.

        Raises
        ------
        Full
            If there is no room for all of them, or the graders are being stopped.
        """
        batch = Batch(rows)
        with self._changed:
            if self._stopping or len(self._waiting) + len(rows) > self._room:
                raise Full
            self._waiting.extend((batch, index) for index in range(len(rows)))
            self._changed.notify(len(rows))
        return batch

    def drop(self, batch: Batch) -> None:
        """Forget what still waits of a batch: nobody wants it any more."""
        with self._changed:
            batch.dropped = True
            self._waiting = deque(task for task in self._waiting if task[0] is not batch)

    @property
    def waiting(self) -> int:
        """Rows in the queue."""
        return len(self._waiting)

    @property
    def restarts(self) -> int:
        """How often a worker was ended at a limit, or died, and was replaced."""
        return sum(worker.kills for worker in self._workers)

    @property
    def retry_seconds(self) -> int:
        """Seconds after which there may be room again, 1 to 60."""
        wait = self.waiting / self._per_second if self._per_second else 1.0
        return max(1, min(_LONGEST_RETRY_SECONDS, math.ceil(wait)))

    def process_ids(self) -> list[int]:
        """Return the ids of the worker processes that run now."""
        processes = [worker.process for worker in self._workers]
        return [process.pid for process in processes if process is not None]

    def refuse(self) -> None:
        """Take nothing more; what was taken is graded."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def stop(self) -> None:
        """Grade what is left, and end the workers."""
        self.refuse()
        for thread in self._threads:
            thread.join(limits.WALL_SECONDS * limits.STARVED_FACTOR)
        for worker in self._workers:
            worker.kill()

    def _serve(self, worker: Worker) -> None:
        try:
            worker.ask([], limits.WALL_SECONDS)
            self._ready.set()
            self._work(worker)
        except GraderError as error:  # it does not start, or not again: others go on
            with self._changed:
                self._failed += 1
                self._why = str(error)
                if self._failed == len(self._workers):
                    self._ready.set()

    def _work(self, worker: Worker) -> None:
        while tasks := self._take():
            started = time.monotonic()
            count = len(tasks)
            self._grade(worker, tasks)
            seconds = max(time.monotonic() - started, 1e-6)
            fresh = count / seconds * len(self._workers)
            self._per_second = fresh if not self._per_second else (self._per_second + fresh) / 2

    def _take(self) -> list[tuple[Batch, int]]:
        """The next rows for a worker; none where there will be no more."""
        with self._changed:
            while not self._waiting and not self._stopping:
                self._changed.wait()
            share = math.ceil(len(self._waiting) / len(self._workers))
            return [self._waiting.popleft() for _ in range(min(_CHUNK, share))]

    def _grade(self, worker: Worker, tasks: list[tuple[Batch, int]]) -> None:
        while tasks:
            try:
                answers = worker.ask(
                    [batch.rows[index].request() for batch, index in tasks], limits.WALL_SECONDS
                )
            except GraderError:
                with self._changed:
                    self._waiting.extendleft(reversed(tasks))
                    self._changed.notify(len(tasks))
                raise
            done = [Verdict(**answer) for answer in answers]
            if len(done) < len(tasks):
                done.append(out_of_time(limits.WALL_SECONDS))
            for (batch, index), verdict in zip(tasks, done, strict=False):
                self._put(batch, index, verdict)
            tasks = [task for task in tasks[len(done) :] if not task[0].dropped]

    def _put(self, batch: Batch, index: int, verdict: Verdict) -> None:
        # A batch has its rows with several workers.
        with self._changed:
            batch.verdicts[index] = verdict
            batch.left -= 1
            last = not batch.left
        if last:
            try:
                batch.loop.call_soon_threadsafe(batch.finish)
            except RuntimeError:  # the loop was closed: whoever waited is gone
                batch.dropped = True
