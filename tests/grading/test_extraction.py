"""Where the final answer is looked for."""

import time

import pytest

from sample_engineering.errors import ConfigError, GoldError
from sample_engineering.grading import extract, format_reward, grade, read_gold


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        (r"so \boxed{85}", ("85",)),
        (r"\boxed{\frac{1}{2}}", (r"\frac{1}{2}",)),
        (r"\boxed{\{1, 2\}}", (r"\{1, 2\}",)),
        (r"\fbox{5} is it", ("5",)),
        (r"\boxed {5}", ("5",)),
        (r"\boxed5", ("5",)),
        (r"first \boxed{5}, then again \boxed{5}", ("5",)),
        (r"\boxed{5} then \boxed{4}", ("5", "4")),
        (r"I put the answer in \boxed{}. So \boxed{5}", ("5",)),
        (r"My final \boxed{answer} is this: \boxed{5}", ("5",)),
        (r"\boxed{5} is the format. \boxed{}", ("5", "")),
        (r"First \boxed{4}. Wait, that was wrong. It is \boxed{5}", ("5",)),
        ("Step 1: $\\boxed{3}$.\nStep 2: the area is $\\boxed{9\\pi}$.", (r"9\pi",)),
        ("(a) \\boxed{1}\n(b) \\boxed{2}\n(c) \\boxed{3}", ("1", "2", "3")),
        (r"It is \boxed{4}. Or it is \boxed{5}.", ("4", "5")),
        (r"\boxed{\boxed{5}}", (r"\boxed{5}",)),
        (r"<think>\boxed{12}</think> I do not know", ()),
        (r"<think>\boxed{11}</think> It is \boxed{12}", ("12",)),
        (r"reasoning \boxed{11}</think> It is \boxed{12}", ("12",)),
        (r"<think> never closed \boxed{12}", ()),
        (r"\boxed{12} <think> late doubts \boxed{13} </think>", ("12",)),
        (r"<Thinking>\boxed{1}</Thinking>\boxed{2}", ("2",)),
        (r"<|begin_of_thought|>\boxed{1}<|end_of_thought|>\boxed{2}", ("2",)),
        (r"cut short \boxed{12", ()),
        ("no box: 12", ()),
        (r"\boxed{}", ("",)),
    ],
)
def test_boxed(text: str, answers: tuple[str, ...]) -> None:
    assert extract(text).answers == answers


@pytest.mark.parametrize(
    ("text", "form", "answer"),
    [
        ("Reasoning.\nAnswer: 42", "answer", "42"),
        ("Answer: 41\nNo.\n**Final answer:** 42", "answer", "42"),
        ("The answer is 3.5. I am sure.", "answer", "3.5"),
        ("3 apples and 4 pears make 7 fruits", "number", "7"),
        ("about 1,234.5 in all", "number", "1,234.5"),
        ("I choose (C).", "letter", "C"),
        ("x = 5 or so", "whole", "x = 5 or so"),
        ("Hence $x = 3 + 4 = 7$.", "math", "x = 7"),
        ("the number is not 10 which is 1,000.99€", "math", "1,000.99"),
        ("11=12", "auto", "11=12"),
        ("I hope C is right. I do.", "letter", "C"),
        ("The answer is B. A dog is no cat.", "letter", "B"),
        ("It is $12{,}000$.", "number", "12000"),
        ("The answer is **12**.", "answer", "12"),
        ("<answer>12</answer>", "answer", "12"),
        ("<answer> \\boxed{12} </answer>", "auto", "12"),
        ("so\n#### 1,200", "auto", "1,200"),
        ("答案：C", "answer", "C"),
        ("所以最终答案：12", "auto", "12"),
        (r"so \boxed{}, well 12", "auto", ""),
    ],
)
def test_other_forms(text: str, form: str, answer: str) -> None:
    assert extract(text, form).answers == (answer,)


def test_boxes_that_disagree_are_wrong() -> None:
    for text in (
        r"\boxed{12} \boxed{13}",
        r"\boxed{13} so \boxed{12}",
        r"\boxed{12} or \boxed{13}",
        r"It is \boxed{13}. Or it is \boxed{12}.",
        r"\boxed{13}, \boxed{12}",
        "\\boxed{13}\n\\boxed{12}",
        r"Now \boxed{12}. No, it is \boxed{13}.",
    ):
        assert not grade(text, "12").correct
    assert grade(r"\boxed{12} and so \boxed{12.0}", "12").correct
    assert grade(r"\boxed{-2} and \boxed{1}", "1,-2").correct


def test_boxes_in_the_reasoning_alone_are_no_answer() -> None:
    result = grade(r"<think>\boxed{12}</think> twelve", "12")
    assert (result.correct, result.readable, result.rule) == (False, False, "no answer")


@pytest.mark.parametrize(
    "text",
    [
        "\\boxed{" * 200_000,
        "\\boxed{1}" * 50_000,
        "<think>" * 100_000,
        "</think>" * 100_000,
        "\\[" * 300_000,
        "$" * 300_000,
        "1 " * 300_000,
        "\\boxed{" + "{" * 200_000 + "1" + "}" * 200_000 + "}",
        "\\boxed{" + "(" * 200_000 + "1" + ")" * 200_000 + "}",
        "\\boxed{" + "7" * 1_000_000 + "}",
        "answer is " * 100_000,
        "final answer " * 100_000,
        "\\text{" * 200_000,
        "\\\\" * 300_000,
        "<" * 500_000,
        "[" * 500_000,
    ],
)
@pytest.mark.parametrize("form", ["boxed", "auto", "math", "answer"])
def test_megabytes_cost_little(text: str, form: str) -> None:
    started = time.process_time()
    grade(text, "12", form=form)
    assert time.process_time() - started < 2


def test_format_reward_wants_a_readable_box() -> None:
    texts = [r"\boxed{7}", r"\boxed{x+}", "7", r"\boxed{}", r"\boxed{bananas are good}"]
    assert format_reward(texts, ["7"] * 5) == [1.0, 0.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("answer", "options"),
    [
        ("", {}),
        ("   ", {}),
        ("\\frac{1}{", {}),
        ("abc", {"kind": "number"}),
        ("5", {"kind": "nonsense"}),
        ("5", {"kind": "quantity"}),
        ("5", {"unit": "bananas"}),
        ("hello world", {"kind": "formula"}),
        ("Z9", {"kind": "choice"}),
        ("E", {"kind": "choice", "choices": ("one", "two")}),
        ("5", {"tolerance": -1.0}),
        ("5", {"tolerance": float("nan")}),
        ("word " * 200, {}),
    ],
)
def test_unreadable_golds_are_errors(answer: str, options: dict) -> None:
    with pytest.raises(GoldError):
        read_gold(answer, **options)


def test_unknown_form_is_an_error() -> None:
    with pytest.raises(ConfigError, match="boxed"):
        grade("x", "5", form="sideways")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("The answer is (B).", True),
        ("Therefore the correct option is B.", True),
        ("We need \\boxed{\\Delta E}.\n\n**Answer: B**", True),
        ("The answer is (C).", False),
        ("We need \\boxed{C}.\n\n**Answer: B**", False),
        ("A bird and a dog. The answer is A dog.", False),
    ],
)
def test_a_choice_may_be_announced_in_running_text(text: str, right: bool) -> None:
    assert grade(text, read_gold("B", kind="choice"), form="auto").correct == right
