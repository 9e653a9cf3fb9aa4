"""Ctrl-C at any moment of a process: one line, status 130, no traceback."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# The process interrupts itself at its n-th import, so that no clock decides what is met.
_AT_AN_IMPORT = """
import os, signal, sys
left = {n}
def hook(event, _):
    global left
    if event == "import":
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGINT)
from sample_engineering.entry import main
sys.addaudithook(hook)
sys.argv = ["se", "components", "--format", "json"]
main()
"""
_WHILE_CLOSING = """
import atexit, os, signal, sys, threading, time
def interrupt():
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.05)
{when}
from sample_engineering.entry import main
sys.argv = ["se", "components", "--format", "json"]
main()
"""


def _run(program):
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # not ignored
    )  # fmt: skip


@pytest.mark.parametrize("n", [1, 30, 150, 300])
def test_while_it_starts(n):
    done = _run(_AT_AN_IMPORT.format(n=n))
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


@pytest.mark.parametrize(
    "when",
    [
        "atexit.register(interrupt)",
        "sys.addaudithook(lambda event, _: 'ClearAuditHooks' in event and interrupt())",
        "threading._register_atexit(interrupt)",
    ],
)
def test_while_it_closes_down_what_was_printed_stays(when):
    done = _run(_WHILE_CLOSING.format(when=when))
    assert done.returncode in (0, 130)
    assert done.stderr in ("", "interrupted\n")
    assert done.stdout.rstrip().endswith("}")


def test_where_the_signal_is_ignored_it_stays_ignored():
    program = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    done = _run(program + _AT_AN_IMPORT.format(n=30))
    assert done.returncode == 0, done.stderr
