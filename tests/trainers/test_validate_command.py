"""`se validate` as a user calls it."""

import json

import pytest
from typer.testing import CliRunner

from sample_engineering.cli import app
from sample_engineering.errors import SampleEngineeringError
from tests.trainers.tiny import sums


@pytest.fixture
def pool(tmp_path):
    path = tmp_path / "sums.jsonl"
    path.write_text("".join(json.dumps(item.to_dict()) + "\n" for item in sums()))
    return path


def call(*arguments):
    return CliRunner().invoke(app, ["validate", *map(str, arguments)])


def small(pool, model, out):
    settings = ("max_tokens=16", "group_size=16", "micro_batch=16", "lr=3e-4", "template=plain")
    options = [part for setting in settings for part in ("--set", setting)]
    return [
        *("--model", model, "--benchmark", pool, "--recipe", "microcosm", "--out", out),
        *("--steps", 2, "--device", "cpu", "--rollouts", 1, *options),
    ]


@pytest.mark.slow
def test_a_validation_ends_with_a_card(pool, taught_folder, tmp_path):
    out = tmp_path / "run"
    done = call(f"{pool}#1+2", *small(pool, taught_folder, out), "--quick")
    assert done.exit_code == 0, done.output
    for text in ("sample 1+2", "what is 1 + 2 ?", "small", "large", "overall", "95 % interval"):
        assert text in done.output
    assert "run folder:" in done.output
    assert json.loads((out / "result.json").read_text())["sample_id"] == "1+2"


@pytest.mark.slow
def test_json_output_is_the_result(pool, taught_folder, tmp_path):
    out = tmp_path / "run"
    done = call(pool, *small(pool, taught_folder, out), "--quick", "--format", "json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == json.loads((out / "result.json").read_text())
    assert json.loads(done.stdout)["sample_id"] == "0+0"  # the first of the pool


def test_a_dry_run_prints_the_plan_and_writes_nothing(pool, random_folder, tmp_path):
    out = tmp_path / "run"
    asked = ("--dry-run", "--controls", "full", "--seed", 0)
    done = call(pool, *small(pool, random_folder, out), *asked)
    assert done.exit_code == 0, done.output
    of_domains = "25 items in 2 domains, each once greedily and once at temperature 1"
    for text in ("0+0", of_domains, "6 runs of 2 steps of 16 rollouts", "GiB", "format-only"):
        assert text in " ".join(done.output.split())
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["absent.jsonl"], "absent.jsonl"),
        (["{pool}#9+9"], "9+9"),
        (["{pool}", "--recipe", "none"], "'none' is not known"),
        (["{pool}", "--set", "lr"], "takes key=value"),
        (["{pool}", "--set", "lrr=1"], "did you mean"),
        (["{pool}", "--seeds", "a"], "--seeds takes whole numbers"),
        (["{pool}", "--controls", "some"], "'some' is no preset and no arm"),
        (["{pool}", "--quick", "--seed", "1"], "--seed would be ignored: --quick"),
        (["{pool}", "--quick", "--seeds", "0,1"], "--seeds would be ignored: --quick"),
        (["{pool}", "--quick", "--controls", "basic"], "--controls would be ignored: --quick"),
        (["{pool}", "--readings", "greedily"], "--readings must be both, greedy or sampled"),
        (["{pool}", "--devices", "cpu,"], "--devices 'cpu,' has an empty place"),
        (["{pool}", "--benchmark", "nothing"], "nothing"),
        (["{pool}", "--device", "tpu", "--dry-run"], "--device must be cpu or cuda"),
        (
            ["{pool}", "--steps", "3", "--eval-every", "4"],
            "--eval-every=4 would be ignored: the training has 3 steps",
        ),
        (["--resume", "absent"], "no run at absent"),
        (["{pool}", "--resume", "absent", "--steps", "3"], "SAMPLE, --steps would be ignored"),
        (["--resume", "absent", "--seed", "0"], "--seed would be ignored"),
        (["{pool}", "--seed", "1", "--seeds", "0,1"], "--seed would be ignored"),
    ],
)
def test_bad_input_is_one_clear_line(pool, random_folder, tmp_path, arguments, message):
    given = [part.replace("{pool}", str(pool)) for part in arguments]
    if "--resume" not in given:
        given += ["--model", str(random_folder), "--out", str(tmp_path / "run")]
        if "--benchmark" not in given:
            given += ["--benchmark", str(pool)]
    done = call(*given)
    assert isinstance(done.exception, SampleEngineeringError), done.output
    text = str(done.exception)
    assert message in text
    assert "\n" not in text
    assert not (tmp_path / "run").exists()
