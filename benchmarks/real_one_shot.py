"""One-shot training of a real language model on a CPU, from candidates to verdict.

    python benchmarks/real_one_shot.py MODEL OUT [--steps 24] [--rollouts 16] [--lr 1e-5]

MODEL is a folder with SmolLM2-135M-Instruct (scripts/fetch_smollm2.py). Eight kinds of simple word
problems are made, three candidates and six held-out items of each; the candidates are probed
and ranked with the package's commands, the first is trained on, beside a reward for the form alone,
and the held-out items are asked before and after, sampled and greedy. What is asked stands in a
recipe of its own, `OUT/recipe.yaml`: a solved problem is shown, since the model puts hardly any
answer into a box that it is only told to draw. Prints the commands and what they print; each is
left out where its result is there, so that a killed run goes on. Half an hour on two idle cores.
"""

import argparse
import json
import random
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

NAMES = ("Tom", "Anna", "Ben", "Lea", "Omar", "Mia")
THINGS = ("pens", "apples", "cards", "books", "coins", "shells")
TEMPLATE = (
    "text:Problem: Lea has 14 cards and loses 6. How many cards are left?\n"
    "Solution: 14 - 6 = 8. The answer is \\boxed{8}.\n\n"
    "Problem: {problem}\nSolution:"
)
Made = tuple[str, int]


def kinds(rng: random.Random) -> dict[str, Callable[[], Made]]:
    """Return a maker of (problem, answer) for each kind."""

    def draw() -> tuple[str, str, int, int, int]:
        return (
            *(rng.choice(NAMES), rng.choice(THINGS)),
            *(rng.randint(3, 9), rng.randint(2, 9), rng.randint(12, 30)),
        )

    def sum_() -> Made:
        _, _, a, b, c = draw()
        return f"What is {a + c} + {b}?", a + b + c

    def buys() -> Made:
        name, thing, _, b, c = draw()
        text = f"{name} has {c} {thing} and buys {b} more. How many {thing} does {name} have now?"
        return text, b + c

    def gives() -> Made:
        name, thing, _, b, c = draw()
        text = f"{name} has {c} {thing} and gives {b} to a friend. How many {thing} are left?"
        return text, c - b

    def boxes() -> Made:
        _, thing, a, b, _ = draw()
        return f"A box holds {a} {thing}. How many {thing} are in {b} boxes?", a * b

    def price() -> Made:
        _, thing, a, b, _ = draw()
        return f"One of the {thing} costs {a} dollars. What do {b} cost, in dollars?", a * b

    def share() -> Made:
        name, thing, a, b, _ = draw()
        text = f"{name} shares {a * b} {thing} equally among {a} friends. How many does each get?"
        return text, b

    def two() -> Made:
        name, thing, a, b, c = draw()
        text = f"{name} buys {b} bags with {a} {thing} each and finds {c} more. How many {thing}"
        return f"{text} does {name} have?", a * b + c

    def speed() -> Made:
        _, _, a, b, c = draw()
        text = f"A train travels {c + a} km in each hour. How far does it get in {b} hours, in km?"
        return text, (c + a) * b

    return {
        "sum": sum_, "buys": buys, "gives": gives, "boxes": boxes,
        "price": price, "share": share, "two": two, "speed": speed,
    }  # fmt: skip


def write_problems(path: Path, each: int, seed: int, taken: set[str]) -> set[str]:
    """Write `each` problems of each kind, none of them `taken`; returns theirs."""
    makers = kinds(random.Random(seed))
    rows, texts = [], set(taken)
    for kind, make in makers.items():
        number = 0
        while number < each:
            problem, answer = make()
            if problem in texts:
                continue
            texts.add(problem)
            rows.append(
                {
                    "id": f"{kind}-{number}", "problem": problem, "answer": str(answer),
                    "kind": "number", "domains": [kind],
                }
            )  # fmt: skip
            number += 1
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return texts


def se(*arguments: object) -> str:
    """Run an `se` command, show it and what it prints."""
    words = [str(word) for word in arguments]
    print(f"$ se {shlex.join(words)}", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "sample_engineering", *words], stdout=subprocess.PIPE, text=True
    )
    print(done.stdout, flush=True)
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout


def main() -> None:
    """Probe, rank, train, evaluate."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=16)
    parser.add_argument("--rollouts", type=int, default=8)
    parser.add_argument("--lr", type=float, default=1e-5)
    parser.add_argument("--items", type=int, default=6, help="held-out items of each kind")
    parser.add_argument("--samples", type=int, default=2, help="completions of a held-out item")
    parser.add_argument("--probes", type=int, default=6, help="rollouts of each candidate")
    parser.add_argument("--controls", default="format-only")
    parser.add_argument("--sample", help="id of the sample; default: the first of the ranking")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    out = asked.out
    out.mkdir(parents=True, exist_ok=True)
    pool, bench, recipe = out / "pool.jsonl", out / "bench.jsonl", out / "recipe.yaml"
    write_problems(bench, asked.items, 2, write_problems(pool, 3, 1, set()))
    recipe.write_text(
        json.dumps(  # JSON is YAML
            {
                "name": "smollm2-cpu", "steps": asked.steps, "group_size": asked.rollouts,
                "groups": 1, "micro_batch": asked.rollouts, "lr": asked.lr, "beta": 0.0,
                "temperature": 0.6, "max_tokens": 40, "template": TEMPLATE, "stop": ["\n\n"],
                "gradient_checkpointing": False, "save_every": 4,
            }
        )
        + "\n"
    )  # fmt: skip
    how = ("--template", TEMPLATE, "--max-tokens", 40, "--stop", "\n\n")
    probed, ranked, run = out / "probed.jsonl", out / "ranked.jsonl", out / "run"
    if not probed.exists():
        asked_as = ("--recipe", recipe, "-n", asked.probes, "--no-forced")
        se("probe", pool, "-m", asked.model, *asked_as, "-o", probed)
    if not ranked.exists():
        print(se("rank", pool, "--rates", probed, "--top", 24, "-o", ranked))
    first = asked.sample or json.loads(ranked.read_text().splitlines()[0])["id"]
    if not run.exists():
        se(
            *("validate", f"{pool}#{first}", "-m", asked.model, "-b", bench, "--recipe", recipe),
            *("--seed", asked.seed, "--controls", asked.controls, "--rollouts", asked.samples),
            *("--save-model", "--out", run),
        )
    elif not (run / "result.json").exists():
        se("validate", "--resume", run)
    models = {"base": asked.model}
    for path in sorted(run.rglob("model.safetensors")):
        parts = path.parent.relative_to(run).parts
        if not any(part.startswith(("checkpoint", "snapshot", "step-")) for part in parts):
            models["-".join(parts)] = path.parent
    for name, model in models.items():
        greedy = out / f"greedy.{name}.parquet"
        if not greedy.exists():
            against = () if name == "base" else ("--before", out / "greedy.base.parquet")
            se("evaluate", "-m", model, "-b", bench, "--greedy", *how, "-o", greedy, *against)


if __name__ == "__main__":
    main()
