"""A worker process of the grader: started when it is needed, asked over pipes, replaced if it dies.

Each worker is a fresh interpreter that runs `sample_engineering.grading.worker` and speaks JSON
lines over pipes. So nothing is pickled, the caller's main module is not imported again (no torch in
the workers), it works from any thread, under fork and spawn, and inside daemonic processes, which
may have no multiprocessing children. A worker that exceeds its wall-clock limit is killed and
replaced.

Only a limit is a verdict. A worker that dies by itself is asked again in a new process, since
another may have killed it; one that cannot start is an error, for then nothing was graded.
"""

import json
import os
import queue
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from threading import Lock, Thread
from typing import IO, Any

from sample_engineering import gym
from sample_engineering.errors import GraderError
from sample_engineering.grading.workers import limits
from sample_engineering.interpreter import search_path

# Whether this process is itself a worker; then Math-Verify runs here, under the parent's limit.
INSIDE_WORKER = "SAMPLE_ENGINEERING_GRADING_WORKER"
# Whether a worker imports reasoning-gym before it takes answers.
WITH_GYM = "SAMPLE_ENGINEERING_GRADING_GYM"
_LAST_BYTES, _LONGEST_SAID = 4096, 200  # of what a process printed before it ended


class _TimedOut(Exception):
    """The worker did not answer within its limit."""


class _Died(Exception):
    """The worker ended by itself, or was ended by another."""


class Worker:
    """One worker process, started on demand and after each kill.

    Parameters
    ----------
    gym_too : bool
        Whether it imports reasoning-gym when it starts; it does too where this process has.
    """

    def __init__(self, *, gym_too: bool = False) -> None:
        self.lock = Lock()
        self.gym_too = gym_too
        self.process: subprocess.Popen[bytes] | None = None
        self.ready = False
        self.kills = 0
        self._asked: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._printed: IO[bytes] | None = None
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Launch the process without waiting for it.

        Raises
        ------
        GraderError
            If the system does not let it.
        """
        if self.process is not None and self.process.poll() is None:
            return
        self.kill()
        environment = {
            **os.environ,
            INSIDE_WORKER: "1",
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": search_path(),
        }
        self.gym_too = self.gym_too or gym.loaded()
        if self.gym_too:  # its import takes longer than an answer may
            environment[WITH_GYM] = "1"
        try:
            # A file, since a pipe that nobody reads would stop it when it is full.
            self._printed = tempfile.TemporaryFile()  # noqa: SIM115
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "sample_engineering.grading.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._printed,
                env=environment,
            )
        except OSError as error:
            self.kill()
            raise GraderError(_cannot_start(error.strerror or str(error))) from error
        self.ready = False
        self._asked, self._lines = queue.SimpleQueue(), queue.SimpleQueue()
        # Threads, since pipes cannot be waited for on every system, and both ways must move: a
        # worker whose answers nobody takes stops taking requests.
        self._threads = [
            Thread(target=_write, args=(self.process.stdin, self._asked), daemon=True),
            Thread(target=_read, args=(self.process.stdout, self._lines), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def kill(self) -> None:
        """End the process, if any."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.wait()
            self._asked.put(None)
            for thread in self._threads:
                thread.join()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):  # what was not sent yet
                        pipe.close()
        if self._printed is not None:
            self._printed.close()
            self._printed = None

    def ask(self, requests: Sequence[dict[str, Any]], limit: float) -> list[dict[str, Any]]:
        """Answers to some requests, in order; shorter than the requests if one hit its limit.

        Parameters
        ----------
        requests : sequence of dict
            JSON-ready requests.
        limit : float
            Wall-clock seconds for each.

        Raises
        ------
        GraderError
            If the worker cannot start.
        """
        answers: list[dict[str, Any]] = []
        died = False
        self._be_ready()
        while len(answers) < len(requests):
            self._be_ready()
            before = len(answers)
            try:
                for answer in self._answers(requests[before:], limit):
                    answers.append(answer)
            except _TimedOut:
                self._replace()
                return answers
            except _Died:
                self._replace()
                if died and len(answers) == before:  # twice at the same request: it is its fault
                    return answers
                died = True
        return answers

    def _answers(self, requests: Sequence[dict[str, Any]], limit: float) -> Iterator[Any]:
        for request in requests:
            self._asked.put((json.dumps(request) + "\n").encode("ascii"))
        for _ in requests:
            try:
                yield json.loads(self._line(limit))
            except ValueError as error:  # cut short
                raise _Died from error

    def _be_ready(self) -> None:
        """Wait until the process has loaded what it needs; try twice."""
        for attempt in range(2):
            self.start()
            if self.ready:
                return
            try:
                self._line(limits.START_SECONDS)
                self.ready = True
                return
            except _TimedOut:
                reason = f"it was not ready after {limits.START_SECONDS:.0f} s"
            except _Died:
                reason = self._last_words()
            self.kill()
            if attempt:
                raise GraderError(_cannot_start(reason))

    def _replace(self) -> None:
        self.kills += 1
        self.kill()
        with suppress(GraderError):  # said when it is asked
            self.start()

    def _last_words(self) -> str:
        """Say how the process ended before it was ready."""
        assert self.process is not None
        status = self.process.wait()
        lines = []
        if self._printed is not None:
            self._printed.seek(0)
            lines = self._printed.read()[-_LAST_BYTES:].decode("utf-8", "replace").splitlines()
        said = next((line.strip() for line in reversed(lines) if line.strip()), "")
        how = f"it ended with status {status}"
        return f"{how}: {said[:_LONGEST_SAID]}" if said else how

    def _line(self, limit: float) -> bytes:
        process = self.process
        assert process is not None
        started = time.monotonic()
        consumed = _processor_seconds(process.pid)
        wait = limit
        while True:
            try:
                line = self._lines.get(timeout=wait)
            except queue.Empty:
                # Starved of processor time by its neighbours, a worker gets longer, within reason:
                # a verdict must not depend on how busy the machine is.
                used = _processor_seconds(process.pid) - consumed
                elapsed = time.monotonic() - started
                if used >= limits.PATIENCE * limit or elapsed >= limits.STARVED_FACTOR * limit:
                    raise _TimedOut from None
                wait = limit / 4
                continue
            if line is None:
                self._lines.put(None)  # whoever asks again hears the same
                raise _Died
            return line


def _write(stream: IO[bytes], requests: "queue.SimpleQueue[bytes | None]") -> None:
    """Send requests to a process until there are no more."""
    with suppress(OSError, ValueError):  # it ended; its answers end too
        while (request := requests.get()) is not None:
            stream.write(request)
            if requests.empty():
                stream.flush()


def _read(stream: IO[bytes], lines: "queue.SimpleQueue[bytes | None]") -> None:
    """Hand over the lines of a process, and None at its end."""
    with suppress(OSError, ValueError):  # closed while reading
        for line in stream:
            lines.put(line)
    lines.put(None)


def _cannot_start(reason: str) -> str:
    return (
        f"nothing was graded: the process that runs Math-Verify cannot start ({reason}); give it "
        "room (see `ulimit -a`; it takes about 400 MB) or mend the installation of math-verify"
    )


def _processor_seconds(process_id: int) -> float:
    """Processor time of a process so far; infinite where the system does not tell."""
    try:
        with open(f"/proc/{process_id}/stat", "rb") as stream:
            fields = stream.read().rpartition(b")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return float("inf")
