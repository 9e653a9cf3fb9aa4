"""The same verdict from any thread, process and event loop, at any time; limits that hold."""

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sample_engineering.errors import ConfigError, GraderError
from sample_engineering.grading import Grade, grade, grade_batch
from sample_engineering.grading import worker as worker_program
from sample_engineering.grading.workers import engine, limits

# Golds that need Math-Verify, beside ones that do not.
CASES = [
    ("\\boxed{85}", "85"),
    ("\\boxed{\\frac{1}{2}}", "0.5"),
    ("\\boxed{x^2-1}", "(x-1)(x+1)"),
    ("\\boxed{12 bananas}", "12"),
    ("\\boxed{\\frac{1}{3}}", "\\int_0^1 x^2 dx"),
    ("\\boxed{\\frac{1}{4}}", "\\int_0^1 x^2 dx"),
    ("\\boxed{18 \\text{ km/h}}", "5 m/s"),
    ("\\boxed{9^{9^{9^9}}}", "x"),
    ("nothing", "7"),
]
EXPECTED = [True, True, True, False, True, False, True, False, False]


def verdicts() -> list[bool]:
    return [grade(text, gold).correct for text, gold in CASES]


def stable(grades: list[Grade]) -> list[tuple]:
    return [(g.correct, g.readable, g.kind, g.extracted, g.prediction_form, g.rule) for g in grades]


