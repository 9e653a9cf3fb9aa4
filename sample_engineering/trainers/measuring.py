"""Evaluating weights that lie on disk: the base model, trained weights and snapshots alike."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from sample_engineering.evaluation import Evaluation, evaluate
from sample_engineering.evaluation.evaluate import longest_of
from sample_engineering.evaluation.readings import GREEDY, READING_KEY, SPENT_KEY, WAY_KEY
from sample_engineering.generation.engines import LOCAL, takes
from sample_engineering.generation.journaled import weights_mark
from sample_engineering.runs import RunFolder
from sample_engineering.trainers.algorithms import find_algorithm
from sample_engineering.trainers.arms import Arm
from sample_engineering.trainers.interrupts import StopRequest
from sample_engineering.trainers.plan import ProgressEvent, ValidationPlan
from sample_engineering.trainers.untrained import (
    NOTHING,
    asked_otherwise,
    note_of,
    sampler_of,
    spent_each,
)
from sample_engineering.trainers.untrained import counted as counted_so_far
from sample_engineering.trainers.ways import FREE, NO_EXAMPLE, POWER

if TYPE_CHECKING:
    from sample_engineering.generation.protocol import Generator


class Evaluator:
    """Evaluates weights with the engine of a plan; the last ones stay loaded.

    Parameters
    ----------
    plan : ValidationPlan
    device : str, optional
        ``cpu``, ``cuda`` or ``mps``; None takes a GPU if there is one.
    share : (int, int)
        Which share of the items, of how many: several processes evaluate a share each.
    """

    def __init__(
        self, plan: ValidationPlan, device: str | None = None, share: tuple[int, int] = (0, 1)
    ) -> None:
        self.plan = plan
        self.device = device
        self.folder = RunFolder(plan.out, writes=False)
        self.share = number, of = share
        items = plan.benchmark.items[number::of]
        self.benchmark = plan.benchmark if of == 1 else plan.benchmark.with_(items=items)
        self._open: tuple[str, Generator] | None = None

    def __enter__(self) -> "Evaluator":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def evaluate(
        self,
        arm: Arm,
        weights: Path | None,
        reading: str,
        progress: Callable[[int], None] | None = None,
        step: int | None = None,
    ) -> Evaluation:
        """Evaluate weights in one reading; an evaluation that was killed goes on where it was.

        Parameters
        ----------
        arm : Arm
        weights : Path, optional
            A folder; None for the base model.
        reading : str
        progress : callable, optional
            Called with the number of items finished since the last call.
        step : int, optional
            After which the weights are a snapshot; None for the last ones.
        """
        model = self.plan.model if weights is None else str(weights)
        # A model that was trained under a condition is asked under it; the base model knows none.
        before = "" if weights is None else find_algorithm(self.plan.recipe.algorithm).said_before
        shown = NOTHING if arm.way == NO_EXAMPLE else self.plan.sample if arm.in_context else None
        generator = sampler_of(arm.way, self._generator(model))
        so_far = counted_so_far(generator)
        found = evaluate(
            generator,
            self.benchmark,
            rollouts=1 if arm.way == POWER else self.plan.rollouts,  # each costs as many tokens
            seed=self.plan.eval_seed,
            greedy=reading == GREEDY,
            in_context=shown,
            before=before,
            otherwise=asked_otherwise(arm.way),
            journal=self.folder.answers_journal(arm.name, arm.seed, step, reading, self.share),
            identity=weights_mark(model),
            progress=progress,
        )
        # A share of the items may be asked greedily throughout where the whole is not.
        info = {**found.info, READING_KEY: reading}
        if arm.way in FREE:
            info[WAY_KEY] = arm.way
        # Per completion, because what an earlier call did of it is not counted here.
        if arm.way == POWER and (spent := spent_each(generator, so_far)) is not None:
            info[SPENT_KEY] = spent
        if before:
            told = f"each problem stands after {before!r}, as in the training"
            info["notes"] = [*info["notes"], told]
        if note := note_of(arm.way):
            info["notes"] = [*info["notes"], note]
        return replace(found, info=info)

    def piece(
        self,
        arm: Arm,
        step: int | None,
        reading: str,
        stop: StopRequest,
        tell: Callable[[ProgressEvent], None],
    ) -> Evaluation:
        """Evaluate the base model, the last weights of an arm, or its snapshot after a step.

        Parameters
        ----------
        arm : Arm
        step : int or None
            Of the snapshot; None for the last weights.
        reading : str
        stop : StopRequest
            Looked at after each item.
        tell : callable
            Called with what is finished.
        """
        place = self.folder.training(arm.name, arm.seed)
        weights = place.weights if step is None else place.snapshot(step)
        return self.evaluate(
            arm,
            weights if arm.trains else None,
            reading,
            counted(arm, step, reading, len(self.benchmark), stop, tell),
            step,
        )

    def _generator(self, model: str) -> "Generator":
        from sample_engineering.generation.opening import open_generator

        if self._open is not None and self._open[0] == model:
            return self._open[1]
        self.close()
        plan = self.plan
        options = dict(plan.engine_options)
        for name in ("dtype", "attn_implementation", "trust_remote_code", "model_init_kwargs"):
            value = getattr(plan.options, name)
            if value and takes(name, plan.engine):
                options.setdefault(name, value)
        if plan.options.revision and model == plan.model:  # trained weights have none
            options.setdefault("revision", plan.options.revision)
        if plan.engine in (None, LOCAL) and "dtype" not in options:
            # As rollouts are sampled, so that before, during and after agree.
            options["dtype"] = "bfloat16" if plan.recipe.bf16 and self._on_gpu() else "float32"
        generator = open_generator(
            model,
            engine=plan.engine,
            device=self.device if takes("device", plan.engine) else None,
            name=plan.model,
            longest=longest_of(
                plan.benchmark,
                plan.sample,
                find_algorithm(plan.recipe.algorithm).said_before,
            ),
            engine_options=options,
        )
        self._open = (model, generator)
        return generator

    def _on_gpu(self) -> bool:
        from sample_engineering.generation.devices import default_device

        return (self.device or default_device()) != "cpu"

    def close(self) -> None:
        """Free what is loaded."""
        if self._open is None:
            return
        close = getattr(self._open[1], "close", None)
        self._open = None
        if close is not None:
            close()
        free_memory()


def counted(
    arm: Arm,
    step: int | None,
    reading: str,
    total: int,
    stop: StopRequest,
    tell: Callable[[ProgressEvent], None],
) -> Callable[[int], None]:
    """Return what is told of items that are finished, and looks whether to stop."""
    done = 0

    def advance(number: int) -> None:
        nonlocal done
        done += number
        tell(
            ProgressEvent(
                "evaluate", arm.name, arm.seed, done, total, snapshot=step, reading=reading
            )
        )
        stop.check()

    advance(0)
    return advance


def free_memory() -> None:
    """Give back what was freed, also by trainers, which hold themselves in cycles."""
    import gc
    import sys

    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
