"""A batch of rows that a causal language model continues, one token at a time."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from sample_engineering.generation.growing_cache import all_growing, growing_cache, put_together

ATTENTION, RECURRENT = "past_key_values", "cache_params"  # names of the cache in `forward`

# On a CPU, prompts are read in parts, each from a length to this many times it, if that saves so
# many floating-point operations (about a second); a small model is faster with fewer calls.
PART_SPREAD = 1.25
WORTH_PARTING = 2e11


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
    inputs : mapping, optional
        What one prompt brings beside its tokens, e.g. ``pixel_values``; read with it once.

    Attributes
    ----------
    logits : tensor, shape (rows, vocabulary)
        Of the next token of each row.
    """

    logits: Any

    def __init__(
        self,
        model: Any,
        prompts: Sequence[Sequence[int]],
        n: int = 1,
        inputs: Mapping[str, Any] | None = None,
    ) -> None:
        import torch

        self._model = model
        self._inputs = _inputs(model)
        self._cache_input = cache_input(model) or ATTENTION
        device = model.get_input_embeddings().weight.device
        self._beside = dict(inputs or {})
        # With images, where a token stands is the model's own affair (multimodal rotary positions).
        self._placed = not self._beside
        self._places = torch.tensor([len(prompt) for prompt in prompts], device=device)
        parts = _parts(model, [len(prompt) for prompt in prompts])
        self._read(prompts if len(parts) == 1 else [prompts[row] for row in parts[0]], device)
        if len(parts) > 1:
            self._read_the_rest(prompts, parts, device)
        if n > 1:
            self.keep(torch.arange(len(prompts), device=device).repeat_interleave(n))

    def _read(self, prompts: Sequence[Sequence[int]], device: Any) -> None:
        """Read prompts in one pass."""
        import torch

        width = max(len(prompt) for prompt in prompts)
        ids = torch.zeros(len(prompts), width, dtype=torch.long)
        mask = torch.zeros(len(prompts), width, dtype=torch.long)
        for row, prompt in enumerate(prompts):
            ids[row, width - len(prompt) :] = torch.tensor(prompt, dtype=torch.long)
            mask[row, width - len(prompt) :] = 1
        ids, mask = ids.to(device), mask.to(device)
        self._cache = growing_cache(self._model)
        self._mask = None if bool(mask.all()) else mask
        positions = (mask.cumsum(1) - 1).clamp(min=0)
        self._run(ids, positions, logits_to_keep=1, **self._beside)

    def _read_the_rest(
        self, prompts: Sequence[Sequence[int]], parts: Sequence[Sequence[int]], device: Any
    ) -> None:
        """Read the parts after the first, and put all together; or all at once, if they cannot."""
        import torch

        if not all(layer.is_initialized for layer in self._cache.layers):  # some are shared
            self._read(prompts, device)
            return
        width = int(self._places.max())
        read, logits = [], None
        for number, part in enumerate(parts):
            if number > 0:
                self._read([prompts[row] for row in part], device)
            rows = torch.tensor(part, device=device)
            read.append((rows, self._cache))
            if logits is None:
                logits = self.logits.new_empty(len(prompts), self.logits.shape[-1])
            logits[rows] = self.logits
        self.logits = logits
        self._cache = put_together(self._model, read, len(prompts), width)
        columns = torch.arange(width, device=device)
        self._mask = (columns[None, :] >= width - self._places[:, None]).long()

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
            **({"position_ids": positions} if self._placed else {}),
            self._cache_input: self._cache,
            "use_cache": True,
            **more,
        }
        # Recurrent models mask the padding of a prompt only; a step has none.
        if self._cache_input == ATTENTION or ids.shape[1] > 1:
            given["attention_mask"] = self._mask
        given = {name: value for name, value in given.items() if name in self._inputs}
        self.logits = self._model(input_ids=ids, **given).logits[:, -1]


def _parts(model: Any, lengths: Sequence[int]) -> list[list[int]]:
    """Return rows of similar length together, where padding all to the longest costs too much."""
    whole = [list(range(len(lengths)))]
    weight = model.get_input_embeddings().weight
    if weight.device.type != "cpu" or not all_growing(growing_cache(model)):
        return whole
    parts: list[list[int]] = []
    for row in sorted(whole[0], key=lambda row: -lengths[row]):
        if not parts or lengths[row] * PART_SPREAD < lengths[parts[-1][0]]:
            parts.append([])
        parts[-1].append(row)
    padded = len(lengths) * max(lengths)
    saved = padded - sum(len(part) * lengths[part[0]] for part in parts)
    size = sum(parameter.numel() for parameter in model.parameters())
    return parts if 2 * saved * size > WORTH_PARTING else whole


def cache_input(model: Any) -> str | None:
    """Return the name under which a model's `forward` takes its cache, or None."""
    inputs = _inputs(model)
    return next((name for name in (ATTENTION, RECURRENT) if name in inputs), None)


def _inputs(model: Any) -> frozenset[str]:
    base = model.get_base_model() if hasattr(model, "get_base_model") else model  # peft
    base = getattr(base, "_orig_mod", base)  # torch.compile
    # What has wrapped `forward` may not say what it takes; the class does.
    forwards = (base.forward, type(base).forward)
    return frozenset(name for each in forwards for name in inspect.signature(each).parameters)
