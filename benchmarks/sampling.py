"""Tokens a second on a real model: this package's sampler, transformers' generate, and vLLM.

Each engine runs in a process of its own, one after the other, on the same prompts: one prompt of
1, 16 and 64 rows, and 64 chats of different length. All write exactly so many tokens a row, at
temperature 1 over the whole vocabulary; the best of the repeats counts. Prints one JSON object,
with the best of ours over the best of vLLM. On an idle machine of two cores it takes 5 minutes.

    python scripts/fetch_smollm2.py
    python benchmarks/sampling.py [--model FOLDER] [--vllm-python .venv-vllm/bin/python]
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

NAME = "SmolLM2-135M-Instruct"
TOKENS = 64  # a row, unless told otherwise
MANY = 64  # different chats
ROWS = (1, 16, 64)
SECONDS = 6.0  # a workload is repeated until so long was spent on it
ENGINES = ("ours", "generate", "vllm")
RUNS = "ours:float32,ours:bfloat16,generate:float32,vllm:bfloat16"  # the best of each, and float32
GOALS = {"1": 0.8, "16": 1.0, "64": 1.0, "many": 1.0}  # of vLLM's best
MOST_SECONDS = 300  # for one engine, unless told otherwise
QUESTION = "There are 12 pens in each of 4 boxes. How many pens are there in all?"
Generate = Callable[[Sequence[Sequence[int]], int], int]  # (prompts, n) -> tokens written


def chats() -> list[str]:
    """Return questions whose prompts have from one line to six."""
    return [
        f"What is {k} + {k * k}? " + f"Before that, add {k % 7 + 2} to each of them. " * (k * k % 6)
        for k in range(MANY)
    ]


def tokens_of(tokenizer: Any, question: str) -> list[int]:
    """Return the chat prompt of a question."""
    ids = tokenizer.apply_chat_template(
        [{"role": "user", "content": question}], add_generation_prompt=True, return_dict=False
    )
    return list(ids)


def ours(folder: str, dtype: str, tokens: int) -> tuple[Any, Generate]:
    """Return the tokenizer, and a function that samples with this package."""
    from sample_engineering.generation.sampling import row_noise, sample
    from sample_engineering.generation.transformers_engine import load_model, load_tokenizer

    model = load_model(folder, device="cpu", dtype=dtype)

    def generate(prompts: Sequence[Sequence[int]], n: int) -> int:
        noise = row_noise(range(len(prompts) * n), 0)
        rollouts = sample(model, prompts, n=n, max_tokens=tokens, noise=noise)
        return sum(len(rollout.ids) for rollout in rollouts)

    return load_tokenizer(folder), generate


def theirs(folder: str, dtype: str, tokens: int) -> tuple[Any, Generate]:
    """Return the tokenizer, and a function that samples with transformers' `generate`."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder, padding_side="left")
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype).eval()
    model.generation_config.eos_token_id = None

    def generate(prompts: Sequence[Sequence[int]], n: int) -> int:
        batch = tokenizer.pad({"input_ids": [list(ids) for ids in prompts]}, return_tensors="pt")
        width = batch["input_ids"].shape[1]
        with torch.no_grad():
            written = model.generate(
                **batch,
                max_new_tokens=tokens,
                do_sample=True,
                temperature=1.0,
                top_k=0,
                top_p=1.0,
                num_return_sequences=n,
                pad_token_id=tokenizer.pad_token_id,
            )
        return int(written[:, width:].numel())

    return tokenizer, generate


def vllm(folder: str, dtype: str, tokens: int) -> tuple[Any, Generate]:
    """Return the tokenizer, and a function that samples with vLLM, compiled as by default."""
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "2")
    os.environ.setdefault("VLLM_CPU_OMP_THREADS_BIND", "nobind")
    os.environ.setdefault("VLLM_ENABLE_V1_MULTIPROCESSING", "0")
    from vllm import LLM, SamplingParams

    # Without prefix caching, since the repeats would not read the prompts.
    llm = LLM(
        model=folder,
        dtype=dtype,
        max_model_len=2048,
        enable_prefix_caching=False,
        distributed_executor_backend="uni",
    )

    def generate(prompts: Sequence[Sequence[int]], n: int) -> int:
        settings = SamplingParams(n=n, max_tokens=tokens, temperature=1.0, ignore_eos=True)
        requests: Any = [{"prompt_token_ids": list(ids)} for ids in prompts]
        answers = llm.generate(requests, settings, use_tqdm=False)
        return sum(len(one.token_ids) for answer in answers for one in answer.outputs)

    return llm.get_tokenizer(), generate


