"""Commands in processes of their own that are interrupted as by Ctrl-C."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil


@contextmanager
def started(command: list, **options) -> Iterator[subprocess.Popen]:
    """Start a command that heeds Ctrl-C, also where the tests run in a shell's background.

    A shell without job control lets what it runs there ignore the signal, and children inherit
    that.
    It is killed in the end, whatever the test did.
    """
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        **options,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def has_worked(process: subprocess.Popen, seconds: float, *, patience: float = 120) -> None:
    """Wait until a process has computed for so many seconds, however busy the machine is."""
    end = time.monotonic() + patience
    while time.monotonic() < end and process.poll() is None:
        if psutil.Process(process.pid).cpu_times().user >= seconds:
            return
        time.sleep(0.05)
