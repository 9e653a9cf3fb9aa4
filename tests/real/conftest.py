"""A real language model and the installed commands, for the tests of `make test-real`."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

MODEL_VARIABLE = "SE_REAL_MODEL"  # folder of SmolLM2-135M-Instruct, see scripts/fetch_smollm2.py
VLLM_VARIABLE = "SE_REAL_VLLM"  # virtual environment with vLLM, see scripts/make_vllm_env.sh
LIMIT = 1800.0  # seconds for one command: only a hang takes so long
# Shows the box twice, since a model of this size writes none where it is only asked for one.
TEMPLATE = (
    "Solve the problem briefly and write the result in a box.\n\n"
    "Problem: A bag holds 5 coins. How many coins are in 3 bags?\n"
    "Solution: 5 * 3 = 15. The answer is \\boxed{15}.\n\n"
    "Problem: Lea has 14 cards and loses 6. How many cards are left?\n"
    "Solution: 14 - 6 = 8. The answer is \\boxed{8}.\n\n"
    "Problem: {problem}\nSolution:"
)
PROBLEMS = (
    ("sum", "What is 27 + 35?", "62"),
    ("pens", "Tom has 12 pens and buys 9 more. How many pens does he have now?", "21"),
    ("eggs", "A box holds 6 eggs. How many eggs are in 7 boxes?", "42"),
    ("shirts", "A shirt costs 15 dollars. What do 4 shirts cost, in dollars?", "60"),
    ("birds", "There are 45 birds. 18 fly away. How many birds are left?", "27"),
    (
        "train",
        "A train travels 60 km in each hour. How far does it get in 3 hours, in km?",
        "180",
    ),
)


@dataclass(frozen=True)
class Ran:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


def environment() -> dict[str, str]:
    """Return the variables of a command: offline, and what vLLM wants on a CPU."""
    return os.environ | {
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "COLUMNS": "120",
        "VLLM_NO_USAGE_STATS": "1",
        "VLLM_CPU_OMP_THREADS_BIND": "nobind",
        "VLLM_CPU_KVCACHE_SPACE": "1",
    }


def command(bin_: Path) -> Callable[..., Ran]:
    """Return a function that runs the `se` of a virtual environment."""

    def run(*arguments: object, cwd: Path, code: int = 0) -> Ran:
        done = subprocess.run(
            [str(bin_ / "se"), *map(str, arguments)],
            cwd=cwd, env=environment(), capture_output=True, text=True, timeout=LIMIT,
        )  # fmt: skip
        found = Ran(done.returncode, done.stdout, done.stderr)
        assert found.code == code, f"{found.out[-2000:]}\n{found.err[-4000:]}"
        return found

    return run


@pytest.fixture(scope="session")
def model() -> str:
    """The folder of the model; every test here needs it."""
    folder = os.environ.get(MODEL_VARIABLE)
    if not folder:
        pytest.skip("no real model is given; run: make test-real")
    assert (Path(folder) / "model.safetensors").is_file(), f"{MODEL_VARIABLE} holds no model"
    return folder


@pytest.fixture(scope="session")
def se(model: str) -> Callable[..., Ran]:
    """Runs the installed `se`."""
    return command(Path(sys.executable).parent)


@pytest.fixture(scope="session")
def vllm_bin(model: str) -> Path:
    """The commands of the environment with vLLM."""
    folder = os.environ.get(VLLM_VARIABLE)
    if not folder:
        pytest.skip("no environment with vLLM is given; run: make test-real")
    return Path(folder).absolute() / "bin"


@pytest.fixture(scope="session")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the files of all tests."""
    return tmp_path_factory.mktemp("real")


@pytest.fixture(scope="session")
def pool(work: Path) -> Path:
    """Six problems that the model solves now and then."""
    return write_pool(work / "pool.jsonl", PROBLEMS)


def write_pool(path: Path, problems: Sequence[tuple[str, str, str]]) -> Path:
    """Write problems as a pool."""
    rows = (
        {"id": id_, "problem": problem, "answer": answer, "kind": "number", "domains": ["math"]}
        for id_, problem, answer in problems
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
