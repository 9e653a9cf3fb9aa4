"""Skills of the solved form: a problem is tagged with what its solution does, and nothing else."""

import re

import pytest

from sample_engineering.errors import SynthesisError
from sample_engineering.skills import known_skills
from sample_engineering.synthesis import compose, formula
from sample_engineering.synthesis.operations import OPERATIONS, exercising, operations, skills_of
from sample_engineering.synthesis.relations import by_name, relations
from sample_engineering.synthesis.solved import SEARCH, solved_forms

DIRECTIONS = [(relation, unknown) for relation in relations() for unknown in relation.unknowns]
each = pytest.mark.parametrize(
    ("relation", "unknown"), DIRECTIONS, ids=[f"{r.name}-{u}" for r, u in DIRECTIONS]
)
LOGARITHM = re.compile(r"\\(?:ln|log)(?![a-z])")


def test_every_operation_is_a_skill():
    assert set(known_skills()) >= OPERATIONS


@each
def test_operations_are_those_of_the_form(relation, unknown):
    """Seen in the text of the form, without its syntax tree."""
    form = solved_forms(relation, unknown)[0]
    found = operations(relation, unknown, form)
    if form == SEARCH:
        assert set(found) <= {"percentage"}
        return
    arguments = re.findall(r"log(?:2|10)?\(([^()]*)", form)
    takes = any(re.search(r"[A-Za-z]", text) for text in arguments)
    assert ("logarithm" in found) == takes
    assert ("multiplication" in found or "doubling" in found) <= ("*" in form)
    assert bool({"division", "halving"} & {*found}) <= ("/" in form)
    assert ("square_root" in found) <= ("sqrt" in form or "**(1/2)" in form)
    roots = {"square_root", "radical_expression"} & {*found}
    assert bool(roots) >= ("sqrt" in form)
    assert ("quadratic_equation" in found) <= ("sqrt" in form)
    alone = any(unknown in formula.sides(text) for text in relation.equations)
    assert ("formula_rearrangement" in found) == (not alone)
    assert ("system_of_equations" in found) <= bool(relation.also)
    assert ("optimization" in found) == (relation.best is not None)


@pytest.mark.parametrize(
    ("name", "unknown", "takes", "leaves"),
    [
        ("radioactive-decay", "t", {"logarithm", "nuclear_decay"}, {"exponent_rules"}),
        ("radioactive-decay", "A", {"exponent_rules", "nuclear_decay"}, {"logarithm"}),
        ("first-order-half-life", "T", {"division", "rate_law"}, {"logarithm"}),
        ("kinetic-energy", "v", {"square_root", "doubling"}, {"squaring", "linear_equation"}),
        ("kinetic-energy", "K", {"squaring", "halving"}, {"square_root"}),
        ("weak-acid", "x", {"quadratic_equation", "square_root"}, {"linear_equation"}),
        ("weak-acid", "c", {"linear_equation"}, {"quadratic_equation"}),
        ("sphere-volume", "r", {"radical_expression"}, {"cubing", "square_root"}),
        ("thin-lens", "f", {"fractions", "rational_expression"}, {"linear_equation"}),
        ("discount", "d", {"linear_equation", "percentage"}, set()),
        ("discount", "p", {"division", "percentage"}, {"linear_equation"}),
        ("ohms-law", "I", {"division", "formula_rearrangement"}, {"multiplication"}),
        ("dilution", "V2", {"proportion"}, set()),
        ("refraction", "beta", {"trigonometric_function", "inverse_function"}, set()),
        ("pythagoras", "a", {"square_root", "subtraction", "squaring"}, {"addition"}),
    ],
)
def test_a_direction_takes_what_it_takes(name, unknown, takes, leaves):
    found = set(skills_of(by_name()[name], unknown))
    assert takes <= found
    assert not leaves & found


MIXES = [
    ({"domains": ("physics", "chemistry"), "n": 40, "seed": 3}),
    ({"domains": ("math", "biology", "chemistry"), "n": 40, "steps": (3, 4), "seed": 4}),
    ({"domains": ("economics", "computer_science"), "n": 40, "seed": 5}),
    ({"domains": ("physics",), "n": 6, "kinds": "expression", "steps": 2, "seed": 6}),
]


@pytest.mark.parametrize("options", MIXES, ids=lambda options: "+".join(options["domains"]))
def test_what_a_sample_is_tagged_with_stands_in_its_solution(options):
    for sample in compose(**options):
        assert ("logarithm" in sample.skills) <= bool(LOGARITHM.search(sample.solution))
        assert ("square_root" in sample.skills) <= (r"\sqrt" in sample.solution)
        power = r"\times10^" in sample.problem + sample.solution
        assert ("scientific_notation" in sample.skills) == power
        used = [by_name()[name] for name in sample.provenance["relations"]]
        about = {skill for item in used for skill in item.skills} - OPERATIONS
        assert about - {"unit_conversion", "scientific_notation"} <= set(sample.skills)


@pytest.mark.parametrize(
    ("domains", "skill"),
    [
        (("physics", "chemistry"), "logarithm"),
        (("biology", "chemistry"), "logarithm"),
        (("math", "physics"), "quadratic_equation"),
        (("physics", "chemistry"), "square_root"),
        (("physics", "math"), "radical_expression"),
        (("economics", "engineering"), "linear_equation"),
    ],
)
def test_asked_skills_are_taken_in_the_solution(domains, skill):
    mark = {"logarithm": LOGARITHM, "square_root": re.compile(r"\\sqrt")}.get(skill)
    for sample in compose(domains, n=8, steps=(2, 3), skills=skill, seed=1):
        assert skill in sample.skills
        assert mark is None or mark.search(sample.solution)


def test_several_skills_at_once():
    for sample in compose(("physics", "chemistry"), n=4, skills="logarithm,square_root", steps=3):
        assert {"logarithm", "square_root"} <= set(sample.skills)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"domains": "physics,chemistry", "skills": "conic_section"},
            ["no relation takes 'conic_section'"],
        ),
        (
            {"domains": "physics,chemistry", "skills": "gcd_lcm"},
            ["of physics, chemistry", "add one of math", "greatest-common-divisor for s"],
        ),
        ({"domains": "engineering", "skills": "logarithm"}, ["add one of", "chemistry"]),
        ({"domains": "physics", "steps": 5, "difficulty": "easy"}, ["5 steps", "`steps`=1-2"]),
        ({"domains": "physics", "steps": 1, "difficulty": "hard"}, ["1 steps", "`steps`="]),
        (
            {"domains": "economics", "steps": 1, "distractors": 4},
            ["idle facts", "fewer `distractors`"],
        ),
        (
            {"domains": "math,physics", "steps": 8, "skills": "logarithm,gcd_lcm,acid_base"},
            ["acid_base", "chemistry"],
        ),
    ],
)
def test_messages_name_the_true_cause(options, words):
    with pytest.raises(SynthesisError) as caught:
        compose(n=3, **options)
    for word in words:
        assert word in str(caught.value), str(caught.value)


def test_what_exercises_a_skill_is_found_by_direction():
    found = {(relation.name, unknown) for relation, unknown in exercising("logarithm", relations())}
    assert ("radioactive-decay", "t") in found
    assert ("radioactive-decay", "A") not in found


@pytest.mark.parametrize("spelled", ["Physics, Computer Science", "PHYSICS,computer-science"])
def test_domains_are_read_as_people_spell_them(spelled):
    (sample,) = compose(spelled, n=1)
    assert set(sample.domains) == {"physics", "computer_science"}
