"""Answers in symbols: letters that relations share are numbered, and the formula stays right."""

import re
from random import Random

import pytest

from sample_engineering.grading import grade, read_sample_gold
from sample_engineering.synthesis import compose
from sample_engineering.synthesis.expressions import (
    _SYMBOL,
    _told_apart,
    stated_symbols,
    symbols_for,
)
from sample_engineering.synthesis.planner import Planner

MIXES = [
    (("physics",), 2),
    (("physics", "chemistry"), 2),
    (("physics", "chemistry", "biology"), 3),
    (("engineering", "physics"), (2, 3)),
]


@pytest.fixture(scope="module", params=MIXES, ids=lambda mix: "+".join(mix[0]))
def samples(request):
    domains, steps = request.param
    return compose(domains, n=15, steps=steps, kinds="expression", seed=4)


def test_each_letter_stands_for_one_thing(samples):
    for sample in samples:
        (asked,) = re.findall(r"as an expression in (.*), all in", sample.problem)
        listed = re.findall(r"\$([^$]+)\$", asked)
        assert len(set(listed)) == len(listed)
        told = sample.problem.partition("Give your answer")[0]
        stated = re.findall(r"\$([^$]+)\$", told)
        assert sorted(stated) == sorted(listed), sample.problem


def test_the_answer_is_read_by_the_grader_and_a_wrong_one_is_not(samples):
    for sample in samples:
        gold = read_sample_gold(sample)
        assert grade(sample.solution, gold).correct
        assert not grade(rf"\boxed{{2 \cdot ({sample.answer})}}", gold).correct


def test_the_solution_uses_the_letters_of_the_problem(samples):
    """A letter of the working is one of the problem, or was introduced as a result before."""
    for sample in samples:
        (asked,) = re.findall(r"as an expression in (.*), all in", sample.problem)
        for letter in re.findall(r"\$([^$]+)\$", asked):
            assert letter in sample.solution


def test_numbered_letters_occur_and_let_more_plans_through():
    planner, rng = Planner(("physics", "chemistry")), Random(1)
    plans = [plan for plan in (planner.draw(rng, 2) for _ in range(400)) if plan]
    found = [(plan, symbols) for plan in plans if (symbols := symbols_for(plan))]
    assert len(found) / len(plans) > 0.3
    for plan, symbols in found:
        letters = [*symbols.values()]
        assert len(set(letters)) == len(letters)
        assert all(_SYMBOL.fullmatch(letter) for letter in stated_symbols(plan, symbols).values())
    assert any("_1" in letter for _, symbols in found for letter in symbols.values())


@pytest.mark.parametrize(
    ("letters", "found"),
    [
        (["m", "v"], ["m", "v"]),
        (["m", "m"], ["m_1", "m_2"]),
        (["V_1", "V_1", "V_2"], ["V_1", "V_3", "V_2"]),
        (["E"], ["E_1"]),
        ([r"\Delta T", "T"], ["T_1", "T"]),
        ([r"V_{\max}", "V_1"], ["V_2", "V_1"]),
        ([r"\rho", r"\rho"], [r"\rho_1", r"\rho_2"]),
    ],
)
def test_letters_are_told_apart(letters, found):
    given = {(index, "q"): letter for index, letter in enumerate(letters)}
    assert [*_told_apart(given).values()] == found
