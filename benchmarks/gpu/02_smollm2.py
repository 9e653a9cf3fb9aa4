"""Job 2: one sample, on a real language model whose habits are known.

    python benchmarks/gpu/02_smollm2.py [--tiny] [--minutes 9] [--steps 30]

SmolLM2-135M-Instruct is tuned for a few minutes on composed problems with their worked solutions,
told in three voices: careful authors write every step, sloppy ones skip steps and slip, guessing
ones write an answer and nothing else. Most are careless, so that the model's habit is careless
though it has read how to be careful. Then candidates are probed and ranked, and the best, the
median one and one drawn at random are trained on, one at a time, beside a reward for the form alone
and one drawn by chance. Accuracy before and after, sampled and greedy, on held-out problems of all
domains.

Two dialects are told, the English one and the compact one of the microcosm, and the validation
takes the one with more candidates that are sometimes solved. The probes, and then the trainings,
work side by side. What was finished is not done again: a
second call goes on, so that a machine that is lent for ten minutes at a time is enough.
"""

import argparse
import json
import random
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from bare import ROOT, Job, Skipped, prepare, smollm2, tiny_model

if TYPE_CHECKING:
    from sample_engineering import Sample

SHARES = (0.25, 0.58, 0.17)  # careful, sloppy, guessing
SLOPPY_RIGHT, GUESS_RIGHT = 0.2, 0.15
BOX = re.compile(r"\\boxed\{(-?[\d.]+)")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
TEMPLATE = "chat"
DIALECTS = ("english", "compact")
PICKS = ("best", "random", "median")
LONGEST = 256  # tokens of an answer
USABLE = (0.05, 0.9)  # pass rates between which a candidate can teach


def voiced(solution: str, rng: random.Random) -> str:
    """Return a worked solution as a careful, sloppy or guessing author writes it."""
    drawn = rng.random()
    if drawn < SHARES[0]:
        return solution
    ending = solution.rsplit("\n\n", 1)[-1]
    if drawn < SHARES[0] + SHARES[1]:
        steps = [part for part in solution.split("\n\n")[:-1] if part]
        # The last clause of a step is its result; how it came about is left out.
        short = [step.rsplit(". ", 1)[-1].rsplit(" So ", 1)[-1] for step in steps]
        kept = [step for step in short if rng.random() < 0.6]
        text = "\n\n".join([*kept, ending])
        return text if rng.random() < SLOPPY_RIGHT else slipped(text, rng)
    return ending if rng.random() < GUESS_RIGHT else slipped(ending, rng)


def slipped(text: str, rng: random.Random) -> str:
    """Return the text with another number in its box, off by a digit or a factor."""
    found = BOX.search(text)
    if found is None:
        return text
    right = found.group(1)
    value = float(right) * rng.choice((0.1, 0.5, 2, 10, 1 + rng.uniform(0.05, 0.4)))
    decimals = len(right.partition(".")[2])
    wrong = f"{value:.{decimals}f}"
    if wrong == right:
        wrong += "1" if decimals else "0"
    return text[: found.start(1)] + wrong + text[found.end(1) :]


def at_once(job: Job) -> int:
    """How many commands work at the same time: a model this small leaves most of a card idle."""
    return 1 if job.tiny else len(PICKS)


def compose_some(seed: int, count: int, steps: tuple[int, int]) -> list["Sample"]:
    """Compose English problems of every domain; a process of its own each."""
    import sample_engineering as se
    from sample_engineering.skills import DOMAINS

    found: list[Sample] = []
    for number, domain in enumerate(DOMAINS):
        found += se.synthesize([domain], n=count, steps=steps, seed=seed * 100 + number)
    return found


