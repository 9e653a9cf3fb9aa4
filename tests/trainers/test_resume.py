"""A run survives being killed, interrupted or out of disk."""

import json
import os
import resource
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sample_engineering.errors import PreflightError, RunError
from sample_engineering.runs import RunFolder
from sample_engineering.runs.records import to_record
from sample_engineering.trainers.callbacks import last_checkpoint
from sample_engineering.trainers.interrupts import TrainingInterrupted
from sample_engineering.trainers.plan import ValidationPlan
from sample_engineering.trainers.validation import run_validation
from tests.trainers.plans import plan_for

STEPS = 12
# A child process runs a validation, and says so at each step.
CHILD = f"""
import sys
from pathlib import Path
from sample_engineering.errors import SampleEngineeringError
from sample_engineering.trainers.callbacks import last_checkpoint
from sample_engineering.trainers.interrupts import TrainingInterrupted
from sample_engineering.trainers.plan import ValidationPlan
from sample_engineering.trainers.validation import run_validation
from tests.trainers.plans import plan_for

model, out = sys.argv[1:]
if (Path(out) / "config.json").exists():
    plan = ValidationPlan.from_folder(Path(out))
else:
    plan = plan_for(model, out, steps={STEPS})
try:
    run_validation(plan, lambda e: print(e.stage, e.arm, e.done, flush=True))
except SampleEngineeringError as error:
    sys.exit(f"error: {{error}}")
"""
ROOT = Path(__file__).resolve().parents[2]


def start(model, out, **options):
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(model), str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        **options,
    )


def wait_for(process, line):
    for text in process.stdout:
        if text.startswith(line):
            return
    raise AssertionError(f"{line!r} never came: {process.stderr.read()}")


def metrics(out):
    lines = [to_record(line) for line in RunFolder(out, writes=False).metrics]
    return [{k: v for k, v in line.items() if k != "seconds"} for line in lines]


def result(out):
    record = json.loads((out / "result.json").read_text())
    record.pop("seconds")
    for training in record["trainings"]:
        training.pop("seconds")
    return record


@pytest.fixture(scope="module")
def uninterrupted(taught_folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("whole") / "run"
    run_validation(plan_for(taught_folder, out, steps=STEPS))
    return out


def assert_same_run(out, other):
    """Everything that was measured is equal, bit by bit."""
    assert metrics(out) == metrics(other)
    assert [line["step"] for line in metrics(out)] == list(range(1, STEPS + 1))
    assert result(out) == result(other)
    ours, theirs = RunFolder.open(out), RunFolder.open(other)
    assert ours.evaluations.keys() == theirs.evaluations.keys()
    for reading, arms in ours.evaluations.items():
        assert list(arms) == list(theirs.evaluations[reading]) == ["before", "sample"]
        for name, (found,) in arms.items():
            assert found.table.equals(theirs.evaluations[reading][name][0].table)
    assert ours.rollouts.equals(theirs.rollouts)


@pytest.mark.slow
def test_a_killed_run_resumes_to_the_same_result_bit_by_bit(taught_folder, tmp_path, uninterrupted):
    out = tmp_path / "run"
    # Checkpoints lie at steps 5, 10 and 12: kill between two, and in the evaluation afterwards.
    for moment in ("train sample 8", "evaluate sample 0"):
        process = start(taught_folder, out)
        wait_for(process, moment)
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        opened = RunFolder.open(out)
        assert opened.config.sample.id == "1+2"
        assert not opened.result
    run_validation(ValidationPlan.from_folder(out))
    assert_same_run(out, uninterrupted)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "moment"),
    [
        (signal.SIGINT, ("train", 1)),
        (signal.SIGTERM, ("train", 7)),
        (signal.SIGINT, ("evaluate", 0)),
    ],
)
def test_ctrl_c_saves_and_says_how_to_go_on(taught_folder, tmp_path, uninterrupted, number, moment):
    out = tmp_path / "run"
    notices = []

    def interrupt(event):
        if event.stage == "notice":
            notices.append(event.message)
        elif (event.stage, event.done) == moment:
            os.kill(os.getpid(), number)

    with pytest.raises(TrainingInterrupted, match=f"go on with `resume={out}`"):
        run_validation(plan_for(taught_folder, out, steps=STEPS), interrupt)
    assert notices
    assert "press Ctrl-C again" in notices[0]
    assert json.loads((out / "status.json").read_text())["state"] == "interrupted"
    if moment[0] == "train":
        saved = len(metrics(out))
        assert saved < STEPS
        assert (out / "training" / "sample.0" / "checkpoints" / f"checkpoint-{saved}").is_dir()
    RunFolder.open(out)
    run_validation(ValidationPlan.from_folder(out))
    assert_same_run(out, uninterrupted)


def test_a_full_disk_is_named_and_the_folder_still_opens(taught_folder, tmp_path):
    out = tmp_path / "run"

    def no_large_files():
        # Stands in for a full disk: a write beyond 60 kB fails, as on a disk without room.
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    process = start(taught_folder, out, preexec_fn=no_large_files)
    _, errors = process.communicate()
    assert process.returncode == 1
    assert errors.strip().splitlines()[-1].startswith("error: cannot write")
    assert "Traceback" not in errors
    opened = RunFolder.open(out)
    assert len(opened.metrics) == 5  # all but the checkpoint at step 5 could be written
    assert json.loads((out / "status.json").read_text())["state"] == "failed"
    run_validation(ValidationPlan.from_folder(out))
    assert len(metrics(out)) == STEPS


def test_a_folder_that_cannot_be_made_is_named(random_folder, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PreflightError, match=r"cannot (write|use) .*file"):
        run_validation(plan_for(random_folder, tmp_path / "file" / "run"))


def test_a_folder_in_use_is_not_overwritten(random_folder, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "notes.txt").write_text("mine")
    with pytest.raises(PreflightError, match="not an empty folder"):
        run_validation(plan_for(random_folder, tmp_path / "run"))
    assert [p.name for p in (tmp_path / "run").iterdir()] == ["notes.txt"]


def test_other_settings_do_not_go_on_in_the_same_folder(random_folder, tmp_path):
    plan = plan_for(random_folder, tmp_path / "run", steps=2)
    run_validation(plan)
    with pytest.raises(RunError, match="is finished"):
        ValidationPlan.from_folder(tmp_path / "run")
    other = replace(plan, recipe=plan.recipe.with_(lr=1.0), resume=True)
    with pytest.raises(RunError, match="another recipe"):
        run_validation(other)


def test_a_checkpoint_cut_short_is_not_resumed_from(tmp_path):
    for number in (5, 10):
        (tmp_path / f"checkpoint-{number}").mkdir()
    (tmp_path / "checkpoint-5" / "whole.json").write_text("{}")
    assert last_checkpoint(tmp_path).name == "checkpoint-5"
    assert not (tmp_path / "checkpoint-10").exists()
