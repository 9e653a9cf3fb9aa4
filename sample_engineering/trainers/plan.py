"""What a validation shall do, decided once and written to the run folder."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from sample_engineering.errors import ConfigError, RunError, SampleEngineeringError
from sample_engineering.evaluation import Benchmark
from sample_engineering.evaluation.benchmark import Member
from sample_engineering.evaluation.readings import GREEDY, READINGS, SAMPLED, headline
from sample_engineering.evaluation.self_consistency import FEWEST_VOTES
from sample_engineering.foreign_code import named_in
from sample_engineering.generation.asking import Asked, Protocol
from sample_engineering.generation.devices import KINDS
from sample_engineering.generation.engines import LOCAL
from sample_engineering.runs import RunFolder
from sample_engineering.runs.config import (
    ArmRecord,
    BenchmarkSettings,
    ControlInputs,
    EvaluationSettings,
    Hashes,
    MemberSettings,
    RunConfig,
    RunInputs,
    RunOptions,
)
from sample_engineering.runs.format import BEFORE, FORMAT_VERSION, MAIN, RESULT
from sample_engineering.runs.provenance import (
    command,
    git_state,
    hash_model,
    hash_samples,
    machine,
    used_components,
    versions,
)
from sample_engineering.runs.rows import MetricsLine
from sample_engineering.sample import Sample
from sample_engineering.text import count_of
from sample_engineering.trainers.arms import PRESETS, Arm, control_arms
from sample_engineering.trainers.recipes import Recipe
from sample_engineering.trainers.ways import POWER, VOTE

# Snapshots of the weights that a training leaves on disk before it pauses, so that they are
# evaluated and removed: 12 GB for a model of 1.5 billion parameters in bfloat16.
MOST_SNAPSHOTS = 4
_DEVICE = re.compile(r"cpu|[0-9]+|(GPU|MIG)-[\w/-]+")  # as in CUDA_VISIBLE_DEVICES


@dataclass(frozen=True)
class ValidationPlan:
    """Everything that decides what a validation does.

    Parameters
    ----------
    model : str
        Path or Hugging Face name of the base model.
    sample : Sample
        The one training sample.
    benchmark : Benchmark
        What accuracy is measured on, before and after.
    recipe : Recipe
        How to train.
    out : Path
        Run folder to make, or to go on with where `resume`.
    seeds : tuple of int
        Training seeds; each is a run of its own.
    readings : tuple of str
        Ways of asking the items; empty is both, or greedy alone where the benchmark is asked
        greedily anyway.
    rollouts : int
        Completions of each benchmark item in the sampled reading.
    eval_seed : int
        Of these completions, the same before and after.
    controls : str
        A preset, or a comma list of arms; see `arms.control_arms`.
    pool : tuple of Sample
        What the random-sample arms draw from.
    resume : bool
        Go on in `out`.
    options : RunOptions
        Device, trackers and the like.
    drawn : tuple of Arm
        Control arms as an earlier call drew them, instead of `controls` and `pool`.
    engine : str, optional
        What runs the models that are evaluated; None is ``transformers``.
    engine_options : mapping
        Of the engine.
    devices : tuple of str
        Devices that work at the same time, a training each: ``cpu``, or numbers or names of GPUs.
    piece : (str, int), optional
        Do one arm with one seed only, ``("before", 0)`` being the base model; others do the rest.
    inline : bool, optional
        Do everything in this process; None: where a component is known to this process alone.
    doubts : tuple of str
        What speaks against the sample's label; said before anything is trained, and kept among the
        warnings of the result.

    Raises
    ------
    ConfigError
        If there are no seeds, a seed twice, or an unknown arm or device.
    """

    model: str
    sample: Sample
    benchmark: Benchmark
    recipe: Recipe
    out: Path
    seeds: tuple[int, ...] = (0,)
    readings: tuple[str, ...] = ()
    rollouts: int = 4
    eval_seed: int = 0
    controls: str = "none"
    pool: tuple[Sample, ...] = ()
    resume: bool = False
    options: RunOptions = field(default_factory=RunOptions)
    drawn: tuple[Arm, ...] = ()
    doubts: tuple[str, ...] = ()
    engine: str | None = None
    engine_options: Mapping[str, Any] = field(default_factory=dict)
    devices: tuple[str, ...] = ()
    piece: tuple[str, int] | None = None
    inline: bool | None = None

    def __repr__(self) -> str:
        return (
            f"<ValidationPlan: {self.sample.id} on {self.model}, recipe {self.recipe.name}, "
            f"{count_of(len(self.seeds), 'seed')}, {self.benchmark!r}, in {self.out}>"
        )

    def __post_init__(self) -> None:
        if not self.seeds or len(set(self.seeds)) < len(self.seeds) or min(self.seeds) < 0:
            raise ConfigError(f"`seeds` must be different whole numbers from 0, not {self.seeds}")
        if self.rollouts < 1:
            raise ConfigError(f"`rollouts` must be at least 1, not {self.rollouts}")
        if not self.drawn:
            control_arms(self.controls, self.sample, self.pool, self.seeds)
        self._resolve_readings()
        if not self.drawn and self.controls not in PRESETS:  # a preset leaves them out
            for arm in control_arms(self.controls, self.sample, self.pool, self.seeds):
                if why_not := self._why_not(arm):
                    raise ConfigError(f"`controls` {arm.name} cannot be done: {why_not}")
        if self.piece is not None and not self.asked:
            known = ", ".join(dict.fromkeys(arm.name for arm in self.pieces))
            raise ConfigError(
                f"there is no arm {self.piece[0]!r} with seed {self.piece[1]}; the arms are {known}"
            )
        for device in self.devices:
            if not device or not _DEVICE.fullmatch(device):
                raise ConfigError(
                    f"`devices` are cpu or the numbers of GPUs, such as 0,1, not {device!r}"
                )
        if self.options.device not in (None, *KINDS):
            raise ConfigError(
                f"`device` must be {' or '.join(KINDS)}, not {self.options.device!r}; choose "
                "among several GPUs with CUDA_VISIBLE_DEVICES"
            )

    def _resolve_readings(self) -> None:
        """Put the readings in their order, and in place where none is named."""
        asked = self.readings or READINGS
        if unknown := [name for name in asked if name not in READINGS]:
            raise ConfigError(
                f"`readings` {unknown[0]!r} is no reading; give {' or '.join(READINGS)}, or both"
            )
        if self.benchmark.asked_greedily:
            if self.readings and SAMPLED in self.readings:
                raise ConfigError(
                    f"`readings` {SAMPLED} would be ignored: {self.benchmark.name} is asked at "
                    "temperature 0; leave it out, or set `eval_temperature`"
                )
            asked = (GREEDY,)
        # Assigned here because the class is frozen.
        object.__setattr__(self, "readings", tuple(one for one in READINGS if one in asked))

    @property
    def arms(self) -> list[Arm]:
        """The sample with every seed, then the controls."""
        main = [Arm(MAIN, "trained on the sample", (self.sample,), seed=s) for s in self.seeds]
        if self.drawn:
            return main + list(self.drawn)
        others = control_arms(self.controls, self.sample, self.pool, self.seeds)
        return main + [arm for arm in others if self._why_not(arm) is None]

    def _why_not(self, arm: Arm) -> str | None:
        """Say why an arm cannot be trained or asked here, and what to do."""
        try:
            arm.recipe(self.recipe)
        except ConfigError as error:  # it needs a setting that the algorithm ignores
            return str(error)
        if arm.way == VOTE and SAMPLED not in self.readings:
            return f"there are no sampled completions to vote; ask for the reading {SAMPLED} too"
        if arm.way == VOTE and self._fewest_completions < FEWEST_VOTES:
            return f"{FEWEST_VOTES} completions or more are needed; raise `rollouts`"
        if arm.way == POWER and self.engine not in (None, LOCAL):
            return (
                f"the engine {self.engine} gives no probabilities of the whole vocabulary; take "
                f"`engine`={LOCAL}"
            )
        return None

    @property
    def _fewest_completions(self) -> int:
        """Completions of an item in the sampled reading, where they are fewest."""
        return min(member.completions(self.rollouts) for member, _ in self.benchmark.parts)

    @property
    def headline(self) -> str:
        """The reading that headlines are of, and the only one along a training."""
        return headline(self.readings)

    def readings_of(self, arm: Arm) -> tuple[str, ...]:
        """Return the readings that an arm is evaluated in, the headline's first."""
        return self.readings if arm.reading is None else (arm.reading,)

    @property
    def completions(self) -> int:
        """Completions of one evaluation of an arm, in all readings together."""
        return sum(
            self.benchmark.completions(self.rollouts, greedy=reading == GREEDY)
            for reading in self.readings
        )

    @property
    def named_code(self) -> list[str]:
        """Code that was not installed and would run, in words; a folder may be a stranger's."""
        options = self.options
        return named_in(
            model=self.model,
            engine=self.engine,
            engine_options=self.engine_options,
            trust_remote_code=options.trust_remote_code,
            attn_implementation=options.attn_implementation,
            model_init_kwargs=options.model_init_kwargs,
        )

    @property
    def pieces(self) -> list[Arm]:
        """What can be done by itself: the base model, then all arms; numbered from 0."""
        return [Arm(BEFORE, "the base model"), *self.arms]

    @property
    def asked(self) -> list[Arm]:
        """The pieces that this process shall do."""
        return [arm for arm in self.pieces if self.piece in (None, (arm.name, arm.seed))]

    @property
    def runs_inline(self) -> bool:
        """Whether everything is done in this process."""
        if self.inline is not None:
            return self.inline
        used = [("engine", self.engine or ""), *self._components()]
        return any(not component.package for component in used_components(used))

    def _components(self) -> list[tuple[str, str]]:
        arms = self.arms
        rewards = {self.recipe.reward, *(arm.reward for arm in arms if arm.reward)}
        return [
            ("benchmark", self.benchmark.name),
            ("recipe", self.recipe.name),
            ("algorithm", self.recipe.algorithm),
            *(("reward", name) for name in rewards),
            *(("arm", arm.name) for arm in arms),
        ]

    @property
    def training_steps(self) -> int:
        """Steps of all training runs together."""
        return self.recipe.steps * sum(arm.trains for arm in self.arms)

    def to_config(self) -> RunConfig:
        """Return what ``config.json`` holds."""
        arms = self.arms
        return RunConfig(
            format=FORMAT_VERSION,
            sample=self.sample,
            model=self.model,
            recipe=self.recipe.to_dict(),
            seeds=self.seeds,
            evaluation=EvaluationSettings(
                benchmark=self.benchmark.name,
                items=len(self.benchmark),
                domains=tuple(self.benchmark.domains),
                rollouts=self.rollouts,
                seed=self.eval_seed,
                form=self.benchmark.form,
                template=self.benchmark.template,
                max_tokens=self.benchmark.max_tokens,
                temperature=self.benchmark.temperature,
                protocol={} if self.benchmark.members else self.benchmark.protocol.record(),
                members=_members(self.benchmark),
                made=self.benchmark.made,
                engine=self.engine or LOCAL,
                engine_options=dict(self.engine_options),
                readings=self.readings,
            ),
            controls=self.controls,
            arms=tuple(
                ArmRecord(arm.name, arm.seed, arm.meaning, tuple(item.id for item in arm.samples))
                for arm in arms
            ),
            options=self.options,
            hashes=Hashes(
                sample=hash_samples([self.sample]),
                benchmark=self.benchmark.digest,
                model=hash_model(self.model) or self.options.revision,
            ),
            versions=versions(),
            git=git_state(),
            components=used_components(self._components()),
            training=self.recipe.protocol.record(),
            command=command(),
            machine=machine(),
        )

    def to_inputs(self) -> RunInputs:
        """Return what ``inputs.json`` holds: all problems, so that the folder can go on alone."""
        made = self.benchmark
        return RunInputs(
            benchmark=BenchmarkSettings(
                name=made.name,
                tolerance=made.tolerance,
                members=_members(made),
                made=made.made,
                **{item.name: getattr(made, item.name) for item in fields(Asked)},
            ),
            items=tuple(made.items),
            controls=tuple(
                # All that an arm is, so that it goes on as what it began as.
                ControlInputs(**{item.name: getattr(arm, item.name) for item in fields(Arm)})
                for arm in self.arms
                if arm.name != MAIN
            ),
        )  # fmt: skip

    @classmethod
    def from_folder(cls, path: Path, device: str | None = None) -> "ValidationPlan":
        """Return the plan of a run folder, to go on with it.

        Parameters
        ----------
        path : Path
            The run folder.
        device : str, optional
            Another device than before.

        Raises
        ------
        RunError
            If there is no run, it is finished, or its files are damaged.
        """
        folder = RunFolder(path, writes=False)
        config, inputs = folder.read_config(), folder.read_inputs()
        if (path / RESULT).exists():
            raise RunError(f"the run {path} is finished: there is nothing to go on with")
        if config.sample is None:
            raise RunError(f"{path} cannot be continued: it has no sample; start the run anew")
        try:
            return cls(
                model=config.model,
                sample=config.sample,
                benchmark=benchmark_of(inputs),
                recipe=Recipe(**config.recipe),
                out=path,
                seeds=config.seeds,
                readings=config.evaluation.readings,
                rollouts=config.evaluation.rollouts,
                eval_seed=config.evaluation.seed,
                controls=config.controls,
                resume=True,
                options=replace(config.options, device=device or config.options.device),
                drawn=tuple(Arm(**vars(arm)) for arm in inputs.controls),
                engine=None if config.evaluation.engine == LOCAL else config.evaluation.engine,
                engine_options=config.evaluation.engine_options,
            )
        except (TypeError, SampleEngineeringError) as error:
            raise RunError(
                f"{path} cannot be continued, its config.json or inputs.json is damaged "
                f"({error}); start the run anew"
            ) from error


