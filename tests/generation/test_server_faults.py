"""The fault matrix: a proxy that breaks answers stands before a real server of a real model."""

import json

import pytest

from sample_engineering.errors import GenerationError
from sample_engineering.files import write_whole
from sample_engineering.generation import Sampling
from sample_engineering.generation.openai_generator import OpenAIGenerator
from sample_engineering.generation.retries import RetryPolicy

from .local_server import FaultProxy, ScriptedServer

FAULTS = (
    "429", "500", "503", "stall", "truncate", "malformed", "html", "empty", "reset", "drip",
)  # fmt: skip
PATIENT = RetryPolicy(attempts=12, first_wait=0.01, longest_wait=0.05)
# Seconds for one answer: far above what the tiny model needs, below what a drip of one byte each
# 50 ms takes for its 300 bytes.
TIMEOUT = 4.0
PROMPTS = [[{"role": "user", "content": f"What is {number} + 1?"}] for number in range(24)]


def run(url, path, **options):
    """Write all completions to a file, as a job would, and return the generator."""
    options = {"concurrency": 12, "retry": PATIENT, "timeout": TIMEOUT} | options
    with OpenAIGenerator(url, "tiny", **options) as generator:
        groups = generator.generate(PROMPTS, Sampling(n=2, max_tokens=16, seed=3))
    with write_whole(path) as stream:
        for index, group in enumerate(groups):
            texts = [item.text for item in group]
            stream.write(json.dumps({"prompt": index, "texts": texts}) + "\n")
    return generator


@pytest.fixture(scope="module")
def clean_file(tiny_server, tmp_path_factory):
    path = tmp_path_factory.mktemp("clean") / "out.jsonl"
    run(tiny_server.url, path)
    return path.read_bytes()


@pytest.mark.parametrize("fault", FAULTS)
def test_no_item_is_lost_or_doubled_and_the_file_is_the_same(
    fault, tiny_server, clean_file, tmp_path
):
    # Every third request breaks; slow faults only six times, since each costs a time-out.
    slow = fault in ("stall", "drip")
    often = (
        (lambda k: fault if k < 6 else None) if slow else (lambda k: fault if k % 3 == 0 else None)
    )
    with FaultProxy(tiny_server, often) as proxy:
        generator = run(proxy.url, tmp_path / "out.jsonl", timeout=1.5 if slow else TIMEOUT)
    assert (tmp_path / "out.jsonl").read_bytes() == clean_file
    assert proxy.seen[fault] >= 6
    assert generator.usage.requests == len(PROMPTS)
    assert generator.usage.retries >= proxy.seen[fault] > 0


def test_all_faults_together(tiny_server, clean_file, tmp_path):
    def mixed(number):
        return FAULTS[number // 2 % len(FAULTS)] if number % 2 == 0 else None

    with FaultProxy(tiny_server, mixed) as proxy:
        generator = run(proxy.url, tmp_path / "out.jsonl", timeout=1.5)
    assert (tmp_path / "out.jsonl").read_bytes() == clean_file
    assert set(FAULTS) <= set(proxy.seen)
    assert generator.usage.requests == len(PROMPTS)
    assert set(generator.usage.faults) >= {
        "429",
        "500",
        "503",
        "timeout",
        "connection",
        "malformed",
    }


def test_a_server_that_keeps_failing_ends_the_job_with_its_words():
    broken = (500, {"error": {"message": "out of memory"}}, {})
    quick = RetryPolicy(attempts=3, first_wait=0.01, longest_wait=0.01)
    with (
        ScriptedServer(lambda _: broken) as server,
        pytest.raises(GenerationError, match=r"failed 3 times, last with 500: out of memory"),
    ):
        OpenAIGenerator(server.url, "tiny", retry=quick).generate(PROMPTS[:1], Sampling())
    assert sum(server.asked.values()) == 3


def test_a_server_that_resets_its_first_connections_is_there_and_asked_on(tiny_server):
    """Unlike an address where nothing listens, which is given up after three attempts."""
    with FaultProxy(tiny_server, lambda number: "reset" if number < 6 else None) as proxy:
        with OpenAIGenerator(proxy.url, "tiny", retry=PATIENT) as generator:
            generator.generate(PROMPTS[:1], Sampling(max_tokens=2))
        assert generator.usage.faults == {"connection": 6}


def test_retry_after_holds_back_all_requests_within_the_bound():
    """A busy server is left alone by every request, and an absurd wish is cut to the bound."""
    import time

    times = []

    def script(body):
        times.append(time.monotonic())
        if len(times) == 1:
            return 429, {"error": {"message": "busy"}}, {"retry-after": "86400"}
        return "fine"

    bounded = RetryPolicy(attempts=3, first_wait=0.01, longest_retry_after=0.4)
    with ScriptedServer(script) as server:
        OpenAIGenerator(server.url, "tiny", retry=bounded, concurrency=1).generate(
            PROMPTS[:3], Sampling()
        )
    assert len(times) == 4
    assert 0.35 <= times[1] - times[0] < 30