def test_main_thread_and_others_agree() -> None:
    assert verdicts() == EXPECTED
    results: list[list[bool]] = []
    threads = [threading.Thread(target=lambda: results.append(verdicts())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [EXPECTED] * 4


def test_async_code() -> None:
    async def gather() -> list[list[bool]]:
        return await asyncio.gather(*(asyncio.to_thread(verdicts) for _ in range(3)))

    async def directly() -> list[bool]:
        return verdicts()

    assert asyncio.run(gather()) == [EXPECTED] * 3
    assert asyncio.run(directly()) == EXPECTED


def _send(queue) -> None:
    queue.put(verdicts())


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.parametrize("daemon", [False, True])
def test_child_processes(method: str, daemon: bool) -> None:
    assert verdicts() == EXPECTED  # The parent's worker runs when the child is made.
    context = multiprocessing.get_context(method)
    queue = context.Queue()
    child = context.Process(target=_send, args=(queue,), daemon=daemon)
    child.start()
    assert queue.get(timeout=120) == EXPECTED
    child.join()
    assert verdicts() == EXPECTED


def test_order_does_not_matter() -> None:
    reverse = [grade(text, gold).correct for text, gold in reversed(CASES)]
    assert reverse[::-1] == EXPECTED


def test_batch_in_workers_equals_batch_here() -> None:
    texts = [text for text, _ in CASES] * 20
    golds = [gold for _, gold in CASES] * 20
    here = grade_batch(texts, golds, workers=1)
    assert [g.correct for g in here] == EXPECTED * 20
    assert stable(grade_batch(texts, golds, workers=2)) == stable(here)


def test_batch_refuses_bad_arguments() -> None:
    with pytest.raises(ConfigError, match="one gold per prediction"):
        grade_batch(["a"], ["1", "2"])
    with pytest.raises(ConfigError, match="1 or more"):
        grade_batch(["a"], ["1"], workers=0)
    assert grade_batch([], []) == []


# Past the guard on purpose: it keeps a worker busy for as long as it is let.
ENDLESS = {"op": "verify", "gold": "1", "prediction": "9^{9^{9^9}}"}


def test_a_worker_over_its_limit_is_killed_and_replaced() -> None:
    worker = engine.workers(1)[0]
    with worker.lock:
        worker.ask([{"op": "read", "gold": "x"}], limits.WALL_SECONDS)
        kills, killed = worker.kills, worker.process
        # Well before the processor time at which it would give up by itself.
        assert worker.ask([ENDLESS], limits.CPU_SECONDS / 5) == []
        assert worker.kills == kills + 1
        assert killed is not None
        assert killed.poll() is not None
    assert engine.verify("\\int_0^1 x dx", "\\frac{1}{2}").same


def test_a_call_over_its_limit_is_marked() -> None:
    started = time.monotonic()
    reply = engine.verify(ENDLESS["gold"], ENDLESS["prediction"])
    assert reply == engine.Reply(same=False, readable=False, timed_out=True)
    assert time.monotonic() - started < limits.WALL_SECONDS * limits.STARVED_FACTOR + 5


def test_a_dead_worker_is_replaced() -> None:
    worker = engine.workers(1)[0]
    engine.verify("1", "1")
    assert worker.process is not None
    worker.process.kill()
    worker.process.wait()
    engine.verify("1", "1")
    assert engine.verify("1", "1").same


def test_workers_have_a_memory_limit_and_no_torch() -> None:
    code = (
        "import resource, sys\n"
        "from sample_engineering.grading import worker\n"
        "from sample_engineering.grading.workers import limits, math_verify_calls\n"
        "worker._limit_memory()\n"
        "math_verify_calls.load()\n"
        "assert resource.getrlimit(resource.RLIMIT_AS)[0] == limits.MEMORY_BYTES\n"
        "assert 'torch' not in sys.modules and 'transformers' not in sys.modules\n"
        "try:\n"
        "    bytearray(3 * 1024**3)\n"
        "except MemoryError:\n"
        "    print('limited')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "limited"


def test_import_is_light() -> None:
    code = (
        "import sys, sample_engineering.grading\n"
        "heavy = {'torch', 'sympy', 'pint', 'math_verify', 'mpmath', 'pandas'} & set(sys.modules)\n"
        "print(sorted(heavy))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_workers_end_with_their_parent() -> None:
    code = (
        "import os\n"
        "from sample_engineering.grading.workers import engine\n"
        "engine.verify('1', '1')\n"
        "print(engine.workers(1)[0].process.pid, flush=True)\n"
        "os._exit(0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    process_id = int(done.stdout)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.kill(process_id, 0)
        except ProcessLookupError:
            return
        threading.Event().wait(0.1)
    pytest.fail("the worker outlived its parent")


def test_long_answers_do_not_stop_a_batch() -> None:
    # Answers that nobody takes while requests are still being sent would fill both pipes.
    long = "\\boxed{" + "x+" * 4000 + "1}"
    grades = grade_batch([long, "\\boxed{5}"] * 100, ["5"] * 200, workers=2)
    assert [bool(found) for found in grades] == [False, True] * 100


def _interpreter(folder: Path, does: str) -> str:
    """Write what stands in the place of the Python that runs a worker."""
    if does == "is not there":
        return str(folder / "nowhere")
    program = folder / "python"
    program.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
    program.chmod(0o755)
    return str(program)


CALLS = {
    "verify": lambda: engine.verify("\\int_0^1 x dx", "\\frac{1}{2}"),
    "readable": lambda: engine.readable("\\int_0^1 x dx"),
    "opinion": lambda: engine.opinion("sympy", "2", "2"),
    "grade": lambda: grade("\\boxed{\\frac{1}{3}}", "\\int_0^1 x^2 dx"),
    "batch": lambda: grade_batch(["\\boxed{1}"] * 3, ["1"] * 3, workers=2),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("is not there", "No such file"),
        ("echo 'no room for it' >&2; exit 3", "status 3: no room for it"),
        ("kill -9 $$", "status -9"),
        ("exec sleep 60", "not ready"),
        ("exit 0", "status 0"),
    ],
)
def test_a_worker_that_cannot_start_is_an_error_and_no_verdict(
    call: str, does: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.close()
    monkeypatch.setattr(limits, "START_SECONDS", 0.2)
    monkeypatch.setattr(limits, "STARVED_FACTOR", 2)
    monkeypatch.setattr(sys, "executable", _interpreter(tmp_path, does))
    try:
        with pytest.raises(GraderError, match=said):
            CALLS[call]()
    finally:
        engine.close()


def test_what_ends_a_worker_from_outside_changes_no_verdict() -> None:
    engine.verify("1", "1")
    worker = engine.workers(1)[0]
    process = worker.process
    assert process is not None
    process.send_signal(signal.SIGSTOP)  # it is at work when it is ended
    threading.Timer(0.3, process.kill).start()
    assert engine.verify("\\int_0^1 x^3 dx", "\\frac{1}{4}").same
    assert worker.process is not process


@pytest.mark.parametrize("refused", [ValueError, OSError, AttributeError])
def test_a_worker_works_where_the_system_refuses_a_bound(
    refused: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    import resource

    def refuse(*_: object) -> None:
        raise refused

    monkeypatch.setattr(resource, "setrlimit", refuse)
    worker_program._limit_memory()


def test_a_worker_keeps_to_a_lower_bound_than_its_own() -> None:
    code = (
        "import resource\n"
        "from sample_engineering.grading import grade\n"
        "bound = 1_900_000 * 1024\n"
        "resource.setrlimit(resource.RLIMIT_AS, (bound, bound))\n"
        "print(grade('\\\\boxed{1/2}', '\\\\int_0^1 x dx').correct)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
