"""What `se validate` shows while it runs, on a clock of its own: it fits 80 columns."""

import io
import re

import pytest

from sample_engineering.commands import progress, validate_progress
from sample_engineering.commands.output import _console_class
from sample_engineering.commands.whole_job import WholeJob
from sample_engineering.runs.rows import MetricsLine
from sample_engineering.trainers.plan import ProgressEvent

_ANSI = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
STEPS, ITEMS = 40, 560
ARMS = [("sample", 0), ("sample", 1), ("format-only", 0), ("random [/asy] reward \x1b[2J", 12)]


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def _metrics(arm, seed, step):
    return MetricsLine(
        **{
            name: 0
            for name in MetricsLine.__dataclass_fields__
            if name not in ("arm", "seed", "step", "dead_cause")
        }
        | {"pass_rate": 0.28, "groups": 1, "informative_groups": 1, "length": 95.0},
        arm=arm,
        seed=seed,
        step=step,
        dead_cause="all right" if step % 7 == 0 else None,
    )


def events(clock):
    """A whole run: the base model, then each arm trained and asked, 5 s a step, 0.1 s an item."""
    for arm, seed in [("before", 0), *ARMS]:
        if arm != "before":
            for step in range(STEPS + 1):
                clock.now += 5.0 if step else 8.0
                line = _metrics(arm, seed, step) if step else None
                yield ProgressEvent("train", arm, seed, step, STEPS, line)
        for reading in ("greedy", "sampled"):
            for done in range(0, ITEMS + 1, 16):
                clock.now += 1.6 if done else 8.0
                yield ProgressEvent("evaluate", arm, seed, done, ITEMS, reading=reading)


def _job(clock):
    pieces = len(ARMS)
    whole = {
        "train": pieces * STEPS,
        "greedy": (pieces + 1) * ITEMS,
        "sampled": (pieces + 1) * ITEMS,
    }
    return WholeJob(whole, clock)


def test_a_terminal_of_80_columns_shows_each_piece_and_the_whole(clock):
    stream = io.StringIO()
    console = _console_class()(file=stream, force_terminal=True, width=80)
    with validate_progress.bar(console, _job(clock), clock) as show:
        for event in events(clock):
            show(event)
        show(ProgressEvent("notice", message="warning: [/asy] \x1b[2J"))
    shown = _ANSI.sub("", stream.getvalue()).replace("\r", "\n").splitlines()
    bars = [line for line in shown if "━" in line]
    assert bars
    assert max(map(len, bars)) <= 80
    assert "\x1b[2J" not in stream.getvalue()
    assert any("train on this sample: 40 steps in 3 min 20 s" in line for line in shown)
    assert any("[/asy]" in line for line in shown)


def test_a_log_gets_a_line_for_each_piece_and_one_now_and_then(clock, capsys):
    show = validate_progress.lines(_job(clock), clock)
    for event in events(clock):
        show(event)
    lines = capsys.readouterr().err.splitlines()
    ends = [line for line in lines if " in " in line]
    assert len(ends) == 3 * len(ARMS) + 2
    between = [line for line in lines if "; the whole run: " in line]
    assert len(between) > 10
    assert any(re.search(r"right 28%, live 1/1, .*about \d+ min", line) for line in between)


def test_the_whole_run_is_told_as_long_as_it_takes(clock):
    job, told = _job(clock), []
    for event in events(clock):
        key = (event.stage, event.arm, event.seed, event.reading)
        job.count(key, event.reading or event.stage, event.done)
        told.append((clock.now, job.left, job.share))
    end = clock.now
    known = [(now, left) for now, left, _ in told if left is not None]
    assert len(known) > 0.7 * len(told)
    assert all(abs(now + left - end) < 0.15 * end for now, left in known)
    shares = [share for _, _, share in told]
    assert shares[-1] == pytest.approx(1.0)


def test_side_by_side_the_whole_takes_a_part_of_the_time(clock):
    job = WholeJob({"train": 100}, clock)
    for second in range(11):
        clock.now = float(second)
        job.count("a", "train", second)
        job.count("b", "train", second)
    assert job.left == pytest.approx(40.0)


def test_what_an_earlier_job_did_is_done_and_says_nothing_of_the_pace(clock):
    job = WholeJob({"train": 100, "greedy": 10}, clock, done={"train": 60, "greedy": 10})
    assert job.left is None
    for step in range(60, 71):  # a training that goes on counts what it did before
        clock.now += 2.0
        job.count("b", "train", step - 60)
    assert job.left == pytest.approx(30 * 2.0)
    assert job.share == pytest.approx(0.7)


def test_a_piece_that_begins_anew_under_its_name_is_another_one(clock):
    job = WholeJob({"train": 40}, clock)
    for _ in range(2):
        for step in range(11):
            clock.now += 1.0
            job.count("this sample", "train", step)
    assert job.share == pytest.approx(0.5)
    assert job.left == pytest.approx(20.0, rel=0.1)


def test_nothing_is_told_before_every_kind_of_work_was_seen(clock):
    job = WholeJob({"train": 10, "greedy": 10}, clock)
    job.count("a", "greedy", 0)
    clock.now = 1.0
    job.count("a", "greedy", 10)
    assert job.left is None


def test_a_bar_of_a_command_fits_80_columns(monkeypatch, capsys):
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "80")
    with progress.counted("evaluating", "items") as advance:
        advance(3, 112_000)
    shown = _ANSI.sub("", capsys.readouterr().err)
    assert re.search(r"items/\w+, about \d+ \w+", shown)
    assert "…" not in shown
