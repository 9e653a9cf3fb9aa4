"""What a folder has to show: its runs with their state, and the pages that `--report` wrote.

A request names what it wants by the path that the list shows, and is looked up in the list: no
path from outside is ever joined to the folder. A run or page that leads out of the folder by a
link is not in it.
"""

import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sample_engineering.errors import RunError
from sample_engineering.evaluation.verdict import KINDS
from sample_engineering.report.leaderboard import find_runs
from sample_engineering.runs import RunFolder
from sample_engineering.runs.format import METRICS, TRAININGS

RUNNING = "running"
SILENT = "silent"  # said to be running, and nothing was written for long
SILENT_AFTER = 600.0  # seconds
_MOST_FILES = 20_000  # of a run that are looked at
_MOST_PAGES = 500
_SECONDS = 1.0  # between two looks at the folder, at least
_TAIL = 65_536  # bytes of a file of metrics, among which its last line is
# How each of our pages begins; what they may do is bounded by the server as well.
_BEGINNING = (
    b'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/>'
    b'<meta http-equiv="Content-Security-Policy" content="default-src '
)
_SHARE = 0.1  # of the time may go into looking at it


@dataclass(frozen=True)
class Shown:
    """One entry of the list.

    Parameters
    ----------
    name : str
        Its path in the folder, with ``/``.
    kind : str
        ``run`` or ``page``.
    state : str
        ``running``, ``silent``, ``finished``, ``interrupted``, ``failed``, ``unknown`` or
        ``refused``; ``written`` of a page.
    verdict : str
        In words, or how far a run has come; empty where neither is known.
    tone : str
        ``good``, ``bad`` or ``unsure``, as the verdict is; empty where there is none.
    sample, model : str
        What is trained on what; empty where not known.
    changed : float
        When something of it was written last, in seconds since 1970.
    mark : str
        Another one whenever something of it changes.
    """

    name: str
    kind: str
    state: str
    verdict: str
    tone: str
    sample: str
    model: str
    changed: float
    mark: str


class Shelf:
    """Looks at a folder, seldom enough.

    Parameters
    ----------
    folder : path-like

    Raises
    ------
    RunError
        If there is no such folder.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise RunError(f"no folder {self.folder}; give the folder in which runs lie")
        self._root = self.folder.resolve()
        self._lock = threading.Lock()
        self._next_look = 0.0
        self._entries: dict[str, Shown] = {}

    def entries(self) -> dict[str, Shown]:
        """Return what there is by name: runs that changed last first, then pages."""
        with self._lock:
            began = time.monotonic()
            if began >= self._next_look:
                self._entries = self._look()
                took = time.monotonic() - began
                self._next_look = began + max(_SECONDS, took / _SHARE)
            return self._entries

    def path(self, entry: Shown) -> Path:
        """Return where an entry of the list lies."""
        return self.folder / entry.name

    def _look(self) -> dict[str, Shown]:
        runs = find_runs(self.folder)
        found = [entry for path in runs if (entry := self._run(path))]
        found += [
            entry
            for path in islice(self._pages(set(runs)), _MOST_PAGES)
            if (entry := self._page(path))
        ]
        found.sort(key=lambda entry: (entry.kind != "run", -entry.changed, entry.name))
        return {entry.name: entry for entry in found}

    def _pages(self, runs: set[Path]) -> Iterator[Path]:
        """Yield files in the folder and in its folders that are called like pages."""
        if self.folder in runs:
            return
        yield from sorted(self.folder.glob("*.htm*"))
        for path in sorted(self.folder.glob("*/*.htm*")):
            if path.parent not in runs and not path.parent.is_symlink():
                yield path

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def _run(self, path: Path) -> Shown | None:
        name = self._name(path)
        try:
            changed, size, number, outside = self._walk(path)
        except OSError:  # it was removed just now
            return None
        mark = f"{changed}.{size}.{number}"
        before = self._entries.get(name)
        silent = time.time() - changed / 1e9 > SILENT_AFTER
        if before and before.mark == mark and silent == (before.state == SILENT):
            return before
        if outside:
            told = f"not shown: {outside} leads out of the folder"
            return Shown(name, "run", "refused", told, "bad", "", "", changed / 1e9, mark)
        return _account(path, name, silent, changed / 1e9, mark)

    def _walk(self, path: Path) -> tuple[int, int, int, str]:
        """Return the last change in ns, size and number of a run's files, and what leads out."""
        changed = size = number = 0
        for folder, _, names in os.walk(path):
            for name in names:
                place = Path(folder, name)
                if place.is_symlink() and not place.resolve().is_relative_to(self._root):
                    return 0, 0, 0, place.relative_to(path).as_posix()
                found = place.stat()
                changed, size = max(changed, found.st_mtime_ns), size + found.st_size
                number += 1
                if number >= _MOST_FILES:
                    return changed, size, number, ""
        return changed, size, number, ""

    def _page(self, path: Path) -> Shown | None:
        try:
            if path.is_symlink() or not path.is_file():
                return None
            with path.open("rb") as stream:
                if stream.read(len(_BEGINNING)) != _BEGINNING:
                    return None
            found = path.stat()
        except OSError:
            return None
        mark = f"{found.st_mtime_ns}.{found.st_size}"
        return Shown(self._name(path), "page", "written", "", "", "", "", found.st_mtime, mark)


def _account(path: Path, name: str, silent: bool, changed: float, mark: str) -> Shown:
    """Return what the small files of a run tell of it."""
    folder = RunFolder(path, writes=False)
    status, config = folder.status, folder.config
    state = "unknown" if status is None else status.state
    verdict, tone = "" if status is None else status.message, ""
    if state == RUNNING:
        verdict = _progress(path, None if config is None else config.recipe.get("steps"))
        state = SILENT if silent else RUNNING
    elif (result := folder.result) is not None:
        verdict, tone = result.verdict, KINDS.get(result.verdict_kind, "unsure")
    sample = "" if config is None or config.sample is None else config.sample.id
    model = "" if config is None else Path(config.model).name
    return Shown(name, "run", state, verdict, tone, sample, model, changed, mark)


def _progress(path: Path, steps: object) -> str:
    """Say in words what the training that wrote last has come to."""
    try:
        places = [(place.stat().st_mtime_ns, place)
                  for place in (path / TRAININGS).glob(f"*/{METRICS}")]  # fmt: skip
        if not places:
            return "no training step yet"
        place = max(places)[1]
        with place.open("rb") as stream:
            stream.seek(max(0, place.stat().st_size - _TAIL))
            lines = stream.read().splitlines()
        last = json.loads(next(line for line in reversed(lines) if line.endswith(b"}")))
        of = f" of {steps}" if isinstance(steps, int) else ""
        said = f"{place.parent.name}: step {int(last['step'])}{of}"
        return f"{said}, pass rate {float(last['pass_rate']):.0%}"
    except (OSError, ValueError, KeyError, TypeError, StopIteration, RecursionError):
        return ""
