"""The same command writes the same bytes, however Python hashes its strings."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[1]
_POOL = _ROOT / "examples" / "pool.jsonl"
_OTHERS = _ROOT / "examples" / "demo_pool.jsonl"
_RUN = _ROOT / "tests" / "runs" / "data" / "format_1"
_ROLLOUTS = _ROOT / "tests" / "runs" / "older" / "format_2" / "eval"


def _told(folder, hash_seed, arguments):
    """Run a command in an empty folder; return what it prints and every file it leaves."""
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "sample_engineering", *map(str, arguments)],
        capture_output=True,
        cwd=folder,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(_ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    files = {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    return done.stdout, files


_COMMANDS = {
    "rank": [*("rank", _POOL, "--against", _OTHERS, "-o", "ranked.jsonl", "--report", "page.html")],
    "rank as a table": ["rank", _POOL, "--target", "physics,biology", "-o", "ranked.csv"],
    "rank as JSON": ["rank", _POOL, "--demand", _POOL, "--format", "json", "-o", "ranked.jsonl"],
    "rank all": ["rank", _POOL, "--selectors", "all", "-o", "ranked.parquet"],
    "rank a set": ["rank", _POOL, "--choose", 5, "--per-family", 2, "-o", "set.jsonl"],
    "rank against outcomes": ["rank", _POOL, "--evaluate", f"{_POOL}#pass_rate", "-o", "rows.csv"],
    "blend": ["blend", _POOL, "--form", "choice", "--ratio", "math=2,physics=1", "-o", "b.jsonl"],
    "history": ["history", _ROLLOUTS, "-o", "history.jsonl"],
    "profile": ["profile", _ROLLOUTS, "-o", "profile.jsonl"],
    "rescore": ["rescore", _ROLLOUTS, "-o", "rescored.jsonl", "--flips", "flips.jsonl"],
    "synthesize": [
        *("synthesize", "--domains", "physics,biology", "-n", 4, "-o", "new.jsonl"),
        *("--report", "page.html"),
    ],
    "polymath": ["polymath", "-n", 6, "-o", "run"],
    "report": ["report", _RUN, "--out", "page.html"],
}


@pytest.mark.parametrize("name", _COMMANDS)
def test_two_hash_seeds_write_the_same_bytes(name, tmp_path):
    first = _told(tmp_path / "first", "1", _COMMANDS[name])
    second = _told(tmp_path / "second", "2", _COMMANDS[name])
    assert first[1], "the command writes nothing"
    assert first == second


def test_a_probe_writes_the_same_bytes_under_two_hash_seeds(tmp_path):
    pytest.importorskip("torch")
    pool = tmp_path / "few.jsonl"
    pool.write_text("".join(_POOL.read_text(encoding="utf-8").splitlines(keepends=True)[:6]))
    command = ["probe", pool, "--model", "microcosm", "-n", 4, "-o", "probed.jsonl"]
    first = _told(tmp_path / "first", "1", command)
    assert first[1]
    assert first == _told(tmp_path / "second", "2", command)
