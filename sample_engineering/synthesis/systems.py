"""Two relations that share two unknowns: neither can be solved alone, both together can.

A current through a resistor of known resistance, at a known power: the law of Ohm leaves voltage
and current open, and so does the power; together they give both. Such a pair is a step of a plan,
a `System`: a relation of two equations, whose members are told each in its own words, and tied by
what links one to the other. Which pairs there are, and how they are solved, is kept in
``solved.json``: sympy takes too long over it while a problem is composed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis import formula, units
from sample_engineering.synthesis.constants import CONSTANTS
from sample_engineering.synthesis.plan import range_of
from sample_engineering.synthesis.relation import Case, Quantity, Relation, fill
from sample_engineering.synthesis.simultaneous import put_in
from sample_engineering.synthesis.solved import kept_law

SKILL = "system_of_equations"
_LEAST_OVERLAP = 1.2  # ratio of the ends of the span in which a shared quantity may lie

Ties = tuple[tuple[str, str], ...]
"""(quantity of the first relation, quantity of the second one that equals it) each."""


@dataclass(frozen=True, slots=True)
class Couple:
    """Two relations by name, and what ties them."""

    first: str
    second: str
    ties: Ties

    @property
    def name(self) -> str:
        """The name of their system."""
        tied = ", ".join(f"{one} = {other}" for one, other in self.ties)
        return f"{self.first} + {self.second} ({tied})"


@dataclass(frozen=True, eq=False, slots=True)
class Member:
    """One of the two relations of a system.

    Parameters
    ----------
    relation : Relation
    case : Case
    names : mapping of str to str
        From its own quantities to those of the system.
    """

    relation: Relation
    case: Case
    names: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class System(Relation):
    """Two relations that are solved together for what they share.

    What is shared is `inner`: the text states it nowhere. Words are filled in.

    Parameters
    ----------
    members : tuple of Member
    """

    members: tuple[Member, ...] = ()

    @property
    def parts(self) -> tuple[Relation, ...]:
        """The two relations."""
        return tuple(member.relation for member in self.members)

    def home_of(self, name: str) -> tuple[Relation, str]:
        """Return the relation that a quantity belongs to, and its name there."""
        for member in self.members:
            for own, here in member.names.items():
                if here == name:
                    return member.relation, own
        return super().home_of(name)

    @property
    def ties(self) -> Ties:
        """What the second relation shares with the first one."""
        first, second = self.members
        own = {here: name for name, here in first.names.items()}
        return tuple((own[here], name) for name, here in second.names.items() if here in own)


@lru_cache(maxsize=1 << 14)
def system_of(
    first: Relation, first_case: Case, second: Relation, second_case: Case, ties: Ties
) -> System | None:
    """Return the system of two relations in a case each; None where their spans do not meet.

    Parameters
    ----------
    first, second : Relation
    first_case, second_case : Case
    ties : Ties
    """
    tied = {other: one for one, other in ties}
    names = [{name: name for name in first.by_name}, _renamed(first, second, tied)]
    members = (Member(first, first_case, names[0]), Member(second, second_case, names[1]))
    spans: dict[str, tuple[float, float]] = {}
    for one, other in ties:
        span = _shared_span(members, one, other)
        if span is None or one in first_case.fixed or other in second_case.fixed:
            return None
        spans[one] = span
    letters = _letters(members, tied)
    quantities = [
        _told(member, quantity, here, letters[number, quantity.name], spans.get(here))
        for number, member in enumerate(members)
        for quantity in member.relation.quantities
        for here in (member.names[quantity.name],)
        if not number or quantity.name not in tied
    ]
    equation, other_equation = (_in(member, member.relation.equation) for member in members)
    return System(
        name=Couple(first.name, second.name, ties).name,
        title=first.title,
        domain=first.domain,
        field_=first.field_,
        equation=equation,
        quantities=tuple(quantities),
        skills=tuple(dict.fromkeys((*first.skills, *second.skills))),
        source=first.source,
        cases=(_case(members, spans),),
        require=tuple(_in(member, text) for member in members for text in member.relation.require),
        extras=tuple(
            replace(item, clause=fill(item.clause, member.case.words))
            for member in members
            for item in member.relation.extras
        ),
        symbolic=False,
        also=(other_equation,),
        inner=tuple(one for one, _ in ties),
        members=members,
    )


def _renamed(first: Relation, second: Relation, tied: Mapping[str, str]) -> dict[str, str]:
    """Name the quantities of the second relation such that they are told from the first one's."""
    taken = {*first.by_name, *first.constants, *second.by_name, *second.constants}
    found = {}
    for name in second.by_name:
        here = tied.get(name, name)
        if name not in tied and name in {*first.by_name, *first.constants}:
            here = next(text for number in range(2, 9) if (text := f"{name}_{number}") not in taken)
            taken.add(here)
        found[name] = here
    return found


