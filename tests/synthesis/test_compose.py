"""Composing: what `compose` promises, and that its check catches what is wrong."""

import math
from random import Random

import pytest

from sample_engineering.errors import ConfigError, SynthesisError
from sample_engineering.grading import grade, read_sample_gold
from sample_engineering.sample import Sample
from sample_engineering.synthesis import compose, select_prime
from sample_engineering.synthesis.dropped import Dropped
from sample_engineering.synthesis.numbers import plain, significant
from sample_engineering.synthesis.planner import Planner
from sample_engineering.synthesis.problem import Check, Problem
from sample_engineering.synthesis.reading import Unreadable, read_problem
from sample_engineering.synthesis.resolving import determined, resolve
from sample_engineering.synthesis.scenes import claimed
from sample_engineering.synthesis.solving import draw_numbers
from sample_engineering.synthesis.stated_values import value_pattern
from sample_engineering.synthesis.verification import CHECKS, verify

PAIRS = (("math", "physics"), ("physics", "chemistry"), ("biology", "math"))


@pytest.fixture(scope="module")
def problems():
    return compose(("math", "physics"), n=40, seed=3)


def test_same_seed_same_samples(problems):
    again = compose(("math", "physics"), n=40, seed=3)
    assert [item.to_dict() for item in again] == [item.to_dict() for item in problems]
    assert compose(("math", "physics"), n=1, seed=4)[0].problem != problems[0].problem


@pytest.mark.parametrize("pair", PAIRS)
def test_every_problem_joins_the_domains_and_grades(pair):
    for sample in compose(pair, n=10, seed=1):
        assert set(sample.domains) == set(pair)
        assert grade(sample.solution, read_sample_gold(sample)).correct
        assert sample.provenance["verification"]["checks"] == [*CHECKS, "novel"]
        assert sample.id.startswith("sym-")


def test_no_two_alike(problems):
    assert len({item.problem for item in problems}) == len(problems)
    assert len({item.id for item in problems}) == len(problems)


def test_steps_kinds_distractors_and_difficulty_are_obeyed():
    long = compose(("physics",), n=5, steps=4, seed=2)
    assert all(item.provenance["steps"] == 4 for item in long)
    choices = compose(("math", "physics"), n=5, kinds=("choice",), seed=2)
    for item in choices:
        assert item.kind == "choice"
        assert len(item.choices) == 4
        assert item.answer in "ABCD"
    symbolic = compose(("physics",), n=3, kinds=("expression",), steps=2, seed=2)
    assert all(item.kind == "expression" for item in symbolic)
    easy = compose(("math", "physics"), n=5, difficulty="easy", seed=2)
    assert all(item.extra["difficulty"] == "easy" for item in easy)


def test_asked_skills_occur():
    for item in compose(("math", "physics"), n=5, skills=("quadratic_equation",), seed=0):
        assert "quadratic_equation" in item.skills


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"domains": "alchemy"}, "chemistry"),
        ({"domains": "physics", "skills": ["ohm_law"]}, "ohms_law"),
        ({"domains": "physics", "kinds": ["essay"]}, "quantity"),
        ({"domains": ["math", "physics", "biology"], "steps": (2, 2)}, "`steps`=3-4"),
        ({"domains": "physics", "n": 0}, "one problem or more"),
        ({"domains": "physics", "dialect": "klingon"}, "english"),
        ({"domains": ""}, "physics"),
    ],
)
def test_bad_requests_say_what_is_known(options, word):
    with pytest.raises((ConfigError, SynthesisError), match=word):
        compose(**options)


@pytest.mark.parametrize(
    ("name", "value"),
    [("kinds", ["choice"]), ("kinds", ["number"]), ("difficulty", "hard"), ("distractors", 2)],
)
def test_what_the_compact_dialect_does_not_know_is_an_error(name, value):
    with pytest.raises(SynthesisError, match=f"`{name}` is not known to the compact dialect"):
        compose("physics", n=1, dialect="compact", **{name: value})


def test_the_compact_dialect_takes_the_other_options():
    domains = ("physics", "biology")
    first = compose(domains, n=6, seed=2, dialect="compact")
    seen = []
    again = compose(domains, n=6, seed=2, dialect="compact", against=first, progress=seen.append)
    assert seen == [1, 2, 3, 4, 5, 6]
    assert not {item.problem for item in again} & {item.problem for item in first}
    assert again.funnel["failed: novel"] == len(again.rejected) >= 1
    assert "near" in again.rejected[0].reason or "of compact-2-" in again.rejected[0].reason
    by_math = compose(domains, n=6, seed=2, dialect="compact", target=["math"])
    assert {item.id for item in by_math} == {item.id for item in first}
    assert by_math[0].id == select_prime(list(first), ["math"]).sample.id


def test_asking_for_more_than_there_is_names_the_number():
    with pytest.raises(SynthesisError, match="could be composed"):
        compose(("math",), n=200_000, steps=1, skills=("derivative",), seed=0)


