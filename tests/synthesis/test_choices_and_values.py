"""Options uniformly placed, values in easy units, idle facts about what the story speaks of."""

import re
from collections import Counter

import pytest

from sample_engineering.grading import grade, read_sample_gold
from sample_engineering.synthesis import compose, units
from sample_engineering.synthesis.numbers import plain
from sample_engineering.synthesis.reading import read_problem
from sample_engineering.synthesis.scenes import claimed
from sample_engineering.synthesis.stated_values import value_pattern


@pytest.fixture(scope="module")
def choices():
    return compose(("physics", "chemistry"), n=240, kinds="choice", seed=2)


def test_the_right_option_stands_anywhere(choices):
    """Each letter, and each rank by size, about a quarter; four standard deviations are 27."""
    letters = Counter(sample.answer for sample in choices)
    ranks: Counter = Counter()
    for sample in choices:
        sizes = [plain(value_pattern(()).fullmatch(text)[1]) for text in sample.choices]
        ranks[sorted(sizes).index(sizes["ABCD".index(sample.answer)])] += 1
    for counted in (letters, ranks):
        assert len(counted) == 4
        assert all(abs(count - 60) < 27 for count in counted.values()), counted


def test_wrong_options_come_from_slips(choices):
    for sample in choices:
        assert set(sample.extra["slips"]) == set("ABCD") - {sample.answer}
        assert all(sample.extra["slips"].values())
        assert len(set(sample.choices)) == 4


LADDER = {unit for ladder in units._LADDERS for unit in ladder}


@pytest.mark.parametrize("difficulty", [None, "easy"])
def test_values_stand_in_units_that_make_them_easy_to_read(difficulty):
    """A value whose unit has larger and smaller ones beside it is between 1 and 1,000."""
    awkward = total = 0
    for domains in (("physics", "chemistry"), ("biology", "engineering")):
        for sample in compose(domains, n=60, steps=2, seed=7, difficulty=difficulty):
            used, told = claimed(sample.provenance)
            known = {item.name: item for item in used}
            reading = read_problem(sample.problem, used, told=told)
            for place, (size, unit) in reading.printed.items():
                quantity = known[place[0]].by_name[place[1]]
                if unit not in LADDER or quantity.step or quantity.whole:
                    continue
                total += 1
                bottom = unit in {ladder[0] for ladder in units._LADDERS}
                top = unit in {ladder[-1] for ladder in units._LADDERS}
                awkward += not (units.is_easy(size) or bottom or top)
    assert total > 100
    assert awkward == 0


@pytest.mark.parametrize(
    ("size", "unit", "offered", "found"),
    [
        (0.0045, "h", ("h", "min", "s"), ["s"]),
        (0.0045, "h", ("h",), ["s"]),
        (90, "min", ("min", "h"), ["min", "h"]),
        (2.62e6, "g", ("g",), ["g"]),
        (2620, "g", ("g",), ["kg"]),
        (0.00587, "mN", ("mN",), ["mN"]),
        (65800, "mV", ("mV", "V"), ["V"]),
        (0.5, "W/(m*K)", ("W/(m*K)",), ["W/(m*K)"]),
        (0.3, "kJ", ("kJ",), ["J"]),
    ],
)
def test_the_easiest_unit_is_chosen(size, unit, offered, found):
    assert units.easy_units(units.in_base(size, unit), offered) == found


@pytest.mark.parametrize("count", [1, 2, 3])
def test_idle_facts_speak_of_what_the_story_speaks_of(count):
    for sample in compose(("physics", "chemistry", "biology"), n=20, distractors=count, seed=count):
        used, told = claimed(sample.provenance)
        facts = 0
        for relation in used:
            for extra in relation.extras:
                for case in relation.cases:
                    clause = re.sub(
                        r"\{(\w+)\}", lambda at, c=case: c.words.get(at[1], ".*"), extra.clause
                    )
                    facts += bool(re.search(clause, sample.problem, re.IGNORECASE))
        for extra in told.scene.idle if told else ():
            facts += bool(re.search(extra.clause.replace("{value}", ".*"), sample.problem, re.I))
        assert facts >= count
        assert "test in which this question" not in sample.problem
        reading = read_problem(sample.problem, used, told=told)
        assert len(reading.idle) == count
        gold = read_sample_gold(sample)
        for size, _ in reading.idle:
            assert not grade(rf"\boxed{{{size:g}}}", gold).correct
