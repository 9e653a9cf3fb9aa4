"""What a run was asked to show: an answer never claims more than its interval."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sample_engineering.evaluation.readings import GREEDY, READINGS, SAMPLED
from sample_engineering.runs.findings import Findings
from sample_engineering.runs.format import BEFORE, MAIN
from sample_engineering.runs.questions import ANSWERS, NO, OPEN, UNASKED, YES, questions
from sample_engineering.runs.result import Progress, Training
from tests.report.runs import DOMAINS, evaluation


def _training(arm, seed=0, informative=20):
    progress = Progress(40, 40, informative, informative, 40, {})
    return Training(arm, seed, progress, 0.1, 0.5, None, True, None, 1.0, ())


def _found(after, controls=(), *, readings=READINGS, seeds=1, idle=()):
    """Findings in which `after` and `controls` have these accuracies, from a base of 30 %."""
    arms = {BEFORE: [0.3], MAIN: [after] * seeds} | {name: [share] for name, share in controls}
    return Findings(
        {
            reading: {
                name: [
                    evaluation(
                        [share] * len(DOMAINS),
                        seed=100 * place + number,
                        reading=reading,
                        samples=1 if reading == GREEDY else 4,
                    )
                    for number, share in enumerate(shares)
                ]
                for place, (name, shares) in enumerate(arms.items())
            }
            for reading in readings
        },
        trainings=[
            *(_training(MAIN, seed) for seed in range(seeds)),
            *(_training(name) for name, _ in controls if name != "in-context"),
            *(_training(name, informative=0) for name in idle),
        ],
        resamples=100,
    )


def _answers(found):
    return {one.text: one.answer for one in questions(found)}


@settings(max_examples=6, deadline=None)
@given(after=st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.75]), control=st.sampled_from([0.05, 0.3, 0.7]))
def test_an_answer_is_what_its_interval_says(after, control):
    found = _found(after, [("format-only", control)])
    answers = _answers(found)
    assert set(answers.values()) <= set(ANSWERS)
    asked = {
        "better greedily?": found.lifts[GREEDY].overall,
        "better when sampled?": found.lifts[SAMPLED].overall,
        "on unseen kinds of problem?": found.lifts[GREEDY].splits["unseen"],
        "more than format-only?": found.contrasts["format-only"][GREEDY].overall,
    }
    for text, effect in asked.items():
        says = YES if effect.ci_low > 0 else NO if effect.ci_high < 0 else OPEN
        assert answers[text] == says, text


def test_what_was_not_run_is_not_asked():
    answers = _answers(_found(0.7, readings=(GREEDY,)))
    unasked = [text for text, answer in answers.items() if answer == UNASKED]
    assert unasked == [
        "better when sampled?",
        "more than format-only?",
        "more than random-reward?",
        "more than no training gives?",
        "more problems in several tries?",
        "of the sample, not of one run?",
    ]


@pytest.mark.parametrize(("seeds", "answer"), [(1, UNASKED), (2, UNASKED), (3, YES)])
def test_three_training_seeds_speak_of_the_sample(seeds, answer):
    assert _answers(_found(0.7, seeds=seeds))["of the sample, not of one run?"] == answer


def test_the_strongest_of_what_needs_no_training_decides():
    found = _found(0.5, [("in-context", 0.75)])
    (one,) = (one for one in questions(found) if one.text == "more than no training gives?")
    assert found.untrained == ["in-context"]
    assert one.answer == NO
    assert one.figure.endswith("over in-context")


def test_the_base_model_stands_for_a_control_that_could_not_move():
    found = _found(0.75, idle=["random-reward"])
    (one,) = (one for one in questions(found) if one.text == "more than random-reward?")
    assert one.answer == YES
    assert one.figure.endswith("it could not move")


def test_a_run_without_a_lift_was_asked_nothing():
    assert questions(Findings({GREEDY: {BEFORE: [evaluation([0.3] * 4, reading=GREEDY)]}})) == []
