"""`se synthesize` as a user meets it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering.cli import app
from sample_engineering.errors import PoolError, SampleEngineeringError
from sample_engineering.pool import read_pool
from tests.interrupting import has_worked, started

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments):
    return CliRunner().invoke(app, ["synthesize", *map(str, arguments)])


def test_same_seed_same_bytes(tmp_path):
    for name in ("a.jsonl", "b.jsonl"):
        options = ("--domains", "physics,math", "--n", 5, "--seed", 7)
        assert run(*options, "-o", tmp_path / name).exit_code == 0
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
    records = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert len(records) == 5
    assert all(record["provenance"]["verification"] for record in records)


def test_pools_are_written_in_the_format_of_the_name(tmp_path):
    options = ("--domains", "physics,chemistry", "--n", 5)
    pools = []
    for name in ("a.jsonl", "b.jsonl.gz", "c.parquet", "d.csv"):
        assert run(*options, "-o", tmp_path / name).exit_code == 0
        pools.append(list(read_pool(tmp_path / name)))
    assert len(pools[0]) == 5
    for pool in pools[1:]:
        assert [item.problem for item in pool] == [item.problem for item in pools[0]]
        assert [item.domains for item in pool] == [item.domains for item in pools[0]]


def test_prime_writes_one_sample_with_reasons(tmp_path):
    out = tmp_path / "prime.jsonl"
    options = ("--domains", "physics,math", "--n", 8, "--select", "prime")
    result = run(*options, "--target", "math,physics", "-o", out)
    assert result.exit_code == 0
    assert "prime:" in result.output
    assert len(out.read_text().splitlines()) == 1


def test_list_shows_the_library():
    result = run("--list", "--domains", "physics")
    assert "kinetic-energy" in result.output
    assert "larger-root" not in result.output


@pytest.mark.parametrize("option", ["--out", "--rejects"])
def test_an_unknown_ending_fails_before_the_work(tmp_path, option):
    result = run("--domains", "physics", "--n", 10**6, option, tmp_path / "problems.txt")
    assert isinstance(result.exception, PoolError)
    assert ".jsonl" in str(result.exception)
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    "options",
    [
        ("--domains", "alchemy"),
        (),
        ("--domains", "physics", "--skills", "telepathy"),
        ("--domains", "physics", "--steps", "two"),
        ("--domains", "physics", "--select", "best"),
    ],
)
def test_bad_input_is_one_clear_error_and_writes_nothing(tmp_path, options):
    out = tmp_path / "none.jsonl"
    result = run(*options, "-o", out)
    assert isinstance(result.exception, SampleEngineeringError)
    assert not out.exists()


BOTH = (
    "--domains",
    "--n",
    "--skills",
    "--against",
    "--seed",
    "--out",
    "--model",
    "--format",
    "--report",
)
WAYS_OUT = ("--list", "--gallery", "--check", "--help", "--quiet", "--debug")
SYMBOLIC = {
    "--relations": "relations",
    "--language": "de",
    "--steps": "2",
    "--kinds": "number",
    "--difficulty": "easy",
    "--distractors": "0",
    "--answers": "integer",
    "--target": "math",
    "--select": "prime",
    "--dialect": "english",
    "--rejects": "rejects.jsonl",
}
BY_MODEL = {
    "--server": "http://localhost:1/v1",
    "--engine": "transformers",
    "--engine-option": "dtype=float32",
    "--device": "cpu",
    "--trust-remote-code": None,
    "--concurrency": "2",
    "--prices": "prices.json",
    "--max-cost": "1",
    "--rewrite": None,
    "--originals": "pool.jsonl",
    "--examples": "pool.jsonl",
    "--solver": "other",
    "--solver-server": "http://localhost:1/v1",
    "--attempts": "4",
    "--agreement": "0.5",
    "--tagger": "builtin",
    "--temperature": "1.0",
    "--max-tokens": "900",
    "--max-drafts": "3",
}


def _refused(option, value, *others):
    result = run(*others, option, *([] if value is None else [value]))
    assert isinstance(result.exception, SampleEngineeringError), result.output
    assert str(result.exception).startswith(option), str(result.exception)
    return str(result.exception)


def test_every_option_has_its_place():
    command = typer.main.get_command(app).commands["synthesize"]
    spelled = {max(param.opts, key=len) for param in command.params}
    assert spelled == {*BOTH, *WAYS_OUT, *SYMBOLIC, *BY_MODEL} - {"--help"}


@pytest.mark.parametrize("option", SYMBOLIC)
def test_what_a_model_does_not_know_is_an_error(option):
    told = _refused(option, SYMBOLIC[option], "--domains", "physics", "--model", "m")
    assert "--model" in told


@pytest.mark.parametrize("option", BY_MODEL)
def test_what_only_a_model_knows_is_an_error(option):
    told = _refused(option, BY_MODEL[option], "--domains", "physics")
    assert "needs --model" in told


@pytest.mark.parametrize("option", [*SYMBOLIC, *BY_MODEL])
def test_listing_ignores_nothing(option, tmp_path):
    value = {**SYMBOLIC, **BY_MODEL}[option]
    if option != "--relations":  # of one's own are listed too
        assert "--list" in _refused(option, value, "--list")
    assert "--check" in _refused(option, value, "--check", tmp_path)
    assert "--gallery" in _refused(option, value, "--gallery", tmp_path / "page.md")
    assert not (tmp_path / "page.md").exists()


@pytest.mark.parametrize("option", ["--kinds", "--difficulty", "--distractors"])
def test_what_the_compact_dialect_does_not_know_is_an_error(option):
    value = {"--distractors": "1"}.get(option, SYMBOLIC[option])
    told = _refused(option, value, "--domains", "physics", "--dialect", "compact")
    assert "compact" in told


def test_the_command_and_the_api_do_the_same(tmp_path):
    options = {"n": 6, "seed": 4, "steps": (2, 3), "distractors": 1, "select": "prime"}
    made = se.synthesize(
        "physics,math",
        **options,
        target=["math"],
        out=tmp_path / "api.jsonl",
        rejects=tmp_path / "api-rejects.jsonl",
    )
    assert made.prime.sample is made[0]
    result = run(
        *("--domains", "physics,math", "--n", 6, "--seed", 4, "--steps", "2-3"),
        *("--distractors", 1, "--select", "prime", "--target", "math"),
        *("--out", tmp_path / "se.jsonl", "--rejects", tmp_path / "se-rejects.jsonl"),
    )
    assert result.exit_code == 0, result.exception
    for name in ("", "-rejects"):
        written = (tmp_path / f"api{name}.jsonl").read_bytes()
        assert (tmp_path / f"se{name}.jsonl").read_bytes() == written
    assert made.prime.reasons[0] in result.output


@pytest.mark.parametrize("named", [True, False])
def test_ctrl_c_keeps_what_was_verified(tmp_path, named):
    out = tmp_path / "new" / "folder" / "problems.jsonl"
    command = [sys.executable, "-m", "sample_engineering", "synthesize"]
    options = ["--domains", "physics,chemistry", "--n", "1000000"]
    with started([*command, *options, *(["-o", out] if named else [])]) as process:
        has_worked(process, 5)
        process.send_signal(signal.SIGINT)
        told, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted:" in error
    if named:
        kept = list(read_pool(out))
        assert kept
        assert f"{len(kept):,} samples of 1000000 had been verified" in error
        assert f"made the folder {out.parent}" in told
        assert all(sample.provenance["verification"]["checks"] for sample in kept)
    else:
        assert "nothing is kept without -o" in error
        assert not out.parent.exists()


def test_a_new_folder_is_told(tmp_path):
    options = ("--domains", "physics", "--n", 2)
    assert "made the folder" in run(*options, "-o", tmp_path / "new" / "a.jsonl").output
    assert "made the folder" not in run(*options, "-o", tmp_path / "new" / "b.jsonl").output


PROGRAM = """
import sys
from pathlib import Path
import sample_engineering as se
from sample_engineering.synthesis.gallery import write_gallery

