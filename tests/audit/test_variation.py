"""Problems of direct, inverse and joint variation: what is read, and what is left alone."""

import pytest

from sample_engineering.audit.proportion import read_proportion
from tests.audit.claims import found

# The numbers of pi_1 of arXiv 2504.20571, told in other words: its label is 12.8.
SAIL = (
    "The pressure $P$ of the wind on a sail varies jointly as the area $A$ of the sail and the "
    "cube of the wind's velocity $V$. At a velocity of 8 miles per hour the pressure on 2 square "
    "feet of sail is 4 pounds. Find the velocity at which the pressure on 4 square feet is 32 "
    "pounds."
)


def test_the_sail_of_the_paper_is_off_in_its_last_figure():
    read = read_proportion(SAIL)
    assert read.unknown == "V"
    assert read.value == pytest.approx(2048 ** (1 / 3))
    assert found(SAIL, "12.8") == [("variation", "severe")]
    assert found(SAIL, "12.7") == []
    assert found(SAIL, "8\\sqrt[3]{4}") == []


@pytest.mark.parametrize(
    ("problem", "value"),
    [
        ("$x$ is inversely proportional to $y$. If $x = 4$ when $y = 2$, find $x$ for $y = 8$.", 1),
        ("$a$ varies directly as $b^2$. If $a = 3$ when $b = 2$, what is $a$ when $b = 4$?", 12),
        ("$a$ varies directly as $b^2$. If $a = 3$ when $b = 2$, find $b$ if $a = 12$.", 4),
        ("If $j$ and $k$ vary inversely and $j = 6$ when $k = 5$, find $k$ when $j = 10$.", 3),
        ("$r^2$ varies inversely with $\\sqrt{s}$. $r = 2$ when $s = 16$. Find $r$ if $s = 1$.", 4),
        (
            "The pressure of a gas is inversely proportional to its volume. In a 3 liter bottle "
            "the pressure is 8 kPa. What is the pressure in a 6 liter bottle?",
            4,
        ),
        (
            "The force between two magnets is inversely proportional to the square of the distance "
            "between them. At 10 meters the force is 8 newtons. Find the force at 20 meters.",
            2,
        ),
    ],
)  # fmt: skip
def test_a_variation_is_solved(problem, value):
    assert read_proportion(problem).value == pytest.approx(value)


@pytest.mark.parametrize(
    "problem",
    [
        "Let $x$ be inversely proportional to $y$. If $x = 4$ when $y = 2$, find $x$ when $y = -3$ "
        "and when $y = 6$.",
        "The numbers $x$ and $y$ are inversely proportional. When their sum is 42, $x$ is twice "
        "$y$. What is $y$ when $x = -8$?",
        "$z$ varies directly as $x$ and inversely as $y$. If $z = 1$ when $x = 2$ and $y = 3$, "
        "find $z$ when $x = 4$ and $y = 5$.",
        "The force is inversely proportional to the distance. At 10 meters it is 8 newtons. Find "
        "the force at 2 feet.",
        "Find the minimum of $x^2 - 4x$ as $x$ varies over all real numbers.",
        "The price varies. It was 4 dollars when the day began. What is the price now?",
        "$x$ varies directly as $y$. Find the ratio of the two values of $x$ for $y = 2, 4$.",
    ],
)
def test_what_is_not_surely_read_is_left_alone(problem):
    assert read_proportion(problem) is None


@pytest.mark.parametrize(
    "text", ["varies " * 150, "$x$ varies as $y$ " * 60, "a and b vary directly"]
)
def test_repetition_is_read_in_bounded_time(text):
    assert read_proportion(text) is None