def _in(member: Member, text: str) -> str:
    """Write an equation, or a condition, in the names of the system."""
    own = frozenset((*member.relation.by_name, *member.relation.constants))
    names = own | frozenset(member.names.values())
    renamed = {name: here for name, here in member.names.items() if name != here}
    if "=" in text and not any(sign in text for sign in ("<", ">")):
        return " = ".join(put_in(side, names, renamed) for side in formula.sides(text))
    return put_in(text, names, renamed)


def _shared_span(members: tuple[Member, ...], one: str, other: str) -> tuple[float, float] | None:
    """Return where a shared quantity is plausible for both, in the unit of the first."""
    first, second = members
    unit = first.relation.by_name[one].unit
    low, high = range_of(first.relation, first.case, one)
    theirs = second.relation.by_name[other].unit
    if units.dimensionality(unit) != units.dimensionality(theirs):
        return None
    ends = sorted(
        units.in_unit(units.in_base(end, theirs), unit)
        for end in range_of(second.relation, second.case, other)
    )
    low, high = max(low, ends[0]), min(high, ends[1])
    wide = high > low * _LEAST_OVERLAP if low > 0 else high > low
    return (low, high) if wide else None


def _letters(members: tuple[Member, ...], tied: Mapping[str, str]) -> dict[tuple[int, str], str]:
    """Give every quantity its letter; one that both relations use is numbered."""
    places = [
        (number, quantity)
        for number, member in enumerate(members)
        for quantity in member.relation.quantities
        if not number or quantity.name not in tied
    ]
    constants = [CONSTANTS[name].symbol for member in members for name in member.relation.constants]
    taken = [*(quantity.latex for _, quantity in places), *dict.fromkeys(constants)]
    found = {}
    used: set[str] = set()
    for number, quantity in places:
        letter = quantity.latex
        if taken.count(letter) > 1:
            stem, _, below = letter.partition("_")
            below = below.strip("{}")
            for index in range(1, 9):
                below_it = f"{below},{index}" if below else str(index)
                trial = f"{stem}_{{{below_it}}}" if len(below_it) > 1 else f"{stem}_{below_it}"
                if trial not in used and trial not in taken:
                    letter = trial
                    break
        used.add(letter)
        found[number, quantity.name] = letter
    return found


def _told(
    member: Member,
    quantity: Quantity,
    here: str,
    letter: str,
    span: tuple[float, float] | None,
) -> Quantity:
    """Return a quantity of a system, with the words of its case filled in."""
    words = member.case.words
    low, high = span or (quantity.low, quantity.high)
    return replace(
        quantity,
        name=here,
        low=low,
        high=high,
        given=tuple(fill(text, words) for text in quantity.given),
        noun=tuple(fill(text, words) for text in quantity.noun),
        ask=tuple(fill(text, words) for text in quantity.ask) if span else (),
        link=tuple(fill(text, words) for text in quantity.link),
        meaning=fill(quantity.meaning, words),
        accepts=tuple(fill(text, words) for text in quantity.accepts),
        symbol=letter,
    )


def _case(members: tuple[Member, ...], spans: Mapping[str, tuple[float, float]]) -> Case:
    return Case(
        words={
            f"{key}_{number}": word
            for number, member in enumerate(members, 1)
            for key, word in member.case.words.items()
        },
        fixed={
            member.names[name]: text
            for member in members
            for name, text in member.case.fixed.items()
        },
        ranges={
            member.names[name]: span
            for member in members
            for name, span in member.case.ranges.items()
            if member.names[name] not in spans
        },
    )


