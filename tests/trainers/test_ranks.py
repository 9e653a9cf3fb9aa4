"""Several processes train as one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation import Evaluation
from sample_engineering.trainers.ranks import Ranks
from sample_engineering.trainers.validation import run_validation
from tests.trainers.plans import plan_for

CHILD = """
import sys
from sample_engineering.trainers.validation import run_validation
from tests.trainers.plans import plan_for
run_validation(plan_for(sys.argv[1], sys.argv[2], steps=2))
"""


def test_one_process_needs_no_launcher():
    ranks = Ranks.of_environment()
    assert (ranks.rank, ranks.world, ranks.first) == (0, 1, True)
    assert ranks.gather("mine") == ["mine"]
    assert ranks.any(True)
    ranks.wait()


def test_a_broken_launcher_is_named(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "two")
    with pytest.raises(ConfigError, match="use accelerate launch"):
        Ranks.of_environment()


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("SE_SLOW"), reason="starts two processes; set SE_SLOW=1")
def test_two_processes_share_the_rollouts_and_the_items(taught_folder, tmp_path):
    script = tmp_path / "child.py"
    script.write_text(CHILD)
    out = tmp_path / "run"
    root = Path(__file__).resolve().parents[2]
    launch = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    done = subprocess.run(
        [*launch, str(script), str(taught_folder), str(out)],
        capture_output=True,
        text=True,
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    assert [(line["step"], line["rollouts"], line["groups"]) for line in lines] == [
        (1, 32, 1),
        (2, 32, 1),
    ]
    record = json.loads((out / "result.json").read_text())
    assert record["trainings"][0]["obstacle"] is None
    alone = run_validation(plan_for(taught_folder, tmp_path / "alone", steps=1))
    together = Evaluation.load(out / "eval" / "before.parquet")
    assert together.table.equals(alone.findings.evaluations["sampled"]["before"][0].table)
    looks = record["trainings"][0]["development"]  # each process asks its share
    assert [(look["step"], look["items"]) for look in looks] == [(1, 12), (2, 12)]
