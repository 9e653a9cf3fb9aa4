"""`transformers serve` for real: it ignores n, logprobs and json_schema in silence.

Fields that it does not know, such as the one to continue a begun message, it refuses.
"""

import importlib.util
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from sample_engineering.errors import GenerationError
from sample_engineering.generation import Sampling
from sample_engineering.generation.openai_generator import OpenAIGenerator
from sample_engineering.generation.openai_samples import SCHEMA_ATTEMPTS

COMMAND = Path(sys.executable).parent / "transformers"
START_LIMIT = 180.0  # seconds; 10 on an idle machine
CHAT = [{"role": "user", "content": "What is 2 + 3?"}]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not COMMAND.exists()
        or any(importlib.util.find_spec(name) is None for name in ("fastapi", "uvicorn")),
        reason="needs an extra: pip install 'sample-engineering[serving]'",
    ),
]


@pytest.fixture(scope="module")
def serving(tiny_model_path, tmp_path_factory):
    folder = tmp_path_factory.mktemp("serve")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(COMMAND), "serve", "--host", "127.0.0.1", "--port", str(port)]
    # /v1/models fails where the folder of downloaded models is absent.
    (folder / "hub").mkdir()
    environment = os.environ | {"HF_HOME": str(folder), "HF_HUB_OFFLINE": "1"}
    log_path = folder / "log.txt"
    with log_path.open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
    try:
        end = time.monotonic() + START_LIMIT
        url = f"http://127.0.0.1:{port}"
        while True:
            assert server.poll() is None, log_path.read_text()[-2000:]
            assert time.monotonic() < end, log_path.read_text()[-2000:]
            try:
                urlopen(url + "/health", timeout=2)
                break
            except (URLError, OSError):
                time.sleep(0.3)  # the one wait here: for another program to start
        yield url, str(tiny_model_path)
    finally:
        server.terminate()
        server.wait(20)


def test_chats_and_texts_are_answered_and_the_gaps_of_the_server_are_noticed(serving):
    url, model = serving
    with OpenAIGenerator(url, model, concurrency=2) as generator:
        groups = generator.generate([CHAT, "2 + 3 ="], Sampling(n=3, max_tokens=8, logprobs=True))
        assert [len(group) for group in groups] == [3, 3]
        assert all(item.tokens <= 8 for group in groups for item in group)
        assert generator.features.n is False
        assert any("n=3" in note for note in generator.features.notes)
        assert any("log-probabilities" in note for note in generator.features.notes)


def test_one_request_at_a_time_repeats_itself(serving):
    """Several at a time do not: the server seeds its process, not the request."""
    url, model = serving
    with OpenAIGenerator(url, model, concurrency=1) as generator:
        first, again = (
            generator.generate([CHAT], Sampling(n=3, max_tokens=8, seed=5)) for _ in range(2)
        )
    assert [item.text for item in first[0]] == [item.text for item in again[0]]
    assert len({item.text for item in first[0]}) == 3


def test_structured_answers_are_checked_and_asked_again(serving):
    url, model = serving
    with OpenAIGenerator(url, model, concurrency=1) as generator:
        schema = {"type": "object", "required": ["sum"]}
        [[answer]] = generator.generate([CHAT], Sampling(max_tokens=300, seed=3), schema=schema)
        assert generator.usage.requests == SCHEMA_ATTEMPTS  # a random model never writes JSON
        assert generator.usage.faults["schema"] == SCHEMA_ATTEMPTS - 1
        assert generator.features.json_schema is None
        assert any("json_schema" in note for note in generator.features.notes)
        assert answer.text


def test_a_begun_answer_is_refused_in_words(serving):
    url, model = serving
    with OpenAIGenerator(url, model) as generator:
        begun = [*CHAT, {"role": "assistant", "content": "It is"}]
        assert not generator.can_prefill(begun)
        with pytest.raises(GenerationError, match="without a begun answer"):
            generator.generate([begun], Sampling(max_tokens=4))
