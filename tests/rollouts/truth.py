"""One small truth, and builders that write it as trainers and evaluations do."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

PROBLEMS = {
    "p1": "A tank holds 40 litres and drains 3 litres each minute. How much is left after 7?",
    "p2": "Find the sum of the roots of $x^2-11x+5=0$ over the real numbers.",
    "p3": "A fair die is rolled twice. What is the probability that the sum is 9?",
    "p4": "Compute $\\sqrt{2}\\cdot\\sqrt{18}$ and simplify it.",
    "p10": "How many positive divisors does the number 360 have in all?",
}
GOLDS = {"p1": "19", "p2": "11", "p3": "\\frac{1}{9}", "p4": "6", "p10": "24"}
STEPS = (0, 10, 20, 40)
N = 4


@dataclass(frozen=True)
class Truth:
    """Rewards of each problem at each step: N rollouts of 0 or 1, or None where not visited."""

    rewards: dict[str, dict[int, tuple[int, ...] | None]]

    def accuracies(self):
        return {
            id_: [None if r is None else sum(r) / len(r) for r in by_step.values()]
            for id_, by_step in self.rewards.items()
        }

    def rollouts(self):
        for step in STEPS:
            for id_, by_step in self.rewards.items():
                for reward in by_step[step] or ():
                    yield step, id_, reward


def truth(seed=0, *, holes=False):
    rng = np.random.default_rng(seed)
    found = {}
    for place, id_ in enumerate(PROBLEMS):
        found[id_] = {step: tuple(int(x) for x in rng.integers(0, 2, N)) for step in STEPS}
        found[id_][0] = (0, 1, 0, 0) if place else (0, 0, 0, 0)
        if holes and place in (1, 3):
            found[id_][STEPS[place]] = None
    return Truth(found)


def pool_file(folder):
    path = folder / "pool.jsonl"
    rows = [{"id": i, "problem": p, "answer": GOLDS[i]} for i, p in PROBLEMS.items()]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


SAY = {0: "I think it is \\boxed{-77}.", 1: "So the answer is \\boxed{GOLD}."}


def said(id_, reward):
    return SAY[reward].replace("GOLD", GOLDS[id_])


# What rewards may look like: name and function from 0 or 1.
SPELLINGS = {
    "numbers": lambda r: float(r),
    "whole": int,
    "truth": bool,
    "signs": lambda r: 2.0 * r - 1,
    "words": lambda r: "correct" if r else "incorrect",
    "text": lambda r: f"{r}.0",
    "Text of truth": lambda r: str(bool(r)),
    "percent": lambda r: f"{100 * r}%",
}
# How prompts wrap problems.
WRAPPERS = {
    "plain": lambda p: p,
    "qwen": lambda p: (
        "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
        f"<|im_start|>user\n{p}\nPlease reason step by step, and put your final answer within "
        "\\boxed{}.<|im_end|>\n<|im_start|>assistant\n"
    ),
    "llama": lambda p: (
        "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n"
        f"{p}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
    ),
    "r1": lambda p: (
        "A conversation between User and Assistant. The user asks a question, and the "
        f"Assistant solves it.\nUser: {p}\nAssistant: Let me solve this step by step.\n<think>"
    ),
    "decoded": lambda p: f"system\nYou are Qwen.\nuser\n{p} Let's think step by step.\nassistant\n",
    "mistral": lambda p: f"<s>[INST] {p} [/INST]",
    "dapo": lambda p: (
        "Solve the following math problem step by step. The last line of your "
        "response should be of the form Answer: $Answer (without quotes).\n\n"
        f'{p}\n\nRemember to put your answer on its own line after "Answer:".'
    ),
    "messages": lambda p: [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": p},
    ],
    "spaces": lambda p: "  " + p.replace(" ", "  ") + "\n",
}


def lines(path, records):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))


def table(path, records):
    import pandas

    path.parent.mkdir(parents=True, exist_ok=True)
    frame = pandas.DataFrame(records)
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path)


BUILDERS = {}


def builder(*, holes=True, steps=True, spelled=False):
    """Register a builder; say what its shape can hold."""

    def add(function):
        BUILDERS[function.__name__] = (
            function,
            {"holes": holes, "steps": steps, "spelled": spelled},
        )
        return function

    return add


# Rollouts, a row each.


@builder(spelled=True)
def trl_completions(truth, folder, spell, wrap):
    for step in STEPS:
        rows = [
            {
                "step": str(step),
                "prompt": wrap(PROBLEMS[i]),
                "completion": said(i, r),
                "my_accuracy_func": spell(r),
                "format_reward_func": 1.0,
                "advantage": 0.3,
            }
            for s, i, r in truth.rollouts()
            if s == step
        ]
        table(folder / "out" / "completions" / f"completions_{step:05d}.parquet", rows)
    (folder / "out" / "trainer_state.json").write_text('{"log_history": [{"reward": 1}]}')
    return folder / "out"


@builder(spelled=True)
def trl_conversational(truth, folder, spell, wrap):
    for step in STEPS:
        rows = [
            {
                "step": step,
                "prompt": [{"role": "user", "content": PROBLEMS[i]}],
                "completion": [{"role": "assistant", "content": said(i, r)}],
                "reward": spell(r),
                "advantage": 0.3,
            }
            for s, i, r in truth.rollouts()
            if s == step
        ]
        table(folder / f"completions_{step:05d}.parquet", rows)
    return folder


@builder(spelled=True)
def verl_dump(truth, folder, spell, wrap):
    for step in STEPS:
        rows = [
            {
                "input": wrap(PROBLEMS[i]),
                "output": said(i, r),
                "gts": GOLDS[i],
                "score": spell(r),
                "step": step,
                "request_id": f"{i}-{k}",
            }
            for k, (s, i, r) in enumerate(truth.rollouts())
            if s == step
        ]
        lines(folder / "rollout_data" / f"{step}.jsonl", rows)
    return folder / "rollout_data"


@builder()
def verl_dapo(truth, folder, spell, wrap):
    """Shaped scores beside the accuracy itself."""
    for step in STEPS:
        rows = [
            {
                "input": wrap(PROBLEMS[i]),
                "output": said(i, r),
                "score": (2.0 * r - 1) - 0.25,
                "acc": bool(r),
                "pred": "x",
                "overlong_reward": -0.25,
            }
            for s, i, r in truth.rollouts()
            if s == step
        ]
        lines(folder / f"{step}.jsonl", rows)
    return folder


@builder(spelled=True)
def limr_steps(truth, folder, spell, wrap):
    for step in STEPS:
        rows = [
            {"prompt": wrap(PROBLEMS[i]), "response": said(i, r), "reward": spell(r)}
            for s, i, r in truth.rollouts()
            if s == step
        ]
        (folder / f"step_{step}.json").write_text(json.dumps(rows, indent=1))
    return folder


@builder(spelled=True)
def openrlhf_samples(truth, folder, spell, wrap):
    for step in STEPS:
        rows = [
            {
                "input": wrap(PROBLEMS[i]),
                "output": said(i, r),
                "reward": spell(r),
                "label": GOLDS[i],
            }
            for s, i, r in truth.rollouts()
            if s == step
        ]
        lines(folder / f"global_step_{step}" / "samples.jsonl", rows)
    return folder


@builder(spelled=True)
def verifiers_results(truth, folder, spell, wrap):
    numbers = {i: place for place, i in enumerate(PROBLEMS)}
    for step in STEPS:
        rows = [
            {
                "example_id": numbers[i],
                "prompt": [{"role": "user", "content": PROBLEMS[i]}],
                "completion": [{"role": "assistant", "content": said(i, r)}],
                "answer": GOLDS[i],
                "task": "math",
                "reward": spell(r),
                "format_reward_func": 1.0,
                "generation_ms": 812.0,
            }
            for s, i, r in truth.rollouts()
            if s == step
        ]
        lines(folder / f"step-{step}" / "results.jsonl", rows)
    return folder


@builder(spelled=True)
def nemo_gym(truth, folder, spell, wrap):
    rows = [
        {
            "responses_create_params": {"input": [{"role": "user", "content": PROBLEMS[i]}]},
            "response": {
                "output": [
                    {"type": "reasoning", "summary": []},
                    {
                        "type": "message",
                        "role": "assistant",
                        "content": [{"type": "output_text", "text": said(i, r)}],
                    },
                ]
            },
            "reward": spell(r),
            "expected_answer": GOLDS[i],
            "step": s,
        }
        for s, i, r in truth.rollouts()
    ]
    lines(folder / "rollouts.jsonl", rows)
    return folder / "rollouts.jsonl"


@builder()
def inspect_logs(truth, folder, spell, wrap):
    for step in STEPS:
        samples = [
            {
                "id": i,
                "epoch": k % N + 1,
                "input": wrap(PROBLEMS[i]),
                "target": GOLDS[i],
                "output": {"completion": said(i, r), "stop_reason": "stop"},
                "scores": {"match": {"value": "C" if r else "I", "answer": "x"}},
            }
            for k, (s, i, r) in enumerate(truth.rollouts())
            if s == step
        ]
        whole = {"version": 2, "status": "success", "eval": {"task": "math", "config": {}}}
        whole |= {"samples": samples}
        (folder / f"checkpoint-{step}.json").write_text(json.dumps(whole))
    return folder


@builder()
def lm_eval_samples(truth, folder, spell, wrap):
    numbers = {i: place for place, i in enumerate(PROBLEMS)}
    for step in STEPS:
        rows = []
        for s, i, r in truth.rollouts():
            if s != step:
                continue
            for name, score in (("strict-match", r), ("flexible-extract", 1 - r)):
                rows.append(
                    {
                        "doc_id": numbers[i],
                        "doc": {"problem": PROBLEMS[i], "answer": GOLDS[i], "unique_id": i},
                        "target": GOLDS[i],
                        "arguments": {"gen_args_0": {"arg_0": "Q: " + PROBLEMS[i]}},
                        "resps": [[said(i, r)]],
                        "filtered_resps": ["x"],
                        "filter": name,
                        "metrics": ["exact_match"],
                        "exact_match": float(score),
                    }
                )
        lines(folder / f"checkpoint-{step}" / "samples_math.jsonl", rows)
    return folder


@builder(spelled=True)
def long_rollouts_csv(truth, folder, spell, wrap):
    rows = [{"global_step": s, "unique_id": i, "reward": spell(r)} for s, i, r in truth.rollouts()]
    table(folder / "log.csv", rows)
    return folder / "log.csv"


@builder(spelled=True)
def grouped_rows(truth, folder, spell, wrap):
    """A row a problem and step, with lists of completions and rewards."""
    rows = [
        {
            "step": step,
            "problem": PROBLEMS[i],
            "responses": [said(i, r) for r in by_step[step]],
            "rewards": [spell(r) for r in by_step[step]],
        }
        for step in STEPS
        for i, by_step in truth.rewards.items()
        if by_step[step] is not None
    ]
    lines(folder / "groups.jsonl", rows)
    return folder / "groups.jsonl"


@builder()
def records_by_step(truth, folder, spell, wrap):
    whole = {
        str(step): [{"id": i, "reward": r} for s, i, r in truth.rollouts() if s == step]
        for step in STEPS
    }
    (folder / "all.json").write_text(json.dumps(whole))
    return folder / "all.json"


# Accuracies, a row each.


def _cells(truth, missing=None):
    for id_, values in truth.accuracies().items():
        for step, value in zip(STEPS, values, strict=True):
            yield step, id_, missing if value is None else value


@builder()
def long_csv(truth, folder, spell, wrap):
    with (folder / "long.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["step", "id", "accuracy"])
        writer.writerows((s, i, "" if a is None else a) for s, i, a in _cells(truth))
    return folder / "long.csv"


@builder()
def long_minus_one(truth, folder, spell, wrap):
    table(
        folder / "long.parquet",
        [{"step": s, "problem_id": i, "acc": float(a)} for s, i, a in _cells(truth, -1)],
    )
    return folder / "long.parquet"


@builder()
def long_percent(truth, folder, spell, wrap):
    rows = [
        {"checkpoint": f"ckpt-{s}", "id": i, "pass_rate": None if a is None else 100 * a}
        for s, i, a in _cells(truth)
    ]
    table(folder / "long.parquet", rows)
    return folder / "long.parquet"


@builder()
def long_counts(truth, folder, spell, wrap):
    rows = [
        {"step": s, "id": i, "n": N, "correct": round(a * N)}
        for s, i, a in _cells(truth)
        if a is not None
    ]
    lines(folder / "counts.jsonl", rows)
    return folder / "counts.jsonl"


@builder()
def long_fractions(truth, folder, spell, wrap):
    with (folder / "long.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["step", "id", "solved"])
        writer.writerows(
            (s, i, "null" if a is None else f"{round(a * N)}/{N}") for s, i, a in _cells(truth)
        )
    return folder / "long.csv"


@builder()
def a_map_a_step(truth, folder, spell, wrap):
    for step in STEPS:
        found = {i: a for s, i, a in _cells(truth) if s == step and a is not None}
        (folder / f"step_{step}.json").write_text(json.dumps(found))
    return folder


@builder()
def a_line_a_step(truth, folder, spell, wrap):
    rows = [
        {"step": step, "accuracy": {i: a for s, i, a in _cells(truth) if s == step}}
        for step in STEPS
    ]
    lines(folder / "steps.jsonl", rows)
    return folder / "steps.jsonl"


# A column a checkpoint.


def _wide(truth, name, missing=None):
    for i, values in truth.accuracies().items():
        cells = {name(s): missing if a is None else a for s, a in zip(STEPS, values, strict=True)}
        yield {"id": i, **cells}


@builder()
def wide_csv(truth, folder, spell, wrap):
    table(folder / "wide.csv", list(_wide(truth, lambda s: f"step_{s}")))
    return folder / "wide.csv"


@builder()
def wide_numbers(truth, folder, spell, wrap):
    table(folder / "wide.csv", [r | {"id": r["id"]} for r in _wide(truth, str)])
    return folder / "wide.csv"


@builder()
def wide_parquet_by_text(truth, folder, spell, wrap):
    rows = [{"problem": PROBLEMS[r.pop("id")], **r} for r in _wide(truth, lambda s: f"acc@{s}")]
    table(folder / "wide.parquet", rows)
    return folder / "wide.parquet"


@builder()
def wide_minus_one(truth, folder, spell, wrap):
    table(folder / "wide.csv", list(_wide(truth, lambda s: f"checkpoint-{s}", -1)))
    return folder / "wide.csv"


@builder(steps=False)
def wide_named(truth, folder, spell, wrap):
    names = dict(zip(STEPS, ("base", "warm", "half", "final"), strict=True))
    table(folder / "wide.csv", list(_wide(truth, names.get)))
    return folder / "wide.csv"


@builder(steps=False)
def wide_named_parquet(truth, folder, spell, wrap):
    names = dict(zip(STEPS, ("base", "warm", "half", "final"), strict=True))
    table(folder / "wide.parquet", list(_wide(truth, names.get)))
    return folder / "wide.parquet"


@builder()
def a_column_a_problem(truth, folder, spell, wrap):
    """As wandb exports its charts."""
    accuracies = truth.accuracies()
    rows = [
        {"Step": step, **{f"acc/{i}": values[k] for i, values in accuracies.items()}}
        for k, step in enumerate(STEPS)
    ]
    table(folder / "wandb_export.csv", rows)
    return folder / "wandb_export.csv"


# Whole histories.


@builder(steps=False)
def records(truth, folder, spell, wrap):
    lines(folder / "h.jsonl", [{"id": i, "accuracy": a} for i, a in truth.accuracies().items()])
    return folder / "h.jsonl"


@builder(steps=False)
def records_by_text(truth, folder, spell, wrap):
    rows = [{"prompt": wrap(PROBLEMS[i]), "history": a} for i, a in truth.accuracies().items()]
    lines(folder / "h.jsonl", rows)
    return folder / "h.jsonl"


@builder(steps=False)
def map_of_lists(truth, folder, spell, wrap):
    (folder / "scores.json").write_text(json.dumps(truth.accuracies()))
    return folder / "scores.json"


@builder(steps=False)
def map_by_text(truth, folder, spell, wrap):
    whole = {PROBLEMS[i]: a for i, a in truth.accuracies().items()}
    (folder / "scores.json").write_text(json.dumps(whole))
    return folder / "scores.json"


@builder(steps=False)
def training_state(truth, folder, spell, wrap):
    whole = {"epoch": 3, "training_state": {"history_accuracy": truth.accuracies(), "lr": [1e-6]}}
    (folder / "training_state.json").write_text(json.dumps(whole))
    return folder / "training_state.json"


@builder()
def acc_with_step(truth, folder, spell, wrap):
    whole = {i: dict(zip(map(str, STEPS), a, strict=True)) for i, a in truth.accuracies().items()}
    (folder / "acc_step.json").write_text(json.dumps(whole))
    return folder / "acc_step.json"


@builder()
def step_then_id(truth, folder, spell, wrap):
    whole = {
        f"step_{s}": {i: a[k] for i, a in truth.accuracies().items()} for k, s in enumerate(STEPS)
    }
    (folder / "by_step.json").write_text(json.dumps(whole))
    return folder / "by_step.json"


@builder(steps=False)
def wandb_table(truth, folder, spell, wrap):
    data = [[i, a[-1], a] for i, a in truth.accuracies().items()]
    whole = {"_type": "table", "columns": ["index", "accuracy", "history"], "data": data}
    (folder / "t_3_0123456789abcdef0123.table.json").write_text(json.dumps(whole))
    return folder / "t_3_0123456789abcdef0123.table.json"


@builder(spelled=True)
def wandb_rollout_tables(truth, folder, spell, wrap):
    for step in STEPS:
        data = [
            [wrap(PROBLEMS[i]), said(i, r), spell(r)] for s, i, r in truth.rollouts() if s == step
        ]
        whole = {"columns": ["prompt", "completion", "reward"], "data": data}
        place = folder / "media" / "table" / f"rollouts_{step}_{step:02d}abcdef0123.table.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(whole))
    return folder / "media" / "table"


@builder()
def columns_of_lists(truth, folder, spell, wrap):
    accuracies = truth.accuracies()
    whole = {"ids": list(accuracies), "steps": list(STEPS), "accuracy": list(accuracies.values())}
    (folder / "columns.json").write_text(json.dumps(whole))
    return folder / "columns.json"


@builder(steps=False)
def pandas_columns(truth, folder, spell, wrap):
    import pandas

    rows = [{"unique_id": i, "accuracies": a} for i, a in truth.accuracies().items()]
    pandas.DataFrame(rows).to_json(folder / "frame.json")
    return folder / "frame.json"


@builder(steps=False)
def lists_in_csv(truth, folder, spell, wrap):
    rows = [
        {
            "id": i,
            "accuracy": str([float("nan") if x is None else x for x in a]).replace("nan", "None"),
        }
        for i, a in truth.accuracies().items()
    ]
    table(folder / "h.csv", rows)
    return folder / "h.csv"


@builder(steps=False)
def lists_in_parquet(truth, folder, spell, wrap):
    table(
        folder / "h.parquet",
        [{"id": i, "accuracy": a} for i, a in truth.accuracies().items()],
    )
    return folder / "h.parquet"


def _matrix(truth):
    rows = list(truth.accuracies().values())
    return np.array([[np.nan if x is None else x for x in row] for row in rows])


@builder(steps=False)
def npy_with_ids(truth, folder, spell, wrap):
    np.save(folder / "acc.npy", _matrix(truth))
    (folder / "acc.ids.json").write_text(json.dumps(list(truth.rewards)))
    return folder / "acc.npy"


@builder(steps=False)
def npy_turned(truth, folder, spell, wrap):
    np.save(folder / "acc.npy", _matrix(truth).T)
    (folder / "ids.txt").write_text("\n".join(truth.rewards))
    return folder


@builder()
def npz(truth, folder, spell, wrap):
    np.savez(
        folder / "acc.npz", accuracy=_matrix(truth), ids=list(truth.rewards), steps=list(STEPS)
    )
    return folder / "acc.npz"


@builder(holes=False)
def npz_of_rollouts(truth, folder, spell, wrap):
    cube = np.array([[by_step[s] for s in STEPS] for by_step in truth.rewards.values()])
    np.savez_compressed(
        folder / "r.npz", rewards=cube.astype(bool), ids=list(truth.rewards), steps=list(STEPS)
    )
    return folder / "r.npz"


@builder(steps=False)
def lists_of_lists(truth, folder, spell, wrap):
    rows = [
        {"id": i, "rewards": [[] if r is None else list(r) for r in by_step.values()]}
        for i, by_step in truth.rewards.items()
    ]
    lines(folder / "h.jsonl", rows)
    return folder / "h.jsonl"


def path_of(shape, truth_, folder, spelling="numbers", wrapper="plain"):
    """Write a truth in a shape; return what is given to the reader."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    build, _ = BUILDERS[shape]
    return build(truth_, Path(folder), SPELLINGS[spelling], WRAPPERS[wrapper])


