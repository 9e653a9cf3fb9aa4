"""Looks at a few development items while a model trains, in the process that trains it.

This module imports torch where it is called, and not before.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sample_engineering.errors import GenerationError
from sample_engineering.evaluation import Benchmark, evaluate
from sample_engineering.evaluation.development import (
    DevelopmentPoint,
    development_point,
    look_steps,
)
from sample_engineering.generation.transformers_engine import TransformersGenerator
from sample_engineering.runs.training_folder import TrainingFolder
from sample_engineering.trainers.ranks import Ranks

Model = Callable[[], AbstractContextManager[Any]]


class Development:
    """Accuracy on a few development items, decoded greedily, along one training.

    Greedy decoding draws no random numbers, so that a training goes the same way whether it is
    looked at or not. What was right after a look lies in the training's folder, that of the base
    model as step 0, and a resumed training goes on from there.

    Parameters
    ----------
    benchmark : Benchmark
        The items, see `evaluation.development.watched_items`.
    steps : int
        Planned steps of the training.
    folder : TrainingFolder
    model : callable
        Gives the model as it is now, whole, for as long as the context lasts.
    tokenizer : tokenizer
    ranks : Ranks
        The processes of the training: each asks its share of the items, and all must look.
    tell : callable, optional
        Told what the user should know, by the first process.
    """

    def __init__(
        self,
        benchmark: Benchmark,
        steps: int,
        folder: TrainingFolder,
        model: Model,
        tokenizer: Any,
        ranks: Ranks,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self._steps = look_steps(steps)
        self._folder, self._ranks = folder, ranks
        self._model, self._tokenizer = model, tokenizer
        self._tell = tell or (lambda text: None)
        items = benchmark.items[ranks.rank :: ranks.world]
        self._share = benchmark.with_(items=items) if items else None
        looks = folder.looks()
        self._before = looks.pop(0, None)
        self.points = [
            development_point(step, self._before, right)
            for step, right in sorted(looks.items())
            if self._before is not None
        ]
        self._warned = any(point.alarming for point in self.points)

    def begin(self, step: int) -> None:
        """Look at the base model, where a training begins with it."""
        if step == 0 and self._before is None:
            self._before = self._look(0)

    def after(self, step: int, *, last: bool) -> float:
        """Look at the model where it is time, and return the seconds that it took.

        Parameters
        ----------
        step : int
            That was just done.
        last : bool
            Whether the training ends with it.
        """
        started = time.perf_counter()
        if self._before is not None and (last or step in self._steps):
            now = self._look(step)
            if now is None:  # it did not fit in the memory: never again
                self._before = None
            else:
                self._add(development_point(step, self._before, now))
        return time.perf_counter() - started

    def _add(self, point: DevelopmentPoint) -> None:
        self.points.append(point)
        if point.alarming and not self._warned:
            self._warned = True
            if self._ranks.first:
                self._tell(forgetting(point))

    def _look(self, step: int) -> dict[str, bool] | None:
        """Return whether each item is right; None where it cannot be asked here."""
        found: dict[str, bool] | str = {}
        if self._share is not None:
            try:
                with self._model() as model:
                    generator = TransformersGenerator(model, self._tokenizer)
                    table = evaluate(generator, self._share, greedy=True).table
                found = dict(zip(table["item"], table["correct"].astype(bool), strict=True))
            except (GenerationError, MemoryError, RuntimeError) as error:
                # A look must not end a training. Elsewhere the others wait for this share.
                found = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        everything = self._ranks.gather(found)
        if faults := [each for each in everything if isinstance(each, str)]:
            if self._ranks.first:
                self._tell(
                    f"the development items are not watched while it trains ({faults[0]}); "
                    "`watch_items`=0 leaves that out"
                )
            return None
        right = {name: bool(value) for each in everything for name, value in each.items()}
        self._folder.add_look(step, right)
        return right


def forgetting(point: DevelopmentPoint) -> str:
    """Say in words that a training takes away what it does not train."""
    before = point.accuracy + (point.lost - point.gained) / point.items
    return (
        f"after step {point.step} greedy accuracy on {point.items} development items has fallen "
        f"from {before:.0%} to {point.accuracy:.0%}: {point.lost} lost, {point.gained} gained "
        f"(p = {point.p_value:.2g}); it does harm to what it does not train: lower `lr`, or stop "
        "earlier"
    )
