"""Rough time and memory of a run, from the model's shape and a probe of this machine."""

import time
from dataclasses import dataclass
from typing import Any

from sample_engineering.errors import GenerationError
from sample_engineering.extras import require
from sample_engineering.generation.transformers_engine import default_device
from sample_engineering.trainers.plan import ValidationPlan
from sample_engineering.trainers.recipes import Recipe

# Bytes a parameter in float32: weights, gradient and Adam's two moments.
_TRAINED_BYTES, _FROZEN_BYTES = 16, 4
# Rules of thumb: the share of the probed matrix speed that whole passes reach, and one-token steps.
_PASS_SHARE, _STEP_SHARE = 0.5, 0.15
_LAYER_SECONDS = 4e-4  # cost of calling one layer, whatever its size
_PROBE_SIZE, _PROBE_TIMES = 512, 8


@dataclass(frozen=True)
class Estimate:
    """What a run needs at most.

    Parameters
    ----------
    parameters : int
        Of the model.
    memory_bytes : int
        Weights, gradients, optimizer, reference model, cache and activations.
    step_seconds : float
        Of one step if all rollouts are as long as allowed.
    evaluation_seconds : float
        Of one evaluation of the benchmark, likewise.
    device : str
        Where it would run.
    """

    parameters: int
    memory_bytes: int
    step_seconds: float
    evaluation_seconds: float
    device: str


def estimate_of(plan: ValidationPlan) -> Estimate:
    """Estimate a validation without loading the weights.

    The model's configuration is read, and the device probed with a matrix product.

    Raises
    ------
    GenerationError
        If the model's configuration cannot be read.
    """
    model, recipe = plan.model, plan.recipe
    device = plan.options.device or default_device()
    completions = plan.benchmark.completions(plan.rollouts)
    max_tokens = plan.benchmark.max_tokens
    torch = require("torch", "train")
    transformers = require("transformers", "train")
    try:
        config = transformers.AutoConfig.from_pretrained(
            model, trust_remote_code=plan.options.trust_remote_code
        )
        with torch.device("meta"):
            shape = transformers.AutoModelForCausalLM.from_config(config)
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).strip().split("\n")[0]
        raise GenerationError(
            f"cannot read the model {model}: {reason}; check its path or name"
        ) from error
    count = sum(parameter.numel() for parameter in shape.parameters())
    text = config.get_text_config()
    flops = 2 * count / _matrix_seconds(torch, device)
    tokens = recipe.rollouts * recipe.max_tokens
    calls = recipe.max_tokens * text.num_hidden_layers * _LAYER_SECONDS
    sampling = tokens * flops / _STEP_SHARE + calls
    # A backward pass costs two forward passes; recomputing activations adds one, KL another.
    passes = 3 + recipe.gradient_checkpointing + (recipe.beta > 0)
    training = recipe.epochs * tokens * flops * passes / _PASS_SHARE
    batches = max(1, completions // 512)
    evaluation = completions * max_tokens * flops / _STEP_SHARE + batches * calls
    memory = _memory(text, count, recipe)
    return Estimate(count, memory, sampling + training, evaluation, device)


def _memory(config: Any, count: int, recipe: Recipe) -> int:
    width, layers = config.hidden_size, config.num_hidden_layers
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    head = getattr(config, "head_dim", None) or width // config.num_attention_heads
    weights = count * (_FROZEN_BYTES if recipe.lora_rank else _TRAINED_BYTES)
    reference = count * _FROZEN_BYTES if recipe.beta > 0 and not recipe.lora_rank else 0
    # A rule of thumb: 8 tensors of the width a layer, or one where activations are recomputed.
    kept = 1 if recipe.gradient_checkpointing else 8
    activations = recipe.micro_batch * recipe.max_tokens * width * layers * kept * 4
    cache = min(recipe.rollouts * recipe.max_tokens * 2 * layers * heads * head * 4, 2 * 2**30)
    return int(weights + reference + activations + cache)


def _matrix_seconds(torch: Any, device: str) -> float:
    """Return the operations a second of a matrix product on `device`."""
    left = torch.randn(_PROBE_SIZE, _PROBE_SIZE, device=device)
    left @ left
    started = time.perf_counter()
    for _ in range(_PROBE_TIMES):
        product = left @ left
    product[0, 0].item()  # waits for a GPU
    return 2 * _PROBE_SIZE**3 * _PROBE_TIMES / (time.perf_counter() - started)
