"""A file that was converted, opened by the code of the tool that shall train on it.

TRL and datasets are installed with the tests. For the others SE_CONSUMERS names a folder that
`scripts/test_consumers.sh` fills with their wheels; without it these are skipped.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sample_engineering as se

_CONSUMERS = os.environ.get("SE_CONSUMERS")
_SAMPLES = [
    se.Sample("speed", "How fast is 18 km in an hour?", "5", kind="quantity", unit="m/s"),
    se.Sample("sum", "What is 2 + 3?", "5", tolerance=0.01),
    se.Sample("word", "What is it?", "B", kind="choice", choices=("this", "that")),
]
_RIGHT = ["\\boxed{18 km/h}", "\\boxed{5.01}", "\\boxed{B}"]


@pytest.mark.parametrize("name", ["trl", "trl-chat"])
def test_trl_knows_the_format_and_rewards_it(name, tmp_path):
    datasets = pytest.importorskip("datasets")
    trl = pytest.importorskip("trl.data_utils")
    out = tmp_path / "train.jsonl"
    se.convert(_SAMPLES, out, to=name)
    data = datasets.load_dataset("json", data_files=str(out), cache_dir=str(tmp_path))["train"]
    assert trl.is_conversational(data[0]) is (name == "trl-chat")
    from sample_engineering.grading import correctness_reward

    columns = {key: data[key] for key in data.column_names if key != "prompt"}
    completions = [
        [{"role": "assistant", "content": text}] if name == "trl-chat" else text for text in _RIGHT
    ]
    assert correctness_reward(completions, prompts=data["prompt"], **columns) == [1.0, 1.0, 1.0]
    from trl.rewards import accuracy_reward

    turns = [[{"role": "assistant", "content": "\\boxed{5}"}]]
    assert accuracy_reward(turns, solution=[data["solution"][1]]) == [1.0]


@pytest.mark.parametrize("name", ["ours", "llama-factory", "reasoning-gym", "verifiers"])
def test_datasets_reads_the_rows(name, tmp_path):
    """As LLaMA-Factory and verifiers load local files: one type a column, in every row."""
    datasets = pytest.importorskip("datasets")
    from sample_engineering.formats import find_format

    for ending in find_format(name).endings:
        if ending not in (".jsonl", ".json", ".parquet", ".csv"):
            continue
        out = tmp_path / f"train{ending}"
        se.convert(_SAMPLES, out, to=name)
        kind = {".parquet": "parquet", ".csv": "csv"}.get(ending, "json")
        place = tmp_path / f"cache{ending}"
        data = datasets.load_dataset(kind, data_files=str(out), cache_dir=str(place))["train"]
        assert len(data) == len(_SAMPLES)
        told = " ".join(str(value) for value in data[1].values())
        assert "What is 2 + 3?" in told
        assert "5" in told


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("SE_SLOW"), reason="a model trains; SE_SLOW=1 runs it")
def test_trl_trains_on_it(tmp_path):
    datasets = pytest.importorskip("datasets")
    trl = pytest.importorskip("trl")
    from sample_engineering.grading import correctness_reward
    from sample_engineering.microcosm.shipped import model_path

    out = tmp_path / "train.jsonl"
    se.convert(_SAMPLES, out, to="trl", repeat=4)
    data = datasets.load_dataset("json", data_files=str(out), cache_dir=str(tmp_path))["train"]
    trainer = trl.GRPOTrainer(
        str(model_path()),
        reward_funcs=correctness_reward,
        train_dataset=data,
        args=trl.GRPOConfig(
            output_dir=str(tmp_path),
            max_steps=1,
            per_device_train_batch_size=4,
            num_generations=4,
            max_completion_length=8,
            report_to=[],
            use_cpu=True,
        ),
    )
    trainer.train()
    assert trainer.state.global_step == 1


def test_openrlhf_labels_reach_the_reward_server(tmp_path):
    pytest.importorskip("uvicorn")
    import httpx2 as httpx

    out = tmp_path / "train.jsonl"
    se.convert(_SAMPLES, out, to="openrlhf")
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    with se.serve(port=0, workers=1) as server:
        prompts = [row["input"][-1]["content"] for row in rows]
        body = {
            "query": [prompt + text for prompt, text in zip(prompts, _RIGHT, strict=True)],
            "prompts": prompts,
            "labels": [row["label"] for row in rows],
        }
        reply = httpx.post(f"{server.url}/get_reward", json=body, timeout=30)
    assert reply.json()["rewards"] == [1.0, 1.0, 1.0]


def _need(package):
    if not _CONSUMERS:
        pytest.skip(f"{package} needs SE_CONSUMERS; make test-consumers installs it")
    if not (Path(_CONSUMERS) / package).is_dir():  # never skipped where it should be there
        pytest.fail(f"{package} is not in SE_CONSUMERS ({_CONSUMERS})")


def _foreign(program, *arguments):
    """Run a program with the packages of SE_CONSUMERS before ours."""
    paths = os.pathsep.join([_CONSUMERS, os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
        env={**os.environ, "PYTHONPATH": paths, "HF_HOME": str(arguments[1])},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


_VERL = """
import json, sys
from omegaconf import OmegaConf
from transformers import AutoTokenizer
from verl.utils.dataset.rl_dataset import RLHFDataset
tokenizer = AutoTokenizer.from_pretrained(sys.argv[3])
tokenizer.chat_template = "{% for m in messages %}{{ m['content'] }}{% endfor %}"
config = OmegaConf.create({"max_prompt_length": 512, "cache_dir": sys.argv[2]})
data = RLHFDataset(sys.argv[1], tokenizer, config)
rows = [data[number] for number in range(len(data))]
print(json.dumps([
    {
        "prompt": list(row["raw_prompt"]),
        "ground_truth": row["reward_model"]["ground_truth"],
        "extra_info": row["extra_info"],
        "data_source": row["data_source"],
    }
    for row in rows
]))
"""


@pytest.mark.parametrize("name", ["verl", "verl-r128"])
def test_verl_loads_it(name, tmp_path):
    from sample_engineering.microcosm.shipped import model_path

    _need("verl")
    out = tmp_path / "train.parquet"
    se.convert(_SAMPLES, out, to=name)
    rows = _foreign(_VERL, out, tmp_path, model_path())
    if name == "verl-r128":
        assert len(rows) == 128 * len(_SAMPLES)
        rows = rows[::128]
    assert [row["ground_truth"] for row in rows] == ["5", "5", "B"]
    assert rows[0]["prompt"][-1]["content"].startswith("How fast is 18 km in an hour?")
    assert rows[0]["extra_info"]["unit"] == "m/s"
    assert {row["data_source"] for row in rows} == {"math_dapo"}


_VERIFIERS = """
import asyncio, json, sys
from pathlib import Path
from types import SimpleNamespace
from verifiers.v1.tasksets.nemo_gym.taskset import NeMoGymConfig, NeMoGymTaskset
from verifiers.v1.tasksets.nemo_gym.toolset import NeMoGymState

