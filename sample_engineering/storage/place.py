"""One file or folder of a store, and its copy here."""

import os
import threading

from sample_engineering.errors import StorageError
from sample_engineering.files import UNFINISHED
from sample_engineering.storage.addresses import Address
from sample_engineering.storage.lease import ENDING, Lease
from sample_engineering.storage.mirror import Mirror, Pushing
from sample_engineering.storage.stores import Store
from sample_engineering.storage.workplace import keep, new_folder

# Weights are read by what goes on with a run, and not by what shows it.
_WEIGHTS = (".safetensors", ".pt", ".pth", ".bin", ".ckpt")
_MOST_FILES = 200_000
_AT_ONCE = 8  # files that are fetched side by side
_REFRESHED = 10.0  # seconds between two looks at a place that is watched
_LONGEST = 255  # bytes of a name that a folder here can have


class Place:
    """What an address names, as a path of this machine.

    Parameters
    ----------
    text : str
        The address.
    """

    def __init__(self, text: str) -> None:
        self.address = Address.read(text)
        self.store = Store(self.address)
        # Several runs are told apart by the ends of their paths.
        self.folder = new_folder(self.address.path.strip("/").split("/")[:-1])
        self.path = self.folder / self.address.name
        self._known: dict[str, str] = {}
        self._mirror = Mirror(self.folder, self.store)
        self._adds = False
        self._lease: Lease | None = None
        self._pushing: Pushing | None = None
        self._watching = False

    @property
    def is_open(self) -> bool:
        """Whether what is written here is sent there."""
        return self._adds or self._pushing is not None

    def fetch(self, *, weights: bool = True, needed: bool = True) -> None:
        """Bring here what is there now; what is here already and is the same stays.

        Raises
        ------
        StorageError
            If it cannot be read or kept here, or nothing is there and that is `needed`.
        """
        seen = self.store.look(beside=not needed)
        there = {name: mark for name, mark in seen.items() if self._belongs(name)}
        if not weights:
            there = {name: mark for name, mark in there.items() if not name.endswith(_WEIGHTS)}
        if needed and not any(self._is_it(name) for name in there):
            raise StorageError(f"no file or folder {self.address}; check the address")
        if len(there) > _MOST_FILES:
            raise StorageError(
                f"{self.address} holds {len(there):,} files; name a folder with at most "
                f"{_MOST_FILES:,}"
            )
        wanted = [
            name
            for name, mark in there.items()
            if self._known.get(name) != mark or not (self.folder / name).exists()
        ]
        self._check_names(wanted)
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(self._bring, wanted))
        for name in [one for one in self._known if one not in there]:
            (self.folder / name).unlink(missing_ok=True)
        self._known = there
        self._mirror.forget()

    def _belongs(self, name: str) -> bool:
        return not name.endswith((ENDING, UNFINISHED))

    def _is_it(self, name: str) -> bool:
        return name == self.address.name or name.startswith(f"{self.address.name}/")

    def _check_names(self, names: list[str]) -> None:
        """Refuse names that lead elsewhere, or that no folder here can hold."""
        for name in names:
            parts = name.split("/")
            if any(part in ("", ".", "..") or "\0" in part for part in parts) or any(
                len(os.fsencode(part)) > _LONGEST for part in parts
            ):
                raise StorageError(
                    f"{self.address} holds {name!r}, a name that no folder here can have; copy "
                    "what is needed of it to another place"
                )

    def _bring(self, name: str) -> None:
        target = self.folder / name
        draft = target.with_name(f".{target.name[:100]}{UNFINISHED}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            self.store.fetch(name, str(draft))
            os.replace(draft, target)
        except OSError as error:
            raise StorageError(
                f"cannot keep a copy of {self.address} ({name}) in {self.folder}: "
                f"{error.strerror or error}; free some space, or set TMPDIR to another place"
            ) from error

    # Writing.

    def write(self) -> None:
        """Take the place for writing: fetch what is there, then send what changes here.

        Raises
        ------
        StorageError
            If another job has it, or it cannot be written to.
        """
        if self._pushing is not None:
            return
        if self.address.is_bucket:
            raise StorageError(f"{self.address} is a whole bucket; name a place in it")
        if int(os.environ.get("WORLD_SIZE") or 1) > 1:
            raise StorageError(
                f"{self.address} cannot be shared by the processes of one job; give a folder that "
                "all of them see"
            )
        if self.store.commits:  # each write would be one; so they are all made at the end
            self.fetch(needed=False)
            self._adds = True
            return
        self._lease = Lease(self.store)
        try:
            self.fetch(needed=False)
        except BaseException:
            self._lease.release()
            self._lease = None
            raise
        self._pushing = Pushing(self._mirror, self._lease.check)

    def add(self) -> None:
        """Send at the end what is new here, beside what another job may write there."""
        self._adds = True

    def watch(self) -> None:
        """Fetch anew every few seconds, as long as the process lives."""
        if not self._watching:
            self._watching = True
            threading.Thread(target=self._follow, name="watch", daemon=True).start()

    def _follow(self) -> None:
        pause = threading.Event()
        while not pause.wait(_REFRESHED):
            try:
                self.fetch(weights=False)
            except StorageError:  # what was seen last stays
                continue

    def close(self) -> None:
        """Send the rest, and let others write.

        Raises
        ------
        StorageError
            If it could not be sent; it then stays here, and the message says where.
        """
        lease, self._lease = self._lease, None
        pushing, self._pushing = self._pushing, None
        adds, self._adds = self._adds, False
        try:
            if pushing is not None:
                pushing.stop()
            if lease is not None and not lease.check():
                raise StorageError(
                    f"{self.address} was taken over by {lease.lost_to}; go on from there, or write "
                    "to another place"
                )
            if pushing is not None:
                self._mirror.push_at_last()
            elif adds:
                self._mirror.push(removing=False)
        except StorageError as error:
            keep()
            raise StorageError(f"{error}; what was written is kept in {self.folder}") from error
        finally:
            if lease is not None:
                lease.release()
