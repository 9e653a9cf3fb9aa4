"""`se.evaluate` and `se evaluate`: the same way, and nothing that is given is ignored."""

import json
import re
import signal
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering.cli import app
from sample_engineering.errors import ConfigError, PoolError, RunError
from sample_engineering.evaluation import Benchmark, Evaluation
from sample_engineering.sample import Sample
from tests.evaluation.models import Ruled

ITEMS = [
    Sample(f"q{i}", f"What is {i} + {i}?", str(2 * i), domains=("even" if i % 2 else "odd",))
    for i in range(6)
]


def doubling(text, rng):
    number = int(re.findall(r"(\d+) \+", text)[-1])
    return "no idea" if rng is not None and rng.random() < 0.5 else f"\\boxed{{{2 * number}}}"


@pytest.fixture
def pool(tmp_path):
    path = tmp_path / "doubles.jsonl"
    path.write_text("".join(json.dumps(item.to_dict()) + "\n" for item in ITEMS))
    return path


@pytest.fixture
def model():
    return Ruled(doubling)


def run(*arguments):
    return CliRunner().invoke(app, ["evaluate", *map(str, arguments)])


def test_everything_that_decides_an_evaluation_can_be_said(model, pool, tmp_path):
    counted = []
    out = tmp_path / "kept.parquet"
    shown = f"{pool}#q5"
    result = se.evaluate(
        model,
        benchmark=str(pool),
        rollouts=3,
        temperature=0.7,
        max_tokens=77,
        template="plain",
        per_domain=2,
        in_context=shown,
        seed=5,
        out=out,
        progress=lambda number, total: counted.append((number, total)),
    )
    info = {name: result.info[name] for name in ("temperature", "max_tokens", "template", "seed")}
    assert info == {"temperature": 0.7, "max_tokens": 77, "template": "plain", "seed": 5}
    assert (result.rollouts, len(result.table), result.info["in_context"]) == (3, 12, "q5")
    assert counted == [(1, 4)] * 4
    assert Evaluation.load(out).table.equals(result.table)
    assert model.asked[0].startswith("What is 5 + 5? \\boxed{10}\n\n")


def test_by_default_four_completions_and_one_where_greedy(model, pool):
    assert se.evaluate(model, benchmark=str(pool)).rollouts == 4
    greedy = se.evaluate(model, benchmark=str(pool), greedy=True)
    assert (greedy.rollouts, greedy.accuracy) == (1, 1)


def test_a_benchmark_at_hand_takes_the_same_settings(model):
    items = [*ITEMS, Sample("bad", "How many?", "none at all", kind="number")]
    benchmark = Benchmark("doubles", items)
    result = se.evaluate(
        model, benchmark=benchmark, on_error="skip", per_domain=1, max_tokens=9, seed=1
    )
    assert (result.info["items"], result.info["max_tokens"]) == (2, 9)
    assert "bad" in result.info["left_out"][0]
    with pytest.raises(ConfigError, match="`group_by`: 7 items of doubles have no field 'topic'"):
        se.evaluate(model, benchmark=benchmark, group_by="topic")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"greedy": True, "rollouts": 3}, "`rollouts` would be ignored: `greedy`"),
        ({"greedy": True, "temperature": 0.5}, "`temperature` would be ignored: `greedy`"),
        ({"server": "http://127.0.0.1:9"}, "`server` would be ignored: `model` is a generator"),
        ({"device": "cpu", "engine": "vllm"}, "`engine` and `device` would be ignored"),
        ({"trust_remote_code": True}, "`trust_remote_code` would be ignored"),
        ({"max_cost": 1.0, "cache": "x"}, "`max_cost` and `cache` would be ignored"),
        ({"out": "x.csv"}, "`out` is no .parquet file: x.csv; call it x.parquet"),
        ({"on_error": "ignore"}, "`on_error` is 'ignore'"),
        ({"rollouts": 0}, "`rollouts` must be at least 1"),
        ({"template": "boxd"}, "boxd"),
    ],
)
def test_what_would_be_ignored_is_an_error_before_anything_is_asked(model, pool, options, message):
    with pytest.raises(ConfigError, match=message):
        se.evaluate(model, benchmark=str(pool), **options)
    assert model.asked == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"template": "boxd"}, "`template` 'boxd' is no prompt template.*did you mean 'boxed'"),
        ({"rollouts": 0}, "`rollouts` must be at least 1"),
        ({"temperature": -1.0}, "temperature"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"group_by": "topic"}, "`group_by`"),
        ({"greedy": True, "rollouts": 2}, "`greedy`"),
    ],
)
def test_what_is_wrong_is_said_before_a_model_is_looked_for(pool, options, message):
    with pytest.raises(ConfigError, match=message):
        se.evaluate("no/model/at/all", benchmark=str(pool), **options)


