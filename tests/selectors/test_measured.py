"""Learnability, reasoning dependence and the difficulty prior, from pass rates."""

import json

import numpy as np
import pytest

from sample_engineering.errors import PoolError
from sample_engineering.sample import Sample
from sample_engineering.selectors import (
    DifficultyPrior,
    Evidence,
    Learnability,
    PassRate,
    ReasoningDependence,
    rank_pool,
)
from sample_engineering.selectors.pass_rates import pass_rate_of, rates_of_pool
from sample_engineering.selectors.posterior import dead_group_chance, learnability_interval


def sample(id_="a", **extra):
    return Sample(id_, "What is 6 times 7?", "42", extra=extra)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"pass_rate": 0.25, "n": 8}, PassRate(0.25, 8)),
        ({"correct": 3, "n": 4}, PassRate(0.75, 4)),
        ({"solve_rate": 1}, PassRate(1.0)),
        ({"pass_rate": 0.5, "forced_pass_rate": 0.1}, PassRate(0.5, None, 0.1)),
        ({"pass_rate": 1.5}, None),
        ({"pass_rate": "high"}, None),
        ({"pass_rate": float("nan")}, None),
        ({}, None),
    ],
)
def test_pass_rates_of_records(record, expected):
    assert pass_rate_of(record) == expected


def test_measured_rates_override_those_of_the_pool():
    pool = [sample(pass_rate=0.5, n=8)]
    assert rates_of_pool(pool, {"a": {"pass_rate": 0.0, "n": 64}})["a"] == PassRate(0.0, 64)


def test_learnability_is_p_times_one_minus_p():
    scores = Learnability().score(Evidence([sample(pass_rate=0.25, n=8), sample("b")]))
    assert scores.values[0] == 0.1875
    assert np.isnan(scores.values[1])
    assert scores.reasons[1] is None
    assert "2 of 8 rollouts right" in scores.reasons[0]


def test_the_interval_narrows_with_rollouts_and_holds_the_value():
    wide, narrow = learnability_interval(0.25, 8), learnability_interval(0.25, 800)
    assert wide[0] < narrow[0] <= 0.1875 <= narrow[1] < wide[1]


def test_the_interval_against_sampling_of_the_posterior():
    rng = np.random.default_rng(0)
    draws = rng.beta(0.5 + 2, 0.5 + 6, 200_000)
    left, right = np.quantile(draws, [0.05, 0.95])
    low, high = learnability_interval(0.25, 8)
    assert low == pytest.approx(min(left * (1 - left), right * (1 - right)), abs=2e-3)
    assert high == 0.25  # the interval of p holds one half


def test_the_chance_of_a_dead_group_against_simulation():
    rng = np.random.default_rng(0)
    p = rng.beta(0.5 + 1, 0.5 + 7, 200_000)
    right = rng.binomial(8, p)
    simulated = np.mean((right == 0) | (right == 8))
    assert dead_group_chance(PassRate(1 / 8, 8), 8) == pytest.approx(simulated, abs=5e-3)


def test_without_a_count_the_chance_is_at_the_rate_itself():
    assert dead_group_chance(PassRate(0.5), 8) == 2 * 0.5**8


def test_reasoning_dependence_is_the_difference():
    pool = [sample(pass_rate=0.75, forced_pass_rate=0.25), sample("b", pass_rate=0.5)]
    scores = ReasoningDependence().score(Evidence(pool))
    assert scores.values[0] == 0.5
    assert np.isnan(scores.values[1])


@pytest.mark.parametrize(
    ("rate", "value"), [(0, 0), (0.1, 0.5), (0.2, 1), (0.5, 1), (0.8, 1), (0.9, 0.5), (1, 0)]
)
def test_the_difficulty_band(rate, value):
    scores = DifficultyPrior().score(Evidence([sample(pass_rate=rate)]))
    assert scores.values[0] == pytest.approx(value)


def test_guessable_candidates_rank_below_those_that_need_steps():
    pool = [
        sample("guess", pass_rate=0.5, forced_pass_rate=0.5),
        sample("steps", pass_rate=0.5, forced_pass_rate=0.0),
    ]
    ranking = rank_pool(pool, copies="keep")
    assert list(ranking.columns["id"]) == ["steps", "guess"]


def test_tiers_say_what_a_score_rests_on():
    pool = [sample("t"), sample("p", pass_rate=0.5), sample("h"), sample("v", lift=0.2)]
    ranking = rank_pool(pool, history={"h": [0.0, 1.0]}, copies="keep")
    tier = dict(zip(ranking.columns["id"], ranking.columns["tier"], strict=True))
    assert tier == {"t": "text", "p": "probed", "h": "history", "v": "validated"}


def test_records_of_rates_that_cannot_be_used_are_counted_or_fatal(tmp_path):
    path = tmp_path / "rates.jsonl"
    rows = [{"id": "a", "n": 8, "correct": 2}, {"n": 8}, {"id": "a", "n": 8, "correct": 8}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    ranking = rank_pool([sample()], rates=path)
    assert ranking.columns["pass_rate"] == [0.25]
    assert "rates: 1 candidates read, 2 skipped (1 x no id; 1 x duplicate id 'a')" in ranking.notes
    with pytest.raises(PoolError, match=r"rates.jsonl:2: no id; mend the line"):
        rank_pool([sample()], rates=path, on_error="fail")


def test_rates_of_other_candidates_are_an_error():
    with pytest.raises(PoolError, match="no id of `rates` occurs in the pool"):
        rank_pool([sample()], rates=[{"id": "z", "n": 8, "correct": 3}])


def test_a_file_without_rates_is_an_error(tmp_path):
    path = tmp_path / "pool.jsonl"
    path.write_text(json.dumps({"id": "a", "problem": "1 + 1?", "answer": "2"}) + "\n")
    with pytest.raises(PoolError, match="`rates` holds no pass rate of any candidate; give"):
        rank_pool([sample()], rates=path)
