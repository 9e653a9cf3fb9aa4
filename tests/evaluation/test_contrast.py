"""Comparing and ranking lifts."""

import numpy as np
import pytest

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.compare import compare
from sample_engineering.evaluation.contrast import contrast, lift_values, rank_lifts
from sample_engineering.multiplicity import holm
from tests.evaluation.tables import evaluation


def _run(chance, seed, seeds=1, items=80):
    before = evaluation(np.random.default_rng(0).random((items, 4)) < 0.2)
    rng = np.random.default_rng(seed)
    after = [evaluation(rng.random((items, 4)) < chance) for _ in range(seeds)]
    return [before], after


def test_the_lift_is_that_of_compare():
    before, after = _run(0.5, 1, seeds=2)
    values = lift_values(before, after)
    assert values.values.shape == (2, 80)
    assert values.lift == pytest.approx(compare(before, after, resamples=200).overall.lift)


def test_a_difference_is_paired_on_equal_items_and_wider_on_others():
    rng = np.random.default_rng(2)
    easy = rng.random((80, 1))  # items differ in how much training helps them
    before = evaluation(np.zeros((80, 4)))
    runs = [
        lift_values([before], [evaluation(rng.random((80, 4)) < easy * share)])
        for share in (0.8, 1.0)
    ]
    paired = contrast(*runs)
    assert paired.paired
    assert 0 < paired.ci_low < paired.difference < paired.ci_high
    moved = type(runs[1])(tuple(f"x{i}" for i in runs[1].items), runs[1].problems, runs[1].values)
    apart = contrast(runs[0], moved)
    assert not apart.paired
    assert apart.difference == paired.difference
    assert apart.ci_high - apart.ci_low > 1.3 * (paired.ci_high - paired.ci_low)


def test_equal_ids_of_other_problems_are_not_paired_and_not_compared():
    one, two = evaluation(np.eye(4)), evaluation(np.eye(4), problem="another")
    with pytest.raises(ConfigError, match=r"4 items have another problem text \(q0, q1, q2, ...\)"):
        compare(one, two)
    lifts = lift_values([one], [one]), lift_values([two], [two])
    assert not contrast(*lifts, resamples=200).paired


def test_holm_corrects_in_order_and_never_lowers():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1, 1]
    assert holm([]) == []


def test_a_ranking_says_how_sure_it_is():
    runs = {
        "far ahead": lift_values(*_run(0.8, 1)),
        "b": lift_values(*_run(0.45, 2, seeds=2)),
        "a": lift_values(*_run(0.45, 3)),
        "harmful": lift_values(*_run(0.05, 4)),
    }
    frame = rank_lifts(runs, resamples=2000).set_index("sample")
    assert frame.index[0] == "far ahead"
    assert frame.loc["far ahead", ["rank_low", "rank_high"]].tolist() == [1, 1]
    assert frame.loc["far ahead", "best"] > 0.99
    assert frame.loc["harmful", "ci_high"] < 0
    assert frame.loc["a", "rank_low"] == 2
    assert frame.loc["a", "rank_high"] == 3
    assert frame.loc["b", "seeds"] == 2
    assert frame["best"].sum() == pytest.approx(1)
    assert rank_lifts({}).empty


def test_runs_that_are_alike_share_the_first_place():
    same = lift_values(*_run(0.5, 1))
    frame = rank_lifts({"b": same, "a": same}, resamples=500)
    assert frame["sample"].tolist() == ["a", "b"]
    assert frame["best"].tolist() == [0.5, 0.5]