def test_a_sample_in_context_is_one_and_is_named(model, pool):
    with pytest.raises(ConfigError, match=r"`in_context` .* holds 6 samples; name one of them"):
        se.evaluate(model, benchmark=str(pool), in_context=pool)
    with pytest.raises(PoolError, match="no candidate has the id 'q9'"):
        se.evaluate(model, benchmark=str(pool), in_context=f"{pool}#q9")
    assert model.asked == []


def test_an_earlier_evaluation_of_other_items_is_refused_at_once(model, pool, tmp_path):
    earlier = se.evaluate(model, benchmark=Benchmark("some", ITEMS[:3]))
    asked = list(model.asked)
    with pytest.raises(ConfigError, match=r"`before` holds other items .* \(q3, q4, q5\)"):
        se.evaluate(model, benchmark=str(pool), before=earlier)
    with pytest.raises(RunError, match="no evaluation at"):
        se.evaluate(model, benchmark=str(pool), before=tmp_path / "absent.parquet")
    assert model.asked == asked
    again = se.evaluate(model, benchmark=Benchmark("other", ITEMS[:3]), before=earlier)
    assert len(again.table) == 12


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-b", "maths"), "--benchmark 'maths' is no file and no benchmark; did you mean"),
        (("-o", "x.csv"), "--out is no .parquet file"),
        (("--before", "absent.parquet"), "no evaluation at"),
        (("--server", "http://127.0.0.1:9"), "--server needs --model"),
        (("--greedy", "-n", 3), "--rollouts would be ignored: --greedy"),
        (("--greedy", "--temperature", 1), "--temperature would be ignored: --greedy"),
        (("--server", "http://127.0.0.1:9", "-m", "m", "--device", "cpu"), "--device"),
        (("--max-cost", 3), "--max-cost"),
        (("--concurrency", 3), "--concurrency"),
        (("--cache", "folder"), "--cache"),
        (("--engine", "transformer"), "did you mean 'transformers'"),
        (("--group-by", "topic"), "--group-by"),
    ],
)
def test_the_command_names_its_options(arguments, words):
    error = run(*arguments).exception
    assert isinstance(error, ConfigError | RunError), arguments
    assert words in str(error)
    assert "`" not in str(error)


def test_help_names_every_benchmark():
    text = " ".join(run("--help").output.replace("│", " ").split())
    for name in ("math500", "gpqa-diamond", "mmlu-stem"):
        assert name in text


def test_an_evaluation_that_was_killed_goes_on_and_ends_as_if_it_had_not_been(tmp_path):
    """Killed without a chance to clean up, by the command itself."""
    command = [
        sys.executable, "-m", "sample_engineering", "evaluate", "--per-domain", "2", "--rollouts",
        "2", "--engine-option", "batch_tokens=600", "--device", "cpu", "--out",
    ]  # fmt: skip
    out, journal = tmp_path / "killed.parquet", tmp_path / "killed.parquet.journal"
    with subprocess.Popen([*command, out], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as job:
        while job.poll() is None and not (journal.exists() and journal.stat().st_size):
            time.sleep(0.05)  # nothing tells that another process has written
        job.kill()
    assert job.returncode == -signal.SIGKILL
    kept = len(journal.read_bytes().splitlines())
    assert 0 < kept < 14
    done = subprocess.run([*command, out], capture_output=True, text=True, check=True)
    assert re.search(r"note: resumed: \d+ answered prompts stood in the journal", done.stdout)
    assert not journal.exists()
    whole = se.evaluate(
        per_domain=2, rollouts=2, device="cpu", engine_options={"batch_tokens": 600}
    )
    assert Evaluation.load(out).table.equals(whole.table)
