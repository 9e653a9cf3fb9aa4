"""Job 1: sampler, training step and memory on a GPU, ours beside transformers' and TRL's.

    python benchmarks/gpu/01_smoke.py [--tiny] [--minutes 8]

Two models, in bfloat16 as a recipe runs them: one of the shape of Qwen2-0.5B with random weights,
and SmolLM2-135M-Instruct. For each: tokens a second of our sampler and of `model.generate`, whether
their greedy tokens are the same; seconds a training step of TRL's trainer and of ours on the same
settings, and the difference of their gradients on the same rollouts; and the memory measured in
that training against what the package estimates before it.
"""

import argparse
import statistics
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from bare import Job, Skipped, prepare, smollm2, tiny_model

MICRO_BATCH = 16
PROMPT = (
    "A bag of rice holds 25 kg and is emptied at 1.5 kg in each day. After 8 days 4 more bags are "
    "bought. How many kilograms of rice are there then? Let's think step by step and output the "
    "final answer within \\boxed{}."
)


def qwen2_shape(job: Job, tokenizer_of: Path) -> Path:
    """Write a model of the shape of Qwen2-0.5B (its published configuration), weights random."""
    import torch
    from transformers import AutoTokenizer, Qwen2Config, Qwen2ForCausalLM

    folder = job.at / "models" / ("qwen2-tiny" if job.tiny else "qwen2-0.5b-random")
    if (folder / "model.safetensors").exists():
        return folder
    tokenizer = AutoTokenizer.from_pretrained(tokenizer_of)
    shape = {
        "hidden_size": 896, "intermediate_size": 4864, "num_hidden_layers": 24,
        "num_attention_heads": 14, "num_key_value_heads": 2, "vocab_size": 151_936,
    }  # fmt: skip
    if job.tiny:
        shape |= {
            "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
            "num_attention_heads": 2, "num_key_value_heads": 1, "vocab_size": len(tokenizer),
        }  # fmt: skip
    torch.manual_seed(0)
    config = Qwen2Config(
        **shape,
        tie_word_embeddings=True,
        max_position_embeddings=4096,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
        pad_token_id=tokenizer.pad_token_id,
    )
    Qwen2ForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def clock(device: str) -> float:
    """Return the time when all that was asked of the device is done."""
    import torch

    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()


def sampler(job: Job, folder: Path) -> dict[str, Any]:
    """Tokens a second by rows, ours and `model.generate`; best of two, after a first of each."""
    import torch

    from sample_engineering.generation import Sampling
    from sample_engineering.generation.asking import Loading
    from sample_engineering.generation.transformers_engine import TransformersGenerator

    model = TransformersGenerator(folder, device=job.device, loading=Loading(dtype="bfloat16"))
    new = 8 if job.tiny else 128
    ids = model.tokenizer(PROMPT, return_tensors="pt")["input_ids"].to(job.device)

    def stock(rows: int, **settings: Any) -> Any:
        with torch.inference_mode():
            return model.model.generate(
                ids.expand(rows, -1), attention_mask=torch.ones_like(ids).expand(rows, -1),
                max_new_tokens=new, **settings,
            )  # fmt: skip

    ((greedy,),) = model.generate([PROMPT], Sampling(max_tokens=new, temperature=0.0))
    theirs = model.tokenizer.decode(
        stock(1, do_sample=False)[0, ids.size(1) :], skip_special_tokens=True
    )
    speeds = []
    for rows in (1, 4) if job.tiny else (1, 64, 512):
        ours_best = stock_best = 0.0
        for attempt in range(3):
            begun = clock(job.device)
            (group,) = model.generate([PROMPT], Sampling(n=rows, max_tokens=new, seed=attempt))
            spent = clock(job.device) - begun
            if attempt:
                ours_best = max(ours_best, sum(item.tokens for item in group) / spent)
            begun = clock(job.device)
            made = stock(rows, do_sample=True, temperature=1.0, top_k=0)
            spent = clock(job.device) - begun
            if attempt:
                tokens = int((made[:, ids.size(1) :] != model.tokenizer.pad_token_id).sum())
                stock_best = max(stock_best, tokens / spent)
        speeds.append(
            {
                "rows": rows,
                "ours": round(ours_best),
                "generate": round(stock_best),
                "ratio": round(ours_best / stock_best, 2),
            }
        )
    return {"greedy_is_the_same": greedy.text == theirs, "tokens_a_second": speeds, "new": new}


def first_token(completions: Any, completion_ids: Any, **_: Any) -> list[float]:
    """A reward that differs within every group and costs nothing."""
    return [float(ids[0] % 2) for ids in completion_ids]


def rollouts_of(job: Job) -> int:
    """Rollouts of a step."""
    return 8 if job.tiny else 64


def micro_of(job: Job) -> int:
    """Rollouts of a micro-batch."""
    return 4 if job.tiny else MICRO_BATCH


def longest_of(job: Job) -> int:
    """Tokens of a rollout."""
    return 8 if job.tiny else 128


