"""Every command with every kind of bad input: one line that says what to do, and nothing half done.

Inputs and outputs are made here; each command has a line with the marks IN and OUT. What a command
can do with an input it may do: an empty file is no evaluation, but a file with one bad line may be
a pool with one line left out. What it may not is end in an error that nobody foresaw, in several
lines, in a hang, or with something left behind that is not whole.
"""

import os
import resource
import shlex
import signal
import socket
from itertools import pairwise
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sample_engineering.cli import app
from sample_engineering.errors import SampleEngineeringError

ROOT = Path(__file__).resolve().parents[2]
POOL = ROOT / "examples" / "microcosm_pool.jsonl"
SECONDS = 60  # for one command; far more than any takes
# Where a pool, a run, a record or a log is read.
READS = {
    "rank": "rank IN -o OUT.jsonl --report OUT.html",
    "rank rates": f"rank {POOL} --rates IN -o OUT.jsonl",
    "rank history": f"rank {POOL} --history IN -o OUT.jsonl",
    "rank demand": f"rank {POOL} --demand IN -o OUT.jsonl",
    "rank against": f"rank {POOL} --against IN -o OUT.jsonl",
    "audit": "audit IN -o OUT.csv --report OUT.html",
    "blend": "blend IN --n 3 -o OUT.jsonl",
    "convert": "convert IN --to trl -o OUT.jsonl",
    "convert verl": "convert IN --to verl -o OUT.parquet",
    "convert images": f"convert {POOL} --to ours --images IN -o OUT.jsonl",
    "push": "push me/problems IN --license mit --out OUT",
    "push runs": f"push me/problems {POOL} --license mit --runs IN --out OUT",
    "push model": "push me/model --model IN --license mit --out OUT",
    "search": "search IN --budget 60 --steps 1 --dry-run --out OUT",
    "search resume": "search --resume IN",
    "sweep": "sweep IN --top 1 --steps 1 --dry-run --out OUT",
    "sweep resume": "sweep --resume IN",
    "sweep slurm": f"sweep {POOL} --top 1 --steps 1 --seeds 0 --slurm IN --out OUT",
    "validate": "validate IN --dry-run --out OUT",
    "validate recipe": f"validate {POOL} --recipe IN --dry-run --out OUT",
    "validate resume": "validate --resume IN",
    "judge": "judge m@http://127.0.0.1:9/v1 --pool IN --n 1 -o OUT.json",
    "evaluate": "evaluate -b IN --per-domain 1 --rollouts 1 --max-tokens 1 -o OUT.parquet",
    "evaluate before": "evaluate --per-domain 1 --before IN -o OUT.parquet",
    "evaluate contamination": "evaluate --per-domain 1 --contamination IN -o OUT.parquet",
    "contamination": "contamination -b IN --items 1 --max-tokens 1 --shares 0.5 --out OUT.json",
    "contamination run": "contamination --run IN --out OUT.json",
    "polymath natural": "polymath --natural IN -o OUT",
    "polymath resume": "polymath --resume IN",
    "synthesize relations": "synthesize --relations IN -n 1 -o OUT.jsonl",
    "synthesize against": "synthesize --domains physics -n 1 --against IN -o OUT.jsonl",
    "grade": "grade IN --out OUT.jsonl",
    "history": "history IN -o OUT.jsonl",
    "profile": "profile IN -o OUT.jsonl",
    "rescore": "rescore IN -o OUT.jsonl",
    "compare": "compare IN IN --report OUT.html",
    "leaderboard": "leaderboard IN --report OUT.html",
    "report": "report IN",
    "open": "open IN --no-browser",
    "doctor recipe": "doctor --recipe IN",
}


def _written(name, content):
    def make(place):
        path = place / f"in{name}"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


def _folder(place):
    (place / "in").mkdir()
    return place / "in"


def _socket(place):
    path = Path(os.path.relpath(place / "in.jsonl"))
    server = socket.socket(socket.AF_UNIX)
    try:
        server.bind(str(path))
    finally:
        server.close()
    return path


def _link(place):
    (place / "in.jsonl").symlink_to(place / "nowhere.jsonl")
    return place / "in.jsonl"


def _loop(place):
    (place / "in.jsonl").symlink_to(place / "in.jsonl")
    return place / "in.jsonl"


