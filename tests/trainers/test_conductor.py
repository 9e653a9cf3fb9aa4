"""A validation in processes of its own: children, several devices, pieces, launchers."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from sample_engineering import api
from sample_engineering.errors import ConfigError, RunError
from sample_engineering.runs import RunFolder
from sample_engineering.trainers import validation
from sample_engineering.trainers.interrupts import StopRequest, TrainingInterrupted
from sample_engineering.trainers.nursery import current, kept
from sample_engineering.trainers.plan import ValidationPlan
from sample_engineering.trainers.processes import Child
from sample_engineering.trainers.training import train
from sample_engineering.trainers.validation import join_validation, run_piece, run_validation
from tests.trainers.plans import RECIPE, plan_for
from tests.trainers.tiny import sums

ROOT = Path(__file__).resolve().parents[2]


def result(out):
    record = json.loads((Path(out) / "result.json").read_text())
    record.pop("seconds")
    for training in record["trainings"]:
        training.pop("seconds")
    return record


@pytest.fixture(scope="module")
def inline(taught_folder, tmp_path_factory):
    """A validation in this process, with a curve."""
    out = tmp_path_factory.mktemp("inline") / "run"
    run_validation(curved(taught_folder, out))
    return out


def curved(model, out, **changes):
    recipe = RECIPE.with_(eval_every=2)
    return plan_for(model, out, recipe=recipe, steps=4, controls="format-only", **changes)


@pytest.mark.slow
def test_children_come_to_the_same_result_bit_by_bit(taught_folder, tmp_path, inline):
    out = tmp_path / "run"
    events = []
    run_validation(curved(taught_folder, out, inline=False), events.append)
    assert result(out) == result(inline)
    ours, theirs = RunFolder.open(out), RunFolder.open(inline)
    assert ours.problems == theirs.problems == []
    assert ours.rollouts.equals(theirs.rollouts)
    assert [e.done for e in events if (e.stage, e.arm) == ("train", "sample")] == [1, 2, 3, 4]
    for arm in ("sample", "format-only"):
        curves = [folder.curve(arm, 0) for folder in (ours, theirs)]
        assert [[step for step, _ in curve] for curve in curves] == [[2, 4], [2, 4]]
        for (_, mine), (_, other) in zip(*curves, strict=True):
            assert mine.table.equals(other.table)
    # Weights, snapshots and checkpoints are gone, and so is what the children printed.
    kept = {path.name for path in out.rglob("*") if path.is_file()}
    assert not {name for name in kept if name.endswith((".safetensors", ".log", ".pt"))}


def test_a_training_pauses_before_its_snapshots_fill_the_disk(taught_folder, tmp_path, monkeypatch):
    plan = plan_for(
        taught_folder, tmp_path / "free", recipe=RECIPE.with_(eval_every=1, beta=0.01), steps=7
    )
    free = run_validation(replace(plan, out=tmp_path / "free"))
    monkeypatch.setattr("sample_engineering.trainers.training.MOST_SNAPSHOTS", 2)
    at_once = []
    place = RunFolder(tmp_path / "paused", writes=False).training("sample", 0)

    def look(event):
        at_once.append(len(place.snapshots))

    paused = run_validation(replace(plan, out=tmp_path / "paused"), look)
    assert max(at_once) == 2
    assert result(paused.folder) == result(free.folder)
    runs = [RunFolder.open(one.folder) for one in (paused, free)]
    assert runs[0].rollouts.equals(runs[1].rollouts)
    curves = [run.curve("sample", 0) for run in runs]
    assert [step for step, _ in curves[0]] == [1, 2, 3, 4, 5, 6, 7]
    for (_, mine), (_, other) in zip(*curves, strict=True):
        assert mine.table.equals(other.table)


@pytest.mark.slow
def test_pieces_of_several_jobs_are_joined(taught_folder, tmp_path, inline):
    out = tmp_path / "run"
    plan = curved(taught_folder, out)
    pieces = [(arm.name, arm.seed) for arm in plan.pieces]
    assert pieces == [("before", 0), ("sample", 0), ("format-only", 0)]
    for piece in pieces[1:]:
        run_piece(replace(plan, piece=piece))
    again = ValidationPlan.from_folder(out)
    with pytest.raises(
        RunError, match=r"lacks before \(not evaluated: greedy and sampled\); run each with `arm`"
    ):
        join_validation(again)
    with pytest.raises(RunError, match="was made with another recipe"):
        run_piece(replace(plan, recipe=RECIPE.with_(lr=1.0), piece=pieces[0]))
    run_piece(replace(plan, piece=pieces[0]))
    join_validation(again)
    assert result(out) == result(inline)


def test_many_jobs_may_make_one_folder_at_the_same_time(random_folder, tmp_path):
    plan = plan_for(random_folder, tmp_path / "run")
    config, inputs = plan.to_config(), plan.to_inputs()
    made, failed = [], []

    def make():
        try:
            made.append(RunFolder.share(plan.out, config, inputs))
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=make) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(made) == 16
    assert {path.name for path in plan.out.iterdir()} == {
        "config.json",
        "inputs.json",
        "status.json",
    }
    with pytest.raises(RunError, match="another process writes"):
        RunFolder.reopen(plan.out, config)
    for folder in made:
        folder.close()
    RunFolder.reopen(plan.out, config).close()


def test_a_training_that_another_job_did_meanwhile_is_not_done_again(taught_folder, tmp_path):
    plan = plan_for(taught_folder, tmp_path / "run", steps=2)
    RunFolder.share(plan.out, plan.to_config(), plan.to_inputs()).close()
    (arm,) = (one for one in plan.arms if one.name == "sample")
    told = [[], []]
    for events in told:
        train(plan, arm, StopRequest(), events.append)
    assert [event.done for event in told[0] if event.stage == "train"] == [1, 2]
    assert told[1] == []


def test_a_shared_folder_with_something_else_in_it_is_left_alone(random_folder, tmp_path):
    plan = plan_for(random_folder, tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RunError, match="holds something else"):
        RunFolder.share(tmp_path, plan.to_config(), plan.to_inputs())
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.slow
def test_devices_work_at_the_same_time(taught_folder, tmp_path, monkeypatch):
    running, at_once = set(), []
    do = validation._do

    def watched(plan, folder, arm, hands, together):
        running.add((arm.name, arm.seed))
        at_once.append(set(running))
        do(plan, folder, arm, hands, together)
        running.remove((arm.name, arm.seed))

    monkeypatch.setattr(validation, "_do", watched)
    out = tmp_path / "run"
    plan = plan_for(
        taught_folder, out, steps=12, seeds=(0, 1), inline=False, devices=("cpu", "cpu")
    )
    run_validation(plan)
    assert {("before", 0), ("sample", 0)} in at_once
    assert {(t["arm"], t["seed"]) for t in result(out)["trainings"]} == {
        ("sample", 0),
        ("sample", 1),
    }


def test_what_cannot_go_together_is_refused(random_folder, tmp_path):
    with pytest.raises(ConfigError, match="`devices` are cpu or the numbers of GPUs"):
        plan_for(random_folder, tmp_path, devices=("gpu0",))
    with pytest.raises(ConfigError, match="no arm 'samples' with seed 0; the arms are before, s"):
        plan_for(random_folder, tmp_path, piece=("samples", 0))
    with pytest.raises(ConfigError, match="`devices` need processes of their own"):
        run_validation(plan_for(random_folder, tmp_path / "run", devices=("cpu", "cpu")))
    plan = plan_for(random_folder, tmp_path / "run")
    with pytest.raises(ConfigError, match="give `arm` or `task`"):
        api.run_piece(plan)
    with pytest.raises(ConfigError, match=r"`task` must lie in 0\.\.1, not 2"):
        api.run_piece(plan, task=2)
    assert not (tmp_path / "run").exists()


def test_a_component_of_this_process_alone_is_used_in_it(random_folder, tmp_path):
    from sample_engineering.registry import register, unregister

    plan = plan_for(random_folder, tmp_path, inline=None)
    assert not plan.runs_inline
    register("reward", "brevity", lambda completions, **_: [0.0] * len(completions))
    try:
        assert replace(plan, recipe=RECIPE.with_(reward="brevity")).runs_inline
    finally:
        unregister("reward", "brevity")


@pytest.fixture(scope="module", params=[False, True], ids=["started", "forked"])
def on_cpu(request):
    """Children are started, and where they need no GPU forks of a process that has the imports."""
    with kept() if request.param else nullcontext():
        yield request.param


def child_of(folder, *arguments, on_cpu=False):
    environment = dict(os.environ)
    return Child([str(folder), *arguments], environment, folder / "log", "the work", on_cpu=on_cpu)


def heard(child, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (record := child.hear(0.5)) is not None:
            return record
    raise AssertionError("the child said nothing")


def test_a_child_that_fails_says_why_in_one_line(tmp_path, on_cpu):
    child = child_of(tmp_path, "--arm", "sample", on_cpu=on_cpu)
    record = heard(child)
    assert (record["is"], record["kind"]) == ("failed", "RunError")
    assert record["message"].startswith(f"no run at {tmp_path}")
    child.close()


def test_a_child_that_is_killed_is_told_of(tmp_path, random_folder, on_cpu):
    plan = plan_for(random_folder, tmp_path / "run")
    RunFolder.create(plan.out, plan.to_config(), plan.to_inputs()).close()
    child = child_of(plan.out, "--evaluate", on_cpu=on_cpu)
    os.kill(child._process.pid, signal.SIGKILL)
    message = heard(child)["message"]
    assert message.startswith("the work was ended by SIGKILL, perhaps for want of memory")
    assert str(plan.out / "log") in message
    child.close()


def test_a_child_that_is_stopped_before_it_listens_is_interrupted_and_did_not_fail(
    tmp_path, random_folder, on_cpu
):
    plan = plan_for(random_folder, tmp_path / "run")
    RunFolder.create(plan.out, plan.to_config(), plan.to_inputs()).close()
    child = child_of(plan.out, "--arm", "sample", on_cpu=on_cpu)
    child.stop()
    assert heard(child)["is"] == "interrupted"
    child.close()


def test_children_end_with_their_parent(tmp_path, random_folder, on_cpu):
    plan = plan_for(random_folder, tmp_path / "run")
    RunFolder.create(plan.out, plan.to_config(), plan.to_inputs()).close()
    code = f"""
