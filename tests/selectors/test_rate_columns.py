"""Pass rates in the columns of public data sets, on the scale that the column as a whole says."""

import json

import pytest

from sample_engineering.errors import ConfigError, PoolError
from sample_engineering.pool import read_pool
from sample_engineering.selectors import rank_pool
from sample_engineering.selectors.pass_rates import PassRate, rates_of_pool, read_rates


def pool_of(name, *values, **more):
    return read_pool(
        [
            {"id": str(n), "problem": f"What is {n}?", "answer": "5", name: value, **more}
            for n, value in enumerate(values)
        ]
    )


def rates(pool):
    notes = []
    found = rates_of_pool(pool, notes=notes)
    return [found.get(id_) for id_ in pool.ids], notes


@pytest.mark.parametrize(
    "name",
    [
        *("pass_rate", "solve_rate", "llama8b_solve_rate", "qwen3_30b_pass_rate", "accuracy"),
        *("acc", "avg_reward", "mean_acc", "pass@8", "pass@1", "Pass Rate", "pass_rate_72b_tir"),
        *("success_rate", "correct_ratio", "success"),
    ],
)
def test_shares_under_other_names(name):
    found, notes = rates(pool_of(name, 0.25, 1, 0, None))
    assert found == [PassRate(0.25), PassRate(1.0), PassRate(0.0), None]
    plain = name.lower().replace(" ", "_") in ("pass_rate", "solve_rate", "success_rate")
    assert bool(notes) is not plain
    assert plain or notes[0].startswith(f"pass rates are read from {name!r}")


@pytest.mark.parametrize(
    ("name", "values", "wanted"),
    [
        ("pass_rate", (50, 12.5, 0, 100), (0.5, 0.125, 0.0, 1.0)),
        ("pass_rate", (6.25, 3.125, 0), (0.0625, 0.03125, 0.0)),
        ("solve_rate", ("50%", "0.5%"), (0.5, 0.005)),
        ("pass_rate", ("0.5", "1"), (0.5, 1.0)),
        ("difficulty", ("3/8", "8/8"), (0.375, 1.0)),
        ("pass_rate", ("3 of 8", "0/8"), (0.375, 0.0)),
        ("pass_rate", (0.5, 1.5), (0.5, None)),
        ("avg_reward", (0.5, 40.0, 70.0), (None, None, None)),
        ("accuracy", ([0.1, 0.2], [0.3]), (None, None)),
    ],
)
def test_scales(name, values, wanted):
    found, _ = rates(pool_of(name, *values))
    assert [one and one.rate for one in found] == [
        None if rate is None else pytest.approx(rate) for rate in wanted
    ]


@pytest.mark.parametrize("name", ["correctness_math_verify", "is_correct", "verdicts", "rewards"])
def test_verdicts_of_rollouts(name):
    found, notes = rates(pool_of(name, [True, False, True, True], [0, 1]))
    assert found == [PassRate(0.75, 4), PassRate(0.5, 2)]
    assert "share of the right ones" in notes[0]


def test_failures_by_model():
    info = [{"index": n, "model_difficulty": {"M-1.5B": n, "M-7B": 0}} for n in (16, 4)]
    pool = pool_of("extra_info", *info)
    found, notes = rates(pool)
    assert found == [PassRate(0.0, 16), PassRate(0.75, 16)]
    assert "also there: extra_info.model_difficulty.M-7B" in notes[0]


@pytest.mark.parametrize("name", ["pass_rate", "solve_rate", "llama8b_pass_rate", "pass@1"])
def test_rates_within_objects_and_conversations(name):
    found, notes = rates(pool_of("extra_info", {"k": {name: 0.25}}, {"k": {name: 0.5}}))
    assert found == [PassRate(0.25), PassRate(0.5)]
    assert f"extra_info.k.{name}" in notes[0]
    told = {"ground_truth": {"value": "5", "pass_at_n": 0.75}}
    turns = [{"from": "human", "value": "What?"}, {"from": "assistant", **told}]
    found, notes = rates(read_pool([turns]))
    assert found == [PassRate(0.75)]
    assert "ground_truth.pass_at_n" in notes[0]


@pytest.mark.parametrize(
    "name", ["avg@8", "mean@32", "acc@16", "qwen7b_acc", "reward_mean", "acc_avg", "Pass Rate"]
)
def test_more_names_of_shares(name):
    assert [one.rate for one in rates(pool_of(name, 0.5, 0.25))[0]] == [0.5, 0.25]


@pytest.mark.parametrize(("name", "values"), [("fail_rate", (0.75, 0)), ("Error rate", (75, 0))])
def test_rates_of_failure_are_turned_round(name, values):
    assert [one.rate for one in rates(pool_of(name, *values))[0]] == [0.25, 1]


