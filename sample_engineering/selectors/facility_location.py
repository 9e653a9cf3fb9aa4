"""Facility location: a few candidates that together stand for all, chosen greedily.

The objective of a set S is F(S) = sum over j of max over i in S of u[i, j], with u[i, j] >= 0 what
candidate i is worth to candidate j. It is monotone and submodular, so that each further member adds
less, and choosing greedily reaches at least 1 - 1/e (63 %) of the best set of that size; with a
limit on each of several classes, at least half.

References
----------
Nemhauser, Wolsey and Fisher 1978, "An analysis of approximations for maximizing submodular set
functions"; Minoux 1978 for the lazy evaluation; Fisher, Nemhauser and Wolsey 1978 for the limits.
"""

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy


@dataclass(frozen=True)
class Choice:
    """A set, in the order in which it was chosen.

    Parameters
    ----------
    members : tuple of int
        Rows of the worth.
    gains : tuple of float
        What each added to the objective.
    """

    members: tuple[int, ...]
    gains: tuple[float, ...]

    @property
    def objectives(self) -> tuple[float, ...]:
        """The objective after each member."""
        total, after = 0.0, []
        for gain in self.gains:
            total += gain
            after.append(total)
        return tuple(after)


def choose_greedily(
    worth: "numpy.ndarray",
    k: int,
    *,
    first: Sequence[int] = (),
    classes: Sequence[str] | None = None,
    limits: Mapping[str, int] | int | None = None,
) -> Choice:
    """Choose rows greedily, of equals the first.

    Parameters
    ----------
    worth : ndarray of float, shape (candidates, clients)
        Non-negative.
    k : int
        How many to choose; fewer where the limits, or the candidates, allow no more.
    first : sequence of int
        Rows that are chosen before all others; they count towards the limits.
    classes : sequence of str, optional
        Class of each row, for the limits.
    limits : int or mapping of str to int, optional
        Most rows of each class; classes that a mapping does not name have none.
    """
    import numpy as np

    covered = np.zeros(worth.shape[1], dtype=worth.dtype)
    members: list[int] = []
    gains: list[float] = []
    taken: Counter[str] = Counter()

    def gain(row: int) -> float:
        return float(np.maximum(worth[row] - covered, 0).sum(dtype=np.float64))

    def room(row: int) -> bool:
        if limits is None or classes is None:
            return True
        name = classes[row]
        limit = limits if isinstance(limits, int) else limits.get(name, 0)
        return taken[name] < limit

    def take(row: int, worth_of_it: float) -> None:
        members.append(row)
        gains.append(worth_of_it)
        np.maximum(covered, worth[row], out=covered)
        if classes is not None:
            taken[classes[row]] += 1

    for row in first:
        take(row, gain(row))
    # A gain only falls while the set grows, so an old one is a bound, and what still leads when
    # it is reckoned anew is the best. Rows come after their equals by their number.
    heap = [(-gain(row), row) for row in range(len(worth)) if row not in set(first)]
    heapq.heapify(heap)
    while heap and len(members) < k:
        _, row = heapq.heappop(heap)
        if not room(row):
            continue
        now = gain(row)
        if heap and (-now, row) > heap[0]:
            heapq.heappush(heap, (-now, row))
        else:
            take(row, now)
    return Choice(tuple(members), tuple(gains))


def objective(worth: "numpy.ndarray", members: Sequence[int]) -> float:
    """Return F of a set of rows; 0 for none."""
    import numpy as np

    if not len(members):
        return 0.0
    return float(worth[list(members)].max(axis=0).sum(dtype=np.float64))
