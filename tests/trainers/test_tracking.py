"""Each training is a run of its own in its tracker, with what its evaluation came to."""

import os

import pytest

from sample_engineering.runs import RunFolder
from sample_engineering.runs.config import RunOptions
from sample_engineering.trainers.tracking import figures, run_name, tracked
from sample_engineering.trainers.validation import run_validation
from tests.report.runs import evaluation
from tests.trainers.plans import RECIPE, plan_for


def test_a_training_has_its_own_run_in_the_group_of_its_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("WANDB_RUN_GROUP", "mine")
    ids = set()
    for seed in (0, 1):
        with tracked(tmp_path / "run", "sample", seed, ("wandb",)):
            ids.add(os.environ["WANDB_RUN_ID"])
            assert os.environ["WANDB_RUN_GROUP"] == "run"
            assert os.environ["WANDB_RESUME"] == "allow"
    assert len(ids) == 2
    assert os.environ["WANDB_RUN_GROUP"] == "mine"
    assert "WANDB_RUN_ID" not in os.environ
    with tracked(tmp_path / "run", "sample", 0, ("wandb",)):  # gone on with
        assert os.environ["WANDB_RUN_ID"] in ids
    with tracked(tmp_path / "run", "sample", 0, ()):
        assert "WANDB_RUN_ID" not in os.environ


def test_names_are_those_of_arm_and_seed(tmp_path):
    assert run_name(tmp_path / "run", "sample", 1, ("wandb",)) == "sample-1"
    # Trackio takes up a run of the same name, whichever validation it was of.
    assert run_name(tmp_path / "run", "sample", 1, ("trackio",)) == "run-sample-1"


def test_figures_are_accuracy_and_lift_by_domain():
    before, after = evaluation((0.2,) * 4, seed=1), evaluation((0.6,) * 4, seed=2)
    other = evaluation((0.9,) * 4, seed=3)
    found = figures(after, {"sampled": before, "greedy": other})
    assert found["eval/sampled/lift"] == pytest.approx(after.accuracy - before.accuracy)
    assert found["eval/sampled/accuracy"] == pytest.approx(after.accuracy)
    assert {"eval/sampled/accuracy/physics", "eval/sampled/lift/physics"} <= set(found)
    alone = figures(after, {"greedy": other})
    assert set(alone) == {name for name in found if "accuracy" in name}


@pytest.mark.slow
def test_tensorboard_has_a_folder_for_each_training(taught_folder, tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    out = tmp_path / "run"
    plan = plan_for(
        taught_folder, out, recipe=RECIPE.with_(eval_every=2), steps=3, seeds=(0, 1),
        options=RunOptions(device="cpu", report_to=("tensorboard",)),
    )  # fmt: skip
    run_validation(plan)
    opened = RunFolder.open(out)
    for seed in (0, 1):
        events = EventAccumulator(str(out / "tensorboard" / f"sample-{seed}"))
        events.Reload()
        assert [event.step for event in events.Scalars("train/reward")] == [1, 2, 3]
        shown = [(event.step, event.value) for event in events.Scalars("eval/greedy/accuracy")]
        curve = [(step, found.accuracy) for step, found in opened.curve("sample", seed)]
        assert shown == [(step, pytest.approx(value)) for step, value in curve]
        assert [step for step, _ in shown] == [2, 3]
        ((step, value),) = [
            (event.step, event.value) for event in events.Scalars("eval/sampled/accuracy")
        ]
        last = opened.evaluation("sample", seed, "sampled")
        assert (step, value) == (3, pytest.approx(last.accuracy))
