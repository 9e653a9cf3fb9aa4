"""Selectors of pass rates, each against an independent computation of its formula."""

from fractions import Fraction
from itertools import combinations, pairwise
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from sample_engineering.errors import ConfigError
from sample_engineering.sample import Sample
from sample_engineering.selectors import Evidence, rank_pool
from sample_engineering.selectors.answers import answer_counts_of
from sample_engineering.selectors.declared import find_selectors
from sample_engineering.selectors.pass_rates import PassRate
from sample_engineering.selectors.posterior import dead_group_chance

NAMES = (
    "unbiased_learnability",
    "vcrl",
    "live_group_rate",
    "speed_bound",
    "pass_rate_band",
    "pass_rate_gaussian",
    "r_zero",
    "pair_rule",
    "reward_variance_mass",
)


def pool_of(*counts):
    return [
        Sample(f"p{i}", "6 times 7?", "42", extra={"n": n, "correct": k, "pass_rate": k / n})
        for i, (k, n) in enumerate(counts)
    ]


def values(name, *counts, group_size=8, settings=None):
    selector = find_selectors({name: settings} if settings else None)[name]
    return selector.score(Evidence(pool_of(*counts), group_size=group_size)).values


@pytest.mark.parametrize("n", [2, 3, 7, 8, 16])
def test_unbiased_learnability_is_the_sample_variance_and_unbiased(n):
    found = values("unbiased_learnability", *((k, n) for k in range(n + 1)))
    for k, value in enumerate(found):
        assert value == pytest.approx(np.var([1] * k + [0] * (n - k), ddof=1))
    p = Fraction(3, 10)  # its mean over the binomial is p(1 - p), exactly
    mean = sum(
        comb(n, k) * p**k * (1 - p) ** (n - k) * Fraction(k * (n - k), n * (n - 1))
        for k in range(n + 1)
    )
    assert mean == p * (1 - p)


@pytest.mark.parametrize("n", [2, 3, 5, 8, 15, 16])
def test_vcrl_is_the_variance_over_the_greatest_there_is(n):
    variances = [np.var([1] * k + [0] * (n - k), ddof=1) for k in range(n + 1)]
    found = values("vcrl", *((k, n) for k in range(n + 1)))
    assert list(found) == pytest.approx([v / max(variances) for v in variances])


@pytest.mark.parametrize(("k", "n"), [(0, 8), (1, 8), (4, 8), (7, 8), (8, 8), (3, 64)])
@pytest.mark.parametrize("group", [2, 8, 16])
def test_the_live_group_rate_is_one_minus_two_moments_of_the_posterior(k, n, group):
    (found,) = values("live_group_rate", (k, n), group_size=group)
    posterior = stats.beta(0.5 + k, 0.5 + n - k)
    dead = posterior.expect(lambda x: x**group + (1 - x) ** group)
    assert found == pytest.approx(1 - dead, abs=1e-6)
    binomial = stats.betabinom(group, 0.5 + k, 0.5 + n - k)
    assert found == pytest.approx(sum(binomial.pmf(i) for i in range(1, group)), abs=1e-9)
    assert found == pytest.approx(1 - dead_group_chance(PassRate(k / n, n), group))


def test_the_live_group_rate_by_integration():
    value, _ = integrate.quad(
        lambda x: (1 - x**8 - (1 - x) ** 8) * stats.beta.pdf(x, 3.5, 5.5), 0, 1
    )
    assert values("live_group_rate", (3, 8))[0] == pytest.approx(value, abs=1e-7)


