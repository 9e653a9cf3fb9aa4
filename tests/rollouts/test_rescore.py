"""Stored completions graded anew: flips, golds, files, hostile completions."""

import json
import time

import pytest
from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering.cli import app
from sample_engineering.errors import ConfigError, PoolError
from tests.rollouts.truth import BUILDERS, GOLDS, PROBLEMS, lines, path_of, pool_file, truth

WITH_TEXTS = (
    *("trl_completions", "trl_conversational", "verl_dump", "verl_dapo", "limr_steps"),
    *("openrlhf_samples", "verifiers_results", "nemo_gym", "inspect_logs", "lm_eval_samples"),
    *("grouped_rows", "wandb_rollout_tables"),
)


@pytest.mark.parametrize("shape", WITH_TEXTS)
def test_every_log_with_completions_is_graded_and_read_again(shape, tmp_path):
    told = truth(2)
    pool = pool_file(tmp_path)
    out = tmp_path / "rescored.jsonl"
    done = se.rescore(path_of(shape, told, tmp_path / "log"), out, pool=pool)
    assert done.graded == done.compared == len(list(told.rollouts()))
    assert done.agreement == 1
    again = se.history(out, pool=pool)
    assert dict(again) == {i: tuple(a) for i, a in told.accuracies().items()}


def test_the_logs_own_golds_serve_without_a_pool(tmp_path):
    for shape in ("verl_dump", "openrlhf_samples", "verifiers_results", "inspect_logs"):
        done = se.rescore(path_of(shape, truth(2), tmp_path / shape))
        assert done.agreement == 1, shape
    with pytest.raises(PoolError, match=r"80 without a gold answer.*give the candidates in `pool`"):
        se.rescore(path_of("limr_steps", truth(2), tmp_path / "limr"))
    with pytest.raises(PoolError, match="holds no completions"):
        se.rescore(path_of("long_csv", truth(2), tmp_path / "csv"))


def test_flips_are_listed_with_their_line_and_reason(tmp_path):
    rows = [
        {"id": "a", "step": 1, "gts": "2.50", "output": "\\boxed{2.5}", "score": 0.0},
        {"id": "a", "step": 1, "gts": "2.50", "output": "\\boxed{2.6}", "score": 1.0},
        {"id": "a", "step": 1, "gts": "2.50", "output": "\\boxed{2.5}", "score": 1.0},
    ]
    lines(tmp_path / "log.jsonl", rows)
    done = se.rescore(tmp_path / "log.jsonl", flips=tmp_path / "flips.jsonl")
    assert (done.wrong_to_right, done.right_to_wrong, done.compared) == (1, 1, 3)
    first, second = done.flips
    assert (first.line, first.old, first.correct, first.extracted) == (1, 0.0, True, "2.5")
    assert (second.line, second.correct, second.gold) == (2, False, "2.50")
    assert second.rule
    assert str(second).startswith(f"{tmp_path / 'log.jsonl'}:2: 1 -> wrong (")
    written = [json.loads(line) for line in (tmp_path / "flips.jsonl").read_text().splitlines()]
    assert [flip["line"] for flip in written] == [1, 2]
    assert done.problems["a"].right_before == done.problems["a"].right_after == 2


def test_another_setting_changes_verdicts(tmp_path):
    rows = [
        {"id": "a", "step": 1, "gts": "100.0", "output": "\\boxed{101}", "score": 0},
        {"id": "a", "step": 1, "gts": "100.0", "output": "it is 100.0", "score": 1},
    ]
    lines(tmp_path / "log.jsonl", rows)
    assert se.rescore(tmp_path / "log.jsonl", tolerance=0.02).wrong_to_right == 1
    assert se.rescore(tmp_path / "log.jsonl", form="boxed").right_to_wrong == 1
    with pytest.raises(ConfigError, match="no_form"):
        se.rescore(tmp_path / "log.jsonl", form="no_form")


def test_signs_and_shaped_rewards_compare_as_right_and_wrong(tmp_path):
    rows = [
        {"id": "a", "step": 1, "gts": "7", "output": f"\\boxed{{{x}}}", "score": s}
        for x, s in ((7, 1.0), (8, -1.0), (7, -1.0))
    ]
    lines(tmp_path / "log.jsonl", rows)
    done = se.rescore(tmp_path / "log.jsonl")
    assert (done.right_before, done.right_after, done.wrong_to_right) == (1, 2, 1)


def test_the_pools_gold_counts_and_a_gold_that_cannot_be_read_is_counted(tmp_path):
    pool = pool_file(tmp_path)
    rows = [
        {"prompt": PROBLEMS["p1"], "response": "\\boxed{19}", "reward": 1, "answer": "wrong gold"},
        {"prompt": "Another problem of no pool at all", "response": "3", "reward": 1, "answer": ""},
    ]
    lines(tmp_path / "log.jsonl", rows)
    done = se.rescore(tmp_path / "log.jsonl", tmp_path / "out.jsonl", pool=pool)
    assert (done.graded, done.agreement, done.unreadable_golds) == (1, 1.0, 1)
    new = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["rescored"] for row in new] == [1.0, None]
    assert [row["rescored_extracted"] for row in new] == ["19", None]
    assert new[0]["answer"] == "wrong gold"


def test_hostile_completions_take_bounded_time_and_show_as_text(tmp_path):
    rows = [
        {"id": f"\x1b[2J<b>{k}", "step": 1, "gts": "7", "output": text, "score": 1}
        for k, text in enumerate(
            [
                "\\boxed{" + "9^" * 400 + "9}",
                "\\boxed{" * 20_000,
                "<script>alert(1)</script>\x1b[31m\\boxed{8}",
                "x" * 2_000_000 + "\\boxed{9}",
            ]
        )
    ]
    lines(tmp_path / "log.jsonl", rows)
    started = time.perf_counter()
    done = se.rescore(tmp_path / "log.jsonl")
    assert time.perf_counter() - started < 30
    assert done.right_after == 0
    page = done._repr_html_()
    assert "<script>" not in page
    assert "\x1b" not in page
    shown = CliRunner().invoke(app, ["rescore", str(tmp_path / "log.jsonl")])
    assert shown.exit_code == 0
    assert "\x1b" not in shown.output


def test_a_log_is_never_written_over(tmp_path):
    path = path_of("nemo_gym", truth(2), tmp_path / "log")
    with pytest.raises(ConfigError, match="is one of the logs; choose another for `out`"):
        se.rescore(path, path)
    with pytest.raises(ConfigError, match="is the file of `out`; choose another for `flips`"):
        se.rescore(path, tmp_path / "x.jsonl", flips=tmp_path / "x.jsonl")
    with pytest.raises(ConfigError, match=r"name it \.jsonl"):
        se.rescore(path, tmp_path / "x.parquet")
    assert not (tmp_path / "x.jsonl").exists()


def test_the_command_prints_both_forms(tmp_path):
    path = path_of("verl_dump", truth(2), tmp_path / "log")
    shown = CliRunner().invoke(app, ["rescore", str(path), "--format", "json"])
    assert json.loads(shown.stdout)["agreement"] == 1
    shown = CliRunner().invoke(app, ["rescore", str(path)]).stdout
    assert "agreement 100.00% of 80" in shown
    assert set(WITH_TEXTS) <= set(BUILDERS)
    assert GOLDS
