"""Whether a model can be continued token by token: what its `forward` takes, and a trial.

Models keep what they have read in different ways, and a `forward` that takes any keyword silently
loses what it does not know. So each model is tried once: a few tokens read one by one, by rows of
different length that are copied and dropped, must score as those read in one pass.
"""

import weakref
from collections.abc import Sequence
from statistics import median
from typing import Any

from sample_engineering.errors import GenerationError
from sample_engineering.generation.decoding import Decoder, cache_input

_tried: "weakref.WeakSet[Any]" = weakref.WeakSet()
_LENGTHS = (4, 6)  # tokens of the two prompts of the trial; the shorter one is padded
_STEPS = 3  # tokens read one by one after them
# Of the right ways of 100 kinds the worst is off by 0.00001 in float32 and 0.02 in bfloat16, of the
# wrong ones the best by 0.05. Where a rounding decides otherwise (experts, quantized weights), two
# ways of reading in one pass differ too; so many times as much is granted, within a bound.
_FLOAT32_BYTES = 4
_TOLERANCE, _ROUNDED_TOLERANCE, _MOST_TOLERANCE = 0.02, 0.05, 0.2
_OF_NOISE = 5


def check_kind(model: Any, prompt: Sequence[int]) -> None:
    """Raise GenerationError if `sample` would go wrong with this model.

    Parameters
    ----------
    model : transformers causal language model
    prompt : sequence of int
        Tokens for the trial, at least one; they are repeated where there are few.
    """
    import torch

    if model in _tried:
        return
    kind = getattr(model.config, "model_type", None) or type(model).__name__
    if cache_input(model) is None:
        raise GenerationError(
            _refused(kind, "its `forward` takes neither `past_key_values` nor `cache_params`")
        )
    training = model.training
    model.eval()
    try:
        off, noise = _deviation(model, prompt)
    except (TypeError, AttributeError, ValueError, NotImplementedError) as error:
        said = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        raise GenerationError(_refused(kind, f"a trial failed with: {said}")) from error
    finally:
        model.train(training)
    weight = model.get_input_embeddings().weight
    exact = weight.dtype.itemsize >= _FLOAT32_BYTES
    exact = exact and not torch.is_autocast_enabled(weight.device.type)
    least = _TOLERANCE if exact else _ROUNDED_TOLERANCE
    if not off < max(least, min(_OF_NOISE * noise, _MOST_TOLERANCE)):
        raise GenerationError(
            _refused(kind, f"read one by one, tokens score {off:.0%} off those read in one pass")
        )
    _tried.add(model)


def _refused(kind: str, reason: str) -> str:
    return (
        f"models of kind {kind} cannot be sampled by transformers here: {reason}; "
        "use another `engine` (vllm or server), or another model"
    )


def _deviation(model: Any, prompt: Sequence[int]) -> tuple[float, float]:
    """Return how far the scores of continued rows are off, and how far rounding alone takes them.

    The first is the median of the steps for that prompt, of a padded and another one, where it is
    the greater; both are shares, see `_distance`.
    """
    import torch

    device = model.get_input_embeddings().weight.device
    tokens = [prompt[place % len(prompt)] for place in range(max(_LENGTHS) + 2 * _STEPS)]
    rows = [length for length in _LENGTHS for _ in range(2)]  # told apart by what they began with
    read = [list(tokens[:length]) for length in rows]
    found: dict[int, list[float]] = {length: [] for length in _LENGTHS}
    noise = []
    with torch.no_grad():
        decoder = Decoder(model, [tokens[:length] for length in _LENGTHS], n=2)
        for step in range(_STEPS):
            # Two rows change places, or the first leaves the batch and the last takes its place, as
            # in `sample`; one of each prompt stays.
            last = len(read) - 1
            order = [last, *range(1, last)] if len(read) > len(_LENGTHS) else [last, 0]
            read, rows = [read[row] for row in order], [rows[row] for row in order]
            decoder.keep(torch.tensor(order, device=device))
            for place, row in enumerate(read):
                row.append(tokens[-1 - (step + place) % len(tokens)])
            decoder.step(torch.tensor([row[-1] for row in read], device=device))
            for length, row, scores in zip(rows, read, decoder.logits, strict=True):
                wanted = _in_one_pass(model, row)
                found[length].append(_distance(scores, wanted))
                longer = _in_one_pass(model, row + tokens[:_STEPS], -1 - _STEPS)
                noise.append(_distance(longer, wanted))
    return max(median(off) for off in found.values()), median(noise)


def _in_one_pass(model: Any, row: Sequence[int], place: int = -1) -> Any:
    import torch

    ids = torch.tensor([list(row)], device=model.get_input_embeddings().weight.device)
    return model(input_ids=ids).logits[0, place]


def _distance(found: Any, wanted: Any) -> float:
    """Return the distance of two rows of scores in units of how much the second varies."""
    found, wanted = found.double(), wanted.double()
    found, wanted = found - found.mean(), wanted - wanted.mean()
    scale = float(wanted.norm())
    return float((found - wanted).norm()) / scale if scale > 0 else float(found.norm() > 0)
