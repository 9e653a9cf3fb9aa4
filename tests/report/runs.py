"""Run folders made by hand, in the shape that `se validate` writes."""

import json

import numpy as np

from sample_engineering.evaluation.compare import compare
from sample_engineering.evaluation.table import Evaluation, table_of

DOMAINS = ("math", "physics", "chemistry", "biology")
# Text that would run, load, break out of its element, or paint over the page.
HOSTILE = (
    "</pre></section><script>document.title='owned'</script>"
    '<img src="https://evil.example/x.png" onerror="alert(1)">'
    "<style>*{display:none}</style><svg/onload=alert(2)>{{7*7}} ${7*7} &lt;b&gt; \x00\x1b[31m "
    "\u202egnp.exe \u2066x\u2069 " + "Z" + "\u0301\u0316" * 300 + " \ud800 " + "W" * 500
)


def evaluation(
    chance,
    *,
    seed=0,
    readable=0.8,
    items=12,
    samples=4,
    extra_text="",
    reasoned=True,
    hostile=False,
):
    """An evaluation with about the given accuracy in each of `DOMAINS`."""
    rng = np.random.default_rng(seed)
    rows = []
    for d, domain in enumerate(DOMAINS):
        for i in range(items):
            for j in range(samples):
                read = rng.random() < readable
                right = read and rng.random() < chance[d] / readable
                a, b = 10 + i, 3 + i
                work = f"{a} * {b} = {a * b} ; {a * b} + 7 = {a * b + 7} . " if reasoned else ""
                value = a * b + 7 if right else a * b
                text = work + (f"answer \\boxed{{{value}}}" if read else f"so {value} .")
                text += extra_text + (HOSTILE if hostile and i == 0 else "")
                rows.append(
                    (
                        f"{domain}-{i}", domain, "seen" if i % 2 else "unseen", j,
                        text.encode("utf-8", "replace").decode(),
                        len(text.split()), "stop" if read else "length", read, bool(right),
                        "number", False,
                        f"a cart moves at {a} m/s for {b} s from 7 m . find its position .",
                        str(a * b + 7),
                    )
                )  # fmt: skip
    return Evaluation(table_of(rows), {"model": "by hand"})


def metrics(arm, seed, steps=80, rise=0.5):
    """Lines of metrics.jsonl for one training run."""
    rng = np.random.default_rng(seed)
    lines = []
    for step in range(1, steps + 1):
        share = 1 - np.exp(-step / 25)
        rate = float(np.clip(0.3 + rise * share + rng.normal(0, 0.04), 0, 1))
        lines.append(
            {
                "arm": arm, "seed": seed, "step": step, "reward_mean": rate, "reward_std": 0.4,
                "pass_rate": rate, "readable": float(0.75 + 0.2 * share), "truncated": 0.01,
                "length": float(30 + 14 * share + rng.normal()), "written_steps": 2 + share,
                "distinct": 1 - 0.2 * share, "rollouts": 64, "groups": 1,
                "informative_groups": int(rate < 0.99), "dead_cause": None, "loss": 0.0,
                "entropy": float(1.1 - 0.4 * share), "kl": None, "lr": 1e-4, "seconds": 0.3,
            }
        )  # fmt: skip
    return lines


def write_run(
    folder,
    *,
    sample_id="physics-position-0041",
    after=(0.52, 0.55, 0.5, 0.48),
    seeds=(0, 1),
    controls=True,
    trained=True,
    hostile=False,
):
    """Write a run folder; returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    base = (0.28, 0.22, 0.28, 0.21)
    before = evaluation(base, seed=1, hostile=hostile)
    before.save(folder / "eval" / "before.parquet")
    lines, lift = [], None
    if trained:
        afters = []
        for seed in seeds:
            afters.append(evaluation(after, seed=10 + seed, readable=0.95, hostile=hostile))
            name = f"after-seed-{seed}" if len(seeds) > 1 else "after"
            afters[-1].save(folder / "eval" / f"{name}.parquet")
            lines += metrics("sample", seed)
        lift = compare(before, afters, resamples=100)
    if controls:
        for index, (name, chance, readable) in enumerate(
            [
                ("random-reward", (0.28, 0.24, 0.3, 0.22), 0.8),
                ("format-only", (0.36, 0.33, 0.38, 0.33), 0.97),
                ("in-context", (0.3, 0.25, 0.26, 0.25), 0.85),
            ]
        ):
            evaluation(chance, seed=30 + index, readable=readable).save(
                folder / "eval" / f"{name}.parquet"
            )
        lines += metrics("random-reward", 0, rise=0.0) + metrics("format-only", 0, rise=0.2)
    text = HOSTILE.encode("utf-8", "replace").decode() if hostile else ""
    sample = {
        "id": sample_id,
        "problem": "a car starts at 37 m and moves at 12 m/s for 4 s . find its position ." + text,
        "answer": "85",
        "kind": "number",
        "solution": "12 * 4 = 48 ; 48 + 37 = 85 . answer \\boxed{85}" + text,
        "domains": ["physics"],
        "skills": ["multiplication", "addition"],
        "provenance": {"composer": "symbolic", "seed": 41, "note": text},
    }
    config = {
        "sample": sample, "model": "microcosm", "seeds": list(seeds),
        "recipe": {"name": "microcosm", "group_size": 64, "steps": 80, "lr": 1e-4},
        "versions": {"python": "3.12", "torch": "2.13"}, "note": text,
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    result = {
        "sample_id": sample_id, "model": "microcosm", "steps": 80 if trained else 12,
        "informative_groups": 77 if trained else 0, "trained": trained,
        "cause": None if trained else "12 of 12 steps taught nothing: no rollout was right",
        "warnings": [text] if hostile else [], "verdict": "as it was then",
    }  # fmt: skip
    result |= lift.to_dict() if lift is not None else {}
    (folder / "result.json").write_text(json.dumps(result, default=str))
    import pandas as pd

    pd.DataFrame(
        {
            "arm": "sample", "seed": 0, "step": [1, 1, 80, 80],
            "completion": ["so 84 ." + text, "12 * 4 = 48 ; 48 + 37 = 85 . \\boxed{85}"] * 2,
            "reward": [0.0, 1.0, 0.0, 1.0],
        }
    ).to_parquet(folder / "rollouts.parquet")  # fmt: skip
    return folder