def _members(benchmark: Benchmark) -> tuple[MemberSettings, ...]:
    return tuple(
        MemberSettings(member.name, member.rollouts, member.protocol.record(), member.made)
        for member in benchmark.members
    )


def benchmark_of(inputs: RunInputs) -> Benchmark:
    """Return the benchmark of a run, as its folder holds it."""
    settings = dict(vars(inputs.benchmark))
    members = [
        Member(
            name=one.name,
            rollouts=one.rollouts,
            made=one.made,
            **Protocol.from_dict(one.protocol).to_dict(),
        )
        for one in settings.pop("members")
    ]
    return Benchmark(items=inputs.items, members=members, **settings)


@dataclass(frozen=True)
class ProgressEvent:
    """What a validation is doing.

    Parameters
    ----------
    stage : {"evaluate", "train", "notice", "sweep"}
    arm : str
        Name of the arm, or ``before``.
    seed : int
    done, total : int
        Items or steps; trainings of a sweep.
    metrics : MetricsLine, optional
        Of the last training step.
    message : str
        Of a notice; what a sweep did last.
    snapshot : int, optional
        The training step whose weights are evaluated, if not the last one's.
    reading : str, optional
        Of an evaluation.
    """

    stage: str
    arm: str = ""
    seed: int = 0
    done: int = 0
    total: int = 0
    metrics: MetricsLine | None = None
    message: str = ""
    snapshot: int | None = None
    reading: str | None = None


def snapshots_at_once(recipe: Recipe) -> int:
    """Return how many snapshots of the weights a training may leave on disk at once."""
    return min(MOST_SNAPSHOTS, recipe.steps // recipe.eval_every) if recipe.eval_every else 0