import os, sys, time
from pathlib import Path
from sample_engineering.trainers.nursery import kept
from sample_engineering.trainers.processes import Child
nursery = kept()
nursery.__enter__()
asked = [{str(plan.out)!r}, "--arm", "sample"]
child = Child(asked, dict(os.environ), Path("log"), "it", on_cpu={on_cpu})
print(child._process.pid, flush=True)
time.sleep(600)
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    pid = int(parent.stdout.readline())
    os.kill(pid, 0)  # it lives
    parent.kill()
    parent.communicate()
    for _ in range(300):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{pid}/stat").exists():
            state = (
                Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
            )
            if state == "Z":  # dead, and nobody is there to take note of it
                return
        time.sleep(0.1)
    raise AssertionError("the child outlived its parent")


def test_a_nursery_that_is_gone_is_told_as_a_child_that_was_killed(tmp_path, random_folder):
    plan = plan_for(random_folder, tmp_path / "run")
    RunFolder.create(plan.out, plan.to_config(), plan.to_inputs()).close()
    with kept():
        child = child_of(plan.out, "--evaluate", on_cpu=True)
        current()._process.kill()
        assert "was ended by SIGKILL" in heard(child)["message"]
        child.close()
        instead = child_of(tmp_path, "--arm", "sample", on_cpu=True)
        assert heard(instead)["message"].startswith("no run at")
        instead.close()


