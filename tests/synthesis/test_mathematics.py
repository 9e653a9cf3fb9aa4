"""Systems, thresholds, sequences, best values and pairs of solutions, against other methods."""

import math
from itertools import count
from random import Random

import numpy as np
import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from sample_engineering.grading import grade, read_sample_gold
from sample_engineering.synthesis import compose, formula, units
from sample_engineering.synthesis.composer import Composer
from sample_engineering.synthesis.dropped import Dropped
from sample_engineering.synthesis.evaluating import names_of
from sample_engineering.synthesis.fits import Fits
from sample_engineering.synthesis.plan import Plan, Step
from sample_engineering.synthesis.planner import Planner
from sample_engineering.synthesis.relation import Best, Case, Quantity, Relation
from sample_engineering.synthesis.relation_checks import faults
from sample_engineering.synthesis.relations import by_name, relations
from sample_engineering.synthesis.request import Request
from sample_engineering.synthesis.root_finding import _OWN_FUNCTIONS
from sample_engineering.synthesis.rounding import calls, stable
from sample_engineering.synthesis.several_roots import NoSolution, solutions
from sample_engineering.synthesis.simultaneous import together
from sample_engineering.synthesis.solved import solve
from sample_engineering.synthesis.solving import draw_numbers

SEVERAL = [(r, u) for r in relations() if r.also and not r.best for u in r.unknowns]
BEST = [(r, u) for r in relations() if r.best for u in r.unknowns]
BOTH = [(r, u) for r in relations() for u in r.both]
COUNTED = [(r, u) for r in relations() if calls(r) for u in r.unknowns]


def named(pairs):
    return pytest.mark.parametrize(("relation", "unknown"), pairs, ids=[p[0].name for p in pairs])


def drawn(relation, unknown, often=12):
    """Yield solved steps of a relation, with the numbers that the composer draws."""
    rng = Random(f"{relation.name} {unknown}")
    found = 0
    for _ in range(60 * often):
        case = rng.choice(relation.cases)
        plan = Plan((Step(relation, case, unknown, {}, {}, (case, unknown, ())),))
        try:
            numbers = draw_numbers(plan, rng, True, Fits())
        except Dropped:
            continue
        found += 1
        yield numbers.last
        if found == often:
            return
    assert found >= often / 2, f"only {found} of {often} sets of numbers come out"


def residuals(relation, base):
    names = names_of(relation)
    sides = (
        (formula.compiled(left, names), formula.compiled(right, names))
        for left, right in map(formula.sides, relation.equations)
    )
    sizes = [base[name] for name in names]
    return np.array([left(*sizes) - right(*sizes) for left, right in sides])


@named([(r, u) for r, u in SEVERAL if together(r, u)])
def test_a_linear_system_has_the_solution_that_numpy_finds(relation, unknown):
    for solved in drawn(relation, unknown):
        open_names = (unknown, *relation.silent(unknown))
        at = [residuals(relation, {**solved.base, **dict.fromkeys(open_names, 0.0)})]
        for name in open_names:
            one = {**solved.base, **dict.fromkeys(open_names, 0.0), name: 1.0}
            at.append(residuals(relation, one))
        matrix = np.array([column - at[0] for column in at[1:]]).T
        found = np.linalg.solve(matrix, -at[0])
        assert found == pytest.approx([solved.base[name] for name in open_names], rel=1e-7)


@named(SEVERAL)
def test_every_equation_holds_and_a_second_way_leads_there(relation, unknown):
    for solved in drawn(relation, unknown, 6):
        open_names = (unknown, *relation.silent(unknown))
        known = {name: size for name, size in solved.base.items() if name not in open_names}
        found = solutions(relation, open_names, known)
        for name in open_names:
            assert found[name] == pytest.approx(solved.base[name], rel=1e-7)


@named(BEST)
def test_nothing_is_better_than_the_best(relation, unknown):
    best = relation.best
    for solved in drawn(relation, unknown, 6):
        names = names_of(relation)
        (text,) = (
            right if left == best.value else left
            for left, right in map(formula.sides, relation.equations)
            if best.value in (left, right)
        )
        value = formula.compiled(text, names)
        sign = -1 if best.kind == "largest" else 1
        quantity = relation.by_name[best.over]
        low, high = (units.in_base(end, quantity.unit) for end in (quantity.low, quantity.high))
        if best.below:
            high = min(high, formula.compiled(best.below, names)(*map(solved.base.get, names)))

        def cost(size, solved=solved, names=names, value=value, sign=sign):
            return sign * value(*map({**solved.base, best.over: size}.get, names))

        found = minimize_scalar(cost, bounds=(low, high), method="bounded")
        assert found.x == pytest.approx(solved.base[best.over], rel=1e-3)
        assert sign * solved.base[best.value] <= found.fun + 1e-9 * abs(found.fun)
        assert min(cost(low), cost(high)) > found.fun


