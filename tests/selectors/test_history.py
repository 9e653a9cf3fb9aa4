"""History variance and LIM: the published ranks, the published formula, and damaged histories."""

import json
import math

import numpy as np
import pytest

from sample_engineering.errors import PoolError
from sample_engineering.sample import Sample
from sample_engineering.selectors import (
    LIM,
    Evidence,
    History,
    HistoryVariance,
    rank_pool,
    read_history,
)


def pool_of(*ids):
    return [Sample(id_, f"What is {id_}?", "1") for id_ in ids]


def lim_by_hand(histories):
    """The formula of arXiv 2502.11886 in plain loops, on lists cut to the shortest."""
    length = min(len(visits) for visits in histories.values())
    cut = {id_: list(visits[:length]) for id_, visits in histories.items()}
    scores = {}
    means = [sum(v[k] for v in cut.values()) / len(cut) for k in range(length)]
    for id_, visits in cut.items():
        away = whole = 0.0
        for k in range(length):
            away += (visits[k] - means[k]) ** 2
            whole += (1 - means[k]) ** 2
        scores[id_] = 1 - away / whole
    return scores


@pytest.fixture(scope="module")
def published(shared_data):
    lines = (shared_data / "pools" / "dsr_sub_history.jsonl").read_text().splitlines()
    return {record["id"]: record["accuracy"] for record in map(json.loads, lines)}


@pytest.fixture(scope="module")
def ranking(shared_data):
    pools = shared_data / "pools"
    return rank_pool(
        pools / "dsr_sub.jsonl",
        history=pools / "dsr_sub_history.jsonl",
        by="history-variance",
        selectors="history_variance, lim",
    )


def test_the_published_one_shot_examples_have_their_ranks(ranking):
    ids = list(ranking.columns["id"])
    assert [ids[0], ids[1], ids[12], ids[-1]] == ["124", "267", "682", "789"]


def test_ties_are_broken_by_the_history_file_and_reported(ranking, published):
    order = list(published)
    variance = ranking.columns["history_variance"]
    zero = [id_ for id_, v in zip(ranking.columns["id"], variance, strict=True) if v == 0]
    assert len(zero) == 104
    assert zero == sorted(zero, key=order.index)
    assert any(
        note.startswith("ties in history_variance: 381 candidates in 102 groups of equals")
        for note in ranking.notes
    )


def test_variance_is_numpys_over_the_full_list(ranking, published):
    for id_, value in zip(ranking.columns["id"], ranking.columns["history_variance"], strict=True):
        assert value == pytest.approx(np.var(published[id_]), abs=1e-11)


def test_lim_is_the_published_formula_to_1e_9(ranking, published):
    reference = lim_by_hand(published)
    for id_, value in zip(ranking.columns["id"], ranking.columns["lim"], strict=True):
        assert value == pytest.approx(reference[id_], abs=1e-9)


def test_the_candidate_without_an_answer_is_counted_not_lost(ranking):
    assert len(ranking) == 1208
    assert "histories without a candidate in the pool: 1" in ranking.notes


def test_truncation_moves_the_thirteenth(shared_data):
    pools = shared_data / "pools"
    cut = rank_pool(
        pools / "dsr_sub.jsonl",
        history=pools / "dsr_sub_history.jsonl",
        by="history_variance",
        truncate_history=True,
    )
    assert list(cut.columns["id"]).index("682") == 16


def test_equal_histories_tie_in_spite_of_rounding():
    history = History({"a": [0.1, 0.2, 0.3], "b": [0.3, 0.2, 0.1]})
    scores = HistoryVariance().score(Evidence(pool_of("a", "b"), history=history))
    assert scores.values[0] == scores.values[1]


def test_a_missing_first_epoch_takes_the_next():
    given = {"a": [None, 0.5, 0.75], "b": [0.25, 0.25, 0.5]}
    filled = {"a": [0.5, 0.5, 0.75], "b": [0.25, 0.25, 0.5]}
    scores = LIM().score(Evidence(pool_of("a", "b"), history=History(given)))
    assert list(scores.values) == pytest.approx(list(lim_by_hand(filled).values()), abs=1e-12)