@pytest.mark.slow
def test_a_stopped_child_saves_and_the_run_goes_on(taught_folder, tmp_path, inline):
    out = tmp_path / "run"
    plan = curved(taught_folder, out, inline=False)

    def interrupt(event):
        if (event.stage, event.arm, event.done) == ("train", "sample", 3):
            os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(TrainingInterrupted, match="go on with `resume="):
        run_validation(plan, interrupt)
    assert json.loads((out / "status.json").read_text())["state"] == "interrupted"
    assert RunFolder.open(out).metrics
    run_validation(replace(plan, resume=True))
    assert result(out) == result(inline)


def test_a_plan_is_made_without_torch():
    code = (
        "import sys; from sample_engineering import api; "
        "api.plan_validation(steps=3); import sample_engineering.trainers.validation; "
        "sys.exit('torch' in sys.modules)"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT).returncode == 0


# Several processes, as a launcher starts them.


def launch(count, folder, pool, *options, model, steps=2):
    """Start `se validate` as torchrun does, in a folder of its own without --out."""
    settings = ("max_tokens=16", "group_size=16", "micro_batch=8", "lr=3e-4", "template=plain")
    changed = [part for setting in settings for part in ("--set", setting)]
    asked = options or (
        f"{pool}#1+2", "--model", str(model), "--benchmark", str(pool), "--recipe", "microcosm",
        "--steps", str(steps), "--device", "cpu", "--rollouts", "1", "--quick", *changed,
    )  # fmt: skip
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    return subprocess.Popen(
        [*launcher, f"--nproc-per-node={count}", "-m", "sample_engineering", "validate", *asked],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        start_new_session=True,
    )


