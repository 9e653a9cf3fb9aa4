"""`transformers serve` for real: a server that ignores n, logprobs and json_schema in silence."""

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

from sample_engineering.generation.openai_backend import OpenAIGenerator

COMMAND = Path(sys.executable).parent / "transformers"
START_LIMIT = 180.0  # seconds; 10 on an idle machine

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not COMMAND.exists()
        or any(importlib.util.find_spec(name) is None for name in ("fastapi", "accelerate")),
        reason="needs two extras: pip install 'sample-engineering[serving,train]'",
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


def test_chats_are_answered_and_the_gaps_of_the_server_are_noticed(serving):
    url, model = serving
    chat = [{"role": "user", "content": "What is 2 + 3?"}]
    with OpenAIGenerator(url, model, concurrency=2) as generator:
        groups = generator.generate([chat] * 2, n=3, max_tokens=8, logprobs=True)
        assert [len(group) for group in groups] == [3, 3]
        assert all(item.tokens <= 8 for group in groups for item in group)
        assert generator.features.n is False
        assert any("n=3" in note for note in generator.features.notes)
        assert any("log-probabilities" in note for note in generator.features.notes)
