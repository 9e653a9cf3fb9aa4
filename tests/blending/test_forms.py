"""One question as a multiple choice and open: the grader holds every option to what it is said."""

from contextlib import suppress
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sample_engineering.answers import LETTERS, with_options
from sample_engineering.blending.forms import as_choice, as_open, form_of, stem_of
from sample_engineering.blending.verifiable import Unfit, boxed, verified
from sample_engineering.grading import grade, read_sample_gold
from sample_engineering.sample import Sample

PROBLEM = "A cart covers 24 m in 3 s and 1.5 m more. What is asked for?"
WHOLE = st.integers(0, 10**6).map(str)
SHAPES = st.one_of(
    WHOLE,
    st.integers(1000, 10**7).map(lambda n: f"{n:,}"),
    st.decimals("0.001", "9999", places=3).map(str),
    st.tuples(st.decimals("0.1", "900", places=2), st.sampled_from(["m", "kJ", "mol/L"])).map(
        lambda pair: f"{pair[0]} {pair[1]}"
    ),
    st.tuples(st.integers(1, 99), st.integers(2, 99)).map(lambda p: f"\\frac{{{p[0]}}}{{{p[1]}}}"),
    st.tuples(st.integers(-9, 99), st.integers(-9, 99)).map(lambda p: f"({p[0]}, {p[1]})"),
    st.integers(2, 99).map(lambda n: f"{n}\\pi"),
    st.integers(2, 99).map(lambda n: f"{n}\\sqrt{{3}}"),
    st.integers(1, 40).map(lambda n: f"-{n}"),
    st.integers(1, 99).map(lambda n: f"${n}$"),
    st.integers(1, 99).map(lambda n: f"{n}\\%"),
    st.integers(2, 9).map(lambda n: f"x^{{{n}}} + {n}"),
)


def _sample(answer, **more):
    return Sample("s-1", more.pop("problem", PROBLEM), answer, **more)


@settings(max_examples=60, deadline=None)
@given(SHAPES, st.integers(2, 6), st.data())
def test_a_choice_holds_one_right_option_where_it_was_put_and_opens_again(answer, options, data):
    place = data.draw(st.integers(0, options - 1))
    sample = _sample(answer, solution=f"Thus \\boxed{{{answer}}}.", extra={"pass_rate": 0.5})
    gold = read_sample_gold(sample)
    with suppress(Unfit):
        _check_both_ways(sample, gold, place, options)


def _check_both_ways(sample, gold, place, options):
    answer = sample.answer
    made = as_choice(sample, place, Random(7), options=options)
    assert made.choices is not None
    assert len(made.choices) == options
    assert made.choices[place] == answer
    assert made.answer == LETTERS[place]
    for text in made.choices:
        assert bool(grade(boxed(text), gold)) == (text == answer), (text, answer)
    asked = read_sample_gold(made)
    for letter in LETTERS[:options]:
        assert bool(grade(boxed(letter), asked)) == (letter == made.answer)
    assert grade(made.solution, asked)
    assert "pass_rate" not in made.extra  # it was measured of the open question
    again = as_open(made)
    assert again.problem == sample.problem
    assert grade(boxed(answer), read_sample_gold(again))
    assert grade(again.solution, read_sample_gold(again))


def test_most_shapes_become_choices():
    made = 0
    shapes = ["12", "1,250", "0.511", "3.2 kJ", "\\frac{3}{4}", "(1, 2)", "7\\pi", "-4", "$9$", "0"]
    for answer in shapes:
        made += len(as_choice(_sample(answer), 1, Random(0)).choices or ()) == 4
    assert made == len(shapes)


def test_the_right_option_is_not_the_one_in_the_middle():
    ranks = [0, 0, 0, 0]
    for number in range(40, 240):
        made = as_choice(_sample(str(number)), 0, Random(f"{number}"))
        ranks[sorted(map(int, made.choices)).index(number)] += 1
    assert min(ranks) > 25, ranks  # 50 each on average


def test_an_answer_without_numerals_takes_those_of_others():
    sample = _sample("increases", kind="text")
    with pytest.raises(Unfit, match="wrong options"):
        as_choice(sample, 0, Random(0))
    made = as_choice(sample, 2, Random(0), others=["decreases", "Increases", "stays", "doubles"])
    assert set(made.choices) == {"increases", "decreases", "stays", "doubles"}


OPTIONS = ("12", "15", "18", "21")


@pytest.mark.parametrize(
    "stem",
    ["Which of the following is prime?", "Which one of these numbers is odd?",
     "Which statement best describes the result?", "The value is closest to", "Select a number.",
     "All are even EXCEPT", "Which is NOT a multiple of 4?", "The result is:", "It equals ____.",
     "What is the sum of the options?", "Is statement A true?"],
)  # fmt: skip
def test_a_question_that_speaks_of_its_options_does_not_open(stem):
    sample = Sample("c", with_options(stem, OPTIONS), "B", kind="choice", choices=OPTIONS)
    with pytest.raises(Unfit, match="speaks of its options"):
        as_open(sample)


@pytest.mark.parametrize(
    ("choices", "why"),
    [(("12", "15", "18", "none of these"), "an option speaks"),
     (("12", "15", "15.0", "8"), "right as"),
     (("12", "12 and 15", "both A and B", "8"), "an option speaks"),
     (("12", "15", "15", "8"), "the same"), (("12", "word " * 12, "a", "b"), "words")],
)  # fmt: skip
def test_options_without_a_meaning_of_their_own_do_not_open(choices, why):
    sample = Sample("c", with_options("What is 5 times 3?", choices), "B", choices=tuple(choices))
    with pytest.raises(Unfit, match=why):
        as_open(sample)


@pytest.mark.parametrize(
    "listing",
    ["A. {}\nB. {}\nC. {}\nD. {}", "A) {}\nB) {}\nC) {}\nD) {}", "(A) {} (B) {} (C) {} (D) {}",
     "A: {}\n\nB: {}\n\nC: {}\n\nD: {}", "Options:\nA. {}\nB. {}\nC. {}\nD. {}\n"],
)  # fmt: skip
def test_options_are_taken_off_however_they_are_listed(listing):
    problem = "What is 5 times 3?\n" + listing.format(*OPTIONS)
    assert stem_of(problem, OPTIONS) == "What is 5 times 3?"


def test_options_elsewhere_are_not_guessed_at():
    with pytest.raises(Unfit, match="below"):
        stem_of("A. 12 B. 15 C. 18 D. 21 Which one is it?", OPTIONS)


@pytest.mark.parametrize(
    ("sample", "why"),
    [(_sample(" ".join(["word"] * 11), kind="text"), "words"),
     (_sample("Z", kind="choice", choices=OPTIONS), "cannot read"),
     (_sample("A", kind="choice", choices=("only",)), "one option"),
     (_sample("abc", kind="number"), "cannot read")],
)  # fmt: skip
def test_what_no_rule_verifies_is_left_out(sample, why):
    with pytest.raises(Unfit, match=why):
        verified(sample)


def test_what_is_in_the_form_already_stays_the_same():
    made = as_choice(_sample("12"), 0, Random(0))
    assert as_choice(made, 3, Random(1)) is made
    assert form_of(made) == "choice"
    assert as_open(_sample("12")).id == "s-1"
