"""Curves along a training: the best step is chosen on one half and measured on the other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.curve import curve, development_items
from tests.evaluation.tables import evaluation

_DOMAINS = ["math"] * 60 + ["physics"] * 41


def _evaluation(chance, rng):
    return evaluation(rng.random((101, 4)) < chance, domains=_DOMAINS)


def _runs(chances, seeds, rng):
    return {
        seed: [(10 * (i + 1), _evaluation(chance, rng)) for i, chance in enumerate(chances)]
        for seed in range(seeds)
    }


def test_a_curve_has_the_lift_of_every_step_by_domain():
    rng = np.random.default_rng(0)
    before = _evaluation(0.2, rng)
    found = curve(before, _runs([0.3, 0.6, 0.4], 2, rng), resamples=300)
    assert [(point.step, point.seeds) for point in found.points] == [(10, 2), (20, 2), (30, 2)]
    assert list(found.points[0].domains) == ["math", "physics"]
    peak = found.points[1].overall
    assert peak.ci_low < peak.lift < peak.ci_high
    assert peak.lift == pytest.approx(peak.accuracy - before.accuracy)
    assert found.best_steps == {0: 20, 1: 20}
    assert found.last_steps == {0: 30, 1: 30}
    assert found.lead.lift > 0.1  # falls off after the best step
    assert found.best.lift - found.last.lift == pytest.approx(found.lead.lift)
    assert len(found.to_frame()) == 3 * 3


def test_the_halves_share_no_item_and_every_domain_is_in_both():
    rng = np.random.default_rng(1)
    found = curve(_evaluation(0.2, rng), _runs([0.3, 0.4], 1, rng), resamples=200)
    assert found.development == 30 + 20
    assert (found.best.n, found.best_domains["physics"].n) == (51, 21)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.integers(0, 500), st.sampled_from("abc")), unique_by=lambda x: x[0]),
    st.integers(0, 9),
    st.randoms(use_true_random=False),
)
def test_the_split_depends_on_the_items_and_not_on_their_order(items, seed, shuffler):
    named = [(f"q{number}", stratum) for number, stratum in items]
    chosen = development_items(named, seed)
    shuffler.shuffle(named)
    assert development_items(named, seed) == chosen
    for name in "abc":
        members = {item for item, stratum in named if stratum == name}
        assert len(members & chosen) == len(members) // 2


def test_choosing_the_best_of_many_equal_steps_is_not_rewarded():
    rng = np.random.default_rng(2)
    naive, honest = [], []
    for _ in range(40):
        before = _evaluation(0.3, rng)
        found = curve(before, _runs([0.3] * 12, 1, rng), resamples=100)
        naive.append(max(point.overall.lift for point in found.points))
        honest.append(found.best.lift)
    assert np.mean(naive) > 0.025  # the best of twelve, on the items that chose it
    assert abs(np.mean(honest)) < 0.015


def test_equal_steps_give_the_first_one():
    rng = np.random.default_rng(3)
    one = _evaluation(0.5, rng)
    found = curve(one, {0: [(30, one), (10, one), (20, one)]}, resamples=200)
    assert found.best_steps == {0: 10}
    assert found.lead.lift == 0
    assert found.lead.ci_low < 0 < found.lead.ci_high


def test_runs_may_have_different_steps():
    rng = np.random.default_rng(4)
    runs = _runs([0.3, 0.5, 0.5], 2, rng)
    runs[1] = runs[1][:2]  # stopped early
    found = curve(_evaluation(0.2, rng), runs, resamples=200)
    assert [point.seeds for point in found.points] == [2, 2, 1]
    assert found.last_steps == {0: 30, 1: 20}


def test_too_little_for_a_curve_is_an_error():
    rng = np.random.default_rng(5)
    before = _evaluation(0.2, rng)
    with pytest.raises(ConfigError, match="at least two steps"):
        curve(before, {0: [(10, before)]})
    with pytest.raises(ConfigError, match="at least two steps"):
        curve(before, {})
    few = evaluation([[1], [0]])
    with pytest.raises(ConfigError, match="2 items are too few"):
        curve(few, {0: [(1, few), (2, few)]})
    with pytest.raises(ConfigError, match="different items"):
        curve(before, {0: [(1, before), (2, few)]})