@given(st.integers(1, 64).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_functions_of_the_rate_at_every_count(count):
    k, n = count
    p = Fraction(k, n)
    assert values("speed_bound", count, group_size=16)[0] == pytest.approx(4 * 16 * p * (1 - p))
    assert values("r_zero", count)[0] == pytest.approx(float(1 - 2 * abs(p - Fraction(1, 2))))
    assert values("pass_rate_band", count)[0] == (Fraction(1, 5) <= p <= Fraction(4, 5))
    ratio = stats.norm.pdf(k / n, 0.3, 0.1) / stats.norm.pdf(0.3, 0.3, 0.1)
    found = values("pass_rate_gaussian", count, settings={"mu": 0.3, "s": 0.1})[0]
    assert found == pytest.approx(ratio, abs=1e-12)


def test_one_rollout_has_no_variance_and_an_uncounted_rate_no_group():
    assert np.isnan(values("unbiased_learnability", (1, 1))[0])
    pool = [Sample("a", "1 + 1?", "2", extra={"pass_rate": 0.5})]
    scores = find_selectors()["vcrl"].score(Evidence(pool))
    assert np.isnan(scores.values[0])
    assert "not known of 1 candidates" in scores.notes[0]


def test_the_pair_is_the_hardest_that_is_solved_and_the_easiest_that_is_failed():
    counts = [(0, 8), (8, 8), (5, 8), (7, 8), (1, 8), (4, 8), (1, 8)]
    ranking = rank_pool(pool_of(*counts), by="pair-rule")
    mixed = [(k / n, i) for i, (k, n) in enumerate(counts) if 0 < k < n]
    hard, easy = min(mixed), max(mixed, key=lambda one: (one[0], -one[1]))
    assert f"q+ p{hard[1]} (pass rate 0.125), q- p{easy[1]} (0.875)" in "\n".join(ranking.notes)
    role = dict(zip(ranking.columns["id"], ranking.columns["pair_role"], strict=True))
    assert [role[f"p{i}"] for i in range(7)] == [
        None, None, "negative", "negative", "positive", "positive", "positive",
    ]  # fmt: skip
    assert ranking.columns["pair_rule"] == [0.75, 0.75, 0.75, 0.25, 0.0, 0.0, 0.0]


def test_a_pair_has_two_members():
    alone = rank_pool(pool_of((4, 8), (0, 8)), by="pair_rule")
    assert "positive-negative" not in "".join(alone.notes)
    ranking = rank_pool(pool_of((4, 8), (4, 8)), by="pair_rule")
    assert "q+ p0 (pass rate 0.5), q- p1 (0.5)" in "\n".join(ranking.notes)


@given(
    st.lists(st.integers(0, 8), min_size=1, max_size=7),
    st.sampled_from([0.25, 0.5, 0.9, 1.0]),
)
def test_the_kept_mass_is_the_smallest_set_that_holds_it(rights, top_p):
    counts = [(k, 8) for k in rights]
    selector = find_selectors({"reward_variance_mass": {"top_p": top_p}})["reward_variance_mass"]
    scores = selector.score(Evidence(pool_of(*counts)))
    kept = [i for i, keep in enumerate(scores.columns["in_variance_mass"]) if keep]
    variance = [k * (8 - k) for k in rights]
    total = sum(variance)
    if total == 0:
        assert not kept
        return
    assert sum(variance[i] for i in kept) >= top_p * total - 1e-9
    for size in range(len(kept)):  # no smaller set holds as much
        best = max(sum(some) for some in combinations(variance, size))
        assert best < top_p * total + 1e-9
    order = np.argsort(-np.array(variance), kind="stable")
    assert all(scores.values[a] >= scores.values[b] for a, b in pairwise(order))


@pytest.mark.parametrize("name", NAMES)
def test_they_run_when_asked_and_not_otherwise(name):
    pool = pool_of((3, 8), (7, 8))
    assert name not in rank_pool(pool).columns
    assert None not in rank_pool(pool, by=name).columns[name]
    assert name in rank_pool(pool, explain="p0").columns
    everything = rank_pool(pool, selectors="all")
    assert name in everything.columns
    assert list(everything.columns["score"]) == list(rank_pool(pool).columns["score"])


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"pass_rate_band": {"low": 0.9}}, "the band from 0.9 to 0.8 is empty"),
        ({"pass_rate_band": {"low": "much"}}, "low 'much' is no number from 0 to 1"),
        ({"pass_rate_band": 3}, "`settings` of 'pass_rate_band' is 3; give a mapping"),
        ({"pass_rate_band": {"lo": 0.1}}, "no setting 'lo'; did you mean 'low'"),
        ({"pass_rate_bant": {"low": 0.1}}, "no selector is called 'pass_rate_bant'; did you mean"),
        ({"r_zero": {"low": 0.1}}, "r_zero has no setting 'low'; it has no settings"),
        ({"mopps": {"decay": 0.5}}, "`settings` of mopps change nothing that is asked"),
    ],
)
def test_settings_that_mean_nothing_are_refused(settings, why):
    with pytest.raises(ConfigError, match=why):
        rank_pool(pool_of((3, 8)), by="r_zero", settings=settings)


@pytest.mark.parametrize(
    ("wrong", "right", "n", "expected"),
    [
        ([], 8, 8, 0.0),
        ([1, 1, 1, 1, 1, 1, 1], 1, 8, 1.0),
        ([4], 4, 8, 1 / 3),
        ([2, 1], 3, 8, None),  # and two without an answer
    ],
)
def test_answer_entropy_is_shannons_over_its_greatest(wrong, right, n, expected):
    pool = [
        Sample("a", "1 + 1?", "2", extra={"n": n, "correct": right, "wrong_answers": wrong}),
        Sample("b", "1 + 2?", "3", extra={"n": 1, "correct": 1, "wrong_answers": []}),
    ]
    found = find_selectors()["answer_entropy"].score(Evidence(pool)).values
    none = n - right - sum(wrong)
    classes = [size for size in (right, *wrong, none) if size]
    assert found[0] == pytest.approx(stats.entropy(classes, base=2) / np.log2(n))
    if expected is not None:
        assert found[0] == pytest.approx(expected)
    assert np.isnan(found[1])
    unique = find_selectors()["unique_wrong_answers"].score(Evidence(pool))
    assert unique.values[0] == pytest.approx(len(wrong) * right / n)
    assert unique.columns["unique_wrong"] == [len(wrong), 0]


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"n": 8, "correct": 3},
        {"n": 8, "correct": 3, "wrong_answers": "many"},
        {"n": 8, "correct": 3, "wrong_answers": [9]},
        {"n": 8, "correct": 3, "wrong_answers": [-1]},
        {"n": 8, "correct": None, "wrong_answers": [1]},
        {"n": 0, "correct": 0, "wrong_answers": []},
        {"n": 8, "correct": 3, "wrong_answers": "[" * 100_000},
    ],
)
def test_records_without_sensible_answers_say_nothing(record):
    assert answer_counts_of(record) is None


def test_a_table_cell_of_answers_is_read():
    found = answer_counts_of({"n": 8, "correct": 3, "wrong_answers": "[2, 1]"})
    assert found is not None
    assert found.spread == (3, 2, 1, 2)
