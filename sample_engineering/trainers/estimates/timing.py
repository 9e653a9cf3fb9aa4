"""How long sampling, training and evaluation take: measured on this CPU, or reckoned for a card.

On a CPU a model with one and with two layers of the real width runs for a moment, and the rest is
extrapolated: that counts kernels, threads and the load of the machine. For a GPU the time of a step
is the larger of two bounds, what its memory can deliver and what it can compute (a roofline), each
at a share that whole programs reach, and the cost of calling each layer.
"""

from dataclasses import asdict, dataclass
from math import ceil
from typing import Any, Protocol

from sample_engineering.trainers.estimates.cards import Card
from sample_engineering.trainers.estimates.memory import training_memory
from sample_engineering.trainers.estimates.setup import Setup, Sharding
from sample_engineering.trainers.estimates.shape import ModelShape

# Shares of a data sheet's figures that whole passes of transformers reach; rules of thumb.
_COMPUTED, _READ = 0.4, 0.6
# Seconds to call one layer for a token: kernels that Python starts one by one, whatever the rows.
# Measured on one H200, 2026-11-27: 16 ms a token for the 24 layers of a Qwen2-0.5B, with one row as
# with 64 (docs/lab/estimates.md). Graphs of vLLM start without Python; a rule of thumb.
_LAYER_CALL, _LAYER_CALL_VLLM = 6.7e-4, 4e-5
_DRAW_PASSES = 10  # over a row of float32 logits while a token is drawn
_FORWARD, _BACKWARD, _AGAIN = 1, 2, 1  # costs of passes, in forward passes
_EVALUATED_SHARE = 0.85  # of a card, for weights and caches of the evaluation
_MOST_ROWS_GPU, _MOST_ROWS_VLLM = 4096, 256
_OPTIMIZER_BYTES = 28  # read and written a trained number in one step of AdamW


class Speed(Protocol):
    """How fast a device is with one model."""

    def step(self, rows: int, length: int) -> float:
        """Return the seconds of one token for so many rows of an average length."""
        ...

    def forward(self, tokens: int, length: int) -> float:
        """Return the seconds of a forward pass over tokens in rows of that length."""
        ...

    def backward(self, tokens: int, length: int) -> float:
        """Return the seconds of the backward pass after it."""
        ...

    def optimize(self, numbers: int) -> float:
        """Return the seconds of one optimizer step."""
        ...

    @property
    def least_pass(self) -> float:
        """The seconds that a forward pass takes however few tokens it has."""
        ...


