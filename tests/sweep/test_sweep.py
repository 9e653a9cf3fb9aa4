"""Sweeps with real trainings of a tiny model: whole, interrupted, failing, and what is refused."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering.api.sweeping import carry_out
from sample_engineering.cli import app
from sample_engineering.errors import ConfigError, RunError
from sample_engineering.pages.sweeping import sweep_page
from sample_engineering.runs.format import MAIN
from sample_engineering.sweep.local_crew import LocalCrew
from sample_engineering.sweep.loop import run_sweep
from sample_engineering.sweep.plan import THE_BASE, Piece
from sample_engineering.trainers.interrupts import TrainingInterrupted
from tests.sweep.plans import HereCrew, plan

loop = sys.modules[run_sweep.__module__]  # the package's name is that of its function
ROOT = Path(__file__).resolve().parents[2]


def lines(folder):
    return [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def swept(taught_folder, tmp_path_factory):
    """A finished sweep, which no test changes."""
    out = tmp_path_factory.mktemp("swept") / "sweep"
    crew, told = HereCrew(), []
    return run_sweep(plan(taught_folder, out), crew, told.append), crew, told


@pytest.mark.slow
def test_every_candidate_is_validated_with_every_seed_and_the_base_once(swept):
    result, crew, _ = swept
    wanted = [Piece(number, MAIN, seed) for number in range(3) for seed in (0, 1)]
    assert crew.done == [THE_BASE, *wanted]
    assert [one.state for one in result.entries] == ["validated"] * 3
    lows = [one.standing.ci_low for one in result.entries]
    assert lows == sorted(lows, reverse=True)
    assert result.chosen.id == result.entries[0].id
    for one in result.entries:
        run = se.open_run(result.folder / one.run)
        assert run.sample_id == one.id
        assert one.standing.seeds == 2
        assert (result.folder / one.run / "report.html").exists()
    assert (result.trainings, result.saved, result.lost) == (6, 0, 0)
    board = se.leaderboard(result.folder)
    assert len(board.to_pandas()) == 3


@pytest.mark.slow
def test_its_folder_says_all_of_it(swept):
    result, _, _ = swept
    record = json.loads((result.folder / "sweep.json").read_text())
    assert record["chosen"] == result.chosen.id
    assert [one["id"] for one in record["candidates"]] == [one.id for one in result.entries]
    assert se.Sample.from_dict(json.loads((result.folder / "chosen.json").read_text()))
    assert result.sentence in repr(result)
    assert list(result.to_pandas()["id"]) == [one.id for one in result.entries]
    with pytest.raises(RunError, match="is finished"):
        se.plan_sweep(resume=result.folder)


@pytest.mark.slow
@pytest.mark.parametrize("after", [1, 3])
def test_after_an_interruption_nothing_is_trained_twice(swept, taught_folder, tmp_path, after):
    whole, _, _ = swept
    first = HereCrew(stops_after=after)
    with pytest.raises(TrainingInterrupted, match="go on with"):
        run_sweep(plan(taught_folder, tmp_path / "sweep"), first)
    second = HereCrew()
    again = se.plan_sweep(resume=tmp_path / "sweep", device="cpu")
    result = run_sweep(again, second, resume=True)
    assert not set(first.done) & set(second.done)
    assert len(first.done) + len(second.done) == 7
    mine, theirs = result.to_record(), whole.to_record()
    for name in ("chosen", "trainings", "candidates"):
        assert mine[name] == theirs[name]


@pytest.mark.slow
def test_a_folder_made_without_its_evaluation_gets_it(swept, tmp_path):
    """As after a kill between the two."""
    from sample_engineering.sweep.folder import SweepFolder

    result, _, _ = swept
    copy = tmp_path / "sweep"
    shutil.copytree(result.folder, copy)
    (copy / "sweep.json").unlink()
    run = copy / result.entries[0].run
    for part in ("result.json", "eval/before-greedy.parquet"):
        (run / part).unlink()
    folder = SweepFolder(se.plan_sweep(resume=copy))
    number = result.entries[0].rank - 1
    assert folder.run_of(Piece(number, MAIN, 0)) == run
    assert (run / "eval" / "before-greedy.parquet").exists()


@pytest.mark.slow
def test_what_fails_is_tried_again_and_what_never_works_is_an_entry(
    taught_folder, tmp_path, monkeypatch
):
    bad, late, lost = (Piece(n, MAIN, 0) for n in range(3))
    crew = HereCrew(fails=[bad] * 9 + [late], lost=[lost])
    made = plan(taught_folder, tmp_path / "sweep", retries=1, seeds=[0])
    monkeypatch.setattr(loop, "_AFTER_A_LOSS", 0.0)
    result = run_sweep(made, crew)
    states = {one.id: one.state for one in result.entries}
    assert [states[sample.id] for sample in made.candidates] == ["failed", "validated", "validated"]
    assert crew.began.count(bad) == 2
    assert result.lost == 1
    assert "it broke" in json.dumps(result.to_record())
    assert [one["failure"] for one in lines(tmp_path / "sweep")].count("it broke") == 4


@pytest.mark.slow
def test_halving_leaves_trainings_out_and_decides_alike_after_a_resume(taught_folder, tmp_path):
    made = plan(taught_folder, tmp_path / "a", top=4, halving=2)
    result = run_sweep(made, HereCrew())
    stopped = [one for one in result.entries if one.state == "stopped"]
    assert stopped, "one of four is behind another"
    assert all(one.standing.seeds == 1 for one in stopped)
    assert result.saved == len(stopped)
    assert result.saved_seconds == result.saved * 1.0, "each as long as those that were done"
    assert f"Halving saved {result.saved} of 8 trainings, about" in result.sentence
    page = sweep_page(result, se.leaderboard(result.folder / "runs"))
    assert "saved by halving" in page
    assert result.hours_saved in page
    assert all(one.id in page for one in result.entries)
    with pytest.raises(TrainingInterrupted):
        run_sweep(plan(taught_folder, tmp_path / "b", top=4, halving=2), HereCrew(stops_after=3))
    again = run_sweep(se.plan_sweep(resume=tmp_path / "b", device="cpu"), HereCrew(), resume=True)
    assert again.to_record()["candidates"] == result.to_record()["candidates"]


@pytest.mark.slow
def test_controls_are_of_the_candidate_after_a_resume_too(taught_folder, tmp_path):
    controls = "format-only,random-sample"
    made = plan(taught_folder, tmp_path / "sweep", top=2, seeds=[0], controls=controls)
    with pytest.raises(TrainingInterrupted):
        run_sweep(made, HereCrew(stops_after=2))
    again = se.plan_sweep(resume=tmp_path / "sweep", device="cpu")
    result = run_sweep(again, HereCrew(), resume=True)
    assert len(result.entries) == 2
    for one in result.entries:
        config = json.loads((result.folder / one.run / "config.json").read_text())
        arms = {arm["name"]: arm["samples"] for arm in config["arms"]}
        assert arms["format-only"] == [one.id]


@pytest.mark.slow
def test_children_train_side_by_side_and_end_with_the_sweep(taught_folder, tmp_path):
    made = plan(taught_folder, tmp_path / "sweep", top=2, seeds=[0])
    result = carry_out(made, LocalCrew(["cpu", "cpu"]))
    assert result.page.read_text().startswith("<!DOCTYPE html>")
    assert [one.state for one in result.entries] == ["validated"] * 2
    assert not list((tmp_path / "sweep").rglob(".piece-*.log"))


@pytest.mark.slow
def test_the_command_killed_in_the_middle_goes_on(taught_folder, tmp_path):
    pool = tmp_path / "pool.jsonl"
    se.save_pool(plan(taught_folder, tmp_path / "unused").candidates, pool)
    bench = tmp_path / "bench.jsonl"
    se.save_pool(plan(taught_folder, tmp_path / "unused").validation.benchmark.items, bench)
    out = tmp_path / "sweep"
    asked = [
        *("sweep", str(pool), "--model", str(taught_folder), "--benchmark", str(bench)),
        *("--recipe", "microcosm", "--device", "cpu", "--steps", "3", "--seeds", "0"),
        *("--readings", "greedy", "--devices", "cpu", "-o", str(out), "--top", "2"),
        *("--set", "max_tokens=16", "--set", "group_size=16", "--set", "micro_batch=16"),
        *("--set", "template=plain", "--set", "save_every=1"),
    ]
    env = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "sample_engineering", *asked], env=env, stderr=subprocess.DEVNULL
    )
    try:
        while process.poll() is None and not (out / "runs").exists():
            time.sleep(0.1)
        assert (out / "runs").exists()
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    words = ["sweep", "--resume", str(out), "--devices", "cpu", "--format", "json"]
    done = subprocess.run(
        [sys.executable, "-m", "sample_engineering", *words],
        env=env, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    record = json.loads(done.stdout)
    assert [one["state"] for one in record["candidates"]] == ["validated"] * 2
    for place in (out / "runs").iterdir():
        steps = [json.loads(line) for line in (place / "metrics.jsonl").read_text().splitlines()]
        assert [one["step"] for one in steps] == [1, 2, 3], "no step is done twice"


@pytest.mark.slow
def test_slurm_scripts_do_the_whole_sweep_under_a_fake_sbatch(taught_folder, tmp_path):
    """An sbatch that runs what it is given at once, one array job after the other."""
    from sample_engineering.sweep.slurm import write_scripts

    template = tmp_path / "job.sh"
    template.write_text("#!/bin/bash\n#SBATCH --gpus=1\nexport OMP_NUM_THREADS=1\n")
    made = plan(taught_folder, tmp_path / "the sweep", top=1, seeds=[0])
    script = write_scripts(made, template, at_once=2)
    tools = tmp_path / "tools"
    tools.mkdir()
    fake = tools / "sbatch"
    fake.write_text(
        "#!/bin/bash\n"
        'echo "$@" >> "$SBATCH_LOG"\n'
        'last="${@: -1}"; array=""\n'
        'for word in "$@"; do case $word in --array=*) array="${word#--array=}";; esac; done\n'
        'if [ -n "$array" ]; then range="${array%%%*}"\n'
        '  for n in $(seq "${range%-*}" "${range#*-}"); do\n'
        '    SLURM_ARRAY_TASK_ID=$n bash "$last" >&2 || exit 1; done\n'
        'else bash "$last" >&2 || exit 1; fi\n'
        "echo '17;cluster'\n"
    )
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    log = tmp_path / "log"
    env = os.environ | {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "SBATCH_LOG": str(log),
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    done = subprocess.run(["bash", str(script)], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    record = json.loads((tmp_path / "the sweep" / "sweep.json").read_text())
    assert [one["state"] for one in record["candidates"]] == ["validated"]
    assert "submitted: the base model (17), 1 training (17)" in done.stdout
    assert (tmp_path / "the sweep" / "leaderboard.html").exists()
    base, array, join = log.read_text().splitlines()
    assert base.endswith("base.sh")
    assert "--array=1-1%2" in array
    assert "--dependency=afterok:17" in array
    assert "--dependency=afterany:17" in join


# What Slurm sets for a task of an array, beside its number (sbatch(1)).
SLURM = {
    "SLURM_JOB_ID": "4712", "SLURM_ARRAY_JOB_ID": "4711", "SLURM_ARRAY_TASK_MIN": "1",
    "SLURM_ARRAY_TASK_MAX": "2", "SLURM_ARRAY_TASK_COUNT": "2", "SLURM_NTASKS": "1",
    "SLURM_NNODES": "1", "SLURM_NODEID": "0", "SLURM_PROCID": "0", "SLURM_LOCALID": "0",
    "SLURM_CPUS_PER_TASK": "1", "SLURM_JOB_NODELIST": "node[01-02]", "SLURM_SUBMIT_DIR": "/",
    "SLURM_GPUS_ON_NODE": "0", "SLURM_RESTART_COUNT": "1",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("SE_SLOW"), reason="seven processes train; SE_SLOW=1")
def test_array_jobs_that_are_killed_and_requeued_do_nothing_twice(taught_folder, tmp_path):
    """The written scripts, by hand in bash: two at a time, one killed, all done once more."""
    from sample_engineering.sweep.slurm import write_scripts

    template = tmp_path / "job.sh"
    template.write_text("#!/bin/bash\n#SBATCH --time=1:00:00\nset -e\nexport OMP_NUM_THREADS=1\n")
    out = tmp_path / "the sweep"
    made = plan(taught_folder, out, top=2, seeds=[0], steps=6)
    scripts = write_scripts(made, template).parent

    def start(script, task=None, **variables):
        number = {} if task is None else {"SLURM_ARRAY_TASK_ID": str(task)}
        env = os.environ | {"PYTHONPATH": str(ROOT)} | SLURM | number | variables
        return subprocess.Popen(
            ["bash", str(scripts / script)],
            env=env, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        )  # fmt: skip

    def done(process, status=0):
        told = process.communicate(timeout=280)[0]
        assert process.returncode == status, told[-2000:]
        return told

    def steps(task):
        metrics = made.run(task - 1) / "metrics.jsonl"
        places = [metrics, *made.run(task - 1).rglob("metrics.jsonl")]
        text = next((place.read_text() for place in places if place.exists()), "")
        return [json.loads(line)["step"] for line in text.splitlines() if line.endswith("}")]

    assert "no evaluation of the base model yet" in done(start("trainings.sh", 1), 1)
    done(start("base.sh"))
    first, second = start("trainings.sh", 1), start("trainings.sh", 2)
    while first.poll() is None and len(steps(1)) < 2:
        time.sleep(0.1)
    assert first.poll() is None, first.stdout.read()
    os.killpg(first.pid, signal.SIGKILL)  # as Slurm does at the end of the time limit
    first.wait()
    done(second)
    done(start("trainings.sh", 1, SLURM_RESTART_COUNT="2"))
    written = {path: path.read_bytes() for path in sorted(out.rglob("metrics.jsonl"))}
    assert steps(1) == steps(2) == [1, 2, 3, 4, 5, 6], "no step is done twice"
    for again in (start("base.sh"), start("trainings.sh", 1), start("trainings.sh", 2)):
        done(again)
    assert {path: path.read_bytes() for path in sorted(out.rglob("metrics.jsonl"))} == written
    assert "must lie in 0..2" in done(start("trainings.sh", 3), 1)
    without = subprocess.run(
        ["bash", str(scripts / "trainings.sh")], capture_output=True, text=True, check=False
    )
    assert without.returncode != 0
    assert "is set by sbatch --array" in without.stderr
    done(start("join.sh"))
    record = json.loads((out / "sweep.json").read_text())
    assert [one["state"] for one in record["candidates"]] == ["validated"] * 2
    assert record["trainings"] == 2


def test_halving_and_slurm_do_not_go_together_nor_a_template_that_is_none(tmp_path):
    from sample_engineering.sweep.slurm import write_scripts

    pool = se.example_pool()
    made = se.plan_sweep(pool, out=tmp_path / "a", halving=2, steps=1)
    with pytest.raises(ConfigError, match="`halving` would be ignored"):
        write_scripts(made, tmp_path / "job.sh")
    made = se.plan_sweep(pool, out=tmp_path / "a", steps=1)
    for text, told in (
        ("hello", "must begin with #!"),
        ("#!/bin/sh\n#SBATCH --array=1-3\n", "sets --array"),
    ):
        (tmp_path / "job.sh").write_text(text)
        with pytest.raises(ConfigError, match=told):
            write_scripts(made, tmp_path / "job.sh")
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"halving": 1}, "give 2 or more"),
        ({"halving": 3, "seeds": [0]}, "would be ignored"),
        ({"halving": 5, "top": 3}, "leaves none"),
        ({"top": 0}, "`top` is 0"),
        ({"retries": -1}, "`retries` is -1"),
        ({"resume": "somewhere", "top": 2}, "`top` would be ignored"),
    ],
)
def test_what_cannot_be_or_would_be_ignored_is_refused(tmp_path, asked, told):
    with pytest.raises(ConfigError, match=told):
        se.plan_sweep(
            None if "resume" in asked else se.example_pool(),
            **{"out": None if "resume" in asked else tmp_path / "sweep", **asked},
        )
    assert not (tmp_path / "sweep").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--task", "1"], "--task"),
        (["--at-once", "2"], "--at-once"),
        (["--gpus", "1"], "--gpus"),
        (["--ray", "local", "--devices", "cpu"], "--devices"),
        (["--slurm", "job.sh", "--devices", "cpu"], "--devices"),
        (["--resume", "nowhere"], "no sweep at nowhere"),
    ],
)
def test_the_command_refuses_in_its_own_words(tmp_path, monkeypatch, words, told):
    monkeypatch.chdir(tmp_path)
    pool = [] if "--resume" in words else [str(ROOT / "examples" / "microcosm_pool.jsonl")]
    result = CliRunner().invoke(app, ["sweep", *pool, *words], env={"COLUMNS": "200"})
    assert result.exit_code != 0
    assert told in (result.stderr or str(result.exception))
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
def test_two_sweeps_do_not_write_into_one_folder(swept, tmp_path):
    result, _, _ = swept
    copy = tmp_path / "sweep"
    shutil.copytree(result.folder, copy)
    (copy / "sweep.json").unlink()
    from sample_engineering.sweep.folder import SweepFolder

    made = se.plan_sweep(resume=copy)
    held = SweepFolder.reopen(made)
    try:
        with pytest.raises(RunError, match="another process writes"):
            SweepFolder.reopen(made)
    finally:
        held.close()
