"""The shared finders: boxes, marks, letters of options."""

import pytest

from sample_engineering.answers import find_boxes, last_box, letter_of, marked_answer, with_options
from sample_engineering.errors import SampleError
from sample_engineering.text import storable, visible


@pytest.mark.parametrize(
    ("text", "content"),
    [
        (r"\boxed{1} then \boxed{\frac{1}{2}}", r"\frac{1}{2}"),
        (r"\boxed{\{1, 2\}}", r"\{1, 2\}"),
        (r"\fbox{7} and \boxed 8", "8"),
        (r"\boxed{x = \boxed{3}}", "3"),
        (r"\boxed{never closed", None),
        ("none", None),
    ],
)
def test_the_last_box_is_matched_by_braces(text, content):
    assert last_box(text) == content


def test_boxes_have_places():
    text = r"so \boxed{1} or \boxed{2}"
    assert [text[start:end] for start, end, _ in find_boxes(text)] == [r"\boxed{1}", r"\boxed{2}"]
    assert [content for _, _, content in find_boxes(text)] == ["1", "2"]


def test_a_marked_answer_follows_the_last_mark():
    assert marked_answer("2+3=5\n#### 5") == "5"
    assert marked_answer("#### 4\nno:\n#### 1,200 ") == "1,200"
    assert marked_answer("5") is None


@pytest.mark.parametrize("answer", [1, 1.0, "1", "b", "(B)", "B.", "blue"])
def test_an_option_is_named_by_index_letter_or_text(answer):
    assert letter_of(answer, ["red", "blue", "green"]) == "B"


@pytest.mark.parametrize("answer", [3, -1, "D", "pink", True, 1.5])
def test_what_is_no_option_is_an_error(answer):
    with pytest.raises(SampleError):
        letter_of(answer, ["red", "blue", "green"])


def test_options_are_listed_once():
    asked = with_options("Which?", ["red", "blue"])
    assert asked == "Which?\n\nA. red\nB. blue"
    assert with_options(asked, ["red", "blue"]) == asked


def test_hidden_characters_are_shown_as_such():
    assert visible("a\x1b[2Jb\u202ec\ud800\nd\t") == "a\ufffd[2Jb\ufffdc\ufffd\nd\t"
    assert visible("naïve 語") == "naïve 語"
    assert visible("a\nb", keep="") == "a\ufffdb"


def test_stored_text_holds_no_half_surrogates():
    assert storable("x\ud83dy 😀") == "x\ufffdy 😀"
