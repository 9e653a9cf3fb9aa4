"""Solving a problem again from its reading: numerically, on the equations as they were written.

The second half of the independent check. The composer evaluates forms that sympy solved; here the
residual of the original equation is searched for its roots over the whole plausible range, so that
a second solution is found as well.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sample_engineering.synthesis import units
from sample_engineering.synthesis.reading import Reading
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.resolving_pairs import Pair, pairs, solve_pair
from sample_engineering.synthesis.root_finding import roots
from sample_engineering.synthesis.rounding import stable
from sample_engineering.synthesis.scene import Place
from sample_engineering.synthesis.several_roots import NoSolution, solutions


@dataclass(frozen=True, slots=True)
class Resolved:
    """What solving a reading came to.

    Parameters
    ----------
    value : float or None
        The answer in coherent units; None where it stays undetermined.
    trouble : str
        Why it does.
    known : mapping
        From (relation, quantity) to its size in coherent units, given or found.
    order : tuple of (Relation or Pair, str)
        Which relation was solved for what, in the order in which they were; of a pair it is the
        name in the first one.
    other : float, optional
        Of two answers that are asked for together the smaller one.
    """

    value: float | None
    trouble: str
    known: Mapping[Place, float] = field(default_factory=dict)
    order: tuple[tuple[Relation | Pair, str], ...] = ()
    other: float | None = None


def resolve(reading: Reading, relations: tuple[Relation, ...]) -> Resolved:
    """Solve a reading for what it asks.

    Parameters
    ----------
    reading : Reading
        Facts with numeric sizes.
    relations : tuple of Relation
        The relations claimed.
    """
    known: dict[Place, float] = {
        place: size for place, size in reading.given.items() if not isinstance(size, str)
    }
    twins: dict[Place, list[Place]] = {}
    for taker, yielder in reading.links.items():
        twins.setdefault(taker, []).append(yielder)
        twins.setdefault(yielder, []).append(taker)
    takers: dict[Place, list[tuple[Place, str]]] = {}
    for taker, (letter, unit) in reading.scale.items():
        if letter in reading.letters:
            takers.setdefault(reading.letters[letter], []).append((taker, unit))

    def pass_on(place: Place) -> None:
        for twin in twins.get(place, ()):
            if twin not in known:
                known[twin] = known[place]
                pass_on(twin)
        for taker, unit in takers.get(place, ()):
            if taker not in known:
                known[taker] = units.in_base(known[place], unit)

    for place in list(known):
        pass_on(place)
    order: list[tuple[Relation | Pair, str]] = []
    other: float | None = None
    wanted = {reading.asked, *reading.links.values(), *reading.letters.values()}
    progress = True
    while progress and reading.asked not in known:
        progress = False
        for relation in relations:
            absent = _absent(relation, known)
            if absent is None:
                continue
            if any(name not in reading.constants for name in relation.constants):
                return Resolved(None, "a physical constant is not stated")
            values = {
                name: known[relation.name, name] for name in relation.by_name if name not in absent
            } | {name: reading.constants[name] for name in relation.constants}
            unknown = _asked_of(relation, absent, wanted)
            if unknown in relation.both and reading.asked == (relation.name, unknown):
                pair = sorted(roots(relation, unknown, values))
                if len(pair) != 2:
                    return Resolved(None, f"{len(pair)} solutions of {relation.name}, not two")
                other, found = pair[0], {unknown: pair[1]}
            else:
                try:
                    found = solutions(relation, absent, values)
                except NoSolution as error:
                    return Resolved(None, str(error))
            if not stable(relation, {**values, **found}):
                return Resolved(None, f"a rounding would decide a count of {relation.name}")
            order.append((relation, unknown))
            for name, size in found.items():
                known[relation.name, name] = size
                pass_on((relation.name, name))
            progress = True
        if not progress and reading.asked not in known:
            for shared in _open_pairs(reading, relations, known):
                if any(name not in reading.constants for name in _constants_of(shared)):
                    return Resolved(None, "a physical constant is not stated")
                try:
                    both = solve_pair(shared, known, reading.constants)
                except NoSolution as error:
                    return Resolved(None, str(error))
                order.append((shared, _asked_of_pair(shared, reading)))
                for (here, _), size in zip(shared.names, both, strict=True):
                    known[shared.first.name, here] = size
                    pass_on((shared.first.name, here))
                progress = True
                break
    if reading.asked is None or reading.asked not in known:
        return Resolved(None, "the facts do not determine the answer")
    return Resolved(known[reading.asked], "", known, tuple(order), other)


def _open_pairs(
    reading: Reading, relations: Sequence[Relation], known: Collection[Place]
) -> Iterator[Pair]:
    def open_of(relation: Relation) -> list[str]:
        return [name for name in relation.by_name if (relation.name, name) not in known]

    def same(place: Place) -> Place:
        while place in reading.links:
            place = reading.links[place]
        return place

    return pairs(relations, open_of, same)


def _constants_of(pair: Pair) -> set[str]:
    return {*pair.first.constants, *pair.second.constants}


def _asked_of_pair(pair: Pair, reading: Reading) -> str:
    """Return which of the two quantities is asked, or taken up by a relation besides the pair."""
    own = {pair.first.name, pair.second.name}
    used = {reading.asked, *reading.letters.values()}
    used |= {place for taker, place in reading.links.items() if taker[0] not in own}
    used |= {place for place in reading.links if reading.links[place] in used}
    names = (pair.first.name, pair.second.name)
    for both in pair.names:
        if not used.isdisjoint(zip(names, both, strict=True)):
            return both[0]
    return pair.names[0][0]


def _absent(relation: Relation, known: Collection[Place]) -> tuple[str, ...] | None:
    """Return what of a relation is not known, where its equations are as many as that."""
    absent = tuple(name for name in relation.by_name if (relation.name, name) not in known)
    conditions = len(relation.equations) + (relation.best is not None)
    return absent if absent and len(absent) == conditions else None


def _asked_of(relation: Relation, absent: tuple[str, ...], wanted: Collection[object]) -> str:
    """Return which of the quantities found the problem goes on with."""
    stated = [name for name in absent if name not in relation.inner]
    used = [name for name in absent if (relation.name, name) in wanted]
    return (used or stated or list(absent))[0]


def determined(
    reading: Reading, relations: tuple[Relation, ...], without: frozenset[str] = frozenset()
) -> bool:
    """Tell whether the facts left determine the answer, by counting unknowns alone."""
    known = {place for place in reading.given if place[0] not in without}
    pairs = [*reading.links.items()]
    pairs += [
        (taker, reading.letters[letter])
        for taker, (letter, _) in reading.scale.items()
        if letter in reading.letters
    ]
    waiting = [relation for relation in relations if relation.name not in without]
    size = -1
    while size != len(known):
        size = len(known)
        for first, second in pairs:
            if first in known or second in known:
                known |= {first, second}
        for relation in waiting:
            absent = _absent(relation, known)
            if absent is not None:
                known |= {(relation.name, name) for name in absent}
        if size == len(known):
            for pair in _open_pairs(reading, waiting, known):
                known |= {(pair.first.name, here) for here, _ in pair.names}
                known |= {(pair.second.name, there) for _, there in pair.names}
    return reading.asked in known
