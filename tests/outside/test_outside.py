"""Nothing leaves this machine unless it is told to, and no key is in anything that is left behind.

All lines run in one process that forks, so that this costs seconds; the guard is in each process
that they start.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import typer

pytest.importorskip("trl")

from sample_engineering.cli import app
from sample_engineering.outside import REACHES, TELEMETRY, telemetry_on
from tests.outside.lines import (
    CANARY,
    FAILS,
    MAY_SAY_NO,
    ROOT,
    SERVER,
    UNTIL,
    VARIABLES,
    WORKS,
    canary,
)
from tests.report.runs import write_run

HERE = Path(__file__).parent
# Programs of this machine that tell what it is.
_PROGRAMS = {
    "git",
    "nvidia-smi",
    "uname",
    "ldconfig",
    "fc-list",
    "sh",
    Path(sys.executable).name,
    "python",
}


class _Echo(BaseHTTPRequestHandler):
    """A server that says the key of each request back."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        key = self.headers.get("authorization", "")
        if self.path.startswith("/html"):
            self._answer(500, f"<html>{key}</html>")
        elif self.path.startswith("/bad"):
            error = {"message": f"Incorrect API key provided: {key}", "type": "auth"}
            self._answer(401, json.dumps({"error": error}))
        else:
            message = {"role": "assistant", "content": f"your key is {key}, \\boxed{{1}}"}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            usage = {"prompt_tokens": 3, "completion_tokens": 3}
            self._answer(200, json.dumps({"choices": [choice], "usage": usage}))

    def do_GET(self):
        self._answer(404, self.headers.get("authorization", ""))

    def _answer(self, status, text):
        self.send_response(status)
        self.send_header("content-length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def echo():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def _prepare(folder):
    for name in ("pool.jsonl", "microcosm_pool.jsonl"):
        shutil.copy(ROOT / "examples" / name, folder)
    few = (folder / "microcosm_pool.jsonl").read_text().splitlines()[:2]
    (folder / "few.jsonl").write_text("\n".join(few) + "\n")
    shutil.copytree(ROOT / "tests" / "runs" / "older" / "format_2" / "eval", folder / "rollouts")
    write_run(folder / "run")
    write_run(folder / "other", after=(0.3, 0.3, 0.3, 0.3))
    (folder / "job.sh").write_text("#!/bin/bash\n#SBATCH --gpus=1\n")


def _environment(home, **more):
    plain = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "LANG", "LD_LIBRARY_PATH", "OMP_NUM_THREADS")
    }
    (home / "tmp").mkdir()
    return plain | {
        "HOME": str(home),
        "SE_GUARD_LOG": str(home / "start.jsonl"),  # the guard is in from the first line on
        "TMPDIR": str(home / "tmp"),
        "PYTHONPATH": f"{HERE / 'guard'}{os.pathsep}{ROOT}",
        "COLUMNS": "200",
        "TOKENIZERS_PARALLELISM": "false",
        **more,
    }  # fmt: skip


