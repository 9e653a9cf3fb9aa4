"""Systems: two relations that share two unknowns, so that neither can be solved alone."""

from dataclasses import replace

import pytest

from sample_engineering.grading import grade, read_sample_gold
from sample_engineering.synthesis import compose, formula, planner, units
from sample_engineering.synthesis.evaluating import names_of
from sample_engineering.synthesis.operations import skills_of
from sample_engineering.synthesis.reading import read_problem
from sample_engineering.synthesis.relation import Case, Quantity, Relation
from sample_engineering.synthesis.relations import by_name, relations
from sample_engineering.synthesis.resolving import determined, resolve
from sample_engineering.synthesis.resolving_pairs import Pair, solve_pair
from sample_engineering.synthesis.scene_plans import plans_in
from sample_engineering.synthesis.scenes import claimed, scenes
from sample_engineering.synthesis.several_roots import NoSolution
from sample_engineering.synthesis.systems import COUPLES, SKILL, System, is_solved, systems

ALL = ("math", "physics", "chemistry", "biology", "engineering", "computer_science", "economics")


def _systems():
    known = by_name()
    return [
        system
        for couple in COUPLES
        for system in systems(couple, known[couple.first], known[couple.second])
    ]


@pytest.fixture(scope="module")
def composed():
    """Problems with a system in them, over several sets of subjects."""
    found = []
    for domains, steps in (
        (("physics", "economics"), (2, 3)),
        (("physics", "biology", "economics"), (3, 4)),
        (("computer_science", "economics"), (2, 2)),
    ):
        found += compose(domains, n=12, steps=steps, skills=(SKILL,), seed=3)
    return [sample for sample in found if _shared(sample)]


def _shared(sample):
    return [link for link in sample.provenance["links"] if link.get("system")]


def test_every_couple_is_solved_and_holds_what_its_members_say():
    """Put into both equations, what the kept forms give satisfies them, in every case."""
    made = _systems()
    assert {couple.name for couple in COUPLES} == {system.name for system in made}
    for system in made:
        assert is_solved(system), f"{system.name}: run python scripts/solve_relations.py"
        assert len(system.equations) == len(system.members) == 2
        assert all(system.by_name[name].ask for name in system.inner)
        assert len({item.latex for item in system.quantities}) == len(system.quantities)


def test_problems_with_systems_are_no_trees(composed):
    assert len(composed) > 15
    assert any(len(sample.domains) > 1 for sample in composed)
    for sample in composed:
        first, second = _shared(sample)
        ends = [{link[end].partition(".")[0] for end in ("from", "to")} for link in (first, second)]
        assert ends[0] == ends[1]
        assert SKILL in sample.skills
        assert "two equations with two unknowns" in sample.solution
        assert "Put into the" in sample.solution
        assert grade(sample.solution, read_sample_gold(sample)).correct


def test_neither_relation_of_a_system_can_be_solved_alone(composed):
    for sample in composed:
        used, told = claimed(sample.provenance)
        reading = read_problem(sample.problem, used, told=told)
        assert determined(reading, used)
        for name in {link["from"].partition(".")[0] for link in _shared(sample)}:
            assert not determined(reading, used, frozenset({name}))


def test_the_answer_of_a_system_solves_both_equations_as_they_are_written(composed):
    for sample in composed:
        used, told = claimed(sample.provenance)
        reading = read_problem(sample.problem, used, told=told)
        found = resolve(reading, used)
        assert found.value is not None, found.trouble
        for relation in used:
            if relation.also:
                continue
            sizes = {
                **reading.constants,
                **{name: found.known[relation.name, name] for name in relation.by_name},
            }
            names = names_of(relation)
            left, right = (
                formula.compiled(side, names)(*[sizes[name] for name in names])
                for side in formula.sides(relation.equation)
            )
            assert left == pytest.approx(right, rel=1e-9)


def test_structures_with_a_system_are_told_from_those_without():
    made = _systems()
    names = [system.name for system in made]
    assert len(set(names)) == len(COUPLES)
    assert not set(names) & {relation.name for relation in relations()}


