"""The jobs for a GPU run with tiny settings on a CPU; what they need arrives in parts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

GPU = Path(__file__).parents[2] / "benchmarks" / "gpu"
JOBS = {
    "01_smoke": {"qwen2-0.5b-random: sampler", "qwen2-0.5b-random: step",
                 "qwen2-0.5b-random: gradients", "qwen2-0.5b-random: memory"},
    "02_smollm2": {"compose", "tune", "candidates", "validate best", "validate random",
                   "validate median"},
    "03_large": {"build", "validate"},
}  # fmt: skip


def run(*words, code=0):
    done = subprocess.run(
        [sys.executable, *map(str, words)], capture_output=True, text=True,
        env=os.environ | {"HF_HUB_OFFLINE": "1"},
    )  # fmt: skip
    assert done.returncode == code, done.stdout[-2000:] + done.stderr[-3000:]
    return done.stdout if code == 0 else done.stderr


def test_there_is_a_test_for_every_job_and_a_line_in_the_list():
    scripts = {path.stem for path in GPU.glob("[0-9]*.py")}
    assert scripts == set(JOBS)
    listed = (GPU / "README.md").read_text()
    assert all(f"[`{name}.py`]({name}.py)" in listed for name in scripts)


def test_what_is_packed_arrives_part_by_part(tmp_path):
    folder = tmp_path / "brought"
    (folder / "wheels").mkdir(parents=True)
    (folder / "wheels" / "a.whl").write_bytes(os.urandom(1000))
    (folder / "large").write_bytes(bytes(61 << 20))  # more than one part
    parts, kept, at = tmp_path / "parts", tmp_path / "kept", tmp_path / "at"
    made = json.loads(run(GPU / "pack.py", "make", parts, "--only", folder))
    assert made["parts"] == 2
    assert all(path.stat().st_size <= 64 << 20 for path in parts.iterdir())
    told = json.loads(
        run(GPU / "pack.py", "keep", parts / "parts.json", parts / "001.part", "--at", kept)
    )
    assert told == {"missing": ["000.part"]}
    assert "000.part; copy" in run(GPU / "pack.py", "join", kept, "--at", at, code=1)
    assert not at.exists()
    (kept / "000.part").write_bytes(b"half")
    assert "damaged: 000.part" in run(GPU / "pack.py", "join", kept, "--at", at, code=1)
    run(GPU / "pack.py", "keep", parts / "000.part", "--at", kept)
    run(GPU / "pack.py", "join", kept, "--at", at)
    assert (at / "wheels" / "a.whl").read_bytes() == (folder / "wheels" / "a.whl").read_bytes()


def test_what_is_missing_is_named(tmp_path):
    bare = (
        "import bare, pathlib; bare.NEEDED += ('no_such_module',); "
        "bare.install(pathlib.Path('no_such_folder'))"
    )
    done = subprocess.run([sys.executable, "-c", bare], cwd=GPU, capture_output=True, text=True)
    assert done.returncode == 1
    assert "no_such_module missing here, and no wheels in" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("SE_SLOW"), reason="a minute or more a job; set SE_SLOW=1")
@pytest.mark.parametrize("name", JOBS)
def test_a_job_does_all_its_parts_in_small(name, tmp_path):
    printed = run(GPU / f"{name}.py", "--tiny", "--at", tmp_path / "at")
    told = {line["part"]: line for line in map(json.loads, printed.splitlines())}
    assert {"machine", "end"} < set(told)
    assert JOBS[name] == set(told) - {"machine", "end"}
    for part in JOBS[name]:
        assert "failed" not in told[part], told[part]
        assert "left_out" not in told[part], told[part]
    assert (tmp_path / "at" / f"{name}.jsonl").read_text() == printed
