"""Selectors of histories, each against an independent computation of its formula."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_engineering.errors import ConfigError
from sample_engineering.sample import Sample
from sample_engineering.selectors import Evidence, rank_pool
from sample_engineering.selectors.declared import find_selectors
from sample_engineering.selectors.greso import GRESO
from sample_engineering.selectors.mopps import MoPPS
from sample_engineering.selectors.weakness import slope

POOLS = Path(__file__).resolve().parents[3] / "shared" / "data" / "pools"
MOMENTUM = "momentum_conservation"
NAN = float("nan")
accuracies = st.lists(st.integers(0, 8).map(lambda k: k / 8), min_size=1, max_size=12)


def pool_of(history, **extra):
    return [Sample(id_, "What is 6 times 7?", "42", extra=extra) for id_ in history]


def scored(name, history, settings=None, **evidence):
    selector = find_selectors({name: settings} if settings else None)[name]
    return selector.score(Evidence(pool_of(history), history=history, **evidence))


@given(accuracies, st.sampled_from([0.0, 0.3, 0.5, 1.0]), st.integers(2, 16))
def test_mopps_is_a_sum_of_faded_counts(visits, decay, n):
    """Closed form: a prior, and each visit's counts times decay to the number of later visits."""
    a, b = MoPPS(decay=decay).posterior(visits, n)
    d = Fraction(decay)
    last = len(visits) - 1
    right = sum(Fraction(s) * n * d ** (last - i) for i, s in enumerate(visits))
    wrong = sum((1 - Fraction(s)) * n * d ** (last - i) for i, s in enumerate(visits))
    assert (a, b) == pytest.approx((float(1 + right), float(1 + wrong)))


def test_mopps_of_one_rollout_counts_it():
    """The published code would reset both parameters to 8 here, see the docstring."""
    assert MoPPS(decay=0.5).posterior([1.0], 1) == (2.0, 1.0)


def test_mopps_prefers_the_expected_half_and_draws_by_the_seed():
    history = {"half": [0.0, 0.5, 0.5], "solved": [1.0, 1.0, 1.0], "gone": [1.0, NAN, NAN]}
    found = scored("mopps", history)
    rate = found.columns["mopps_rate"]
    assert rate[0] == 7 / 16  # (a, b): (1, 1), (1, 9), (5, 9), (7, 9)
    assert list(found.values) == pytest.approx([-((r - 0.5) ** 2) for r in rate])
    assert rate[1] > rate[2] > 0.5
    drawn = scored("mopps", history, seed=3).columns["mopps_draw"]
    assert drawn == scored("mopps", history, seed=3).columns["mopps_draw"]
    assert drawn != found.columns["mopps_draw"]


def test_thompson_draws_are_of_the_posterior():
    history = {str(i): [0.25, 0.75] for i in range(4000)}
    drawn = np.array(scored("mopps", history, {"target": 0.0}).columns["mopps_draw"])
    a, b = MoPPS().posterior([0.25, 0.75], 8)
    assert np.sqrt(-drawn).mean() == pytest.approx(a / (a + b), abs=0.01)
    assert -drawn.mean() == pytest.approx(a * (a + 1) / (a + b) / (a + b + 1), abs=0.01)


def test_a_seed_that_nothing_draws_by_is_refused():
    with pytest.raises(ConfigError, match="`seed` changes nothing that is asked"):
        rank_pool(pool_of({"a": 0}), history={"a": [0.5, 0.0]}, by="greso", seed=1)


@pytest.mark.parametrize(
    ("visits", "expected"),
    [
        ([0.5, 0.5], 1.0),
        ([0.5, 1.0], 0.4),
        ([1.0, 0.98, 1.0], 0.4**3),
        ([0.5, 0.0], 0.3),
        ([0.0, 0.5, 0.125], 1.0),  # 1 of 8 is above 0.11
        ([0.0, 0.5, 0.0625, 0.0], 0.3**2),
        ([0.0] * 50, 0.01),
        ([1.0, 0.0], 0.3**2),  # two visits without variance; the last says which chance
        ([0.5, 1.0, NAN], 0.4),
    ],
)
def test_greso_counts_visits_without_variance_from_the_last(visits, expected):
    assert GRESO(p_easy=0.4, p_hard=0.3).rolled_out(visits) == pytest.approx(expected)


