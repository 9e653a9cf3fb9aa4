"""Every command and function takes places of a store where it takes paths, or says it cannot."""

import inspect
import json
import os
import re
import subprocess
import sys
import time
import typing
import urllib.request
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering import api, storage
from sample_engineering.api import places
from sample_engineering.cli import app
from sample_engineering.errors import ConfigError, MissingExtraError, SampleEngineeringError

_ROOT = Path(__file__).resolve().parents[2]
_RUN = _ROOT / "tests" / "runs" / "data" / "format_1"
# A sentence of the parameter's type that says it takes a path.
_PATHS = re.compile(r"PathLike|Candidates|Histories|Rates")


def functions():
    for name in sorted(api.__all__):
        found = getattr(api, name)
        if inspect.isfunction(found):
            yield name, found


def commands():
    group = typer.main.get_command(app)
    for name, command in group.commands.items():
        yield from getattr(command, "commands", {name: command}).values()


def test_what_each_path_of_the_api_does_with_a_place_is_said():
    asked = [
        (name, parameter.name)
        for name, function in functions()
        for parameter in inspect.signature(function).parameters.values()
        if _PATHS.search(str(parameter.annotation))
    ]
    assert len(asked) > 60
    for name, parameter in asked:
        places.use_of(name, parameter)


# What is written for jobs of other machines, or read by Slurm, lies on a file system.
_ON_DISK = {("sweep", "slurm")}


def test_what_each_path_of_a_command_does_with_a_place_is_said():
    for command in commands():
        hints = typing.get_type_hints(command.callback)
        for name, hint in hints.items():
            if "Path" not in str(hint):
                continue
            if (command.name, name) in _ON_DISK:
                with pytest.raises(LookupError):
                    places.use_of(command.name, name)
            else:
                use = places.use_of(command.name, name)
                assert use is not None, f"{command.name} {name}: records have the type str"


@pytest.fixture
def runs(memory):
    for run in ("x/run", "y/run"):
        for path in _RUN.rglob("*"):
            if path.is_file():
                key = f"/runs/{run}/{path.relative_to(_RUN).as_posix()}"
                memory.pipe_file(key, path.read_bytes())
    memory.pipe_file("/runs/x/run/model/seed-0/model.safetensors", b"weights")
    return "memory://runs"


def se_command(line):
    result = CliRunner().invoke(app, line.split())
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_run_is_reported_compared_and_ranked_where_it_lies(runs, memory):
    result = se_command(f"report {runs}/x/run --quiet")
    assert f"written: {runs}/x/run/report.html" in result.stdout
    assert memory.cat("/runs/x/run/report.html").startswith(b"<!DOCTYPE html>")
    assert memory.cat("/runs/x/run/model/seed-0/model.safetensors") == b"weights"
    se_command(f"compare {runs}/x/run {runs}/y/run --report memory://o/compare.html")
    page = memory.cat("/o/compare.html").decode()
    assert "x/run" in page
    assert "sample-engineering-" not in page
    se_command(f"leaderboard {runs} --out memory://o/board.csv --report memory://o/board.html")
    assert b"sample-engineering-" not in memory.cat("/o/board.html") + memory.cat("/o/board.csv")
    run = se.open_run(f"{runs}/y/run")
    assert run.folder.path.name == "run"


def test_a_run_that_grows_is_seen_to_grow(runs, memory, monkeypatch):
    from sample_engineering.storage import place

    monkeypatch.setattr(place, "_REFRESHED", 0.05)
    with se.view(runs) as viewer:
        assert len(_shown(viewer)) == 2
        for path in _RUN.rglob("*"):
            if path.is_file():
                key = f"/runs/later/{path.relative_to(_RUN).as_posix()}"
                memory.pipe_file(key, path.read_bytes())
        end = time.monotonic() + 30
        while len(_shown(viewer)) < 3 and time.monotonic() < end:
            time.sleep(0.05)
        assert "later" in _shown(viewer)
    folder = storage.local(runs, storage.Use.watch)
    assert not list(folder.rglob("*.safetensors"))  # not needed to look at it


def _shown(viewer):
    with urllib.request.urlopen(f"{viewer.url}") as page:
        return set(re.findall(r"(x/run|y/run|later)\b", page.read().decode()))


POOL = _ROOT / "examples" / "pool.jsonl"
WRITERS = {
    "rank POOL --by skill_salience --out OUT/ranked.jsonl --report OUT/rank.html": 2,
    "synthesize --domains physics -n 2 --out OUT/made.jsonl --rejects OUT/no.jsonl": 2,
    "convert POOL --to trl --out OUT/trl.parquet": 1,
    "audit POOL --out OUT/found.csv": 1,
    "microcosm benchmark --per-domain 1 --out OUT/items.jsonl": 1,
}