# Further shapes of the same kinds.


@builder()
def dated_lists(truth, folder, spell, wrap):
    rows = [
        {
            "id": i,
            "history": [{"step": s, "accuracy": x} for s, x in zip(STEPS, a, strict=True)],
        }
        for i, a in truth.accuracies().items()
    ]
    lines(folder / "h.jsonl", rows)
    return folder / "h.jsonl"


@builder()
def steps_in_a_map(truth, folder, spell, wrap):
    rows = [
        {"problem": PROBLEMS[i], "acc": dict(zip(map(str, STEPS), a, strict=True))}
        for i, a in truth.accuracies().items()
    ]
    lines(folder / "h.jsonl", rows)
    return folder / "h.jsonl"


@builder()
def wide_counts(truth, folder, spell, wrap):
    rows = [
        {"id": i, "n": N}
        | {f"step_{s}": None if x is None else round(N * x) for s, x in zip(STEPS, a, strict=True)}
        for i, a in truth.accuracies().items()
    ]
    table(folder / "wide.csv", rows)
    return folder / "wide.csv"


@builder()
def wide_percent(truth, folder, spell, wrap):
    rows = [
        {"id": i}
        | {f"step {s}": None if x is None else 100 * x for s, x in zip(STEPS, a, strict=True)}
        for i, a in truth.accuracies().items()
    ]
    table(folder / "wide.csv", rows)
    return folder / "wide.csv"


