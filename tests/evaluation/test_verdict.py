"""The verdict says what the intervals allow, and no more."""

import re

import numpy as np
import pytest

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.behaviour import behaviour
from sample_engineering.evaluation.compare import compare
from sample_engineering.evaluation.readings import GREEDY, SAMPLED
from sample_engineering.evaluation.verdict import DECIDING, KINDS, Budget, judge, not_trained
from tests.evaluation.tables import evaluation

_DOMAINS = ["math"] * 60 + ["physics"] * 60


def _side(math, physics, seed=0, readable=1.0, splits=None, texts=None):
    rng = np.random.default_rng(seed)
    read = rng.random((120, 4)) < readable
    chance = np.array([[math]] * 60 + [[physics]] * 60)
    return evaluation(
        (rng.random((120, 4)) < chance) & read, read, domains=_DOMAINS, splits=splits, texts=texts
    )


def _one(lift, seeds=1, **more):
    """Judge a sampled reading alone."""
    return judge({SAMPLED: lift}, seeds=seeds, **more)


def _lift(before, after, **more):
    return compare(before, after, resamples=400, **more)


def test_a_clear_lift_in_every_domain():
    verdict = _one(_lift(_side(0.2, 0.2), _side(0.5, 0.5, seed=1)))
    assert verdict.kind == "lifts"
    assert verdict.headline.startswith("This run lifted the model: sampled accuracy +")
    assert any(r.startswith("Every one of the 2 domains is lifted (corr") for r in verdict.reasons)
    assert any(reason.startswith("Not format alone") for reason in verdict.reasons)
    assert any(reason.startswith("One training run") for reason in verdict.reasons)
    assert any(reason.startswith("Without the controls") for reason in verdict.reasons)


def test_harm_is_a_verdict_too_and_guessing_is_named():
    reasoned = [["1 + 1 = 2 ; 2 + 2 = 4 \\boxed{4}"] * 4] * 120
    guessed = [["\\boxed{4}"] * 4] * 120
    before = _side(0.5, 0.5, texts=reasoned)
    after = _side(0.2, 0.2, seed=1, texts=guessed)
    verdict = _one(_lift(before, after), behaviour=behaviour(before, after, resamples=400))
    assert verdict.kind == "harms"
    assert any("answer at once" in reason for reason in verdict.reasons)
    assert not any("readable" in reason for reason in verdict.reasons)


def test_noise_is_no_effect():
    verdict = _one(_lift(_side(0.3, 0.3), _side(0.31, 0.3, seed=1)))
    assert verdict.kind == "no effect shown"
    assert any(r.startswith("In none of the 2 domains is a change") for r in verdict.reasons)


def test_one_domain_up_and_another_down_is_mixed():
    verdict = _one(_lift(_side(0.2, 0.6), _side(0.6, 0.2, seed=1)))
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
    verdict = _one(_lift(before, after))
    assert any(reason.startswith("Not shown to be more than format") for reason in verdict.reasons)


def test_controls_are_compared_by_name_and_reading():
    base, trained = _side(0.2, 0.2), _side(0.5, 0.5, seed=1)
    controls = {
        "random reward": {SAMPLED: _lift(_side(0.2, 0.2, seed=2), trained)},
        "format only": {SAMPLED: _lift(_side(0.49, 0.5, seed=3), trained)},
    }
    text = str(_one(_lift(base, [trained, trained]), 2, controls=controls))
    assert "Better than the control random reward: sampled +" in text
    assert "ot shown to differ from the control format only: sampled " in text
    assert "One training run" not in text


def test_a_control_that_is_beaten_in_one_reading_only_is_told_apart():
    base, trained = _side(0.2, 0.2), _side(0.5, 0.5, seed=1)
    both = {GREEDY: _lift(base, trained), SAMPLED: _lift(_side(0.5, 0.5, seed=4), trained)}
    text = str(judge(both, controls={"format-only": both}, seeds=1))
    assert "Better than the control format-only: greedy +" in text
    assert "; not shown to differ from it: sampled " in text
    assert "This run lifted the model: greedy" in text  # decided in the headline's reading


def test_unseen_templates_are_judged_apart():
    splits = ["seen", "unseen"] * 60
    before = _side(0.2, 0.2, splits=splits)
    after = _side(0.5, 0.5, seed=1, splits=splits)
    assert "carries over" in str(_one(_lift(before, after)))


@pytest.mark.parametrize(
    ("seeds", "who"),
    [(1, "This run lifted"), (2, "These 2 runs lifted"), (3, "The sample lifts")],
)
def test_a_sample_is_spoken_of_only_from_three_training_runs(seeds, who):
    base = _side(0.2, 0.2)
    runs = [_side(0.6, 0.6, seed=number) for number in range(1, seeds + 1)]
    assert _one(_lift(base, runs), seeds).headline.startswith(who)


