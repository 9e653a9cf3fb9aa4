"""Training recipes as data: named settings with their sources, overridable field by field."""

import difflib
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, get_type_hints

from sample_engineering.errors import ConfigError

REWARDS = ("correctness", "format", "random")
_TRL_OWN = (  # GRPOConfig fields that the recipe or the run folder decides
    "output_dir",
    "max_steps",
    "num_generations",
    "generation_batch_size",
    "steps_per_generation",
    "gradient_accumulation_steps",
    "per_device_train_batch_size",
    "resume_from_checkpoint",
    "seed",
)


@dataclass(frozen=True)
class Recipe:
    """How to train on a sample.

    Parameters
    ----------
    name : str
        Shown in the run folder.
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
    temperature, top_p : float
        Of the rollouts.
    max_tokens : int
        Longest rollout, in tokens.
    beta : float
        Weight of the KL divergence to the base model; 0 keeps no reference model.
    entropy_coef : float
        Weight of the entropy bonus.
    loss_type, scale_rewards, epsilon
        As in TRL's ``GRPOConfig``.
    mask_truncated : bool
        Leave rollouts cut at `max_tokens` out of the loss.
    template : str
        Prompt template, see `sample_engineering.generation.prompts`.
    reward : str
        One of `REWARDS`.
    lora_rank : int
        0 trains all weights; otherwise the rank of LoRA adapters on every linear layer.
    lora_alpha : float
        Scale of the adapters.
    bf16 : bool
        Autocast to bfloat16 on a GPU; the weights stay in float32 either way, because at a learning
        rate of 1e-6 bfloat16 weights hardly move.
    gradient_checkpointing : bool
        Recompute activations to save memory.
    vllm : bool
        Let TRL sample with vLLM in this process.
    dead_stop : int
        Stop after this many steps in a row from which nothing could be learnt; 0 never stops.
    save_every : int
        Generations between checkpoints.
    trl : mapping
        Further fields of ``GRPOConfig``, handed over unchanged.
    sources : mapping from field name to text
        Where the settings come from.

    Raises
    ------
    ConfigError
        If a value cannot be used.
    """

    name: str = "custom"
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
    temperature: float = 1.0
    top_p: float = 1.0
    max_tokens: int = 1024
    beta: float = 0.0
    entropy_coef: float = 0.0
    loss_type: str = "dapo"
    scale_rewards: str = "group"
    epsilon: float = 0.2
    mask_truncated: bool = False
    template: str = "boxed"
    reward: str = "correctness"
    lora_rank: int = 0
    lora_alpha: float = 32.0
    bf16: bool = True
    gradient_checkpointing: bool = True
    vllm: bool = False
    dead_stop: int = 20
    save_every: int = 20
    trl: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        least = {
            "steps": 1,
            "group_size": 2,
            "groups": 1,
            "updates": 1,
            "epochs": 1,
            "micro_batch": 1,
            "warmup_steps": 0,
            "max_tokens": 1,
            "lora_rank": 0,
            "dead_stop": 0,
            "save_every": 1,
        }
        for name, bound in least.items():
            if getattr(self, name) < bound:
                raise ConfigError(f"{name} must be at least {bound}, not {getattr(self, name)}")
        for name in ("lr", "temperature", "max_grad_norm"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"{name} must be positive, not {getattr(self, name)}")
        if not 0 < self.top_p <= 1:
            raise ConfigError(f"top_p must lie in (0, 1], not {self.top_p}")
        if self.beta < 0 or self.weight_decay < 0:
            raise ConfigError("beta and weight_decay must not be negative")
        if self.reward not in REWARDS:
            raise ConfigError(f"reward {self.reward!r} is not one of {', '.join(REWARDS)}")
        if self.rollouts % self.updates:
            raise ConfigError(
                f"{self.rollouts} rollouts a step cannot be split into {self.updates} updates; "
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

    def micro_batch_for(self, processes: int = 1) -> int:
        """Largest divisor of a process's share of one update that is at most `micro_batch`."""
        share, left_over = divmod(self.rollouts // self.updates, processes)
        if left_over or not share:
            raise ConfigError(
                f"{self.rollouts // self.updates} rollouts an update cannot be split over "
                f"{processes} processes; change group_size or groups"
            )
        return max(size for size in range(1, self.micro_batch + 1) if share % size == 0)

    def with_(self, **changes: Any) -> "Recipe":
        """Return a copy with some fields changed."""
        return replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready record."""
        return asdict(self)


_PUBLISHED = "arXiv 2504.20571, section on training settings and its verl configuration"

RECIPES: dict[str, Recipe] = {
    "microcosm": Recipe(
        name="microcosm",
        steps=80,
        group_size=64,
        micro_batch=32,
        lr=3e-5,
        temperature=1.0,
        max_tokens=160,
        template="chat",
        bf16=False,
        gradient_checkpointing=False,
        dead_stop=15,
        save_every=10,
        sources={
            "lr": "measured: docs/lab-notebook.md, learning rate of the microcosm recipe",
            "steps, group_size, temperature": "measured on the prototype of the embedded world",
        },
    ),
    "one-shot-rlvr": Recipe(
        name="one-shot-rlvr",
        steps=1000,
        group_size=8,
        groups=128,
        micro_batch=8,
        lr=1e-6,
        weight_decay=0.01,
        temperature=0.6,
        max_tokens=3072,
        beta=0.001,
        entropy_coef=0.001,
        loss_type="bnpo",
        template="one-shot-rlvr",
        trl={"use_bias_correction_kl": False},
        sources={
            "group_size, groups, lr, temperature, beta, entropy_coef, max_tokens": _PUBLISHED,
            "weight_decay": "default of verl's actor",
            "loss_type, trl": "the options of TRL that compute verl's token mean and plain k3 KL",
            "steps": "gains go on for more than 1,000 steps there; their runs end at about 2,000",
        },
    ),
    "polymath": Recipe(
        name="polymath",
        steps=140,
        group_size=8,
        groups=128,
        micro_batch=8,
        lr=1e-6,
        weight_decay=0.01,
        temperature=1.0,
        max_tokens=4096,
        beta=0.001,
        entropy_coef=0.0,
        loss_type="bnpo",
        template="qwen-math",
        trl={"use_bias_correction_kl": False},
        sources={
            "groups": "arXiv 2601.03111: GRPO on one sample that fills the training batch",
            "all others": "not verified against arXiv 2601.03111; the closest published settings "
            "(2504.20571), without its entropy bonus and at temperature 1",
        },
    ),
}


def load_recipe(
    name_or_path: str | os.PathLike[str], overrides: Mapping[str, Any] | None = None
) -> Recipe:
    """Return a named recipe, or one from a YAML file, with some fields changed.

    Parameters
    ----------
    name_or_path : str or path
        A name from `RECIPES`, or a YAML file with recipe fields; its field ``base`` names the
        recipe to start from.
    overrides : mapping
        Field name to value, as a value of the right type or as text. Names that are no recipe
        fields but fields of TRL's ``GRPOConfig`` go to `Recipe.trl`.

    Raises
    ------
    ConfigError
        If the recipe, a field or a value is unknown or malformed.
    """
    name = os.fspath(name_or_path)
    if name in RECIPES:
        recipe = RECIPES[name]
    elif Path(name).suffix in (".yaml", ".yml"):
        content = _read_yaml(Path(name))
        base = str(content.pop("base", "")) or None
        if base is not None and base not in RECIPES:
            raise ConfigError(f"{name}: no recipe is called {base!r}; use one of {_names()}")
        recipe = RECIPES[base] if base else Recipe()
        recipe = override(recipe, {"name": Path(name).stem, **content})
    else:
        raise ConfigError(f"no recipe is called {name!r}; use one of {_names()}, or a .yaml file")
    return override(recipe, overrides or {})


def _names() -> str:
    return ", ".join(sorted(RECIPES))


def _read_yaml(path: Path) -> dict[str, Any]:
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"cannot read the recipe {path}: {reason}; check the path") from error
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise ConfigError(f"{path} is not YAML: {reason}; correct it") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{path} has no fields; write lines such as `lr: 1e-5`")
    return {str(key): value for key, value in content.items()}


def parse_settings(settings: Sequence[str]) -> dict[str, Any]:
    """Turn ``["lr=1e-5", "steps=40"]`` into a mapping; values stay text until `override`."""
    parsed: dict[str, Any] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not key.strip():
            raise ConfigError(f"--set takes key=value, not {setting!r}")
        parsed[key.strip().replace("-", "_")] = value.strip()
    return parsed


def override(recipe: Recipe, changes: Mapping[str, Any]) -> Recipe:
    """Return `recipe` with fields changed; see `load_recipe` for the rules and errors."""
    hints = get_type_hints(Recipe)
    own: dict[str, Any] = {}
    trl = dict(recipe.trl)
    for name, value in changes.items():
        if name in ("trl", "sources"):
            if not isinstance(value, Mapping):
                raise ConfigError(f"{name} must be a mapping of fields, not {value!r}")
            if name == "sources":
                own["sources"] = dict(value)
            else:
                trl.update({key: _trl_value(key, item) for key, item in value.items()})
        elif name in hints:
            own[name] = _typed(name, value, hints[name])
        else:
            trl[name] = _trl_value(name, value)
    return replace(recipe, **own, trl=trl)


def _typed(name: str, value: Any, kind: type) -> Any:
    """Return `value`, text or not, as the type of a recipe field."""
    if isinstance(value, str) and kind is not str:
        value = _scalar(value)
    if kind is float and isinstance(value, str):  # YAML 1.1 reads 1e-5 as text
        try:
            value = float(value)
        except ValueError:
            raise ConfigError(f"{name} must be a number, not {value!r}") from None
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if kind is int and isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        wanted = {"int": "a whole number", "float": "a number", "bool": "true or false"}
        raise ConfigError(
            f"{name} must be {wanted.get(kind.__name__, kind.__name__)}, not {value!r}"
        )
    if isinstance(value, float) and value - value != 0:
        raise ConfigError(f"{name} must be finite, not {value}")
    return value


def _trl_value(name: str, value: Any) -> Any:
    known = {item.name for item in fields(_grpo_config())}
    if name in _TRL_OWN:
        raise ConfigError(f"{name} is set by the recipe; use its own fields (steps, groups, ...)")
    if name not in known:
        near = difflib.get_close_matches(name, [*known, *get_type_hints(Recipe)], 3)
        hint = f"did you mean {' or '.join(near)}?" if near else "see docs/validate.md"
        raise ConfigError(f"{name} is neither a recipe field nor one of TRL's GRPOConfig; {hint}")
    value = _scalar(value) if isinstance(value, str) else value
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value


def _scalar(text: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text


def _grpo_config() -> Any:
    from sample_engineering.extras import require

    return require("trl", "train").GRPOConfig