def test_greso_says_the_chance_of_being_skipped():
    found = scored("greso", {"a": [0.0, 0.0], "b": [0.5]})
    assert list(found.values) == [0.25, 1.0]
    assert found.columns["greso_skip"] == [0.75, 0.0]


@given(accuracies)
def test_the_slope_is_that_of_least_squares(visits):
    found = slope(np.array(visits))
    expected = np.polyfit(range(len(visits)), visits, 1)[0] if len(visits) > 1 else 0.0
    assert found == pytest.approx(expected, abs=1e-9)


def test_a_weakness_never_reached_half_and_fell():
    history = {
        "falls": [0.4, 0.3, 0.2],
        "rises": [0.1, 0.2],
        "was solved": [0.6, 0.2],
        "level": [0.3, 0.3, 0.3],
        "missing": [0.4, NAN, 0.2],
        "at half": [0.5, 0.4],
    }
    found = scored("weakness", history)
    assert found.columns["weak"] == [True, False, False, False, True, False]
    assert list(found.values) == pytest.approx([0.1, 0, 0, 0, 0.1, 0])


def test_the_rule_takes_the_lowest_lim_that_passes_in_each_category():
    rows = [
        ("a", "Algebra", 0.9), ("b", "Algebra", 0.6), ("c", "Algebra", 0.59),
        ("d", "Geometry", 0.7), ("e", "Geometry", 0.8), ("f", "Prealgebra", 0.2),
    ]  # fmt: skip
    pool = [
        Sample(id_, "What is 6 times 7?", "42", extra={"type": category, "lim": lim})
        for id_, category, lim in rows
    ]
    ranking = rank_pool(pool, by="category_rule", where="rule_place == 1")
    assert list(ranking.columns["id"]) == ["b", "d"]
    assert ranking.columns["rule_category"] == ["Algebra", "Geometry"]
    assert list(ranking.columns["category_rule"]) == pytest.approx([1.0, 0.75])
    assert "Algebra b (0.60), Geometry d (0.70)" in "\n".join(ranking.notes)
    with pytest.raises(ConfigError, match="give `history`, or a pool with a field lim"):
        rank_pool([Sample("a", "1 + 1?", "2")], by="category_rule")


def test_without_a_category_the_family_of_the_strongest_skill_stands_for_it():
    pool = [
        Sample("a", "A question.", "1", skills=(MOMENTUM,), extra={"lim": 0.7}),
        Sample("b", "Another.", "2", extra={"lim": 0.7, "subject": "Optics"}),
    ]
    ranking = rank_pool(pool, by="category_rule")
    categories = dict(zip(ranking.columns["id"], ranking.columns["rule_category"], strict=True))
    assert categories == {"a": "mechanics", "b": "Optics"}


def test_abundance_counts_skills_by_family():
    pool = [
        Sample("many", "x", "1", skills=(MOMENTUM, "kinematics", "quadratic_equation")),
        Sample("one", "y", "1", skills=(MOMENTUM,)),
    ]
    ranking = rank_pool(pool, by="skill_abundance")
    assert ranking.columns["skill_abundance"] == [3.0, 1.0]
    assert ranking.columns["skill_families"] == [2, 1]
    assert ranking.columns["skills_by_family"][0] == ["mechanics 2", "algebra 1"]


@pytest.mark.skipif(not POOLS.exists(), reason="needs ../shared/data/pools")
def test_the_published_history():
    """Weaknesses and skips of 1,209 published histories, counted by plain loops."""
    rows = [json.loads(line) for line in (POOLS / "dsr_sub_history.jsonl").open()]
    history = {str(row["id"]): row["accuracy"] for row in rows}
    weak = [
        id_
        for id_, visits in history.items()
        if max(visits) < 0.5 and np.polyfit(range(len(visits)), visits, 1)[0] < -1e-12
    ]
    found = scored("weakness", history)
    assert [id_ for id_, one in zip(history, found.columns["weak"], strict=True) if one] == weak
    skips = scored("greso", history).columns["greso_skip"]
    never = [i for i, visits in enumerate(history.values()) if not any(visits)]
    assert {skips[i] for i in never} == {0.99}
