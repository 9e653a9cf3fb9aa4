"""An interval and its p-value are one rule, whatever the data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sample_engineering.evaluation.compare import compare
from sample_engineering.evaluation.contrast import LiftValues, contrast
from sample_engineering.evaluation.intervals import (
    LEVEL,
    Statistic,
    excludes_zero,
    resample,
    spread,
)
from tests.evaluation.tables import evaluation


@st.composite
def studies(draw):
    """Yield (before, after), arrays (seeds, items) of accuracies as real studies have them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_items, k = draw(st.integers(1, 30)), draw(st.integers(1, 4))
    centre = draw(st.sampled_from([0.0, 0.02, 0.3, 0.97, 1.0]))
    gain = draw(st.sampled_from([-0.4, -0.1, 0.0, 0.05, 0.2, 1.0]))
    noise = draw(st.sampled_from([0.0, 0.02, 0.2]))
    chance = np.clip(centre + rng.normal(0, 0.2, n_items) * (0 < centre < 1), 0, 1)

    def side(seeds, shift):
        moved = np.clip(chance + shift + rng.normal(0, noise, (seeds, 1)), 0, 1)
        return rng.binomial(k, moved) / k

    return side(draw(st.integers(1, 3)), 0), side(draw(st.integers(1, 4)), gain)


def _statistic(before, after):
    rng = np.random.default_rng(1)
    drawn = resample(before[..., None], after[..., None], rng, 200)
    lift = float(after.mean() - before.mean())
    replicates = (drawn.after - drawn.before)[:, 0]
    freedom = float(spread(before[..., None], after[..., None])[1][0])
    return Statistic(replicates, lift, before.shape[1], freedom)


@settings(deadline=None, max_examples=150)
@given(studies())
def test_p_is_below_alpha_exactly_where_the_interval_of_that_level_excludes_zero(study):
    statistic = _statistic(*study)
    assert (statistic.p_value < 0.05) == excludes_zero(statistic.interval())
    for alpha in (0.01, 0.02, 0.1, 0.3, 0.9):
        if abs(statistic.p_value - alpha) > 1e-6:
            assert (statistic.p_value < alpha) == excludes_zero(statistic.interval(1 - alpha))


@settings(deadline=None, max_examples=100)
@given(studies())
def test_an_interval_holds_its_point_and_grows_with_its_level(study):
    statistic = _statistic(*study)
    last = (statistic.point, statistic.point)
    for level in (0.5, 0.8, LEVEL, 0.99, 0.999):
        low, high = statistic.interval(level)
        assert -1 <= low <= last[0] <= last[1] <= high <= 1
        last = (low, high)


@settings(deadline=None, max_examples=60)
@given(studies(), studies(), st.booleans())
def test_the_difference_of_two_lifts_keeps_to_the_same_rule(first, second, same):
    size = min(first[0].shape[1], second[0].shape[1])

    def lifts(study, prefix):
        before, after = study
        values = (after - before.mean(axis=0))[:, :size]
        return LiftValues(tuple(f"{prefix}{i}" for i in range(size)), ("",) * size, values)

    found = contrast(lifts(first, "a"), lifts(second, "a" if same else "b"), resamples=200)
    assert found.paired == same
    assert (found.p_value < 0.05) == excludes_zero((found.ci_low, found.ci_high))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.sampled_from([0.0, 0.1, 0.3]))
def test_every_effect_of_a_comparison_keeps_to_the_same_rule(seed, seeds, gain):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 40))
    names = {"domains": rng.choice(["a", "b", "c"], n), "splits": rng.choice(["x", "y"], n)}
    before = evaluation(rng.random((n, 2)) < 0.3, **names)
    after = [evaluation(rng.random((n, 2)) < 0.3 + gain, **names) for _ in range(seeds)]
    found = compare(before, after, resamples=200)
    groups = (found.domains, found.splits, found.cells)
    for effect in [found.overall, found.macro, *(e for g in groups for e in g.values())]:
        assert (effect.p_value < 0.05) == effect.excludes_zero


def test_items_that_all_go_one_way_are_tested_as_by_the_sign_test():
    for n, expected in ((1, 1.0), (4, 0.125), (5, 0.0625), (6, 0.03125)):
        found = Statistic(np.ones(300), 1.0, n, float("inf"))
        assert found.p_value == pytest.approx(expected, abs=1e-8)
        assert excludes_zero(found.interval()) == (n > 5)


def _null_rate(items, seeds, sd, trials):
    """Share of studies without any effect whose interval excludes zero."""
    rng = np.random.default_rng(7)
    found = 0
    for _ in range(trials):
        chance = rng.beta(1, 2, items)
        before = rng.binomial(4, chance, (1, items)) / 4
        moved = np.clip(chance + rng.normal(0, sd, (seeds, 1)), 0, 1)
        found += _statistic(before, rng.binomial(4, moved) / 4).p_value < 0.05
    return found / trials


@pytest.mark.parametrize(
    ("items", "seeds", "sd", "most"), [(100, 1, 0.0, 0.08), (200, 3, 0.05, 0.10)]
)
def test_without_an_effect_few_p_values_are_small(items, seeds, sd, most):
    # 250 studies: the standard error of a share of .05 is .014.
    assert _null_rate(items, seeds, sd, 250) <= most