@builder()
def steps_beside_lists(truth, folder, spell, wrap):
    (folder / "all.json").write_text(json.dumps({"steps": list(STEPS), **truth.accuracies()}))
    return folder / "all.json"


@builder()
def npy_a_step(truth, folder, spell, wrap):
    matrix = _matrix(truth)
    for k, step in enumerate(STEPS):
        np.save(folder / f"step_{step}.npy", matrix[:, k])
    (folder / "ids.json").write_text(json.dumps(list(truth.rewards)))
    return folder


@builder()
def columns_of_a_long_table(truth, folder, spell, wrap):
    cells = list(_cells(truth))
    whole = dict(zip(("step", "id", "accuracy"), map(list, zip(*cells, strict=True)), strict=True))
    (folder / "columns.json").write_text(json.dumps(whole))
    return folder / "columns.json"


@builder()
def results_with_maps(truth, folder, spell, wrap):
    whole = {
        "model": "m",
        "results": [
            {"step": step, "accuracies": {i: a for s, i, a in _cells(truth) if s == step}}
            for step in STEPS
        ],
    }
    (folder / "results.json").write_text(json.dumps(whole))
    return folder / "results.json"


@builder(spelled=True)
def long_by_text(truth, folder, spell, wrap):
    rows = [
        {"checkpoint": f"checkpoint-{s}", "question": wrap(PROBLEMS[i]), "is_correct": spell(r)}
        for s, i, r in truth.rollouts()
    ]
    table(folder / "long.csv", rows)
    return folder / "long.csv"


