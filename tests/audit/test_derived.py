"""Labels against the exact value: the problems of the papers, composed problems, programs."""

import pytest

from sample_engineering.audit import audit_samples, from_relations
from sample_engineering.audit.claims import Claim
from sample_engineering.audit.margins import compare
from sample_engineering.audit.values import gold_number
from sample_engineering.grading import read_gold
from sample_engineering.sample import Sample
from sample_engineering.synthesis import compose
from tests.audit.claims import found, sample

# The numbers of the first sample of arXiv 2601.03111, told in other words: its label is 2.
PHOTONS = (
    "A short double helix has 11 base pairs: 8 of guanine with cytosine, held by three hydrogen "
    "bonds each, and 3 of adenine with thymine, held by two. Breaking one mole of these bonds "
    "takes 20 kJ. What is the minimum number of photons of 400 nm whose energy suffices to break "
    "all bonds of one helix?"
)
STRANDS = (
    "There are $8 \\times 3 + 3 \\times 2 = 30$ bonds, which take $9.963\\times10^{-19}$ J. One "
    "photon has $4.970\\times10^{-19}$ J, and "
    "$\\frac{9.963\\times10^{-19}}{4.970\\times10^{-19}} \\approx 2.0049$."
)
PROGRAM = """\
bonds = 8 * 3 + 3 * 2
energy = bonds * Q(20, "kJ/mol") / Q(6.022e23, "1/mol")
photon = Q(6.626e-34, "J*s") * Q(3e8, "m/s") / Q(400, "nm")
answer = energy / photon
"""
# The numbers of pi_1 of arXiv 2504.20571, told in other words: its label is 12.8.
SAIL = "The push on a sail grows with the cube of the wind's speed. Which speed gives the push?"


def _programmed(problem, answer, program, **fields):
    told = {"composer": "language model", "verification": {"program": program}}
    return sample(problem, answer, provenance=told, **fields)


def _severe(one, check=None):
    return [item.check for item in audit_samples([one], checks=check) if item.severity == "severe"]


def test_the_least_number_of_photons_is_the_next_one_up():
    assert found(PHOTONS, "2", solution=STRANDS) == [("solution", "severe")]
    assert found(PHOTONS, "3", solution=STRANDS) == []
    (finding,) = audit_samples([sample(PHOTONS, "2", solution=STRANDS)], checks=["solution"])
    assert finding.evidence["expected"] == "3"
    assert finding.evidence["value"] == "2.0049"


def test_without_a_solution_the_rounding_is_said_to_be_open():
    (finding,) = audit_samples([sample(PHOTONS, "2")], checks=["unsettled"])
    assert (finding.severity, finding.evidence["label"]) == ("note", "2")
    assert "whole number up" in finding.message
    counted = "What is the least number of colours that tell 5 neighbours apart?"
    assert len(audit_samples([sample(counted, "3")], checks=["unsettled"])) == 0
    assert len(audit_samples([sample(PHOTONS, "3", solution=STRANDS)], checks=["unsettled"])) == 0


def test_the_program_of_the_photons_says_so_too():
    assert _severe(_programmed(PHOTONS, "2", PROGRAM)) == ["derived"]
    assert _severe(_programmed(PHOTONS, "3", PROGRAM)) == []
    rounded = PROGRAM.replace("answer = energy / photon", "answer = ceil(energy / photon)")
    assert _severe(_programmed(PHOTONS, "2", rounded)) == ["derived"]
    assert _severe(_programmed(PHOTONS, "3", rounded)) == []


def test_the_cube_root_of_2048_is_not_12_8():
    program = "constant = 4 / (2 * 8**3)\nanswer = (32 / (4 * constant)) ** (1 / 3)"
    one = _programmed(SAIL, "12.8", program)
    (finding,) = audit_samples([one], checks=["derived"])
    assert finding.severity == "severe"
    assert finding.evidence["expected"] == "12.7"
    assert _severe(_programmed(SAIL, "12.7", program)) == []
    assert _severe(_programmed(SAIL, "12.70", program)) == []
    assert found("Compute $\\sqrt[3]{2048}$.", "12.8") == [("stated", "severe")]


