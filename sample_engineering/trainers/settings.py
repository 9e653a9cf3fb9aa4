"""From a recipe to TRL's GRPOConfig and the dataset of a run."""

from collections.abc import Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.extras import require
from sample_engineering.generation.asking import Loading
from sample_engineering.generation.chat_template import check_template_kwargs
from sample_engineering.generation.prompts import for_tokenizer
from sample_engineering.generation.protocol import Prompt
from sample_engineering.generation.vision import for_processor
from sample_engineering.sample import Sample
from sample_engineering.trainers.algorithms import find_algorithm
from sample_engineering.trainers.difficulty import HINT, HINTED
from sample_engineering.trainers.endings import Endings
from sample_engineering.trainers.ranks import Ranks
from sample_engineering.trainers.recipes import Recipe

# TRL's default sums log-ratios over a sequence, so that long ones are cut off (TRL issue 5815).
_VLLM = {
    "use_vllm": True,
    "vllm_mode": "colocate",
    "vllm_importance_sampling_mode": "token_truncate",
}
# Seconds that a process waits for the others: rollouts of one may be much longer than of another.
TIMEOUT = 4 * 3600
_CHECKPOINTS = 2  # the last whole one stays while the next is being written


def grpo_config(
    recipe: Recipe,
    *,
    seed: int,
    output: Path,
    device: str,
    report_to: Sequence[str] = (),
    run_name: str | None = None,
    loading: Loading | None = None,
    endings: Endings | None = None,
    longest_prompt: int | None = None,
    in_order: bool = False,
) -> Any:
    """Return the `trl.GRPOConfig` of a recipe.

    Parameters
    ----------
    recipe : Recipe
    seed : int
        Of the training.
    output : Path
        Where checkpoints go.
    device : {"cpu", "cuda", "mps"}
    report_to : sequence of str
        Trackers.
    run_name : str, optional
        Of the run there.
    loading : Loading, optional
        How the policy is loaded: the reference model, and vLLM, as well.
    endings : Endings, optional
        What ends an answer; vLLM has to be told.
    longest_prompt : int, optional
        In tokens; vLLM then makes room for that and a rollout, and no more.
    in_order : bool
        Whether the rows are trained on in their order.

    Raises
    ------
    ConfigError
        If TRL refuses a value.
    """
    trl = require("trl", "train")
    world = Ranks.of_environment().world
    micro_batch = recipe.micro_batch_for(world)
    per_update = recipe.rollouts // recipe.updates // world // micro_batch
    on_cpu = device == "cpu"
    values: dict[str, Any] = {
        "output_dir": str(output),
        "seed": seed,
        "max_steps": recipe.optimizer_steps,
        "num_generations": recipe.group_size,
        "per_device_train_batch_size": micro_batch,
        "gradient_accumulation_steps": per_update,
        "steps_per_generation": per_update * recipe.updates,
        "num_iterations": recipe.epochs,
        "shuffle_dataset": not in_order,
        "learning_rate": recipe.rate,
        "lr_scheduler_type": recipe.schedule,
        "warmup_steps": recipe.warmup_steps,
        "weight_decay": recipe.weight_decay,
        "adam_beta1": recipe.adam_beta1,
        "adam_beta2": recipe.adam_beta2,
        "max_grad_norm": recipe.max_grad_norm,
        "temperature": recipe.temperature,
        "top_p": recipe.top_p,
        "top_k": recipe.top_k or 0,  # TRL's word for all
        "chat_template_kwargs": dict(recipe.chat_template_kwargs) or None,
        "max_completion_length": recipe.max_tokens,
        "beta": recipe.beta,
        "entropy_coef": recipe.entropy_coef,
        "loss_type": recipe.loss_type,
        "scale_rewards": recipe.scale_rewards,
        "epsilon": recipe.epsilon,
        "mask_truncated_completions": recipe.mask_truncated,
        "bf16": recipe.bf16 and device == "cuda",
        "use_cpu": on_cpu,
        checkpointing_field(): recipe.gradient_checkpointing and not on_cpu,
        "report_to": list(report_to) or "none",
        "run_name": run_name,
        "ddp_timeout": TIMEOUT,
        "logging_steps": 1,
        "logging_nan_inf_filter": False,
        "save_strategy": "no",  # checkpoints are asked for at generation boundaries
        "save_total_limit": _CHECKPOINTS,
        "disable_tqdm": True,
        "dataloader_pin_memory": device == "cuda",
        "use_vllm": False,
    }
    if recipe.beta > 0 and not recipe.lora_rank:
        values["model_init_kwargs"] = _loaded_alike(loading or Loading())
    values["trust_remote_code"] = bool(loading and loading.trust_remote_code)
    given = dict(recipe.trl)
    if recipe.vllm:
        values |= _VLLM
        if given.get("vllm_mode", _VLLM["vllm_mode"]) == "colocate":
            # Models are made for contexts of which a run needs a fraction, and vLLM makes room for
            # a whole one; and what it holds would lie idle while the weights are trained.
            if longest_prompt is not None:
                values["vllm_max_model_length"] = longest_prompt + recipe.max_tokens
            values["vllm_enable_sleep_mode"] = not on_cpu
        told = (endings or Endings()).for_vllm
        given["generation_kwargs"] = {**(given.get("generation_kwargs") or {}), **told}
    try:
        return trl.GRPOConfig(**(values | given))
    except (TypeError, ValueError) as error:
        reason = str(error).split("\n")[0].rstrip(".")
        raise ConfigError(f"TRL refuses the settings: {reason}; change the recipe") from error


