"""The benchmark's figures: no false finding about right labels, nearly all spoilt ones found."""

import importlib.util
from collections import Counter
from pathlib import Path

import pytest

from sample_engineering.audit import audit_samples

LEAST_SHARE = 0.99  # of labels spoilt in one way; the benchmark finds nearly all


@pytest.fixture(scope="module")
def bench():
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "audit.py"
    spec = importlib.util.spec_from_file_location("audit_benchmark", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def composed(bench):
    return bench.composed(500, 0)


def test_no_right_label_of_five_hundred_is_severe(composed):
    assert len(composed) == 500
    assert not audit_samples(composed).severe


def test_nearly_all_spoilt_labels_are_severe(bench, composed):
    total, caught = Counter(), Counter()
    for sample in composed:
        for way, changed in bench.spoilt(sample):
            total[way] += 1
            caught[way] += bench.severe(changed)
    assert len(total) == 9
    assert min(total.values()) >= 50
    for way, count in total.items():
        assert caught[way] >= LEAST_SHARE * count, way