@pytest.fixture
def pool(tmp_path):
    path = tmp_path / "sums.jsonl"
    path.write_text("".join(json.dumps(item.to_dict()) + "\n" for item in sums()))
    return path


@pytest.mark.skipif(not os.environ.get("SE_SLOW"), reason="two processes; set SE_SLOW=1")
def test_two_processes_agree_on_a_folder_and_show_one_card(taught_folder, tmp_path, pool):
    process = launch(2, tmp_path, pool, model=taught_folder)
    shown, errors = process.communicate()
    assert process.returncode == 0, errors
    (out,) = (tmp_path / "runs").iterdir()
    assert shown.count("run folder:") == 1
    assert (out / "report.html").is_file()
    assert [training["progress"]["steps"] for training in result(out)["trainings"]] == [2]
    folder = RunFolder.open(out)
    assert folder.problems == []
    assert [(line.step, line.rollouts) for line in folder.metrics] == [(1, 16), (2, 16)]
    order = folder.evaluations
    for arms in order.values():
        found = arms["before"][0].table["item"].drop_duplicates().tolist()
        assert found == [item.id for item in sums()]


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("SE_SLOW"), reason="four processes; set SE_SLOW=1")
def test_four_processes_are_killed_and_go_on(taught_folder, tmp_path, pool):
    process = launch(4, tmp_path, pool, model=taught_folder, steps=20)
    while not any(tmp_path.glob("runs/*/training/sample.0/metrics.jsonl")):
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    # The launcher's workers lead sessions of their own.
    parents = psutil.Process(process.pid).children()
    for one in (process, *parents):
        one.kill()
    process.communicate()  # ends only when the trainings, which nobody killed, have ended too
    (out,) = (tmp_path / "runs").iterdir()
    assert not (out / "result.json").exists()
    again = launch(4, tmp_path, pool, "--resume", str(out), model=taught_folder)
    shown, errors = again.communicate()
    assert again.returncode == 0, errors
    assert shown.count("run folder:") == 1
    assert [line.step for line in RunFolder.open(out).metrics] == list(range(1, 21))


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("SE_SLOW"), reason="two processes; set SE_SLOW=1")
def test_what_fails_in_several_processes_is_one_line(taught_folder, tmp_path, pool):
    process = launch(2, tmp_path, pool, "absent.jsonl", model=taught_folder)
    _, errors = process.communicate()
    assert process.returncode != 0
    assert [line for line in errors.splitlines() if line.startswith("error:")] == [
        line for line in errors.splitlines() if "absent.jsonl" in line and "error:" in line
    ]
    assert sum(line.startswith("error:") for line in errors.splitlines()) == 1