@pytest.mark.parametrize(
    ("exact", "label", "how"),
    [
        (12.699, "12.7", "rounded"),
        (12.699, "12.6", "truncated"),
        (12.62, "12.7", "rounded the wrong way"),
        (12.699, "12.8", "off by one in the last figure"),
        (12.699, "127", "off by a factor of 10^1"),
        (12.699, "0.127", "off by a factor of 10^-2"),
        (12.699, "-12.7", "of the other sign"),
        (12.699, "20.1", "another number"),
        (12.5, "\\frac{25}{2}", "exact"),
        (12.699, "\\frac{127}{10}", "another number"),
        (2.0, "2", "exact"),
        (1073741824.0, "1073741825", "off by one in the last figure"),
    ],
)
def test_how_a_label_stands_to_the_exact_value(exact, label, how):
    number = gold_number(read_gold(label))
    margin = compare(exact, number)
    assert margin.how == how
    assert margin.agrees == (how in ("exact", "rounded"))


@pytest.mark.parametrize(
    ("exact", "label", "direction", "agrees"),
    [
        (2.0049, "3", "ceiling", True),
        (2.0049, "2", "ceiling", False),
        (2.0, "2", "ceiling", True),
        (2.9951, "2", "floor", True),
        (2.9951, "3", "floor", False),
        (2.9999999999999996, "3", "floor", True),
    ],
)
def test_a_least_number_is_rounded_up_and_a_greatest_down(exact, label, direction, agrees):
    number = gold_number(read_gold(label))
    assert compare(exact, number, direction=direction).agrees is agrees


def test_zeros_beyond_the_figures_asked_for_are_no_figures():
    number = gold_number(read_gold("1230"))
    assert compare(1228.0, number, figures=3).agrees
    assert not compare(1228.0, number).agrees
    assert not compare(1228.0, gold_number(read_gold("1231")), figures=3).agrees


def test_a_constant_left_open_is_a_warning_and_a_stated_one_a_note():
    problem = "A stone falls freely for 3 s from rest. How far does it fall, in meters?"
    program = "answer = 9.81 * 3**2 / 2"
    open_, stated = (
        audit_samples([_programmed(text, "44.1", program)], checks=["constants"])
        for text in (problem, problem + " Take $g = 9.81$.")
    )
    assert [item.severity for item in open_] == ["warning"]
    assert open_[0].evidence["constant"] == "g"
    assert [item.severity for item in stated] == ["note"]
    tolerant = _programmed(problem, "44.1", program, tolerance=0.03)
    assert len(audit_samples([tolerant], checks=["constants"])) == 0


def test_carrying_three_figures_past_the_label_is_a_warning():
    problem = "How many bacteria per millilitre are there? Give four significant figures."
    program = "ratio = 1 / 7\ngrowth = ratio * 8.5\nanswer = growth * 1000"
    audit = audit_samples([_programmed(problem, "1214", program)], checks=["carried"])
    assert [item.severity for item in audit] == ["warning"]
    assert audit[0].evidence["carried"] == "1220"
    tolerant = _programmed(problem, "1214", program, tolerance=0.01)
    assert len(audit_samples([tolerant], checks=["carried"])) == 0


@pytest.mark.parametrize(
    "program",
    ["", "import os", "answer = 1 / 0", "answer = 9**9**9**9", "answer = (", "x" * 5000, "[1]"],
)
def test_a_program_that_does_not_run_derives_nothing(program):
    assert Claim(_programmed("How many?", "2", program)).derivation is None


@pytest.mark.parametrize("told", [{"relations": ["no-such-relation"]}, {"relations": 3}, {}])
def test_a_sample_that_only_claims_to_be_composed_derives_nothing(told):
    told = {"composer": "symbolic", "unknowns": ["x"], **told}
    assert Claim(sample("How many?", "2", provenance=told)).derivation is None


@pytest.fixture(scope="module")
def composed():
    return [
        *compose("physics,math", n=25, seed=5, kinds=["number", "quantity", "choice"]),
        *compose("chemistry,biology", n=15, seed=5, kinds=["number", "quantity"]),
    ]


def test_composed_problems_are_derived_anew_and_none_is_severe(composed):
    assert all(Claim(one).derivation is not None for one in composed)
    assert not audit_samples(composed).severe


