"""How `se rank` grows: time and memory from ten thousand to a million candidates.

    python benchmarks/rank_scale.py [--sizes 10000,30000,100000] [--full] [--histories 120900]

Pools are made here, of sentences of our own: a few dozen problems whose numbers, names and things
are drawn anew for each candidate (seed 0), a fifth with another clause, one in a hundred a copy of
an earlier one, one in fifty in a prompt. Each is ranked against a benchmark of 500 of the same kind,
text tier and gates, by the command in a process of its own. For histories a plain script reads the
pool and the accuracies, takes the variance with NumPy and sorts; ours runs beside it in the same
run. CPU seconds are the figures to compare on a machine that is not idle; memory is the sum over
the processes, shared pages counted once (PSS) where the system tells.
"""

# ruff: noqa: E501 (problems read best whole)

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

SEED = 0
BENCHMARK = 500
VISITS = 20
NAMES = ("Ada", "Ben", "Cem", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jun", "Kai", "Lea")
THINGS = (
    "apples",
    "tiles",
    "bricks",
    "tickets",
    "letters",
    "bottles",
    "pencils",
    "shells",
    "coins",
)
PLACES = ("market", "harbour", "school", "library", "station", "workshop", "garden", "museum")
TEMPLATES = (
    "{n} buys {a} {t} at the {p} for {b} dollars each and sells them for {c} dollars each. What is the profit?",
    "A train leaves the {p} at {b} o'clock and travels {a} km at {c} km/h. When does it arrive?",
    "Let $f(x) = x^2 - {a}x + {b}$. Find the sum of the squares of the roots of $f$, plus {c}.",
    "Find the remainder when ${a}^{{{b}}} + {c}$ is divided by 7.",
    "A triangle at the {p} has sides of {a}, {b} and {c} metres. What is its area, if it exists?",
    "{n} puts {a} {t} into {b} equal boxes and keeps {c}. In how many ways can this be done?",
    "A box at the {p} holds {a} red and {b} blue {t}. {n} draws {c} at once. What is the chance that all are red?",
    "A sum of {a} dollars grows by {b} percent a year. After how many years does it exceed {c} hundred dollars?",
    "A tank at the {p} holds {a} litres and loses {b} litres an hour. How much is left after {c} minutes?",
    "The line through $({a}, {b})$ and $({c}, {a})$ meets the $y$-axis at which point?",
    "{n} runs {a} laps of {b} metres in {c} minutes. What is the average speed in km/h?",
    "Solve $\\frac{{x}}{{{a}}} + \\frac{{x}}{{{b}}} = {c}$ for $x$.",
    "A stone of {a} kg falls {b} metres. What is its kinetic energy on the ground, with $g = 9.8$ m/s$^2$, plus {c} J?",
    "How many integers from {b} to {a} are divisible neither by {c} nor by 3?",
    "The mean of {b} numbers is {a}. One number, {c}, is taken away. What is the mean of the others?",
    "Simplify $\\sqrt{{{a}}} \\cdot \\sqrt{{{b}}} - {c}$ as far as possible.",
)
CLAUSES = (
    "It is a rainy day at the {p}. ",
    "{n} has thought about this for {b} days. ",
    "Nobody at the {p} counts the {t} twice. ",
    "The {t} of {n} are all alike. ",
)
PROMPT = "Solve the following problem step by step.\n{}\nPut the final answer in \\boxed{{}}."


def problem(rng: random.Random) -> str:
    """Draw one."""
    values = {
        "n": rng.choice(NAMES), "t": rng.choice(THINGS), "p": rng.choice(PLACES),
        "a": rng.randint(100, 9999), "b": rng.randint(2, 99), "c": rng.randint(2, 999),
    }  # fmt: skip
    text = rng.choice(TEMPLATES)
    if rng.random() < 0.2:
        text = rng.choice(CLAUSES) + text
    return text.format(**values)


def write_pool(path: Path, n: int) -> None:
    """Write a pool of `n`."""
    rng = random.Random(SEED)
    kept: list[str] = []
    with path.open("w", encoding="utf-8") as stream:
        for number in range(n):
            text = rng.choice(kept) if kept and rng.random() < 0.01 else problem(rng)
            if len(kept) < 10_000:
                kept.append(text)
            if rng.random() < 0.02:
                text = PROMPT.format(text)
            record = {"id": f"p{number}", "problem": text, "answer": str(rng.randint(1, 999))}
            stream.write(json.dumps(record) + "\n")


def write_histories(path: Path, n: int) -> None:
    """Write accuracies of 8 rollouts at `VISITS` checkpoints."""
    rng = random.Random(SEED)
    with path.open("w", encoding="utf-8") as stream:
        for number in range(n):
            level = rng.random()
            visits = [sum(rng.random() < level for _ in range(8)) / 8 for _ in range(VISITS)]
            stream.write(json.dumps({"id": f"p{number}", "accuracy": visits}) + "\n")


PLAIN = """
import json, sys
import numpy as np
pool = [json.loads(line) for line in open(sys.argv[1])]
history = {r["id"]: r["accuracy"] for r in map(json.loads, open(sys.argv[2]))}
table = np.array([history[r["id"]] for r in pool])
variance = table.var(axis=1)
mean = table.mean(axis=0)
lim = 1 - ((table - mean) ** 2).sum(axis=1) / ((1 - mean) ** 2).sum()
order = np.argsort(-variance, kind="stable")
print([(pool[i]["id"], float(variance[i]), float(lim[i])) for i in order[:5]])
"""


def measured(command: list[str]) -> dict:
    """Run a command; return its wall and CPU seconds and its peak memory."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        peak, ended = [0], threading.Event()

        def watch() -> None:
            while not ended.wait(0.25):
                peak[0] = max(peak[0], sum(map(memory, family(child.pid))))

        watcher = threading.Thread(target=watch)
        watcher.start()
        code = child.wait()
        ended.set()
        watcher.join()
        wall = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if code:
            said.seek(0)
            sys.exit(said.read().decode()[-2000:])
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall_s": round(wall, 2), "cpu_s": round(cpu, 2), "peak_mb": round(peak[0] / 1024, 1)}


def family(pid: int) -> list[int]:
    """Return a process and all that it began."""
    found = [pid]
    for one in found:
        try:
            tasks = os.listdir(f"/proc/{one}/task")
            for task in tasks:
                children = Path(f"/proc/{one}/task/{task}/children").read_text(encoding="utf-8")
                found.extend(map(int, children.split()))
        except OSError:
            continue
    return found


def memory(pid: int) -> int:
    """Return the kilobytes of a process, shared pages in proportion."""
    for name, field in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        try:
            for line in Path(f"/proc/{pid}/{name}").read_text(encoding="utf-8").splitlines():
                if line.startswith(field):
                    return int(line.split()[1])
        except OSError:
            continue
    return 0


def main() -> None:
    """Print the curves as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="10000,30000,100000")
    parser.add_argument("--full", action="store_true", help="a million as well")
    parser.add_argument("--histories", type=int, default=120_900)
    parser.add_argument("--folder", type=Path, help="where pools are written; else a temporary one")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",") if size]
    sizes += [1_000_000] if options.full else []
    ours = [sys.executable, "-m", "sample_engineering", "rank"]
    result: dict = {"cores": len(os.sched_getaffinity(0)), "load": os.getloadavg()[0], "rank": []}
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        home = Path(folder)
        rng = random.Random(SEED + 1)
        items = ({"id": f"b{n}", "problem": problem(rng), "answer": "1"} for n in range(BENCHMARK))
        (home / "benchmark.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items))
        for size in sizes:
            pool = home / f"pool{size}.jsonl"
            write_pool(pool, size)
            command = [*ours, str(pool), "--against", str(home / "benchmark.jsonl"), "--top", "20"]
            for name, more in (("top", []), ("written", ["-o", str(home / "ranked.jsonl")])):
                if name == "written" and size != sizes[-1]:
                    continue
                asked = command if name == "top" else [*command[:-2], *more]
                row = {"candidates": size, "output": name, **measured(asked)}
                row["us_each"] = round(1e6 * row["cpu_s"] / size)
                result["rank"].append(row)
                print(json.dumps(row), file=sys.stderr, flush=True)
            pool.unlink()
        if options.histories:
            pool, histories = home / "pool.jsonl", home / "histories.jsonl"
            write_pool(pool, options.histories)
            write_histories(histories, options.histories)
            plain = home / "plain.py"
            plain.write_text(PLAIN)
            row = {
                "candidates": options.histories,
                "plain": measured([sys.executable, str(plain), str(pool), str(histories)]),
                "ours": measured(
                    [*ours, str(pool), "--history", str(histories), "--by", "history-variance",
                     "--top", "5"]
                ),
            }  # fmt: skip
            row["ratio_cpu"] = round(row["ours"]["cpu_s"] / row["plain"]["cpu_s"], 2)
            result["histories"] = row
    json.dump(result, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
