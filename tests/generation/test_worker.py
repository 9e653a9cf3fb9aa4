"""A model in a process of its own: what comes back, what is freed, and how it ends."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from sample_engineering import registry
from sample_engineering.errors import ConfigError, GenerationError
from sample_engineering.generation import Sampling
from sample_engineering.generation.begun_answer import encode_begun
from sample_engineering.generation.context import token_bound
from sample_engineering.generation.engines import choose_engine
from sample_engineering.generation.worker_process import Worker

from .test_engines import ParrotEngine

CHAT = [{"role": "user", "content": "What is 2 + 3?"}]
PROMPTS = [CHAT, "2 + 3 =", CHAT, "ab\ud800c"]
SAMPLING = Sampling(n=3, max_tokens=12, seed=1, logprobs=True)


@pytest.fixture(scope="module")
def worker():
    with Worker() as worker:
        yield worker


@pytest.fixture(scope="module")
def opened(worker, tiny_model_path):
    return worker.open(tiny_model_path, options={"device": "cpu"}, name="tiny")


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stream:
            return stream.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(pid, seconds=20):
    """Wait for another process to end: nothing tells of it."""
    end = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    return not alive(pid)


def test_another_process_says_what_this_one_would(opened, tiny_generator):
    prompts = PROMPTS[:3]
    assert opened.generate(prompts, SAMPLING) == tiny_generator.generate(prompts, SAMPLING)
    assert opened.capabilities == tiny_generator.capabilities
    assert opened.name == "tiny"
    assert opened.usage.requests == 3
    assert opened.can_prefill([*CHAT, {"role": "assistant", "content": "It"}])


def test_prompts_are_yielded_one_by_one_and_counted(opened):
    told = []
    found = dict(opened.stream(PROMPTS[:3], SAMPLING))
    assert sorted(found) == [0, 1, 2]
    opened.generate(PROMPTS[:3], SAMPLING, progress=told.append)
    assert sum(told) == 3


def test_an_error_is_the_error_that_it_is_here_and_the_process_goes_on(worker, opened):
    pid = worker.pid
    with pytest.raises(GenerationError, match="does not fit the model's context"):
        opened.generate(["2" * 3000], Sampling())
    with pytest.raises(GenerationError, match="does not offer `schema`"):
        opened.generate(["2"], Sampling(), schema={"type": "object"})
    assert opened.generate(["2 + 3 ="], Sampling(max_tokens=3))
    assert worker.pid == pid


def test_the_next_model_takes_the_place_of_the_last_in_the_same_process(worker, tiny_model_path):
    first = worker.open(tiny_model_path, name="first")
    pid = worker.pid
    second = worker.open(tiny_model_path, name="second")
    assert second.generate(["2 ="], SAMPLING) == first.generate(["2 ="], SAMPLING)
    assert worker.pid == pid
    second.close()
    assert worker.pid == pid
    with pytest.raises(GenerationError, match=r"there is no model folder .*absent"):
        worker.open("/absent")


def test_a_stream_that_is_left_ends_the_process_and_the_next_request_starts_anew(
    tiny_model_path,
):
    with Worker() as worker:
        generator = worker.open(tiny_model_path, options={"batch_tokens": 1})
        pid = worker.pid
        stream = generator.stream(PROMPTS[:3], SAMPLING)
        next(stream)
        stream.close()
        assert gone(pid)
        assert len(generator.generate(PROMPTS[:3], SAMPLING)) == 3
        assert worker.pid not in (None, pid)
        last = worker.pid
    assert gone(last)
    assert worker.pid is None


def test_a_killed_process_is_told_in_one_sentence(tiny_model_path):
    with Worker() as worker:
        generator = worker.open(tiny_model_path)
        os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises(GenerationError, match=r"was ended by SIGKILL, .*memory; the last it"):
            generator.generate(["2 ="], SAMPLING)
        assert generator.generate(["2 ="], SAMPLING)  # opened again


def test_what_the_process_last_said_is_told(tmp_path):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho no such module: numpy >&2\nexit 3\n")
    python.chmod(0o755)
    with pytest.raises(GenerationError, match=r"ended with status 3; .*no such module: numpy"):
        Worker(python).open("model")
    with pytest.raises(ConfigError, match="`python` '/absent/python' cannot be started: No such"):
        Worker("/absent/python").open("model")


def test_what_is_registered_in_this_process_only_is_refused():
    registry.register("engine", "parrot", ParrotEngine)
    try:
        with pytest.raises(ConfigError, match="known to this program only"):
            Worker().open("polly", "parrot")
    finally:
        registry.unregister("engine", "parrot")


def test_a_server_needs_no_process():
    worker = Worker()
    generator = worker.open("m", "server", {"server": "http://127.0.0.1:9"})
    assert generator.name == "m"
    assert worker.pid is None


def test_variables_reach_the_process_and_options_are_checked_before_it_starts(tiny_model_path):
    with Worker(environment={"CUDA_VISIBLE_DEVICES": "7"}) as worker:
        worker.open(tiny_model_path)
        with open(f"/proc/{worker.pid}/environ", encoding="utf-8") as stream:
            assert "CUDA_VISIBLE_DEVICES=7" in stream.read().split("\0")
    worker = Worker()
    with pytest.raises(ConfigError, match="'dtpye' is no option of the engine 'transformers'"):
        worker.open(tiny_model_path, options={"dtpye": "bfloat16"})
    assert worker.pid is None


def test_the_process_ends_with_its_parent_however_that_ends(tiny_model_path, tmp_path):
    told = tmp_path / "pid"
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from sample_engineering.generation.worker_process import Worker\n"
        "worker = Worker()\n"
        "worker.open(sys.argv[1])\n"
        "Path(sys.argv[2]).write_text(str(worker.pid))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tiny_model_path), str(told)])
    assert done.returncode == -signal.SIGKILL
    assert gone(int(told.read_text()))


def test_what_libraries_print_does_not_disturb_the_answers(tiny_model_path):
    """The protocol by hand: one line in, lines out, and prints of the process elsewhere."""
    command = [sys.executable, "-m", "sample_engineering.generation.worker"]
    requests = [
        {"do": "open", "engine": "transformers", "model": str(tiny_model_path), "name": None,
         "options": {}},
        {"do": "sample", "prompts": ["2 + 3 ="], "sampling": {"max_tokens": 3}, "schema": None},
        {"do": "nonsense"},
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        for request in requests:
            process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for _ in range(5)]
        process.stdin.close()
    assert [next(iter(answer)) for answer in answers] == [
        "ready", "opened", "done", "ended", "error",
    ]  # fmt: skip


def test_vllm_is_told_the_longest_request_and_refuses_what_no_build_can(monkeypatch):
    engine = choose_engine("vllm", {}, {"gpu_memory_utilization": 0.5})
    assert engine.sized(900).longest == 900
    assert choose_engine("vllm", {}, {"max_model_len": 64}).sized(900).longest is None
    for options, said in (
        ({"gpu_memory_utilization": 1.5}, "`gpu_memory_utilization` 1.5: give a share"),
        ({"device": "tpu"}, "`device` 'tpu' is none for vLLM"),
    ):
        with pytest.raises(ConfigError, match=said):
            choose_engine("vllm", {}, options)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,5")
    numbered = {"cuda": {}, "cuda:1": {"CUDA_VISIBLE_DEVICES": "5"}, "cpu": {}}
    for device, environment in numbered.items():
        assert choose_engine("vllm", {}, {"device": device}).environment == environment
    with pytest.raises(ConfigError, match="shows 2 GPUs"):
        _ = choose_engine("vllm", {}, {"device": "cuda:2"}).environment


def test_a_length_in_bytes_is_no_less_than_one_in_tokens(tiny_generator):
    prompts = [CHAT, "2 + 3 = é" * 20, [{"role": "system", "content": "x"}, *CHAT]]
    bound = token_bound(prompts, 10)
    longest = max(map(len, encode_begun(prompts, tiny_generator.tokenizer, {})))
    assert longest + 10 <= bound <= longest + 10 + 700