def test_decimal_commas():
    assert [one.rate for one in rates(pool_of("pass_rate", "0,5", "0,125"))[0]] == [0.5, 0.125]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        *((True, False), (1, 0), (1.0, -1.0), ("correct", "incorrect"), ("Pass", "FAIL")),
        *(({"correct": True}, {"correct": False}), ({"reward": 1.0}, {"reward": 0.0})),
        ({"text": "x", "is_correct": "yes"}, {"text": "y", "is_correct": "no"}),
    ],
)
def test_verdicts_in_any_form(right, wrong):
    lists = [right, wrong], [right, wrong, wrong, wrong]
    wanted = [PassRate(0.5, 2), PassRate(0.25, 4)]
    assert rates(pool_of("verdicts", *lists))[0] == wanted
    assert rates(pool_of("verdicts", *map(json.dumps, lists)))[0] == wanted
    if isinstance(right, dict):
        assert rates(pool_of("generations", *lists))[0] == wanted
    else:
        assert rates(pool_of("tags", *lists))[0] == [None, None]


def test_nested_numbers_sort():
    pool = pool_of("extra_info", *({"difficulty": {"M.7b": n}} for n in (3, 16, 4)))
    ranking = rank_pool(pool, by="extra_info.difficulty.M.7b")
    assert [one.id for one in ranking] == ["1", "2", "0"]
    with pytest.raises(ConfigError, match="no such column"):
        rank_pool(pool, by="extra_info.difficulty.M-1b")


def test_a_column_that_may_be_one_is_hinted_at_and_can_be_named():
    pool = pool_of("difficulty", 0.25, 0.5)
    assert rates(pool) == (
        [None, None],
        ["a column 'difficulty' may be a pass rate: if so, give `mapping` pass_rate=difficulty"],
    )
    rows = [{"id": "a", "problem": "What?", "answer": "5", "x": {"M.7b": 0.25}}]
    named = read_pool(rows, mapping={"pass_rate": "x.M.7b"})
    assert rates(named)[0] == [PassRate(0.25)]


def test_what_cannot_be_is_counted_with_the_first():
    found, notes = read_rates(
        {
            "a": {"pass_rate": 40},
            "b": {"n": 8, "correct": 9},
            "c": {"n": 8, "correct": "3"},
            "d": {"pass_rate": 0.5},
            "e": {"pass_rate": 70},
            "f": {"pass_rate": 0.1},
        }
    )
    assert found == {"c": PassRate(0.375, 8), "d": PassRate(0.5), "f": PassRate(0.1)}
    assert notes == [
        "2 x pass_rate 40 is no share in [0, 1], the first of 'a'",
        "1 x correct 9 of 8 rollouts cannot be, the first of 'b'",
    ]


POOL = [{"id": n, "problem": f"What is {n} + 2?", "answer": "5"} for n in range(3)]


@pytest.mark.parametrize("name", ["id", "index", "idx", "problem_id"])
def test_rates_find_their_candidates(tmp_path, name):
    path = tmp_path / "rates.jsonl"
    path.write_text("".join(json.dumps({name: n, "pass_rate": 0.5}) + "\n" for n in (0, 1.0, 7)))
    ranking = rank_pool(read_pool(POOL), rates=path)
    assert sorted(ranking.columns["pass_rate"], key=str) == [0.5, 0.5, None]
    assert "rates of no candidate: 1 ('7')" in ranking.notes
    assert "candidates without rates: 1 of 3" in ranking.notes


def test_rates_by_numbers():
    by_number = rank_pool(read_pool(POOL), rates={0: {"pass_rate": 0.5}, 2.0: 0.25})
    assert sorted(by_number.columns["pass_rate"], key=str) == [0.25, 0.5, None]


def test_ids_without_a_partner_are_shown():
    with pytest.raises(
        PoolError, match=r"no id of `rates` occurs in the pool: 'x', 'y' there, '0'"
    ):
        rank_pool(read_pool(POOL), rates={"x": 0.5, "y": 0.5})


def test_histories_by_numbers():
    ranking = rank_pool(read_pool(POOL), history={0: [0.0, 1.0], 1.0: [0.5, 0.5]})
    assert sorted(ranking.columns["history_variance"], key=str) == [0.0, 0.25, None]


def test_counts_beside_the_number_of_rollouts_are_no_percentages():
    found, _ = rates(pool_of("pass_rate", 3, 8, 0, n=8))
    assert found == [PassRate(0.375, 8), PassRate(1.0, 8), PassRate(0.0, 8)]
    assert rates(pool_of("num_correct", 3, total_count=8))[0] == [PassRate(0.375, 8)]
    assert rates(pool_of("successes", 3, attempts=8))[0] == [PassRate(0.375, 8)]


def test_rates_by_model():
    found, notes = rates(pool_of("pass_rate", {"M-7B": 0.5, "M-1B": 0.25}, {"M-7B": 1}))
    assert found == [PassRate(0.5), PassRate(1.0)]
    assert "also there: pass_rate.M-1B" in notes[0]