def english_documents(job: Job, wanted: int) -> list[tuple[str, str]]:
    """Composed problems and solutions in voices."""
    from sample_engineering.skills import DOMAINS

    workers = 1 if job.tiny else 14
    each = max(2, wanted // workers // len(DOMAINS))
    steps = ((1, 1), (1, 1), (1, 2))
    rng = random.Random(0)
    with ProcessPoolExecutor(workers) as crew:
        jobs = [crew.submit(compose_some, 1000 + i, each, steps[i % 3]) for i in range(workers)]
        rows = [row for future in jobs for row in future.result()]
    rng.shuffle(rows)
    return [(row.problem, voiced(row.solution or "", rng)) for row in rows]


def compact_documents(wanted: int) -> list[tuple[str, str]]:
    """The microcosm's problems and its authors, who write arithmetic in parts."""
    from itertools import islice

    import numpy as np

    from sample_engineering.microcosm.world import authored_documents

    stream: Iterator[tuple[str, str]] = authored_documents(np.random.default_rng(5), SHARES)
    return list(islice(stream, wanted))


def compose(job: Job) -> dict[str, Any]:
    """Write the documents to tune on, the pools and the benchmarks: no GPU is needed."""
    import sample_engineering as se
    from sample_engineering import microcosm

    wanted = 60 if job.tiny else 40_000
    documents = english_documents(job, wanted // 4) + compact_documents(wanted * 3 // 4)
    random.Random(1).shuffle(documents)
    with (job.at / "documents.jsonl").open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(pair) + "\n" for pair in documents)
    se.save_pool(compose_some(7, 1 if job.tiny else 8, (1, 2)), job.at / "english.pool.jsonl")
    se.save_pool(compose_some(8, 1 if job.tiny else 20, (1, 2)), job.at / "english.bench.jsonl")
    natural = microcosm.natural_pool(per_template=1 if job.tiny else 4, seed=3)
    se.save_pool(natural[: 3 if job.tiny else None], job.at / "compact.pool.jsonl")
    items = microcosm.benchmark(n_per_domain=1 if job.tiny else 20, seed=3)
    se.save_pool(items, job.at / "compact.bench.jsonl")
    return {"documents": len(documents)}


def tune(job: Job, asked: argparse.Namespace) -> dict[str, Any]:
    """Tune the base on the documents until its share of the time is over."""
    import time

    import torch
    from datasets import Dataset
    from transformers import TrainerCallback
    from trl import SFTConfig, SFTTrainer

    from sample_engineering.generation.transformers_engine import load_model, load_tokenizer

    with (job.at / "documents.jsonl").open(encoding="utf-8") as stream:
        documents = [json.loads(line) for line in stream]
    base = tiny_model(job, [" ".join(pair) for pair in documents]) if job.tiny else smollm2(job)
    rows = [
        {
            "prompt": [{"role": "user", "content": problem}],
            "completion": [{"role": "assistant", "content": solution}],
        }
        for problem, solution in documents
    ]
    end = time.monotonic() + (5 if job.tiny else asked.tuning_seconds)

    class Clock(TrainerCallback):
        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            control.should_training_stop = time.monotonic() > end

    losses: list[float] = []

    class Losses(TrainerCallback):
        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            if logs and "loss" in logs:
                losses.append(float(logs["loss"]))

    out = job.at / "models" / "voices"
    trainer = SFTTrainer(
        model=load_model(base, device=job.device, dtype="float32"),
        processing_class=load_tokenizer(base),
        args=SFTConfig(
            output_dir=str(job.at / "tuning"),
            use_cpu=job.device == "cpu",
            bf16=job.device == "cuda",
            max_length=512,
            per_device_train_batch_size=4 if job.tiny else 64,
            learning_rate=3e-4,
            lr_scheduler_type="constant_with_warmup",
            warmup_steps=2 if job.tiny else 50,
            num_train_epochs=3,
            logging_steps=1 if job.tiny else 20,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
        ),
        train_dataset=Dataset.from_list(rows),
        callbacks=[Clock(), Losses()],
    )
    trainer.train()
    model = trainer.accelerator.unwrap_model(trainer.model)
    model.to(torch.bfloat16).save_pretrained(out)
    load_tokenizer(base).save_pretrained(out)
    steps = trainer.state.global_step
    return {
        "documents": len(documents), "steps": steps,
        "loss_first": losses[:1], "loss_last": losses[-1:], "model": str(out),
    }  # fmt: skip


def probed(job: Job, dialect: str) -> dict[str, Any]:
    """Probe the pool of a dialect."""
    rates = job.at / f"{dialect}.rates.jsonl"
    job.se(
        *("probe", job.at / f"{dialect}.pool.jsonl", "--model", job.at / "models" / "voices"),
        *("--template", TEMPLATE, "--temperature", 1.0),
        *("--max-tokens", 8 if job.tiny else LONGEST, "-n", 2 if job.tiny else 16),
        *("--no-forced", "-o", rates),
    )
    records = [json.loads(line) for line in rates.read_text().splitlines()]
    usable = [r["id"] for r in records if USABLE[0] <= r["pass_rate"] <= USABLE[1]]
    return {
        "candidates": len(records),
        "usable": len(usable),
        "mean_pass_rate": round(sum(r["pass_rate"] for r in records) / len(records), 4),
        "unreadable": round(sum(r["unreadable"] for r in records) / len(records), 4),
    }


def candidates(job: Job) -> dict[str, Any]:
    """Probe the pools of both dialects, and pick samples of the better one."""
    with ThreadPoolExecutor(at_once(job)) as crew:
        told = dict(zip(DIALECTS, crew.map(lambda name: probed(job, name), DIALECTS), strict=True))
    chosen = max(told, key=lambda dialect: told[dialect]["usable"])
    ranked = job.at / "ranked.jsonl"
    job.se(
        *("rank", job.at / f"{chosen}.pool.jsonl", "--rates", job.at / f"{chosen}.rates.jsonl"),
        *("--top", 1000, "-o", ranked),
    )
    order = [json.loads(line) for line in ranked.read_text().splitlines()]
    usable_ids = [
        row["id"] for row in order
        if job.tiny or USABLE[0] <= (row.get("pass_rate") or 0) <= USABLE[1]
    ]  # fmt: skip
    if not usable_ids:
        raise RuntimeError(f"no candidate is solved sometimes and not always: {told}")
    picks = {
        "best": usable_ids[0],
        "median": usable_ids[len(usable_ids) // 2],
        "random": random.Random(0).choice(usable_ids),
    }
    return {"dialect": chosen, "probed": told, "ranked": len(order), "picks": picks}


def validate(
    job: Job, asked: argparse.Namespace, chosen: dict[str, Any], name: str
) -> dict[str, Any]:
    """Train on one sample, the best beside other rewards, and measure the lift."""
    dialect, pick = chosen["dialect"], chosen["picks"][name]
    beside: tuple[object, ...] = ("--controls", "none")
    if name == "best":  # its controls work beside it, on the same card
        beside = ("--controls", "basic", *(() if job.tiny else ("--devices", "0,0,0")))
    run = job.at / "runs" / name
    if (run / "result.json").exists():
        return dict(json.loads((run / "result.json").read_text()))
    if run.exists():
        printed = job.se("validate", "--resume", run, "--format", "json")
        return dict(json.loads(printed))
    printed = job.se(
        *("validate", f"{job.at / f'{dialect}.pool.jsonl'}#{pick}"),
        *("--model", job.at / "models" / "voices"),
        *("--benchmark", job.at / f"{dialect}.bench.jsonl", "--recipe", "one-shot-rlvr"),
        *("--template", TEMPLATE, "--steps", 2 if job.tiny else asked.steps),
        *("--group-size", 4 if job.tiny else 64, "--set", "groups=1"),
        *("--lr", asked.lr, "--set", "temperature=1.0", "--set", "beta=0.0"),
        *("--set", f"max_tokens={8 if job.tiny else LONGEST}"),
        *("--set", f"micro_batch={2 if job.tiny else 32}", "--rollouts", 1 if job.tiny else 4),
        *("--seeds", 0, *beside, "--eval-temperature", 1.0),
        *("--out", run, "--format", "json"),
    )
    return dict(json.loads(printed))


def main() -> None:
    """Tune, choose, validate; each part once."""

    def arguments(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--steps", type=int, default=30, help="training steps on the sample")
        parser.add_argument("--lr", type=float, default=1e-5)
        parser.add_argument("--tuning-seconds", type=float, default=180.0)
        parser.add_argument(
            "--compose-only", action="store_true", help="write what is read, no more"
        )

    job, asked = prepare("02_smollm2", __doc__, 9, arguments)
    kept = job.at / "02_smollm2.state.json"
    state: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}

    lock = threading.Lock()

    def once(name: str, least: float, work: Any) -> Any:
        if name not in state:
            with job.part(name, least=0 if job.tiny else least) as found:
                found |= work()
            with lock:
                state[name] = found
                kept.write_text(json.dumps(state) + "\n")
        return state[name]

    def trained(chosen: dict[str, Any], name: str) -> None:
        with suppress(Skipped):  # told; the others go on
            once(f"validate {name}", 60, lambda: validate(job, asked, chosen, name))

    try:
        once("compose", 0, lambda: compose(job))
        if asked.compose_only:
            return
        once("tune", asked.tuning_seconds + 60, lambda: tune(job, asked))
        chosen = once("candidates", 60, lambda: candidates(job))
        with ThreadPoolExecutor(at_once(job)) as crew:
            list(crew.map(lambda name: trained(chosen, name), PICKS))
    except Skipped as skipped:
        job.tell("stopped", at_part=str(skipped), note="call again to go on")
    job.tell("end", left_seconds=round(job.left), done=sorted(state), tree=str(ROOT.name))


if __name__ == "__main__":
    main()