def test_a_much_shorter_history_is_left_out_of_lim_instead_of_cutting_all():
    long = {"a": [0.5, 0.5, 0.75], "b": [0.25, 0.25, 0.5]}
    scores = LIM().score(Evidence(pool_of("a", "c"), history=History(long | {"c": [1.0]})))
    assert scores.values[0] == pytest.approx(lim_by_hand(long)["a"], abs=1e-12)
    assert math.isnan(scores.values[1])
    assert any("fewer than 1.5 visits: 1, e.g. c" in note for note in scores.notes)
    cut = Evidence(pool_of("a"), history=History(long | {"c": [1.0]}), truncate_history=True)
    as_published = lim_by_hand({"a": [0.5], "b": [0.25], "c": [1.0]})
    assert LIM().score(cut).values[0] == pytest.approx(as_published["a"], abs=1e-12)


def test_a_visit_missing_later_is_left_out():
    scores = LIM().score(
        Evidence(pool_of("a"), history=History({"a": [0.5, None, 1.0], "b": [0.0, 0.5, 0.5]}))
    )
    means = [0.25, 0.5, 0.75]
    away = (0.5 - means[0]) ** 2 + (1.0 - means[2]) ** 2
    whole = (1 - means[0]) ** 2 + (1 - means[2]) ** 2
    assert scores.values[0] == pytest.approx(1 - away / whole)


def test_a_candidate_always_solved_with_all_others_has_lim_1():
    assert (
        LIM()
        .score(Evidence(pool_of("a"), history=History({"a": [1.0, 1.0], "b": [1.0, 1.0]})))
        .values[0]
        == 1
    )


def test_candidates_without_history_are_unknown_and_come_last():
    ranking = rank_pool(pool_of("x", "a", "b"), history={"a": [0, 1], "b": [0, 0.5]}, by="lim")
    assert ranking.columns["id"][-1] == "x"
    assert ranking.columns["lim"][-1] is None
    assert "candidates without history: 1 of 3" in ranking.notes


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([], "empty list"),
        ("0.5", "not a list"),
        ([0.5, 2], "not in"),
        ([0.5, "x"], "not an accuracy"),
        ([None], "no accuracy at all"),
    ],
)
def test_bad_histories_are_named(tmp_path, values, why):
    with pytest.raises(PoolError, match=why):
        History({"a": values})
    path = tmp_path / "history.jsonl"
    good = {"id": "g", "accuracy": [0.5]}
    path.write_text(json.dumps(good) + "\n" + json.dumps({"id": "a", "accuracy": values}) + "\n")
    history = read_history(path)
    assert list(history) == ["g"]
    assert why in str(history.problems.bad_lines[0])
    with pytest.raises(PoolError, match=why):
        read_history(path, on_error="fail")


def test_truth_values_are_accuracies_in_a_log_and_not_in_a_program(tmp_path):
    with pytest.raises(PoolError, match="True is not an accuracy"):
        History({"a": [True]})
    path = tmp_path / "history.jsonl"
    path.write_text('{"id": "a", "accuracy": [true, false]}\n')
    assert read_history(path)["a"] == (1.0, 0.0)


def test_history_as_a_json_map(tmp_path):
    path = tmp_path / "history.json"
    path.write_text(json.dumps({"7": [0.0, 1.0], "8": [0.5, 0.5]}))
    assert read_history(path)["7"] == (0.0, 1.0)


def test_a_history_of_other_candidates_is_an_error():
    with pytest.raises(PoolError, match="no id of `history` occurs"):
        rank_pool(pool_of("a"), history={"b": [0.5]})


def test_an_unusable_history_file_says_what_it_should_hold(tmp_path):
    path = tmp_path / "history.jsonl"
    path.write_text('{"id": "a"}\n')
    with pytest.raises(PoolError, match="no column of rewards or accuracies"):
        read_history(path)


def test_nan_marks_a_missing_visit():
    scores = HistoryVariance().score(
        Evidence(pool_of("a"), history=History({"a": [0.0, math.nan, 1.0]}))
    )
    assert scores.values[0] == 0.25
