"""A folder of this process for what is brought here; it goes with the process."""

import atexit
import os
from functools import cache
from itertools import count
from pathlib import Path

_PREFIX = "sample-engineering-"
_HELD = "held"  # locked while its process lives
_KEPT = "kept"  # there where something could not be sent

_numbers = count()


@cache
def _root(process: int) -> Path:
    """Make the folder of this process, and take away those of processes that were killed."""
    import tempfile

    above = Path(tempfile.gettempdir())
    for old in sorted(above.glob(f"{_PREFIX}*")):
        _clear(old)
    root = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=above))
    descriptor = os.open(root / _HELD, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except (ImportError, OSError):  # nobody else will know that it is in use
        (root / _KEPT).touch()
    atexit.register(_leave, root, process)
    return root


def new_folder(names: list[str]) -> Path:
    """Return a new folder, which is empty, whose path ends with these names."""
    folder = _root(os.getpid()) / str(next(_numbers))
    folder = folder.joinpath("files", *names)
    folder.mkdir(parents=True)
    return folder


def keep() -> None:
    """Leave what is here when the process ends: not all of it could be sent."""
    (_root(os.getpid()) / _KEPT).touch()


def _leave(root: Path, process: int) -> None:
    if os.getpid() == process and not (root / _KEPT).exists():
        _remove(root)


def _clear(old: Path) -> None:
    """Take away a folder whose process was killed; its own only, and not what shall be kept."""
    try:
        import fcntl

        if old.is_symlink() or old.stat().st_uid != os.getuid() or (old / _KEPT).exists():
            return
        descriptor = os.open(old / _HELD, os.O_RDWR)
    except (ImportError, OSError):
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _remove(old)
    except OSError:
        return
    finally:
        os.close(descriptor)


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
