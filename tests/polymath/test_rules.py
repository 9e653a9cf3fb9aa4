"""The rules of the method: families, constraints, the funnel, what is chosen."""

import pytest

from sample_engineering.polymath.candidate import Candidate
from sample_engineering.polymath.choosing import choose
from sample_engineering.polymath.constraints import not_met
from sample_engineering.polymath.families import PAPER, abundance, families, family_of
from sample_engineering.polymath.funnel import funnel
from sample_engineering.sample import Sample
from sample_engineering.skills import taxonomy

THREE = ("physics", "chemistry", "biology")


def candidate(number, *skills):
    sample = Sample(f"c{number}", "What is it?", "7", skills=skills)
    return Candidate(number, "symbolic", sample, abundance(skills))


def test_every_skill_counts_in_one_family_or_is_a_matter_of_measuring():
    for name, skill in taxonomy().items():
        assert (family_of(name) in families()) != (skill.family == "measurement"), name
    assert families()[:5] == PAPER
    assert family_of("no such skill") is None


def test_abundance_counts_each_skill_once_and_keeps_the_order_of_the_families():
    found = abundance(["molar_mass", "fractions", "fractions", "unit_conversion", "area"])
    assert found == {"algebra": ("fractions",), "geometry": ("area",), "chemistry": ("molar_mass",)}
    assert list(found) == ["algebra", "geometry", "chemistry"]


def test_the_prime_is_widest_and_a_tie_goes_to_more_skills():
    narrow = candidate(0, "fractions", "percentage", "division", "addition")
    wide = candidate(1, "fractions", "area", "molar_mass")
    wider = candidate(2, "fractions", "percentage", "area", "molar_mass")
    prime = choose([narrow, wide, wider])[0]
    assert (prime.role, prime.candidate, prime.tied) == ("prime", wider, ("c1",))
    assert prime.decided == "more skills"
    assert prime.reason.endswith("; tied with 1 other, decided by more skills")


def test_a_tie_of_primes_goes_to_skills_evenly_spread_then_to_the_first():
    uneven = candidate(0, "fractions", "percentage", "division", "area")
    even = candidate(1, "fractions", "percentage", "area", "volume")
    also = candidate(2, "fractions", "percentage", "area", "volume")
    assert choose([uneven, even, also])[0].candidate is even
    found = choose([uneven, also, even])[0]
    assert (found.candidate, found.decided) == (even, "the order of composing")
    assert choose([uneven, even])[0].decided == "skills spread more evenly"
    assert choose([even])[0].decided == ""


def test_a_specialist_has_most_skills_of_its_family_and_of_equals_the_fewest_others():
    both = candidate(0, "fractions", "percentage", "molar_mass")
    pure = candidate(1, "fractions", "percentage")
    chosen = {one.role: one for one in choose([both, pure])}
    assert chosen["specialist of algebra"].candidate is pure
    assert chosen["specialist of algebra"].tied == ("c0",)
    assert chosen["specialist of algebra"].decided == "fewer skills of other families"
    assert chosen["specialist of chemistry"].candidate is both
    assert "specialist of geometry" not in chosen
    assert both.roles == ["prime", "specialist of chemistry"]


def test_nothing_is_chosen_of_nothing():
    assert choose([]) == ()


@pytest.mark.parametrize(
    ("problem", "answer", "told"),
    [
        ("A rod of 3 m turns. How many turns are left?", "12", None),
        ("A rod of 3 m turns. How many turns are left?", "1000", None),
        ("A rod of 3 m turns. What percentage of it is left?", "59%", None),
        ("A rod of 3 m turns. What percentage of it is left?", "59\\%", None),
        ("A rod of 3 m turns. How many turns are left?", "0", "no whole answer"),
        ("A rod of 3 m turns. How many turns are left?", "1001", "no whole answer"),
        ("A rod of 3 m turns. How many turns are left?", "-4", "no whole answer"),
        ("A rod of 3 m turns. How many turns are left?", "12.5", "no whole answer"),
        ("A rod of 3 m turns. How many turns are left?", "1{2}", "no whole answer"),
        ("How long is it? How wide is it?", "4", "several questions: 2"),
        ("(a) Find the mass. (b) Find the charge.", "4", "several questions: parts"),
        ("Estimate how many cells are left.", "4", "estimation"),
        ("It holds roughly 40 cells. How many are left?", "4", "estimation"),
        ("It holds 1,234,567 cells. How many are left?", "4", "heavy arithmetic"),
        ("It weighs 96485 g and costs 30000000. How many?", "4", None),
        ("It weighs 0.00125 g. How many?", "4", None),
        ("It weighs 1.602176 g. How many?", "4", "heavy arithmetic"),
    ],
)  # fmt: skip
def test_constraints_are_read_from_the_problem(problem, answer, told):
    found = not_met(Sample("x", problem, answer, domains=THREE), answers="integer", domains=THREE)
    assert (found is None) if told is None else found.startswith(told)


def test_a_rounded_answer_is_no_whole_number_even_where_it_looks_like_one():
    sample = Sample(
        "x", "What is the power, in W?", "502 W", kind="quantity", unit="W", tolerance=0.01,
        domains=THREE,
    )  # fmt: skip
    assert not_met(sample, answers="integer", domains=THREE).startswith("no whole answer")
    assert not_met(sample, answers="any", domains=THREE) is None
    exact = sample.with_(tolerance=None)
    assert not_met(exact, answers="integer", domains=THREE) is None


def test_every_subject_is_wanted():
    sample = Sample("x", "How many?", "4", domains=("physics", "biology"))
    assert not_met(sample, answers="any", domains=THREE) == "not in all subjects: chemistry missing"


def test_the_funnel_adds_up_and_counts_reasons_by_kind():
    all_ = [candidate(number) for number in range(5)]
    all_[0].refuse("constraints", "estimation: roughly")
    all_[1].refuse("constraints", "estimation: estimate")
    all_[2].refuse("constraints", "several questions: 2 question marks")
    all_[3].refuse("audit", "stated: the label is 3")
    first, second = funnel(all_, ("constraints", "audit"))
    assert (first.entered, first.refused) == (5, 3)
    assert first.words == "2 estimation, 1 several questions"
    assert (second.entered, second.refused, second.words) == (2, 1, "1 stated")
