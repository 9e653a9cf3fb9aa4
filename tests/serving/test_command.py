"""`se serve` from its first line to its end."""

import re
import signal
import subprocess
import sys

import httpx2 as httpx
import pytest

pytest.importorskip("uvicorn")

_SERVE = [sys.executable, "-m", "sample_engineering", "serve", "--port", "0", "--workers", "1"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_stop(number):
    with subprocess.Popen(_SERVE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        url = re.search(r"http://127\.0\.0\.1:\d+", run.stdout.readline())[0]
        body = {"query": ["\\boxed{5}"], "labels": ["5"]}
        assert httpx.post(f"{url}/get_reward", json=body).json()["rewards"] == [1.0]
        run.send_signal(number)
        out, err = run.communicate(timeout=60)
    assert run.returncode == 0
    assert out == "stopped; 1 rewards given, 0 requests refused\n"
    assert err == ""


def test_a_port_that_is_taken_is_one_line():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [*_SERVE[:-4], "--port", port, "--workers", "1"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: nothing can listen on 127.0.0.1 port")
    assert done.stderr.count("\n") == 1
    assert "choose another --port" in done.stderr
