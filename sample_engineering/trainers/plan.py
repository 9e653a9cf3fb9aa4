"""What a validation shall do, decided once and written to the run folder."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sample_engineering.errors import ConfigError, RunError, SampleError
from sample_engineering.evaluation import Benchmark
from sample_engineering.sample import Sample
from sample_engineering.trainers.arms import Arm, control_arms
from sample_engineering.trainers.recipes import Recipe
from sample_engineering.trainers.run_folder import (
    FORMAT_VERSION,
    git_state,
    hash_model,
    hash_samples,
    read_json,
    versions,
)

DEVICES = ("cpu", "cuda")
MAIN = "sample"  # the arm under validation, as metrics and rollouts name it


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
    rollouts : int
        Completions of each benchmark item.
    eval_seed : int
        Of these completions, the same before and after.
    controls : str
        A preset, or a comma list of arms; see `arms.control_arms`.
    pool : tuple of Sample
        What the random-sample arms draw from.
    resume : bool
        Go on in `out`.
    device : str, optional
        ``cpu`` or ``cuda``; None takes a GPU if there is one.
    fast : bool
        Take the trainer's fast path where it applies.
    report_to : tuple of str
        Trackers that TRL knows.
    trust_remote_code : bool
        Run code that comes with the model.
    save_model : bool
        Keep the trained model of each seed in ``model/``.
    drawn : tuple of Arm
        Control arms as an earlier call drew them, instead of `controls` and `pool`.

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
    rollouts: int = 4
    eval_seed: int = 0
    controls: str = "none"
    pool: tuple[Sample, ...] = ()
    resume: bool = False
    device: str | None = None
    fast: bool = True
    report_to: tuple[str, ...] = ()
    trust_remote_code: bool = False
    save_model: bool = False
    drawn: tuple[Arm, ...] = ()

    def __post_init__(self) -> None:
        if not self.seeds or len(set(self.seeds)) < len(self.seeds) or min(self.seeds) < 0:
            raise ConfigError(f"seeds must be different whole numbers from 0, not {self.seeds}")
        if self.rollouts < 1:
            raise ConfigError(f"rollouts must be at least 1, not {self.rollouts}")
        if not self.drawn:
            control_arms(self.controls, self.sample, self.pool, self.seeds)
        if self.device not in (None, *DEVICES):
            raise ConfigError(
                f"device must be {' or '.join(DEVICES)}, not {self.device!r}; choose among several "
                "GPUs with CUDA_VISIBLE_DEVICES"
            )

    @property
    def arms(self) -> list[Arm]:
        """The sample with every seed, then the controls."""
        main = [Arm(MAIN, "trained on the sample", (self.sample,), seed=s) for s in self.seeds]
        if self.drawn:
            return main + list(self.drawn)
        return main + control_arms(self.controls, self.sample, self.pool, self.seeds)

    @property
    def training_steps(self) -> int:
        """Steps of all training runs together."""
        return self.recipe.steps * sum(arm.trains for arm in self.arms)

    def to_config(self) -> dict[str, Any]:
        """Return what ``config.json`` holds."""
        return {
            "format": FORMAT_VERSION,
            "sample": self.sample.to_dict(),
            "model": self.model,
            "recipe": self.recipe.to_dict(),
            "seed": self.seeds[0],
            "seeds": list(self.seeds),
            "evaluation": {
                "benchmark": self.benchmark.name,
                "items": len(self.benchmark),
                "domains": list(self.benchmark.domains),
                "samples_per_item": self.rollouts,
                "seed": self.eval_seed,
                "form": self.benchmark.form,
                "template": self.benchmark.template,
                "max_tokens": self.benchmark.max_tokens,
                "temperature": self.benchmark.temperature,
            },
            "controls": self.controls,
            "arms": [
                {
                    "name": arm.name,
                    "seed": arm.seed,
                    "meaning": arm.meaning,
                    "samples": [item.id for item in arm.samples],
                }
                for arm in self.arms
            ],
            "options": {
                "device": self.device,
                "fast": self.fast,
                "report_to": list(self.report_to),
                "trust_remote_code": self.trust_remote_code,
                "save_model": self.save_model,
            },
            "hashes": {
                "sample": hash_samples([self.sample]),
                "benchmark": self.benchmark.digest,
                "model": hash_model(self.model),
            },
            "versions": versions(),
            "git": git_state(),
        }

    def to_inputs(self) -> dict[str, Any]:
        """Return what ``inputs.json`` holds: all problems, so that the folder can go on alone."""
        settings = ("name", "form", "template", "max_tokens", "temperature", "tolerance")
        return {
            "benchmark": {name: getattr(self.benchmark, name) for name in settings},
            "items": [item.to_dict() for item in self.benchmark.items],
            "controls": [
                {**asdict(arm), "samples": [item.to_dict() for item in arm.samples]}
                for arm in self.arms
                if arm.name != MAIN
            ],
        }

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
        config = read_json(path / "config.json")
        inputs = read_json(path / "inputs.json")
        if (path / "result.json").exists():
            raise RunError(f"the run {path} is finished; see it with: se report {path}")
        try:
            evaluation, options = config["evaluation"], dict(config["options"])
            options["report_to"] = tuple(options["report_to"])
            options["device"] = device or options["device"]
            items = tuple(Sample.from_dict(item) for item in inputs["items"])
            drawn = tuple(
                Arm(**{**arm, "samples": tuple(Sample.from_dict(s) for s in arm["samples"])})
                for arm in inputs["controls"]
            )
            return cls(
                model=config["model"],
                sample=Sample.from_dict(config["sample"]),
                benchmark=Benchmark(items=items, **inputs["benchmark"]),
                recipe=Recipe(**config["recipe"]),
                out=path,
                seeds=tuple(config["seeds"]),
                rollouts=evaluation["samples_per_item"],
                eval_seed=evaluation["seed"],
                controls=config["controls"],
                resume=True,
                drawn=drawn,
                **options,
            )
        except (KeyError, TypeError, SampleError) as error:
            raise RunError(
                f"{path} cannot be continued, its config.json or inputs.json is damaged "
                f"({error}); start the run anew"
            ) from error


@dataclass(frozen=True)
class ProgressEvent:
    """What a validation is doing.

    Parameters
    ----------
    stage : {"evaluate", "train", "notice"}
    arm : str
        Name of the arm, or ``before``.
    seed : int
    done, total : int
        Items or steps.
    metrics : mapping
        Of the last training step.
    message : str
        Of a notice.
    """

    stage: str
    arm: str = ""
    seed: int = 0
    done: int = 0
    total: int = 0
    metrics: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""
