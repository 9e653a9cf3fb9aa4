"""All completions of a run in its page: whose they are, what is left out, and how it is packed."""

import base64
import json
import shutil
import zlib
from dataclasses import replace

import numpy as np
import pytest

from sample_engineering.evaluation import Evaluation
from sample_engineering.evaluation.readings import READINGS
from sample_engineering.report import Run
from sample_engineering.report.completions import BASE, TRAINING, completions
from sample_engineering.report.explorer import Column, Table, explorer
from sample_engineering.report.run import THIS
from tests.report.runs import HOSTILE, write_run


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    path = write_run(tmp_path_factory.mktemp("runs") / "run", readings=READINGS, seeds=(0, 1))
    return Run.open(path, resamples=100)


def unpacked(packed):
    data = json.loads(zlib.decompress(base64.b64decode(packed)))
    columns = {}
    for one in data["columns"]:
        values = one["data"]
        if "values" in one:
            values = [None if at < 0 else one["values"][at] for at in values]
        columns[one["name"]] = values
    return data, columns


def test_every_completion_of_the_folder_is_there(run):
    found = completions(run)
    data, columns = unpacked(found.packed)
    tables = [
        one.table for arms in run.folder.evaluations.values() for e in arms.values() for one in e
    ]
    texts = [text for table in tables for text in table["completion"]]
    texts += list(run.folder.rollouts["completion"])
    assert sorted(columns["completion"]) == sorted(texts)
    assert found.rows == found.total == len(texts) == data["rows"]
    assert found.left_out == ()


def test_a_trained_models_answer_stands_beside_the_base_models(run):
    _, columns = unpacked(completions(run).packed)
    changes = {
        (False, True): "wrong → right", (True, False): "right → wrong",
        (True, True): "right twice", (False, False): "wrong twice",
    }  # fmt: skip
    met = 0
    for row, twin in enumerate(columns["twin"]):
        if twin is None:
            assert columns["arm"][row] == BASE or columns["source"][row] == TRAINING
            assert columns["change"][row] is None
            continue
        met += 1
        assert columns["arm"][twin] == BASE
        for name in ("item", "source"):
            assert columns[name][row] == columns[name][twin]
        right = [columns["grade"][at] == "right" for at in (twin, row)]
        assert columns["change"][row] == changes[tuple(right)]
    answers = sum(
        source != TRAINING and arm != BASE
        for source, arm in zip(columns["source"], columns["arm"], strict=True)
    )
    assert met == answers > 0
    assert THIS in columns["arm"]


def test_beyond_the_budget_whole_items_and_steps_are_left_out_and_it_is_said(run):
    whole = completions(run)
    found = completions(run, most_rows=whole.total // 3)
    _, columns = unpacked(found.packed)
    assert found.rows <= whole.total // 3
    assert f"{found.rows:,} of {whole.total:,} completions are here" in found.left_out[0]
    greedy = [
        (arm, seed, item)
        for arm, seed, item, source in zip(
            *(columns[name] for name in ("arm", "seed", "item", "source")), strict=True
        )
        if source == "greedy"
    ]
    by_arm = {}
    for arm, seed, item in greedy:
        by_arm.setdefault((arm, seed), set()).add(item)
    assert len({frozenset(items) for items in by_arm.values()}) == 1  # the same of every arm
    steps = {
        s
        for s, source in zip(columns["step"], columns["source"], strict=True)
        if source == TRAINING
    }
    assert run.folder.rollouts["step"].max() in steps


def test_beyond_the_bytes_long_texts_lose_their_middle_and_it_is_said(run, tmp_path):
    copy = tmp_path / "run"
    shutil.copytree(run.folder.path, copy)
    rng = np.random.default_rng(0)
    long = Evaluation.load(copy / "eval" / "before.parquet")
    texts = ["".join(rng.choice(list("abcdefghijklmnop"), 5000)) for _ in range(len(long.table))]
    replace(long, table=long.table.assign(completion=texts)).save(copy / "eval" / "before.parquet")
    found = completions(Run.open(copy, resamples=100), most_bytes=200_000)
    _, columns = unpacked(found.packed)
    assert found.rows == completions(run).rows
    assert 150_000 < len(found.packed) <= 200_000
    assert f"{len(texts):,} completions of more than" in found.left_out[0]
    cut = [text for text in columns["completion"] if "left out …]" in text]
    assert len(cut) == len(texts)
    whole = {text[:100] for text in texts}
    assert {text[:100] for text in cut} == whole


@pytest.mark.parametrize("most_bytes", [2000, 5000])
def test_a_page_is_never_larger_than_it_may_be(run, most_bytes):
    found = completions(run, most_bytes=most_bytes)
    data, _ = unpacked(found.packed)
    assert len(found.packed) <= most_bytes
    assert 0 < data["rows"] == found.rows < found.total
    assert "completions are here" in found.left_out[0]


def test_a_text_of_a_stranger_cannot_end_the_data_or_hide_in_it():
    table = Table("t", "rows", [Column("a", "a", "text", [HOSTILE, "</script><!--"])])
    _, block = explorer(table, "data", "nothing")
    inside = block[block.index(">") + 1 : block.rindex("</script>")]
    assert set(inside) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
    _, columns = unpacked(inside)
    assert columns["a"][1] == "</script><!--"
    assert not set(columns["a"][0]) & set("\x00\x1b\u202e\u2066\u2069\ud800")


def test_values_that_json_has_not_are_missing():
    numbers = Column("n", "n", "number", [1, 2.5, np.nan, None, np.inf, np.float64(3)])
    assert numbers.record()["data"] == [1, 2.5, None, None, None, 3]
    choices = Column("c", "c", "choice", ["b", None, "a", float("nan")], choices=("a", "b"))
    assert choices.record()["data"] == [1, -1, 0, -1]
