"""What is checked: a plan, or as much of one as is known, on a machine."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sample_engineering.errors import ConfigError, SampleEngineeringError
from sample_engineering.generation import prompts
from sample_engineering.generation.asking import Protocol
from sample_engineering.generation.engines import LOCAL
from sample_engineering.runs.config import RunOptions
from sample_engineering.trainers.algorithms import find_algorithm
from sample_engineering.trainers.difficulty import HINT
from sample_engineering.trainers.estimates.setup import Sharding
from sample_engineering.trainers.machine import Machine, this_machine
from sample_engineering.trainers.plan import ValidationPlan
from sample_engineering.trainers.preflight.trial import Question, Trial, ask
from sample_engineering.trainers.recipes import Recipe
from sample_engineering.trainers.sharing import SMALL, Cores, decided, share_out

_PICTURED = 4  # of those with images, which hold megabytes
_PROMPTS = 64  # the longest by characters, of which the longest in tokens is surely one


@dataclass(frozen=True)
class Case:
    """What is checked.

    Parameters
    ----------
    recipe : Recipe
    model : str, optional
        Path or name; None checks only what needs no model.
    options : RunOptions
    plan : ValidationPlan, optional
        None where there is no sample and no benchmark yet.
    described : Machine, optional
        A machine that is not this one; None asks this one.
    launched : int, optional
        How many processes there would be; None asks the environment.
    shared : Sharding, optional
        How they would share what a training keeps; None asks the environment.
    evaluated_by : str, optional
        The engine of evaluations, where there is no plan that says it.
    timed : bool
        Measure how fast this CPU is, where the model would run on it.
    """

    recipe: Recipe
    model: str | None = None
    options: RunOptions = field(default_factory=RunOptions)
    plan: ValidationPlan | None = None
    described: Machine | None = None
    launched: int | None = None
    shared: Sharding | None = None
    evaluated_by: str | None = None
    timed: bool = False

    @classmethod
    def of_plan(cls, plan: ValidationPlan, *, timed: bool = False) -> "Case":
        """Return the case of a whole plan."""
        return cls(plan.recipe, plan.model, plan.options, plan, timed=timed)

    @cached_property
    def trial(self) -> Trial:
        """What torch, transformers and TRL say; takes seconds where they are not loaded yet."""
        try:
            return self._asked()
        except SampleEngineeringError as error:
            return Trial(failure=str(error))

    def _asked(self) -> Trial:
        return ask(
            Question(
                recipe=self.recipe,
                model=self.model,
                device="cpu" if set(self.devices) == {"cpu"} else self.options.device,
                loading=self.options.loading,
                report_to=self.options.report_to,
                prompts=self._prompts(),
                timed=self.timed and (self.described is None or not self.described.gpus),
                side_by_side=self.cores is not None and self.cores.workers > 1,
                threads=1 if self.cores is None else self.cores.spare,
            ),
            here=self.plan is not None and self.plan.runs_inline,
        )

    @cached_property
    def machine(self) -> Machine:
        """What the run may use."""
        return self.described or this_machine(self.trial.gpus)

    @property
    def device(self) -> str:
        """``cpu``, ``cuda`` or ``mps``."""
        if self.devices:
            return "cpu" if set(self.devices) == {"cpu"} else "cuda"
        return self.options.device or ("cuda" if self.machine.gpus else "cpu")

    @property
    def devices(self) -> tuple[str, ...]:
        """Those that train at the same time, where the plan names them."""
        return () if self.plan is None else self.plan.devices

    @property
    def on_one_device(self) -> int:
        """How many trainings work on one device at the same time, where the plan names devices."""
        return max(Counter(self.devices).values(), default=1)

    @cached_property
    def cores(self) -> Cores | None:
        """How cores would be shared out on a CPU; None where somebody else has decided that."""
        plan = self.plan
        if plan is None or self.devices or self.processes > 1 or self.engine != LOCAL:
            return None
        if plan.runs_inline or self.described is not None:
            return None
        machine = this_machine()
        return share_out(len(plan.asked), machine.cores, machine.free_ram_bytes)

    @property
    def shared_cores(self) -> Cores | None:
        """How the cores are shared out in this run; None where its model is not small, or on GPUs.

        Several threads are taken only where they were just seen to help.
        """
        shape = self.trial.shape
        if self.cores is None or self.device != "cpu" or shape is None or shape.parameters > SMALL:
            return None
        return decided(self.cores, self.trial.threads_gain)

    @property
    def engine(self) -> str:
        """What runs the models that are evaluated."""
        return self.evaluated_by or (self.plan and self.plan.engine) or LOCAL

    @property
    def processes(self) -> int:
        """How many processes a launcher started for this run."""
        if self.launched is not None:
            return self.launched
        try:
            return int(os.environ.get("WORLD_SIZE", 1))
        except ValueError as error:
            raise ConfigError("WORLD_SIZE is no number; use accelerate launch") from error

    @property
    def local_processes(self) -> int:
        """How many of them run on this machine."""
        return int(os.environ.get("LOCAL_WORLD_SIZE", min(self.processes, 8)))

    @property
    def sharding(self) -> Sharding:
        """How the processes share what a training keeps, as accelerate was told."""
        if self.shared is not None:
            return self.shared
        trl = self.recipe.trl
        if trl.get("deepspeed") or os.environ.get("ACCELERATE_USE_DEEPSPEED") == "true":
            return {2: Sharding.zero2, 3: Sharding.zero3}.get(self._zero_stage(), Sharding.none)
        if trl.get("fsdp") or os.environ.get("ACCELERATE_USE_FSDP") == "true":
            return Sharding.fsdp
        return Sharding.none

    def _zero_stage(self) -> int:
        content = self.recipe.trl.get("deepspeed") or os.environ.get(
            "ACCELERATE_DEEPSPEED_CONFIG_FILE"
        )
        try:
            if isinstance(content, str) and content not in ("", "none"):
                content = json.loads(Path(content).read_text(encoding="utf-8"))
            if isinstance(content, Mapping):
                return int(content["zero_optimization"]["stage"])
            return int(os.environ.get("ACCELERATE_DEEPSPEED_ZERO_STAGE", 2))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigError(
                f"the configuration of DeepSpeed cannot be read ({error}); give one with "
                "zero_optimization.stage"
            ) from error

    @property
    def local_folder(self) -> Path | None:
        """The model's folder, if it is one."""
        if self.model is None or not os.path.isdir(self.model):
            return None
        return Path(self.model)

    @property
    def _longest_before(self) -> str:
        """The longest text that stands before a problem, in training or evaluation."""
        marks = find_algorithm(self.recipe.algorithm).marks.values()
        return max(["", *marks, *([HINT] if self.recipe.difficulty_hint else [])], key=len)

    def _prompts(self) -> Sequence[tuple[Any, Mapping[str, Any]]]:
        """The longest problems as they are asked in training and evaluation, all conditions."""
        if self.plan is None:
            return ()
        plan, before = self.plan, self._longest_before
        problems: dict[Protocol, set[prompts.Question]] = {}
        for arm in plan.arms:
            told = problems.setdefault(plan.recipe.protocol, set())
            told.update(prompts.Question(one.problem, one.images) for one in arm.samples)
        for member, places in plan.benchmark.parts:
            told = problems.setdefault(member.protocol, set())
            items = (plan.benchmark.items[place] for place in places)
            told.update(prompts.Question(one.problem, one.images) for one in items)
        return [
            (asked.prompt(problem, before=before), dict(asked.chat_template_kwargs))
            for asked, own in problems.items()
            for problem in _longest(own)
        ]


def _longest(problems: Iterable[prompts.Question]) -> list[prompts.Question]:
    """Return the longest problems: of texts by characters, of those with images by pixels."""

    def length(one: prompts.Question) -> tuple[int, int, str]:
        pixels = sum(image.width * image.height for image in one.images)
        return -pixels, -len(one.problem), one.problem

    texts = sorted((one for one in problems if not one.images), key=length)
    pictured = sorted((one for one in problems if one.images), key=length)
    return texts[:_PROMPTS] + pictured[:_PICTURED]
