"""CPU time and memory of reading large logs: histories, rollouts in Parquet and JSON lines.

python benchmarks/rollouts_scale.py --rollouts 1000000 --histories 120900
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

_GROUP = 8
_PROBLEMS = 10_000
_VISITS = 53  # as in the published histories of 1-shot RLVR
_PLAIN = """
import json, sys, numpy as np
rows = [json.loads(line) for line in open(sys.argv[1])]
table = np.array([row["accuracy"] for row in rows])
mean = table.mean(0)
print(table.var(1).argmax(), (1 - ((table - mean) ** 2).sum(1) / ((1 - mean) ** 2).sum()).argmax())
"""


def problem(number):
    return (
        f"Number {number}: how many ways are there to seat {number % 101} guests at "
        f"{number % 13 + 3} tables of {number % 5 + 2}?"
    )


def write_histories(path, count, rng):
    with path.open("w") as stream:
        for number in range(count):
            visits = (rng.integers(0, _GROUP + 1, _VISITS) / _GROUP).tolist()
            stream.write(json.dumps({"id": str(number), "accuracy": visits}) + "\n")


def write_rollouts(folder, count, rng):
    import pyarrow as pa
    import pyarrow.parquet as pq

    steps = max(1, count // (_PROBLEMS * _GROUP))
    numbers = np.repeat(np.arange(_PROBLEMS), _GROUP)
    prompts = [
        f"<|im_start|>user\n{problem(k)}<|im_end|>\n<|im_start|>assistant\n" for k in numbers
    ]
    lines = (folder / "rollouts.jsonl").open("w")
    (folder / "completions").mkdir()
    for step in range(steps):
        rewards = rng.integers(0, 2, len(prompts))
        answers = rng.integers(0, 30, len(prompts))
        said = [f"{'Let us think step by step. ' * 8}\\boxed{{{a}}}" for a in answers]
        columns = {"prompt": prompts, "completion": said, "accuracy_reward": rewards.astype(float)}
        table = pa.table({"step": np.full(len(prompts), step), **columns})
        pq.write_table(table, folder / "completions" / f"completions_{step:05d}.parquet")
        for prompt, text, reward in zip(prompts, said, rewards.tolist(), strict=True):
            row = {"input": prompt, "output": text, "gts": "3", "score": reward, "step": step}
            lines.write(json.dumps(row) + "\n")
    lines.close()
    return steps * len(prompts)


def measured(arguments):
    """Run a program in a child; return its CPU seconds and peak memory in MB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = (
        "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], "
        "stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(done.returncode)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, int(done.stdout) / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rollouts", type=int, default=1_000_000)
    parser.add_argument("--histories", type=int, default=120_900)
    asked = parser.parse_args()
    rng = np.random.default_rng(0)
    se = [sys.executable, "-m", "sample_engineering"]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_histories(folder / "h.jsonl", asked.histories, rng)
        count = write_rollouts(folder, asked.rollouts, rng)
        out = folder / "out.jsonl"
        print(f"{asked.histories:,} histories of {_VISITS} visits; {count:,} rollouts")
        for name, command in {
            "plain script: read, variance, LIM": [sys.executable, "-c", _PLAIN, folder / "h.jsonl"],
            "history, histories": [*se, "history", folder / "h.jsonl"],
            "history, Parquet": [*se, "history", folder / "completions", "-o", out],
            "history, JSON lines": [*se, "history", folder / "rollouts.jsonl", "-o", out],
            "profile, JSON lines": [*se, "profile", folder / "rollouts.jsonl", "-o", out],
            "rescore, JSON lines": [*se, "rescore", folder / "rollouts.jsonl", "-o", out],
        }.items():
            seconds, megabytes = measured(command)
            print(f"{name:36} {seconds:7.1f} CPU s {megabytes:7.0f} MB")


if __name__ == "__main__":
    main()
