"""The surrogate of lift alone, in worlds where the lifts are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.search_worlds import by_ranking, by_search, drawn
from sample_engineering.errors import ConfigError
from sample_engineering.search import Features, Observation, believe, propose
from sample_engineering.search.features import normal_scores
from sample_engineering.search.proposing import knowledge_gradient


def plain(count, skills=None):
    """Candidates that the ranking puts in the order of their places."""
    scores = normal_scores(range(count, 0, -1))
    return Features(
        scores, np.zeros((count, 0)) if skills is None else skills, np.zeros((count, 0))
    )


def test_without_data_it_is_the_ranking():
    features = drawn(np.random.default_rng(0)).features
    belief = believe(features)
    assert list(np.argsort(-belief.mean)) == list(np.argsort(-features.score))
    assert propose(belief) == int(np.argmax(features.score))
    assert propose(belief, (), {7, 8}) == max((7, 8), key=lambda p: features.score[p])


@pytest.mark.parametrize("seed", range(5))
def test_it_finds_the_skill_that_lifts(seed):
    """The ranking knows nothing of it: candidates with the skill lift 15 points more."""
    rng = np.random.default_rng(seed)
    skills = np.zeros((60, 3))
    skills[np.arange(60), rng.permutation(60) % 3] = 1
    features = plain(60, skills)
    lifts = 0.1 + 0.15 * skills[:, 1]
    tried = rng.choice(60, 15, replace=False)
    seen = [Observation(int(p), lifts[p] + 0.03 * rng.normal(), 0.02) for p in tried]
    belief = believe(features, seen)
    rest = np.setdiff1d(np.arange(60), tried)
    has = skills[rest, 1] > 0
    assert belief.mean[rest][has].mean() - belief.mean[rest][~has].mean() > 0.1
    assert skills[propose(belief, set(tried)), 1] == 1


def test_what_it_believes_is_as_sure_as_it_may_be():
    """Standardized errors of candidates that were not tried, over 40 worlds."""
    errors, lows = [], []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        made = drawn(rng, own=0.4)
        tried = rng.choice(len(made.worth), 12, replace=False)
        belief = believe(made.features, [Observation(int(p), *made.trials[p][0]) for p in tried])
        rest = np.setdiff1d(np.arange(len(made.worth)), tried)
        errors.append((made.worth - belief.mean)[rest] / belief.sd[rest])
        lows.append(belief.sd[tried].mean() < belief.sd[rest].mean())
    found = np.concatenate(errors)
    assert 0.88 <= np.mean(np.abs(found) < 1.96) <= 0.98
    assert abs(np.mean(found)) < 0.2
    assert all(lows)


def test_a_second_seed_makes_it_surer():
    features = plain(10)
    once = believe(features, [Observation(0, 0.2), Observation(5, 0.1)])
    twice = believe(features, [Observation(0, 0.2), Observation(5, 0.1), Observation(0, 0.2)])
    assert twice.sd[0] < once.sd[0]


def test_a_lift_with_a_wide_interval_moves_it_less():
    features = plain(10)
    sure = believe(features, [Observation(0, 0.1, 0.01), Observation(9, 0.3, 0.01)])
    unsure = believe(features, [Observation(0, 0.1, 0.2), Observation(9, 0.3, 0.2)])
    assert sure.mean[9] - sure.mean[0] > unsure.mean[9] - unsure.mean[0]


def test_the_order_of_the_trials_does_not_matter():
    made = drawn(np.random.default_rng(3))
    seen = [Observation(p, made.worth[p], 0.02) for p in (3, 9, 1, 9)]
    first, second = believe(made.features, seen), believe(made.features, seen[::-1])
    assert first.mean == pytest.approx(second.mean, abs=1e-12)
    assert first.covariance == pytest.approx(second.covariance, abs=1e-12)


def test_a_trial_is_never_expected_to_make_the_choice_worse():
    made = drawn(np.random.default_rng(4))
    belief = believe(made.features, [Observation(p, made.worth[p]) for p in (0, 5, 11)])
    gains = knowledge_gradient(belief, [0, 5, 11])
    assert gains.min() >= -1e-3  # of 32 outcomes the mean is that of a normal but for a hair
    assert gains.argmax() not in (0, 5, 11)


@given(
    st.lists(st.tuples(st.integers(0, 7), st.floats(-1, 1), st.floats(0, 0.5)), max_size=20),
    st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=8, max_size=8),
)
def test_beliefs_are_finite_whatever_the_trials_say(trials, scores):
    features = Features(normal_scores(scores), np.eye(8), np.zeros((8, 1)))
    belief = believe(features, [Observation(*trial) for trial in trials])
    assert np.isfinite(belief.mean).all()
    assert (belief.sd >= 0).all()
    assert 0 <= propose(belief, {place for place, _, _ in trials}) < 8


@pytest.mark.parametrize("rough", [0.0, 3.0])
def test_it_beats_the_ranking_at_equal_trials(rough):
    """Mean worth of the choice over 16 trials: ahead where the ranking is poor, not behind else."""
    ahead = []
    for seed in range(12):
        made, rng = drawn(np.random.default_rng(seed), misled=rough), np.random.default_rng(seed)
        found = [made.worth[choose(made, 16, rng)].mean() for choose in (by_search, by_ranking)]
        ahead.append(found[0] - found[1])
    assert np.mean(ahead) > (0.01 if rough else -0.015)


def test_what_is_no_candidate_or_no_number_is_refused():
    features = plain(3)
    for seen in ([Observation(3, 0.1)], [Observation(-1, 0.1)], [Observation(0, float("nan"))]):
        with pytest.raises(ConfigError, match=r"^`observations`"):
            believe(features, seen)
    with pytest.raises(ConfigError, match="no candidate"):
        propose(believe(features), (), ())
    with pytest.raises(ConfigError, match="`skills` must hold finite numbers"):
        Features(np.zeros(2), np.zeros((3, 1)), np.zeros((2, 0)))
    with pytest.raises(ConfigError, match="`features` are damaged"):
        Features.from_dict({"score": [1.0], "skills": [[1.0]], "columns": "x"})


def test_features_survive_being_written():
    features = drawn(np.random.default_rng(1)).features
    again = Features.from_dict(features.to_dict())
    for name in ("score", "skills", "columns"):
        assert np.array_equal(getattr(again, name), getattr(features, name))
    bare = Features.from_dict(plain(4).to_dict())
    assert bare.skills.shape == (4, 0)
