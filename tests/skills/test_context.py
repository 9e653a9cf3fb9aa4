"""What keeps cues from being taken for skills: company, other meanings, instructions, sciences."""

import re
import time
import tomllib
from importlib.resources import files

import pytest

from sample_engineering.skills import QUANTITIES, SHOWN, tag, taxonomy
from sample_engineering.skills.context import context
from sample_engineering.skills.phrases import normal, words_of


def shown(text):
    return {name for name, weight in tag(text).items() if weight >= SHOWN}


@pytest.mark.parametrize(
    ("text", "skill"),
    [
        ("A bus drives 80 km in two hours and then 40 km more.", "enzyme_kinetics"),
        ("The sum of three odd numbers is 27.", "probability"),
        ("Given that $x = 3$, find $x + 4$.", "conditional_probability"),
        ("Find $f(8, 14)$ if $f(x, y) = 2x - y$.", "coordinate_geometry"),
        (r"\begin{tabular}{|c|c|} \hline a & b \\ \end{tabular} What is a?", "absolute_value"),
        ("She owns a pair of pants and four shirts.", "combination"),
        ("Two runners start on a ring track of 400 m.", "abstract_structure"),
        ("The cubic polynomial $x^3 - 2x + 1$ has a root at 1.", "volume"),
        ("A ball lies on the floor of the room.", "floor_function"),
        ("The photoelectric eye counts 14 people.", "quantum_states"),
        ("What is the greatest power of 2 below 100?", "work_and_power"),
        ("Write the numbers in the third column of the table.", "statics"),
        ("An Internet service provider charges 20 dollars.", "architecture_and_networks"),
        ("A spring morning is 12 degrees warm.", "oscillation"),
        ("The students chose a star as their sign.", "astronomy"),
        ("The school bonds with its new current members.", "ohms_law"),
        ("Each triangle is coloured by the gene of its artist.", "molecular_genetics"),
        ("What is the square root of 49?", "polygon"),
        ("Simplify the perfect square trinomial.", "perfect_power"),
        ("Find the sum. Express your answer as a common fraction.", "fractions"),
        (r"It is $m/n$, where $m$ and $n$ are relatively prime positive integers. Find $m+n$.",
         "gcd_lcm"),
        (r"Let $a, b, \dots, z$ be numbers.", "differential_equation"),
        ("The segment from A to B divides the circle into two parts.", "divisibility"),
    ],
)  # fmt: skip
def test_a_word_without_its_company_is_no_skill(text, skill):
    assert skill not in shown(text)


@pytest.mark.parametrize(
    ("text", "skill"),
    [
        ("With $K_m$ of the enzyme at half its maximal activity, which substrate rate is it?",
         "enzyme_kinetics"),
        ("A die is rolled and a fair coin is tossed: what are the odds?", "probability"),
        ("What is the probability of two, given that one is red?", "conditional_probability"),
        ("Solve $|x - 3| = 5$.", "absolute_value"),
        ("Find the midpoint of $(1, 2)$ and $(5, 8)$.", "coordinate_geometry"),
        ("What is the remainder when 7 times 9 is divided by 8?", "modular_arithmetic"),
        ("Today is Monday. Which day of the week is it 100 days from now?", "modular_arithmetic"),
        ("What is the units digit of $3^{20}$?", "modular_arithmetic"),
        ("In how many ways can 3 books be put on a shelf?", "counting"),
        ("Each box holds 12 eggs. How much do 4 boxes hold in total?", "multiplication"),
        ("A train goes 60 miles per hour for 3 hours. How long is the trip?", "rate"),
        ("Find the coefficient of $x^3$ in the expansion of $(1 + 2x)^5$.", "binomial_theorem"),
        (r"\begin{align*} x + y &= 7, \\ 2x - y &= 2 \end{align*}", "system_of_equations"),
        ("If $a + b = 10$ and $ab = 21$, find a.", "system_of_equations"),
        ("Find the roots of $x^2 - 5x + 6 = 0$.", "quadratic_equation"),
        (r"Compute $4^{-1} \pmod{11}$.", "modular_arithmetic"),
        (r"Compute $\sum_{k=1}^{9} k^2$.", "series_summation"),
        ("Let $f(x + y) = f(x) + f(y)$ for all real x and y.", "functional_equation"),
        ("The sequence has $a_{n+1} = 2a_n + 1$.", "recurrence"),
        (r"Find $\lfloor 7.3 \rfloor$.", "floor_function"),
        ("What is the volume of a cylinder of radius 2 and height 5?", "volume"),
        ("The current through the resistor is 2 A at a voltage of 6 V.", "ohms_law"),
        ("A mass on a spring oscillates with a period of 2 s.", "oscillation"),
        ("How many are needed to guarantee that two match?", "pigeonhole_principle"),
        (r"For sets, find $A \cap B$.", "set_operations"),
        ("One of the two always lies; the other tells the truth.", "logical_deduction"),
        ("Write 57 in base 8.", "base_conversion"),
        ("Find the sum of 3 and 4.", "addition"),
    ],
)  # fmt: skip
def test_a_word_in_its_company_and_a_structure_show_the_skill(text, skill):
    assert skill in shown(text)


SCIENCES = ("physics", "chemistry", "biology", "engineering", "economics")


@pytest.mark.parametrize("domain", SCIENCES)
def test_no_ambiguous_word_of_a_science_shows_a_skill_alone(domain):
    for skill in taxonomy().values():
        if skill.domains[0] == domain:
            for word in skill.ambiguous:
                if word.isalpha():
                    text = f"Mia has a {word} and nine more."
                    assert skill.name not in shown(text), (skill.name, word)


def test_every_cue_can_be_found():
    data = files("sample_engineering.skills") / "data" / "context.toml"
    names = {f"<{name}>" for name in tomllib.loads(data.read_text("utf-8"))["structures"]}
    names |= {f"<quantity {kind}>" for kind in QUANTITIES}
    for skill in taxonomy().values():
        for kind in ("words", "hints", "ambiguous", "company", "unless", "never_with", "not_in"):
            for cue in getattr(skill, kind):
                if cue.startswith("<"):
                    assert cue in names, (skill.name, cue)
                else:
                    assert re.search(r"[a-z]{1}", normal(cue)), (skill.name, cue)
                    assert not re.search(r"[$%{}\[\]]", cue), (skill.name, cue)


def test_an_ambiguous_cue_is_no_other_cue_of_its_skill():
    for skill in taxonomy().values():
        sure = set(map(normal, skill.words))
        assert not [cue for cue in skill.ambiguous if normal(cue) in sure], skill.name


def test_instructions_for_the_answer_are_left_out():
    kept = context().without_instructions(
        "What is the probability that it is even? Express your answer as a common fraction."
    )
    assert "probability" in kept
    assert "fraction" not in kept


def test_words_are_singular_numbers_are_one_word_and_commands_their_own():
    assert words_of(r"12 two-digit masses, \frac{3}{4} odds") == [
        "#", "two-digit", "mass", "\\frac", "#", "#", "odds",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        r"\begin{align}" + "x = 1 " * 4000,
        "find $" + "f(" * 8000,
        "express your answer " * 900,
        "where $a$, " * 1500,
        r"\frac{1}{" * 2000,
        "x^2 + " * 3000,
        r"\sin " * 4000,
        "(1, " * 4000,
        "0" * 20_000 + "^",
        "both 1" + " a" * 9000,
        r"\sqrt{" * 3000,
    ],
)
def test_no_structure_takes_long_on_a_hostile_text(text):
    start = time.process_time()
    tag(text)
    assert time.process_time() - start < 1
