"""One truth, written in every shape, is read back to the same histories."""

import math

import numpy as np
import pandas
import pytest

import sample_engineering as se
from sample_engineering.pool import read_pool
from sample_engineering.rollouts import read_histories
from tests.rollouts.truth import (
    BUILDERS,
    PROBLEMS,
    SPELLINGS,
    STEPS,
    WRAPPERS,
    path_of,
    pool_file,
    truth,
)


def same(found, expected):
    assert list(found) == list(expected)
    for id_, values in expected.items():
        got = [None if math.isnan(v) else pytest.approx(v, abs=1e-6) for v in found[id_]]
        assert got == values, id_


@pytest.mark.parametrize("holes", [False, True], ids=["all visited", "holes"])
@pytest.mark.parametrize("shape", BUILDERS)
def test_a_shape_is_read_back(shape, holes, tmp_path):
    can = BUILDERS[shape][1]
    if holes and not can["holes"]:
        pytest.skip("this shape has no holes")
    told = truth(3, holes=holes)
    pool = read_pool(pool_file(tmp_path))
    found = read_histories(path_of(shape, told, tmp_path / "log"), pool)
    same(found, told.accuracies())
    assert not found.report.matches.unmatched
    assert not found.report.problems.skipped
    if can["steps"]:
        assert all(found.steps[id_] == STEPS for id_ in found)


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("shape", [name for name, (_, can) in BUILDERS.items() if can["spelled"]])
def test_rewards_are_read_in_every_spelling(shape, spelling, tmp_path):
    told = truth(4)
    pool = read_pool(pool_file(tmp_path))
    same(read_histories(path_of(shape, told, tmp_path / "log", spelling), pool), told.accuracies())


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize("shape", ["verl_dump", "limr_steps", "records_by_text"])
def test_a_problem_is_found_in_every_prompt(shape, wrapper, tmp_path):
    told = truth(5, holes=True)
    pool = read_pool(pool_file(tmp_path))
    path = path_of(shape, told, tmp_path / "log", wrapper=wrapper)
    same(read_histories(path, pool), told.accuracies())


@pytest.mark.parametrize("shape", BUILDERS)
def test_without_a_pool_the_values_are_the_same(shape, tmp_path):
    told = truth(6)
    found = read_histories(path_of(shape, told, tmp_path / "log"))
    expected = sorted(told.accuracies().values())
    got = sorted([round(v, 6) for v in values] for values in found.values())
    assert got == expected
    if not set(found) & set(PROBLEMS):  # by text, or by a number of the row
        assert len(found) == len(PROBLEMS)


@pytest.mark.parametrize("seed", range(40))
def test_shapes_spellings_prompts_and_holes_go_together(seed, tmp_path):
    rng = np.random.default_rng(seed)
    shape = rng.choice(list(BUILDERS))
    can = BUILDERS[shape][1]
    told = truth(seed, holes=can["holes"] and seed % 2 == 0)
    spelling = rng.choice(list(SPELLINGS)) if can["spelled"] else "numbers"
    path = path_of(shape, told, tmp_path / "log", spelling, rng.choice(list(WRAPPERS)))
    same(read_histories(path, read_pool(pool_file(tmp_path))), told.accuracies())


def test_fractions_of_an_epoch_are_steps(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text("id,epoch_0.5,epoch_1.0,epoch_10\na,0.1,0.2,0.3\n")
    assert read_histories(path).steps["a"] == (0.5, 1, 10)


@pytest.mark.parametrize("shape", BUILDERS)
def test_a_ranking_reads_every_shape_directly(shape, tmp_path):
    told = truth(9)
    pool = pool_file(tmp_path)
    path = path_of(shape, told, tmp_path / "log")
    ranking = se.rank(pool, history=path, selectors="history_variance,lim", by="history-variance")
    variance = dict(zip(ranking.columns["id"], ranking.columns["history_variance"], strict=True))
    for id_, values in told.accuracies().items():
        assert variance[id_] == pytest.approx(np.var(values))
    found = se.history(path, tmp_path / "h.jsonl", pool=pool)
    again = se.rank(pool, history=tmp_path / "h.jsonl", by="history-variance")
    assert list(again.columns["id"]) == list(ranking.columns["id"])
    assert list(se.rank(pool, history=found, by="lim").columns["lim"]) == sorted(
        ranking.columns["lim"], reverse=True
    )


def test_a_table_turned_by_pandas_is_told_by_the_pool(tmp_path):
    told = truth(3)
    path = tmp_path / "turned.csv"
    pandas.DataFrame(told.accuracies(), index=STEPS).to_csv(path)
    found = read_histories(path, read_pool(pool_file(tmp_path)))
    same(found, told.accuracies())
    assert found.steps["p1"] == STEPS
