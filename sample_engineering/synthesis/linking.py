"""Which relations can be linked: what one yields is what another takes, and plausible there."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sample_engineering.synthesis import units
from sample_engineering.synthesis.evaluating import reachable
from sample_engineering.synthesis.plan import range_of
from sample_engineering.synthesis.relation import Case, Quantity, Relation, fill

NUMBER = "number"
"""The meaning of a pure whole number, which may become the size of any stated quantity."""

LEAST_OVERLAP = 1.2  # ratio of the ends of a span in which a link may lie


@dataclass(frozen=True, eq=False, slots=True)
class Producer:
    """A quantity of a relation in a case that another relation may take up."""

    relation: Relation
    case: Case
    quantity: Quantity
    objects: frozenset[str]


@lru_cache(maxsize=8)
def producers(library: tuple[Relation, ...]) -> dict[str, tuple[Producer, ...]]:
    """Return the quantities that can be handed on, by meaning."""
    found: dict[str, list[Producer]] = defaultdict(list)
    for relation in library:
        for case in relation.cases:
            for quantity in relation.quantities:
                if (
                    quantity.ask
                    and quantity.meaning
                    and quantity.name not in case.fixed
                    and quantity.name not in relation.both
                ):
                    found[fill(quantity.meaning, case.words)].append(
                        Producer(relation, case, quantity, objects(relation, case))
                    )
    return {meaning: tuple(items) for meaning, items in found.items()}


@lru_cache(maxsize=4096)
def accepted(relation: Relation, case: Case, name: str) -> tuple[str, ...]:
    """Return the meanings that may be linked into a quantity."""
    quantity = relation.by_name[name]
    if name in case.fixed or not quantity.link:
        return ()
    meanings = [quantity.meaning, *quantity.accepts] if quantity.meaning else [*quantity.accepts]
    return tuple(dict.fromkeys(fill(text, case.words) for text in meanings))


@lru_cache(maxsize=4096)
def objects(relation: Relation, case: Case) -> frozenset[str]:
    """Return the last words of the objects a case names; no two nodes of a plan share one."""
    return frozenset(
        text.split()[-1] for text in case.words.values() if text.startswith(("the ", "a ", "an "))
    )


def _takes_number(relation: Relation, case: Case, name: str) -> bool:
    low, high = range_of(relation, case, name)
    return bool(relation.by_name[name].given) and name not in case.fixed and low < 60 and high > 2


@lru_cache(maxsize=8192)
def _linkable(relation: Relation, case: Case, unknown: str, link: str | None) -> bool:
    """Can the clauses state everything else, when `link` comes from another relation?"""
    if link is None and unknown in relation.tell:
        return True
    return all(
        quantity.given or quantity.name in (unknown, link, *relation.inner)
        for quantity in relation.quantities
    )


@lru_cache(maxsize=8192)
def taken_range(relation: Relation, case: Case, name: str, by_number: bool) -> tuple[float, float]:
    """Return where a result is plausible for what takes it up: its size, or its bare number."""
    low, high = range_of(relation, case, name)
    if by_number:
        return low, high
    unit = relation.by_name[name].unit
    return units.in_base(low, unit), units.in_base(high, unit)


def _overlap(item: Producer, relation: Relation, case: Case, name: str, by_number: bool) -> bool:
    """Can what one relation yields ever be plausible where another takes it?"""
    low, high = taken_range(relation, case, name, by_number)
    least, most = reachable(item.relation, item.case, item.quantity.name)
    low, high = max(low, least), min(high, most)
    return high > low * LEAST_OVERLAP if low > 0 else high > low


def may_take(item: Producer, relation: Relation, case: Case, unknown: str, name: str) -> bool:
    """Can a relation that is solved for one quantity take another one from what yields it?"""
    return _linkable(relation, case, unknown, name) and _overlap(item, relation, case, name, False)


Candidates = Mapping[str, Sequence[tuple[Relation, Sequence[Producer]]]]
"""What may yield a quantity, by domain and relation."""


@lru_cache(maxsize=1 << 15)
def yielding(
    library: tuple[Relation, ...],
    relation: Relation,
    case: Case,
    unknown: str,
    name: str,
    by_number: bool,
) -> Candidates:
    """Return what may ever yield a quantity of a relation that is solved for another."""
    if by_number:
        meanings: tuple[str, ...] = (NUMBER,) if _takes_number(relation, case, name) else ()
    else:
        meanings = accepted(relation, case, name)
    if not meanings or not _linkable(relation, case, unknown, name):
        return {}
    found: dict[Relation, list[Producer]] = {}
    for meaning in meanings:
        for item in producers(library).get(meaning, ()):
            if _linkable(item.relation, item.case, item.quantity.name, None) and _overlap(
                item, relation, case, name, by_number
            ):
                found.setdefault(item.relation, []).append(item)
    by_domain: dict[str, list[tuple[Relation, list[Producer]]]] = {}
    for other, items in found.items():
        by_domain.setdefault(other.domain, []).append((other, items))
    return by_domain
