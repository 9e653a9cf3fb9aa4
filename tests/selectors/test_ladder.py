"""A ladder: candidates in the order of training, easy to hard, in steps of equal size."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering.cli import app
from sample_engineering.errors import ConfigError
from sample_engineering.sample import Sample
from sample_engineering.selectors.ladder import spread

RATES = st.lists(st.tuples(st.integers(0, 8), st.integers(1, 400)), min_size=1, max_size=12)


def _pool(n):
    return [
        Sample(f"s{i:02}", f"What is {i} + {i} apples in basket {i}?", str(2 * i)) for i in range(n)
    ]


def _measured(rates):
    return [
        {"id": f"s{i:02}", "n": 8, "correct": correct, "mean_tokens": tokens}
        for i, (correct, tokens) in enumerate(rates)
    ]


@given(st.integers(0, 500), st.integers(1, 60))
def test_steps_are_of_equal_size(n, steps):
    found = spread(n, steps)
    sizes = [found.count(step) for step in range(1, steps + 1)]
    assert found == sorted(found)
    assert sum(sizes) == n
    assert max(sizes) - min(sizes) <= 1


@settings(max_examples=25, deadline=None)
@given(RATES, st.integers(2, 5))
def test_the_easy_come_first_and_of_equals_the_short(rates, steps):
    teaching = sum(0 < correct < 8 for correct, _ in rates)
    if teaching < steps:
        with pytest.raises(ConfigError, match=f"`ladder` of {steps}.*there (is|are) {teaching}"):
            se.rank(_pool(len(rates)), rates=_measured(rates), ladder=steps)
        return
    ranking = se.rank(_pool(len(rates)), rates=_measured(rates), ladder=steps)
    on = [one for one in ranking.columns["ladder_step"] if one is not None]
    order = [rates[int(sample.id[1:])] for sample in ranking]
    keys = [(-correct, tokens) for correct, tokens in order[: len(on)]]
    assert len(on) == teaching
    assert keys == sorted(keys)
    assert on == spread(teaching, steps)
    assert all(correct in (0, 8) for correct, _ in order[teaching:])
    assert ranking.columns["rank"] == list(range(1, len(rates) + 1))


@pytest.mark.parametrize(
    ("options", "named"),
    [({"ladder": 1}, "ladder"), ({"ladder": 2, "by": "learnability"}, "by"),
     ({"ladder": 2, "choose": 2}, "choose"), ({"ladder": 2, "evaluate": "polymath"}, "evaluate"),
     ({"ladder": 2, "explain": "s00"}, "explain")],
)  # fmt: skip
def test_what_cannot_be_or_would_be_ignored_is_refused(options, named):
    with pytest.raises(ConfigError, match=f"`{named}`"):
        se.rank(_pool(3), rates=_measured([(1, 1), (2, 1), (3, 1)]), **options)


def test_without_pass_rates_there_is_no_ladder():
    with pytest.raises(ConfigError, match="`ladder` orders by pass rate"):
        se.rank(_pool(3), ladder=2)


def test_the_command_writes_the_ladder_in_its_order(tmp_path):
    se.save_pool(_pool(9), tmp_path / "pool.jsonl")
    rates = [(i, 10) for i in range(9)]
    lines = "".join(json.dumps(one) + "\n" for one in _measured(rates))
    (tmp_path / "rates.jsonl").write_text(lines)
    line = ["rank", str(tmp_path / "pool.jsonl"), "--rates", str(tmp_path / "rates.jsonl")]
    told = CliRunner().invoke(app, [*line, "--ladder", "3", "-o", str(tmp_path / "ladder.jsonl")])
    assert told.exit_code == 0, told.output
    assert "from easy to hard" in told.output
    written = se.load_pool(tmp_path / "ladder.jsonl")
    assert [one.id for one in written] == [f"s0{i}" for i in range(7, 0, -1)]
    assert [one.extra["ladder_step"] for one in written] == [1, 1, 1, 2, 2, 3, 3]
