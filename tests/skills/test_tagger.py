"""What the tagger finds, in words, LaTeX and written steps."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_engineering.skills import SHOWN, evidence, known_skills, quantities_in, tag


@pytest.mark.parametrize(
    ("text", "skill"),
    [
        ("Find the greatest common divisor of 84 and 126.", "gcd_lcm"),
        ("Compute $\\int_0^1 x^2 \\, dx$.", "integral"),
        ("Two capacitors are connected in series.", "capacitance"),
        ("How many moles are in 36 g of water?", "molar_mass"),
        ("A cross between two heterozygous plants.", "mendelian_genetics"),
        ("The allele frequencies obey Hardy-Weinberg proportions.", "hardy_weinberg"),
        ("What is the pH of 0.01 M hydrochloric acid?", "acid_base"),
        ("A stone is thrown at 20 m/s from a cliff.", "projectile_motion"),
        ("Find the determinant of the matrix.", "matrix"),
        ("The half-life of the radioactive isotope is 8 days.", "nuclear_decay"),
        ("1000 dollars at 5% interest compounded yearly", "compound_interest"),
        ("An enzyme with Vmax 10 and Km 2", "enzyme_kinetics"),
    ],
)
def test_skills_shown_by_words_and_patterns(text, skill):
    assert tag(text)[skill] >= SHOWN


def test_written_steps_show_their_arithmetic():
    weights = tag(
        "A car starts at 37 m and moves on.", "12 * 4 = 48 ; 48 + 37 = 85 . answer [ 85 ]"
    )
    assert weights["multiplication"] == weights["addition"] == 1
    assert "division" not in weights


def test_more_cues_weigh_more_and_evidence_names_them():
    one, two = tag("the momentum of a cart"), tag("the momentum of a cart in an elastic collision")
    assert 0 < one["momentum_conservation"] < two["momentum_conservation"] < 1
    assert {"momentum of", "elastic collision"} <= set(
        evidence("the momentum of a cart in an elastic collision")["momentum_conservation"]
    )


def test_drawing_code_is_ignored():
    assert "circle_properties" not in tag("Find x.\n[asy] draw(circle((0,0),5)); [/asy]")


def test_plurals_count_as_their_singular():
    assert tag("two circles")["circle_properties"] == tag("a circle")["circle_properties"]


@given(st.text(max_size=300), st.none() | st.text(max_size=100))
def test_weights_of_any_text_are_in_range_and_named(text, solution):
    weights = tag(text, solution)
    assert set(weights) <= set(known_skills())
    assert all(0 < weight <= 1 for weight in weights.values())
    assert list(weights.values()) == sorted(weights.values(), reverse=True)


@pytest.mark.parametrize(
    "text",
    ["a" * 10**6, "\\frac{" * 10**5, "1+" * 10**6, "[asy]" * 10**5, "|x" * 10**5, "(" * 10**6],
)
def test_hostile_texts_cost_little(text):
    start = time.process_time()
    tag(text, text)
    quantities_in(text)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("A cart of 4 kg moves at 6 m/s for 2 s.", {"mass", "speed", "time"}),
        ("25^\\circ C and 1.5 \\mathrm{~atm}", {"temperature", "pressure"}),
        ("It costs \\$5 or 30%.", {"money", "percentage"}),
        ("Choose one.\nA. 5\nB. 6\nC. 7\nK. 8", set()),
        ("$6.5 \\times 10^{-7}$ m", {"length"}),
        ("0.2 mol/L, 20 mL", {"concentration", "volume"}),
    ],
)
def test_quantities_are_found_by_their_units(text, kinds):
    assert set(quantities_in(text)) == kinds
