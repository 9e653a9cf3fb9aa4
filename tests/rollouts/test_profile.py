"""What stored rollouts say of each problem, by hand and through the ranking."""

import json
import math

import pytest
from scipy.stats import beta
from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering.cli import app
from sample_engineering.errors import ConfigError
from tests.rollouts.truth import BUILDERS, STEPS, lines, path_of, pool_file, truth


@pytest.mark.parametrize("shape", BUILDERS)
def test_every_shape_profiles_and_ranks(shape, tmp_path):
    told = truth(1)
    pool = pool_file(tmp_path)
    found = se.profile(path_of(shape, told, tmp_path / "log"), tmp_path / "p.jsonl", pool=pool)
    for one in found:
        values = told.accuracies()[one.id]
        assert one.pass_rate == pytest.approx(sum(values) / len(values))
        assert one.accuracy == tuple(pytest.approx(v) for v in values)
    if BUILDERS[shape][1]["steps"]:
        assert [step.step for step in found.steps] == list(STEPS)
    ranking = se.rank(pool, rates=tmp_path / "p.jsonl", by="learnability")
    best = max(found, key=lambda one: one.learnability)
    assert ranking.columns["learnability"][0] == pytest.approx(best.learnability)
    assert len(se.rank(pool, history=tmp_path / "p.jsonl", by="history-variance")) == len(found)


def rollouts(tmp_path):
    said = [
        "\\boxed{1/2}",
        "\\boxed{0.5}",
        "\\boxed{3}",
        "\\boxed{3.0}",
        "\\boxed{4}",
        "none at all",
    ]
    rewards = [1, 1, 0, 0, 0, 0]
    rows = [
        {
            "id": "a",
            "step": k // 3,
            "completion": text,
            "reward": r,
            "completion_tokens": 10 * (k + 1),
            "finish_reason": "length" if k == 5 else "stop",
        }
        for k, (text, r) in enumerate(zip(said, rewards, strict=True))
    ]
    lines(tmp_path / "log.jsonl", rows)
    return tmp_path / "log.jsonl"


def test_the_figures_are_those_by_hand(tmp_path):
    (one,) = se.profile(rollouts(tmp_path), group_size=4, form="boxed")
    assert (one.n, one.correct, one.pass_rate) == (6, 2, 1 / 3)
    assert one.pass_rate_low == pytest.approx(beta(2.5, 4.5).ppf(0.05))
    assert one.pass_rate_high == pytest.approx(beta(2.5, 4.5).ppf(0.95))
    assert one.wrong_answers == (2, 1)
    assert one.unique_wrong == 2
    assert one.unreadable == pytest.approx(1 / 6)
    shares = [2 / 6, 2 / 6, 1 / 6, 1 / 6]
    by_hand = -sum(q * math.log2(q) for q in shares) / math.log2(6)
    assert one.answer_entropy == pytest.approx(by_hand)
    assert (one.length_median, one.length_max, one.length_unit) == (35, 60, "tokens")
    assert one.truncated == pytest.approx(1 / 6)
    assert one.live_group_rate == pytest.approx(1 - one.dead_group_chance)
    moments = [beta(2.5, 4.5).moment(4), beta(4.5, 2.5).moment(4)]
    assert one.dead_group_chance == pytest.approx(sum(moments))


def test_steps_have_their_own_figures(tmp_path):
    found = se.profile(rollouts(tmp_path))
    first, second = found.steps
    assert (first.step, first.rollouts, first.live_groups) == (0, 3, 1.0)
    assert (second.pass_rate, second.live_groups, second.length_median) == (0, 0, 50)
    assert second.truncated == pytest.approx(1 / 3)


def test_a_length_cap_says_what_was_cut_where_the_log_does_not(tmp_path):
    rows = [{"id": "a", "completion": "x", "tokens": t, "reward": 1} for t in (5, 9, 9, 2)]
    lines(tmp_path / "log.jsonl", rows)
    assert se.profile(tmp_path / "log.jsonl", max_tokens=9)[0].truncated == 0.5
    assert se.profile(tmp_path / "log.jsonl")[0].truncated is None
    rows = [{"id": "a", "completion": "x", "reward": 1}]
    lines(tmp_path / "log.jsonl", rows)
    with pytest.raises(ConfigError, match="`max_tokens` would be ignored"):
        se.profile(tmp_path / "log.jsonl", max_tokens=9)


def test_a_pool_with_pass_rates_profiles_too(tmp_path):
    lines(
        tmp_path / "pool.jsonl",
        [
            {"id": "a", "problem": "p", "answer": "1", "pass_rate": 0.25, "n": 8},
            {"id": "b", "problem": "q", "answer": "2", "pass_rate": 0.5},
        ],
    )
    first, second = se.profile(tmp_path / "pool.jsonl")
    assert (first.n, first.correct, first.pass_rate) == (8, 2, 0.25)
    assert (second.n, second.pass_rate_low, second.learnability) == (None, None, 0.25)


def test_the_records_of_a_probe_profile_as_they_were_measured(tmp_path):
    probed = {
        "id": "a",
        "n": 8,
        "correct": 4,
        "pass_rate": 0.5,
        "learnability": 0.25,
        "mean_tokens": 70.0,
        "truncated": 0.25,
        "wrong_answers": [3, 1],
        "model": "m",
    }
    lines(tmp_path / "probed.jsonl", [probed])
    (one,) = se.profile(tmp_path / "probed.jsonl")
    assert (one.n, one.correct, one.wrong_answers, one.unreadable) == (8, 4, (3, 1), 0)
    assert (one.length_median, one.truncated) == (70, 0.25)
    lines(tmp_path / "probed.jsonl", [probed | {"accuracy": [0.25, 0.5], "models": ["a", "b"]}])
    assert se.history(tmp_path / "probed.jsonl")["a"] == (0.25, 0.5)
    assert se.profile(tmp_path / "probed.jsonl")[0].pass_rate == 0.5


def test_what_is_shown_is_escaped(tmp_path):
    rows = [
        {"id": "<i>\x1b[2J", "completion": "<script>", "reward": 1, "step": k} for k in range(3)
    ]
    lines(tmp_path / "log.jsonl", rows)
    page = se.profile(tmp_path / "log.jsonl")._repr_html_()
    assert "<script>" not in page
    assert "<i>" not in page
    shown = CliRunner().invoke(app, ["profile", str(tmp_path / "log.jsonl")])
    assert shown.exit_code == 0, shown.output
    assert "\x1b" not in shown.output
    told = CliRunner().invoke(app, ["profile", str(tmp_path / "log.jsonl"), "--format", "json"])
    assert json.loads(told.stdout)["problems"][0]["pass_rate"] == 1.0


@pytest.mark.parametrize("name", ["p.jsonl", "p.csv", "p.parquet"])
def test_it_is_written_in_every_format(name, tmp_path):
    pool = pool_file(tmp_path)
    path = path_of("verl_dump", truth(1), tmp_path / "log")
    se.profile(path, tmp_path / name, pool=pool)
    ranking = se.rank(pool, rates=tmp_path / name, selectors="answer_entropy", by="answer_entropy")
    assert ranking.columns["answer_entropy"][0] is not None