@builder()
def nested_rewards(truth, folder, spell, wrap):
    rows = [
        {
            "global_step": s,
            "extra_info": {"index": i, "split": "train"},
            "rewards": {"accuracy": float(r), "format": 1.0},
            "completion": said(i, r),
        }
        for s, i, r in truth.rollouts()
    ]
    lines(folder / "log.jsonl", rows)
    return folder / "log.jsonl"


@builder(spelled=True)
def zipped_lines(truth, folder, spell, wrap):
    import gzip

    rows = [{"step": s, "uid": i, "score": spell(r)} for s, i, r in truth.rollouts()]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    with gzip.open(folder / "rollouts.jsonl.gz", "wt") as stream:
        stream.write(text)
    return folder


@builder(spelled=True)
def shards_of_steps(truth, folder, spell, wrap):
    for step in STEPS:
        rows = [
            {"prompt": wrap(PROBLEMS[i]), "response": said(i, r), "reward": spell(r)}
            for s, i, r in truth.rollouts()
            if s == step
        ]
        for rank in (0, 1):
            lines(folder / f"step_{step}" / f"rank_{rank}.jsonl", rows[rank::2])
    return folder


@builder()
def limr_published_scale(truth, folder, spell, wrap):
    """1 for right, -0.5 for wrong, -1 for no answer."""
    for step in STEPS:
        rows = [
            {"prompt": wrap(PROBLEMS[i]), "reward": 1.0 if r else (-0.5, -1.0)[k % 2]}
            for k, (s, i, r) in enumerate(truth.rollouts())
            if s == step
        ]
        (folder / f"step_{step}.json").write_text(json.dumps(rows))
    return folder


