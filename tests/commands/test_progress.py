"""What a command shows while it works: done, of how many, how fast, and how long it will take."""

import re

import pytest
from typer.testing import CliRunner

from sample_engineering.cli import app
from sample_engineering.commands import progress
from sample_engineering.commands.progress import Rate, counted, duration


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_the_rate_is_that_since_the_start_and_the_rest_takes_as_long(clock):
    rate = Rate(clock)
    assert rate.line("evaluating", "items") == "evaluating: 0 items"
    clock.now = 20
    rate.advance(40, 100)
    assert rate.a_second == 2
    assert rate.line("evaluating", "items") == (
        "evaluating: 40 of 100 items, 2.0 items/s, about 30 s left"
    )
    clock.now = 30  # nothing came since, but time went by
    assert rate.left == 20
    clock.now = 40
    rate.advance(60)
    assert rate.line("evaluating", "items") == "evaluating: 100 of 100 items, 3.0 items/s"


def test_what_a_resumed_job_counts_at_once_makes_it_no_faster(clock):
    rate = Rate(clock)
    clock.now = 5
    for _ in range(900):
        clock.now += 0.0001
        rate.advance(1, 1000)
    for _ in range(3):
        clock.now += 10
        rate.advance(5)
    assert rate.a_second == pytest.approx(0.5, rel=0.02)
    assert rate.left == pytest.approx(85 / 0.5, rel=0.02)


def test_the_rate_is_that_of_the_last_minutes(clock):
    rate = Rate(clock)
    for _ in range(100):
        clock.now += 10
        rate.advance(100, 10**6)
    for _ in range(100):
        clock.now += 10
        rate.advance(1)
    assert rate.a_second == pytest.approx(0.1)


def test_the_time_to_load_a_model_is_no_part_of_the_rate(clock):
    rate = Rate(clock, at_work=False)
    clock.now = 35  # loading
    rate.advance(1, 560)
    assert rate.told("items") == ""
    clock.now = 36
    rate.advance(50)
    assert rate.a_second == 50
    assert rate.told("items") == "50 items/s, about 10 s left"


def test_a_count_of_nothing_says_only_how_many_there_are(clock):
    rate = Rate(clock)
    rate.advance(0, 7)
    assert rate.line("probing", "rollouts") == "probing: 0 of 7 rollouts"


@pytest.mark.parametrize(
    ("a_second", "told"),
    [(2500.0, "2,500 x/s"), (12.3, "12 x/s"), (1.5, "1.5 x/s"), (0.5, "30 x/min"),
     (0.05, "3.0 x/min"), (0.01, "36 x/h"), (0.001, "3.6 x/h")],
)  # fmt: skip
def test_rates_are_told_in_the_unit_that_fits(clock, a_second, told):
    rate = Rate(clock)
    clock.now = 10_000 / a_second
    rate.advance(10_000)
    assert rate.told("x") == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.2, "0 s"), (59.4, "59 s"), (59.6, "1 min"), (90, "1 min 30 s"), (600, "10 min"),
     (3599, "1 h"), (3600, "1 h"), (7500, "2 h 5 min"), (100_000, "27 h 47 min")],
)  # fmt: skip
def test_durations_have_two_units_at_most(seconds, told):
    assert duration(seconds) == told


@pytest.mark.parametrize(
    ("line", "pattern"),
    [
        (
            "evaluate --per-domain 2 --rollouts 2 --engine-option batch_tokens=600",
            r"evaluating: \d+ of 14 items, [\d.]+ items/\w+, about \d+ (s|min) left",
        ),
        (
            "probe POOL -m microcosm -n 2 --max-tokens 40 --engine-option batch_tokens=600 -o OUT",
            r"probing: \d+ of \d+ rollouts, \d+(\.\d)? rollouts/\w+, about \d+ (s|min) left",
        ),
    ],
)
def test_in_a_log_a_plain_line_is_written_now_and_then(line, pattern, tmp_path, monkeypatch):
    pytest.importorskip("transformers", reason="needs the extra 'train'")
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.05)
    line = line.replace("OUT", str(tmp_path / "out.jsonl"))
    line = line.replace("POOL", "examples/pool.jsonl")
    done = CliRunner().invoke(app, [*line.split(), "--device", "cpu"])
    assert done.exit_code == 0, done.output
    assert re.search(pattern, done.stderr)
    assert "\r" not in done.stderr
    assert "\x1b" not in done.stderr
    assert not re.search(pattern, done.stdout)  # results only


def test_on_a_terminal_a_bar_shows_the_rate(monkeypatch, capsys):
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    with counted("evaluating", "items") as advance:
        advance(30, 60)
    shown = capsys.readouterr().err
    assert "evaluating" in shown
    assert "30/60" in shown
    assert "items/s, about" in shown


def test_a_short_job_writes_no_line(capsys):
    with counted("evaluating", "items") as advance:
        advance(30, 60)
    assert capsys.readouterr().err == ""