def test_scenes_hold_systems_as_well():
    """Two acts that share two values which nothing states are solved together."""
    found = [
        plan
        for scene in scenes()
        for size in (1, 2)
        for domains in [ALL[index : index + size] for index in range(len(ALL))]
        for plan in plans_in(scene, domains, 3)
        if any(isinstance(step.relation, System) for step in plan.steps)
    ]
    assert found
    for plan in found:
        assert len(plan.relations) == 3
        assert len(plan.steps) == 2


def test_a_share_of_problems_holds_a_system_by_default(monkeypatch):
    monkeypatch.setattr(planner, "_SCENE_SHARE", 0.0)
    samples = compose(("physics", "economics"), n=60, steps=(2, 3), seed=1)
    assert 0 < sum(bool(_shared(sample)) for sample in samples) < 30


def test_whole_answers_come_of_systems_with_round_values_on_the_way():
    samples = [
        sample
        for sample in compose(
            ("physics", "economics"), n=4, steps=2, skills=(SKILL,), answers="integer", seed=2
        )
        if _shared(sample)
    ]
    assert samples
    for sample in samples:
        used, told = claimed(sample.provenance)
        reading = read_problem(sample.problem, used, told=told)
        found = resolve(reading, used)
        size = units.in_unit(found.value, reading.answer_unit)
        assert size == pytest.approx(round(size), rel=1e-9)
        for link in _shared(sample):
            name, quantity = link["from"].split(".")
            unit = next(item for item in used if item.name == name).by_name[quantity].unit
            base = found.known[name, quantity]
            shown = units.in_unit(base, unit)
            assert shown == pytest.approx(float(f"{shown:.2e}"), rel=1e-9)


def _relation(name, equation, **ranges):
    return Relation(
        name=name,
        title=name,
        domain="math",
        field_="",
        equation=equation,
        quantities=tuple(Quantity(key, "", *span) for key, span in ranges.items()),
        skills=(),
        source="",
        cases=(Case(),),
    )


@pytest.mark.parametrize(
    ("first", "second", "known", "expected"),
    [
        ("x + y = n", "x - y = m", {"n": 10.0, "m": 4.0}, (7.0, 3.0)),
        ("x*y = n", "x/y = m", {"n": 8.0, "m": 2.0}, (4.0, 2.0)),
        ("y = n/x", "y = x**2/m", {"n": 16.0, "m": 4.0}, (4.0, 4.0)),
        ("x = n*exp(-y)", "x = m*y", {"n": 10.0, "m": 2.0}, (2 * 1.3267246652422, 1.3267246652422)),
        ("x + y = n", "x*y = m", {"n": 5.0, "m": 6.0}, None),  # 2 and 3, or 3 and 2
        ("x + y = n", "x + y = m", {"n": 5.0, "m": 6.0}, None),
        ("x*y = n", "2*x*y = m", {"n": 5.0, "m": 10.0}, None),  # the same equation twice
    ],
)
def test_two_equations_are_solved_without_their_solved_forms(first, second, known, expected):
    one = _relation("one", first, x=(0.5, 20), y=(0.5, 20), n=(1, 50))
    two = _relation("two", second, x=(0.5, 20), y=(0.5, 20), m=(1, 50))
    pair = Pair(one, two, (("x", "x"), ("y", "y")))
    places = {("one", "n"): known["n"], ("two", "m"): known["m"]}
    if expected is None:
        with pytest.raises(NoSolution):
            solve_pair(pair, places, {})
    else:
        assert solve_pair(pair, places, {}) == pytest.approx(expected, rel=1e-9)


def test_a_system_may_be_asked_for_where_no_relation_alone_is_one():
    assert not any(SKILL in skills_of(item, name) for item in relations() if item.domain == "math"
                   for name in item.unknowns)  # fmt: skip
    samples = compose("math", n=2, steps=2, skills=SKILL, seed=1)
    assert all(_shared(sample) for sample in samples)


def test_systems_of_changed_equations_are_left_out():
    """What is kept was solved for the equations as they were."""
    system = _systems()[0]
    other = replace(system, equation="U = 2*I*R")
    assert is_solved(system)
    assert not is_solved(other)
