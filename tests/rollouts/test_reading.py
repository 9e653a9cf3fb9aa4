"""What a reader must not get wrong: columns, scales, ids, texts, steps, files that are no logs."""

import json
import math
import time

import numpy as np
import pytest

from sample_engineering.errors import ConfigError, PoolError
from sample_engineering.pool import read_pool
from sample_engineering.rollouts import read_histories
from sample_engineering.sample import Sample
from tests.rollouts.truth import PROBLEMS, WRAPPERS, lines, pool_file, table, truth


def history(folder, rows, pool=None, **options):
    path = folder / "log.jsonl"
    lines(path, rows)
    return read_histories(path, pool, **options)


def rows(values, **further):
    return [{"id": "a", "step": k, "reward": v, **further} for k, v in enumerate(values)]


@pytest.mark.parametrize(
    ("values", "expected", "words"),
    [
        ([0, 1, 1], [0, 1, 1], "0 wrong, 1 right"),
        ([-1, 1, 1], [0, 1, 1], "-1 wrong, 1 right"),
        ([0.25, 1, 0], [0.25, 1, 0], "shares"),
        ([-0.5, -1.0, 1.0], [0, 0, 1], "right above 0"),
        ([1, "", 0], [1, None, 0], "0 wrong, 1 right"),
        ([1, "NaN", 0], [1, None, 0], "0 wrong, 1 right"),
        (["yes", "no", None], [1, 0, None], "0 wrong, 1 right"),
        (["3/8", "8/8", "0/8"], [0.375, 1, 0], "shares"),
        (["12.5%", "100 %", "0%"], [0.125, 1, 0], "shares"),
    ],
)
def test_what_rewards_mean(tmp_path, values, expected, words):
    found = history(tmp_path, rows(values))
    assert [None if math.isnan(v) else v for v in found["a"]] == expected
    assert words in found.report.meanings["reward"]


@pytest.mark.parametrize(
    ("values", "column", "why"),
    [
        ([0, 1, 2.1], "reward", "runs from 0 to 2.1; give `threshold`"),
        ([0, 30, 60], "accuracy", "may be percent or counts"),
        ([0, 1, 2], "accuracy", "give `threshold`"),
    ],
)
def test_what_could_mean_several_things_is_asked(tmp_path, values, column, why):
    told = [{"id": "a", "step": k, column: v} for k, v in enumerate(values)]
    with pytest.raises(PoolError, match=why):
        history(tmp_path, told)
    assert history(tmp_path, told, scale=(0, max(values)))["a"][-1] == 1
    assert history(tmp_path, told, threshold=values[1])["a"] == (0, 1, 1)


def test_minus_one_of_an_accuracy_is_no_visit_and_of_a_rollout_is_wrong(tmp_path):
    accuracies = [{"id": "a", "step": k, "acc": v} for k, v in enumerate([-1, 0, 1])]
    assert history(tmp_path, accuracies)["a"][1:] == (0, 1)
    rollouts = [{"id": "a", "step": 1, "reward": v, "completion": "x"} for v in (-1, 0, 1, 1)]
    assert history(tmp_path, rollouts)["a"] == (0.5,)


def test_signs_alone_are_verdicts_of_rollouts_and_marks_of_accuracies(tmp_path):
    assert history(tmp_path, rows([-1, 1, 1]))["a"] == (0, 1, 1)
    tracks = [{"id": i, "accuracy": [-1, 1, 1]} for i in "ab"]
    assert str(history(tmp_path, tracks)["a"]) == "(nan, 1.0, 1.0)"


def test_fractions_of_rollouts_are_averaged_and_said_to_be(tmp_path):
    told = [{"id": "a", "step": 1, "reward": r, "completion": "x"} for r in (0.1, 1.0, 0.0, 0.1)]
    found = history(tmp_path, told)
    assert found["a"] == (pytest.approx(0.3),)
    assert "the mean counts" in found.report.meanings["reward"]
    assert history(tmp_path, told, threshold=1)["a"] == (0.25,)


def test_the_column_that_says_right_counts_before_rewards_and_form(tmp_path):
    row = {
        "id": "a",
        "step": 1,
        "format_reward": 1.0,
        "reward": 1.3,
        "score": -1.0,
        "accuracy_reward": 0.0,
        "advantage": 2.0,
        "completion_length": 40,
    }
    found = history(tmp_path, [row, row | {"accuracy_reward": 1.0}])
    assert found["a"] == (0.5,)
    assert set(found.report.others) == {"format_reward", "reward", "score"}
    assert any("not used: score, reward, format_reward" in line for line in found.report.lines())
    assert history(tmp_path, [row], reward="score", scale=(-1, 1))["a"] == (0.0,)


