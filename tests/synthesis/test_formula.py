"""Formulas: an allow-list of arithmetic, and nothing else."""

import pytest

from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis import formula, printing

NAMES = frozenset({"a", "b"})


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "a.real",
        "[a for a in b]",
        "(lambda: a)()",
        "a if b else 1",
        "open(a)",
        "c",
    ],
)
def test_anything_but_arithmetic_is_refused(text):
    with pytest.raises(SynthesisError):
        formula.parse(text, NAMES)


def test_compiled_formula_computes():
    assert formula.compiled("a**2/2 + sqrt(b)", ("a", "b"))(3, 4) == 6.5


def test_an_equation_has_one_equals_sign():
    assert formula.sides("a = b") == ("a", "b")
    with pytest.raises(SynthesisError):
        formula.sides("a = b = 1")


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("a*b/2", r"\frac{a\,b}{2}"),
        ("(a + b)*2", r"\left(a + b\right)\,2"),
        ("-a + b", "b - a"),
        ("sqrt(a/b)", r"\sqrt{\frac{a}{b}}"),
        ("(a/b)**2", r"\left(\frac{a}{b}\right)^{2}"),
        ("a**(1/3)", r"\sqrt[3]{a}"),
        ("exp(-a*b)", r"e^{-a\,b}"),
    ],
)
def test_formulas_print_as_people_write_them(text, latex):
    assert printing.latex(text, {"a": "a", "b": "b"}) == latex


def test_numbers_are_joined_with_a_cross():
    shown = printing.latex("a*b**2", {"a": "3", "b": r"2\times10^{5}"}, numbers=True)
    assert shown == r"3 \times \left(2\times10^{5}\right)^{2}"
