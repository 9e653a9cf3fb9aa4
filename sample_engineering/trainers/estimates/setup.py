"""What decides the memory and time of a training, apart from the machine."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sample_engineering.generation.asking import Loading
from sample_engineering.trainers.algorithms import Cost, find_algorithm
from sample_engineering.trainers.building import policy_dtype
from sample_engineering.trainers.estimates.shape import ModelShape
from sample_engineering.trainers.recipes import Recipe

# Defaults of TRL's GRPOConfig.
VLLM_SHARE = 0.3
# Where no prompt is known yet.
PROMPT_TOKENS = 256


class Sharding(StrEnum):
    """How several processes share what a training keeps."""

    none = "none"  # each has everything (DDP)
    zero2 = "zero2"  # DeepSpeed: gradients and optimizer are shared out
    zero3 = "zero3"  # DeepSpeed: weights too
    fsdp = "fsdp"  # torch's FSDP2: weights, gradients and optimizer


@dataclass(frozen=True)
class Setup:
    """What decides the memory and time of a training.

    Parameters
    ----------
    shape : ModelShape
    processes : int
        One a GPU.
    sharding : Sharding
    rollouts : int
        Of a step, all processes together.
    updates, epochs : int
        Optimizer steps on the rollouts of a step, and passes over them.
    micro_batch : int
        Rollouts in one pass of one process.
    prompt_tokens, max_tokens : int
    lora_rank : int
        0 trains all weights.
    beta : float
        Above 0 there is a reference model, unless adapters can be switched off.
    weight_bytes : int
        Of a number of the weights.
    reference_bytes : int
        Of a number of the reference model.
    optimizer : str
        Its name in transformers.
    bf16 : bool
        Whether passes run in bfloat16.
    checkpointing : bool
        Whether activations are computed anew in the backward pass.
    vllm : bool
        Whether vLLM samples in the training's process.
    vllm_server : bool
        Whether a server on other GPUs samples.
    vllm_share : float
        Its share of the card's memory.
    vllm_sleep : bool
        Whether it gives its memory back while weights are trained.
    cost : Cost
        What the algorithm takes beyond a plain step of GRPO.
    """

    shape: ModelShape
    processes: int = 1
    sharding: Sharding = Sharding.none
    rollouts: int = 64
    updates: int = 1
    epochs: int = 1
    micro_batch: int = 8
    prompt_tokens: int = PROMPT_TOKENS
    max_tokens: int = 1024
    lora_rank: int = 0
    beta: float = 0.0
    weight_bytes: int = 4
    reference_bytes: int = 4
    optimizer: str = "adamw_torch"
    bf16: bool = True
    checkpointing: bool = True
    vllm: bool = False
    vllm_server: bool = False
    vllm_share: float = VLLM_SHARE
    vllm_sleep: bool = False
    cost: Cost = field(default_factory=Cost)

    @property
    def trained(self) -> int:
        """Numbers that are trained."""
        return self.shape.adapters(self.lora_rank) if self.lora_rank else self.shape.parameters

    @property
    def length(self) -> int:
        """Tokens of the longest row."""
        return self.prompt_tokens + self.max_tokens

    @property
    def has_reference(self) -> bool:
        """Whether a second model is kept; adapters are switched off instead."""
        return self.beta > 0 and not self.lora_rank

    def with_(self, **changes: Any) -> "Setup":
        """Return a copy with some settings changed."""
        return replace(self, **changes)


def setup_of(
    recipe: Recipe,
    shape: ModelShape,
    *,
    processes: int = 1,
    sharding: Sharding = Sharding.none,
    prompt_tokens: int = 0,
    on_cpu: bool = False,
    loading: Loading | None = None,
) -> Setup:
    """Return what a recipe comes to for a model.

    Parameters
    ----------
    recipe : Recipe
    shape : ModelShape
    processes : int
    sharding : Sharding
    prompt_tokens : int
        Of the longest prompt; 0 is not known.
    on_cpu : bool
        Then neither bfloat16 nor recomputed activations are used.
    loading : Loading, optional
        In which numbers the weights are held.
    """
    trl = recipe.trl
    dtype = policy_dtype(recipe, loading or Loading(), "cpu" if on_cpu else "cuda")
    size = {"auto": shape.stored_bytes, "float32": 4}.get(dtype, 2)
    return Setup(
        shape=shape,
        processes=processes,
        sharding=sharding if processes > 1 else Sharding.none,
        rollouts=recipe.rollouts,
        updates=recipe.updates,
        epochs=recipe.epochs,
        micro_batch=recipe.micro_batch_for(processes),
        prompt_tokens=prompt_tokens or PROMPT_TOKENS,
        max_tokens=recipe.max_tokens,
        lora_rank=recipe.lora_rank,
        beta=recipe.beta,
        weight_bytes=size,
        reference_bytes=size,
        optimizer=str(trl.get("optim", "adamw_torch")),
        bf16=recipe.bf16 and not on_cpu,
        checkpointing=recipe.gradient_checkpointing and not on_cpu,
        vllm=recipe.vllm and trl.get("vllm_mode") != "server",
        vllm_server=recipe.vllm and trl.get("vllm_mode") == "server",
        vllm_share=float(trl.get("vllm_gpu_memory_utilization", VLLM_SHARE)),
        vllm_sleep=bool(trl.get("vllm_enable_sleep_mode", True)),
        cost=find_algorithm(recipe.algorithm).cost(recipe),
    )