@builder()
def inspect_frame(truth, folder, spell, wrap):
    """As inspect's samples_df, one file a checkpoint."""
    for step in STEPS:
        rows = [
            {
                "eval_id": "e",
                "id": i,
                "epoch": k % N + 1,
                "input": PROBLEMS[i],
                "target": GOLDS[i],
                "score_match": "C" if r else "I",
            }
            for k, (s, i, r) in enumerate(truth.rollouts())
            if s == step
        ]
        table(folder / f"checkpoint-{step}.parquet", rows)
    return folder


@builder()
def two_point_reward(truth, folder, spell, wrap):
    """0 and 2, beside rewards of form, as many own reward functions have it."""
    for step in STEPS:
        rows = [
            {
                "step": step,
                "prompt": wrap(PROBLEMS[i]),
                "completion": said(i, r),
                "xmlcount_reward_func": 0.125,
                "soft_format_reward_func": 0.5,
                "int_reward_func": 0.5,
                "correctness_reward_func": 2.0 * r,
                "advantage": 0.1,
            }
            for s, i, r in truth.rollouts()
            if s == step
        ]
        table(folder / "completions" / f"completions_{step:05d}.parquet", rows)
    return folder / "completions"


@builder()
def wandb_scan(truth, folder, spell, wrap):
    accuracies = truth.accuracies()
    rows = [
        {"_step": step, "_runtime": 3.5 * k, "_timestamp": 1.7e9 + k, "train/loss": 0.1}
        | {f"acc/{i}": values[k] for i, values in accuracies.items()}
        for k, step in enumerate(STEPS)
    ]
    lines(folder / "scan.jsonl", rows)
    return folder / "scan.jsonl"


