"""CPU-seconds of one training step: TRL's own GRPO trainer against ours.

Both train the same model on the same prompt with the same settings, in turns in one process, so
that a busy machine slows both. Two workloads: the embedded model on its shipped sample, and a
random model whose completions are long and of very different length, as those of real base models.
The loss is that of a recipe. Sampling is timed apart: what is left of a step, passes of the
reference model included, is what ours saves where vLLM samples.

    python benchmarks/one_shot_step.py [--rounds 3] [--steps 4] [--workload both] [--recipe NAME]
"""

import argparse
import json
import statistics
import tempfile
import time
import warnings
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

ROLLOUTS, MICRO_BATCH = 64, 16
RECIPES = ("microcosm", "one-shot-rlvr", "polymath")
# Set where rollouts differ in length. On the embedded model they are short and alike, so that there
# is little padding to cut and few rows end early.
GOAL, GOAL_WORKLOAD = 1.9, "long-tail"


@dataclass(frozen=True)
class Workload:
    """A model, a prompt and a length limit."""

    folder: Path
    prompt: str
    max_tokens: int


def long_tail(folder: Path) -> Workload:
    """A random Llama of about 1 M parameters: ends with probability 1/96 at each token."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    words = {"<pad>": 0, "<eos>": 1} | {f"w{index}": index for index in range(2, 96)}
    plain = Tokenizer(models.WordLevel(words, unk_token="<pad>"))
    plain.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=plain, pad_token="<pad>", eos_token="<eos>", padding_side="left"
    )
    torch.manual_seed(0)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=96,
            hidden_size=128,
            intermediate_size=512,
            num_hidden_layers=4,
            num_attention_heads=4,
            max_position_embeddings=512,
            pad_token_id=0,
            eos_token_id=1,
            bos_token_id=None,
        )
    )
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return Workload(folder, " ".join(f"w{2 + index % 90}" for index in range(50)), 256)


def embedded() -> Workload:
    """The shipped base model on the shipped sample."""
    from sample_engineering import microcosm

    return Workload(microcosm.model_path(), microcosm.default_sample().problem, 160)


def reward(completions: Any, completion_ids: Any, **columns: Any) -> list[float]:
    """A reward that differs within every group and costs nothing."""
    return [float(len(ids) % 2) for ids in completion_ids]


def run(
    kind: str, workload: Workload, recipe: str, steps: int
) -> tuple[list[float], list[float], float]:
    """Train; return CPU-seconds of each step but the first, those of sampling, and mean length."""
    from datasets import Dataset
    from transformers import PrinterCallback, TrainerCallback
    from trl import GRPOConfig, GRPOTrainer

    from sample_engineering.generation.transformers_engine import load_model, load_tokenizer
    from sample_engineering.trainers.grpo import OneShotGRPOTrainer
    from sample_engineering.trainers.recipes import load_recipe
    from sample_engineering.trainers.settings import checkpointing_field

    loss = load_recipe(recipe)
    ends: list[float] = []
    sampling: list[float] = []
    lengths: list[float] = []

    class Clock(TrainerCallback):
        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            ends.append(time.process_time())

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            if logs and "completions/mean_length" in logs:
                lengths.append(logs["completions/mean_length"])

    with tempfile.TemporaryDirectory() as out:
        arguments = GRPOConfig(
            output_dir=out,
            use_cpu=True,
            bf16=False,
            **{checkpointing_field(): False},
            max_steps=steps + 1,
            num_generations=min(ROLLOUTS, loss.group_size),
            per_device_train_batch_size=MICRO_BATCH,
            gradient_accumulation_steps=ROLLOUTS // MICRO_BATCH,
            max_completion_length=workload.max_tokens,
            temperature=1.0,  # a random model ends sooner at a lower one
            loss_type=loss.loss_type,
            beta=loss.beta,
            entropy_coef=loss.entropy_coef,
            epsilon=loss.epsilon,
            **loss.trl,
            learning_rate=1e-6,
            report_to="none",
            save_strategy="no",
            disable_tqdm=True,
            logging_steps=1,
        )
        trainer = (GRPOTrainer if kind == "stock" else OneShotGRPOTrainer)(
            model=load_model(workload.folder, device="cpu"),
            processing_class=load_tokenizer(workload.folder),
            args=arguments,
            reward_funcs=reward,
            train_dataset=Dataset.from_list(
                [{"prompt": workload.prompt}] * (ROLLOUTS // min(ROLLOUTS, loss.group_size))
            ),
        )
        of_kind = trainer._generate_single_turn

        def timed(*given: Any, **named: Any) -> Any:
            started = time.process_time()
            made = of_kind(*given, **named)
            sampling.append(time.process_time() - started)
            return made

        trainer._generate_single_turn = timed
        trainer.remove_callback(PrinterCallback)
        trainer.add_callback(Clock())
        trainer.train()
    steps_taken = [after - before for before, after in pairwise(ends)]
    return steps_taken, sampling[1:], statistics.mean(lengths)


def measure(workload: Workload, recipe: str, rounds: int, steps: int) -> dict[str, Any]:
    """Run both in turns and sum up."""
    whole: dict[str, list[float]] = {"stock": [], "ours": []}
    left: dict[str, list[float]] = {"stock": [], "ours": []}
    lengths: dict[str, list[float]] = {"stock": [], "ours": []}
    for number in range(rounds):
        order = ("stock", "ours") if number % 2 == 0 else ("ours", "stock")
        for kind in order:
            spent, sampling, length = run(kind, workload, recipe, steps)
            whole[kind] += spent
            left[kind] += [a - b for a, b in zip(spent, sampling, strict=True)]
            lengths[kind].append(length)
    medians = {kind: statistics.median(values) for kind, values in whole.items()}
    others = {kind: statistics.median(values) for kind, values in left.items()}
    return {
        "stock_cpu_seconds_per_step": round(medians["stock"], 4),
        "ours_cpu_seconds_per_step": round(medians["ours"], 4),
        "ratio": round(medians["stock"] / medians["ours"], 3),
        "without_sampling": {kind: round(value, 4) for kind, value in others.items()},
        "ratio_without_sampling": round(others["stock"] / others["ours"], 3),
        "mean_length": {kind: round(statistics.mean(v), 1) for kind, v in lengths.items()},
        "steps_measured": {kind: len(values) for kind, values in whole.items()},
    }


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--workload", choices=("both", "embedded", "long-tail"), default="both")
    parser.add_argument("--recipe", choices=("all", *RECIPES), default="all")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    import torch
    import transformers
    import trl

    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    results: dict[str, dict[str, Any]] = {}
    recipes = RECIPES if options.recipe == "all" else (options.recipe,)
    with tempfile.TemporaryDirectory() as folder:
        for recipe in recipes:
            if options.workload != "embedded":
                made = measure(long_tail(Path(folder)), recipe, options.rounds, options.steps)
                results[f"{GOAL_WORKLOAD}, {recipe}"] = made
            if options.workload != "long-tail" and recipe == "microcosm":
                results["embedded, microcosm"] = measure(
                    embedded(), recipe, options.rounds, options.steps
                )
    print(
        json.dumps(
            {
                "benchmark": "one_shot_step",
                "rollouts": ROLLOUTS,
                "micro_batch": MICRO_BATCH,
                "threads": torch.get_num_threads(),
                "trl": trl.__version__,
                "torch": torch.__version__,
                "workloads": results,
                "ratio": next(iter(results.values()))["ratio"],
                "goal": GOAL,
                "goal_workload": GOAL_WORKLOAD,
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