config = NeMoGymConfig(dataset=Path(sys.argv[1]), task={"resources_url": sys.argv[3]})
tasks = list(NeMoGymTaskset(config))
right = json.loads(sys.argv[4])


async def rewards():
    found = []
    for task, text in zip(tasks, right, strict=True):
        trace = SimpleNamespace(state=NeMoGymState())
        await task.setup(trace, None)
        part = {"type": "output_text", "text": text, "annotations": []}
        output = [{"type": "message", "role": "assistant", "content": [part]}]
        row = task.data.row | {"response": {"output": output}}
        reply = await trace.state.post("verify", row)
        found.append(reply.json()["reward"])
    return found


print(json.dumps([[task.data.prompt_text for task in tasks], asyncio.run(rewards())]))
"""


_TASK_DATA = """
import json, sys
from verifiers.v1.task import TaskData
rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
known = set(TaskData.model_fields)
data = [TaskData(**{name: value for name, value in row.items() if name in known}) for row in rows]
print(json.dumps([one.model_dump(mode="json") for one in data]))
"""


def test_verifiers_takes_its_rows_as_task_data(tmp_path):
    _need("verifiers")
    out = tmp_path / "train.jsonl"
    se.convert(_SAMPLES, out, to="verifiers")
    rows = _foreign(_TASK_DATA, out, tmp_path)
    assert "What is 2 + 3?" in json.dumps(rows[1])


def test_the_nemo_gym_taskset_of_verifiers_loads_it_and_is_rewarded_by_se_serve(tmp_path):
    pytest.importorskip("uvicorn")
    _need("verifiers")
    out = tmp_path / "train.jsonl"
    se.convert(_SAMPLES, out, to="nemo-gym")
    with se.serve(port=0, workers=1) as server:
        texts = json.dumps(_RIGHT)
        prompts, rewards = _foreign(_VERIFIERS, out, tmp_path, server.url, texts)
    assert prompts[1].startswith("What is 2 + 3?")
    assert rewards == [1.0, 1.0, 1.0]