@builder()
def wandb_chart_with_bounds(truth, folder, spell, wrap):
    accuracies = truth.accuracies()
    rows = []
    for k, step in enumerate(STEPS):
        row = {"Step": step}
        for i, values in accuracies.items():
            for ending in ("", "__MIN", "__MAX"):
                row[f"my run - acc/{i}{ending}"] = values[k]
        rows.append(row)
    table(folder / "chart.csv", rows)
    return folder / "chart.csv"


@builder()
def names_in_a_column_called_problem(truth, folder, spell, wrap):
    rows = [{"problem": i, "step": s, "rate": a} for s, i, a in _cells(truth)]
    table(folder / "long.csv", rows)
    return folder / "long.csv"


@builder()
def wide_with_an_index(truth, folder, spell, wrap):
    import pandas

    frame = pandas.DataFrame(
        list(truth.accuracies().values()),
        index=list(truth.rewards),
        columns=[f"qwen2.5-step{s}" for s in STEPS],
    )
    frame.to_csv(folder / "wide.csv")
    return folder / "wide.csv"


@builder()
def a_value_without_a_name(truth, folder, spell, wrap):
    rows = [{"id": i, "step": s, "p": a} for s, i, a in _cells(truth)]
    table(folder / "long.csv", rows)
    return folder / "long.csv"


