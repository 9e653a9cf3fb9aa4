"""From a recipe and a model's name to a trainer that is ready to run.

This module imports torch and TRL where it is called, and not before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import ConfigError
from sample_engineering.extras import require
from sample_engineering.generation.asking import Loading
from sample_engineering.generation.prompts import encode_all
from sample_engineering.generation.transformers_engine import load_model, load_tokenizer
from sample_engineering.generation.vision import load_processor, sees_images
from sample_engineering.runs.config import RunOptions
from sample_engineering.trainers.algorithms import Algorithm, find_algorithm
from sample_engineering.trainers.arms import Arm
from sample_engineering.trainers.endings import Endings
from sample_engineering.trainers.recipes import Recipe
from sample_engineering.trainers.rewarder import Rewarder
from sample_engineering.trainers.settings import grpo_config, training_rows
from sample_engineering.trainers.starting import start_in_words

if TYPE_CHECKING:
    from sample_engineering.grading import Gold, Grade


@dataclass(frozen=True)
class Built:
    """A trainer and what belongs to it.

    Parameters
    ----------
    trainer : SteeredTrainer
    tokenizer : tokenizer or processor
        What is written beside the weights: of a vision-language model, the processor.
    rewarder : Rewarder
        Its reward function.
    """

    trainer: Any
    tokenizer: Any
    rewarder: Rewarder


def build_trainer(
    model: str,
    arm: Arm,
    recipe: Recipe,
    golds: "Sequence[Gold]",
    *,
    output: Path,
    device: str,
    options: RunOptions,
    run_name: str | None = None,
    world: int = 1,
    grader: "Callable[[Sequence[str], Sequence[int]], list[Grade]] | None" = None,
) -> Built:
    """Load a model and make the trainer of one training run.

    Parameters
    ----------
    model : str
        Path or Hugging Face name.
    arm : Arm
        Its samples, seed and, if it is not the recipe's, reward.
    recipe : Recipe
    golds : sequence of Gold
        Of the arm's samples.
    output : Path
        Of checkpoints.
    device : {"cpu", "cuda", "mps"}
    options : RunOptions
        How the model is loaded, and trackers.
    run_name : str, optional
        In trackers.
    world : int
        Processes of the training.
    grader : callable, optional
        See `Rewarder`.

    Raises
    ------
    ConfigError, GenerationError
        If a setting or the model cannot be used.
    TrainingError
        If TRL, vLLM or the GPU refuses; in one sentence.
    """
    algorithm = find_algorithm(recipe.algorithm)
    loading = options.loading
    tokenizer = load_tokenizer(model, loading)
    rows = training_rows(arm.samples, recipe, tokenizer, in_order=arm.in_order)
    with start_in_words(world):
        policy = load_model(
            model, loading, device=device, dtype=policy_dtype(recipe, loading, device)
        )
        processing = tokenizer
        if any(sample.images for sample in arm.samples):
            if not sees_images(policy.config):
                raise ConfigError(
                    f"the samples of {arm.name} show images, and {model} reads none; choose a "
                    "vision-language model as `model`"
                )
            processing = load_processor(model, loading)
        endings = Endings.of(policy, tokenizer, recipe.stop)
        endings.tell(policy)
        if endings.texts and recipe.mask_truncated:
            raise ConfigError(
                f"`mask_truncated` would leave out every rollout that ends with "
                f"{endings.texts[0]!r}: TRL looks for an end token; leave it out"
            )
        rewarder = Rewarder(
            arm.reward or recipe.reward,
            golds,
            group_size=recipe.group_size,
            max_tokens=recipe.max_tokens,
            steps_per_generation=recipe.steps_per_generation,
            seed=arm.seed,
            form=recipe.form,
            endings=endings,
            grader=grader,
            shape=algorithm.shaping(recipe),
        )
        config = grpo_config(
            recipe,
            seed=arm.seed,
            output=output,
            device=device,
            report_to=options.report_to,
            run_name=run_name,
            loading=loading,
            endings=endings,
            longest_prompt=_longest(rows, recipe, tokenizer) if recipe.vllm else None,
            in_order=arm.in_order,
        )
        trainer = trainer_class(algorithm)(
            recipe=recipe,
            model=policy,
            processing_class=processing,
            args=config,
            reward_funcs=rewarder,
            train_dataset=rows,
            peft_config=adapters(recipe),
            fast=options.fast,
            rollout_seed=arm.seed,
            endings=endings,
        )
    if trainer.accelerator.num_processes > 1:
        from accelerate.utils import gather_object

        rewarder.gather = gather_object
        rewarder.rank = trainer.accelerator.process_index
    return Built(trainer, processing, rewarder)


def trainer_class(algorithm: Algorithm) -> Any:
    """Return the class that trains by an algorithm; imports torch and TRL."""
    module, _, name = algorithm.trainer.partition(":")
    return getattr(import_module(module), name)


def policy_dtype(recipe: Recipe, loading: Loading, device: str) -> str:
    """Return in which dtype the trained model is held.

    Weights that are trained need float32: at a learning rate of 1e-6 a step is below the spacing of
    bfloat16, and is lost. Below adapters the weights are frozen, and on a GPU bfloat16 halves them.
    """
    if loading.dtype is not None:
        return loading.dtype
    return "bfloat16" if recipe.lora_rank and recipe.bf16 and device == "cuda" else "float32"


def adapters(recipe: Recipe) -> Any:
    """Return the `peft.LoraConfig` of a recipe, or None where all weights are trained."""
    if not recipe.lora_rank:
        return None
    peft = require("peft", "train")
    return peft.LoraConfig(
        r=recipe.lora_rank,
        lora_alpha=recipe.lora_alpha,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )


def _longest(rows: Any, recipe: Recipe, tokenizer: Any) -> int:
    """Return the tokens of the longest prompt, with whatever stands before a problem."""
    columns = [name for name in rows.column_names if name != "sample_index"]
    prompts = list({str(prompt): prompt for name in columns for prompt in rows[name]}.values())
    return max(map(len, encode_all(prompts, tokenizer, recipe.chat_template_kwargs)))