@dataclass(frozen=True)
class MeasuredSpeed:
    """What was measured on a CPU, extrapolated to all layers.

    Parameters
    ----------
    step_fixed, step_row : float
        Seconds of one token: for the step, and for each row.
    forward_token, backward_token : float
        Seconds a token.
    optimize_number : float
        Seconds a trained number of one optimizer step.
    """

    step_fixed: float
    step_row: float
    forward_token: float
    backward_token: float
    optimize_number: float

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready record."""
        return asdict(self)

    def step(self, rows: int, length: int) -> float:
        """See `Speed`."""
        return self.step_fixed + rows * self.step_row

    def forward(self, tokens: int, length: int) -> float:
        """See `Speed`."""
        return tokens * self.forward_token

    def backward(self, tokens: int, length: int) -> float:
        """See `Speed`."""
        return tokens * self.backward_token

    def optimize(self, numbers: int) -> float:
        """See `Speed`."""
        return numbers * self.optimize_number

    @property
    def least_pass(self) -> float:
        """See `Speed`; part of what was measured."""
        return 0.0


@dataclass(frozen=True)
class CardSpeed:
    """What follows from a card's data sheet.

    Parameters
    ----------
    card : Card
    shape : ModelShape
    read_bytes : int
        Of a weight, for one token: 8 where float32 weights are cast anew, 2 in bfloat16.
    layer_call : float
        Seconds.
    """

    card: Card
    shape: ModelShape
    read_bytes: int = 2
    layer_call: float = _LAYER_CALL

    def step(self, rows: int, length: int) -> float:
        """See `Speed`."""
        shape = self.shape
        touched = min(shape.parameters, shape.active_parameters * rows)
        moved = touched * self.read_bytes + rows * length * shape.cache_numbers * 2
        moved += rows * shape.vocabulary * 4 * _DRAW_PASSES
        computed = 2 * shape.active_parameters * rows
        bound = max(moved / self.card.bandwidth / _READ, computed / self.card.flops / _COMPUTED)
        return bound + shape.layers * self.layer_call

    def forward(self, tokens: int, length: int) -> float:
        """See `Speed`."""
        attention = 2 * self.shape.layers * self.shape.query_width * length
        operations = tokens * (2 * self.shape.active_parameters + attention)
        return operations / self.card.flops / _COMPUTED

    def backward(self, tokens: int, length: int) -> float:
        """See `Speed`."""
        return _BACKWARD * self.forward(tokens, length)

    def optimize(self, numbers: int) -> float:
        """See `Speed`."""
        return numbers * _OPTIMIZER_BYTES / self.card.bandwidth / _READ

    @property
    def least_pass(self) -> float:
        """See `Speed`: training starts its kernels from Python, also where vLLM samples."""
        return self.shape.layers * _LAYER_CALL


def card_speeds(card: Card, setup: Setup, *, vllm: bool) -> tuple[CardSpeed, CardSpeed]:
    """Return the speed of a training and that of an evaluation on a card."""
    cast = 8 if setup.bf16 and setup.weight_bytes == 4 else setup.weight_bytes
    if setup.vllm or setup.vllm_server:
        training = CardSpeed(card, setup.shape, 2, _LAYER_CALL_VLLM)
    else:
        training = CardSpeed(card, setup.shape, cast)
    call = _LAYER_CALL_VLLM if vllm else _LAYER_CALL
    return training, CardSpeed(card, setup.shape, 2, call)


def step_seconds(setup: Setup, speed: Speed, device_bytes: int, *, on_cpu: bool) -> float:
    """Return the seconds of one training step if every rollout is as long as allowed.

    Parameters
    ----------
    setup : Setup
    speed : Speed
    device_bytes : int
        Memory of the device, which decides how many rollouts are sampled at once.
    on_cpu : bool
    """
    rollouts = max(1, setup.rollouts // setup.processes)
    rows = min(rollouts, _rows_at_once(setup, device_bytes, on_cpu=on_cpu))
    middle = setup.prompt_tokens + setup.max_tokens // 2
    full, rest = divmod(rollouts, rows)
    sampling = full * speed.step(rows, middle) + (speed.step(rest, middle) if rest else 0.0)
    sampling *= setup.max_tokens
    tokens, batches = rollouts * setup.length, ceil(rollouts / setup.micro_batch)
    least = batches * speed.least_pass
    forward = max(least, speed.forward(tokens, setup.length))
    passes = forward * (_FORWARD + _AGAIN * setup.checkpointing)
    passes += max(_BACKWARD * least, speed.backward(tokens, setup.length))
    # The reference model, or the model without its adapters, and what the algorithm looks at.
    once = forward * ((setup.beta > 0) + setup.cost.forward)
    # What sampled and what is trained are the same weights but after the first update.
    once += forward * (setup.vllm or setup.vllm_server or setup.updates * setup.epochs > 1)
    split = setup.processes if setup.sharding is not Sharding.none else 1
    times = setup.epochs if setup.cost.trained is None else setup.cost.trained
    steps = setup.updates * setup.epochs if setup.cost.trained is None else setup.cost.trained
    return sampling + times * passes + once + steps * speed.optimize(setup.trained // split)


def _rows_at_once(setup: Setup, device_bytes: int, *, on_cpu: bool) -> int:
    """Return how many rollouts are sampled together."""
    row = setup.length * setup.shape.cache_numbers
    if on_cpu:
        return max(1, CACHE_ON_CPU // max(1, 4 * row))
    if setup.vllm_server:
        return _MOST_ROWS_VLLM
    if setup.vllm:
        room = setup.vllm_share * device_bytes - 2 * setup.shape.parameters
        return max(1, min(_MOST_ROWS_VLLM, int(room // max(1, 2 * row))))
    kept = sum(training_memory(setup, device_bytes).kept.values())
    return max(1, int((device_bytes - kept) // 2 // max(1, 2 * row)))


CACHE_ON_CPU = 2 * 2**30  # bound of the trainer's sampler, grpo.py


def evaluation_seconds(
    shape: ModelShape,
    speed: Speed,
    completions: int,
    prompt_tokens: int,
    max_tokens: int,
    device_bytes: int,
    *,
    on_cpu: bool,
    vllm: bool = False,
) -> float:
    """Return the seconds of one evaluation if every completion is as long as allowed.

    Parameters
    ----------
    shape : ModelShape
    speed : Speed
    completions : int
        Of one process or engine.
    prompt_tokens, max_tokens : int
    device_bytes : int
    on_cpu, vllm : bool
    """
    if on_cpu:
        from sample_engineering.generation.memory import CPU_ROWS, Pace

        rows = min(CPU_ROWS, Pace(shape.parameters).rows(max_tokens))
    else:
        row = 2 * (prompt_tokens + max_tokens) * shape.cache_numbers + 20 * shape.vocabulary
        room = _EVALUATED_SHARE * device_bytes - 2 * shape.parameters
        rows = min(_MOST_ROWS_VLLM if vllm else _MOST_ROWS_GPU, int(room // max(1, row)))
    rows = max(1, min(rows, completions))
    middle = prompt_tokens + max_tokens // 2
    return ceil(completions / rows) * max_tokens * speed.step(rows, middle)
