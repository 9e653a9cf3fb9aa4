"""What every relation of the library must satisfy, one test per property and relation."""

import random
import re
from importlib.resources import files

import pytest

from sample_engineering.skills import DOMAINS, known_skills
from sample_engineering.synthesis import formula, units
from sample_engineering.synthesis.constants import CONSTANTS
from sample_engineering.synthesis.relation import Case, Relation, fill, slots
from sample_engineering.synthesis.relations import relations
from sample_engineering.synthesis.solved import SEARCH, solved_forms

ALL = relations()
each = pytest.mark.parametrize("relation", ALL, ids=[relation.name for relation in ALL])


def phrases(relation: Relation):
    """Yield (kind, text, quantity name or None) for every phrase of a relation."""
    for text in relation.setting:
        yield "setting", text, None
    for quantity in relation.quantities:
        for kind in ("given", "noun", "ask", "link"):
            for text in getattr(quantity, kind):
                yield kind, text, quantity.name
    for unknown, texts in relation.tell.items():
        for text in texts:
            yield "tell", text, unknown
    for extra in relation.extras:
        yield "extra", extra.clause, None


def test_each_relation_has_its_place_in_the_order():
    listed = (files("sample_engineering.synthesis.relations") / "order.txt").read_text().split()
    assert listed == [relation.name for relation in ALL]


@each
def test_domain_skills_and_source_are_known(relation):
    assert relation.domain in DOMAINS
    unknown = set(relation.skills) - set(known_skills())
    assert not unknown, f"not in the taxonomy: {unknown}"
    assert relation.skills
    assert len(relation.source) > 8


@each
def test_equation_is_consistent_in_units(relation):
    ureg = units.registry()
    plain = {name: _plain(function) for name, function in formula.FUNCTIONS.items()}
    plain["sqrt"] = lambda x: x**0.5
    values = {
        quantity.name: ureg.Quantity(_middle(quantity), quantity.unit).to_base_units()
        for quantity in relation.quantities
    }
    for name in relation.constants:
        constant = CONSTANTS[name]
        values[name] = ureg.Quantity(float(constant.value), constant.unit).to_base_units()
    values["pi"] = ureg.Quantity(3.14159, "")
    left = formula.evaluate(relation.left, values, plain)
    right = formula.evaluate(relation.right, values, plain)
    assert ureg.Quantity(left).dimensionality == ureg.Quantity(right).dimensionality


def _middle(quantity):
    return (quantity.low + quantity.high) / 2


def _plain(function):
    def apply(*arguments):
        numbers = []
        for argument in arguments:
            if hasattr(argument, "to_base_units"):
                assert argument.dimensionless, f"{argument} inside a function is not a pure number"
                argument = argument.to_base_units().magnitude
            numbers.append(argument)
        try:
            return function(*numbers)
        except (ValueError, OverflowError):
            return 1.0  # outside the domain of the function; only the dimension matters here

    return apply


@each
def test_other_units_have_the_same_dimension(relation):
    for quantity in relation.quantities:
        for unit in quantity.units:
            assert units.dimensionality(unit) == units.dimensionality(quantity.unit), quantity.name
        for unit in (quantity.unit, *quantity.units):
            shown = units.latex(unit)
            assert units.to_base(units.from_latex(shown)) == pytest.approx(units.to_base(unit))


@each
def test_ranges_are_plausible(relation):
    for quantity in relation.quantities:
        assert quantity.low < quantity.high, quantity.name
        if quantity.whole:
            assert quantity.low == int(quantity.low)
            assert quantity.high == int(quantity.high)
    for case in relation.cases:
        for name, (low, high) in case.ranges.items():
            quantity = relation.by_name[name]
            assert quantity.low <= low < high <= quantity.high, f"{name} of {case.words}"
        for name, text in case.fixed.items():
            quantity = relation.by_name[name]
            assert quantity.low <= float(text) <= quantity.high, f"{name} of {case.words}"


