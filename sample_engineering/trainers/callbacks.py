"""What happens at each step of a training run: metrics, checkpoints, early stop.

This module imports transformers, so import it inside functions only.
"""

import json
import math
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from sample_engineering.runs.rows import MetricsLine, RolloutRow
from sample_engineering.runs.training_folder import TrainingFolder
from sample_engineering.trainers.arms import Arm
from sample_engineering.trainers.development import Development
from sample_engineering.trainers.interrupts import StopRequest
from sample_engineering.trainers.ranks import Ranks
from sample_engineering.trainers.recipes import Recipe
from sample_engineering.trainers.rewarder import Rewarder
from sample_engineering.trainers.watch import dead_in_a_row, signs_of_harm

ROLLOUTS_KEPT = 64  # of each step in rollouts.parquet; figures are of all rollouts
_WHOLE = "whole.json"  # written last into a checkpoint, so one without it was cut short


class StepCallback(TrainerCallback):
    """Writes metrics and rollouts, asks for checkpoints, and stops dead or interrupted runs.

    Parameters
    ----------
    folder : TrainingFolder
        Where everything goes.
    arm : Arm
        Which training run of the folder this is.
    recipe : Recipe
    rewarder : Rewarder
        Holds the rollouts of the last generation.
    stop : StopRequest
    entropy : callable
        Entropy of the last rollouts in nats a token, or None where only TRL knows it.
    progress : callable, optional
        Called with the metrics of each step.
    ranks : Ranks, optional
        The processes of the training.
    snapshot_every : int, optional
        Steps between snapshots of the weights.
    snapshot : callable, optional
        Called with the step of each, in every process.
    most_snapshots : int, optional
        After so many the training pauses, so that they can be evaluated and removed.
    development : Development, optional
        Looks at a few development items along the way.
    """

    def __init__(
        self,
        folder: TrainingFolder,
        arm: Arm,
        recipe: Recipe,
        rewarder: Rewarder,
        stop: StopRequest,
        entropy: Callable[[], float | None],
        progress: Callable[[MetricsLine], None] | None = None,
        ranks: Ranks | None = None,
        snapshot_every: int | None = None,
        snapshot: Callable[[int], None] | None = None,
        most_snapshots: int | None = None,
        development: Development | None = None,
    ) -> None:
        self.folder = folder
        self.arm = arm
        self.recipe = recipe
        self.rewarder = rewarder
        self.stop = stop
        self.ranks = ranks or Ranks()
        self.entropy = entropy
        self.progress = progress
        self.snapshot_every = snapshot_every
        self.snapshot = snapshot
        self.most_snapshots = most_snapshots
        self.development = development
        self._snapshots = 0
        self.lines = folder.lines()
        self.stopped: str | None = None  # "dead", "interrupted" or "paused"
        if recipe.dead_stop and dead_in_a_row(self.lines) >= recipe.dead_stop:
            self.stopped = "dead"  # resumed after it had been stopped early
        self.harm = signs_of_harm(self.lines)
        self._rollouts: list[RolloutRow] = []
        self._logs: list[dict[str, float]] = []
        self._started = time.perf_counter()

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if self.development is not None:
            self.development.begin(state.global_step)
        self._started = time.perf_counter()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        generation = self.rewarder.last
        if state.global_step % self.recipe.steps_per_generation or generation is None:
            return  # not a generation boundary: what is buffered would be lost by a stop
        step = generation.number + 1
        alive = any(cause is None for cause in generation.causes)
        dead = 0 if alive else dead_in_a_row(self.lines) + 1
        if self.ranks.any(bool(self.stop)):
            self.stopped = "interrupted"
        elif self.recipe.dead_stop and dead >= self.recipe.dead_stop:
            self.stopped = "dead"
        last = step >= self.recipe.steps
        # After the last step the weights themselves are kept.
        ends = last or self.stopped == "dead"
        if self.development is not None:
            # It is no part of the step.
            self._started += self.development.after(step, last=ends)
        if self.snapshot and self.snapshot_every and not ends and not step % self.snapshot_every:
            self.snapshot(step)
            self._snapshots += 1
            if self.stopped is None and self._snapshots == self.most_snapshots:
                self.stopped = "paused"
        control.should_training_stop |= self.stopped is not None
        control.should_save |= (
            self.stopped is not None or last or step % self.recipe.save_every == 0
        )

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        if not logs or "grad_norm" not in logs or self.rewarder.last is None:
            return  # the summary at the end of training
        self._logs.append(dict(logs))
        if state.global_step % self.recipe.steps_per_generation:
            return
        line = self._line(state.global_step)
        self._logs = []
        self._started = time.perf_counter()
        self.lines.append(line)
        self.harm = signs_of_harm(self.lines)
        if state.is_world_process_zero:
            self._rollouts += [
                RolloutRow(arm=line.arm, seed=line.seed, step=line.step, **row)
                for row in self.rewarder.last.rows(ROLLOUTS_KEPT)
            ]
            self.folder.add_metrics(line)
            if self.progress is not None:
                self.progress(line)

    def _line(self, optimizer_steps: int) -> MetricsLine:
        assert self.rewarder.last is not None
        entropy = self.entropy()
        return MetricsLine(
            arm=self.arm.name,
            seed=self.arm.seed,
            step=self.rewarder.last.number + 1,
            optimizer_steps=optimizer_steps,
            **self.rewarder.last.statistics(),
            loss=self._logged("loss"),
            grad_norm=self._logged("grad_norm"),
            lr=self._logged("learning_rate"),
            entropy=self._logged("entropy") if entropy is None else entropy,
            kl=self._logged("kl"),
            clip_ratio=self._logged("clip_ratio/region_mean"),
            importance_ratio=self._logged("sampling/importance_sampling_ratio/mean"),
            seconds=time.perf_counter() - self._started,
        )

    def _logged(self, name: str) -> float | None:
        """Return the mean of what TRL logged under a name since the last line."""
        values = [log[name] for log in self._logs if log.get(name) is not None]
        numbers = [float(value) for value in values if math.isfinite(float(value))]
        return sum(numbers) / len(numbers) if numbers else None

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if not state.is_world_process_zero:
            return
        self.folder.add_rollouts(self._rollouts)
        self._rollouts = []
        checkpoint = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        (checkpoint / _WHOLE).write_text(json.dumps({"step": state.global_step}), encoding="utf-8")


def last_checkpoint(output: Path, tidy: bool = True) -> Path | None:
    """Return the newest whole checkpoint below `output`, after removing the cut ones."""
    found = []
    for checkpoint in output.glob("checkpoint-*"):
        number = checkpoint.name.removeprefix("checkpoint-")
        if number.isdigit() and (checkpoint / _WHOLE).is_file():
            found.append((int(number), checkpoint))
        elif tidy:
            shutil.rmtree(checkpoint, ignore_errors=True)
    return max(found)[1] if found else None
