"""Windows and macOS, as far as they can be simulated: what they lack is taken away in each process.

A module ``sitecustomize`` that Python imports first hides modules, functions and signals from the
command and from all processes that it starts.
"""

import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from sample_engineering.pool import read_pool

_ROOT = Path(__file__).resolve().parents[1]
_POOL = _ROOT / "examples" / "pool.jsonl"
_WINDOWS = """
import importlib.abc, multiprocessing, os, select, signal, sys

class _Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "readline"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules.pop(name, None)
sys.meta_path.insert(0, _Absent())
for name in ("fork", "forkpty", "killpg", "getpgid", "setsid",
             "sched_getaffinity", "sched_setaffinity", "mkfifo"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("setitimer", "getitimer", "alarm", "SIGALRM", "SIGHUP", "SIGUSR1", "SIGPROF",
             "SIGPIPE", "pthread_sigmask"):
    if hasattr(signal, name):
        delattr(signal, name)
multiprocessing.get_all_start_methods = lambda: ["spawn"]
_select = select.select

def _of_sockets(readers, writers, others, *rest):
    for one in (*readers, *writers, *others):
        if not hasattr(one, "getsockname"):
            raise OSError(10038, "An operation was attempted on something that is not a socket")
    return _select(readers, writers, others, *rest)

select.select = _of_sockets
"""
_MACOS = """
import os, resource

del os.sched_getaffinity
_setrlimit = resource.setrlimit

def _refusing(kind, limits):
    if kind == resource.RLIMIT_AS:
        raise ValueError("current limit exceeds maximum limit")
    _setrlimit(kind, limits)

resource.setrlimit = _refusing
"""
SYSTEMS = {"windows": _WINDOWS, "macos": _MACOS}


@pytest.fixture(params=SYSTEMS)
def elsewhere(request, tmp_path):
    """A function that starts `se` where that system's functions are all there are."""
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / "sitecustomize.py").write_text(SYSTEMS[request.param])
    paths = [tmp_path / "first", _ROOT]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths)), "OMP_NUM_THREADS": "1"}

    def start(*words):
        return subprocess.Popen(
            [sys.executable, "-m", "sample_engineering", *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=env,
            cwd=tmp_path,
        )

    return start


def _output(process, seconds=120):
    told, faults = process.communicate(timeout=seconds)
    assert process.returncode == 0, faults
    return told


@pytest.mark.parametrize("elsewhere", ["windows"], indirect=True)
def test_candidates_are_ranked(elsewhere):
    told = _output(elsewhere("rank", _POOL, "--top", 1))
    assert sum(sample.id in told for sample in read_pool(_POOL)) == 1


def test_what_math_verify_decides_is_decided(elsewhere):
    told = _output(elsewhere("grade", "--gold", r"\int_0^1 x dx", r"\frac{1}{2}"))
    assert "correct" in told
    assert "Math-Verify" in told


def test_problems_are_composed_also_with_relations_of_ones_own(elsewhere, tmp_path):
    (tmp_path / "own").mkdir()
    text = (_ROOT / "examples" / "plugin" / "se_example" / "moons.toml").read_text()
    text = re.sub('domain = "astronomy"', 'domain = "physics"', text)
    text = text.replace('"orbits", "division"', '"kinematics", "division"')
    (tmp_path / "own" / "moons.toml").write_text(text)
    assert "answer:" in _output(elsewhere("synthesize", "--domains", "physics,chemistry", "-n", 1))
    assert "moon-distance" in _output(elsewhere("synthesize", "--check", "own"))


@pytest.mark.parametrize("elsewhere", ["windows"], indirect=True)
def test_runs_are_shown_in_the_browser(elsewhere):
    process = elsewhere("view", _ROOT / "tests" / "runs" / "data")
    try:
        for line in process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                break
        page = urllib.request.urlopen(found[0], timeout=20).read().decode()
        assert "format_1" in page
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()
