"""The verdict says what the intervals allow, and no more."""

import numpy as np

from sample_engineering.evaluation.behaviour import behaviour
from sample_engineering.evaluation.compare import compare
from sample_engineering.evaluation.verdict import judge, not_trained
from tests.evaluation.tables import evaluation

_DOMAINS = ["math"] * 60 + ["physics"] * 60


def _side(math, physics, seed=0, readable=1.0, splits=None, texts=None):
    rng = np.random.default_rng(seed)
    read = rng.random((120, 4)) < readable
    chance = np.array([[math]] * 60 + [[physics]] * 60)
    return evaluation(
        (rng.random((120, 4)) < chance) & read, read, domains=_DOMAINS, splits=splits, texts=texts
    )


def test_a_clear_lift_in_every_domain():
    verdict = judge(compare(_side(0.2, 0.2), _side(0.5, 0.5, seed=1), resamples=999))
    assert verdict.kind == "lifts"
    assert verdict.headline.startswith("The sample lifts the model: +")
    assert "Every one of the 2 domains is lifted." in verdict.reasons
    assert any(reason.startswith("Not format alone") for reason in verdict.reasons)
    assert any(reason.startswith("One training run") for reason in verdict.reasons)


def test_harm_is_a_verdict_too_and_guessing_is_named():
    reasoned = [["1 + 1 = 2 ; 2 + 2 = 4 \\boxed{4}"] * 4] * 120
    guessed = [["\\boxed{4}"] * 4] * 120
    before = _side(0.5, 0.5, texts=reasoned)
    after = _side(0.2, 0.2, seed=1, texts=guessed)
    verdict = judge(
        compare(before, after, resamples=999), behaviour=behaviour(before, after, resamples=999)
    )
    assert verdict.kind == "harms"
    assert any("answer at once" in reason for reason in verdict.reasons)
    assert not any("readable" in reason for reason in verdict.reasons)


def test_noise_is_no_effect():
    verdict = judge(compare(_side(0.3, 0.3), _side(0.31, 0.3, seed=1), resamples=999))
    assert verdict.kind == "no effect shown"
    assert "In none of the 2 domains does the interval exclude zero." in verdict.reasons


def test_one_domain_up_and_another_down_is_mixed():
    verdict = judge(compare(_side(0.2, 0.6), _side(0.6, 0.2, seed=1), resamples=999))
    assert verdict.kind == "mixed"
    assert "lifted (math)" in str(verdict)
    assert "harmed (physics)" in str(verdict)


def test_an_untrained_run_is_never_a_lift():
    verdict = not_trained("all 64 rollouts were wrong")
    assert verdict.kind == "not trained"
    assert "all 64 rollouts were wrong" in verdict.headline
    assert "+" not in str(verdict)


def test_a_gain_in_format_alone_is_called_so():
    before = _side(0.5, 0.5, readable=0.5)
    after = _side(0.5, 0.5, seed=1, readable=1.0)
    verdict = judge(compare(before, after, resamples=999))
    assert any(reason.startswith("Not shown to be more than format") for reason in verdict.reasons)


def test_controls_are_compared_by_name():
    base, trained = _side(0.2, 0.2), _side(0.5, 0.5, seed=1)
    controls = {
        "random reward": compare(_side(0.2, 0.2, seed=2), trained, resamples=999),
        "format only": compare(_side(0.49, 0.5, seed=3), trained, resamples=999),
    }
    text = str(judge(compare(base, [trained, trained], resamples=999), controls=controls))
    assert "Better than the control random reward by +" in text
    assert "Not shown to differ from the control format only" in text
    assert "One training run" not in text


def test_unseen_templates_are_judged_apart():
    splits = ["seen", "unseen"] * 60
    before = _side(0.2, 0.2, splits=splits)
    after = _side(0.5, 0.5, seed=1, splits=splits)
    assert "carries over" in str(judge(compare(before, after, resamples=999)))
