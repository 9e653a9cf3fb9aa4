"""lm-evaluation-harness itself, on local data: its tasks here, and ours there."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sample_engineering as se
from sample_engineering.errors import ConfigError
from sample_engineering.evaluation import load_benchmark
from tests.generation.local_server import ScriptedServer
from tests.harnesses.needed import need
from tests.harnesses.problems import script, write

_SUMS = """
task: local_sums
dataset_path: json
dataset_kwargs: {{data_files: {{test: {data}}}}}
test_split: test
output_type: generate_until
doc_to_text: "Question: {{{{question}}}}\\nAnswer:"
doc_to_target: "{{{{answer}}}}"
generation_kwargs: {{until: ["</s>"]}}
metric_list: [{{metric: exact_match, aggregation: mean, higher_is_better: true}}]
"""
_CAPITALS = """
task: local_capitals
dataset_path: json
dataset_kwargs: {{data_files: {{test: {data}}}}}
test_split: test
output_type: {kind}
doc_to_text: "{{{{question}}}}"
doc_to_choice: "{{{{options}}}}"
doc_to_target: "{{{{gold}}}}"
metric_list: [{{metric: acc, aggregation: mean, higher_is_better: true}}]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    need("lm_eval")
    place = tmp_path_factory.mktemp("tasks")
    sums = [{"question": "What is 1000 + 1000?", "answer": "it is\n#### 2,000"}]
    capitals = [{"question": "Capital of France?", "options": ["Rome", "Paris"], "gold": 1}]
    for name, rows in {"sums": sums, "capitals": capitals}.items():
        place.joinpath(f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    place.joinpath("sums.yaml").write_text(_SUMS.format(data=place / "sums.jsonl"))
    data = place / "capitals.jsonl"
    text = _CAPITALS.format(data=data, kind="multiple_choice")
    place.joinpath("capitals.yaml").write_text(text)
    text = text.replace("task: local_capitals", "task: likely")
    text = text.replace("multiple_choice", "loglikelihood").replace("{{gold}}", "Paris")
    place.joinpath("likely.yaml").write_text(text.replace("doc_to_choice", "# doc_to_choice"))
    place.joinpath("both.yaml").write_text("group: local_both\ntask: [local_sums, local_capitals]")
    return place


def test_a_task_of_a_folder_is_a_benchmark(folder):
    sums = load_benchmark(f"lm-eval:local_sums@{folder}", trust_remote_code=True)
    assert [(one.problem, one.answer) for one in sums.items] == [
        ("Question: What is 1000 + 1000?", "2000")
    ]
    capitals = load_benchmark(f"lm-eval:local_capitals@{folder}", trust_remote_code=True)
    assert capitals.template == "choice"
    assert capitals.items[0].problem.endswith("A. Rome\nB. Paris")
    assert capitals.golds[0].kind == "choice"


def test_a_group_is_one_benchmark_with_a_domain_a_task(folder):
    both = load_benchmark(f"lm-eval:local_both@{folder}", trust_remote_code=True)
    assert both.domains == ("local_sums", "local_capitals")
    assert len(both) == 2


def test_what_is_no_task_or_has_no_final_answer_is_refused(folder):
    with pytest.raises(ConfigError, match=r"no task 'nix'.*--include_path"):
        load_benchmark(f"lm-eval:nix@{folder}", trust_remote_code=True)
    with pytest.raises(ConfigError, match="no folder"):
        load_benchmark("lm-eval:nix@/nowhere", trust_remote_code=True)
    with pytest.raises(ConfigError, match="likelihood of texts"):
        load_benchmark(f"lm-eval:likely@{folder}", trust_remote_code=True)


def _lm_eval(folder, *arguments, metadata):
    """Run the harness's own command, and return its results by task."""
    include = subprocess.run(
        [sys.executable, "-m", "sample_engineering.harnesses"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "lm_eval", "run", "--include_path", include, *arguments,
         "--metadata", json.dumps(metadata), "--output_path", str(folder / "out")],
        capture_output=True, text=True, timeout=580, check=False,
        env={**os.environ, "HF_HOME": str(folder), "OPENAI_API_KEY": "none"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    (found,) = Path(folder, "out").rglob("results_*.json")
    return json.loads(found.read_text())["results"]


def test_our_benchmark_has_the_same_accuracy_and_error_there(tmp_path):
    need("lm_eval")
    path = write(tmp_path)
    with ScriptedServer(script, ["scripted"]) as server:
        here = se.evaluate(
            "scripted", benchmark=str(path), server=f"{server.url}/v1", greedy=True
        ).summary()
        there = _lm_eval(
            tmp_path, "--tasks", "sample_engineering", "--apply_chat_template",
            "--model", "local-chat-completions", "--model_args",
            f"model=scripted,base_url={server.url}/v1/chat/completions",
            metadata={"benchmark": str(path)},
        )["sample_engineering"]  # fmt: skip
    overall = here.iloc[-1]
    assert there["accuracy,none"] == pytest.approx(overall["accuracy"])
    assert there["accuracy_stderr,none"] == pytest.approx(overall["se"])


def test_the_embedded_model_has_the_same_accuracy_there(tmp_path):
    need("lm_eval")
    from sample_engineering.microcosm import benchmark
    from sample_engineering.microcosm.shipped import model_path

    path = write(tmp_path, benchmark(n_per_domain=2))
    here = se.evaluate(benchmark=str(path), template="chat", greedy=True, max_tokens=160)
    there = _lm_eval(
        tmp_path, "--tasks", "sample_engineering", "--model", "hf",
        "--model_args", f"pretrained={model_path()},dtype=float32", "--device", "cpu",
        "--batch_size", "14", "--gen_kwargs", "max_gen_toks=160", "--apply_chat_template",
        metadata={"benchmark": str(path), "template": "chat"},
    )["sample_engineering"]  # fmt: skip
    assert there["accuracy,none"] == pytest.approx(here.table["correct"].mean())
    assert there["accuracy,none"] > 0