def measure(engine: str, dtype: str, options: argparse.Namespace) -> dict[str, Any]:
    """Return tokens a second of each workload, the best of the repeats; in this process.

    Beside those of wall time stand those of CPU time of all threads, the fairer figure on a busy
    machine with one thread.
    """
    started = time.perf_counter()
    start_engine = {"ours": ours, "generate": theirs, "vllm": vllm}[engine]
    tokenizer, generate = start_engine(options.model, dtype, options.tokens)
    figures: dict[str, Any] = {"start_seconds": round(time.perf_counter() - started, 1)}
    figures["a_cpu_second"] = {}
    one = tokens_of(tokenizer, QUESTION)
    work = {str(rows): ([one], rows) for rows in ROWS}
    work["many"] = ([tokens_of(tokenizer, chat) for chat in chats()], 1)
    generate([one], 2)  # first calls compile, allocate, choose kernels
    for name, (prompts, n) in work.items():
        rates: list[float] = []
        cpu_rates: list[float] = []
        began = time.perf_counter()
        while not rates or time.perf_counter() - began < options.seconds:
            start, cpu = time.perf_counter(), time.process_time()
            written = generate(prompts, n)
            rates.append(written / (time.perf_counter() - start))
            cpu_rates.append(written / (time.process_time() - cpu))
            assert written == len(prompts) * n * options.tokens
        figures[name] = round(max(rates), 1)
        figures["a_cpu_second"][name] = round(max(cpu_rates), 1)
    return figures


def in_its_process(python: str, engine: str, dtype: str, options: argparse.Namespace) -> Any:
    """Measure in a fresh process; returns the figures, or a sentence on why there are none."""
    command = [python, __file__, "--worker", engine, "--dtype", dtype]
    command += ["--model", options.model, "--seconds", str(options.seconds)]
    command += ["--tokens", str(options.tokens)]
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    environment["OMP_NUM_THREADS"] = str(options.threads)
    print(f"{engine} {dtype} ...", file=sys.stderr, flush=True)
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment, timeout=options.limit
        )
    except subprocess.TimeoutExpired:
        return f"not done within {options.limit} s (--limit)"
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        said = done.stderr.strip().splitlines()
        return f"failed: {said[-1] if said else done.returncode}"
    return json.loads(lines[-1])


def best(figures: dict[str, Any], engine: str, work: str) -> float | None:
    """Return the best rate of an engine in one workload, over the types of numbers."""
    found = [
        values[work]
        for name, values in figures.items()
        if name.startswith(f"{engine} ") and isinstance(values, dict)
    ]
    return max(found, default=None)


def ratios(figures: dict[str, Any], peer: str) -> dict[str, float] | None:
    """Return for each workload the best of ours over the best of a peer."""
    found = {work: (best(figures, "ours", work), best(figures, peer, work)) for work in GOALS}
    pairs = {work: (mine, other) for work, (mine, other) in found.items() if mine and other}
    return {work: round(mine / other, 2) for work, (mine, other) in pairs.items()} or None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    models = os.environ.get("SE_MODELS") or Path.home() / ".cache/sample-engineering/models"
    parser.add_argument("--model", default=str(Path(models) / NAME))
    parser.add_argument("--vllm-python", default=os.environ.get("SE_VLLM_PYTHON"))
    parser.add_argument("--runs", default=RUNS, help="engine:dtype, separated by commas")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--tokens", type=int, default=TOKENS)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--limit", type=int, default=MOST_SECONDS, help="seconds for one engine")
    parser.add_argument("--out", type=Path, help="write the JSON here too")
    parser.add_argument("--worker", choices=ENGINES, help=argparse.SUPPRESS)
    parser.add_argument("--dtype", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        found = measure(options.worker, options.dtype, options)
        print("\n" + json.dumps(found), flush=True)
        os._exit(0)  # vLLM's threads may outlive the end of the script
    if not (Path(options.model) / "config.json").is_file():
        raise SystemExit(f"error: no model in {options.model}; run scripts/fetch_smollm2.py first")
    local = ROOT / ".venv-vllm/bin/python"
    python = options.vllm_python or (str(local) if local.is_file() else None)
    figures: dict[str, Any] = {}
    for run in options.runs.split(","):
        engine, _, dtype = run.partition(":")
        if engine not in ENGINES or not dtype:
            raise SystemExit(f"error: --runs has {run!r}; write e.g. {RUNS}")
        if engine == "vllm" and python is None:
            figures[f"{engine} {dtype}"] = "skipped: no --vllm-python (make test-vllm makes one)"
            continue
        interpreter = str(python) if engine == "vllm" else sys.executable
        figures[f"{engine} {dtype}"] = in_its_process(interpreter, engine, dtype, options)
    against = ratios(figures, "vllm")
    report = {
        "model": options.model,
        "threads": options.threads,
        "tokens_a_row": options.tokens,
        "workloads": "one prompt of 1, 16, 64 rows; many: 64 chats of different length",
        "tokens_a_second": figures,
        "best_of_ours_over_best_of_vllm": against,
        "best_of_ours_over_best_of_generate": ratios(figures, "generate"),
        "goals": GOALS,
        "met": against and {work: ratio >= GOALS[work] for work, ratio in against.items()},
    }
    text = json.dumps(report, indent=1)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
