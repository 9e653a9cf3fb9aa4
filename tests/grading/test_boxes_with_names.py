"""What stands right before a box belongs to the answer: a minus, the name of a coordinate."""

import pytest

from sample_engineering.grading import grade


@pytest.mark.parametrize(
    ("completion", "gold", "right"),
    [
        (r"$-\boxed{12}$", "12", False),
        (r"$-\boxed{12}$", "-12", True),
        (r"$x = -\boxed{\frac{1}{2}}$", r"-\frac12", True),
        (r"$x = -\boxed{\frac{1}{2}}$", r"\frac12", False),
        (r"- \boxed{12}", "12", True),
        (r"The answer ---\boxed{12}", "12", True),
        (r"$3-\boxed{12}$", "12", True),
        (r"x = \boxed{1} and y = \boxed{2}", "(1,2)", True),
        (r"y = \boxed{2} and x = \boxed{1}", "(1,2)", True),
        (r"y = \boxed{1} and x = \boxed{2}", "(1,2)", False),
        (r"$x = \boxed{1}$ and $y = \boxed{1}$", "1", True),
        (r"$x = \boxed{1}$ or $x = \boxed{2}$", r"\{1,2\}", True),
        (r"$x = \boxed{1}$ and $y = \boxed{2}$", r"\{1,2\}", True),
    ],
)
def test_a_minus_and_names_before_boxes_are_read(completion, gold, right):
    assert grade(completion, gold).correct is right


@pytest.mark.parametrize(
    ("completion", "right"),
    [
        ("**Answer:** 12", True),
        ("__Answer:__ 12", True),
        ("**Answer:** 13", False),
        ("**Answer:** 12 or 13", False),
        ("2**3 + 2**2", False),
    ],
)
def test_words_in_bold_before_a_short_answer_are_passed_over(completion, right):
    assert grade(completion, "12", form="auto").correct is right
