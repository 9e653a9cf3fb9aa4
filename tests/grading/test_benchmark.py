"""`benchmarks/grading.py` runs from a fresh checkout, on data that it makes itself."""

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
EVERY = 12  # of the benchmark's rollouts, to keep the test short


@pytest.fixture(scope="module")
def bench() -> Iterator[ModuleType]:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        spec = importlib.util.spec_from_file_location("bench_grading", BENCHMARKS / "grading.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.path.remove(str(BENCHMARKS))


@pytest.fixture(scope="module")
def rollouts(bench: ModuleType) -> list[Any]:
    return bench.own_rollouts(0)


def test_half_of_the_rollouts_are_right_and_all_are_judged_so(
    bench: ModuleType, rollouts: list[Any]
) -> None:
    assert len(rollouts) > 1000
    assert sum(rollout.right for rollout in rollouts) == len(rollouts) / 2
    wrong = [
        (rollout.gold, rollout.answer)
        for rollout, verdict in zip(rollouts, bench.ours(rollouts), strict=True)
        if verdict != rollout.right
    ]
    assert wrong == []


def test_the_golds_are_of_many_kinds(bench: ModuleType) -> None:
    from sample_engineering.grading import answer_kind

    kinds = {answer_kind(gold) for gold in bench.own_golds(0)}
    assert kinds >= {"number", "quantity", "choice", "expression", "equation", "set", "tuple"}
    assert kinds >= {"interval", "matrix", "text"}


def test_no_verdict_of_ours_is_wrong_and_both_graders_are_timed(
    bench: ModuleType, rollouts: list[Any]
) -> None:
    figures = bench.compare(rollouts[::EVERY], rounds=1)
    assert figures["ours_right_refused"] == figures["ours_wrong_accepted"] == 0
    assert figures["ratio"] > 0


def test_without_the_shared_data_both_stand_side_by_side_in_one_json_object(
    bench: ModuleType,
    rollouts: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(bench, "DATA", tmp_path / "absent.jsonl")
    monkeypatch.setattr(bench, "own_rollouts", lambda seed: rollouts[:40])
    monkeypatch.setattr(sys, "argv", ["grading.py", "--rounds", "1", "--no-memory"])
    assert bench.main() == 0
    result = json.loads(capsys.readouterr().out)
    assert "math500" not in result
    assert result["own"]["rewards"] == 40
    assert result["own"]["ratio"] > 0
    for grader in ("ours", "math_verify"):
        wrong = result["own"][f"{grader}_right_refused"] + result["own"][f"{grader}_wrong_accepted"]
        assert len(result["own"][f"{grader}_first_wrong_verdicts"]) == min(wrong, bench.SHOWN)