@each
def test_every_role_has_words(relation):
    assert relation.unknowns, "no quantity can be asked"
    for quantity in relation.quantities:
        if quantity.ask:
            assert quantity.noun, f"{quantity.name} is asked but has no noun for the solution"
        told = relation.tell and all(quantity.name in _told(t) for t in relation.tell.values())
        others_ask = any(name != quantity.name for name in relation.unknowns)
        if others_ask:
            assert quantity.given or told, f"{quantity.name} can be given but has no words for it"
    if not relation.tell:
        worded = [len(q.given) for q in relation.quantities] + [len(relation.setting)]
        assert len(relation.cases) * max(worded) >= 2, "give at least two phrasings or cases"


def _told(texts):
    return {name for text in texts for name, _ in slots(text)}


@each
def test_phrases_are_well_formed(relation):
    quantities = set(relation.by_name)
    for kind, text, about in phrases(relation):
        for case in relation.cases:
            filled = fill(text, case.words)
            left_over = {name for name, _ in slots(filled)}
            if kind in ("given", "extra"):
                assert "{value}" in filled, filled
                left_over -= {"value"}
            elif kind == "link":
                assert "{source}" in filled, filled
                left_over -= {"source"}
            elif kind == "tell":
                assert left_over & quantities == quantities - {about}, filled
                left_over -= quantities
            assert not {name for name in left_over if name.islower() and len(name) > 1}, filled
            assert filled == filled.strip()
            assert "  " not in filled
            if kind == "ask":
                assert filled.endswith("?"), filled
                assert filled[0].isupper(), filled
            else:
                assert not filled.endswith((".", ",", "?")), filled
                assert ". " not in filled, filled
            if kind in ("given", "link", "setting", "extra"):
                assert ", and " not in filled, f"clauses are joined by ', and ': {filled}"
            if kind == "noun":
                assert filled.startswith("the "), f"a noun phrase starts with 'the': {filled}"
            assert not re.search(r"\b[Aa] [aeioAEIO]\w", filled.replace("a one", "")), filled
            assert not re.search(r"\b[Aa]n [bcdfgjklmnpqrstvwyz]", filled), filled


@each
def test_meanings_have_one_dimension(relation):
    for quantity in relation.quantities:
        if quantity.meaning:
            for other in ALL:
                for twin in other.quantities:
                    if quantity.meaning == twin.meaning:
                        assert units.dimensionality(quantity.unit) == units.dimensionality(
                            twin.unit
                        ), f"{quantity.meaning}: {quantity.name} and {other.name}.{twin.name}"


@each
def test_every_unknown_can_be_solved_in_range(relation):
    rng = random.Random(7)
    for unknown in relation.unknowns:
        if relation.pivot:
            unknown = relation.pivot
        forms = solved_forms(relation, unknown)
        if forms == (SEARCH,):
            continue
        hits = sum(
            _plausible(relation, unknown, forms, case, rng)
            for case in relation.cases
            for _ in range(300)
        )
        share = hits / (300 * len(relation.cases))
        assert share > 0.01, f"{unknown}: only {share:.1%} of the draws fall in its range"


def _plausible(relation: Relation, unknown: str, forms, case: Case, rng) -> bool:
    values = {}
    for quantity in relation.quantities:
        low, high = case.ranges.get(quantity.name, (quantity.low, quantity.high))
        number = rng.uniform(low, high)
        if low > 0 and high / low > 20:
            number = low * (high / low) ** rng.random()
        if quantity.whole:
            number = round(number)
        if quantity.name in case.fixed:
            number = float(case.fixed[quantity.name])
        factor, offset = units.to_base(quantity.unit)
        values[quantity.name] = number * factor + offset
    for name in relation.constants:
        factor, _ = units.to_base(CONSTANTS[name].unit)
        values[name] = float(CONSTANTS[name].value) * factor
    names = tuple(sorted(values))
    target = relation.by_name[unknown]
    low, high = case.ranges.get(unknown, (target.low, target.high))
    factor, offset = units.to_base(target.unit)
    for form in forms:
        try:
            value = formula.compiled(form, names)(*(values[name] for name in names))
        except (ValueError, ZeroDivisionError, OverflowError):
            continue
        if isinstance(value, complex):
            continue
        if low <= (value - offset) / factor <= high:
            return True
    return False