def _loaded_alike(loading: Loading) -> dict[str, Any]:
    """Return how TRL loads the reference; dtype and attention it takes from the policy."""
    told = {"revision": loading.revision} if loading.revision else {}
    return {**loading.model_init_kwargs, **told, "use_safetensors": True}


def checkpointing_field() -> str:
    """Return what transformers calls recomputed activations (renamed in 5.2x)."""
    config = require("trl", "train").GRPOConfig
    names = {item.name for item in fields(config)}
    return (
        "activation_checkpointing"
        if "activation_checkpointing" in names
        else ("gradient_checkpointing")
    )


def training_rows(
    samples: Sequence[Sample], recipe: Recipe, tokenizer: Any, *, in_order: bool = False
) -> Any:
    """Return the dataset: as many rows as a generation has groups, or a multiple of that.

    TRL drops what does not fill a generation, and with one row and several groups it would end at
    step 0. So the samples are repeated until every generation is full; with `in_order` until there
    is one for each group of the whole training, from the first sample to the last. Beside
    ``prompt`` stands the prompt with each text that the algorithm puts before a problem, or with a
    hint. Images stand beside it, see `_places`.
    """
    protocol = recipe.protocol
    if any(not isinstance(protocol.prompt(s), str) for s in samples):
        check_template_kwargs(tokenizer, recipe.chat_template_kwargs)
    marks = {"prompt": "", **find_algorithm(recipe.algorithm).marks}
    if recipe.difficulty_hint:
        marks[HINTED] = HINT
    shown = any(sample.images for sample in samples)
    asked = _places if shown else partial(for_tokenizer, tokenizer=tokenizer)
    rows = [
        {name: asked(protocol.prompt(sample, before=text)) for name, text in marks.items()}
        | ({"images": _images(sample)} if shown else {})
        | {"sample_index": index}
        for index, sample in enumerate(samples)
    ]
    if in_order:
        return _data_set([rows[place] for place in along(len(rows), recipe)], shown)
    times = 1
    while times * len(rows) % recipe.groups:
        times += 1
    return _data_set(rows * times, shown)


def _places(prompt: Prompt) -> Any:
    """Return a prompt as TRL's vision-language path takes it: places for the images beside it."""
    if isinstance(prompt, str):
        raise ConfigError(
            "the `template` is continued as text, and a sample of this training shows images; use "
            "one for chats, e.g. boxed"
        )
    return for_processor(prompt)


def _images(sample: Sample) -> list[dict[str, Any]]:
    """Return the images of a sample as `datasets` writes them."""
    return [{"bytes": image.data, "path": None} for image in sample.images]


def _data_set(rows: list[dict[str, Any]], shown: bool) -> Any:
    datasets = require("datasets", "train")
    found = datasets.Dataset.from_list(rows)
    if not shown:
        return found
    return found.cast_column("images", datasets.Sequence(datasets.Image()))


def along(n: int, recipe: Recipe) -> list[int]:
    """Return which of `n` samples each group of a training takes, evenly from first to last."""
    groups = recipe.steps * recipe.groups
    return [place * n // groups for place in range(groups)]
