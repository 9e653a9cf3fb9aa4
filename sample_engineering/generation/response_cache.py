"""Answers of a server kept on disk, so that nothing is asked and paid for twice.

One table of SQLite rather than diskcache, which would save about 40 of these lines and costs more:
by default it stores pickles, which run code when a cache from somewhere else is read, and drops
answers beyond 1 GB; set up for JSON and no limit, it took 560 microseconds to store an answer and
210 to find it, where this takes 250 and 50 (diskcache 5.6.3, 2,000 answers of 800 characters).
"""

import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sample_engineering.errors import RunError
from sample_engineering.generation.protocol import Completion

# Part of every key: raise it when the meaning of a stored completion changes.
FORMAT = 1
# Seconds to wait for another process that writes to the same file.
BUSY_TIMEOUT = 60.0


def request_key(request: Mapping[str, Any]) -> str:
    """Return the key of everything that decides what a server may answer.

    Parameters
    ----------
    request : mapping
        JSON-ready: server, model, prompt, sampling settings, schema, seed, number of the sample.
    """
    text = json.dumps([FORMAT, request], sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


class ResponseCache:
    """Completions by key in one SQLite file, safe for several threads and processes.

    A completion is on disk when `put` returns, so a process that is killed afterwards finds it
    again. The first answer stored under a key stays.

    Parameters
    ----------
    path : path-like
        The file; made with its folder if absent.

    Raises
    ------
    RunError
        If the file cannot be made or is no such cache.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._lock = threading.Lock()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(
                self.path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
            )
            # Write-ahead log: readers do not block the writer, and a killed process loses nothing.
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS completions (key TEXT PRIMARY KEY, value TEXT NOT NULL)"
                " WITHOUT ROWID"
            )
        except (OSError, sqlite3.Error) as error:
            raise RunError(
                f"cannot open the response cache {self.path}: {error}; "
                "delete the file or choose another as `cache`"
            ) from error

    def get(self, keys: Iterable[str]) -> dict[str, Completion]:
        """Return the stored completions among `keys`."""
        found = {}
        with self._lock:
            for key in keys:
                row = self._run("SELECT value FROM completions WHERE key = ?", (key,)).fetchone()
                if row is not None:
                    found[key] = _read(row[0])
        return found

    def put(self, entries: Mapping[str, Completion]) -> None:
        """Store completions; the entries of one call are stored together or not at all."""
        rows = [(key, json.dumps(asdict(value))) for key, value in entries.items()]
        with self._lock:
            self._run("BEGIN IMMEDIATE")
            try:
                self._db.executemany("INSERT OR IGNORE INTO completions VALUES (?, ?)", rows)
            except sqlite3.Error as error:
                self._db.execute("ROLLBACK")
                raise self._broken(error) from error
            self._run("COMMIT")

    def __len__(self) -> int:
        with self._lock:
            return int(self._run("SELECT count(*) FROM completions").fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _run(self, statement: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        try:
            return self._db.execute(statement, values)
        except sqlite3.Error as error:
            raise self._broken(error) from error

    def _broken(self, error: sqlite3.Error) -> RunError:
        return RunError(
            f"the response cache {self.path} cannot be used: {error}; "
            "free some space, or delete the file and ask again"
        )


def _read(text: str) -> Completion:
    record = json.loads(text)
    if record["logprobs"] is not None:
        record["logprobs"] = tuple(record["logprobs"])
    return Completion(**record)
