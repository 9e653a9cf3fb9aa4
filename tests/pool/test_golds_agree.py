"""An answer and the box of its own solution are not told apart by how a unit is spelt."""

import pytest

import sample_engineering as se
from sample_engineering.pool.golds import of_solution, says_same
from sample_engineering.skills import DOMAINS


@pytest.mark.parametrize("domain", DOMAINS)
def test_what_is_composed_says_the_same_twice(domain):
    for sample in se.synthesize([domain], n=25, steps=(1, 2), seed=50):
        boxed = of_solution(sample.solution, bare=False).answer
        assert says_same(sample.answer, boxed), (sample.answer, boxed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("7.75 cm**2", r"7.75\ \mathrm{m^2}"),
        ("7.75 cm**2", r"7.75\ \mathrm{cm^3}"),
        ("7.75e3", r"7.75\times10^{4}"),
        ("7.75 uL", r"7.75\ \mathrm{mL}"),
        ("5 dollar/kg", r"5\ \mathrm{dollars/g}"),
        ("3", "3 m"),
        ("x + 1", "x + 2"),
    ],
)
def test_what_differs_is_still_told_apart(one, other):
    assert not says_same(one, other)
