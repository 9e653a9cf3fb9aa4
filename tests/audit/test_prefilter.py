"""What spares a text a pattern spares it no match."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_engineering.audit import counting, proportion, question, whole_answers
from sample_engineering.audit.checks import options, parts, picture

WORDS = r"""How many the least number of at shown below in figure above diagram repeat go to step 2
instruction values value of x when and find maximum minimum what is the probability y varies
directly as inversely proportional to vary with let's think by put your final answer within
\boxed{} (A) 1 (B) 2 (C) 3 [asy] draw [/asy] depicted. illustrated chart sketch ? , . if"""
ODD = ["\n", " \n\n", "\t", "\u00a0", "\u212a", "\u017fhown", "\x1c", "  "]
TEXTS = st.lists(st.sampled_from([*WORDS.split(), *ODD]), max_size=14).map(" ".join)
MODULES = (counting, proportion, question, whole_answers, parts, picture)


@given(TEXTS)
def test_results_are_those_without_the_filter(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        filtered = _read(text)
        for module in MODULES:
            patch.setattr(module, "may_hold", lambda text, *stems: True)
        assert _read(text) == filtered


def _read(text: str) -> list:
    readers = [
        question.plain_problem,
        question.read_question,
        counting.read_direction,
        lambda text: (found := counting.last_count(text)) and found.span(),
        proportion.read_proportion,
        whole_answers.asks_probability,
        partial(_found, parts.Parts()),
        partial(_found, picture.Picture()),
    ]
    return [read(text) for read in readers]


def _found(check, text: str) -> list:
    from sample_engineering.audit.claims import Claims
    from sample_engineering.sample import Sample

    return list(check.find(Claims.of([Sample("p", f"x {text}", "1")])))


@given(TEXTS)
def test_white_space_is_left_as_the_patterns_leave_it(text: str) -> None:
    plain = question._BLANKS.sub(" ", question._DRAWING.sub(" ", text))
    plain = question._PROMPT.sub(" ", question._BREAKS.sub("\n\n", plain)).strip()
    assert question.plain_problem(text) == plain


@given(TEXTS)
def test_options_need_three_letters(text: str) -> None:
    marks = {mark[1] for mark in options._MARK.finditer(text)}
    if not {"A", "B", "C"} <= marks:
        assert options.listed_options(text) == {}