# --- which there are --------------------------------------------------------------------------

_WAY = (("s", "s"), ("t", "t"))
COUPLES = (
    Couple("ohms-law", "electric-power", (("U", "U"), ("I", "I"))),
    Couple("circular-period", "centripetal-force", (("r", "r"), ("v", "v"))),
    Couple("rectangle-area", "height-by-angle", (("l", "d"), ("w", "h"))),
    Couple("uniform-motion", "trip-charge", _WAY),
    Couple("uniform-motion", "flight-energy", _WAY),
    Couple("flight-energy", "trip-charge", _WAY),
    Couple("electric-heater", "energy-and-time-charge", (("Q", "E"), ("t", "t"))),
    Couple("electric-heater", "warmth-of-animals", (("Q", "Q"), ("t", "t"))),
    Couple("warmth-of-animals", "energy-and-time-charge", (("Q", "E"), ("t", "t"))),
    Couple("battery-runtime", "energy-and-time-charge", (("E", "E"), ("t", "t"))),
    Couple("transfer-time", "data-and-time-charge", (("S", "S"), ("t", "t"))),
    Couple("mass-concentration", "mass-and-volume-price", (("m", "m"), ("V", "V"))),
)
"""Relations of ours that are told together outside of scenes: the second one takes two quantities
of the first. Most pairs that could be tied are no story, or share a quotient only."""


def may_couple(relation: Relation) -> bool:
    """Tell whether a relation can be one of two: one plain equation of quantities of any size."""
    called = formula.called_functions(relation.left) | formula.called_functions(relation.right)
    return (
        not (relation.also or relation.inner or relation.best or relation.both)
        and not called & formula.WHOLE_FUNCTIONS
    )


def _means(one: Quantity, case: Case, other: Quantity, another: Case) -> bool:
    """Does the second quantity take what the first one means?"""
    meaning = fill(one.meaning, case.words)
    return any(
        meaning == fill(text, another.words) for text in (other.meaning, *other.accepts) if text
    )


def systems(couple: Couple, first: Relation, second: Relation) -> Iterator[System]:
    """Yield the systems of a couple, one for each two cases that go together."""
    for case in first.cases:
        for another in second.cases:
            fitting = all(
                _means(first.by_name[one], case, second.by_name[other], another)
                for one, other in couple.ties
            )
            found = system_of(first, case, second, another, couple.ties) if fitting else None
            if found is not None:
                yield found


@lru_cache(maxsize=256)
def joined(first: Relation, second: Relation, ties: Ties, unknown: str) -> tuple[System, str]:
    """Return the system of two relations in any case, and what an unknown of the first is in it.

    The relations may come in either order: as that system is named whose solutions are kept.

    Raises
    ------
    SynthesisError
        If no solutions are kept of either.
    """
    ways = [(first, second, way, unknown) for way in (ties, ties[::-1])] + [
        (second, first, tuple((other, one) for one, other in way), dict(ties)[unknown])
        for way in (ties, ties[::-1])
    ]
    for one, other, way, asked in ways:
        for case in one.cases:
            for another in other.cases:
                found = system_of(one, case, other, another, way)
                if found is not None:
                    if is_solved(found):
                        return found, asked
                    break
    raise SynthesisError(
        f"{first.name} and {second.name} leave the same two quantities open, and are no pair that "
        "is known; state one of them"
    )


@lru_cache(maxsize=8)
def couples(
    library: tuple[Relation, ...], domains: tuple[str, ...]
) -> tuple[tuple[System, ...], ...]:
    """Return the systems of each couple whose members are of given domains."""
    known = {item.name: item for item in library if item.domain in domains}
    found = []
    for couple in COUPLES:
        if couple.first in known and couple.second in known:
            made = systems(couple, known[couple.first], known[couple.second])
            solved = tuple(item for item in made if is_solved(item))
            if solved:
                found.append(solved)
    return tuple(found)


def is_solved(system: System) -> bool:
    """Tell whether the solutions of a system are kept, for its equations as they are now."""
    return kept_law(system.name) == system.law
