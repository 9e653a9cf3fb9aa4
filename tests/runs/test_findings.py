"""What the evaluations of a run show: the greedy reading and the curve beside lift and controls."""

import numpy as np
import pytest

from sample_engineering.runs.findings import Findings
from sample_engineering.runs.format import BEFORE, GREEDY, GREEDY_AFTER, MAIN
from tests.evaluation.tables import evaluation


def _side(chance, seed=0, samples=4):
    rng = np.random.default_rng(seed)
    domains = ["math"] * 40 + ["physics"] * 40
    return evaluation(rng.random((80, samples)) < chance, domains=domains)


def test_greedy_is_compared_with_greedy_and_is_no_control_then():
    sides = {
        BEFORE: [_side(0.2)], MAIN: [_side(0.5, 1)], GREEDY: [_side(0.3, 2, 1)],
        GREEDY_AFTER: [_side(0.6, 3, 1)],
    }  # fmt: skip
    found = Findings(sides, resamples=300)
    assert found.controls == []
    assert found.greedy.samples_before == found.greedy.samples_after == 1
    assert found.greedy.overall.lift == pytest.approx(
        sides[GREEDY_AFTER][0].accuracy - sides[GREEDY][0].accuracy
    )
    assert "greedy accuracy +" in found.verdict.headline
    del sides[GREEDY_AFTER]  # as older runs have it
    old = Findings(sides, resamples=300)
    assert (old.greedy, old.controls) == (None, [GREEDY])


def test_a_curve_says_what_the_best_step_is_worth_where_it_was_not_chosen():
    steps = [(10, _side(0.3, 4)), (20, _side(0.7, 5)), (30, _side(0.5, 1))]
    sides = {BEFORE: [_side(0.2)], MAIN: [steps[-1][1]]}
    found = Findings(sides, curves={0: steps}, resamples=300)
    assert found.curve.best_steps == {0: 20}
    assert found.curve.best.n == 40
    said = str(found.verdict)
    assert "step 20 is best on 40 development items; on the other 40, which had no say" in said
    assert Findings(sides, curves={0: steps[-1:]}).curve is None
    assert Findings(sides).curve is None


def test_a_curve_that_cannot_be_drawn_is_noted_and_the_rest_is_shown():
    odd = evaluation([[1], [0]])
    sides = {BEFORE: [_side(0.2)], MAIN: [_side(0.5, 1)]}
    found = Findings(sides, curves={0: [(10, odd), (20, odd)]}, resamples=300)
    assert found.curve is None
    assert "curve along the training cannot be drawn" in found.notes[0]
    assert found.verdict.kind == "lifts"
