"""What runs in the caller's process takes time in proportion to the length of a completion."""

import time

import pytest

from sample_engineering.grading import grade
from sample_engineering.grading.forms import TAIL

SIZES = (1_000, 10_000, 100_000, 1_000_000)
# Ten times as long may take ten times as much, twice that for the noise of a loaded machine.
# Quadratic growth is a hundred times.
GROWTH = 20
# Below this a measurement is noise, in seconds of processor time.
FLOOR = 0.004

HOSTILE = {
    "nested roots of one in a box": ("\\boxed{", "\\sqrt{", "1", "}", "}"),
    "nested roots of two in a box": ("\\boxed{", "\\sqrt{", "2", "}", "}"),
    "roots without an end": ("\\boxed{", "\\sqrt{", "2", "", "}"),
    "nested roots and spaces": ("\\boxed{", "\\sqrt { ", "1", " }", "}"),
    "points and ones": ("the value is ", "1.", "x 7", "", ""),
    "ones or ones": ("the value is ", "1 or ", "z 7", "", ""),
    "thousands": ("the value is ", "111 ", "1111x", "", ""),
    "digits": ("\\boxed{", "7", "", "", "}"),
    "letters": ("\\boxed{", "x", "", "", "}"),
    "underscores in a box": ("\\boxed{", "_", "a", "", "} \\boxed{1}"),
    "points in a box": ("\\boxed{", ".", "a", "", "} \\boxed{1}"),
    "the in a box": ("\\boxed{", "the ", "a", "", "} \\boxed{1}"),
    "open boxes": ("", "\\boxed{", "1", "", ""),
    "many boxes": ("", "\\boxed{1} ", "", "", ""),
    "boxes in boxes": ("", "\\boxed{", "1", "}", ""),
    "brackets": ("\\boxed{", "(", "1", ")", "}"),
    "braces": ("\\boxed{", "{", "1", "}", "}"),
    "fractions": ("\\boxed{", "\\frac{", "1", "}{2}", "}"),
    "texts": ("\\boxed{", "\\text{", "1", "}", "}"),
    "dollars": ("", "$", "1", "", ""),
    "open formulas": ("", "\\[", "1", "", ""),
    "open matrices": ("", "\\begin{pmatrix} ", "1", "", ""),
    "answers": ("", "answer is ", "1", "", ""),
    "final answers": ("", "final answer ", "1", "", ""),
    "answer tags": ("", "<answer>", "1", "", ""),
    "marks": ("", "#### ", "1", "", ""),
    "thoughts": ("", "<think ", "1", "", ""),
    "open thoughts": ("", "<think>", "1", "</think>", ""),
    "spaces": ("answer", " ", "1", "", ""),
    "words": ("\\boxed{", "more words ", "", "", "}"),
    "approximations": ("\\boxed{", "1\\approx ", "1", "", "}"),
    "commas": ("\\boxed{", "1,", "1", "", "}"),
    "quotes": ("\\boxed{", "'", "1", "'", "}"),
    "backslashes": ("\\boxed{", "\\\\", "1", "", "}"),
    "letters in capitals": ("", "A B ", "", "", ""),
    "options": ("", "option ", "A", "", ""),
    "Chinese": ("", "答案", "1", "", ""),
}


def completion(name: str, size: int) -> str:
    head, opening, middle, closing, tail = HOSTILE[name]
    times = size // (len(opening) + len(closing))
    return head + opening * times + middle + closing * times + tail


def seconds(text: str, form: str, times: int = 1) -> float:
    spent = []
    for _ in range(times):
        started = time.process_time()
        grade(text, "12", form=form)
        spent.append(time.process_time() - started)
    return min(spent)


@pytest.mark.parametrize("form", ["boxed", "auto", "math", "answer", "number", "letter"])
@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_the_length_alone(name: str, form: str) -> None:
    before = FLOOR
    for size in SIZES:
        text = completion(name, size)
        spent = seconds(text, form)
        if spent > before * GROWTH:  # perhaps the machine was busy with something else
            spent = seconds(text, form, 3)
        assert spent <= before * GROWTH, (size, before, spent)
        before = max(spent, FLOOR)


def test_only_the_end_of_running_text_is_searched() -> None:
    longer = seconds(completion("ones or ones", 50 * TAIL), "math")
    assert longer <= max(seconds(completion("ones or ones", 2 * TAIL), "math"), FLOOR) * 3
