"""A batch of rows that a causal language model continues, one token at a time."""

import inspect
from collections.abc import Sequence
from typing import Any

from sample_engineering.generation.growing_cache import growing_cache

ATTENTION, RECURRENT = "past_key_values", "cache_params"  # names of the cache in `forward`


class Decoder:
    """Rows of prompts and what has been appended to them, with the model's cache for both.

    Each prompt is read once and its cache copied for its continuations.

    Parameters
    ----------
    model : transformers causal language model
    prompts : sequence of token id sequences
        Not empty; prompts of different lengths are padded on the left.
    n : int
        Rows a prompt.

    Attributes
    ----------
    logits : tensor, shape (rows, vocabulary)
        Of the next token of each row.
    """

    logits: Any

    def __init__(self, model: Any, prompts: Sequence[Sequence[int]], n: int = 1) -> None:
        import torch

        self._model = model
        self._inputs = _inputs(model)
        self._cache_input = cache_input(model) or ATTENTION
        device = model.get_input_embeddings().weight.device
        width = max(len(prompt) for prompt in prompts)
        ids = torch.zeros(len(prompts), width, dtype=torch.long)
        mask = torch.zeros(len(prompts), width, dtype=torch.long)
        for row, prompt in enumerate(prompts):
            ids[row, width - len(prompt) :] = torch.tensor(prompt, dtype=torch.long)
            mask[row, width - len(prompt) :] = 1
        ids, mask = ids.to(device), mask.to(device)
        self._cache = growing_cache(model)
        self._mask = None if bool(mask.all()) else mask
        self._run(ids, (mask.cumsum(1) - 1).clamp(min=0), logits_to_keep=1)
        self._places = torch.tensor([len(prompt) for prompt in prompts], device=device)
        if n > 1:
            self.keep(torch.arange(len(prompts), device=device).repeat_interleave(n))

    def keep(self, rows: Any) -> None:
        """Go on with these rows, given by their places; a row may be there several times."""
        self.logits, self._places = self.logits[rows], self._places[rows]
        self._mask = None if self._mask is None else self._mask[rows]
        # Unlike `batch_repeat_interleave`, this exists for recurrent layers too.
        self._cache.reorder_cache(rows)

    def step(self, tokens: Any) -> None:
        """Append one token to each row."""
        import torch

        if self._mask is not None:
            self._mask = torch.cat([self._mask, self._mask.new_ones(len(tokens), 1)], dim=1)
        self._run(tokens[:, None], self._places[:, None])
        self._places = self._places + 1

    def _run(self, ids: Any, positions: Any, **more: Any) -> None:
        given = {
            "position_ids": positions,
            self._cache_input: self._cache,
            "use_cache": True,
            **more,
        }
        # Recurrent models mask the padding of a prompt only; a step has none.
        if self._cache_input == ATTENTION or ids.shape[1] > 1:
            given["attention_mask"] = self._mask
        given = {name: value for name, value in given.items() if name in self._inputs}
        self.logits = self._model(input_ids=ids, **given).logits[:, -1]


def cache_input(model: Any) -> str | None:
    """Return the name under which a model's `forward` takes its cache, or None."""
    inputs = _inputs(model)
    return next((name for name in (ATTENTION, RECURRENT) if name in inputs), None)


def _inputs(model: Any) -> frozenset[str]:
    base = model.get_base_model() if hasattr(model, "get_base_model") else model  # peft
    return frozenset(inspect.signature(base.forward).parameters)
