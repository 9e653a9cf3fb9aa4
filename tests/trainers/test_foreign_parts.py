"""A reward, an arm, a recipe and a benchmark of another package, used like ours."""

import json

import pytest

from tests.foreign import run, se, write_package
from tests.trainers.tiny import sums

SOURCE = '''
from pathlib import Path

from sample_engineering.evaluation.named import NamedBenchmark
from sample_engineering.trainers.arms import Arm, ControlArm
from sample_engineering.trainers.recipes import Recipe
from sample_engineering.trainers.reward import reward


@reward(bounds=(0, 1), needs_gold=False)
def brevity(completions, **columns):
    """The shorter the better."""
    return [1 / (1 + len(text)) for text in completions]


def forgetful(completions, answer, **columns):
    return [1.0] * (len(completions) - 1)


def _last(sample, others, seed):
    return Arm("last", samples=(others[-1],), seed=seed)


def _read(record):
    return {"problem": record["sum"], "answer": record["is"], "domains": ["sums"]}


tiny_sums = NamedBenchmark(
    "tiny-sums", str(Path(__file__).with_name("tiny_sums.jsonl")), _read, summary="two small sums",
    source="here", license="MIT", template="plain", max_tokens=16,
)
last = ControlArm("last", "trained on the last of the pool", _last, needs_pool=True)
short = Recipe(
    name="short", steps=2, group_size=16, micro_batch=16, lr=3e-4, temperature=1.0, max_tokens=16,
    template="plain", reward="brevity", save_every=1,
)
'''
PARTS = {
    "reward": {"brevity": "brevity", "forgetful": "forgetful"},
    "arm": {"last": "last"},
    "recipe": {"short": "short"},
    "benchmark": {"tiny-sums": "tiny_sums"},
}


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    folder = write_package(tmp_path_factory.mktemp("site"), "their_parts", SOURCE, PARTS)
    (folder / "tiny_sums.jsonl").write_text(
        '{"sum": "what is 1 + 2 ?", "is": "3"}\n{"sum": "what is 2 + 2 ?", "is": "4"}\n'
    )
    return folder


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    path = tmp_path_factory.mktemp("pool") / "sums.jsonl"
    path.write_text("".join(json.dumps(item.to_dict()) + "\n" for item in sums()))
    return path


_ALONE = ("--recipe", "short", "--controls", "none")


def asked(pool, model, out):
    """Options of a small validation."""
    return [
        *(f"{pool}#1+2", "--model", model, "--benchmark", pool, "--device", "cpu", "--out", out),
        *("--seed", "0"),
    ]


def lines(out):
    records = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    return [{name: value for name, value in line.items() if name != "seconds"} for line in records]


def test_they_train_by_name_and_go_on_from_the_run_folder(package, pool, taught_folder, tmp_path):
    out = tmp_path / "run"
    given = asked(pool, taught_folder, out)
    done = se(
        package, "validate", *given, "--recipe", "short", "--controls", "last", "--pool", pool
    )
    assert done.returncode == 0, done.stderr
    by_arm = {line["arm"]: line for line in lines(out)}
    assert set(by_arm) == {"sample", "last"}
    assert all(0 < line["reward_mean"] < 1 for line in by_arm.values())
    config = json.loads((out / "config.json").read_text())
    assert config["recipe"]["reward"] == "brevity"
    whole = lines(out)

    (out / "result.json").unlink()
    resumed = se(package, "validate", "--resume", out, "--format", "json")
    assert resumed.returncode == 0, resumed.stderr
    assert lines(out) == whole


def test_a_reward_is_set_from_the_command_line_and_in_python(package, pool, random_folder):
    code = f"""
import sample_engineering.api as se
plan = se.plan_validation({str(pool)!r}, model={str(random_folder)!r}, benchmark={str(pool)!r},
                          recipe="short", settings={{"reward": "brevity"}})
print(plan.recipe.reward)
"""
    assert run(package, "-c", code).stdout.strip() == "brevity"
    given = asked(pool, random_folder, "nowhere")
    done = se(package, "validate", *given, "--set", "reward=brevity", "--dry-run")
    assert "reward=brevity" in "".join(done.stdout.split()), done.stderr
    done = se(package, "validate", *given, "--set", "reward=brevty", "--dry-run")
    assert done.returncode == 1
    assert "'brevty' is not known; did you mean 'brevity'?" in done.stderr


def test_a_reward_that_breaks_stops_the_run_with_its_name(package, pool, taught_folder, tmp_path):
    out = tmp_path / "run"
    given = asked(pool, taught_folder, out)
    done = se(package, "validate", *given, *_ALONE, "--set", "reward=forgetful")
    assert done.returncode == 1
    message = "reward 'forgetful' of their_parts 1.0 returned 15 values for 16 completions"
    assert message in done.stderr
    assert message in json.loads((out / "status.json").read_text())["message"]


def test_without_the_package_a_run_cannot_go_on_and_says_why(
    package, pool, taught_folder, tmp_path
):
    out = tmp_path / "run"
    given = asked(pool, taught_folder, out)
    assert se(package, "validate", *given, *_ALONE).returncode == 0
    (out / "result.json").unlink()
    done = se(tmp_path, "validate", "--resume", out)
    assert done.returncode == 1
    assert "'brevity' is not known" in done.stderr


def test_a_benchmark_is_asked_by_name_and_from_a_copy(package, random_folder, tmp_path):
    copy = tmp_path / "copy.jsonl"
    copy.write_text('{"sum": "what is 3 + 3 ?", "is": "6"}\n')
    for name, items in (("tiny-sums", 2), (f"tiny-sums@{copy}", 1)):
        asked = ("--model", random_folder, "-b", name, "-n", 2, "--format", "json")
        done = se(package, "evaluate", *asked)
        assert done.returncode == 0, done.stderr
        info = json.loads(done.stdout)["info"]
        assert (info["benchmark"], info["items"], info["max_tokens"]) == ("tiny-sums", items, 16)
    text = " ".join(se(package, "evaluate", "--help").stdout.replace("│", " ").split())
    assert "tiny-sums" in text
    done = se(package, "evaluate", "--model", random_folder, "-b", "tiny-sum")
    assert "did you mean 'tiny-sums'?" in done.stderr