def _files(*names):
    def make(place):
        folder = _folder(place)
        for name in names:
            (folder / name).write_text('{"a": [1, {"b": null}], "format": 1e999, "steps": "x"}')
        return folder

    return make


def _bomb():
    """Nine of nine of nine ... as one entity after the other."""
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    for last, name in pairwise("abcdefghi"):
        lines.append(f"{name}: &{name} [{','.join([f'*{last}'] * 9)}]")
    return "\n".join(lines) + "\n"


_ROW = '{"problem": "What is 1 + 1?", "answer": %s}\n'
INPUTS = {
    "missing": lambda place: place / "in.jsonl",
    "missing yaml": lambda place: place / "in.yaml",
    "a folder": _folder,
    "a folder of wrong files": _files(
        *("config.json", "inputs.json", "plan.json", "result.json", "status.json"),
        *("metrics.jsonl", "model.safetensors", "a.jsonl", "a.toml"),
    ),
    "empty": _written(".jsonl", ""),
    "empty yaml": _written(".yaml", ""),
    "empty parquet": _written(".parquet", ""),
    "empty json": _written(".json", ""),
    "blank lines": _written(".jsonl", "\n \n\n"),
    "binary": _written(".jsonl", bytes(range(256)) * 40),
    "binary parquet": _written(".parquet", b"PAR1" + bytes(range(256)) * 40 + b"PAR1"),
    "binary gzip": _written(".jsonl.gz", b"\x1f\x8b" + bytes(range(256))),
    "binary zip": _written(".zip", b"PK\x03\x04" + bytes(range(256))),
    "no UTF-8": _written(".jsonl", _ROW.encode() % b'"\xff\xfe"'),
    "no UTF-8 yaml": _written(".yaml", b"lr: \xff\xfe\n"),
    "a huge line": _written(".jsonl", _ROW % ('"' + "9" * 3_000_000 + '"')),
    "deep": _written(".jsonl", "[" * 200_000 + "\n"),
    "deep json": _written(".json", '{"a":' * 200_000),
    "deep yaml": _written(".yaml", "[" * 20_000),
    "a bomb of aliases": _written(".yaml", _bomb()),
    "numbers": _written(".jsonl", "1\n2\nNaN\n"),
    "a text": _written(".json", '"hello"'),
    "a list of lists": _written(".json", "[[1], [2]]"),
    "null": _written(".json", "null"),
    "wrong types": _written(".jsonl", '{"problem": 3, "answer": {"a": [null]}, "id": [1]}\n'),
    "not finite": _written(".jsonl", _ROW % "NaN" + _ROW % "1e999" + _ROW % "-Infinity"),
    "a huge number": _written(".jsonl", _ROW % ("1" + "0" * 5000)),
    "keys twice": _written(
        ".jsonl", '{"problem": "a", "problem": 3, "answer": "x", "answer": 1}\n'
    ),
    "lone surrogates": _written(".jsonl", _ROW % '"\\ud800"'),
    "NUL": _written(".jsonl", _ROW % '"a\\u0000b"' + "\0\n"),
    "carriage returns": _written(".jsonl", "\r\r" + _ROW % '"2"' + "\r"),
    "a page": _written(".jsonl", "<!DOCTYPE html><html>not found</html>"),
    "csv": _written(".csv", 'a,b\n"1,2\n3'),
    "a dangling link": _link,
    "a loop of links": _loop,
    "a socket": _socket,
    "a name too long": lambda place: place / ("x" * 300 + ".jsonl"),
    "a name with NUL": lambda place: f"{place}/a\\0b.jsonl",
    "a store that is none": lambda place: "nowhere://bucket/in.jsonl",
}


class _TooLong(Exception):
    pass


def run(words):
    """Run a command in this process; returns its status, and what it said, in lines."""

    def late(*_):
        raise _TooLong(" ".join(map(str, words)))

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        result = CliRunner().invoke(app, [str(word) for word in words])
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    error = result.exception
    if error is None or isinstance(error, SystemExit):
        return result.exit_code, result.output
    assert isinstance(error, SampleEngineeringError), (words, error)
    told = str(error)
    assert "\n" not in told.strip(), told
    assert told.strip(), words
    assert len(told) < 2000, len(told)
    return 1, told


