"""One training run: GRPO on one sample, or on few, with everything that can go wrong watched."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sample_engineering.errors import ConfigError, TrainingError
from sample_engineering.extras import quiet, require
from sample_engineering.generation.transformers_engine import (
    default_device,
    load_model,
    load_tokenizer,
)
from sample_engineering.grading import read_sample_gold
from sample_engineering.runs import RunFolder
from sample_engineering.runs.config import RunOptions
from sample_engineering.runs.result import Training
from sample_engineering.runs.rows import MetricsLine
from sample_engineering.trainers.arms import Arm
from sample_engineering.trainers.endings import Endings
from sample_engineering.trainers.interrupts import (
    StopRequest,
    TrainingInterrupted,
    write_errors_in_words,
)
from sample_engineering.trainers.ranks import Ranks
from sample_engineering.trainers.recipes import Recipe
from sample_engineering.trainers.rewarder import Rewarder
from sample_engineering.trainers.settings import grpo_config, training_rows
from sample_engineering.trainers.watch import progress_of


def train_one_shot(
    model: str,
    arm: Arm,
    recipe: Recipe,
    folder: RunFolder,
    *,
    options: RunOptions | None = None,
    resume: bool = False,
    stop: StopRequest | None = None,
    progress: Callable[[MetricsLine], None] | None = None,
) -> tuple[Any, Any, Training]:
    """Train a model on one sample, or on few.

    Parameters
    ----------
    model : str
        Path or Hugging Face name of a causal language model with safetensors weights.
    arm : Arm
        Its samples (several take turns), seed, name in the folder and, if it is not the recipe's,
        reward.
    recipe : Recipe
        Settings.
    folder : RunFolder
        Receives metrics, rollouts and checkpoints.
    options : RunOptions, optional
        Device, trackers and the like.
    resume : bool
        Go on from the last whole checkpoint of this run in the folder, if there is one.
    stop : StopRequest, optional
        Looked at after each step.
    progress : callable, optional
        Called with the metrics of each step.

    Returns
    -------
    model, tokenizer, Training

    Raises
    ------
    GoldError
        If a sample's gold answer cannot be read.
    TrainingError
        If the steps did not run; its subclass TrainingInterrupted after a stop.
    RunError
        If the folder cannot be written to.
    """
    options = options or RunOptions()
    if not arm.samples:
        raise ConfigError("there is no sample to train on; give at least one")
    require("trl", "train")
    golds = [read_sample_gold(sample) for sample in arm.samples]
    device = options.device or default_device()
    if device not in ("cpu", "cuda"):
        raise ConfigError(
            f"`device` must be cpu or cuda, not {device!r}; choose among several GPUs with "
            "CUDA_VISIBLE_DEVICES"
        )
    output = folder.checkpoints(arm.name, arm.seed)
    with quiet(), write_errors_in_words(folder.path):
        from sample_engineering.trainers.callbacks import StepCallback, last_checkpoint
        from sample_engineering.trainers.grpo import OneShotGRPOTrainer

        checkpoint = last_checkpoint(output, tidy=folder.writes) if resume else None
        done = _done_at(checkpoint, recipe)
        folder.drop_after(arm.name, arm.seed, done)
        ranks = Ranks.of_environment(device)
        ranks.wait()
        loading = options.loading
        tokenizer = load_tokenizer(model, loading)
        policy = load_model(model, loading, device=device, dtype="float32")
        endings = Endings.of(policy, tokenizer, recipe.stop)
        endings.tell(policy)
        rewarder = Rewarder(
            arm.reward or recipe.reward,
            golds,
            group_size=recipe.group_size,
            max_tokens=recipe.max_tokens,
            steps_per_generation=recipe.steps_per_generation,
            seed=arm.seed,
            form=recipe.form,
            endings=endings,
        )
        config = grpo_config(
            recipe,
            seed=arm.seed,
            output=output,
            device=device,
            report_to=options.report_to,
            run_name=f"{folder.path.name}-{arm.name}-{arm.seed}",
            loading=loading,
            endings=endings,
        )
        try:
            trainer = OneShotGRPOTrainer(
                model=policy,
                processing_class=tokenizer,
                args=config,
                reward_funcs=rewarder,
                train_dataset=training_rows(arm.samples, recipe, tokenizer),
                peft_config=_adapters(recipe),
                fast=options.fast,
                rollout_seed=arm.seed,
                endings=endings,
            )
        except ValueError as error:
            reason = str(error).split("\n")[0].rstrip(".")
            raise TrainingError(f"TRL cannot start: {reason}; change the recipe") from error
        _refuse_shards(trainer)
        if trainer.accelerator.num_processes > 1:
            from accelerate.utils import gather_object

            rewarder.gather = gather_object
            rewarder.rank = trainer.accelerator.process_index
        callback = StepCallback(
            folder,
            arm,
            recipe,
            rewarder,
            StopRequest() if stop is None else stop,
            lambda: trainer.rollout_entropy,
            progress,
            ranks,
        )
        _drop_printers(trainer)
        trainer.add_callback(callback)
        if done < recipe.steps and callback.stopped is None:
            trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        elif checkpoint is not None:
            trainer._load_from_checkpoint(str(checkpoint))
    if callback.stopped == "interrupted":
        raise TrainingInterrupted(
            f"interrupted after step {len(callback.lines)} of {recipe.steps}; all is saved, "
            f"go on with `resume={folder.path}`"
        )
    return trainer_model(trainer), tokenizer, _summary(callback, recipe, trainer)


def _refuse_shards(trainer: Any) -> None:
    plugin = getattr(trainer.accelerator.state, "deepspeed_plugin", None)
    if trainer.is_fsdp_enabled or (plugin is not None and plugin.zero_stage == 3):
        raise TrainingError(
            "a model sharded over GPUs (FSDP, ZeRO-3) cannot be evaluated in place; use ZeRO-2, "
            "LoRA (`lora`) or a larger GPU"
        )


def _done_at(checkpoint: Path | None, recipe: Recipe) -> int:
    """Return the generations that a checkpoint holds."""
    if checkpoint is None:
        return 0
    return int(checkpoint.name.removeprefix("checkpoint-")) // recipe.steps_per_generation


def trainer_model(trainer: Any) -> Any:
    """Return the trained model itself, in eval mode, without accelerate's wrapping."""
    model = trainer.accelerator.unwrap_model(trainer.model, keep_fp32_wrapper=False)
    return model.eval()


