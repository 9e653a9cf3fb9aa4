"""Two relations that leave the same two quantities open, solved by their equations as written.

Part of the independent check. One of the two quantities is tried over its whole plausible range:
the first equation gives the other one, and what is left of the second equation is searched for
its roots.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from sample_engineering.synthesis import formula
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.root_finding import (
    roots,
    sides_of,
    zeros_in_range,
)
from sample_engineering.synthesis.scene import Place
from sample_engineering.synthesis.several_roots import NoSolution

_REST = 1e-7  # of a true root, relative to the largest residual


@dataclass(frozen=True, slots=True)
class Pair:
    """Two relations, and the two quantities that both leave open.

    Parameters
    ----------
    first, second : Relation
    names : tuple of (str, str)
        What each of the two quantities is called in the first and in the second relation.
    """

    first: Relation
    second: Relation
    names: tuple[tuple[str, str], tuple[str, str]]


def pairs(
    relations: Sequence[Relation],
    open_of: Callable[[Relation], Sequence[str]],
    same: Callable[[Place], Place],
) -> Iterator[Pair]:
    """Yield pairs of relations of which each leaves two quantities open, the same ones.

    Parameters
    ----------
    relations : sequence of Relation
    open_of : callable
        Returns the quantities of a relation that are not known.
    same : callable
        Returns one place for all places that are linked to one.
    """
    able = [
        (item, {same((item.name, name)): name for name in open_of(item)})
        for item in relations
        if len(item.equations) == 1 and not item.best
    ]
    for (first, here), (second, there) in combinations(able, 2):
        if len(here) == 2 and here.keys() == there.keys():
            x, y = ((here[place], there[place]) for place in here)
            yield Pair(first, second, (x, y))


def solve_pair(
    pair: Pair, known: Mapping[Place, float], constants: Mapping[str, float]
) -> tuple[float, float]:
    """Return the only two sizes, in coherent units, that satisfy both relations.

    Raises
    ------
    NoSolution
        If there are none, or several.
    """
    (x, other_x), (y, other_y) = pair.names
    here, there = (_known_of(item, known, constants) for item in (pair.first, pair.second))
    names, left, right = sides_of(pair.second, 0)

    def beside(size: float) -> list[float]:
        """Return every x where y has a size, by the first equation."""
        return roots(pair.first, x, {**here, y: size})

    def residual(size: float) -> float:
        found = beside(size)
        if len(found) != 1:
            return math.nan
        values = {**there, other_y: size, other_x: found[0]}
        arguments = [values[name] for name in names]
        try:
            value = left(*arguments) - right(*arguments)
        except formula.NO_VALUE:
            return math.nan
        return math.nan if isinstance(value, complex) else value

    sizes = zeros_in_range(pair.first.by_name[pair.names[1][0]], residual, _REST)
    if len(sizes) != 1:
        raise NoSolution(
            f"{len(sizes)} solutions of {pair.first.name} with {pair.second.name} for {x} and {y}"
        )
    return beside(sizes[0])[0], sizes[0]


def _known_of(
    relation: Relation, known: Mapping[Place, float], constants: Mapping[str, float]
) -> dict[str, float]:
    sizes = {
        name: known[relation.name, name]
        for name in relation.by_name
        if (relation.name, name) in known
    }
    return sizes | {name: constants[name] for name in relation.constants}