@named(BOTH)
def test_both_solutions_are_the_roots_of_the_polynomial(relation, unknown):
    x = sympy.Symbol("x")
    for solved in drawn(relation, unknown, 6):
        values = {name: sympy.Float(size, 30) for name, size in solved.base.items()}
        values |= {unknown: x, "pi": sympy.pi}
        left, right = (
            formula.evaluate(side, values, formula.sympy_functions())
            for side in (relation.left, relation.right)
        )
        roots = sorted(map(float, sympy.Poly(left - right, x).nroots()))
        assert [solved.other, solved.result] == pytest.approx(roots, rel=1e-9)


@named(COUNTED)
def test_no_rounding_on_the_way_flips_a_count(relation, unknown):
    names = names_of(relation)
    for solved in drawn(relation, unknown, 8):
        (text,) = (
            right if left == unknown else left
            for left, right in map(formula.sides, relation.equations)
            if unknown in (left, right)
        )
        if not text.startswith(("floor(", "ceil(")) or text.count("floor") + text.count("ceil") > 1:
            continue
        if not text.endswith(")"):
            continue
        inside = sympy.sympify(text.removeprefix("ceil").removeprefix("floor"), locals={
            name: sympy.Symbol(name) for name in names
        })  # fmt: skip
        size = float(inside.subs(solved.base))
        rounded = float(f"{size:.2e}")
        up = math.ceil if text.startswith("ceil") else math.floor
        assert up(rounded) == up(size) == solved.result


@given(
    st.floats(0.1, 1000), st.floats(1.01, 3), st.floats(-0.5, 50), st.floats(1.5, 1000)
)  # fmt: skip
def test_the_first_term_above_is_the_first_that_counting_finds(first, factor, share, times):
    added = share * first * (factor - 1)
    level = first * times
    term, n = first, 0
    terms = [first]
    while term <= level:
        term, n = term * factor + added, n + 1
        terms.append(term)
        assume(n < 2000)
    assume(all(abs(item / level - 1) > 1e-9 for item in terms))
    assert formula.FUNCTIONS["first_above"](first, factor, added, level) == n
    assert _OWN_FUNCTIONS["first_above"](first, factor, added, level) == n


@given(st.floats(1, 1000), st.floats(0.05, 0.95), st.floats(1.5, 1e6))
def test_the_first_term_below_is_the_first_that_counting_finds(first, factor, times):
    level = first / times
    terms = [first * factor**n for n in range(400)]
    assume(all(abs(item / level - 1) > 1e-9 for item in terms))
    n = next(n for n in count() if n >= 400 or terms[n] < level)
    assume(n < 400)
    assert formula.FUNCTIONS["first_below"](first, factor, 0, level) == n
    assert _OWN_FUNCTIONS["first_below"](first, factor, 0, level) == n


@given(st.floats(-50, 50), st.floats(0.2, 3), st.floats(-50, 50), st.integers(0, 12))
def test_the_nth_term_is_that_of_a_power_of_a_matrix(first, factor, added, n):
    matrix = np.linalg.matrix_power(np.array([[factor, added], [0.0, 1.0]]), n)
    expected = (matrix @ np.array([first, 1.0]))[0]
    for table in (formula.FUNCTIONS, _OWN_FUNCTIONS):
        found = table["iterate"](first, factor, added, n)
        assert found == pytest.approx(expected, rel=1e-7, abs=1e-6)


@pytest.mark.parametrize("size", [11.97, 12.0, 12.03, 199.4])
def test_a_count_that_rounding_might_flip_is_refused(size):
    relation = by_name()["packets-needed"]
    assert not stable(relation, {"S": size * 1000.0, "p": 1000.0, "n": math.ceil(size)})
    assert stable(relation, {"S": 12.5 * 1000.0, "p": 1000.0, "n": 13.0})


