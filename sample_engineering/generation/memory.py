"""How many rows are sampled at once: what a row costs, what is free, and what did not fit.

A row needs its share of the key-value cache, and of each step the scores of the whole vocabulary.
Both follow from the model's configuration. What is left of the memory is asked of the device; a
batch that does not fit all the same is halved, and no later one is as large.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sample_engineering.errors import GenerationError
from sample_engineering.extras import require

# Share of a GPU's free memory that a batch may need: the rest is for what is not counted, such as
# the work space of kernels and fragments between blocks.
GPU_SHARE = 0.9
# On a CPU the memory belongs to others too, and more rows than these bring little.
CPU_SHARE, CPU_MOST = 0.5, 4 * 2**30
CPU_ROWS, GPU_ROWS = 512, 4096
# Numbers of 4 bytes a token of the vocabulary that choosing the next one takes: the scores, in
# float32, divided by the temperature, their probabilities, and the sums of these.
DRAW_COPIES = 5
NUCLEUS_COPIES = 8  # more of them for `top_p` or `top_k`: a sort with its places, and its way back
SCORE_COPIES = 2  # more of them where log-probabilities or the entropy are kept
# A cache that is full is replaced by a longer one, by this factor (see `growing_cache`).
CACHE_SLACK = 1.5
_STATE_WIDTH = 128  # numbers a channel in the state of a recurrent layer, unless said
_STATE_NAMES = ("mamba_d_state", "ssm_state_size", "state_size")
_FLOAT = 4  # bytes of a number in float32
_RECURRENT = ("linear_attention", "mamba", "mamba2", "conv", "recurrent", "moe")


@dataclass(frozen=True)
class RowCost:
    """Bytes that one row of a batch needs.

    Parameters
    ----------
    layers : tuple of (int, int or None)
        For each layer, bytes of key-value cache a token, and the most tokens that are kept (None:
        all).
    state : int
        Bytes of recurrent layers, whatever the length.
    expanded : int
        Bytes a token while one layer attends: its keys and values, repeated for each query head.
    passed : int
        Bytes a token of the prompt while one layer is passed.
    vocabulary : int
    """

    layers: tuple[tuple[int, int | None], ...]
    state: int
    expanded: int
    passed: int
    vocabulary: int

    @classmethod
    def of(cls, config: Any, itemsize: int) -> "RowCost":
        """Return the cost of a row of the model with this configuration.

        Parameters
        ----------
        config : transformers configuration
        itemsize : int
            Bytes of a number of the cache: 2 in bfloat16, 4 in float32.
        """
        text = config.get_text_config()
        width, count = text.hidden_size, text.num_hidden_layers
        told = getattr(text, "num_attention_heads", None)
        heads = told or 1
        head = getattr(text, "head_dim", None) or width // heads
        each = _cached_numbers(text, heads, head) * itemsize
        kinds = getattr(text, "layer_types", None) or _guessed_kinds(text, count, bool(told))
        window = getattr(text, "sliding_window", None) or getattr(
            text, "attention_chunk_size", None
        )
        attending: list[tuple[int, int | None]] = []
        state = 0
        for kind in kinds:
            if any(name in kind for name in _RECURRENT):
                state += _state_bytes(text, width)
            else:
                attending.append((each, window if "sliding" in kind or "chunked" in kind else None))
        inner = max(
            getattr(text, name, None) or 0
            for name in ("intermediate_size", "moe_intermediate_size", "ffn_dim", "n_inner")
        )
        return cls(
            layers=tuple(attending),
            state=state,
            expanded=2 * heads * max(head, getattr(text, "v_head_dim", None) or 0) * itemsize,
            passed=(8 * width + 3 * (inner or 4 * width)) * itemsize,
            vocabulary=text.vocab_size,
        )

    def cache(self, tokens: int) -> int:
        """Bytes of the cache of a row of so many tokens."""
        return self.state + sum(
            each * (tokens if most is None else min(tokens, most)) for each, most in self.layers
        )

    def bytes(
        self, prompt_tokens: int, max_tokens: int, *, nucleus: bool = False, scores: bool = False
    ) -> int:
        """Bytes of a row at its greatest, while the prompt is read or at the last token.

        Parameters
        ----------
        prompt_tokens, max_tokens : int
        nucleus : bool
            `top_p` or `top_k` is used.
        scores : bool
            Log-probabilities or the entropy are kept.
        """
        copies = DRAW_COPIES + NUCLEUS_COPIES * nucleus + SCORE_COPIES * scores
        drawing = self.vocabulary * _FLOAT * copies
        tokens = prompt_tokens + max_tokens
        reading = self.cache(prompt_tokens) + prompt_tokens * (self.passed + self.expanded)
        last = int(CACHE_SLACK * self.cache(tokens)) + tokens * self.expanded
        return max(reading, last) + drawing


def _cached_numbers(text: Any, heads: int, width: int) -> int:
    """Return how many numbers a layer caches a token."""
    rank = getattr(text, "kv_lora_rank", None)
    if rank is not None:  # latent attention: the latent vector and the part with positions
        return int(rank + text.qk_rope_head_dim)
    keys = getattr(text, "num_key_value_heads", None) or heads
    if getattr(text, "new_decoder_architecture", False):  # Falcon caches its heads repeated
        keys = heads
    elif getattr(text, "multi_query", False):
        keys = 1
    return 2 * int(keys) * width


def _guessed_kinds(text: Any, count: int, attends: bool) -> Sequence[str]:
    every = getattr(text, "layers_block_type", None)
    if every:
        return list(every)
    if not attends:
        return ["recurrent"] * count
    window = getattr(text, "sliding_window", None)
    used = getattr(text, "use_sliding_window", True)
    return ["sliding_attention" if window and used else "full_attention"] * count


def _state_bytes(text: Any, width: int) -> int:
    heads = getattr(text, "linear_num_value_heads", None)
    if heads is not None:
        return int(heads * text.linear_key_head_dim * text.linear_value_head_dim * _FLOAT)
    each = next(filter(None, (getattr(text, name, None) for name in _STATE_NAMES)), None)
    expand = getattr(text, "mamba_expand", None) or getattr(text, "expand", None) or 2
    return int(expand * width * (each or _STATE_WIDTH) * _FLOAT)


def free_bytes(device: Any) -> int:
    """Return the memory of a device that a batch could take.

    On a GPU that is what the driver has free and what the allocator holds and does not use; on a
    CPU what is available within the limits of the container.
    """
    torch = require("torch", "train")
    device = torch.device(device)
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        held = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return int(free + held)
    return available_memory()


def available_memory() -> int:
    """Return the bytes of main memory that can be had without moving anything out."""
    psutil = require("psutil", "train")
    free = int(psutil.virtual_memory().available)
    for limit, used in _CONTAINER_FILES:
        try:
            with open(limit, encoding="ascii") as most, open(used, encoding="ascii") as now:
                free = min(free, max(0, int(most.read()) - int(now.read())))
        except (OSError, ValueError):  # no container, or "max"
            continue
    return free


_CONTAINER_FILES = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    (
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.usage_in_bytes",
    ),
)


def out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out, on a GPU or a CPU."""
    torch = require("torch", "train")
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    said = str(error).lower()
    return isinstance(error, RuntimeError) and any(
        words in said
        for words in ("out of memory", "can't allocate memory", "not enough memory", "alloc_failed")
    )


