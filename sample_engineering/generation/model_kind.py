"""Whether a model can be continued token by token: what its `forward` takes, and a trial.

Models keep what they have read in different ways, and a `forward` that takes any keyword silently
loses what it does not know. So each model is tried once: a few tokens read one by one, by rows of
different length that are copied and dropped, must score as those read in one pass.
"""

import weakref
from collections.abc import Sequence
from typing import Any

from sample_engineering.errors import GenerationError
from sample_engineering.generation.decoding import Decoder, cache_input

_tried: "weakref.WeakSet[Any]" = weakref.WeakSet()
_LENGTHS = (4, 6)  # tokens of the two prompts of the trial; the shorter one is padded
_STEPS = 3  # tokens read one by one after them
# Of the right ways of 100 kinds the worst is off by 0.00001 in float32 and 0.02 in bfloat16, of the
# wrong ones the best by 0.09. The median of the steps counts, since a mixture of experts may
# decide otherwise by a rounding once.
_FLOAT32_BYTES = 4
_TOLERANCE, _ROUNDED_TOLERANCE = 0.02, 0.05


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
        off = _deviation(model, prompt)
    except (TypeError, AttributeError, ValueError, NotImplementedError) as error:
        said = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        raise GenerationError(_refused(kind, f"a trial failed with: {said}")) from error
    finally:
        model.train(training)
    weight = model.get_input_embeddings().weight
    exact = weight.dtype.itemsize >= _FLOAT32_BYTES
    exact = exact and not torch.is_autocast_enabled(weight.device.type)
    if not off < (_TOLERANCE if exact else _ROUNDED_TOLERANCE):
        raise GenerationError(
            _refused(kind, f"read one by one, tokens score {off:.0%} off those read in one pass")
        )
    _tried.add(model)


def _refused(kind: str, reason: str) -> str:
    return (
        f"models of kind {kind} cannot be sampled by transformers here: {reason}; "
        "use another `engine` (vllm or server), or another model"
    )


def _deviation(model: Any, prompt: Sequence[int]) -> float:
    """Return how far scores of continued rows are off as a share; the median of the steps."""
    import torch

    device = model.get_input_embeddings().weight.device
    tokens = [prompt[place % len(prompt)] for place in range(max(_LENGTHS) + 2 * _STEPS)]
    read = [list(tokens[:length]) for length in _LENGTHS for _ in range(2)]
    worst = []
    with torch.no_grad():
        decoder = Decoder(model, [tokens[:length] for length in _LENGTHS], n=2)
        for step in range(_STEPS):
            # The first row leaves the batch and the last takes its place, as in `sample`; the one
            # that stays to the end is padded.
            rows = [len(read) - 1, *range(1, len(read) - 1)]
            read = [read[row] for row in rows]
            decoder.keep(torch.tensor(rows, device=device))
            for place, row in enumerate(read):
                row.append(tokens[-1 - (step + place) % len(tokens)])
            decoder.step(torch.tensor([row[-1] for row in read], device=device))
            wanted = [model(input_ids=torch.tensor([row], device=device)).logits for row in read]
            worst.append(
                max(
                    _distance(found, scores[0, -1])
                    for found, scores in zip(decoder.logits, wanted, strict=True)
                )
            )
    return sorted(worst)[_STEPS // 2]


def _distance(found: Any, wanted: Any) -> float:
    """Return the distance of two rows of scores in units of how much the second varies."""
    found, wanted = found.double(), wanted.double()
    found, wanted = found - found.mean(), wanted - wanted.mean()
    scale = float(wanted.norm())
    return float((found - wanted).norm()) / scale if scale > 0 else float(found.norm() > 0)
