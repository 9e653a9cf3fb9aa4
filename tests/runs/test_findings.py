"""What the evaluations of a run show, by reading, and the curve beside lift and controls."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sample_engineering.evaluation.readings import GREEDY, READINGS, SAMPLED
from sample_engineering.runs.findings import Findings
from sample_engineering.runs.format import BEFORE, MAIN
from tests.evaluation.tables import evaluation


def _side(chance, seed=0, samples=4):
    rng = np.random.default_rng(seed)
    domains = ["math"] * 40 + ["physics"] * 40
    return evaluation(rng.random((80, samples)) < chance, domains=domains)


def test_readings_are_never_mixed():
    arms = {
        SAMPLED: {BEFORE: [_side(0.2)], MAIN: [_side(0.5, 1)], "drawn": [_side(0.3, 4)]},
        GREEDY: {BEFORE: [_side(0.3, 2, 1)], MAIN: [_side(0.6, 3, 1)]},
    }
    found = Findings(arms, resamples=300)
    assert list(found.lifts) == list(READINGS)
    for reading, lift in found.lifts.items():
        before, after = (arms[reading][name][0] for name in (BEFORE, MAIN))
        assert lift.samples_before == lift.samples_after == after.rollouts
        assert lift.overall.lift == pytest.approx(after.accuracy - before.accuracy)
    assert found.controls == ["drawn"]
    assert found.contrasts["drawn"].keys() == found.control_lifts["drawn"].keys() == {SAMPLED}
    assert (found.reading, found.lift) == (GREEDY, found.lifts[GREEDY])


@settings(max_examples=40, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            reading: st.sets(st.sampled_from((BEFORE, MAIN, "format-only", "greedy")))
            for reading in READINGS
        }
    )
)
def test_whatever_is_there_is_compared_within_its_reading_only(present):
    one = {GREEDY: _side(0.3, 2, 1), SAMPLED: _side(0.2)}
    found = Findings(
        {reading: {name: [one[reading]] for name in sorted(names)}
         for reading, names in present.items()},
        resamples=100,
    )  # fmt: skip
    for reading in READINGS:
        both = {BEFORE, MAIN} <= present[reading]
        assert (reading in found.lifts) == both
        for name in ("format-only", "greedy"):
            leads = found.contrasts.get(name, {})
            assert (reading in leads) == ({name, MAIN} <= present[reading])
    assert (found.lift is None) == (not found.lifts)
    assert found.reading == GREEDY or GREEDY not in found.lifts
    assert found.notes == []


def test_what_only_the_base_model_has_is_no_headline():
    older = {
        SAMPLED: {BEFORE: [_side(0.2)], MAIN: [_side(0.5, 1)]},
        GREEDY: {BEFORE: [_side(0.3, 2, 1)]},
    }
    found = Findings(older, resamples=300)
    assert (found.reading, list(found.lifts), found.controls) == (SAMPLED, [SAMPLED], [])


def _sampled(before, after):
    return {SAMPLED: {BEFORE: [before], MAIN: [after]}}


def test_a_curve_says_what_the_best_step_is_worth_where_it_was_not_chosen():
    steps = [(10, _side(0.3, 4)), (20, _side(0.7, 5)), (30, _side(0.5, 1))]
    sides = _sampled(_side(0.2), steps[-1][1])
    found = Findings(sides, curves={0: steps}, resamples=300)
    assert found.curve.best_steps == {0: 20}
    assert found.curve.best.n == 40
    said = str(found.verdict)
    assert "step 20 is best on 40 development items; on the other 40, which had no say" in said
    assert Findings(sides, curves={0: steps[-1:]}).curve is None
    assert Findings(sides).curve is None


def test_a_curve_that_cannot_be_drawn_is_noted_and_the_rest_is_shown():
    odd = evaluation([[1], [0]])
    sides = _sampled(_side(0.2), _side(0.5, 1))
    found = Findings(sides, curves={0: [(10, odd), (20, odd)]}, resamples=300)
    assert found.curve is None
    assert "curve along the training cannot be drawn" in found.notes[0]
    assert found.verdict.kind == "lifts"
