"""Worked solutions: every claim about numbers is true, and none does two hard things at once."""

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sample_engineering.audit.arithmetic import steps_of
from sample_engineering.skills import DOMAINS
from sample_engineering.synthesis import compose, relations
from sample_engineering.synthesis.composer import Composer
from sample_engineering.synthesis.dropped import Dropped
from sample_engineering.synthesis.language import english, language
from sample_engineering.synthesis.numbers import tidy
from sample_engineering.synthesis.plan import Plan, Step
from sample_engineering.synthesis.request import Request
from sample_engineering.synthesis.whole_working import WHOLE_WORKING
from sample_engineering.synthesis.working import working
from tests.synthesis.claims import claims, trouble

ALL = relations()
each = pytest.mark.parametrize("relation", ALL, ids=[item.name for item in ALL])


def _faults(solution):
    found = []
    for text, sign, first, second, modulus in claims(solution):
        wrong = trouble(sign, first, second, modulus)
        if wrong:
            found.append(f"{wrong}: {text}")
    return found


@each
def test_what_a_solution_claims_is_true_whatever_is_asked(relation):
    composer = Composer(
        Request((relation.domain,), (), (1, 1), ("number", "quantity"), None, 0, 3), ALL
    )
    seen = 0
    for unknown in relation.unknowns:
        cases = [item for item in relation.cases if unknown not in item.fixed]
        for attempt in range(80):
            case = cases[attempt % len(cases)]
            plan = Plan((Step(relation, case, unknown, {}, {}, (case, unknown, ())),))
            try:
                sample = composer.compose(plan)
            except Dropped:
                continue
            assert _faults(sample.solution) == [], sample.solution
            seen += 1
            break
    assert seen


@pytest.mark.parametrize("domains", [("math", "physics", "chemistry"), ("biology", "engineering"),
                                     ("computer_science", "economics")])  # fmt: skip
def test_what_the_steps_of_a_story_claim_is_true(domains):
    total = 0
    for sample in compose(domains, n=12, steps=(len(domains), 4), seed=8):
        assert _faults(sample.solution) == [], sample.solution
        total += sum(1 for _ in claims(sample.solution))
    assert total > 30


@pytest.mark.parametrize("domain", [item for item in DOMAINS if item in ("math", "physics")])
def test_so_is_what_a_german_one_claims(domain):
    tongue = language("de")
    for sample in compose(domain, n=12, steps=1, seed=5, language="de"):
        plain = tongue.read(sample.solution)
        assert _faults(plain) == [], sample.solution


@pytest.mark.parametrize(
    ("solution", "word"),
    [
        (r"So $x = 3 \times 4 = 13$.", "is not"),
        (r"So $x = \sqrt{2} \times \ln\left(3\right) \approx 1.5537$.", "operations at once"),
        (r"$m = 5\ \mathrm{min} = 3000\ \mathrm{s}$.", "is not"),
        (r"Squaring, modulo $7$: $2^{4} \equiv 16 \equiv 3$.", "modulo"),
        (r"$\binom{5}{2} = \frac{5 \times 4}{2} = 11$", "is not"),
        (r"$p = 25\% = 2.5$", "is not"),
        (r"$2^{\frac{3}{2}} \times e^{-0.5} \approx 1.7155$", "operations at once"),
    ],
)
def test_a_false_claim_is_found(solution, word):
    assert any(word in fault for fault in _faults(solution)), list(claims(solution))


NUMBERS = st.decimals(min_value="0.01", max_value=900, places=2).map(str)
FORMS = [
    "a*exp(-b/c)", "sqrt(a**2 + b**2)", "a*log(b/c)/log(2)", "a*(1 + b)**0.5 - sqrt(c)",
    "(a*b)**(1/3)", "log10(a/b) + log10(c)", "a/(sqrt(b) + sqrt(c))", "2**(a/900)*b", "a*b/c",
    "a*sin(b/900) + cos(c/900)", "exp(log(a) - log(b))*c",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FORMS), NUMBERS, NUMBERS, NUMBERS)
def test_the_last_line_is_plain_arithmetic_and_reaches_the_value(form, a, b, c):
    from sample_engineering.synthesis import formula

    shown = {"a": a, "b": b, "c": c}
    work = working(form, shown, english())
    exact = formula.compiled(form, ("a", "b", "c"))(float(a), float(b), float(c))
    assert _faults(" ".join(work.lines)) == []
    if isinstance(exact, complex) or abs(exact) < 1e-3:
        return
    told = f"$x = {work.last} = {exact:.6g}$" if work.last else "$x$"
    told = re.sub(r"e([+-]?\d+)\$", r"\\times10^{\1}$", told)
    assert _faults(told) == [], (work, exact)
    if work.lines:
        assert not re.search(r"\\(ln|sqrt|sin|cos|log)|e\^", work.last)


SIZES = st.floats(0.01, 900, allow_nan=False)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FORMS), SIZES, SIZES, SIZES)
def test_what_is_printed_short_is_worked_out_from_the_whole(form, a, b, c):
    from sample_engineering.synthesis import formula

    sizes = {"a": a, "b": b, "c": c}
    shown = {name: tidy(size) for name, size in sizes.items()}
    work = working(form, shown, english(), sizes)
    exact = formula.compiled(form, tuple(sizes))(a, b, c)
    if isinstance(exact, complex) or abs(exact) < 1e-3:
        return
    told = " ".join([*work.lines, f"So $x = {work.last or shown['a']} \\approx {tidy(exact)}$."])
    if work.last:
        assert [step for step in steps_of(told) if not step.holds] == [], told


@pytest.mark.parametrize(("domains", "steps", "seed"), [
    (("math", "physics", "chemistry", "biology"), (4, 6), 11), (("physics", "biology"), (2, 4), 9),
    (("math", "engineering", "computer_science"), (3, 4), 8),
])  # fmt: skip
def test_an_audit_of_composed_problems_finds_every_step_to_hold(domains, steps, seed):
    samples = compose(domains, n=70, steps=steps, seed=seed)
    found = {}
    for sample in samples:
        found[sample.id] = [step for step in steps_of(sample.solution) if not step.holds]
    assert {name: broken for name, broken in found.items() if broken} == {}
    assert sum(len(steps_of(sample.solution)) for sample in samples) > 150


@settings(max_examples=150, deadline=None)
@given(st.integers(2, 400), st.integers(1, 400), st.integers(2, 97))
def test_whole_numbers_are_worked_out_to_the_true_result(a, n, m):
    results = {
        "powmod": ((a, n, m), pow(a, n, m)),
        "gcd": ((a, n), math.gcd(a, n)),
        "lcm": ((a, n), math.lcm(a, n)),
        "mod": ((a, m), a % m),
        "binomial": ((a, min(n, a, 9)), math.comb(a, min(n, a, 9))),
        "factorial": ((m % 12 + 1,), math.factorial(m % 12 + 1)),
    }
    assert results.keys() == WHOLE_WORKING.keys()
    for name, (arguments, result) in results.items():
        lines = " ".join(WHOLE_WORKING[name](english(), *arguments))
        faults = [fault for fault in _faults(lines) if "operations" not in fault]
        assert faults == [], lines
        if name != "powmod" or (n > 1 and n & (n - 1)):
            numbers = re.findall(r"\d+", lines)
            assert str(result) in numbers, (name, lines)