def _summary(callback: Any, recipe: Recipe, trainer: Any) -> Training:
    lines = callback.lines
    if callback.stopped is None and len(lines) != recipe.steps:
        raise TrainingError(
            f"only {len(lines)} of {recipe.steps} steps ran; check group_size, groups and updates "
            "of the recipe"
        )
    for expected, line in enumerate(lines, 1):
        if line.step != expected or line.rollouts != recipe.rollouts:
            raise TrainingError(
                f"step {expected} is missing or incomplete in the metrics; start the run anew"
            )
    return Training(
        arm=callback.arm.name,
        seed=callback.arm.seed,
        progress=progress_of(lines, recipe.steps),
        first_pass_rate=lines[0].pass_rate,
        last_pass_rate=lines[-1].pass_rate,
        stopped=callback.stopped,
        fast_path=trainer.fast,
        obstacle=trainer.obstacle(),
        seconds=sum(line.seconds for line in lines),
        warnings=tuple(callback.harm),
    )


def _adapters(recipe: Recipe) -> Any:
    if not recipe.lora_rank:
        return None
    peft = require("peft", "train")
    return peft.LoraConfig(
        r=recipe.lora_rank,
        lora_alpha=recipe.lora_alpha,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )


def _drop_printers(trainer: Any) -> None:
    from transformers import PrinterCallback, ProgressCallback

    for printer in (PrinterCallback, ProgressCallback):
        trainer.remove_callback(printer)
