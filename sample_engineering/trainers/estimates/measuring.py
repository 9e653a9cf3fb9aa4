"""Measuring how fast this CPU is with a model's layers, in a second or two."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sample_engineering.extras import require
from sample_engineering.trainers.estimates.timing import MeasuredSpeed

_ROWS = (4, 32)
_SHORT, _LONG = 2, 8  # tokens sampled: the difference is steps without the prompt
_PROMPT_TOKENS = 96
_OPERATIONS = 5e10  # of a measured pass; a second or so
_TOKENS = (64, 1024)  # bounds of a measured pass
_LAYERS = (1, 2)
_TIMES = 2
_BATCH = (32, 64)  # rows and tokens of the pass that is timed with one thread and with several
_ROUNDS = 5
_ENOUGH = 0.2  # seconds after which no further pass is timed


def measure(
    config: Any, *, trust_remote_code: bool = False, threads: int | None = None
) -> MeasuredSpeed:
    """Return the speed of this CPU with the model that a configuration describes.

    Parameters
    ----------
    config : transformers configuration
    trust_remote_code : bool
        Run Python code that comes with the model.
    threads : int, optional
        With so many; None leaves them as they are.
    """
    layers = int(config.get_text_config().num_hidden_layers)
    with _threads(threads):
        few, more = (_measured(_with_layers(config, count), trust_remote_code) for count in _LAYERS)
    # A straight line through one and two layers, to as many as the model has.
    low, high, forward, backward = (
        max(one, one + (two - one) * (layers - _LAYERS[0]))
        for one, two in zip(few[:4], more[:4], strict=True)
    )
    row = max(0.0, high - low) / (_ROWS[1] - _ROWS[0])
    return MeasuredSpeed(
        step_fixed=max(0.0, low - _ROWS[0] * row),
        step_row=row,
        forward_token=forward,
        backward_token=backward,
        optimize_number=min(few[4], more[4]),
    )


def _with_layers(config: Any, count: int) -> Any:
    import copy

    changed = copy.deepcopy(config)
    text = changed.get_text_config()
    text.num_hidden_layers = count
    if getattr(text, "layer_types", None):
        text.layer_types = list(text.layer_types)[:count]
    changed.dtype = "float32"
    return changed


def _measured(config: Any, trust_remote_code: bool) -> list[float]:
    """Return seconds: of a step with few and with many rows, of a token each way, of a number."""
    torch = require("torch", "train")
    transformers = require("transformers", "train")
    trl = require("trl.trainer.utils", "train")
    from sample_engineering.generation.sampling import sample

    config = config.get_text_config()  # of a vision-language model, what writes
    model = transformers.AutoModelForCausalLM.from_config(
        config, trust_remote_code=trust_remote_code
    ).eval()
    vocabulary = model.get_input_embeddings().weight.shape[0]
    generator = torch.Generator().manual_seed(0)
    prompt = torch.randint(0, vocabulary, (_PROMPT_TOKENS,), generator=generator).tolist()
    steps = []
    for rows in _ROWS:
        times = [
            _seconds(lambda n=n, rows=rows: sample(model, [prompt], n=rows, max_tokens=n))
            for n in (_SHORT, _LONG)
        ]
        steps.append(max(0.0, times[1] - times[0]) / (_LONG - _SHORT))
    trl.add_fused_lm_head(model)
    model.train()
    numbers = sum(one.numel() for one in model.parameters())
    tokens = int(min(max(_OPERATIONS / (6 * numbers), _TOKENS[0]), _TOKENS[1]))
    ids = torch.randint(0, vocabulary, (2, tokens // 2), generator=generator)

    def forward() -> Any:
        return model(input_ids=ids, labels=ids, fused_lm_head=True, use_cache=False)

    with torch.no_grad():
        forward_seconds = _seconds(forward)
    both = _seconds(lambda: forward().log_probs.sum().backward())
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.0)
    optimizer.step()  # makes its moments
    update = _seconds(optimizer.step)
    count = ids.numel()
    return [
        *steps,
        forward_seconds / count,
        max(0.0, both - forward_seconds) / count,
        update / numbers,
    ]


def gain_of_threads(config: Any, threads: int, *, trust_remote_code: bool = False) -> float:
    """Return how many times as fast several threads are as one, on this machine as it is now.

    Takes a fraction of a second on an idle machine, some seconds on a busy one. Other programs are
    part of what is measured: on a busy machine threads that wait for each other are slower than
    one.

    Parameters
    ----------
    config : transformers configuration
        Of a small model.
    threads : int
    trust_remote_code : bool
        Run Python code that comes with the model.
    """
    torch = require("torch", "train")
    transformers = require("transformers", "train")
    model = transformers.AutoModelForCausalLM.from_config(
        _with_layers(config.get_text_config(), 1), trust_remote_code=trust_remote_code
    )
    vocabulary = model.get_input_embeddings().weight.shape[0]
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(0, vocabulary, _BATCH, generator=generator)

    def step() -> None:
        with torch.no_grad():
            model(input_ids=ids, use_cache=False)

    step()
    times = {}
    for count in (1, threads):
        with _threads(count):
            times[count] = _shortest(step)
    return times[1] / times[threads]


@contextmanager
def _threads(count: int | None) -> Iterator[None]:
    """Have torch take so many threads in this block."""
    torch = require("torch", "train")
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(count or before)
        yield
    finally:
        torch.set_num_threads(before)


def _shortest(run: Any) -> float:
    """Return the shortest wall time of some passes; of one, where it is long."""
    times: list[float] = []
    while len(times) < _ROUNDS and sum(times) < _ENOUGH:
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return min(times)


def _seconds(run: Any) -> float:
    """Return the shortest of some times.

    Whatever else the machine does only adds; so does waiting for a core, which the time of the
    processor does not count (that of several threads is their sum, and no less than the wall's).
    """
    times = []
    for _ in range(_TIMES):
        wall, processor = time.perf_counter(), time.process_time()
        run()
        times += [time.perf_counter() - wall, time.process_time() - processor]
    return min(times)
