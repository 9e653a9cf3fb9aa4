"""inspect_ai itself, on local data: its tasks here, and ours and our scorer there."""

import json
import os
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

import sample_engineering as se
from sample_engineering.errors import ConfigError, PoolError
from sample_engineering.evaluation import load_benchmark
from tests.generation.local_server import ScriptedServer
from tests.harnesses.needed import need
from tests.harnesses.problems import PROBLEMS, script, write

_TASKS = """
from inspect_ai import Task, task
from inspect_ai.dataset import Sample
from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageUser
from inspect_ai.scorer import match


@task
def sums(most=2):
    samples = [
        Sample("What is 2 + 3?\\nAnswer:", target="it is\\n#### 5", id="a"),
        Sample([ChatMessageSystem(content="Be kind."), ChatMessageUser(content="What is 4 + 4?")],
               target=["8"]),
        Sample("What is 9 + 9?", target="18"),
    ]
    return Task(samples[:most], scorer=match())


@task
def capitals():
    sample = Sample("Capital of France?", choices=["Rome", "Paris"], target="B")
    return Task([sample], scorer=match())


@task
def talk():
    turns = [ChatMessageUser(content="Hi"), ChatMessageAssistant(content="Yes?"),
             ChatMessageUser(content="What is 1 + 1?")]
    return Task([Sample(turns, target="2")], scorer=match())


@task
def kinds():
    samples = [Sample(one["problem"], target=one.pop("answer"), id=one.pop("id"), metadata=one)
               for one in PROBLEMS]
    return Task(samples, scorer=match())
"""


@pytest.fixture
def tasks(tmp_path):
    need("inspect_ai")
    path = tmp_path / "own_tasks.py"
    rows = [one.to_dict() for one in PROBLEMS]
    path.write_text(_TASKS.replace("in PROBLEMS", f"in {rows!r}"))
    return path


def test_a_task_of_a_file_is_a_benchmark(tasks):
    sums = load_benchmark(f"inspect:{tasks}@sums", trust_remote_code=True)
    assert [(one.id, one.problem, one.answer) for one in sums.items] == [
        ("sums-a", "What is 2 + 3?", "5"),
        ("sums-1", "What is 4 + 4?", "8"),
    ]
    assert len(load_benchmark(f"inspect:{tasks}@sums?most=3", trust_remote_code=True)) == 3
    capitals = load_benchmark(f"inspect:{tasks}@capitals", trust_remote_code=True)
    assert (capitals.template, capitals.items[0].answer) == ("choice", "B")


def test_a_task_of_a_package_is_a_benchmark(tmp_path):
    need("inspect_ai")
    path = write(tmp_path)
    found = load_benchmark(f"inspect:sample_engineering/benchmark?benchmark={path}")
    assert [one.answer for one in found.items] == [one.answer for one in PROBLEMS]


def test_what_is_no_task_or_more_than_a_question_is_refused(tasks):
    with pytest.raises(ConfigError, match="no file"):
        load_benchmark("inspect:nowhere.py@sums", trust_remote_code=True)
    with pytest.raises(ConfigError, match="no task 'nix'"):
        load_benchmark(f"inspect:{tasks}@nix", trust_remote_code=True)
    with pytest.raises(ConfigError, match="cannot be made"):
        load_benchmark("inspect:sample_engineering/nix")
    with pytest.raises(ConfigError, match="is no task"):
        load_benchmark("inspect:nix")
    with pytest.raises(PoolError, match=r"no sample.*a conversation"):
        load_benchmark(f"inspect:{tasks}@talk", trust_remote_code=True)


def test_the_entry_point_is_declared():
    need("inspect_ai")
    found = [one for one in entry_points(group="inspect_ai") if one.name == "sample_engineering"]
    assert found[0].value == "sample_engineering.harnesses.inspect_task"


def _run(folder, *arguments, url):
    """Run inspect's own command, and return the log that it writes."""
    before = set((folder / "logs").glob("*.json"))
    done = subprocess.run(
        [sys.executable, "-m", "inspect_ai", *arguments, "--display", "none"],
        capture_output=True, text=True, timeout=580, check=False, cwd=folder,
        env={**os.environ, "LOCAL_BASE_URL": f"{url}/v1", "LOCAL_API_KEY": "none",
             "INSPECT_LOG_DIR": str(folder / "logs"), "INSPECT_LOG_FORMAT": "json"},
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    (found,) = set((folder / "logs").glob("*.json")) - before
    log = json.loads(found.read_text())
    assert log["status"] == "success", log["error"]
    return found, log


def _inspect(folder, *arguments, url):
    return _run(folder, "eval", *arguments, "--model", "openai-api/local/scripted", url=url)


def _metrics(log):
    return {
        name: one["value"]
        for score in log["results"]["scores"]
        for name, one in score["metrics"].items()
    }


def test_our_benchmark_has_the_same_accuracy_and_error_there(tmp_path):
    need("inspect_ai")
    path = write(tmp_path)
    with ScriptedServer(script, ["scripted"]) as server:
        here = se.evaluate("scripted", benchmark=str(path), server=f"{server.url}/v1", greedy=True)
        _, log = _inspect(
            tmp_path, "sample_engineering/benchmark", "-T", f"benchmark={path}", url=server.url
        )
    overall, there = here.summary().iloc[-1], _metrics(log)
    assert there["accuracy"] == pytest.approx(overall["accuracy"])
    assert there["stderr"] == pytest.approx(overall["se"])
    by_domain = here.summary().query("kind == 'domain'").set_index("name")["accuracy"]
    assert {name: there[name] for name in by_domain.index} == pytest.approx(dict(by_domain))
    right = dict(zip(here.table["item"], here.table["correct"], strict=True))
    scored = {one["id"]: one["scores"]["final_answer"]["value"] == "C" for one in log["samples"]}
    assert scored == right


def test_our_scorer_grades_a_task_of_theirs(tasks, tmp_path):
    with ScriptedServer(script, ["scripted"]) as server:
        here = se.evaluate(
            "scripted", benchmark=str(write(tmp_path)), server=f"{server.url}/v1", greedy=True,
            template="chat",
        )  # fmt: skip
        theirs, _ = _inspect(tmp_path, f"{tasks.name}@kinds", url=server.url)
        _, log = _run(
            tmp_path, "score", str(theirs), "--scorer", "sample_engineering/final_answer",
            "--action", "overwrite", "--output-file", str(tmp_path / "logs" / "ours.json"),
            url=server.url,
        )  # fmt: skip
    assert _metrics(log)["accuracy"] == pytest.approx(here.table["correct"].mean())