KINDS = [
    ({"domains": "physics,math", "kinds": "set", "steps": (1, 3), "seed": 1}, "set"),
    ({"domains": "economics,math", "kinds": "interval", "steps": (1, 3), "seed": 2}, "interval"),
    ({"domains": "math", "kinds": "set", "steps": 1, "answers": "integer", "seed": 3}, "set"),
    ({"domains": "math", "kinds": "interval", "steps": 1, "answers": "integer"}, "interval"),
]


@pytest.mark.parametrize(("options", "kind"), KINDS, ids=lambda item: str(item)[:40])
def test_sets_and_intervals_are_asked_for_and_graded(options, kind):
    for sample in compose(n=6, **options):
        assert sample.kind == kind
        gold = read_sample_gold(sample)
        low, high = (float(text) for text in sample.answer.strip(r"\{}[]").split(","))
        assert 0 < low < high
        right = {"set": rf"\{{{high}, {low}\}}", "interval": rf"{low} \le x \le {high}"}[kind]
        near = {"set": rf"\{{{low * 1.004}, {high}\}}", "interval": f"[{low * 1.004}, {high}]"}[
            kind
        ]
        assert grade(rf"\boxed{{{right}}}", gold).correct
        assert grade(rf"\boxed{{{near}}}", gold).correct == (sample.tolerance is not None)
        assert not grade(rf"\boxed{{{low}}}", gold).correct
        assert not grade(rf"\boxed{{{right.replace(str(high), str(high * 1.05))}}}", gold).correct


def test_results_are_taken_up_twice_and_matter():
    three = ("physics", "chemistry", "math")
    composer = Composer(Request(three, (), (4, 5), ("number", "quantity"),
                                None, 0, 4))  # fmt: skip
    planner = Planner(("physics", "chemistry", "math"), scenes=())
    twice = []
    for _ in range(4000):
        plan = planner.draw(composer.rng, 4)
        taken = [child for step in plan.steps for child in step.links.values()] if plan else []
        if len({*taken}) == len(taken):
            continue
        try:
            twice.append(composer.compose(plan))
        except Dropped:
            continue
    assert len(twice) >= 5
    for sample in twice:
        assert min(sample.provenance["verification"]["sensitivity"].values()) > 0.01


LEVER = Relation(
    name="two-weights",
    title="two weights add up, and one is a multiple of the other",
    domain="physics",
    field_="statics",
    equation="x + y = w",
    also=("x = k*y",),
    inner=("x", "y"),
    quantities=(
        Quantity("w", "kg", 1, 90, noun=("the weight on {the}",)),
        Quantity("k", "", 1.5, 9, noun=("the ratio of the weights on {the}",)),
        Quantity("x", "kg", 0.1, 90, noun=("the large weight on {the}",)),
        Quantity("y", "kg", 0.1, 40, noun=("the small weight on {the}",)),
    ),
    skills=("statics",),
    source="own example, section 1",
    cases=(Case({"the": "the lever"}), Case({"the": "the scale"})),
)


def test_a_system_of_ones_own_needs_only_its_equations():
    assert faults(LEVER) != []  # w and k would be asked, with too many unknowns beside them
    asked = tuple(
        q if q.name in ("x", "y") else Quantity(q.name, q.unit, q.low, q.high, noun=q.noun, ask=())
        for q in LEVER.quantities
    )
    mended = Relation(**_fields(LEVER, asked))
    assert faults(mended) == []
    assert solve(mended, "y") == ("w/(k + 1)",)
    for solved in drawn(mended, "y", 4):
        assert solved.result == pytest.approx(solved.base["w"] / (solved.base["k"] + 1))


def _fields(relation, quantities):
    names = ("name", "title", "domain", "field_", "equation", "also", "inner", "skills", "source")
    return {name: getattr(relation, name) for name in names} | {
        "quantities": quantities,
        "cases": relation.cases,
    }


def test_equations_without_a_solution_say_so():
    relation = by_name()["elastic-collision"]
    with pytest.raises(NoSolution):
        solutions(relation, ("u", "w"), {"m": 1.0, "M": 1.0, "v": 1e6})


def test_a_best_value_must_be_one_that_is_found_on_the_way():
    relation = Relation(**_fields(LEVER, LEVER.quantities) | {"best": Best("largest", "w", "x")})
    assert any("w is what is best" in text for text in faults(relation))
