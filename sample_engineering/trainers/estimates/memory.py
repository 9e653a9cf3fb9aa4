"""The memory that a training needs on one GPU, or in one process on a CPU, part by part.

What is kept (weights, gradients, optimizer, reference) follows from the number of parameters.
Activations were counted on torch's CPU kernels, tensor by tensor as autograd keeps them, with and
without autocast, for shapes of different proportions (docs/lab/trainer.md): bytes a token and layer
are a sum over the widths of the layer. Sampling and training take turns, so the larger of the two
counts, on top of what is kept.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sample_engineering.trainers.estimates.cards import GIB
from sample_engineering.trainers.estimates.setup import Setup, Sharding

# Bytes that AdamW keeps of a trained number, by the optimizer's name.
_OPTIMIZERS = (
    (r"8bit", 2.1),  # two moments of one byte, and their scales
    (r"4bit", 1.1),
    (r"adafactor", 0.1),
    (r"lion|rmsprop|adagrad|sgd_momentum", 4.0),
    (r"^sgd", 0.0),
    (r"", 8.0),  # two moments in float32
)
_PAGED = r"paged"  # what does not fit goes to the host's memory
# Bytes of activations a token and layer: times width, query width twice (keys and values are
# repeated to it where rows are padded), inner width.
_KEPT_FLOAT32 = (24, 8, 8, 16)
_KEPT_BFLOAT16 = (26, 4, 4, 8)
_CHUNK_TOKENS, _CHUNK_COLUMNS = 4096, 32768  # tiles of logits, trl/kernels/chunked_logprob.py
_TILES_CPU = 7  # float32 copies of a tile in the steps of torch; a GPU has one kernel for all
_BACKWARD = 1.4  # of a layer's activations, at the fullest moment of its backward pass
_LOGIT_COPIES = 4  # of a row of logits while a token is drawn
_CONTEXT = int(0.6 * GIB)  # CUDA's own, with the libraries' workspaces
_COMMUNICATION = int(1.0 * GIB)  # NCCL's buffers, with several processes
_FRAGMENTS = 0.05  # of what is allocated, lost between the blocks of the allocator
_HEAD_COPIES = 4  # of a square of float64 numbers: what is known, what is new, and its inverse
_PROCESS = int(0.75 * GIB)  # Python with torch, transformers and TRL
_CACHE_ON_CPU = 2 * GIB  # bound of the trainer's sampler
_LEAST_ROWS = (
    8  # rows that a sampler on a GPU shall hold at least; it takes more where there is room
)
_VLLM_OVERHEAD = int(1.5 * GIB)  # activations and graphs of an engine


@dataclass(frozen=True)
class Memory:
    """What a training needs on one device.

    Parameters
    ----------
    kept : mapping
        Bytes by name of what is there all the time.
    sampling, training : mapping
        Bytes by name of what only the one or the other phase needs.
    """

    kept: Mapping[str, int]
    sampling: Mapping[str, int]
    training: Mapping[str, int]

    @property
    def total(self) -> int:
        """Bytes at the peak."""
        phase = max(sum(self.sampling.values()), sum(self.training.values()))
        return sum(self.kept.values()) + phase

    @property
    def parts(self) -> dict[str, int]:
        """Bytes by name at the peak, largest first; those of the larger phase only."""
        larger = max((self.sampling, self.training), key=lambda phase: sum(phase.values()))
        parts = {**self.kept, **larger}
        return dict(sorted(((k, v) for k, v in parts.items() if v), key=lambda item: -item[1]))


def optimizer_bytes(name: str) -> float:
    """Return the bytes that an optimizer keeps of a trained number on the device."""
    if re.search(_PAGED, name):
        return 0.0
    return next(size for pattern, size in _OPTIMIZERS if re.search(pattern, name))


def layer_activations(setup: Setup) -> int:
    """Return the bytes that one layer keeps of one token for the backward pass."""
    shape = setup.shape
    half = setup.bf16 or setup.weight_bytes == 2
    width, query, keys, inner = _KEPT_BFLOAT16 if half else _KEPT_FLOAT32
    return width * shape.width + (query + keys) * shape.query_width + inner * shape.inner


def training_memory(setup: Setup, device_bytes: int = 0, *, on_cpu: bool = False) -> Memory:
    """Return what a training needs on each of its devices.

    Parameters
    ----------
    setup : Setup
    device_bytes : int
        Memory of the GPU, of which vLLM takes its share.
    on_cpu : bool
        In a process without a GPU.
    """
    shape, trained = setup.shape, setup.trained
    shards = setup.processes
    sharded = setup.sharding in (Sharding.fsdp, Sharding.zero3)
    split = shards if sharded else 1
    half_split = shards if setup.sharding is not Sharding.none else 1
    deepspeed = setup.sharding in (Sharding.zero2, Sharding.zero3)
    kept: dict[str, float] = {}
    if deepspeed and setup.bf16 and not setup.lora_rank:
        # DeepSpeed keeps bfloat16 weights and gradients, and shares out float32 masters.
        kept["weights"] = 2 * shape.parameters / split
        kept["float32 masters"] = 4 * trained / shards
        kept["gradients"] = 2 * trained / half_split
    else:
        kept["weights"] = setup.weight_bytes * shape.parameters / split
        if setup.lora_rank:
            kept["adapters"] = 4 * trained / split
        kept["gradients"] = 4 * trained / half_split
    kept["optimizer"] = optimizer_bytes(setup.optimizer) * trained / half_split
    if setup.has_reference:
        kept["reference model"] = setup.reference_bytes * shape.parameters / split
    if setup.cost.value_head:
        kept["value head"] = _HEAD_COPIES * 8 * (shape.width + 1) ** 2
    if setup.cost.base_copy and on_cpu:  # on a GPU it lies in the machine's memory
        kept["base weights"] = setup.weight_bytes * trained
    if setup.processes > 1 and setup.sharding is Sharding.none:
        kept["gradient buckets"] = 4 * trained  # of DistributedDataParallel
    if on_cpu:
        kept["process"] = _PROCESS
    else:
        kept["CUDA"] = _CONTEXT + (_COMMUNICATION if setup.processes > 1 else 0)
    training = _training_phase(setup, sharded, on_cpu)
    sampling = {} if setup.vllm_server else _sampling_phase(setup, sharded, on_cpu)
    if setup.vllm:
        share = setup.vllm_share * device_bytes
        sampling = {"vLLM": share}
        if not setup.vllm_sleep:
            training["vLLM"] = share
    if not on_cpu:
        for phase in (training, sampling):
            phase["fragments"] = _FRAGMENTS * (sum(phase.values()) + sum(kept.values()))
    return Memory(_whole(kept), _whole(sampling), _whole(training))


def vllm_least(setup: Setup) -> int:
    """Return the bytes that vLLM needs for the model and a single answer."""
    row = setup.length * setup.shape.cache_numbers
    return 2 * (setup.shape.parameters + row) + _VLLM_OVERHEAD


def _training_phase(setup: Setup, sharded: bool, on_cpu: bool) -> dict[str, float]:
    """Return what the passes over one micro-batch need, at the one moment that needs most."""
    shape = setup.shape
    tokens = setup.micro_batch * setup.length
    full = setup.weight_bytes == 4
    half = setup.bf16 or not full
    layer = float(tokens * layer_activations(setup))
    stream = float(tokens * shape.width * (4 if full else 2))  # what passes from layer to layer
    tile = float(min(tokens, _CHUNK_TOKENS) * min(shape.vocabulary, _CHUNK_COLUMNS))
    logits = tile * ((2 if half else 4) + 4 * _TILES_CPU * on_cpu)
    # The gradient of the output layer is made apart from its sum; a tied one waits for the input's.
    head = 0.0 if setup.lora_rank else 4.0 * shape.vocabulary * shape.width
    held = head if shape.tied else 0.0
    copies = 0.0
    if setup.bf16 and full and setup.sharding is Sharding.none:
        copies = 2.0 * shape.layer_parameters  # autocast's, until the pass is over
    if setup.checkpointing:
        kept = stream * shape.layers
        frozen = copies * (0 if setup.lora_rank else 1)
        moments = {
            "bfloat16 copies of weights": frozen + logits,
            "logits": logits + stream + head,
            "one layer anew": _BACKWARD * layer + held,
            "embedding gradient": head + 2 * held,
        }
    else:
        kept = shape.layers * layer + copies
        moments = {
            "logits": logits + stream + head,
            "gradients of one layer": (_BACKWARD - 1) * layer + held,
            "embedding gradient": head + 2 * held - shape.layers * layer,
        }
    name = max(moments, key=lambda moment: moments[moment])
    phase = {"activations": kept, name: moments[name]}
    if sharded:  # two layers at a time are put together, and the output layer
        gathered = 2 * shape.largest_layer + shape.vocabulary * shape.width
        phase["gathered layers"] = gathered * (2.0 if setup.bf16 else 4.0)
    return phase


def _sampling_phase(setup: Setup, sharded: bool, on_cpu: bool) -> dict[str, float]:
    shape = setup.shape
    size = 2 if setup.bf16 or setup.weight_bytes == 2 else 4
    row = setup.length * shape.cache_numbers * size
    rows = max(1, setup.rollouts // setup.processes)
    if on_cpu:
        cache = min(rows * row, max(row, _CACHE_ON_CPU))
        at_once = max(1, min(rows, cache // max(1, row)))
    else:
        at_once = min(rows, _LEAST_ROWS)
        cache = at_once * row
    phase = {
        "key-value cache": float(cache),
        "sampled logits": float(at_once * shape.vocabulary * 4 * _LOGIT_COPIES),
    }
    if sharded:  # TRL puts the whole model together to sample from it
        phase["gathered model"] = shape.parameters * (2 if setup.bf16 else 4)
    elif setup.bf16 and setup.weight_bytes == 4 and not setup.lora_rank:
        phase["bfloat16 copies of weights"] = 2.0 * shape.layer_parameters
    return phase


def _whole(parts: Mapping[str, float]) -> dict[str, int]:
    return {name: int(size) for name, size in parts.items()}
