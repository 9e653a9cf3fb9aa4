"""Properties that hold for every answer: symmetry, exactness, and never raising."""

import os
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sample_engineering.errors import GoldError
from sample_engineering.grading import Grade, grade, read_gold
from sample_engineering.grading.spelling.normal import normal

MANY = 10_000 if os.environ.get("SE_SLOW") else 100
FRAGMENTS = [
    *("\\frac", "{", "}", "{1}{2}", "\\sqrt", "^", "_", "(", ")", "[", "]", "\\{", "\\}", ",", ";"),
    *("=", "<", ">", "\\le", "\\in", "\\cup", "\\pm", "+", "-", "*", "/", "\\cdot", "\\times", "!"),
    *(
        "1",
        "2",
        "10",
        "0.5",
        "1e9",
        "999999",
        "x",
        "y",
        "e",
        "i",
        "\\pi",
        "\\infty",
        "\\sin",
        "\\log",
    ),
    *("\\text{", "\\text{ cm}", "\\mathrm{m/s}", "\\%", "%", "^\\circ", "\\$", "$", "|", ":", "'"),
    *("\\begin{pmatrix}", "\\end{pmatrix}", "&", "\\\\", "\\sum", "\\int", "\\lim", "\\binom"),
    *("\\boxed{", "<think>", "</think>", "\\ce{", "H_2O", "Fe^{3+}", "½", "²", "₃", "٥", "−", "√"),
    *("\\left", "\\right", "\\left(", "\\,", "\\!", "~", " ", "\n", "and", "or", "not", "\\ne"),
    *("\\mathbb{R}", "\\setminus", "\\emptyset", "\\ldots", "A", "B.", "(C)", "\\approx", "_{8}"),
]
answers = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join),
    st.lists(st.sampled_from(FRAGMENTS), max_size=8).map(" ".join),
)
GOLDS = [
    *("12", "\\frac{3}{4}", "2\\sqrt{2}", "x^2-1", "y = 2x+3", "1,-2", "(1,2)", "[0,1)", "5 m/s"),
    *("B", "H_2O", "\\text{even}", "52_8", "90^\\circ", "\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}"),
    *("28\\%", "1 \\pm \\sqrt{19}", "x \\in [-2,7]", "12:00", "3:5", "\\$18.90", "16\\text{ daps}"),
]
relaxed = settings(
    max_examples=MANY,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
whole = st.integers(min_value=-(10**12), max_value=10**12)
fractions = st.fractions(min_value=-1000, max_value=1000, max_denominator=999)


def same(answer: str, gold: str) -> bool:
    return grade(f"\\boxed{{{answer}}}", gold).correct


@relaxed
@given(
    prediction=answers, gold=st.sampled_from(GOLDS), form=st.sampled_from(["boxed", "auto", "math"])
)
def test_no_prediction_raises(prediction: str, gold: str, form: str) -> None:
    for text in (prediction, f"\\boxed{{{prediction}}}"):
        result = grade(text, gold, form=form)
        assert isinstance(result, Grade)
        assert result.readable or not result.correct


@relaxed
@given(gold=answers)
def test_no_gold_raises_anything_but_gold_error(gold: str) -> None:
    try:
        read = read_gold(gold)
    except GoldError:
        return
    assert read.form


@relaxed
@given(text=st.text(max_size=200))
def test_normal_spelling_never_raises(text: str) -> None:
    assert isinstance(normal(text), str)


@relaxed
@given(a=whole, b=whole)
def test_whole_numbers_are_exact_and_symmetric(a: int, b: int) -> None:
    assert same(str(a), str(b)) == (a == b) == same(str(b), str(a))
    assert same(f"{a:,}", str(a))


@relaxed
@given(a=fractions, b=fractions)
def test_fractions_are_exact_and_symmetric(a: Fraction, b: Fraction) -> None:
    first, second = (f"\\frac{{{x.numerator}}}{{{x.denominator}}}" for x in (a, b))
    assert same(first, second) == (a == b) == same(second, first)
    assert same(f"{a.numerator}/{a.denominator}", first)


@relaxed
@given(mantissa=st.integers(1, 999), exponent=st.integers(-30, 30), shift=st.integers(-3, 3))
def test_scientific_notation_is_relative(mantissa: int, exponent: int, shift: int) -> None:
    gold = f"{mantissa}e{exponent}"
    answer = f"{mantissa} \\times 10^{{{exponent + shift}}}"
    assert same(answer, gold) == (shift == 0)


@relaxed
@given(members=st.lists(st.integers(-50, 50), min_size=2, max_size=6, unique=True), data=st.data())
def test_lists_have_no_order_and_tuples_do(members: list[int], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(members))
    assert same(", ".join(map(str, shuffled)), ", ".join(map(str, members)))
    first, second = (f"({', '.join(map(str, items))})" for items in (members, shuffled))
    assert same(second, first) == (members == shuffled)


@relaxed
@given(
    coefficients=st.lists(st.integers(-9, 9), min_size=3, max_size=3),
    others=st.lists(st.integers(-9, 9), min_size=3, max_size=3),
)
def test_polynomials_are_equal_only_if_their_coefficients_are(
    coefficients: list[int], others: list[int]
) -> None:
    def write(values: list[int]) -> str:
        return f"{values[0]}x^2 + {values[1]}x + {values[2]}".replace("+ -", "- ")

    factored = f"x({coefficients[0]}x + {coefficients[1]}) + {coefficients[2]}".replace("+ -", "- ")
    gold = write(coefficients)
    assert same(factored, gold)
    assert same(write(others), gold) == (coefficients == others) == same(gold, write(others))


@pytest.mark.slow
@relaxed
@given(a=answers, b=answers)
def test_equality_of_expressions_is_symmetric(a: str, b: str) -> None:
    kinds = ("expression", "equation", "matrix", "tuple")
    try:
        golds = [read_gold(text) for text in (a, b)]
    except GoldError:
        return
    if any(gold.kind not in kinds or gold.engine for gold in golds):
        return
    if golds[0].kind == golds[1].kind and same(a, b):
        assert same(b, a) or golds[0].form == golds[1].form
