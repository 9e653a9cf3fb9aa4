"""Scored candidates in order: gates, keys, ties and copies."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy

_DIGITS = re.compile(r"(\d{1,18})")


def natural(id_: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key under which 'p2' comes before 'p10'."""
    return tuple(
        (0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part)
        for part in _DIGITS.split(id_)
        if part
    )


def in_order(
    stops: "numpy.ndarray",
    later: "numpy.ndarray",
    keys: "numpy.ndarray",
    then: "numpy.ndarray",
    ids: Sequence[str],
    history: Mapping[str, int],
) -> "numpy.ndarray":
    """Greatest key first, what a gate stops last, before it unknown ones, before them `later`.

    Equal keys by `then`, greatest first, and then in the order of the history, and by id.

    Returns
    -------
    ndarray of int, shape (n,)
        Places of the candidates, the first ranked first.
    """
    import numpy as np

    unknown = np.isnan(keys)
    value = np.where(unknown, 0.0, -keys)
    second = np.where(unknown, 0.0, -then)
    last = len(history)
    there = np.zeros(len(ids), dtype=np.int64)
    if last:
        there = np.fromiter((history.get(id_, last) for id_ in ids), np.int64, len(ids))
    order = np.lexsort((there, second, value, later, unknown, stops))
    columns = (stops, unknown, later, value, second, there)
    apart = np.ones(len(order) + 1, dtype=bool)
    if len(order):
        apart[1:-1] = np.any(
            [column[order[1:]] != column[order[:-1]] for column in columns], axis=0
        )
    bounds = np.flatnonzero(apart)
    for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        if end - begin > 1:
            ties = order[begin:end].tolist()
            ties.sort(key=lambda place: natural(ids[place]))
            order[begin:end] = ties
    return order


def first_of_copies(
    copy_of: "numpy.ndarray | None", stops: "numpy.ndarray", ids: Sequence[str]
) -> dict[str, str]:
    """Ids of copies, and of the first that is the same problem.

    Those that a gate stops are left as they are: each is shown with its reason, and being last they
    fill no top.
    """
    import numpy as np

    if copy_of is None:
        return {}
    groups: dict[int, list[int]] = {}
    for place in np.flatnonzero(copy_of != np.arange(len(copy_of))).tolist():
        first = int(copy_of[place])
        groups.setdefault(first, [first]).append(place)
    found: dict[str, str] = {}
    for group in groups.values():
        free = [place for place in group if not stops[place]]
        found.update((ids[place], ids[free[0]]) for place in free[1:])
    return found
