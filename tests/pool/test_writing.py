"""Files that were written train unchanged: lists and structs stay what they are in Parquet."""

import pandas
import pytest

from sample_engineering.pool import read_pool, write_pool, write_records
from sample_engineering.pool.writing import uniform

VERL = [
    {
        "data_source": "own",
        "prompt": [{"role": "user", "content": f"What is {n} + 1?"}],
        "reward_model": {"style": "rule", "ground_truth": str(n + 1)},
        "extra_info": {"index": n, "split": "train"} | ({"answer": "x"} if n else {}),
    }
    for n in range(3)
]


@pytest.mark.parametrize("ending", ["parquet"])
def test_verl_reads_what_was_written(tmp_path, ending):
    path = tmp_path / f"pool.{ending}"
    write_pool(read_pool(VERL), path)
    row = pandas.read_parquet(path).iloc[1]
    assert row["reward_model"]["ground_truth"] == "2"
    assert row["prompt"][0]["content"] == "What is 1 + 1?"
    assert row["extra_info"]["index"] == 1
    assert pandas.read_parquet(path).iloc[0]["extra_info"]["answer"] is None


def test_the_hubs_library_reads_what_was_written(tmp_path):
    datasets = pytest.importorskip("datasets")
    path = tmp_path / "pool.parquet"
    write_pool(read_pool(VERL), path)
    made = datasets.Dataset.from_parquet(str(path), cache_dir=str(tmp_path / "cache"))
    assert made[2]["reward_model"] == {"style": "rule", "ground_truth": "3"}
    assert made[0]["prompt"] == VERL[0]["prompt"]


def test_own_columns_of_trl_stay(tmp_path):
    rows = [{"prompt": "What is 2 + 3?", "ground_truth": "5", "solution": "So $5$."}]
    path = tmp_path / "pool.parquet"
    write_pool(read_pool(rows), path)
    row = pandas.read_parquet(path).iloc[0]
    assert (row["prompt"], row["ground_truth"], row["solution"]) == tuple(rows[0].values())


def test_objects_of_different_fields_stay_exact(tmp_path):
    rows = [{"id": "a", "x": {"p": 1}}, {"id": "b", "x": {"q": [{}]}}, {"id": "c", "x": {}}]
    write_records(rows, tmp_path / "a.parquet")
    assert list(pandas.read_parquet(tmp_path / "a.parquet")["x"]) == [
        *('{"p": 1}', '{"q": [{}]}', "{}")
    ]


def test_uniform():
    assert uniform([{"a": 1}, None, {"a": 2}])
    assert uniform([[{"a": 1}], [], [{"a": 2}, {"a": 3}]])
    assert not uniform([{"a": 1}, {"b": 2}])
    assert not uniform([{"a": {"b": 1}}, {"a": {}}])
    assert not uniform([{"a": 1}, 5])