def trainer_of(kind: str, job: Job, folder: Path, out: str, steps: int) -> Any:
    """TRL's trainer or ours, with the settings of the one-shot recipe in small."""
    from datasets import Dataset
    from transformers import PrinterCallback
    from trl import GRPOConfig, GRPOTrainer

    from sample_engineering.generation.transformers_engine import load_model, load_tokenizer
    from sample_engineering.trainers.grpo import OneShotGRPOTrainer
    from sample_engineering.trainers.settings import checkpointing_field

    rollouts, micro = rollouts_of(job), micro_of(job)
    arguments = GRPOConfig(
        output_dir=out,
        use_cpu=job.device == "cpu",
        bf16=job.device == "cuda",
        **{checkpointing_field(): not job.tiny},
        max_steps=steps,
        num_generations=rollouts,
        per_device_train_batch_size=micro,
        gradient_accumulation_steps=rollouts // micro,
        max_completion_length=longest_of(job),
        learning_rate=1e-6,
        beta=0.001,
        report_to="none",
        save_strategy="no",
        disable_tqdm=True,
        logging_steps=1,
    )
    made = (GRPOTrainer if kind == "trl" else OneShotGRPOTrainer)(
        model=load_model(folder, device=job.device, dtype="float32"),
        processing_class=load_tokenizer(folder),
        args=arguments,
        reward_funcs=first_token,
        train_dataset=Dataset.from_list([{"prompt": PROMPT}]),
    )
    made.remove_callback(PrinterCallback)
    return made


def step(job: Job, folder: Path) -> dict[str, Any]:
    """Seconds a step of both, in turns, and their highest memory."""
    import torch
    from transformers import TrainerCallback

    steps = 3 if job.tiny else 4
    found: dict[str, Any] = {"trl": [], "ours": []}
    peaks: dict[str, float] = {}
    for kind in ("trl", "ours", "ours", "trl"):
        ends: list[float] = []

        class Clock(TrainerCallback):
            def on_step_end(self, *_: Any, ends: list[float] = ends, **__: Any) -> None:
                ends.append(clock(job.device))

        with tempfile.TemporaryDirectory() as out:
            made = trainer_of(kind, job, folder, out, steps)
            made.add_callback(Clock())
            if job.device == "cuda":
                torch.cuda.reset_peak_memory_stats()
            made.train()
        found[kind] += [after - before for before, after in pairwise(ends)]
        if job.device == "cuda":
            peaks[kind] = round(torch.cuda.max_memory_allocated() / 2**30, 2)
        del made
        free(job)
    medians = {kind: statistics.median(values) for kind, values in found.items()}
    return {
        "seconds_a_step": {kind: round(value, 3) for kind, value in medians.items()},
        "ratio": round(medians["trl"] / medians["ours"], 2),
        "peak_gib": peaks,
    }


def gradients(job: Job, folder: Path) -> dict[str, Any]:
    """Relative difference of the two gradients on the same rollouts."""
    import torch

    with tempfile.TemporaryDirectory() as out:
        ours = trainer_of("ours", job, folder, out, 1)
        ours.model.train()
        batch = ours._generate_and_score_completions(next(iter(ours.get_train_dataloader())))
        size = ours.args.per_device_train_batch_size
        stock = [
            {name: v[i * size : (i + 1) * size] if v.ndim else v for name, v in batch.items()}
            for i in range(ours.args.steps_per_generation)
        ]
        vectors = []
        for parts in (ours.micro_batches(batch), stock):
            ours.model.zero_grad()
            ours.current_gradient_accumulation_steps = len(parts)
            for number, part in enumerate(parts, 1):
                ours.accelerator.gradient_state._set_sync_gradients(number == len(parts))
                ours.accelerator.backward(ours.compute_loss(ours.model, dict(part)))
            vectors.append(torch.cat([p.grad.float().flatten() for p in ours.model.parameters()]))
        difference = float((vectors[0] - vectors[1]).norm() / vectors[1].norm())
        norm = float(vectors[1].norm())
        del ours, batch, stock
    free(job)
    return {"relative_difference": difference, "norm": norm}


def memory(job: Job, folder: Path) -> dict[str, Any]:
    """What the package estimates for the training of `step`, beside which its peak is to be held.

    `se doctor` says it; where there is none yet, the plan of `se validate` does.
    """
    import json

    settings = {
        "steps": 5, "group_size": rollouts_of(job), "groups": 1, "micro_batch": micro_of(job),
        "max_tokens": longest_of(job), "beta": 0.001, "entropy_coef": 0.0, "loss_type": "dapo",
        "gradient_checkpointing": str(not job.tiny).lower(),
        "bf16": str(job.device == "cuda").lower(),
    }  # fmt: skip
    asked = ["--model", folder, "--recipe", "one-shot-rlvr"]
    for name, value in settings.items():
        asked += ["--set", f"{name}={value}"]
    told = job.se("doctor", *asked, "--format", "json", code=None)
    if not told.startswith("{"):
        with tempfile.TemporaryDirectory() as work:
            pool = Path(work) / "pool.jsonl"
            row = {"id": "rice", "problem": PROMPT, "answer": "113", "kind": "number"}
            pool.write_text(json.dumps(row | {"domains": ["math"]}) + "\n")
            told = job.se("validate", pool, *asked, "-b", pool, "--dry-run")
        return {"plan": told}
    return {"doctor": json.loads(told)}


def free(job: Job) -> None:
    """Let go of what a part held."""
    import gc

    import torch

    gc.collect()
    if job.device == "cuda":
        torch.cuda.empty_cache()


def main() -> None:
    """Run all parts on both models."""

    def arguments(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--tokenizer", type=Path, help="take SmolLM2's from here, leave it out")

    job, asked = prepare("01_smoke", __doc__, 8, arguments)
    alone = job.tiny or asked.tokenizer
    real = asked.tokenizer or (tiny_model(job, [PROMPT]) if job.tiny else smollm2(job))
    models = {"qwen2-0.5b-random": qwen2_shape(job, real)} | ({} if alone else {"smollm2": real})
    for name, folder in models.items():
        for part in (sampler, memory, step, gradients):
            try:
                with job.part(f"{name}: {part.__name__}", least=0 if job.tiny else 30) as found:
                    found |= part(job, folder)
            except Skipped:
                free(job)
    job.tell("end", left_seconds=round(job.left))


if __name__ == "__main__":
    main()
