"""Gold answers of MATH-500, Minerva and the MATH pool: readable, equal to themselves however they
are rewritten, and unequal to what is nearly the same."""

import json
import time
from pathlib import Path

import pytest

from sample_engineering.answers import find_boxes
from sample_engineering.errors import GoldError
from sample_engineering.grading import grade, read_gold
from tests.grading.rewriting import perturbations, rewritings


def golds(folder: Path, name: str) -> list[str]:
    rows = [json.loads(line) for line in (folder / name).open(encoding="utf-8")]
    return [
        row["answer"] if "answer" in row else find_boxes(row["solution"])[-1][2] for row in rows
    ]


@pytest.fixture(scope="module", params=["math500.jsonl", "minerva_math.jsonl"])
def benchmark_golds(request: pytest.FixtureRequest, shared_data: Path) -> list[str]:
    return golds(shared_data / "benchmarks", request.param)


def test_every_gold_is_readable_and_equals_itself(benchmark_golds: list[str]) -> None:
    for gold in benchmark_golds:
        result = grade(f"\\boxed{{{gold}}}", gold)
        assert result.correct, result
        assert result.readable, result


def test_every_gold_equals_ten_rewritings_of_itself(benchmark_golds: list[str]) -> None:
    failures = []
    for gold in benchmark_golds:
        written = list(rewritings(gold))
        assert len(written) >= 10
        failures += [
            (gold, text) for text in written if not grade(f"\\boxed{{{text}}}", gold).correct
        ]
    assert failures == []


def test_every_perturbed_gold_is_rejected(benchmark_golds: list[str]) -> None:
    tried = 0
    failures = []
    for gold in benchmark_golds:
        for text in perturbations(gold):
            tried += 1
            if grade(f"\\boxed{{{text}}}", gold).correct:
                failures.append((gold, text))
    assert failures == []
    assert tried > len(benchmark_golds)


def test_the_whole_math_pool_is_read_in_ten_seconds(shared_data: Path) -> None:
    rows = [json.loads(line) for line in (shared_data / "pools" / "math8k.jsonl").open()]
    started = time.process_time()
    unreadable = []
    for row in rows:
        try:
            read_gold(row["answer"])
        except GoldError as error:
            unreadable.append((row["answer"], str(error)))
    assert time.process_time() - started < 10
    # Two rows of the published file have an empty answer.
    assert [answer for answer, _ in unreadable] == ["", ""]


@pytest.mark.slow
def test_rewritten_and_perturbed_golds_of_the_math_pool(shared_data: Path) -> None:
    for gold in dict.fromkeys(golds(shared_data / "pools", "math8k.jsonl")):
        if not gold.strip():
            continue
        for text in rewritings(gold):
            assert grade(f"\\boxed{{{text}}}", gold).correct, (gold, text)
        for text in perturbations(gold):
            assert not grade(f"\\boxed{{{text}}}", gold).correct, (gold, text)