@pytest.mark.parametrize("arm", DECIDING)
@pytest.mark.parametrize(
    ("control", "kind"), [(0.2, "lifts"), (0.5, "no lead shown"), (0.7, "no lead shown")]
)
def test_a_deciding_control_that_does_as_well_stands_in_the_headline(arm, control, kind):
    base, trained = _side(0.2, 0.2), _side(0.5, 0.5, seed=1)
    contrast = _lift(_side(control, control, seed=2), trained)
    runs = [trained, _side(0.5, 0.5, seed=5), _side(0.5, 0.5, seed=6)]
    verdict = _one(_lift(base, runs), 3, controls={arm: {SAMPLED: contrast}})
    assert verdict.kind == kind
    assert (f"over the control {arm}" in verdict.headline) == (kind != "lifts")
    assert ("The sample lifts" in verdict.headline) == (kind == "lifts")


def test_other_controls_do_not_decide():
    base, trained = _side(0.2, 0.2), _side(0.5, 0.5, seed=1)
    better = {"many-samples": {SAMPLED: _lift(_side(0.9, 0.9, seed=2), trained)}}
    assert _one(_lift(base, trained), controls=better).kind == "lifts"


_RNG_SEED = 8
# What sampling four times gives: chances of an item, and whether its four completions are one.
_SHAPES = {
    "as before": (0.12, False, 0.12, False),
    "right more often": (0.12, False, 0.3, False),
    "surer": (0.12, False, 0.3, True),  # more right, fewer problems reached
    "narrower": (0.12, False, 0.12, True),  # no more right, fewer reached
    "wider": (0.3, True, 0.3, False),  # no more right, more reached
    "right less often": (0.3, False, 0.12, False),
}


def _both(greedy, sampled="as before", base=0.35, lifted_domain=None, **others):
    """Judge two readings: greedy accuracy afterwards, and a shape of `_SHAPES`."""
    rng = np.random.default_rng(_RNG_SEED)
    domains = [f"d{at % 4}" for at in range(300)]

    def side(chance, k, alike=False):
        drawn = rng.random((300, 1 if alike else k)) < chance
        return evaluation(drawn.repeat(k, axis=1) if alike else drawn, domains=domains)

    def greedily(chance):
        right = np.arange(300)[:, None] % 100 < 100 * chance
        if lifted_domain is not None and chance == greedy:
            for name, sign in lifted_domain.items():
                mine = np.array([one == name for one in domains])
                right[mine] = sign > 0
        return evaluation(right, domains=domains)

    low, low_alike, high, high_alike = _SHAPES[sampled]
    lifts = {
        GREEDY: _lift(greedily(base), greedily(greedy)),
        SAMPLED: _lift(side(low, 4, low_alike), side(high, 4, high_alike)),
    }
    return judge(lifts, seeds=1, **others)


def test_the_headline_is_of_the_greedy_reading():
    verdict = _both(0.65, "right more often")
    assert verdict.kind == "lifts"
    assert verdict.headline.startswith("This run lifted the model: greedy accuracy +")
    assert any(r.startswith("Sampled, 4 completions an item: +") for r in verdict.reasons)
    assert any(r.startswith("Reach grows: pass@4 +") for r in verdict.reasons)
    assert _both(0.1, "right more often").kind == "harms"


def test_a_model_that_is_only_surer_of_what_it_says_most_is_sharpened():
    verdict = _both(0.35, "surer")
    assert verdict.kind == "sharpening only"
    assert verdict.headline.startswith("This run only sharpened the model: sampled accuracy +")
    assert "; greedy accuracy " in verdict.headline
    assert any(r.startswith("Reach shrinks: pass@4 -") for r in verdict.reasons)
    assert _both(0.35).kind == "no effect shown"


def test_a_model_that_reaches_more_problems_is_more_than_sharpened():
    verdict = _both(0.35, "right more often")
    assert verdict.kind == "lifts sampled only"
    assert verdict.headline.startswith(
        "This run lifted the model where it is sampled: sampled accuracy +"
    )
    assert "; greedy accuracy " in verdict.headline
    assert any(r.startswith("Reach grows: pass@4 +") for r in verdict.reasons)
    assert _both(0.35, "right less often").kind == "harms sampled only"


@pytest.mark.parametrize("domains", [None, {"d0": 1}, {"d0": 1, "d1": -1}], ids=str)
@pytest.mark.parametrize("shape", _SHAPES)
@pytest.mark.parametrize("greedy", [0.1, 0.35, 0.65])
def test_no_reason_denies_the_verdict(greedy, shape, domains):
    verdict = _both(greedy, shape, lifted_domain=domains)
    reasons = " ".join(verdict.reasons)
    grows, shrinks = "Reach grows" in reasons, "Reach shrinks" in reasons
    if verdict.kind == "sharpening only":
        assert not grows
    if verdict.kind == "lifts sampled only":
        assert grows
    if verdict.headline.startswith("No effect is shown"):
        assert not grows
        assert not shrinks
        assert "In none of the 4 domains" in reasons
    if verdict.kind == "no effect shown":
        low, high = re.search(r"Sampled, .*? \((\S+) to (\S+)\)", reasons).groups()
        assert float(low) <= 0 <= float(high)
    if verdict.kind == "lifts":
        assert "overall (95 % interval +" in verdict.headline
        assert "harmed" not in reasons


