"""Records on disk in the order in which they came, each found again by its place."""

import os
import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy

# Records that are read one after the other in rank order lie apart on the disk; a few are kept.
_KEPT = 8


class Shelf:
    """Bytes in a temporary file that nobody else sees, gone with the object.

    Also readable in a process that was forked off. Not to be written to any more after that.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="se-rank-")  # noqa: SIM115 (lives with the object)
        self._ends = array("q", [0])

    def __len__(self) -> int:
        return len(self._ends) - 1

    def add(self, record: bytes) -> None:
        """Put one more record on the shelf."""
        self._file.write(record)
        self._ends.append(self._ends[-1] + len(record))

    def extend(self, records: bytes, lengths: Iterable[int]) -> None:
        """Put several more on the shelf, joined, with the length of each."""
        self._file.write(records)
        for length in lengths:
            self._ends.append(self._ends[-1] + length)

    def settle(self) -> None:
        """Write out what is held back, before another process reads."""
        self._file.flush()

    def __getitem__(self, place: int) -> bytes:
        begin, end = self._ends[place], self._ends[place + 1]
        return os.pread(self._file.fileno(), end - begin, begin)

    def between(self, first: int, last: int) -> Iterator[bytes]:
        """Yield the records of some places in a row."""
        begin = self._ends[first]
        whole = memoryview(os.pread(self._file.fileno(), self._ends[last] - begin, begin))
        for place in range(first, last):
            yield bytes(whole[self._ends[place] - begin : self._ends[place + 1] - begin])


class Ordered(Sequence[Any]):
    """What a function returns for places, in some order."""

    def __init__(self, at: Callable[[int], Any], order: "numpy.ndarray") -> None:
        self._at, self._order = at, order

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self._at(one) for one in self._order[place].tolist()]
        return self._at(int(self._order[place]))

    def __iter__(self) -> Iterator[Any]:
        return map(self._at, self._order.tolist())

    def taken(self, places: Sequence[int]) -> "Ordered":
        """Return the values at some places of this order."""
        import numpy as np

        return Ordered(self._at, self._order[np.asarray(places, dtype=np.int64)])


def made(at: Callable[[int], Any], n: int) -> Sequence[Any]:
    """Return what a function returns for the first `n` places: where they are many, when asked."""
    import numpy as np

    return list(map(at, range(n))) if n <= _FEW else Ordered(at, np.arange(n))


def taken(values: Sequence[Any], places: Sequence[int]) -> Sequence[Any]:
    """Return values at some places, still on disk where they are many and lie there."""
    if isinstance(values, Ordered) and len(places) > _FEW:
        return values.taken(places)
    if isinstance(values, list | tuple) and len(places) > 1:
        return list(itemgetter(*places)(values))
    return [values[place] for place in places]


_FEW = 10_000  # values that may be held in memory


def kept_rows(read: Callable[[int], Mapping[str, Any]]) -> Callable[[int], Mapping[str, Any]]:
    """Return the function with its last results kept: columns are asked for one by one."""
    return lru_cache(maxsize=_KEPT)(read)
