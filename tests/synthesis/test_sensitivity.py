"""The numeric gate: every part of a problem matters, and its answer is well posed."""

import math
from itertools import product
from random import Random

import pytest

from sample_engineering.grading import grade, read_sample_gold
from sample_engineering.synthesis import compose, sensitivity, units
from sample_engineering.synthesis.chain import of_numbers, of_reading
from sample_engineering.synthesis.dropped import Dropped
from sample_engineering.synthesis.planner import Planner
from sample_engineering.synthesis.reading import read_problem
from sample_engineering.synthesis.resolving import resolve
from sample_engineering.synthesis.scenes import claimed
from sample_engineering.synthesis.sensitivity import CHANGE, MARGIN, MOST_CONDITION, Sensitivity
from sample_engineering.synthesis.solving import draw_numbers
from sample_engineering.synthesis.stated_values import value_pattern
from sample_engineering.synthesis.wording import answer_unit

MIXES = (
    (("math", "physics", "chemistry", "biology"), (4, 5)),
    (("physics", "chemistry"), (2, 3)),
    (("biology", "economics"), (2, 3)),
    (("engineering", "computer_science", "math"), (3, 4)),
)


@pytest.fixture(scope="module", params=MIXES, ids=lambda mix: "+".join(mix[0]))
def read(request):
    """Problems, each with its reading solved anew from the text."""
    found = []
    domains, steps = request.param
    for sample in compose(domains, n=25, steps=steps, seed=11):
        used, told = claimed(sample.provenance)
        reading = read_problem(sample.problem, used, told=told)
        found.append((sample, used, reading, resolve(reading, used)))
    return found


def test_each_relation_and_each_domain_moves_the_answer(read):
    """By the text and the root search alone: some value of each, changed by a tenth, moves it."""
    for sample, used, reading, resolved in read:
        least = MARGIN * (sample.tolerance or 0.4 / MARGIN / abs(resolved.value))
        for relation in used:
            moves = []
            for place, (size, unit) in reading.printed.items():
                if place[0] != relation.name:
                    continue
                whole = relation.by_name[place[1]].whole
                step = max(1, round(abs(size) * CHANGE)) if whole else abs(size) * CHANGE
                for sign in (1, -1):
                    given = {**reading.given, place: units.in_base(size + sign * step, unit)}
                    known = dict(reading.given)
                    reading.given.update(given)
                    value = resolve(reading, used).value
                    reading.given.update(known)
                    moves.append(math.inf if value is None else abs(value / resolved.value - 1))
            assert not moves or max(moves) > least, (sample.problem, relation.name)


def test_no_number_of_the_text_is_graded_as_the_answer(read):
    for sample, *_ in read:
        gold = read_sample_gold(sample)
        for match in value_pattern(()).finditer(sample.problem):
            for text in (match[0].strip("$"), match[1]):
                assert not grade(rf"\boxed{{{text}}}", gold).correct, (sample.problem, text)
        assert not grade(r"\boxed{100\%}", gold).correct


def test_three_carried_figures_reach_the_answer_however_they_are_rounded(read):
    """Every result up or down by half of its third figure, in all combinations."""
    for sample, _, reading, resolved in read:
        if not sample.tolerance:
            continue
        chain = of_reading(reading, resolved)
        rounded = [stage for stage in chain.stages[:-1] if not stage.unknown.whole]
        for signs in product((-1, 1), repeat=len(rounded)):
            changed = {}
            for stage, sign in zip(rounded, signs, strict=True):
                size = chain.sizes[stage.fills]
                power = 10.0 ** math.floor(math.log10(abs(size)))
                changed[stage.fills] = size + sign * 0.005 * power
            assert abs(chain.run(changed) / chain.answer - 1) < sample.tolerance * 1.05


def test_the_record_says_how_far_each_domain_moves_the_answer(read):
    for sample, *_ in read:
        record = sample.provenance["verification"]
        assert set(record["sensitivity"]) == set(sample.domains)
        assert min(record["sensitivity"].values()) > 0
        assert 0 <= record["condition_number"] <= MOST_CONDITION


def test_the_chain_of_the_numbers_is_the_chain_of_the_text(read):
    """Both ways to a chain see the same answer, data and results."""
    for sample, _, reading, resolved in read:
        chain = of_reading(reading, resolved)
        assert chain.run({}) == pytest.approx(resolved.value, rel=1e-9)
        assert len(chain.data) == len(reading.printed)
        parts = {part.name for stage in chain.stages for part in stage.relation.parts}
        assert parts == set(sample.provenance["relations"])


def _chains(count, seed=0):
    rng, planner = Random(seed), Planner(("physics", "chemistry"))
    found = []
    while len(found) < count:
        plan = planner.draw(rng, 2)
        try:
            numbers = draw_numbers(plan, rng, True, planner.fits) if plan else None
        except Dropped:
            continue
        if numbers is not None and not numbers.last.step.quantity.whole:
            found.append((of_numbers(numbers), answer_unit(numbers)))
    return found


def test_each_reason_occurs_among_numbers_drawn_at_random():
    """The gate is not idle: of numbers as they come, each kind of fault is found in some."""
    reasons = [sensitivity.trouble(chain, unit, 0.01) for chain, unit in _chains(1500)]
    for word in ("hardly move", "nearly pass", "three carried", "condition number"):
        assert any(word in reason for reason in reasons), word
    assert any(not reason for reason in reasons)


def test_a_wider_tolerance_refuses_more_weak_data_and_a_narrower_one_more_rounding():
    chains = _chains(150, seed=3)
    weak = [sum("hardly" in sensitivity.trouble(c, u, t) for c, u in chains) for t in (0.001, 0.05)]
    assert weak[0] < weak[1]
    errors = [Sensitivity(chain).carried_error for chain, _ in chains]
    assert all(0 <= error < 1 for error in errors)
    rounding = [
        sum("carried" in sensitivity.trouble(c, u, t) for c, u in chains) for t in (0.002, 0.02)
    ]
    assert rounding[0] > rounding[1]
