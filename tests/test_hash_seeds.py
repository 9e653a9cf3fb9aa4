"""What is written does not depend on how Python hashes texts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
POOL = EXAMPLES / "pool.jsonl"
MICROCOSM = EXAMPLES / "microcosm_pool.jsonl"
SEEDS = ("1", "2")


def written(folder, arguments, files):
    """Run a command under each hash seed; return what it printed and wrote, file by file."""
    found = []
    for seed in SEEDS:
        here = folder / seed
        here.mkdir()
        run = subprocess.run(
            [sys.executable, "-m", "sample_engineering", *map(str, arguments)],
            capture_output=True,
            cwd=here,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        assert run.returncode == 0, run.stderr.decode()
        found.append([run.stdout, *((here / name).read_bytes() for name in files)])
    return found


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        (["rank", POOL, "-o", "ranked.jsonl"], ["ranked.jsonl"]),
        (["rank", POOL, "-o", "ranked.csv", "--target", "physics,biology"], ["ranked.csv"]),
        (["rank", POOL, "--against", MICROCOSM, "--format", "json", "--top", "63"], []),
        (["rank", POOL, "--demand", POOL, "--format", "json", "--top", "63"], []),
        (["rank", POOL, "--explain", "physics-collision"], []),
        (
            ["probe", MICROCOSM, "--model", "microcosm", "-n", "2", "-o", "probed.jsonl"],
            ["probed.jsonl"],
        ),
        (["rank", MICROCOSM, "--model", "microcosm", "-n", "2", "--format", "json"], []),
    ],
    ids=lambda value: " ".join(Path(str(v)).name for v in value),
)
def test_the_same_bytes_under_two_hash_seeds(tmp_path, arguments, files):
    first, second = written(tmp_path, arguments, files)
    assert first == second
