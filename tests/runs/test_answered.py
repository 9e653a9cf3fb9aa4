"""What a run wrote can be graded again, with the golds of the run."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from sample_engineering import api
from sample_engineering.errors import PoolError, RunError

RUN = Path(__file__).parent / "data" / "format_1"
TABLES = [RUN / "rollouts.parquet", *sorted((RUN / "eval").glob("*.parquet"))]


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_each_table_of_a_run_is_graded_as_the_run_did(path: Path, tmp_path: Path) -> None:
    summary = api.grade_file(path, tmp_path / "out.jsonl")
    then = pd.read_parquet(path)["correct"]
    now = [json.loads(line)["correct"] for line in (tmp_path / "out.jsonl").open()]
    assert now == list(then)
    assert summary.correct == then.sum()


def test_the_options_of_the_items_are_those_of_the_run(tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(RUN, run)
    inputs = json.loads((run / "inputs.json").read_text())
    inputs["items"] = [item | {"kind": "text"} for item in inputs["items"]]
    (run / "inputs.json").write_text(json.dumps(inputs))
    summary = api.grade_file(run / "eval" / "before.parquet")
    assert set(summary.kinds) == {"text"}


def test_a_damaged_run_folder_is_named(tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(RUN, run)
    (run / "inputs.json").write_text('{"items": 3}')
    with pytest.raises(RunError, match=r"inputs\.json"):
        api.grade_file(run / "rollouts.parquet")


def test_a_table_of_rollouts_alone_has_no_golds(tmp_path: Path) -> None:
    shutil.copy(RUN / "rollouts.parquet", tmp_path)
    with pytest.raises(PoolError, match="no column gold"):
        api.grade_file(tmp_path / "rollouts.parquet")