folder = Path(sys.argv[1])
english = {"n": 12, "kinds": "number,quantity,choice,expression", "distractors": 2, "steps": (2, 4)}
for name, options in {
    "english": english | {"target": "physics,biology"},
    "compact": {"n": 12, "dialect": "compact", "target": "physics", "skills": "squaring"},
    "prime": {"n": 12, "select": "prime"},
}.items():
    files = {"rejects": folder / f"{name}.rejects.jsonl", "out": folder / f"{name}.jsonl"}
    found = se.synthesize("math,physics", seed=3, **options, **files)
    (folder / f"{name}.txt").write_text(f"{found.funnel} {found.prime and found.prime.reasons}")
write_gallery(folder / "gallery.md")
"""


def test_the_seed_of_hashes_changes_no_byte(tmp_path):
    written = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        subprocess.run(
            [sys.executable, "-c", PROGRAM, folder],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
        )
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert len(written[0]) >= 8
    assert written[0] == written[1]


def test_the_gallery_of_the_docs_is_up_to_date(tmp_path):
    assert run("--gallery", tmp_path / "gallery.md").exit_code == 0
    assert (tmp_path / "gallery.md").read_text() == (ROOT / "docs/gallery.md").read_text()


def test_the_solved_forms_are_up_to_date():
    script = ROOT / "scripts" / "solve_relations.py"
    done = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, cwd=ROOT
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
