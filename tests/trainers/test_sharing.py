"""Trainings of a small model share the cores; whoever says how is respected."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("trl", reason="needs the extra 'train'")

from sample_engineering.runs import RunFolder
from sample_engineering.trainers.estimates.measuring import gain_of_threads
from sample_engineering.trainers.hands import ChildHands
from sample_engineering.trainers.interrupts import StopRequest
from sample_engineering.trainers.preflight import Case
from sample_engineering.trainers.preflight.trial import Question, Trial, answer
from sample_engineering.trainers.sharing import (
    SMALL,
    THREADS,
    WORKER_BYTES,
    WORTH,
    Cores,
    decided,
    share_out,
    time_of,
)
from sample_engineering.trainers.together import Together
from sample_engineering.trainers.validation import run_validation
from tests.trainers.plans import RECIPE, plan_for

_MUCH = 2**40
_COUNTS = st.integers(1, 200)


@given(_COUNTS, _COUNTS, st.integers(0, 2**36), st.sampled_from(["", "1", "2", "8", "no", "0"]))
def test_no_core_works_for_two_and_no_memory_is_promised_twice(pieces, cores, free, asked):
    environment = {THREADS: asked} if asked else {}
    found = share_out(pieces, cores, free, environment)
    given_threads = int(asked) if asked in ("1", "2", "8") else None
    assert 1 <= found.workers <= pieces
    assert found.workers * found.threads <= max(cores, found.threads)
    assert found.workers * found.spare <= max(cores, found.spare)
    assert found.workers == 1 or found.workers * WORKER_BYTES <= free
    assert found.threads == (given_threads or 1)
    for gain in (None, WORTH - 0.01, WORTH, 9.0):
        chosen = decided(found, gain)
        assert chosen.workers == found.workers
        assert chosen.threads in (found.threads, found.spare)
        if given_threads is not None:
            assert chosen.threads == given_threads


@pytest.mark.parametrize(
    ("pieces", "cores", "environment", "gain", "expected"),
    [
        (6, 2, {}, None, (2, 1)),
        (2, 2, {}, None, (2, 1)),
        (1, 2, {}, 1.8, (1, 2)),
        (1, 2, {}, 0.2, (1, 1)),  # a busy machine
        (2, 16, {}, 3.0, (2, 8)),
        (6, 2, {THREADS: "2"}, 0.2, (1, 2)),
        (6, 4, {THREADS: "1"}, None, (4, 1)),
    ],
)
def test_many_pieces_run_side_by_side_and_few_take_threads_that_help(
    pieces, cores, environment, gain, expected
):
    found = decided(share_out(pieces, cores, _MUCH, environment), gain)
    assert (found.workers, found.threads) == expected


def _case(model, tmp_path, **changes):
    return Case.of_plan(plan_for(model, tmp_path / "run", **{"inline": False} | changes))


def test_who_says_how_is_respected(random_folder, tmp_path, monkeypatch):
    monkeypatch.delenv(THREADS, raising=False)
    monkeypatch.setattr("sample_engineering.trainers.machine.cores", lambda: 4)
    assert _case(random_folder, tmp_path, seeds=(0, 1, 2)).cores == Cores(4, 1, 1)
    assert _case(random_folder, tmp_path).cores == Cores(2, 1, 2)
    assert _case(random_folder, tmp_path, piece=("sample", 0)).cores == Cores(1, 1, 4)
    assert _case(random_folder, tmp_path, devices=("cpu",)).cores is None
    assert _case(random_folder, tmp_path, inline=True).cores is None
    assert _case(random_folder, tmp_path, engine="vllm").cores is None
    assert replace(_case(random_folder, tmp_path), launched=2).cores is None


def test_a_model_that_is_not_small_has_all_cores(random_folder, tmp_path):
    case = _case(random_folder, tmp_path)
    assert case.shared_cores is not None
    large = replace(case)
    shape = replace(case.trial.shape, parameters=SMALL + 1)
    object.__setattr__(large, "trial", Trial(shape=shape))
    assert large.shared_cores is None


def test_threads_are_measured_where_some_are_spare(random_folder):
    question = Question(RECIPE, str(random_folder), device="cpu")
    assert answer(question).threads_gain is None
    assert answer(replace(question, threads=2)).threads_gain > 0


def test_measuring_leaves_the_threads_as_they_were(random_folder):
    import torch
    import transformers

    before = torch.get_num_threads()
    config = transformers.AutoConfig.from_pretrained(random_folder)
    assert gain_of_threads(config, before + 1) > 0
    assert torch.get_num_threads() == before


@pytest.mark.parametrize(
    ("device", "of", "threads", "environment", "expected"),
    [
        (None, 1, None, {}, None),
        (None, 1, 2, {}, "2"),
        ("cpu", 2, 1, {}, "1"),
        ("cpu", 2, None, {}, "3"),  # named by hand
        ("cpu", 2, 1, {THREADS: "5"}, "5"),
    ],
)
def test_children_get_their_threads(
    random_folder, tmp_path, monkeypatch, device, of, threads, environment, expected
):
    monkeypatch.delenv(THREADS, raising=False)
    monkeypatch.setattr("sample_engineering.trainers.hands.cores", lambda: 6)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    plan = plan_for(random_folder, tmp_path / "run")
    hands = ChildHands(
        plan, RunFolder(tmp_path, writes=False), StopRequest(), print, Together(), device, of,
        threads,
    )  # fmt: skip
    inherited = environment.get(THREADS)
    assert hands._device_environment().get(THREADS, inherited) == expected


def test_time_is_shared_but_no_piece_is_split(random_folder, tmp_path):
    plan = plan_for(random_folder, tmp_path / "run", steps=10, seeds=(0, 1, 2))
    assert time_of(plan, 2.0, 4.0, 1) == 4 * 4 + 3 * 20
    assert time_of(plan, 2.0, 4.0, 2) == (4 * 4 + 3 * 20) / 2
    assert time_of(plan, 2.0, 4.0, 100) == 24
    piece = replace(plan, piece=("before", 0))
    assert time_of(piece, 2.0, 4.0, 1) == 4


@pytest.mark.slow
def test_a_small_model_trains_side_by_side_unasked(taught_folder, tmp_path, monkeypatch):
    monkeypatch.delenv(THREADS, raising=False)
    used = []
    train = ChildHands.train

    def noted(self, arm):
        used.append((arm.name, arm.seed, self.device, self.threads))
        train(self, arm)

    monkeypatch.setattr(ChildHands, "train", noted)
    monkeypatch.setattr("sample_engineering.trainers.machine.cores", lambda: 2)
    plan = plan_for(taught_folder, tmp_path / "run", steps=2, seeds=(0, 1), inline=False)
    run_validation(plan)
    assert sorted(used) == [("sample", 0, "cpu", 1), ("sample", 1, "cpu", 1)]
    # One after the other in this process comes to the same figures.
    alone = run_validation(replace(plan, out=tmp_path / "alone", inline=True))
    folder = RunFolder.open(tmp_path / "run")
    for reading, arms in alone.findings.evaluations.items():
        for name, found in arms.items():
            pairs = zip(found, folder.evaluations[reading][name], strict=True)
            assert all(one.table.equals(other.table) for one, other in pairs)
