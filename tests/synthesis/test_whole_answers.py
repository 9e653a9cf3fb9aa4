"""`answers` = integer: whole numbers from 1 to 999, round numbers on the way, nothing rounded."""

from fractions import Fraction

import pytest

from sample_engineering.errors import SynthesisError
from sample_engineering.grading import grade, read_sample_gold
from sample_engineering.synthesis import compose, units
from sample_engineering.synthesis.chain import of_reading
from sample_engineering.synthesis.reading import read_problem
from sample_engineering.synthesis.relations import by_name
from sample_engineering.synthesis.resolving import resolve
from sample_engineering.synthesis.scenes import claimed
from sample_engineering.synthesis.whole_answers import is_round

MIXES = (
    (("physics", "chemistry"), (2, 3)),
    (("math", "physics", "biology"), (3, 4)),
    (("economics", "engineering"), (2, 2)),
)


@pytest.fixture(scope="module", params=MIXES, ids=lambda mix: "+".join(mix[0]))
def samples(request):
    domains, steps = request.param
    return compose(domains, n=15, steps=steps, answers="integer", seed=2)


def test_every_answer_is_a_whole_number_and_no_near_one_is_right(samples):
    for sample in samples:
        number, _, unit = sample.answer.rstrip("%").partition(" ")
        assert 1 <= int(number) <= 999
        gold = read_sample_gold(sample)
        assert grade(sample.solution, gold).correct
        tail = "\\%" if sample.answer.endswith("%") else f"\\ \\mathrm{{{unit}}}" if unit else ""
        for near in (int(number) + 1, int(number) - 1):
            if "**" not in tail:
                assert not grade(rf"\boxed{{{near}{tail}}}", gold).correct
        assert "significant" not in sample.problem


def test_every_number_on_the_way_is_round(samples):
    """Found anew from the text: each result has three figures at most, or is a count."""
    for sample in samples:
        used, told = claimed(sample.provenance)
        reading = read_problem(sample.problem, used, told=told)
        chain = of_reading(reading, resolve(reading, used))
        for stage in chain.stages[:-1]:
            size = units.in_unit(chain.sizes[stage.fills], stage.unknown.unit)
            assert is_round(size) or (stage.unknown.whole and abs(size - round(size)) < 1e-9)
        answer = units.in_unit(chain.answer, reading.answer_unit)
        assert answer == pytest.approx(round(answer), rel=1e-9)


def _factor(unit):
    """Return 5/18 for km/h, and 1/1000 for grams."""
    return Fraction(units.scale(unit).factor).limit_denominator(10**12)


def test_the_way_is_exact_in_fractions():
    """A plain quotient of the printed decimals is the gold without any rounding."""
    samples = compose("physics", n=20, steps=1, answers="integer", seed=3)
    seen = 0
    for sample in samples:
        (name,) = sample.provenance["relations"]
        relation = by_name()[name]
        reading = read_problem(sample.problem, (relation,))
        if (
            relation.also
            or relation.equation.count("*") != 1
            or not set(relation.equation)
            <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789 =*")
        ):
            continue
        left, right = relation.equation.split(" = ")
        names = [left, *right.split("*")]
        if set(names) - set(relation.by_name):
            continue
        sizes = {
            quantity: Fraction(str(size)) * _factor(unit)
            for (_, quantity), (size, unit) in reading.printed.items()
        }
        (unknown,) = sample.provenance["unknowns"]
        if any(units.scale(unit).offset for _, unit in reading.printed.values()):
            continue
        product = sizes.get(names[1], 1) * sizes.get(names[2], 1)
        found = product if unknown == left else sizes[left] / product
        assert found / _factor(reading.answer_unit) == int(sample.answer.rstrip("%").split(" ")[0])
        seen += 1
    assert seen >= 3


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"answers": "whole"}, "integer"),
        ({"answers": "integer", "kinds": "expression"}, "no number"),
        ({"answers": "integer", "dialect": "compact"}, "not known to the compact dialect"),
    ],
)
def test_what_cannot_be_asked_for(options, word):
    with pytest.raises(SynthesisError, match=word):
        compose("physics", n=1, **options)


def test_choices_are_whole_numbers_too():
    for sample in compose(("physics",), n=6, steps=2, answers="integer", kinds="choice", seed=1):
        right = sample.choices["ABCD".index(sample.answer)]
        assert "." not in right.partition(r"\mathrm")[0]
