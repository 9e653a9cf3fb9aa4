"""Math-Verify's own suite, and the collected hostile answers."""

import json
import resource
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from sample_engineering.errors import GoldError
from sample_engineering.grading import Grade, grade, read_gold

# Cases in which ours is the better answer; docs/grading.md says why.
EXCEPTIONS = {
    ("$x \\in [-2,7]$", "$-2 \\\\le x \\\\le 7$"),
    ("$f(x)$", "$f(y)$"),
    ("$1 - \\frac{1}{\\mathrm{e}}$", "$1 + \\frac{1}{\\mathrm{e}}$"),
    ("1,22", "1.22"),
    ("0,111", "0.111"),
}
# Rounding to so many decimals in Math-Verify, as a relative tolerance here.
TOLERANCES = {2: 0.011, 5: 1e-5, 6: None}
HARD_SECONDS = 3.0


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.open(encoding="utf-8")]


def test_math_verify_suite(shared_data: Path) -> None:
    cases = [
        c for c in rows(shared_data / "grader" / "math_verify_suite.jsonl") if c["kind"] == "verify"
    ]
    assert len(cases) == 275
    differing = set()
    for case in cases:
        if not case["strict"]:
            differing.add((case["gold"], case["pred"]))
            continue
        gold = read_gold(case["gold"], tolerance=TOLERANCES[case["precision"]])
        if grade(case["pred"], gold, form="math").correct != bool(case["expected"]):
            differing.add((case["gold"], case["pred"]))
    assert differing == EXCEPTIONS


def grade_timed(case: dict[str, Any]) -> tuple[Grade | None, float]:
    started = time.monotonic()
    try:
        result = grade(case["prediction"], case["gold"])
    except GoldError:
        result = None
    return result, time.monotonic() - started


def check_hostile(cases: list[dict[str, Any]]) -> list[str]:
    failures = []
    for case in cases:
        result, seconds = grade_timed(case)
        if seconds > HARD_SECONDS:
            failures.append(f"{case['name']}: {seconds:.1f} s")
        if case["expected"] is not None and (
            result is None or result.correct != bool(case["expected"])
        ):
            failures.append(f"{case['name']}: {result}")
    return failures


@pytest.mark.parametrize("where", ["main thread", "other thread"])
def test_hostile_answers(shared_data: Path, where: str) -> None:
    grade("\\boxed{5 km/h}", "5 m/s")  # Units are loaded once, before anything is timed.
    cases = rows(shared_data / "grader" / "hostile_dev.jsonl")
    failures: list[str] = []
    if where == "main thread":
        failures = check_hostile(cases)
    else:
        thread = threading.Thread(target=lambda: failures.extend(check_hostile(cases)))
        thread.start()
        thread.join()
    assert failures == []
    peak = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    assert peak * 1024 < 2 * 1024**3