@pytest.mark.parametrize("line", WRITERS)
def test_a_place_is_given_the_same_bytes_as_a_folder(line, memory, tmp_path):
    """Neither what is printed nor what is written knows where the copies here lie."""
    memory.pipe_file("/in/pool.jsonl", POOL.read_bytes())
    there = se_command(line.replace("POOL", "memory://in/pool.jsonl").replace("OUT", "memory://o"))
    here = tmp_path / "o"
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "pool.jsonl").write_bytes(POOL.read_bytes())
    local = se_command(line.replace("POOL", f"{folder}/pool.jsonl").replace("OUT", str(here)))
    assert there.exit_code == local.exit_code
    words = [
        " ".join(text.replace(str(tmp_path), "memory:/").split())
        for text in (there.output, local.output)
    ]
    assert "sample-engineering-" not in words[0]
    said = [text.replace(" made the folder memory://o", "").replace(" ", "") for text in words]
    assert said[0] == said[1]
    found = {Path(key).name: memory.cat(key) for key in memory.find("/o")}
    assert len(found) == WRITERS[line]
    for name, content in found.items():
        assert content.replace(b"memory:/", str(tmp_path).encode()) == (here / name).read_bytes()


def test_an_address_in_a_benchmark_and_of_one_sample(memory):
    memory.pipe_file("/in/pool.jsonl", POOL.read_bytes())
    first = se.load_pool(str(POOL))[0]
    plan = se.plan_validation(
        f"memory://in/pool.jsonl#{first.id}",
        benchmark="memory://in/pool.jsonl",
        out="memory://runs/one",
        quick=True,
        steps=1,
    )
    assert plan.sample.problem == first.problem
    assert plan.benchmark.name == "pool"
    assert not memory.find("/runs")


def test_one_call_holds_a_place_and_gives_it_back(memory):
    with storage.session():
        place = storage.local("memory://o/run", storage.Use.write)
        (place / "a").mkdir(parents=True)
        (place / "a" / "b.txt").write_text("b")
        assert memory.find("/o") == ["/o/.run.se-lease"]
    assert memory.find("/o") == ["/o/run/a/b.txt"]
    with storage.session():
        storage.again(place)
        assert "/o/.run.se-lease" in memory.find("/o")
        (place / "a" / "b.txt").unlink()
    assert memory.find("/o") == []


def test_a_session_that_fails_still_sends_what_was_done(memory):
    def fail():
        with storage.session():
            path = storage.local("memory://o/journal.jsonl", storage.Use.write)
            path.write_text("{}\n")
            raise ConfigError("interrupted")

    with pytest.raises(ConfigError, match=r"^interrupted$"):
        fail()
    assert memory.cat("/o/journal.jsonl") == b"{}\n"


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (
            lambda: se.load_pool("gs://b/x.jsonl"),
            MissingExtraError,
            r"gcsfs .* pip install .*\[gs\]",
        ),
        (lambda: se.load_pool("abfs://b/x.jsonl"), MissingExtraError, r"-m pip install adlfs$"),
        (lambda: se.load_pool("nowhere://b/x.jsonl"), SampleEngineeringError, "no store is called"),
        (lambda: se.save_pool([], "memory://"), ConfigError, "empty part"),
        (lambda: se.open_run(Path("s3://b/run")), ConfigError, "give it as text"),
        (lambda: se.save_pool(se.example_pool(), "s3://b"), SampleEngineeringError, "whole bucket"),
        (
            lambda: se.load_pool("hf://datasets/o/n/x.jsonl"),
            SampleEngineeringError,
            "HF_HUB_OFFLINE",
        ),
        (lambda: se_command("sweep --slurm s3://b/head.sh"), ConfigError, "slurm takes no address"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(call, kind, words, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(kind, match=words) as error:
        call()
    assert "\n" not in str(error.value)


def test_processes_of_one_job_do_not_share_a_place(memory, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(SampleEngineeringError, match="cannot be shared by the processes"):
        se.save_pool(se.example_pool()[:1], "memory://o/x.jsonl")


@pytest.mark.slow
@pytest.mark.skipif("not os.environ.get('SE_SLOW')")
def test_a_validation_that_is_killed_goes_on_from_the_store(s3, bucket, tmp_path):
    address = f"s3://{bucket}/runs/a"
    se_line = (
        "from sample_engineering.storage import mirror; mirror.EVERY = 0.3; "
        "from sample_engineering.cli import main; main()"
    )

    def start(*words):
        return subprocess.Popen(
            [sys.executable, "-c", se_line, "validate", *words],
            cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def metrics():
        found = s3.list_objects_v2(Bucket=bucket).get("Contents", ())
        keys = [one["Key"] for one in found if one["Key"].endswith("metrics.jsonl")]
        return [s3.get_object(Bucket=bucket, Key=key)["Body"].read().count(b"\n") for key in keys]

    asked = ("--quick", "--steps", "400", "--per-domain", "2", "--readings", "greedy")
    first = start(*asked, "--out", address)
    while first.poll() is None and max(metrics(), default=0) < 3:
        time.sleep(0.3)
    assert first.poll() is None, first.stderr.read()
    first.kill()
    first.wait()
    second = start("--resume", address)
    while second.poll() is None and max(metrics(), default=0) < 6:
        time.sleep(0.3)
    second.send_signal(2)
    out, err = second.communicate(timeout=120)
    assert second.returncode == 130, err
    assert not [
        one for one in s3.list_objects_v2(Bucket=bucket)["Contents"] if "lease" in one["Key"]
    ]
    config = s3.get_object(Bucket=bucket, Key="runs/a/config.json")["Body"].read()
    assert json.loads(config)["recipe"]["steps"] == 400
    assert os.environ["AWS_SECRET_ACCESS_KEY"] not in out + err + config.decode()
