"""One training run: GRPO on one sample, or on few, with everything that can go wrong watched."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import ConfigError, TrainingError
from sample_engineering.evaluation import Benchmark
from sample_engineering.extras import quiet, require
from sample_engineering.generation.devices import KINDS, default_device
from sample_engineering.runs.config import RunOptions
from sample_engineering.runs.result import Training, WarmStart
from sample_engineering.runs.rows import MetricsLine
from sample_engineering.runs.training_folder import TrainingFolder
from sample_engineering.trainers.arms import Arm
from sample_engineering.trainers.building import Built, build_trainer
from sample_engineering.trainers.development import Development, forgetting
from sample_engineering.trainers.hybrid import grader_of, judge_of, sample_golds
from sample_engineering.trainers.interrupts import (
    StopRequest,
    TrainingInterrupted,
    write_errors_in_words,
)
from sample_engineering.trainers.merging import has_adapters, merge_in_place
from sample_engineering.trainers.ranks import Ranks
from sample_engineering.trainers.recipes import Recipe
from sample_engineering.trainers.saving import base_dtype, save_weights
from sample_engineering.trainers.settings import TIMEOUT
from sample_engineering.trainers.starting import memory_in_words
from sample_engineering.trainers.warm_start import NO_START, warm_start_fault
from sample_engineering.trainers.watch import progress_of

if TYPE_CHECKING:
    from sample_engineering.grading import Gold


def train_one_shot(
    model: str,
    arm: Arm,
    recipe: Recipe,
    folder: TrainingFolder,
    *,
    options: RunOptions | None = None,
    resume: bool = False,
    stop: StopRequest | None = None,
    progress: Callable[[MetricsLine], None] | None = None,
    notice: Callable[[str], None] | None = None,
    snapshot_every: int | None = None,
    most_snapshots: int | None = None,
    whole: bool = False,
    run_name: str | None = None,
    watched: Benchmark | None = None,
) -> Training | None:
    """Train a model on one sample, or on few, and leave its weights on disk.

    Parameters
    ----------
    model : str
        Path or Hugging Face name of a causal language model with safetensors weights.
    arm : Arm
        Its samples (several take turns), seed, name in the folder and, if it is not the recipe's,
        reward.
    recipe : Recipe
        Settings.
    folder : TrainingFolder
        Receives metrics, rollouts, checkpoints, and at the end the weights and ``training.json``.
    options : RunOptions, optional
        Device, trackers and the like.
    resume : bool
        Go on from the last whole checkpoint of this run in the folder, if there is one.
    stop : StopRequest, optional
        Looked at after each step.
    progress : callable, optional
        Called with the metrics of each step.
    notice : callable, optional
        Called with what the libraries say of settings that they ignore or do not support.
    snapshot_every : int, optional
        Save the weights each so many steps too.
    most_snapshots : int, optional
        Pause after so many of these; the next call goes on.
    whole : bool
        Merge adapters into the weights that are written.
    run_name : str, optional
        In trackers.
    watched : Benchmark, optional
        Items that are asked along the way, to warn where the training forgets; see `development`.

    Returns
    -------
    Training or None
        As in ``training.json``. Where nothing was learnt, there are no weights. None where the
        training has paused.

    Raises
    ------
    GoldError
        If a sample's gold answer cannot be read.
    TrainingError
        If the steps did not run; its subclass TrainingInterrupted after a stop.
    RunError
        If the folder cannot be written to.
    """
    options, recipe = options or RunOptions(), arm.recipe(recipe)
    if not arm.samples:
        raise ConfigError("there is no sample to train on; give at least one")
    require("trl", "train")
    golds = sample_golds(arm.samples, recipe)
    device = options.device or default_device()
    if device not in KINDS:
        raise ConfigError(
            f"`device` must be {' or '.join(KINDS)}, not {device!r}; choose among several GPUs "
            "with CUDA_VISIBLE_DEVICES"
        )
    output = folder.checkpoints
    with (
        quiet(notice),
        write_errors_in_words(folder.path),
        judge_of(recipe, arm.reward) as judge,
    ):
        from sample_engineering.trainers.callbacks import StepCallback, last_checkpoint

        checkpoint = last_checkpoint(output, tidy=folder.writes) if resume else None
        done = _done_at(checkpoint, recipe)
        folder.drop_after(done)
        ranks = Ranks.of_environment()
        ranks.form(device, float(recipe.trl.get("ddp_timeout", TIMEOUT)))
        ranks.wait()
        begun, warm = _begun(model, arm, recipe, golds, folder, options, device, ranks, notice)
        built = build_trainer(
            begun,
            arm,
            recipe,
            golds,
            output=output,
            device=device,
            # What was warmed up lies here, and is of no revision.
            options=options if begun == model else replace(options, revision=None),
            run_name=run_name or f"{arm.name}-{arm.seed}",
            world=ranks.world,
            grader=grader_of(judge, arm.samples, golds, recipe.form),
        )
        trainer, tokenizer, rewarder = built.trainer, built.tokenizer, built.rewarder
        dtype = base_dtype(model, options.loading)

        def save(place: Path) -> None:
            with folder.whole(place) as draft:
                ranks.wait()
                save_weights(trainer, tokenizer, draft, dtype)
                if whole and ranks.first and has_adapters(draft):
                    merge_in_place(model, draft, options.loading)
                ranks.wait()

        callback = StepCallback(
            folder,
            arm,
            recipe,
            rewarder,
            StopRequest() if stop is None else stop,
            lambda: trainer.rollout_entropy,
            progress,
            ranks,
            snapshot_every,
            lambda step: save(folder.snapshot(step)),
            most_snapshots,
            _development(watched, recipe, folder, built, ranks, notice),
        )
        _drop_printers(trainer)
        trainer.add_callback(callback)
        if done < recipe.steps and callback.stopped is None:
            with memory_in_words():
                trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        elif checkpoint is not None:
            trainer._load_from_checkpoint(str(checkpoint))
        if callback.stopped == "interrupted":
            raise TrainingInterrupted(f"interrupted after step {len(callback.lines)}; all is saved")
        if callback.stopped == "paused":
            ranks.wait()
            return None
        training = replace(_summary(callback, recipe, trainer), warm_start=warm)
        if training.trained:
            save(folder.weights)
        folder.keep(training)
        ranks.wait()
        folder.drop_checkpoints()
        if begun != model and ranks.first:
            shutil.rmtree(begun, ignore_errors=True)
    return training


def _begun(
    model: str,
    arm: Arm,
    recipe: Recipe,
    golds: Sequence["Gold"],
    folder: TrainingFolder,
    options: RunOptions,
    device: str,
    ranks: Ranks,
    notice: Callable[[str], None] | None,
) -> tuple[str, WarmStart | None]:
    """Return the weights that the training begins with, and how they were warmed up, if at all."""
    if recipe.warm_start == NO_START:
        return model, None
    from sample_engineering.trainers.warm_start.warming import warmed

    if fault := warm_start_fault(recipe, ranks.world, arm.samples):
        raise ConfigError(fault)
    place, warm = warmed(model, arm, recipe, golds, folder, options.loading, device, notice)
    return (model if place is None else str(place)), warm


def _development(
    watched: Benchmark | None,
    recipe: Recipe,
    folder: TrainingFolder,
    built: Built,
    ranks: Ranks,
    notice: Callable[[str], None] | None,
) -> Development | None:
    """Return what looks at the items, or None where there are none or the model is not whole."""
    if watched is None:
        return None
    trainer = built.trainer
    if obstacle := trainer.whole_obstacle():
        if notice is not None and ranks.first:
            notice(f"the development items are not watched while it trains: {obstacle}")
        return None
    return Development(
        watched, recipe.steps, folder, trainer.whole_model, built.tokenizer, ranks, notice
    )


def _done_at(checkpoint: Path | None, recipe: Recipe) -> int:
    """Return the generations that a checkpoint holds."""
    if checkpoint is None:
        return 0
    return int(checkpoint.name.removeprefix("checkpoint-")) // recipe.steps_per_generation


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
    points = callback.development.points if callback.development is not None else []
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
        warnings=(*callback.harm, *map(forgetting, [p for p in points if p.alarming][:1])),
        rewarded=callback.arm.rewarded,
        development=tuple(points),
        judged=sum(line.judged for line in lines),
        abstained=sum(line.abstained for line in lines),
    )


def _drop_printers(trainer: Any) -> None:
    from transformers import PrinterCallback, ProgressCallback

    for printer in (PrinterCallback, ProgressCallback):
        trainer.remove_callback(printer)
