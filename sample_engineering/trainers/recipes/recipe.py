"""What a recipe is: the settings of a training, each with its source."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.generation.asking import Asked
from sample_engineering.judging.settings import JudgeSettings
from sample_engineering.registry import suggestion
from sample_engineering.trainers.algorithms import PLAIN, find_algorithm
from sample_engineering.trainers.algorithms.algorithm import default_of
from sample_engineering.trainers.difficulty import check_difficulty
from sample_engineering.trainers.hybrid import HYBRID
from sample_engineering.trainers.recipes.evaluating import EvaluationRule
from sample_engineering.trainers.reward import find_reward
from sample_engineering.trainers.warm_start import NO_START, WARM_STARTS, WARM_STEPS, warm_factor

# Adapters' learning rate in units of that of all weights: about 10, under reinforcement learning
# too, in "LoRA Without Regret" (Schulman et al., Thinking Machines Lab, 2025).
LORA_FACTOR = 10

# Fields that recipes of earlier run folders lack: in a record only where they say something.
_ADDED = frozenset(
    {
        *("judge", "judge_options", "algorithm", "algorithm_options"),
        *("difficulty_weight", "pass_band", "difficulty_hint"),
        *("warm_start", "warm_rollouts", "warm_texts", "warm_steps", "warm_lr"),
    }
)


@dataclass(frozen=True)
class Recipe(Asked):
    """How to train on a sample, and how the model is asked while it trains (see `Asked`).

    Parameters
    ----------
    name : str
        Shown in the run folder.
    algorithm : str
        How rollouts and rewards become an update, see `sample_engineering.trainers.algorithms`.
        `override` also sets what makes the algorithm; a recipe that contradicts it is an error.
    algorithm_options : mapping
        Settings that this algorithm has and others do not.
    steps : int
        Generations; each samples ``groups * group_size`` rollouts.
    group_size : int
        Rollouts that share one baseline, at least 2.
    groups : int
        Groups a step; with one sample, the number of its copies.
    updates : int
        Optimizer steps on the rollouts of one generation, each on an equal part of them.
    epochs : int
        Passes over the rollouts of one generation (TRL's ``num_iterations``).
    micro_batch : int
        Rollouts in one forward and backward pass; divides ``groups * group_size / updates``.
    lr : float
        Learning rate of AdamW.
    schedule : str
        Learning-rate schedule of transformers, e.g. ``constant``, ``cosine``, ``linear``.
    warmup_steps : int
        Optimizer steps of linear warm-up; needs a schedule that knows it.
    weight_decay, adam_beta1, adam_beta2, max_grad_norm : float
        Of the optimizer.
    beta : float
        Weight of the KL divergence to the base model; 0 keeps no reference model.
    entropy_coef : float
        Weight of the entropy bonus.
    loss_type, scale_rewards, epsilon
        As in TRL's ``GRPOConfig``.
    mask_truncated : bool
        Leave rollouts cut at `max_tokens` out of the loss.
    reward : str
        Name of a registered reward, see `sample_engineering.trainers.reward`.
    judge : str, optional
        Model that decides what no rule reads, ``MODEL`` or ``MODEL@URL``; for the reward
        ``hybrid``, which needs one.
    judge_options : mapping
        How it is asked, the fields of `judging.JudgeSettings` by name, e.g. ``{"votes": 3,
        "temperature": 0.7}``.
    difficulty_weight : str
        How much a group weighs by its pass rate, see `trainers.difficulty`; ``none`` weighs all
        alike.
    pass_band : (float, float)
        Groups whose pass rate lies outside give no gradient.
    difficulty_hint : float
        A problem whose pass rate was below this in the last step is posed with a hint that it is
        hard; 0 never hints.
    lora_rank : int
        0 trains all weights; otherwise the rank of LoRA adapters on every linear layer.
    lora_alpha : float
        Scale of the adapters.
    lora_lr : float
        Learning rate of the adapters, instead of `lr`; 0 is ten times `lr`, since adapters need
        about ten times the rate of all weights, see `LORA_FACTOR`.
    bf16 : bool
        Autocast to bfloat16 on a GPU. What is trained stays in float32 either way, because at a
        learning rate of 1e-6 bfloat16 weights hardly move; below adapters, the frozen weights are
        kept in bfloat16 too.
    gradient_checkpointing : bool
        Recompute activations to save memory.
    vllm : bool
        Let TRL sample with vLLM: in this process, or with TRL's ``vllm_mode=server`` at a server.
    dead_stop : int
        Stop after this many steps in a row from which nothing could be learnt; 0 never stops. Off
        by default: published gains go on after every rollout is right, by entropy and KL.
    warm_start : str
        Supervised warm-up before the first step, one of `warm_start.WARM_STARTS`: ``none``,
        ``primitives``, ``random`` or ``critiques``.
    warm_rollouts : int
        Rollouts of the base model that its texts are taken from, over all samples.
    warm_texts : int
        Most texts that it trains on.
    warm_steps : int
        Optimizer steps of it, each on up to 32 texts.
    warm_lr : float
        Learning rate of it; 0 is `lr`, and five times `lr` for critiques, see `warm_start`.
    save_every : int
        Generations between checkpoints.
    eval_every : int
        Generations between evaluations along the run; 0 evaluates at its end only.
    watch_items : int
        Development items of the benchmark that are asked greedily a few times along the run, to
        warn where it forgets; 0 asks none. See `evaluation.development`.
    evaluation : mapping
        What of the asking differs when its source evaluates, as `EvaluationRule.of` reads it.
    trl : mapping
        Further fields of ``GRPOConfig``, handed over unchanged.
    sources : mapping from field name to text
        Where each setting comes from.
    summary : str
        One line for lists of recipes; no setting, and so in no record.
    **asked
        The settings of `Asked`: template, system, temperature, max_tokens, stop ...

    Raises
    ------
    ConfigError
        If a value cannot be used.
    """

    name: str = "custom"
    algorithm: str = PLAIN
    algorithm_options: Mapping[str, Any] = field(default_factory=dict)
    steps: int = 80
    group_size: int = 64
    groups: int = 1
    updates: int = 1
    epochs: int = 1
    micro_batch: int = 16
    lr: float = 1e-6
    schedule: str = "constant"
    warmup_steps: int = 0
    weight_decay: float = 0.0
    adam_beta1: float = 0.9
    adam_beta2: float = 0.999
    max_grad_norm: float = 1.0
    beta: float = 0.0
    entropy_coef: float = 0.0
    loss_type: str = "dapo"
    scale_rewards: str = "group"
    epsilon: float = 0.2
    mask_truncated: bool = False
    reward: str = "correctness"
    judge: str | None = None
    judge_options: Mapping[str, Any] = field(default_factory=dict)
    difficulty_weight: str = "none"
    pass_band: tuple[float, float] = (0.0, 1.0)
    difficulty_hint: float = 0.0
    lora_rank: int = 0
    lora_alpha: float = 32.0
    lora_lr: float = 0.0
    bf16: bool = True
    gradient_checkpointing: bool = True
    vllm: bool = False
    dead_stop: int = 0
    warm_start: str = NO_START
    warm_rollouts: int = 512
    warm_texts: int = 16
    warm_steps: int = WARM_STEPS
    warm_lr: float = 0.0
    save_every: int = 20
    eval_every: int = 0
    watch_items: int = 70
    evaluation: Mapping[str, Any] = field(default_factory=dict)
    trl: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        least = {
            "steps": 1,
            "group_size": 2,
            "groups": 1,
            "updates": 1,
            "epochs": 1,
            "micro_batch": 1,
            "warmup_steps": 0,
            "lora_rank": 0,
            "dead_stop": 0,
            "warm_rollouts": 1,
            "warm_texts": 1,
            "warm_steps": 1,
            "save_every": 1,
            "eval_every": 0,
            "watch_items": 0,
        }
        for name, bound in least.items():
            if getattr(self, name) < bound:
                raise ConfigError(f"`{name}` must be at least {bound}, not {getattr(self, name)}")
        for name in ("lr", "temperature", "max_grad_norm"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"`{name}` must be positive, not {getattr(self, name)}")
        for name in ("beta", "weight_decay", "lora_lr", "warm_lr"):
            if getattr(self, name) < 0:
                raise ConfigError(f"`{name}` must not be negative, but is {getattr(self, name)}")
        if self.lora_lr and not self.lora_rank:
            raise ConfigError("`lora_lr` would be ignored without adapters; set `lora_rank` too")
        if self.warm_start not in WARM_STARTS:
            near = suggestion(self.warm_start, WARM_STARTS)
            raise ConfigError(f"`warm_start` {self.warm_start!r} is not known; {near}")
        if self.warm_start == NO_START:
            usual = type(self)
            for name in ("warm_rollouts", "warm_texts", "warm_steps", "warm_lr"):
                if getattr(self, name) != getattr(usual, name):
                    raise ConfigError(
                        f"`{name}` would be ignored; set `warm_start`, or leave it out"
                    )
        if self.mask_truncated and self.stop:
            raise ConfigError(
                "`mask_truncated` would leave answers out that ended at a `stop` text, which TRL "
                "takes for truncated; leave one of the two out"
            )
        find_reward(self.reward)
        JudgeSettings.of(self.judge, self.judge_options)
        if (self.judge is None) != (self.reward != HYBRID):
            raise ConfigError(
                "`reward` hybrid needs a `judge` for what no rule reads; name a model"
                if self.judge is None
                else f"`judge` would be ignored: `reward` {self.reward} asks none; use hybrid"
            )
        if isinstance(self.pass_band, list):  # from a file
            object.__setattr__(self, "pass_band", tuple(self.pass_band))
        check_difficulty(self.difficulty_weight, self.pass_band, self.difficulty_hint)
        # Assigned here because the class is frozen.
        object.__setattr__(self, "algorithm_options", find_algorithm(self.algorithm).check(self))
        _ = self.evaluation_rule
        if self.rollouts % self.updates:
            raise ConfigError(
                f"{self.rollouts} rollouts a step cannot be split into {self.updates} `updates`; "
                "choose a divisor"
            )

    @property
    def rollouts(self) -> int:
        """Rollouts a step."""
        return self.groups * self.group_size

    @property
    def optimizer_steps(self) -> int:
        """Optimizer steps of the whole run."""
        return self.steps * self.steps_per_generation

    @property
    def steps_per_generation(self) -> int:
        """Optimizer steps on the rollouts of one generation."""
        return self.updates * self.epochs

    @property
    def rate(self) -> float:
        """Learning rate of what is trained: all weights, or the adapters."""
        if not self.lora_rank:
            return self.lr
        return self.lora_lr or LORA_FACTOR * self.lr

    @property
    def warm_rate(self) -> float:
        """Learning rate of the warm-up."""
        return self.warm_lr or warm_factor(self.warm_start) * self.lr

    @property
    def evaluation_rule(self) -> EvaluationRule:
        """`evaluation`, read and checked."""
        return EvaluationRule.of(self.evaluation)

    def asked_of(self, benchmark: str) -> dict[str, Any]:
        """How a benchmark of that name is asked: as in training, but for what `evaluation` says.

        Parameters
        ----------
        benchmark : str

        Returns
        -------
        dict
            All settings of `Asked`, and ``rollouts`` where that is set.
        """
        told = self.evaluation_rule.at(benchmark).given
        rollouts = {"rollouts": told.pop("rollouts")} if "rollouts" in told else {}
        if told.get("temperature") == 0:  # what training draws from does nothing there
            told = {"top_p": 1.0, "top_k": None} | told
        return vars(self.protocol.with_(**told)) | rollouts

    def micro_batch_for(self, processes: int = 1) -> int:
        """Largest divisor of a process's share of one update that is at most `micro_batch`."""
        share, left_over = divmod(self.rollouts // self.updates, processes)
        if left_over or not share:
            raise ConfigError(
                f"{self.rollouts // self.updates} rollouts an update cannot be split over "
                f"{processes} processes; change `group_size` or `groups`"
            )
        return max(size for size in range(1, self.micro_batch + 1) if share % size == 0)

    def with_(self, **changes: Any) -> "Recipe":
        """Return a copy with some fields changed; a judge goes with the reward that asks it."""
        if changes.get("reward", HYBRID) != HYBRID and "judge" not in changes:
            changes |= {"judge": None, "judge_options": {}}
        return replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready record of the settings and their sources."""
        return {
            name: value
            for name, value in asdict(self).items()
            if name != "summary" and not (name in _ADDED and value == default_of(self, name))
        }