def test_near_copies_of_a_pool_are_rejected(problems):
    again = compose(("math", "physics"), n=5, seed=3, against=list(problems))
    assert not {item.problem for item in again} & {item.problem for item in problems}
    assert again.funnel["failed: novel"] >= 1


def _relations(sample):
    return claimed(sample.provenance)[0]


def _read(sample, text=None):
    used, told = claimed(sample.provenance)
    return read_problem(text or sample.problem, used, told=told)


def _verify(sample, domains=()):
    used, told = claimed(sample.provenance)
    return verify(Problem(sample, Check(used, domains, told=told)))


def test_a_changed_number_is_caught(problems):
    """The check must notice every single stated number that was altered."""
    caught = tried = 0
    for sample in problems[:15]:
        for match in value_pattern(()).finditer(sample.problem):
            size = plain(match[1])
            other = significant(size * 1.5, 3) if "." in match[1] else str(int(size * 1.5) + 1)
            text = sample.problem[: match.start(1)] + other + sample.problem[match.end(1) :]
            tried += 1
            caught += bool(_verify(sample.with_(problem=text)).failed)
    assert tried > 20
    assert caught >= tried - 1  # two numbers may leave the same remainder


def test_a_changed_answer_is_caught(problems):
    for sample in problems[:10]:
        number, _, unit = sample.answer.rstrip("%").partition(" ")
        wrong = f"{float(number) * 1.03:.3e}" + (f" {unit}" if unit else "")
        verdict = _verify(sample.with_(answer=wrong), sample.domains)
        assert verdict.failed == "answer agrees"


def test_an_unknown_sentence_is_caught(problems):
    sample = problems[0]
    text = sample.problem.replace(". ", ". The moon is full. ", 1)
    with pytest.raises(Unreadable):
        _read(sample, text)


def test_without_the_facts_of_a_domain_the_answer_is_open(problems):
    for sample in problems:
        reading = _read(sample)
        assert determined(reading, _relations(sample))
        for domain in sample.domains:
            names = frozenset(item.name for item in _relations(sample) if item.domain == domain)
            assert not determined(reading, _relations(sample), names)


def test_every_stated_value_moves_the_answer():
    """Nothing cancels: change any stated value that is not whole, and the answer changes."""
    for sample in compose(("physics",), n=25, steps=3, seed=8):
        chosen = _relations(sample)
        reading = _read(sample)
        known = {item.name: item for item in chosen}
        before = resolve(reading, chosen).value
        for place, size in list(reading.given.items()):
            if known[place[0]].by_name[place[1]].whole:
                continue
            reading.given[place] = size * 1.01
            after = resolve(reading, chosen).value
            reading.given[place] = size
            assert after is None or not math.isclose(after, before, rel_tol=1e-6), place


def test_two_paths_agree_with_sympy():
    """The compiled solved forms agree with sympy's own numeric solution."""
    import sympy

    from sample_engineering.synthesis import formula

    rng, planner, done = Random(5), Planner(("physics",)), 0
    functions = {name: getattr(sympy, name) for name in ("sqrt", "exp", "log", "sin", "cos", "tan")}
    while done < 25:
        plan = planner.draw(rng, 1)
        try:
            solved = draw_numbers(plan, rng, True, planner.fits).last if plan else None
        except Dropped:
            continue
        if solved is None:
            continue
        symbol, relation = sympy.Symbol("x"), solved.step.relation
        values = {**solved.base, solved.step.unknown: symbol, "pi": sympy.pi}
        left = formula.evaluate(relation.left, values, functions)
        right = formula.evaluate(relation.right, values, functions)
        sides = [float(sympy.sympify(side).subs(symbol, solved.result)) for side in (left, right)]
        assert sides[0] == pytest.approx(sides[1], rel=1e-9)
        done += 1


def test_the_prime_has_reasons(problems):
    prime = select_prime(problems, ("math", "physics"))
    assert prime.sample in list(problems)
    assert prime.reasons
    assert set(prime.by_domain) == {"math", "physics"}


def test_the_prime_follows_the_demand():
    problems = compose(["physics", "biology"], n=30, seed=1, dialect="compact")
    for skill in ("percentage", "squaring"):
        wanted = [Sample(skill, "find it.", "1", domains=("math",), skills=(skill,))]
        prime = select_prime(problems, demand=wanted)
        assert skill in prime.sample.skills
        assert prime.by_domain == {"math": pytest.approx(0.8)}


def test_a_composition_shows_itself(problems):
    assert "<table" in problems._repr_html_()
    assert len(problems.to_pandas()) == 40
    assert isinstance(problems[0], Sample)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (2.5, 3, "2.50"),
        (1234.5, 3, "1230"),
        (0.0123, 2, "0.012"),
        (6.022e23, 4, r"6.022\times10^{23}"),
        (99999, 3, r"1.00\times10^{5}"),
        (-40.0, 3, "-40.0"),
    ],
)
def test_significant_figures(value, digits, text):
    assert significant(value, digits) == text
    assert plain(text) == pytest.approx(value, rel=0.03)
