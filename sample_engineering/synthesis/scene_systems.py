"""Acts of a scene that share two values which nothing states: a system inside a story."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations

from sample_engineering.synthesis.scene import Act
from sample_engineering.synthesis.systems import System, Ties, is_solved, may_couple, system_of


def tied(acts: Sequence[Act]) -> Iterator[System]:
    """Yield the systems of two acts that share two values."""
    for one, other in combinations(acts, 2):
        found = system_in(one, other)
        if found is not None:
            yield found


@lru_cache(maxsize=4096)
def system_in(one: Act, other: Act) -> System | None:
    """Return the system of two acts; None where they share no two values, or cannot be coupled."""
    ties = shared_by(one, other)
    if len(ties) != 2 or one.relation.name == other.relation.name:
        return None
    if one.instead and one.instead == other.instead:
        return None
    if not (may_couple(one.relation) and may_couple(other.relation)):
        return None
    (case,), (another,) = one.relation.cases, other.relation.cases
    return system_of(one.relation, case, other.relation, another, ties)


def shared_by(one: Act, other: Act) -> Ties:
    """Return the quantities of two acts that are one value each, and not fixed."""
    held = {value: quantity for quantity, value in other.values.items()}
    (case,) = one.relation.cases
    return tuple(
        (quantity, held[value])
        for quantity, value in one.values.items()
        if value in held and quantity not in case.fixed
    )


def together(acts: tuple[Act, ...]) -> tuple[Act, ...]:
    """Return acts with the two that make a system as one act; as they are where none do."""
    for one, other in combinations(acts, 2):
        system = system_in(one, other)
        if system is None or not is_solved(system):
            continue
        names = [member.names for member in system.members]
        values = {
            here: act.values[own]
            for act, own_names in zip((one, other), names, strict=True)
            for own, here in own_names.items()
        }
        whole = Act(system.name, system, values, ())
        return tuple(whole if act is one else act for act in acts if act is not other)
    return acts
