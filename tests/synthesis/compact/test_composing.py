"""Templates, formulas and linked problems of the compact dialect."""

import numpy as np
import pytest

from sample_engineering.errors import SynthesisError
from sample_engineering.grading import grade, read_sample_gold
from sample_engineering.synthesis.compact import (
    HELD_OUT_NUMBERS,
    compact_domains,
    compact_skills,
    compose_compact,
    draw_problem,
    templates,
)
from sample_engineering.synthesis.compact.arithmetic import ARITHMETIC
from sample_engineering.synthesis.compact.expression import compile_formula


def _reference(formula: str, values: dict[str, int]) -> float:
    """Evaluate a formula of our own catalogue by Python's arithmetic, apart from the steps."""
    names = {
        "half": lambda a: a / 2,
        "double": lambda a: 2 * a,
        "percent": lambda p, a: p * a / 100,
        "mod": lambda a, b: a % b,
        "mean": lambda *a: sum(a) / len(a),
        "proportion": lambda a, b, c: a * b / c,
    }
    return eval(formula.split("=")[1], {"__builtins__": {}}, {**names, **values})  # noqa: S307


def test_catalogue_is_as_wide_as_promised() -> None:
    assert len(compact_domains()) >= 6
    assert len(compact_skills()) >= 8
    assert len(templates()) >= 40
    assert all(len(item.phrasings) >= 2 for item in templates())
    seen = [item for item in templates() if not item.held_out]
    shown = {skill for item in seen for skill in item.skills}
    assert shown == set(compact_skills())  # held-out templates need no skill of their own
    for domain in compact_domains():
        assert sum(item.domain == domain for item in seen) >= 5
        assert any(item.domain == domain and item.held_out for item in templates())


@pytest.mark.parametrize("template", templates(), ids=lambda item: item.name)
def test_answers_agree_with_the_formula(template) -> None:
    rng = np.random.default_rng(0)
    for _ in range(5):
        values = None
        while values is None or template.program.trace(values) is None:
            values = {
                name: span[int(rng.integers(len(span)))] for name, span in template.ranges.items()
            }
        trace = template.program.trace(values)
        assert trace[-1][2] == _reference(template.formula, values)


@pytest.mark.parametrize("template", templates(), ids=lambda item: item.name)
def test_problem_shows_its_numbers_and_keeps_to_the_band(template) -> None:
    rng = np.random.default_rng(1)
    problem = draw_problem([template], rng, band="avoid")
    assert problem is not None
    assert not set(problem.numbers) & set(HELD_OUT_NUMBERS)
    assert all(str(number) in problem.text for number in problem.numbers)
    assert "{" not in problem.text


def test_composed_problems_carry_their_record() -> None:
    samples = compose_compact(["physics", "chemistry"], n=12, steps=(2, 2), seed=3)
    assert len({sample.problem for sample in samples}) == 12
    for sample in samples:
        assert set(sample.domains) == {"physics", "chemistry"}
        assert sample.provenance["written_operations"] == sample.solution.count("=")
        assert len(sample.provenance["formulas"]) == 2
        assert grade(sample.solution, read_sample_gold(sample)).correct


def test_skills_are_those_whose_parts_are_written() -> None:
    for sample in compose_compact(compact_domains(), n=40, steps=(1, 2), seed=4):
        methods = {
            name for name, item in ARITHMETIC.items() if f"= {item.method} (" in sample.solution
        }
        named = set(sample.skills) & set(ARITHMETIC)
        assert named == methods or not methods


def test_same_seed_same_samples() -> None:
    first = compose_compact(compact_domains(), n=5, seed=7)
    assert first == compose_compact(compact_domains(), n=5, seed=7)
    assert first != compose_compact(compact_domains(), n=5, seed=8)


def test_asked_skills_occur() -> None:
    samples = compose_compact(compact_domains(), n=4, skills=["squaring", "percentage"], seed=1)
    assert all({"squaring", "percentage"} <= set(sample.skills) for sample in samples)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"domains": ["alchemy"]}, "did you mean 'chemistry'"),
        ({"domains": ["math"], "skills": ["guessing"]}, "does not know .guessing."),
        ({"domains": []}, "no domain"),
        ({"domains": ["math"], "steps": (3, 2)}, "1-4"),
    ],
)
def test_errors_say_what_is_known(asked: dict, message: str) -> None:
    with pytest.raises(SynthesisError, match=message):
        compose_compact(**asked)


@pytest.mark.parametrize("formula", ["y = a", "y = __import__('os')", "y = a ** 5", "y = a +", "y"])
def test_formulas_outside_the_dialect_are_refused(formula: str) -> None:
    with pytest.raises(SynthesisError):
        compile_formula(formula)
