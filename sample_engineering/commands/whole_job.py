"""How long a job of several pieces still takes, as a whole."""

import time
from collections.abc import Callable, Hashable, Mapping


class WholeJob:
    """Counts the work of all pieces, and how long the rest of them will take.

    Each kind of work has its own pace, the mean of what was seen of it; pieces that are done side
    by side share the time. Nothing is told before every kind was seen.

    Parameters
    ----------
    work : mapping of hashable to int
        Units of each kind, of all pieces together: steps of trainings, items of evaluations.
    clock : callable
        Seconds, as of `time.monotonic`.
    done : mapping of hashable to int
        Units of each kind that an earlier job did, which say nothing of the pace of this one.
    name : str
        What the job is called.
    """

    def __init__(
        self,
        work: Mapping[Hashable, int],
        clock: Callable[[], float] = time.monotonic,
        *,
        done: Mapping[Hashable, int] | None = None,
        name: str = "the whole run",
    ) -> None:
        self._work = dict(work)
        self._before = dict(done or {})
        self.name = name
        self._clock = clock
        self._began = clock()
        # Of each piece: its kind, when it was first and last heard of, and its counts then.
        self._pieces: dict[Hashable, tuple[Hashable, float, int, float, int]] = {}

    def count(self, piece: Hashable, kind: Hashable, done: int) -> None:
        """Take note that so much of a piece is done."""
        now = self._clock()
        if piece in self._pieces and done < self._pieces[piece][4]:  # another of the same name
            self._pieces[piece, len(self._pieces)] = self._pieces.pop(piece)
        _, began, first, _, _ = self._pieces.get(piece, (kind, now, done, now, done))
        self._pieces[piece] = (kind, began, first, now, done)

    @property
    def share(self) -> float:
        """The part of all units that is done, kinds weighted by their pace where it is known."""
        paces = {kind: self._pace(kind) or 0.0 for kind in self._work}
        if not any(paces.values()):
            paces = dict.fromkeys(self._work, 1.0)
        whole = sum(self._work[kind] * pace for kind, pace in paces.items())
        done = sum(self._done(kind) * pace for kind, pace in paces.items())
        return min(1.0, done / whole) if whole else 1.0

    @property
    def left(self) -> float | None:
        """Seconds that the rest will take; None where that is not known yet."""
        rest = 0.0
        for kind, units in self._work.items():
            pace, missing = self._pace(kind), max(0, units - self._done(kind))
            if missing and pace is None:
                return None
            rest += missing * (pace or 0.0)
        busy = sum(last - began for _, began, _, last, _ in self._pieces.values())
        elapsed = max(
            (last for _, _, _, last, _ in self._pieces.values()), default=self._began
        ) - min((began for _, began, _, _, _ in self._pieces.values()), default=self._began)
        at_once = max(1.0, busy / elapsed) if elapsed > 0 else 1.0
        return rest / at_once

    def _pace(self, kind: Hashable) -> float | None:
        """Seconds a unit, in one piece; None where none was seen."""
        seen = [
            (last - began, done - first)
            for of, began, first, last, done in self._pieces.values()
            if of == kind
        ]
        units = sum(number for _, number in seen)
        return sum(seconds for seconds, _ in seen) / units if units > 0 else None

    def _done(self, kind: Hashable) -> int:
        return min(
            self._work[kind],
            self._before.get(kind, 0)
            + sum(done for of, _, _, _, done in self._pieces.values() if of == kind),
        )