def _run(folder, cases, environment):
    """Run the cases; return of each its status, its output, and what the guard noted."""
    work, told = folder / "work", folder / "told"
    for place in (work, told):
        place.mkdir()
    _prepare(work)
    (folder / "cases.json").write_text(json.dumps(cases))
    done = subprocess.run(
        [sys.executable, HERE / "driver.py", folder / "cases.json", told],
        cwd=work, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    print(done.stdout)
    return {place.name: _told(place) for place in told.iterdir()}


def _told(place):
    noted = place / "noted.jsonl"
    texts = [
        path.read_text(errors="replace") if path.exists() else ""
        for path in (place / "status", place / "stdout", place / "stderr")
    ]
    lines = noted.read_text().splitlines() if noted.exists() else []
    return (*texts, [tuple(json.loads(line)) for line in lines])


def _cases(lines, server):
    return [
        {
            "name": name,
            "arguments": [word.replace(SERVER, server) for word in words],
            "until": UNTIL.get(name),
        }
        for name, words in lines.items()
    ]


@pytest.fixture(scope="module")
def ran(tmp_path_factory, echo):
    """All lines, with a key in every variable; what each did, and the folder of it all."""
    folder = tmp_path_factory.mktemp("outside")
    keys = {name: canary(number) for number, name in enumerate(VARIABLES)}
    keys["DATABASE_URL"] = f"postgres://me:{canary(40)}@db.example/x"
    lines = WORKS | FAILS
    (folder / "home").mkdir()
    found = _run(folder, _cases(lines, echo), _environment(folder / "home", **keys))
    assert set(found) == {*lines, "imports"}
    return found, folder


def _every_command():
    def names(command, before):
        if not hasattr(command, "commands"):
            yield " ".join(before)
            return
        for name, one in command.commands.items():
            yield from names(one, [*before, name])

    return set(names(typer.main.get_command(app), []))


def test_every_command_has_a_line():
    run = {" ".join(words[:2]) if words[0] == "microcosm" else words[0] for words in WORKS.values()}
    assert run == _every_command()


@pytest.mark.parametrize("name", WORKS)
def test_no_command_leaves_this_machine(ran, name):
    status, _, stderr, noted = ran[0][name]
    assert status in ("0", "1" if name in MAY_SAY_NO else "0"), stderr
    assert [one for one in noted if one[0] != "runs"] == []
    ran_too = {program for kind, program in noted if kind == "runs"}
    assert ran_too <= _PROGRAMS | {Path(sys.executable).name}


def test_no_import_does(ran):
    assert ran[0]["imports"][3] == []


@pytest.mark.parametrize("name", FAILS)
def test_a_key_on_the_command_line_is_refused_or_kept_quiet(ran, name):
    status, _, stderr, _ = ran[0][name]
    assert status == "1"
    assert "error: " in stderr or "Error: " in stderr


def test_no_key_is_in_anything_that_is_printed_or_written(ran):
    folder = ran[1]
    asked = json.loads((folder / "cases.json").read_text())
    assert CANARY in str(asked), "nothing would be found"
    (folder / "cases.json").unlink()
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 150
    found = [
        str(path.relative_to(folder)) for path in files if CANARY.encode() in path.read_bytes()
    ]
    assert not found
    packed = [path for path in files if path.suffix == ".parquet"]
    assert packed
    import pandas as pd

    assert not [path for path in packed if CANARY in pd.read_parquet(path).to_json()]
    met = [path for path in files if b"your key is" in path.read_bytes()]
    assert met, "no answer held a key"


@pytest.mark.parametrize(
    "offline",
    [
        pytest.param(
            False,
            marks=pytest.mark.skipif(
                not os.environ.get("SE_SLOW"), reason="waits for answers; set SE_SLOW=1"
            ),
        ),
        True,
    ],
)
def test_what_is_told_to_reach_out_reaches_what_the_list_says(tmp_path, offline):
    listed = [one for one in REACHES if one.examples and (not offline or "HF_HUB" in one.off)]
    lines = {
        f"{number} {place}": tuple(shlex.split(line))
        for number, one in enumerate(listed)
        for place, line in enumerate(one.examples)
    }
    (tmp_path / "home").mkdir()
    more = {"HF_HUB_OFFLINE": "1"} if offline else {}
    more["HF_TOKEN"] = canary(60)  # the hub is asked who that is before it is sent anything
    found = _run(tmp_path, _cases(lines, ""), _environment(tmp_path / "home", **more))
    for number, one in enumerate(listed):
        for place, line in enumerate(one.examples):
            status, _, stderr, noted = found[f"{number} {place}"]
            hosts = {what for kind, what in noted if kind != "runs"}
            if offline:
                assert hosts == set(), line
            else:
                assert hosts, f"{line}: {stderr}"
                assert hosts <= set(one.hosts), line
            assert status == "1", line
            assert stderr.count("error: ") == 1 or line.startswith("doctor"), stderr


def test_telemetry_is_off_unless_asked_for(monkeypatch):
    assert telemetry_on(TELEMETRY) == []
    assert telemetry_on({}) == []
    assert telemetry_on({"HF_HUB_DISABLE_TELEMETRY": "0"}) == ["HF_HUB_DISABLE_TELEMETRY=0"]
    program = (
        "from sample_engineering.extras import require\n"
        "constants = require('huggingface_hub.constants', 'train')\n"
        "print(constants.HF_HUB_DISABLE_TELEMETRY)\n"
    )
    for given, expected in (
        ({}, "True"),
        ({"HF_HUB_DISABLE_TELEMETRY": "0", "DO_NOT_TRACK": "0"}, "False"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONPATH": str(ROOT)} | given,
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.strip() == expected