def test_columns_that_could_both_be_the_reward_are_asked_for(tmp_path):
    row = {"id": "a", "step": 1, "judge_one": 1.0, "judge_two": 0.0}
    with pytest.raises(PoolError, match=r"\(judge_one, judge_two\); name one in `reward_column`"):
        history(tmp_path, [row])
    assert history(tmp_path, [row], reward="judge_two")["a"] == (0.0,)
    with pytest.raises(ConfigError, match=r"`reward_column`.*has no column 'judge_too'"):
        history(tmp_path, [row], reward="judge_too")


def test_a_group_size_beside_single_rewards_is_no_count(tmp_path):
    told = [
        {"id": "a", "step": 1, "group_size": 8, "correct": c, "completion": "x"} for c in (1, 0)
    ]
    assert history(tmp_path, told)["a"] == (0.5,)


def test_ids_that_name_rollouts_give_way_to_texts(tmp_path):
    told = [
        {"id": f"r{k}", "prompt": WRAPPERS["qwen"](PROBLEMS[p]), "reward": k % 2, "step": k // 4}
        for k, p in enumerate(["p1", "p1", "p2", "p2"] * 2)
    ]
    found = history(tmp_path, told)
    assert sorted(found.values()) == [(0.5, 0.5), (0.5, 0.5)]
    assert any("the ids name rollouts" in line for line in found.report.lines())


def test_ids_that_are_new_at_each_step_give_way_to_texts(tmp_path):
    told = [
        {"uid": f"{p}@{step}", "input": PROBLEMS[p], "score": 1.0, "step": step}
        for step, batch in enumerate([["p1", "p2", "p3"], ["p4", "p1"]])
        for p in batch
    ]
    found = history(tmp_path, told)
    assert sorted(str(visits) for visits in found.values()) == [
        *["(1.0, 1.0)", "(1.0, nan)", "(1.0, nan)", "(nan, 1.0)"]
    ]
    # Two copies in a pool of twelve are what their ids say.
    texts = [f"Count the {k} birds on the wire." for k in range(11)]
    told = [{"id": str(k), "problem": t, "acc": 0.5} for k, t in enumerate([*texts, texts[0]])]
    assert len(history(tmp_path, told)) == 12


def test_one_id_of_several_problems_gives_way_to_texts(tmp_path):
    told = [
        {"index": k % 2, "prompt": text, "reward": k % 2, "step": 1}
        for k, text in enumerate(PROBLEMS.values())
    ]
    found = history(tmp_path, told)
    assert len(found) == len(PROBLEMS)
    assert any("one id stands for several problems" in line for line in found.report.lines())


def test_where_id_and_text_differ_the_text_counts_and_it_is_said(tmp_path):
    pool = read_pool(pool_file(tmp_path))
    told = [{"id": "p1", "prompt": PROBLEMS["p3"], "reward": 1.0, "step": k} for k in (1, 2)]
    found = history(tmp_path, told, pool)
    assert list(found) == ["p3"]
    assert found.report.matches.conflicts == 1


def test_an_ambiguous_text_and_a_foreign_problem_are_counted_and_named(tmp_path):
    twins = [Sample(i, "What is the number of days in a long week?", "7") for i in ("t1", "t2")]
    pool = [*read_pool(pool_file(tmp_path)), *twins]
    texts = [twins[0].problem, PROBLEMS["p2"], "Something else that nobody asked here."]
    told = [{"prompt": text, "reward": 1, "step": k} for text in texts for k in (1, 2)]
    found = history(tmp_path, told, pool)
    assert list(found) == ["p2"]
    assert list(found.report.matches.ambiguous.values()) == [2]
    assert "Something else that nobody asked here." in next(iter(found.report.matches.unmatched))
    # An id tells the twins apart.
    by_id = [{"id": "t2", "prompt": twins[0].problem, "reward": 1, "step": 1}]
    assert list(history(tmp_path, by_id, pool)) == ["t2"]


def test_a_pool_in_its_own_instruction_finds_bare_and_other_prompts(tmp_path):
    bare = [f"What is the value of {k} plus {k + 3} in the ring?" for k in range(12)]
    ask = " Let's think step by step and output the final answer within \\boxed{}."
    pool = [Sample(str(k), text + ask, "1") for k, text in enumerate(bare)]
    for wrap in (lambda t: t, WRAPPERS["dapo"], WRAPPERS["decoded"]):
        told = [{"prompt": wrap(text), "reward": 1, "step": 1} for text in bare]
        found = history(tmp_path, told, pool)
        assert list(found) == [str(k) for k in range(12)]


def test_a_problem_within_a_longer_one_is_not_that_one(tmp_path):
    pool = [
        Sample("short", "How many ways are there to sit?", "1"),
        Sample("long", "At a table: How many ways are there to sit? Twins sit together.", "2"),
    ]
    told = [{"prompt": f"Solve it.\n{s.problem}\nThink.", "reward": 1, "step": 1} for s in pool]
    assert len(history(tmp_path, told, pool)) == 2


def test_nothing_in_common_is_an_error_with_examples_of_both(tmp_path):
    pool = read_pool(pool_file(tmp_path))
    with pytest.raises(PoolError, match=r"there e.g. zz; in the pool e.g. p1, p2, p3"):
        history(tmp_path, [{"id": "zz", "step": 1, "reward": 1}], pool)


def test_training_on_batches_gives_each_problem_visits_of_its_own(tmp_path):
    told = [
        {"id": f"q{step % 5}", "step": step, "reward": r}
        for step in range(20)
        for r in (0, step > 9)
    ]
    found = history(tmp_path, told)
    assert found["q2"] == (0.0, 0.0, 0.5, 0.5)
    assert found.steps["q2"] == (2, 7, 12, 17)
    assert not found.report.grid


def test_steps_sort_as_numbers_and_labels_keep_their_order(tmp_path):
    told = [{"id": "a", "checkpoint": f"ckpt-{s}", "acc": s / 1000} for s in (900, 1000, 20)]
    found = history(tmp_path, told)
    assert found.steps["a"] == (20, 900, 1000)
    named = [{"id": "a", "checkpoint": s, "acc": a} for s, a in (("base", 0.1), ("after", 0.9))]
    assert history(tmp_path, named).steps["a"] == ("base", "after")


def test_files_sort_by_their_steps_and_shards_are_one_step(tmp_path):
    for step in (2, 10, 1):
        lines(tmp_path / "a" / f"{step}.jsonl", [{"prompt": "p q r", "score": float(step == 10)}])
    found = read_histories(tmp_path / "a")
    assert next(iter(found.values())) == (0, 0, 1)
    for rank in range(3):
        lines(tmp_path / "b" / f"rank_{rank}.jsonl", [{"id": "a", "reward": float(rank > 0)}])
    assert read_histories(tmp_path / "b")["a"] == (pytest.approx(2 / 3),)
    found = read_histories([tmp_path / "a" / "10.jsonl", str(tmp_path / "a" / "[12].jsonl")])
    assert next(iter(found.values())) == (0, 0, 1)


def test_files_without_rewards_are_passed_over_and_named(tmp_path):
    lines(tmp_path / "log" / "rollouts.jsonl", rows([1, 0]))
    lines(tmp_path / "log" / "notes.jsonl", [{"comment": "nothing"}])
    (tmp_path / "log" / "config.json").write_text('{"lr": 1}')
    found = read_histories(tmp_path / "log")
    assert found["a"] == (1, 0)
    assert found.report.passed_over == [str(tmp_path / "log" / "notes.jsonl")]


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("x.jsonl", '{"comment": "no"}\n', r"no column of rewards or accuracies \(the columns are"),
        ("x.jsonl", '{"reward": 1}\n', "no column says which problem a row is of"),
        ("x.jsonl", "not json\n", "x.jsonl: .*; give a log"),
        ("x.json", '{"a": [1, 2', "is not JSON"),
        ("x.txt", "1", "the format is not clear"),
        ("x.npy", "no matrix", "x.npy cannot be read"),
        ("x.parquet", "PAR1 no", "not a readable Parquet file"),
    ],
)
def test_what_is_no_log_is_one_line(tmp_path, name, text, why):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(PoolError, match=why) as refused:
        read_histories(path)
    assert "\n" not in str(refused.value)


