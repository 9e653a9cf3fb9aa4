"""benchmarks/calibration.py simulates, judges and counts."""

import numpy as np
import pytest

from benchmarks.calibration import EFFECTS, MATH500, MICROCOSM, Setting, Simulation, row


def test_a_row_counts_the_verdicts_of_its_studies():
    found = row(Setting(MATH500, "lift", 3, 0.01), 3, 0)
    assert sum(found["kinds"].values()) == pytest.approx(1)
    assert set(found["kinds"]) <= {"lifts", "no lead shown"}  # 20 points on 500 items
    assert found["most_wrong"] == 0
    assert 0.03 < found["greedy"]["half_width"] < 0.2
    assert {"greedy", "greedy lead"} <= set(found)


@pytest.mark.parametrize("world", [MICROCOSM, MATH500])
def test_a_run_moves_the_accuracy_by_about_the_effect_that_is_asked_for(world):
    simulation = Simulation(world, 0.0, np.random.default_rng(0))
    for reading, *_ in world.readings:
        slope = simulation.slopes[reading]
        moved = simulation.truth(reading, EFFECTS["lift"][reading][0] / slope)
        still = simulation.truth(reading, 0.0)
        assert moved - still == pytest.approx(EFFECTS["lift"][reading][0], abs=0.07)


def test_a_single_run_is_judged_by_what_it_would_come_to_itself():
    found = row(Setting(MATH500, "null", 1, 0.3, controls=False), 3, 1)  # seeds that differ a lot
    assert found["kinds"].get("no effect shown", 0) < 1
    assert found["most_wrong"] == 0
