"""The verdict says what the intervals allow, and no more."""

import numpy as np
import pytest

from sample_engineering.evaluation.behaviour import behaviour
from sample_engineering.evaluation.compare import compare
from sample_engineering.evaluation.verdict import CHANCE, Budget, judge, not_trained
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
    assert verdict.headline.startswith("This run lifted the model: +")
    assert any(r.startswith("Every one of the 2 domains is lifted (corr") for r in verdict.reasons)
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
    assert any(r.startswith("In none of the 2 domains is a change") for r in verdict.reasons)


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


def test_a_sample_is_spoken_of_only_with_several_training_runs():
    base, trained = _side(0.2, 0.2), _side(0.5, 0.5, seed=1)
    assert judge(compare(base, trained, resamples=999)).headline.startswith("This run lifted")
    others = [trained, _side(0.5, 0.5, seed=2), _side(0.5, 0.5, seed=3)]
    assert judge(compare(base, others, resamples=999)).headline.startswith("The sample lifts")


@pytest.mark.parametrize(
    ("control", "kind"), [(0.2, "lifts"), (0.5, "no lead shown"), (0.7, "no lead shown")]
)
def test_rewards_by_chance_that_do_as_well_stand_in_the_headline(control, kind):
    base, trained = _side(0.2, 0.2), _side(0.5, 0.5, seed=1)
    contrast = compare(_side(control, control, seed=2), trained, resamples=999)
    verdict = judge(compare(base, trained, resamples=999), controls={CHANCE: contrast})
    assert verdict.kind == kind
    assert ("drawn by chance" in verdict.headline) == (kind != "lifts")


def test_one_domain_of_many_is_called_only_after_correction():
    rng = np.random.default_rng(0)
    names = [f"d{number}" for number in range(8)]
    domains = [name for name in names for _ in range(30)]
    called = plain = 0
    for _ in range(40):  # nothing was trained
        sides = [evaluation(rng.random((240, 4)) < 0.4, domains=domains) for _ in range(2)]
        found = compare(*sides, resamples=300)
        plain += any(effect.excludes_zero for effect in found.domains.values())
        text = str(judge(found))
        called += "domains are lifted" in text or "domains are harmed" in text
    assert called <= 6 < plain  # 5 % and about a third of the studies


def test_what_was_spent_on_the_controls_is_said():
    base, trained = _side(0.2, 0.2), _side(0.5, 0.5, seed=1)
    lift = compare(base, [trained, trained], resamples=200)
    controls = {CHANCE: compare(_side(0.2, 0.2, seed=2), trained, resamples=200)}
    spent = {
        "sample": Budget((41, 40)),
        CHANCE: Budget((80,)),
        "format-only": Budget((3,), trained=False),
    }
    text = str(judge(lift, controls=controls, budgets=spent))
    assert "the sample was trained for 41 and 40 steps; random-reward 80 steps" in text
    assert "Nothing to learn from the control format-only" in text
    assert "Trained once only: random-reward." in text
    spent[CHANCE] = Budget((80,), trained=False)  # no reward taught it, and it was evaluated
    assert "Nothing to learn from the control format-only:" in str(
        judge(lift, controls=controls, budgets=spent)
    )
    alike = {"sample": Budget((80, 80)), CHANCE: Budget((80,))}
    assert "trained alike, for 80 steps each" in str(judge(lift, budgets=alike))
