"""The main job end to end, offline: rank a pool, compose what it lacks, train on the best sample.

Every step is the `se` command that a user would type; the embedded model makes it run on a laptop.
"""

import shlex
import subprocess
import sys
import time
from pathlib import Path

from sample_engineering import load_pool, save_pool
from sample_engineering.skills import DOMAINS

HERE = Path(__file__).parent
POOL = HERE / "demo_pool.jsonl"
OUT = Path("runs") / "demo"
COMPOSED = 24  # problems to compose for the domains that the pool lacks
LINKED = 2  # templates in each of them; more are hardly ever solved by the embedded model
ROLLOUTS = 32
LEAST_PASS_RATE = 0.1  # rarer ones are learnt too late in a run (docs/lab/microcosm.md)


def run(*arguments: str | Path) -> None:
    """Print and run one `se` command; stop the demo if it fails."""
    words = [str(word) for word in arguments]
    print(f"\n$ se {shlex.join(words)}", flush=True)
    command = [sys.executable, "-m", "sample_engineering", *words]
    if subprocess.run(command, check=False).returncode:
        sys.exit(f"demo: se {words[0]} failed")


def main() -> None:
    started = time.monotonic()
    OUT.mkdir(parents=True, exist_ok=True)

    print("1. Which of the shipped problems is worth training on, and why?")
    run("rank", POOL, "--demand", "microcosm", "--top", "5")

    held = {domain for sample in load_pool(POOL) for domain in sample.domains}
    lacking = [domain for domain in DOMAINS if domain not in held]
    print(f"\n2. The pool has no problems in {' and '.join(lacking)}: compose some.")
    composed = OUT / "composed.jsonl"
    run(
        "synthesize", "--domains", ",".join(lacking), "--dialect", "compact",
        "--n", str(COMPOSED), "--steps", str(LINKED), "-o", composed,
    )  # fmt: skip

    print("\n3. Measure: rank all of them by rollouts of the embedded model.")
    together, ranked = OUT / "candidates.jsonl", OUT / "ranked.jsonl"
    save_pool([*load_pool(POOL), *load_pool(composed)], together)
    run(
        "rank", together, "--model", "microcosm", "--rollouts", str(ROLLOUTS),
        "--where", f"pass_rate >= {LEAST_PASS_RATE}", "--top", "3", "-o", ranked,
    )  # fmt: skip

    print("\n4. Train on the best one alone: is the model better at others, in every domain?")
    best = load_pool(ranked)[0]
    chosen = f"{together}#{best.id}"
    run("validate", chosen, "--quick", "--out", OUT / f"validate-{int(time.time())}")
    print("\nThat was one training. What the sample does takes three, and controls beside them:")
    print(f"  se validate {shlex.quote(chosen)}")
    print(f"demo done in {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
