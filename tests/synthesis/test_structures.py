"""Structures: problems are different problems, and each domain brings a formula of its own."""

import json
import re
from dataclasses import replace

import pytest

from sample_engineering.synthesis import compose, formula
from sample_engineering.synthesis.one_formula import different, formula_of, formulas, same
from sample_engineering.synthesis.relation import Case, Quantity, Relation
from sample_engineering.synthesis.relations import by_name, relations

FOUR = ("math", "physics", "chemistry", "biology")


def _structure(sample):
    kept = sample.provenance
    return json.dumps([kept["relations"], kept["unknowns"], kept["links"]])


@pytest.mark.parametrize(
    ("domains", "steps", "least"),
    [
        (FOUR, (4, 5), 1.0),
        (("physics", "chemistry"), (2, 3), 1.0),
        (("biology", "economics"), (2, 3), 0.9),
    ],
)
def test_siblings_differ_in_structure(domains, steps, least):
    samples = compose(domains, n=80, steps=steps, seed=5)
    assert len({_structure(sample) for sample in samples}) >= least * len(samples)


def test_where_structures_run_out_they_are_used_again():
    """One relation alone has few structures; a bound keeps the composer from drawing for ever."""
    assert len(compose("math", n=60, steps=1, skills=("derivative",), seed=0)) == 60


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("radioactive-decay", "activity-decay"),  # solved for another quantity
        ("radioactive-decay", "first-order-decay"),  # k = ln 2/T
        ("radioactive-decay", "drug-elimination"),
        ("efficiency", "machine-efficiency"),
        ("pairs", "pairwise-comparisons"),
        ("wall-heat-loss", "heat-conduction"),
        ("michaelis-menten", "sticking-collision"),  # v = Vm*s/(Km + s), u = v*m1/(m1 + m2)
    ],
)
def test_one_formula_under_two_names_is_found(first, second):
    known = by_name()
    assert same(known[first], known[second])
    assert same(known[second], known[first])
    assert formula_of(known[first], relations()) == formula_of(known[second], relations())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ohms-law", "uniform-motion"),  # plain products of different things
        ("boyles-law", "dilution"),
        ("kinetic-energy", "work"),
        ("arrhenius", "nernst-equation"),
        ("pythagoras", "larger-root"),
        ("greatest-common-divisor", "least-common-multiple"),
    ],
)
def test_different_formulas_stay_different(first, second):
    assert not same(by_name()[first], by_name()[second])


@pytest.mark.parametrize(
    "relation",
    [item for item in relations() if not (item.constants or item.also or item.best)],
    ids=lambda relation: relation.name,
)
def test_renaming_alone_never_makes_a_formula_new(relation):
    letters = {q.name: f"x{index}" for index, q in enumerate(reversed(relation.quantities))}
    equation = re.sub(r"\b[A-Za-z]\w*\b", lambda at: letters.get(at[0], at[0]), relation.equation)
    quantities = tuple(replace(q, name=letters[q.name]) for q in relation.quantities)
    twin = replace(
        relation, name="twin", equation=equation, quantities=quantities, tell={}, require=(),
        cases=(Case(),), pivot=letters.get(relation.pivot), both={},
    )  # fmt: skip
    whole = formula.called_functions(relation.left) | formula.called_functions(relation.right)
    assert same(relation, twin) or whole & formula.WHOLE_FUNCTIONS or relation.name == "refraction"


def test_every_domain_brings_a_formula_of_its_own():
    for sample in compose(FOUR, n=60, steps=(4, 5), seed=8):
        used = [by_name()[name] for name in sample.provenance["relations"]]
        assert different([(r.domain, formula_of(r, relations())) for r in used]) == len(FOUR)


def test_domains_share_formulas_as_well_as_they_can():
    assert different([("a", "x"), ("b", "x")]) == 1
    assert different([("a", "x"), ("b", "x"), ("b", "y")]) == 2
    assert different([("a", "x"), ("a", "y"), ("b", "x"), ("c", "y")]) == 2
    assert different([("a", "x"), ("a", "z"), ("b", "x"), ("c", "y")]) == 3


def test_a_relation_of_others_is_compared_when_it_is_used():
    decay = Relation(
        name="foam-collapse",
        title="the foam on a beer falls by the same share every minute",
        domain="physics",
        field_="fluids",
        equation="h = a*exp(-t/s)",
        quantities=(
            Quantity("a", "cm", 1, 9, noun=("the first height of the foam",)),
            Quantity("s", "min", 1, 9, noun=("the time constant of the foam",)),
            Quantity("t", "min", 1, 9, noun=("the age of the foam",)),
            Quantity("h", "cm", 0.1, 9, noun=("the height of the foam",)),
        ),
        skills=("exponential_change",),
        source="own example, section 1",
    )
    assert formula_of(decay, relations()) == formula_of(by_name()["radioactive-decay"], relations())
    assert formulas([by_name()["radioactive-decay"], decay])["foam-collapse"] == "radioactive-decay"
