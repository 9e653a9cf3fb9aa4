"""Claims to a folder: who may write into it, for as long as the process lives."""

import os
import time
import weakref
from collections.abc import Callable
from pathlib import Path

from sample_engineering.errors import RunError

_LOOK_EVERY = 0.1  # seconds


def claim(
    owner: object, folder: Path, *, shared: bool = False, patience: float = 0.0
) -> Callable[[], object]:
    """Claim a folder for writing; the claim ends with the process, however that ends.

    Parameters
    ----------
    owner : object
        The claim ends with it too.
    folder : Path
        An existing folder.
    shared : bool
        Whether others may hold a shared claim at the same time; nobody then has it alone.
    patience : float
        Seconds to wait for another's claim to end, such as that of a process that is just dying.

    Returns
    -------
    callable
        Gives the claim back.

    Raises
    ------
    RunError
        If another process holds the folder.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        return lambda: None
    descriptor = os.open(folder, os.O_RDONLY)
    release = weakref.finalize(owner, os.close, descriptor)
    end = time.monotonic() + patience
    while True:
        try:
            kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            return release
        except BlockingIOError:
            if time.monotonic() < end:
                time.sleep(_LOOK_EVERY)
                continue
            release()
            raise RunError(
                f"another process writes to {folder}; wait for it or stop it, then go on"
            ) from None
        except OSError:  # a file system without locks
            release()
            return release
