"""The same findings, byte for byte, whatever the seed of Python's hashes."""

import os
import subprocess
import sys

import sample_engineering as se
from sample_engineering.sample import Sample
from sample_engineering.synthesis import compose


def test_two_hash_seeds_write_the_same_bytes(tmp_path):
    words = "A train covers 90 km in 40 minutes without a stop. {} the distance for 2 hours."
    pool = [
        *compose("physics,math", n=12, seed=2, kinds=["number", "choice", "expression"]),
        Sample("1", words.format("Find"), "270"),
        Sample("2", words.format("Compute"), "280"),
        Sample("3", "How many students are there? It is 7.", "3.5", solution="$2 + 2 = 5$"),
        Sample("4", "What? (A) $1$ (B) $2$ (C) $3$", "4"),
    ]
    path = tmp_path / "pool.jsonl"
    se.save_pool(pool, path)
    written = []
    for seed in ("1", "2"):
        out = tmp_path / f"found{seed}.jsonl"
        done = subprocess.run(
            [
                *(
                    sys.executable,
                    "-m",
                    "sample_engineering",
                    "audit",
                    str(tmp_path / "pool.jsonl"),
                ),
                *("-o", str(out), "--format", "json"),
            ],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 1, done.stderr
        written.append((out.read_bytes(), done.stdout))
    assert written[0] == written[1]
    assert b'"conflict"' in written[0][0]
