"""Simulated probes of 1,209 problems with published histories; see benchmarks/probing.py."""

import importlib.util
from pathlib import Path

import pytest

from sample_engineering.probing.schedule import AdaptiveSchedule, FixedSchedule

DRAWS = 20
CHECKPOINTS = (10, 20, 30)


@pytest.fixture(scope="module")
def bench(shared_data):
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "probing.py"
    spec = importlib.util.spec_from_file_location("probing_benchmark", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def accuracies(bench, shared_data):
    return bench.read_accuracies(shared_data / "pools" / "dsr_sub_history.jsonl")


@pytest.mark.parametrize("checkpoint", CHECKPOINTS)
def test_eight_rollouts_rank_the_later_variance(bench, accuracies, checkpoint):
    assert bench.figures(FixedSchedule(8), accuracies, checkpoint, DRAWS)["rho"] >= 0.6


def test_adaptive_probing_finds_as_good_a_first_fifty_with_sixty_percent(bench, accuracies):
    """The first 50 are as good; over the whole pool the order is coarser (rho lower by 0.07)."""
    fixed = [bench.figures(FixedSchedule(8), accuracies, k, DRAWS) for k in CHECKPOINTS]
    adaptive = [bench.figures(AdaptiveSchedule(8), accuracies, k, DRAWS) for k in CHECKPOINTS]
    assert all(found["rollout_share"] <= 0.6 for found in adaptive)
    first = sum(found["first_50_variance"] for found in adaptive)
    assert first >= 0.97 * sum(found["first_50_variance"] for found in fixed)
    assert all(a["rho"] >= f["rho"] - 0.08 for a, f in zip(adaptive, fixed, strict=True))
