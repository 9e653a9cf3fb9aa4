"""Runs command lines, each in a fork of one process that has imported what is dear to import.

    python driver.py CASES.json FOLDER

A case has a name, arguments, variables and, where the command runs until it is stopped, a text of
its output after which it gets a Ctrl-C. What each prints, its status, and what the guard noted lie
in a folder of its name.
"""

import importlib
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path

_DEAR = (
    *("pandas", "scipy.stats", "sympy", "datasets", "huggingface_hub"),
    *("transformers", "trl.trainer.grpo_config"),
)


def main():
    cases = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    places = Path(sys.argv[2])
    noted = places / "imports"
    noted.mkdir()
    os.environ["SE_GUARD_LOG"] = str(noted / "noted.jsonl")
    from sample_engineering.outside import keep_to_oneself

    keep_to_oneself()
    for module in _DEAR:
        importlib.import_module(module)
    for case in cases:
        _run(case, places / case["name"])


def _run(case, place):
    place.mkdir()
    os.environ["SE_GUARD_LOG"] = str(place / "noted.jsonl")
    child = os.fork()
    if child == 0:
        _be_the_command(case, place)
    end = time.monotonic() + 300
    while time.monotonic() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        told = (place / "stdout").read_text(errors="replace") if (place / "stdout").exists() else ""
        if case.get("until") and case["until"] in told:
            os.kill(child, signal.SIGINT)
        time.sleep(0.05)
    else:
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    (place / "status").write_text(str(os.waitstatus_to_exitcode(status)))
    used = os.times()
    print(case["name"], used.children_user + used.children_system)


def _be_the_command(case, place):
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(place / name, os.O_WRONLY | os.O_CREAT), number)
    os.environ.update(case.get("variables", {}))
    sys.argv = ["se", *case["arguments"]]
    status = 1
    try:
        from sample_engineering.entry import main as se

        se()
        status = 0
    except SystemExit as error:
        status = error.code or 0
    except BaseException:
        traceback.print_exc()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