@builder(steps=False)
def state_in_a_state(truth, folder, spell, wrap):
    whole = {"epoch": 1, "state": {"training_state": {"acc_history": truth.accuracies()}}}
    (folder / "state.json").write_text(json.dumps(whole))
    return folder / "state.json"


@builder(spelled=True)
def records_inside_records(truth, folder, spell, wrap):
    rows = [
        {
            "step": step,
            "loss": 0.1,
            "samples": [
                {"prompt": wrap(PROBLEMS[i]), "completion": said(i, r), "reward": spell(r)}
                for s, i, r in truth.rollouts()
                if s == step
            ],
        }
        for step in STEPS
    ]
    lines(folder / "log.jsonl", rows)
    return folder / "log.jsonl"


@builder()
def parquet_with_an_index(truth, folder, spell, wrap):
    import pandas

    frame = pandas.DataFrame(
        list(truth.accuracies().values()),
        index=list(truth.rewards),
        columns=[f"step_{s}" for s in STEPS],
    )
    frame.to_parquet(folder / "wide.parquet")
    return folder / "wide.parquet"


@builder()
def npz_with_other_names(truth, folder, spell, wrap):
    np.savez(
        folder / "x.npz",
        acc_matrix=_matrix(truth),
        problem_id=np.array(list(truth.rewards)),
        global_steps=np.array(STEPS),
    )
    return folder / "x.npz"


