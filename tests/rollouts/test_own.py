"""What this package writes itself: run folders of every format, evaluations, probes."""

import json
from pathlib import Path

import pandas
import pytest

import sample_engineering as se
from sample_engineering.errors import PoolError

_RUNS = Path(__file__).resolve().parents[1] / "runs"
FOLDERS = [_RUNS / "data" / "format_1", _RUNS / "older" / "format_2"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_run_folder_is_the_history_of_its_sample(folder):
    table = pandas.read_parquet(folder / "rollouts.parquet")
    mine = table[table.arm == "sample"]
    sample = json.loads((folder / "config.json").read_text())["sample"]
    found = se.history(folder)
    assert list(found) == [sample["id"]]
    by_hand = mine.groupby("step").correct.mean()
    assert found[sample["id"]] == tuple(by_hand)
    assert found.steps[sample["id"]] == tuple(by_hand.index)
    assert found.report.problems.notes["rows of control arms"] == len(table) - len(mine)
    (profile,) = se.profile(folder)
    assert (profile.n, profile.correct) == (len(mine), mine.correct.sum())
    assert profile.length_median == mine.tokens.median()
    assert se.rescore(folder).agreement == 1


def test_evaluations_before_and_after_are_histories_of_the_items():
    folder = _RUNS / "older" / "format_2" / "eval"
    found = se.history(folder)
    before = pandas.read_parquet(folder / "before.parquet").groupby("item").correct.mean()
    after = pandas.concat(
        pandas.read_parquet(folder / f"after-seed-{seed}.parquet") for seed in (0, 1)
    )
    for item, value in after.groupby("item").correct.mean().items():
        assert found[item] == (before[item], pytest.approx(value))
        assert found.steps[item] == ("before", "after")
    assert se.rescore(folder).agreement == 1  # in the form of the run


def test_a_damaged_run_folder_is_one_line(tmp_path):
    for name in ("config.json", "inputs.json"):
        (tmp_path / name).write_text("{")
    pandas.DataFrame({"arm": ["sample"], "sample_index": [0], "correct": [True]}).to_parquet(
        tmp_path / "rollouts.parquet"
    )
    with pytest.raises(PoolError, match="the run folder is damaged"):
        se.history(tmp_path)
    (tmp_path / "rollouts.parquet").unlink()
    with pytest.raises(PoolError, match="the folder of a run without rollouts"):
        se.history(tmp_path)