def files(place):
    return {
        path.relative_to(place): path.read_bytes() if path.is_file() else None
        for path in sorted(place.rglob("*"))
        if path.name.partition(".")[0] != "in" or path.is_dir()
    }


def check(command, kind, place):
    make = INPUTS[kind]
    given = make(place)
    before = files(place)
    line = READS[command].replace("IN", shlex.quote(str(given)))
    words = shlex.split(line.replace("OUT", f"{place}/out"))
    try:
        status, told = run(words)
    except (AssertionError, _TooLong) as error:
        raise AssertionError(f"{command}, {kind}: {error!r:.600}") from error
    if status != 0:
        left = {path for path in files(place) if path not in before}
        assert not {one for one in left if one.suffix != ".journal"}, (command, kind, told)


# Each time every command with one kind, and every kind with one command; all of them, which takes
# minutes, with SE_SLOW.
_ALL = [
    (command, kind)
    for number, command in enumerate(READS)
    for place, kind in enumerate(INPUTS)
    if os.environ.get("SE_SLOW") or ((place - number) % len(INPUTS) == 0)
]


@pytest.mark.parametrize(("command", "kind"), _ALL)
def test_bad_input_is_told_in_a_line_and_leaves_nothing_behind(
    command, kind, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    check(command, kind, tmp_path)


def test_every_kind_is_tried():
    assert {kind for _, kind in _ALL} == set(INPUTS)
    assert {command for command, _ in _ALL} == set(READS)


def _commands(group=None, before=()):
    group = typer.main.get_command(app) if group is None else group
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, (*before, name))
        else:
            yield (*before, name), command


def _numbers():
    for words, command in _commands():
        for parameter in command.params:
            kind = parameter.type_descriptor.annotation
            if parameter.param_type_name == "argument":
                continue
            if kind is float:
                yield words, command, parameter, ("nan", "-1e999")
            elif kind is int:
                yield words, command, parameter, ("-1" + "0" * 30,)


@pytest.mark.parametrize(
    ("words", "command", "parameter", "values"),
    _numbers(),
    ids=lambda one: " ".join(one) if isinstance(one, tuple) and one and " " not in one[0] else "",
)
def test_a_number_that_is_none_is_a_usage_error(words, command, parameter, values):
    needed = [
        "x" if one.param_type_name == "argument" else f"{max(one.opts, key=len)}=x"
        for one in command.params
        if one.required and one is not parameter
    ]
    for value in values:
        status, told = run([*words, *needed, f"{max(parameter.opts, key=len)}={value}"])
        assert status == 2, (words, value, told)
        assert max(parameter.opts, key=len) in told


def _below_a_file(place):
    (place / "file").write_text("mine")
    return place / "file" / "out"


def _taken(place):
    for ending in ("", ".jsonl", ".csv", ".html"):
        (place / f"out{ending}").mkdir()
        (place / f"out{ending}" / "mine").write_text("mine")
    return place / "out"


OUTPUTS = {
    "below a file": _below_a_file,
    "a folder": _taken,
    "a name too long": lambda place: place / ("x" * 300),
    "in no folder that can be made": lambda place: "/proc/nowhere/out",
    "a full disk": lambda place: place / "out",
}
WRITES = {
    "rank": f"rank {POOL} -o OUT.jsonl",
    "audit": f"audit {POOL} -o OUT.csv",
    "blend": f"blend {POOL} --n 3 -o OUT.jsonl",
    "convert": f"convert {POOL} --to trl -o OUT.jsonl",
    "push": f"push me/problems {POOL} --license mit --out OUT",
    "microcosm pool": "microcosm pool --per-template 2 -o OUT.jsonl",
    "synthesize": "synthesize --domains physics -n 2 -o OUT.jsonl",
    "report": f"rank {POOL} --report OUT.html",
}


@pytest.mark.parametrize("command", WRITES)
def test_an_output_that_cannot_be_is_told_in_a_line_and_nothing_half_written_is_left(
    command, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    for kind, make in OUTPUTS.items():
        place = tmp_path / kind.replace(" ", "-")
        place.mkdir()
        line = WRITES[command].replace("OUT", shlex.quote(str(make(place))))
        before = files(place)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        try:
            if kind == "a full disk":  # a file may not be longer than this
                resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
            status, told = run(shlex.split(line))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, handler)
        assert status != 0, (command, kind, told)
        assert files(place) == before, (command, kind, told)
