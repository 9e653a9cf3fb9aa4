"""What a problem asks for, and what it does not ask for."""

import pytest

from sample_engineering.audit.question import read_question


@pytest.mark.parametrize(
    ("problem", "things"),
    [
        ("How many ways are there to seat five guests?", "ways"),
        ("In how many different ways can it be done?", "ways"),
        ("A box holds 40 red balls. How many of the 40 balls are drawn?", "balls"),
        ("Find the number of ordered pairs $(a, b)$ with $ab = 12$.", "ordered pairs"),
        ("What is the minimum number of photons needed? Take $h = 6.63e-34$ J s.", "photons"),
        ("Determine the total number of three-digit integers.", "three-digit integers"),
    ],
)
def test_a_count_is_read(problem, things):
    counted = read_question(problem).counted
    assert counted is not None
    assert counted.things == things
    assert counted.sure


@pytest.mark.parametrize(
    "problem",
    [
        "How many kilograms of sugar are left?",
        "How many more liters of water must be added?",
        "How many hours does the trip take?",
        "How many times as long is the second rope?",
        "How many degrees are in the angle $ABC$?",
        "How many square centimeters is the area?",
        "On average, how many students are absent?",
        "How many apples does each child get?",
        "What is the expected number of rolls?",
        "What is the ratio of the number of boys to the number of girls?",
        "What is the probability that at least one die shows a six?",
        "What is the minimum value of $f(x) = x^2 - 3x$?",
        "How many coins are there, and what is the probability of heads?",
        "A farmer knows how many cows he has. What is the area of the field?",
        "In what year did the population first exceed 2000?",
        "Express how many cars pass in terms of $n$. Find the number of cars in terms of $n$.",
    ],
)
def test_what_is_measured_or_shared_is_no_count(problem):
    assert read_question(problem).counted is None


def test_things_that_can_be_cut_are_counted_without_being_sure():
    counted = read_question("How many pizzas were eaten?").counted
    assert counted is not None
    assert not counted.sure


@pytest.mark.parametrize(
    ("problem", "direction"),
    [
        ("What is the minimum number of buses that are needed?", "ceiling"),
        ("What is the least possible number of coins?", "ceiling"),
        ("At least how many cards must be drawn?", "ceiling"),
        ("What is the greatest number of books that fit?", "floor"),
        ("How many whole pieces can be cut?", "floor"),
        ("How many students are there?", None),
        ("In how many ways can at least two students be chosen?", None),
        ("What is the minimum number of liters needed?", None),
        ("What is the largest number of the set?", None),
    ],
)
def test_the_direction_of_rounding_is_read(problem, direction):
    assert read_question(problem).direction == direction


@pytest.mark.parametrize(
    ("problem", "places", "figures"),
    [
        ("Find $x$. Express your answer as a decimal rounded to the nearest hundredth.", 2, None),
        ("To the nearest whole number, what is the area?", 0, None),
        ("Find the mass. Give your answer to three significant figures.", None, 3),
        ("Find $x$ to 4 decimal places.", 4, None),
        ("What is the total, to the nearest thousand?", -3, None),
        ("She rounds every number to its nearest ten. What is the sum?", None, None),
        ("The area is 1.10 to the nearest hundredth. Find the side.", None, None),
        ("What is the mass, to the nearest hundredth of a gram?", None, None),
    ],
)
def test_the_figures_asked_for_are_read(problem, places, figures):
    rounding = read_question(problem).rounding
    if places is None and figures is None:
        assert rounding is None
    else:
        assert rounding is not None
        assert (rounding.places, rounding.figures) == (places, figures)


@pytest.mark.parametrize(
    ("problem", "unit"),
    [
        ("Find the mass. Give your answer in $\\mathrm{kg}$, to three figures.", "kilogram"),
        ("How many centimeters long is it?", "centimeter"),
        ("What is the width, in meters, of the gate?", "meter"),
        ("How long is the rope in feet?", "foot"),
        ("How far does it go in 20 minutes?", None),
        ("Give your answer in terms of $\\pi$.", None),
        ("What is $25_{10}$ in base 3?", None),
        ("How many coins are in the box?", None),
    ],
)
def test_the_unit_asked_for_is_read(problem, unit):
    asked = read_question(problem).unit
    assert (asked.factors[0][0] if asked else None) == unit


def test_the_prompt_and_drawings_are_no_part_of_the_question():
    problem = (
        'How many cats are there? [asy] label("How many?"); [/asy] Let\'s think step by step and '
        "output the final answer within \\boxed{}."
    )
    question = read_question(problem)
    assert question.text == "How many cats are there?"
    assert question.counted is not None