def test_a_changed_label_of_a_composed_problem_is_severe(composed):
    for one in composed:
        changed = one.with_(answer=_changed(one), solution=None)
        assert _severe(changed, ["derived"]) == ["derived"], (one.answer, changed.answer)


@pytest.mark.parametrize("noise", [".", "$", " ", "? A", "{}", "Let $k$ be the x. ", "\x00"])
def test_a_composed_text_that_was_broken_raises_nothing(composed, noise):
    for place, one in enumerate(composed):
        cut = (place * 37) % len(one.problem)
        broken = one.problem[:cut] + noise + one.problem[cut + place % 5 :]
        audit_samples([one.with_(problem=broken), one.with_(id="t", problem=noise + ". " + broken)])


def _changed(one):
    """The label off by two in its last figure, or the next option."""
    if one.kind == "choice":
        return "ABCD"[("ABCD".index(one.answer) + 1) % 4]
    number, space, unit = one.answer.partition(" ")
    mantissa, mark, power = number.removesuffix("%").partition("e")
    decimals = len(mantissa.partition(".")[2])
    moved = f"{float(mantissa) + 2 * 10**-decimals:.{decimals}f}{mark}{power}"
    return moved + "%" * number.endswith("%") + space + unit


def test_another_unit_of_a_composed_label_is_severe(composed):
    quantities = [one for one in composed if one.unit in ("kg", "J", "m", "s", "kJ", "L", "W")]
    assert len(quantities) >= 3
    for one in quantities:
        number = one.answer.partition(" ")[0]
        unit = "A" if one.unit != "A" else "m"
        other_kind = one.with_(answer=f"{number} {unit}", unit=unit, solution=None)
        other_size = one.with_(answer=f"{number} m{one.unit}", unit=f"m{one.unit}", solution=None)
        if one.unit in ("kg", "kJ"):
            other_size = one.with_(
                answer=f"{number} {one.unit[1:]}", unit=one.unit[1:], solution=None
            )
        for changed in (other_kind, other_size):
            assert _severe(changed, ["derived"]) == ["derived"], (one.answer, changed.answer)


def test_a_formula_is_held_against_its_relations_at_sizes_of_its_symbols():
    formulas = list(compose("physics,math", n=20, seed=9, kinds=["expression"]))
    assert not audit_samples(formulas, checks=["derived"]).severe
    for one in formulas:
        doubled = one.with_(answer=f"2 \\cdot {one.answer}", solution=None)
        assert _severe(doubled, ["derived"]) == ["derived"], one.answer


def test_the_constants_of_a_worked_solution_count_too():
    problem = "A stone falls freely for 3 s from rest. How far does it fall, in meters?"
    solution = "It falls $\\frac{9.81 \\times 3^2}{2} \\approx 44.1$ m."
    (finding,) = audit_samples([sample(problem, "44.1", solution=solution)], checks=["constants"])
    assert finding.severity == "warning"
    assert finding.evidence["constant"] == "g"
    assert finding.evidence["answer_then"] == "45"
    stated = sample(problem + " Take $g = 9.81$.", "44.1", solution=solution)
    assert [item.severity for item in audit_samples([stated], checks=["constants"])] == ["note"]
    energy = "The energy is $6.63\\times10^{-34} \\cdot 5\\times10^{14} = 3.315\\times10^{-19}$ J."
    (finding,) = audit_samples(
        [sample("What is its energy?", "3.315\\times10^{-19}", solution=energy)],
        checks=["constants"],
    )
    assert finding.evidence["constant"] == "h_planck"
    plain = "It is $\\frac{9.5 \\times 3^2}{2} = 42.75$ m."
    assert len(audit_samples([sample(problem, "42.75", solution=plain)], checks=["constants"])) == 0


def test_a_sample_of_no_relations_does_not_load_the_library(monkeypatch):
    def refuse():
        raise AssertionError("the library was loaded")

    monkeypatch.setattr(from_relations, "relations", refuse)
    plain = Sample("a", "What is 2 + 2?", "4", provenance={"composer": "by hand"})
    assert from_relations.claimed_relations(plain) == ()
