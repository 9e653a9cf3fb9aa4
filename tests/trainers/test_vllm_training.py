"""Rollouts that vLLM samples, trained on by TRL through our trainer; needs both installed."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.vllm,
    pytest.mark.skipif(not find_spec("vllm"), reason="vLLM is not installed"),
]


def test_vllm_samples_what_is_trained_on(tmp_path):
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "tests.trainers.vllm_step", str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=root,
        env={"VLLM_CPU_OMP_THREADS_BIND": "nobind", "VLLM_CPU_KVCACHE_SPACE": "1"}
        | os.environ
        | {"PYTHONPATH": os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])},
    )
    assert done.returncode == 0, done.stderr[-4000:]
    (line,) = [text for text in done.stdout.splitlines() if text.startswith("TOLD ")]
    told = json.loads(line.removeprefix("TOLD "))
    assert told["obstacle"] == "sampling: vLLM samples"
    assert told["cuts"]
    assert told["weighs"]
    assert told["room"] == 6 + 24  # the prompt and a rollout
    assert not any("car" in text for text in told["texts"])
    for logged in told["logged"]:
        # vLLM has the trained weights at each step: both know how probable a token was, up to
        # the bfloat16 in which its CPU build computes.
        assert logged["sampling/sampling_logp_difference/max"] < 0.05
        assert abs(logged["sampling/importance_sampling_ratio/mean"] - 1) < 0.01
    kl = [logged["kl"] for logged in told["logged"]]
    assert kl[0] == pytest.approx(0, abs=1e-6)
    assert kl[2] > 1e-4  # they moved
