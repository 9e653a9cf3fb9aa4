"""Deriving the answer of a composed problem: its text is read back and solved anew.

The same independent way by which the composer verifies its problems, so that a label that was
changed since, or a sample that only claims to be composed, is held against its own text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sample_engineering.audit.derivation import Moved
from sample_engineering.audit.usual_constants import others
from sample_engineering.errors import SynthesisError
from sample_engineering.sample import Sample
from sample_engineering.synthesis.language import DEFAULT, Language, language, languages
from sample_engineering.synthesis.reading import Reading, Unreadable, read_problem
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.relations import relations
from sample_engineering.synthesis.resolving import resolve
from sample_engineering.synthesis.scene import Place
from sample_engineering.synthesis.scenes import told_in
from sample_engineering.synthesis.translation import told_in as words_in
from sample_engineering.synthesis.units import in_unit

# The composer reads its own texts back; one that was changed since may fail anywhere in them.
UNREADABLE = (
    Unreadable,
    SynthesisError,
    ArithmeticError,
    ValueError,
    LookupError,
    TypeError,
    RecursionError,
)
_LONGEST = 12  # relations of a problem; the composer joins up to eight
_MAX_PROBLEM = 8_000  # characters


@dataclass(frozen=True)
class FromRelations:
    """A problem read back; see `derivation.Derivation`."""

    reading: Reading
    used: tuple[Relation, ...]
    places: tuple[Place, ...]
    value: float
    unit: str
    source: str = "relations"

    def _solved(self, reading: Reading) -> float | None:
        try:
            return resolve(reading, self.used).value
        except UNREADABLE:
            return None

    def moved(self) -> Iterator[Moved]:
        """Yield the answer for each other usual choice of each constant."""
        for name, number in self.reading.constants.items():
            for choice in others(name, number):
                changed = replace(self.reading, constants={**self.reading.constants, name: choice})
                value = self._solved(changed)
                if value is not None:
                    yield Moved(name, choice, in_unit(value, self.unit), stated=True)

    def carried(self, figures: int) -> float | None:
        """Return the answer where intermediate results are rounded to so many figures."""
        given = dict(self.reading.given)
        used = {relation.name: relation for relation in self.used}
        for place in self.places:
            value = self._solved(replace(self.reading, given=given, asked=place))
            if value is None:
                return None
            if place == self.reading.asked:
                return in_unit(value, self.unit)
            if not used[place[0]].by_name[place[1]].whole:
                value = float(f"{value:.{figures - 1}e}")
            given[place] = value
        return None


def claimed_relations(sample: Sample) -> tuple[Relation, ...]:
    """Return the relations that a sample claims to be composed of; none if any is unknown."""
    told = sample.provenance
    if not isinstance(told, Mapping) or len(sample.problem) > _MAX_PROBLEM:
        return ()
    names = _texts(told.get("relations"))
    if not names or len(names) > _LONGEST:
        return ()  # and the library, which a faulty family of another package stops, is not asked
    try:
        scene = told_in(told)
    except SynthesisError:
        return ()
    if scene is None:
        known = {item.name: item for item in words_in(language_of(sample), relations())}
    else:
        known = {item.name: item for item in scene.relations}
    if any(name not in known for name in names):
        return ()
    return tuple(known[name] for name in names)


def language_of(sample: Sample) -> Language:
    """Return the language that a composed sample claims to be told in; English by default."""
    code = (sample.provenance or {}).get("language", DEFAULT)
    return language(code if isinstance(code, str) and code in languages() else DEFAULT)


def derive_from_relations(sample: Sample) -> FromRelations | None:
    """Read a composed problem back and solve it; None where that cannot be done."""
    used = claimed_relations(sample)
    if sample.kind == "expression" or not used or sample.provenance is None:
        return None
    names = [relation.name for relation in used]
    unknowns = _texts(sample.provenance.get("unknowns"))
    try:
        reading = read_problem(
            sample.problem, used, told=told_in(sample.provenance), language=language_of(sample)
        )
        value = resolve(reading, used).value
        if value is None:
            return None
        unit = reading.answer_unit
        places = tuple(zip(names, unknowns, strict=False))
        by_relation = {relation.name: relation.by_name for relation in used}
        if any(unknown not in by_relation[name] for name, unknown in places):
            places = ()
        return FromRelations(reading, used, places, in_unit(value, unit), unit)
    except UNREADABLE:
        return None


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        return ()
    return tuple(item for item in value if isinstance(item, str))
