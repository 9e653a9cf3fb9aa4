"""A real `vllm serve` on this machine's CPU, for as long as a test needs it."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

START_LIMIT = 240.0  # seconds; 24 on an idle machine, 64 on a busy one
# What vLLM wants on a CPU.
ENVIRONMENT = {
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
}


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(bin_: Path, model: str, name: str, log: Path, *options: str) -> Iterator[str]:
    """Run the `vllm serve` of a virtual environment; yields its address without ``/v1``."""
    port = free_port()
    command = [
        str(bin_ / "vllm"), "serve", model, "--served-model-name", name,
        "--host", "127.0.0.1", "--port", str(port), "--enforce-eager", *options,
    ]  # fmt: skip
    with log.open("w", encoding="utf-8") as stream:
        server = subprocess.Popen(
            command, stdout=stream, stderr=subprocess.STDOUT,
            env=os.environ | ENVIRONMENT, start_new_session=True,
        )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}"
        end = time.monotonic() + START_LIMIT
        while True:
            assert server.poll() is None, log.read_text(encoding="utf-8")[-3000:]
            assert time.monotonic() < end, (
                "vllm serve did not start: " + log.read_text(encoding="utf-8")[-3000:]
            )
            try:
                urlopen(url + "/health", timeout=2)
                break
            except (URLError, OSError):
                time.sleep(0.5)  # the one wait here: for another program to start
        yield url
    finally:
        os.killpg(server.pid, 15)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, 9)