@builder()
def counts_in_csv(truth, folder, spell, wrap):
    rows = [
        {"id": i, "step": s, "num_correct": round(N * a), "num_samples": N}
        for s, i, a in _cells(truth)
        if a is not None
    ]
    table(folder / "counts.csv", rows)
    return folder / "counts.csv"


@builder()
def k_of_n(truth, folder, spell, wrap):
    rows = [
        {"id": i, "step": s, "k": round(N * a), "n": N}
        for s, i, a in _cells(truth)
        if a is not None
    ]
    lines(folder / "counts.jsonl", rows)
    return folder / "counts.jsonl"


@builder(spelled=True)
def rollouts_inside_a_problem(truth, folder, spell, wrap):
    for step in STEPS:
        rows = [
            {
                "id": i,
                "mean_reward": 0.5,
                "rollouts": [
                    {"id": f"r{k}", "response": said(i, r), "reward": spell(r)}
                    for k, r in enumerate(by_step[step])
                ],
            }
            for i, by_step in truth.rewards.items()
            if by_step[step] is not None
        ]
        lines(folder / f"step_{step}.jsonl", rows)
    return folder


@builder(spelled=True)
def sharegpt_turns(truth, folder, spell, wrap):
    rows = [
        {
            "conversations": [
                {"from": "human", "value": PROBLEMS[i]},
                {"from": "gpt", "value": said(i, r)},
            ],
            "reward": spell(r),
            "step": s,
        }
        for s, i, r in truth.rollouts()
    ]
    lines(folder / "log.jsonl", rows)
    return folder / "log.jsonl"


@builder(spelled=True)
def parts_in_objects(truth, folder, spell, wrap):
    rows = [
        {"example": {"id": i}, "metrics": {"accuracy": spell(r)}, "train_step": s}
        for s, i, r in truth.rollouts()
    ]
    lines(folder / "log.jsonl", rows)
    return folder / "log.jsonl"
