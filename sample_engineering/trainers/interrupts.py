"""Ctrl-C that saves first, and errors of a full disk in words."""

import errno
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from sample_engineering.errors import (
    INTERRUPTED_STATUS,
    RunError,
    SampleEngineeringError,
    TrainingError,
)


class TrainingInterrupted(TrainingError):
    """The run was stopped by Ctrl-C or SIGTERM; what was done is saved."""

    exit_status = INTERRUPTED_STATUS


@contextmanager
def going_on(
    place: Path,
    what: str,
    close: Callable[[], object],
    hopeless: type[SampleEngineeringError] | None = None,
) -> Iterator[None]:
    """Close what a long job writes to, and let whatever stops the job say how it goes on.

    Parameters
    ----------
    place : Path
        Folder of the job.
    what : str
        What it is: ``search``.
    close : callable
        Called in the end, however it comes.
    hopeless : type, optional
        Of errors that would come again.

    Raises
    ------
    TrainingInterrupted
        In place of an interruption of a part of it, naming the whole.
    """
    told = f"`resume={place}`"
    try:
        yield
    except (TrainingInterrupted, KeyboardInterrupt):
        raise TrainingInterrupted(f"interrupted; go on with {told}") from None
    except SampleEngineeringError as error:
        if len(error.args) == 1 and (hopeless is None or not isinstance(error, hopeless)):
            error.args = (f"{error}; then go on with the {what}, {told}",)
        raise
    finally:
        close()


_SAME_SECONDS = 1.0  # signals this close together are one


class StopRequest:
    """Set by the first Ctrl-C or SIGTERM; the second one stops at once."""

    def __init__(self, notice: Callable[[str], None] | None = None) -> None:
        self.requested = False
        self.at_once = False  # whether what is running shall not save first
        self._notice = notice
        self._since = 0.0

    def __bool__(self) -> bool:
        return self.requested

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.requested:
            # A launcher passes on the Ctrl-C that the terminal sends to all: that is one, not two.
            if time.monotonic() - self._since > _SAME_SECONDS:
                self.at_once = True
                raise KeyboardInterrupt
            return
        self.requested = True
        self._since = time.monotonic()
        if self._notice is not None:
            self._notice(
                "stopping after this step, then saving; press Ctrl-C again to stop at once"
            )

    def check(self) -> None:
        """Raise TrainingInterrupted if a stop was asked for."""
        if self.requested:
            raise TrainingInterrupted("interrupted")

    @contextmanager
    def listening(self) -> Iterator["StopRequest"]:
        """Take over SIGINT and SIGTERM; does nothing outside the main thread."""
        if threading.current_thread() is not threading.main_thread():
            yield self
            return
        numbers = (signal.SIGINT, signal.SIGTERM)
        before: list[Any] = [signal.signal(number, self._handle) for number in numbers]
        try:
            yield self
        finally:
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)


# Parts of the messages with which torch and safetensors report a failed write.
_WRITE_FAILED = ("PytorchStreamWriter", "No space left", "I/O error", "File too large")
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def write_errors_in_words(place: object) -> Iterator[None]:
    """Turn a failed write below `place`, in whatever library it happens, into a RunError."""
    try:
        yield
    except (TrainingError, RunError):
        raise
    except OSError as error:
        if error.errno in (*_NO_ROOM, errno.EACCES, errno.EROFS, errno.EPERM):
            raise _failed(place, error.strerror or error) from error
        raise
    except Exception as error:  # RuntimeError of torch, SafetensorError of safetensors
        if any(part in str(error) for part in _WRITE_FAILED):
            raise _failed(place, "the disk is full or not writable") from error
        raise


def _failed(place: object, reason: object) -> RunError:
    return RunError(f"cannot write to {place}: {reason}; free some space and go on with `resume`")
