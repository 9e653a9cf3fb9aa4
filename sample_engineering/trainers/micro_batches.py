"""Rollouts of one generation, put into micro-batches that waste little.

Rows of like length share a micro-batch, its padding is cut, and rows from which nothing can be
learnt come last. None of this depends on who sampled the rollouts, and none of it changes the
gradient: where the loss of a micro-batch is a mean over its tokens, each row carries the weight
that it would have had in the micro-batch into which it was drawn at random, as TRL draws.

This module imports torch, so import it inside functions only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

# Weight of each row in the token mean; TRL multiplies the mask of a completion by it.
ROW_WEIGHT = "tool_mask"
SCALE = "loss_scale"  # the loss of a weighted micro-batch is multiplied by this
DEAD = "nothing_to_learn"
Batch = Mapping[str, Any]


@dataclass(frozen=True)
class Cut:
    """How a generation is cut.

    Parameters
    ----------
    parts : int
        Micro-batches of a generation.
    updates : int
        Optimizer steps on them; each gets an equal share.
    sort : bool
        Rows of like length together.
    weigh : bool
        Give rows the weight of the micro-batch that they were drawn into.
    skip : bool
        Set rows with advantage zero apart, and mark micro-batches that hold no others.
    dead_first : bool
        Whether these come first in their share, and not last.
    """

    parts: int
    updates: int = 1
    sort: bool = True
    weigh: bool = False
    skip: bool = False
    dead_first: bool = False


def micro_batches(batch: Batch, cut: Cut, seed: int) -> list[dict[str, Any]]:
    """Cut the rollouts of one generation into trimmed micro-batches.

    Parameters
    ----------
    batch : mapping
        What TRL's trainer made of a generation; tensors have one row a rollout.
    cut : Cut
    seed : int
        Decides into which micro-batch a row is drawn.

    Returns
    -------
    list of dict
        ``cut.parts`` micro-batches of equal size, each row in exactly one.
    """
    rows = batch["completion_ids"].size(0)
    generator = torch.Generator().manual_seed(seed)
    drawn = cut.updates > 1 or cut.weigh or not cut.sort
    order = torch.randperm(rows, generator=generator) if drawn else torch.arange(rows)
    tokens = batch["completion_mask"].sum(1).cpu()
    weights = _Weights.of(tokens, order.view(cut.parts, -1)) if cut.weigh else None
    if cut.sort:
        # A row has one advantage, or one for each of its tokens.
        dead = (batch["advantages"] == 0).reshape(rows, -1).all(1).cpu() & cut.skip
        behind = int(tokens.max()) + 1
        key = torch.where(dead, tokens, tokens + behind)
        if cut.dead_first:
            key = torch.where(dead, tokens + 2 * behind, tokens)
        shares = order.view(cut.updates, -1)
        order = shares.gather(1, key[shares].argsort(dim=1, descending=True, stable=True)).flatten()
    parts = order.view(cut.parts, -1)
    return [_micro_batch(batch, part, cut, tokens, weights) for part in parts]


@dataclass(frozen=True)
class _Weights:
    """What each row weighs in a token mean, relative to a row of the largest part drawn."""

    rows: torch.Tensor  # at least 1
    largest: int  # tokens of that part

    @classmethod
    def of(cls, tokens: torch.Tensor, drawn: torch.Tensor) -> "_Weights":
        sizes = tokens[drawn].sum(1).clamp(min=1)
        rows = torch.empty(len(tokens), dtype=torch.double)
        rows[drawn.flatten()] = (sizes.max() / sizes.double()).repeat_interleave(drawn.size(1))
        return cls(rows, int(sizes.max()))


def _micro_batch(
    batch: Batch, rows: torch.Tensor, cut: Cut, tokens: torch.Tensor, weights: _Weights | None
) -> dict[str, Any]:
    shape = batch["completion_ids"].shape
    device = batch["completion_ids"].device
    chosen = rows.to(device)
    width = max(1, last_position(batch["completion_mask"][chosen]))
    start = first_position(batch["prompt_mask"][chosen])
    part: dict[str, Any] = {}
    for name, value in batch.items():
        if not torch.is_tensor(value) or not value.ndim:
            part[name] = value
        elif name in ("prompt_ids", "prompt_mask"):
            part[name] = value[chosen][:, start:]
        elif value.shape == shape:
            part[name] = value[chosen][:, :width]
        else:
            part[name] = value[chosen]
    if cut.skip and bool((part["advantages"] == 0).all()):
        part[DEAD] = True
    if weights is not None:
        # A token mean divides by the weighted tokens of this micro-batch, but each row's share is
        # to be that in the part it was drawn into: hence the scale.
        part[ROW_WEIGHT] = weights.rows[rows, None].float().to(device)
        part[SCALE] = float((weights.rows[rows] * tokens[rows]).sum()) / weights.largest
    return part


def first_position(mask: torch.Tensor) -> int:
    """Return the first position that any row of `mask` has set."""
    return int(mask.argmax(1).min())


def last_position(mask: torch.Tensor) -> int:
    """Return one more than the last position that any row of `mask` has set."""
    positions = torch.arange(1, mask.size(1) + 1, device=mask.device)
    return int((mask.bool() * positions).max())
