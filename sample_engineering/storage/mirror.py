"""A folder here that is brought to a store as it grows.

Object stores have no append, rename or lock. So a job writes into an ordinary folder, whose files
are whole or grow at their end, and which opens after a kill at any moment. What of it changed is
sent every few seconds, and at the end, in the order in which it was written: so the store only
shows what the folder was at some moment, and a job that is killed loses what it wrote since.
"""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sample_engineering.errors import StorageError
from sample_engineering.files import UNFINISHED
from sample_engineering.storage.stores import Store

EVERY = 10.0  # seconds between two looks at the folder
_TRIES = 3  # at the end
_PAUSE = 2.0  # seconds between them
_DATABASE = ".sqlite"
_OF_DATABASE = ("-journal", "-wal", "-shm")  # a database is sent as a whole, without these


@dataclass(frozen=True)
class _State:
    """A file at some moment."""

    changed: int  # ns
    size: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> "_State | None":
        try:
            found = path.stat(follow_symlinks=False)
        except OSError:
            return None
        return cls(found.st_mtime_ns, found.st_size, found.st_ino)


class Mirror:
    """Sends what changes in a folder.

    Parameters
    ----------
    folder : Path
        All in it belongs to the place, which lies in it under its name.
    store : Store
    """

    def __init__(self, folder: Path, store: Store) -> None:
        self._folder = folder
        self._store = store
        self._sent = dict(self._files())
        self._one_at_a_time = threading.Lock()

    def forget(self) -> None:
        """Take what is in the folder now for what is there."""
        self._sent = dict(self._files())

    @property
    def changed(self) -> bool:
        """Whether something is here that is not there."""
        return dict(self._files()) != self._sent

    def push(self, *, removing: bool = True) -> None:
        """Send what changed, the oldest first; then take away there what is gone here.

        Raises
        ------
        StorageError
            If a file cannot be sent; those before it are.
        """
        from tempfile import TemporaryDirectory

        with self._one_at_a_time, TemporaryDirectory(dir=self._folder.parent) as held:
            now, kept = self._hold(Path(held))
            for name in sorted(kept, key=lambda one: (now[one].changed, one)):
                try:
                    with (Path(held) / str(kept[name])).open("rb") as stream:
                        self._send(stream, now[name].size, name)
                except OSError as error:
                    raise StorageError(
                        f"cannot send {self._folder / name}: {error.strerror or error}; see "
                        "whether the disk is full"
                    ) from error
                self._sent[name] = now[name]
            if removing:
                present = dict(self._files())
                for name in [one for one in self._sent if one not in present]:
                    self._store.remove(name)
                    del self._sent[name]

    def push_at_last(self) -> None:
        """Push, and try again where it fails."""
        for tried in range(1, _TRIES + 1):
            try:
                return self.push()
            except StorageError as error:
                if tried == _TRIES or "access denied" in str(error):
                    raise
                time.sleep(_PAUSE)
        return None

    def _send(self, stream: BinaryIO, size: int, name: str) -> None:
        if name.endswith(_DATABASE):
            size = os.fstat(stream.fileno()).st_size
        self._store.send(stream, size, name)

    def _hold(self, held: Path) -> tuple[dict[str, _State], dict[str, int]]:
        """Keep what shall be sent as it is now, whatever becomes of the files meanwhile.

        What is seen first is told of at most as far as it went then, and what it may speak of was
        written before; files that come between the two looks are held too. A file that another
        took the place of meanwhile is left to the next time.
        """
        first = dict(self._files())
        now: dict[str, _State] = {}
        kept: dict[str, int] = {}
        for number, (name, state) in enumerate(self._files()):
            before = first.get(name, state)
            if before.inode != state.inode or before.size > state.size:
                continue
            if before == self._sent.get(name):
                continue
            try:
                self._keep(self._folder / name, held / str(number))
            except FileNotFoundError:
                continue
            now[name], kept[name] = before, number
        return now, kept

    @staticmethod
    def _keep(path: Path, copy: Path) -> None:
        if path.name.endswith(_DATABASE):
            import sqlite3

            try:
                with (
                    closing(sqlite3.connect(path)) as live,
                    closing(sqlite3.connect(copy)) as still,
                ):
                    live.backup(still)
                return
            except sqlite3.Error:  # called like one
                copy.unlink(missing_ok=True)
        try:
            os.link(path, copy, follow_symlinks=False)
        except FileNotFoundError:
            raise
        except OSError:  # a file system without hard links
            shutil.copyfile(path, copy)

    def _files(self) -> Iterator[tuple[str, _State]]:
        """Yield the files that belong there, by their names below the folder."""
        for folder, _, names in os.walk(self._folder):
            for one in names:
                path = Path(folder, one)
                if one.endswith((UNFINISHED, *_OF_DATABASE)) or path.is_symlink():
                    continue
                if (state := _State.of(path)) is not None:
                    yield path.relative_to(self._folder).as_posix(), state


class Pushing:
    """Pushes every few seconds, until it is stopped.

    Parameters
    ----------
    mirror : Mirror
    allowed : callable
        Whether the place is still ours.
    """

    def __init__(self, mirror: Mirror, allowed: Callable[[], bool]) -> None:
        self._mirror = mirror
        self._allowed = allowed
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mirror", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Wait for what is on its way."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(EVERY):
            try:
                if self._mirror.changed and self._allowed():
                    self._mirror.push()
            except StorageError:  # it is tried again, and at the end it is an error
                continue