class BatchSizer:
    """Says how many rows of a model are sampled at once; one home for samplers of all kinds.

        size = sizer.rows(prompt_tokens, max_tokens)
        with sizer.trying(size, prompt_tokens + max_tokens) as tried:
            ...
        if tried.failed:  # memory ran out: ask for `rows` again, there are fewer now
            continue

    Parameters
    ----------
    model : transformers causal language model
    batch_tokens : int, optional
        Most rows times tokens of a batch, instead of what the memory allows.
    share : float, optional
        Share of the free memory that a batch may need; None is `GPU_SHARE` or `CPU_SHARE`.
    """

    def __init__(
        self, model: Any, *, batch_tokens: int | None = None, share: float | None = None
    ) -> None:
        self.weight = model.get_input_embeddings().weight
        self.cost = RowCost.of(model.config, self.weight.element_size())
        self.batch_tokens = batch_tokens
        self.share = share
        self._most: int | None = None  # rows times tokens, since more did not fit
        self._to_release = False

    @property
    def device(self) -> Any:
        """Where the model lies."""
        return self.weight.device

    @property
    def budget(self) -> int:
        """Bytes that a batch may need now."""
        free = free_bytes(self.device)
        if self.device.type == "cuda":
            return int(free * (GPU_SHARE if self.share is None else self.share))
        return min(CPU_MOST, int(free * (CPU_SHARE if self.share is None else self.share)))

    def rows(
        self, prompt_tokens: int, max_tokens: int, *, nucleus: bool = False, scores: bool = False
    ) -> int:
        """Return how many rows fit, at least one.

        Parameters
        ----------
        prompt_tokens, max_tokens : int
            Of the longest row.
        nucleus, scores : bool
            See `RowCost.bytes`.
        """
        self._release()
        tokens = prompt_tokens + max_tokens
        if self.batch_tokens is not None:
            most = self.batch_tokens // tokens
        else:
            each = self.cost.bytes(prompt_tokens, max_tokens, nucleus=nucleus, scores=scores)
            most = self.budget // max(1, each)
        if self._most is not None:
            most = min(most, self._most // tokens)
        return max(1, min(most, GPU_ROWS if self.device.type == "cuda" else CPU_ROWS))

    @contextmanager
    def trying(self, rows: int, tokens: int) -> Iterator["_Try"]:
        """Run a batch of `rows` rows of `tokens` tokens; want of memory is noted, not raised.

        Raises
        ------
        GenerationError
            If a single row does not fit.
        """
        tried = _Try()
        try:
            yield tried
        except Exception as error:
            if not out_of_memory(error):
                raise
            if rows == 1:
                raise GenerationError(
                    f"one completion of {tokens:,} tokens does not fit into the memory of "
                    f"{self.device}; ask for shorter ones (`max_tokens`), or load the weights in "
                    "bfloat16"
                ) from error
            tried.failed = True
        if tried.failed:
            self._most = max(1, rows // 2) * tokens
            self._to_release = True  # not before the frames of the failed call are gone

    def _release(self) -> None:
        if self._to_release and self.device.type == "cuda":
            require("torch", "train").cuda.empty_cache()
        self._to_release = False


class _Try:
    failed = False


class Pace:
    """Bounds a batch on a CPU in time, so that something is finished every few minutes.

    A batch is taken to cost a fixed time a step and a time a token; both are learned from the
    batches before. As many rows as a cautious guess from the model's size allows are always taken:
    so the batches of small models do not depend on how busy the machine is.

    Parameters
    ----------
    parameters : int
        Of the model.
    seconds : float, optional
        That a batch shall take at most; None is `PATIENCE`.
    """

    def __init__(self, parameters: int, seconds: float | None = None) -> None:
        self.seconds = PATIENCE if seconds is None else seconds
        self._guess = 2 * parameters / GUESSED_SPEED  # seconds a token
        self._seen: list[tuple[float, float, float]] = []  # steps, tokens, seconds
        self._largest = 0  # rows
        self._share = 1.0  # of the longest row's tokens that a row has on average

    def note(self, steps: int, rows: int, tokens: int, seconds: float) -> None:
        """Learn from a batch: its longest row, its rows, their tokens, and the time it took."""
        self._seen = [*self._seen[-_REMEMBERED:], (float(steps), float(tokens), seconds)]
        self._largest = max(self._largest, rows)
        self._share = max(_LEAST_SHARE, tokens / (steps * rows))

    def rows(self, max_tokens: int) -> int:
        """Return how many rows of at most so many tokens are expected to be done in time."""
        if not self.measured:
            return max(1, self.safe(max_tokens))
        return max(1, min(self._learned(max_tokens), 2 * self._largest))

    def safe(self, max_tokens: int) -> int:
        """Return how many rows the guess allows: always the same for a model."""
        return int(self.seconds / (self._guess * max_tokens))

    def forget(self) -> None:
        """Leave out what was seen so far."""
        self._seen, self._largest, self._share = [], 0, 1.0

    @property
    def measured(self) -> bool:
        """Whether any batch was seen."""
        return bool(self._seen)

    def _learned(self, max_tokens: int) -> int:
        if not self._seen:
            return 0
        costs = self._costs()
        if costs is None:  # all alike so far: twice as many rows will tell
            return 2 * self._largest
        fixed = costs[0] * max_tokens
        # Where a single row takes long, few rows are hardly done sooner than many.
        left = max(self.seconds - fixed, fixed)
        most = left / (costs[1] * max_tokens * self._share)
        return _rounded(max(1.0, most))

    def _costs(self) -> tuple[float, float] | None:
        """Return the seconds of a step and of a token: least squares through what was seen."""
        ss = sum(s * s for s, _, _ in self._seen)
        tt = sum(t * t for _, t, _ in self._seen)
        st = sum(s * t for s, t, _ in self._seen)
        sy = sum(s * y for s, _, y in self._seen)
        ty = sum(t * y for _, t, y in self._seen)
        scale = ss * tt - st * st
        if scale <= _DISTINCT * ss * tt:
            return None
        step, token = (sy * tt - ty * st) / scale, (ty * ss - sy * st) / scale
        if step < 0:
            step, token = 0.0, ty / tt
        if token <= 0:
            step, token = sy / ss, sy / ss * _NEXT_TO_NOTHING
        return step, token


def _rounded(most: float) -> int:
    """Return 2, 3, 4, 6, 8, 12 ...: batches of nearly the same size shall be of the same."""
    low: int = 2 ** int(math.log2(most))
    return low + low // 2 if most >= 1.5 * low else low


PATIENCE = 150.0  # seconds
# Floating-point operations a second, of a first batch on a CPU: little, for it is only a guess.
GUESSED_SPEED = 2e10
_REMEMBERED = 15
_LEAST_SHARE = 0.25  # rows may all be long after a batch of short ones
_DISTINCT = 0.01  # batches of nearly one shape do not tell steps from tokens
_NEXT_TO_NOTHING = 1e-3  # of a step's time, for a token that seems to cost nothing