def test_a_pickle_is_refused_without_being_run(tmp_path):
    np.save(tmp_path / "x.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(PoolError, match="cannot be read without running code"):
        read_histories(tmp_path / "x.npy")
    np.save(tmp_path / "y.npy", np.zeros((2, 3)))
    (tmp_path / "y.ids.json").write_text('["a", "b", "c", "d"]')
    with pytest.raises(PoolError, match=r"is 2 by 3, but there are 4 ids"):
        read_histories(tmp_path / "y.npy")


def test_a_step_for_whole_histories_would_be_ignored(tmp_path):
    with pytest.raises(ConfigError, match="`step_column` would be ignored"):
        history(tmp_path, [{"id": "a", "step_1": 0, "step_2": 1, "when": 3}], step="when")


def test_a_list_beside_a_named_step_is_of_the_rollouts_there(tmp_path):
    told = [{"id": "a", "accuracy": [0, 1], "when": 3}, {"id": "a", "accuracy": [1, 1], "when": 9}]
    found = history(tmp_path, told, step="when")
    assert found["a"] == (0.5, 1.0)
    assert found.steps["a"] == (3, 9)


def test_bad_rows_are_counted_or_fatal(tmp_path):
    told = [*rows([1, 0]), {"step": 3, "reward": 1}, {"id": "a", "step": 4, "reward": [{}]}]
    found = history(tmp_path, told)
    assert found.report.problems.skipped == 2
    with pytest.raises(PoolError, match=r"log\.jsonl:3: no id"):
        history(tmp_path, told, on_error="fail")


def test_hostile_text_is_text(tmp_path):
    deep = "[" * 100_000 + "]" * 100_000
    told = [
        {"id": "a\x1b[2J", "step": 1, "reward": 1, "prompt": "[{'role': " + "(" * 5000},
        {"id": "b", "step": 1, "reward": "__import__('os')", "prompt": deep[:150_000]},
    ]
    found = history(tmp_path, told)
    assert list(found) == ["a\x1b[2J"]
    assert "<script>" not in found._repr_html_()


def test_hostile_nesting_and_repetition_take_bounded_time(tmp_path):
    started = time.perf_counter()
    deep = "[" * 900 + "]" * 900
    good = '{"id": "a", "step": 1, "reward": 1}'
    path = tmp_path / "log.jsonl"
    path.write_text(f'{good}\n{{"id": "b", "step": 1, "reward": 1, "prompt": {deep}}}\n')
    assert read_histories(path).report.problems.skipped == 1
    (tmp_path / "log.json").write_text(f'[{good}, {{"id": {deep}}}]')
    assert read_histories(tmp_path / "log.json").report.problems.skipped == 1
    pool = [Sample("p", "spam " * 12, "1"), Sample("q", "spam " * 9 + "egg", "1")]
    texts = [
        "User: " + " " * 300_000 + "x",
        "[INST] " + "<<SYS>>" * 50_000,
        "<|user|>" * 50_000,
        "spam " * 30_000,
        "{'role': " * 20_000,
    ]
    history(tmp_path, [{"prompt": t, "step": 1, "reward": 1} for t in texts], pool)
    assert time.perf_counter() - started < 20


def test_a_list_of_records_is_read_as_a_stream(tmp_path):
    path = tmp_path / "step_3.json"
    text = "é漢" * 100_000  # characters that chunks cut in two
    told = [{"id": str(k % 3), "reward": k % 2, "response": text} for k in range(12)]
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    found = read_histories(path)
    assert dict(found) == {"0": (0.5,), "1": (0.5,), "2": (0.5,)}
    path.write_text(json.dumps(told)[:-40])
    assert read_histories(path).report.problems.skipped == 1


def test_its_own_output_is_read_back(tmp_path):
    told = truth(8, holes=True)
    table(
        tmp_path / "log.parquet",
        [
            {"step": s, "prompt": WRAPPERS["llama"](PROBLEMS[i]), "reward": r}
            for s, i, r in told.rollouts()
        ],
    )
    found = read_histories(tmp_path / "log.parquet")
    for name in ("h.jsonl", "h.parquet", "h.csv"):
        found.write(tmp_path / name)
        again = read_histories(tmp_path / name)
        assert {k: str(v) for k, v in again.items()} == {k: str(v) for k, v in found.items()}
        assert again.steps == found.steps
        assert again.counts == found.counts
        by_text = read_histories(tmp_path / name, read_pool(pool_file(tmp_path)))
        assert list(by_text) == list(PROBLEMS)
