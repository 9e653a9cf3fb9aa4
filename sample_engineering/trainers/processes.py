"""The child processes of a validation, from the side of the parent."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from sample_engineering.errors import TrainingError
from sample_engineering.interpreter import search_path
from sample_engineering.trainers.events import DONE, FAILED, INTERRUPTED, read_line
from sample_engineering.trainers.nursery import Forked, current

_END_SECONDS = 20.0  # that a child has to end by itself once it has nothing to do
_LAST_BYTES = 4096  # of what a child printed, for its last line


class Child:
    """A child process that tells what it does, and ends with its parent.

    Parameters
    ----------
    arguments : sequence of str
        Of `child.main`, but for ``--attached``.
    env : mapping
        Its environment.
    log : Path
        Receives what it prints, but for what it tells.
    what : str
        What it does, for messages: ``the training of sample, seed 0``.
    on_cpu : bool
        It needs no GPU, so it may be a fork of the nursery that is kept.

    Raises
    ------
    TrainingError
        If it cannot be started.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        env: Mapping[str, str],
        log: Path,
        what: str,
        *,
        on_cpu: bool = False,
    ) -> None:
        self.what, self.log = what, log
        self._told: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._asked_to_end = False
        self._process: Forked | subprocess.Popen[bytes]
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("ab") as printed:
                given = [*arguments, "--attached"]
                own = {**env, "PYTHONPATH": search_path()}
                self._process = _forked(given, own, printed, on_cpu) or subprocess.Popen(
                    [sys.executable, "-P", "-m", "sample_engineering.trainers.child", *given],
                    env=own,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=printed,
                    start_new_session=True,  # Ctrl-C reaches it through its parent, and once
                )
        except OSError as error:
            raise TrainingError(f"{what} cannot be started: {error.strerror or error}") from error
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if (record := read_line(line)) is not None:
                self._told.put(record)
        self._told.put(None)

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def ask(self, request: Mapping[str, Any]) -> None:
        """Send it a request; that it is gone is told by `hear`."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()

    def hear(self, seconds: float) -> dict[str, Any] | None:
        """Return what it told next, or None if it told nothing for so many seconds.

        A child that ended without a last word is given one that says how it ended.
        """
        try:
            record = self._told.get(timeout=seconds)
        except queue.Empty:
            return None
        return self._end() if record is None else record

    def _end(self) -> dict[str, Any]:
        status = self._process.wait()
        self._told.put(None)  # whoever asks again hears the same
        if status == 0:
            return {"is": DONE}
        if status == -signal.SIGTERM and self._asked_to_end:
            return {"is": INTERRUPTED, "message": "interrupted"}
        if status < 0:
            name = signal.Signals(-status).name
            reason = f"was ended by {name}"
            if -status == signal.SIGKILL:
                reason += ", perhaps for want of memory"
        else:
            reason = f"ended with status {status}"
        if last := self._last_line():
            reason += f" ({last})"
        message = f"{self.what} {reason}; what it printed is in {self.log}"
        return {"is": FAILED, "kind": "TrainingError", "message": message}

    def _last_line(self) -> str:
        try:
            with self.log.open("rb") as stream:
                stream.seek(max(0, self.log.stat().st_size - _LAST_BYTES))
                lines = stream.read().decode("utf-8", "replace").split("\n")
        except OSError:
            return ""
        return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "")

    def stop(self) -> None:
        """Ask it to save and to end; one that does not listen yet ends without having begun."""
        self._asked_to_end = True
        if self.alive:
            self._process.send_signal(signal.SIGTERM)

    def close(self, *, at_once: bool = False) -> None:
        """End it: by itself if it has nothing to do, else at once."""
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()
        end = time.monotonic() + (0 if at_once else _END_SECONDS)
        while self.alive and time.monotonic() < end:
            time.sleep(0.02)
        if self.alive:
            with suppress(ProcessLookupError):
                if hasattr(os, "killpg"):
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:  # Windows
                    self._process.kill()
        self._process.wait()


def _forked(
    arguments: Sequence[str], env: Mapping[str, str], printed: IO[bytes], on_cpu: bool
) -> Forked | None:
    """Return a fork of the nursery; None where there is none, or it is gone."""
    nursery = current()
    if nursery is None or not on_cpu:
        return None
    try:
        return nursery.start("child", arguments, env, printed)
    except OSError:
        return None


TERMINAL = (DONE, INTERRUPTED, FAILED)