@pytest.mark.parametrize(
    ("by_control", "kind"), [(0.3, "no lead shown"), (0.12, "lifts sampled only")]
)
def test_sharpening_that_a_control_does_as_well_is_not_the_samples(by_control, kind):
    rng = np.random.default_rng(7)

    def side(chance, k):
        return evaluation(rng.random((300, k)) < chance, domains=["math"] * 300)

    greedy, base, after = side(0.3, 1), side(0.1, 4), side(0.3, 4)
    control = {GREEDY: _lift(greedy, greedy), SAMPLED: _lift(side(by_control, 4), after)}
    lifts = {GREEDY: _lift(greedy, greedy), SAMPLED: _lift(base, after)}
    verdict = judge(lifts, controls={"format-only": control}, seeds=1)
    assert verdict.kind == kind
    shown = "No lead is shown over the control format-only" in verdict.headline
    assert shown is (kind == "no lead shown")


def test_reach_that_shrinks_is_said_though_accuracy_rises():
    rng = np.random.default_rng(9)
    before = evaluation(rng.random((300, 4)) < 0.3)
    after = evaluation((rng.random((300, 1)) < 0.45).repeat(4, axis=1))  # sure, right or wrong
    text = str(_one(_lift(before, after)))
    assert "Reach shrinks: pass@4 -" in text
    assert "This run lifted" in text


def test_what_needs_no_training_is_compared_with_the_trained_model():
    rng = np.random.default_rng(10)
    trained, base, voted = (evaluation(rng.random((300, 1)) < p) for p in (0.6, 0.3, 0.9))
    verdict = judge(
        {GREEDY: _lift(base, trained)},
        free={"greedy decoding": _lift(base, trained), "a vote": _lift(voted, trained)},
        seeds=1,
    )
    text = str(verdict)
    assert "Better than the base model by greedy decoding, which needs no training: +" in text
    assert "Worse than the base model by a vote, which needs no training: -" in text
    assert verdict.kind == "lifts"


@pytest.mark.parametrize(
    ("lifts", "seeds", "told"),
    [
        ({}, 1, "`lifts` is empty"),
        ({"loud": None}, 1, "'loud', which is no"),
        (None, 0, "`seeds` 0"),
    ],
)
def test_a_judge_without_a_reading_or_a_run_is_a_clear_error(lifts, seeds, told):
    found = {SAMPLED: _lift(_side(0.2, 0.2), _side(0.2, 0.2))} if lifts is None else lifts
    with pytest.raises(ConfigError, match=told):
        judge(found, seeds=seeds)


def test_one_domain_of_many_is_called_only_after_correction():
    rng = np.random.default_rng(0)
    names = [f"d{number}" for number in range(8)]
    domains = [name for name in names for _ in range(30)]
    called = plain = 0
    for _ in range(40):  # nothing was trained
        sides = [evaluation(rng.random((240, 4)) < 0.4, domains=domains) for _ in range(2)]
        found = compare(*sides, resamples=300)
        plain += any(effect.excludes_zero for effect in found.domains.values())
        called += "In none of the 8 domains" not in str(_one(found))
    assert called <= 6 < plain  # 5 % and about a third of the studies


def test_what_was_spent_on_the_controls_is_said():
    base, trained = _side(0.2, 0.2), _side(0.5, 0.5, seed=1)
    lift = _lift(base, [trained, trained, trained])
    controls = {"random-reward": {SAMPLED: _lift(_side(0.2, 0.2, seed=2), trained)}}
    spent = {
        "sample": Budget((41, 40, 40)),
        "random-reward": Budget((80,)),
        "format-only": Budget((3,), trained=False),
    }
    text = str(_one(lift, 3, controls=controls, budgets=spent))
    assert "the sample was trained for 41 and 40 steps; random-reward 80 steps" in text
    assert "The control format-only could not move: too few steps of its training" in text
    assert "it was not evaluated" in text
    assert "Trained once only: random-reward." in text
    spent["random-reward"] = Budget((80,), informative=0)  # and it was evaluated
    text = str(_one(lift, 3, controls=controls, budgets=spent))
    assert "The control random-reward could not move: no step of its training" in text
    assert "what it shows is the base model" in text
    alike = {"sample": Budget((80, 80)), "random-reward": Budget((80,))}
    assert "trained alike, for 80 steps each" in str(_one(lift, 3, budgets=alike))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "not trained"])
def test_every_kind_can_come_out(kind):
    cases = {
        "lifts": lambda: _both(0.65, "right more often"),
        "sharpening only": lambda: _both(0.35, "surer"),
        "lifts sampled only": lambda: _both(0.35, "right more often"),
        "harms sampled only": lambda: _both(0.35, "right less often"),
        "harms": lambda: _both(0.1),
        "no effect shown": lambda: _both(0.35),
        "mixed": lambda: _one(_lift(_side(0.2, 0.6), _side(0.6, 0.2, seed=1))),
        "no lead shown": lambda: _one(
            _lift(_side(0.2, 0.2), _side(0.5, 0.5, seed=1)),
            controls={DECIDING[0]: {SAMPLED: _lift(_side(0.5, 0.5, seed=2), _side(0.5, 0.5))}},
        ),
    }
    assert cases[kind]().kind == kind
