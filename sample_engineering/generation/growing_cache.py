"""A key-value cache that grows in place instead of being copied at every token."""

from collections.abc import Sequence
from functools import cache
from typing import Any

_GROWTH = 1.5  # a full buffer is replaced by one this much longer
_LEAST_ROOM = 64  # tokens that it is longer at least


def growing_cache(model: Any) -> Any:
    """Return a DynamicCache for `model` whose ordinary layers write into spare room."""
    from transformers import DynamicCache
    from transformers.cache_utils import DynamicLayer

    cache = DynamicCache(config=model.config)
    cache.layers = [
        _growing_layer_class()() if type(layer) is DynamicLayer else layer for layer in cache.layers
    ]
    return cache


def all_growing(cached: Any) -> bool:
    """Whether each layer of a cache is an ordinary one, so that parts of it can be put together."""
    layers = cached.layers
    return bool(layers) and all(isinstance(layer, _growing_layer_class()) for layer in layers)


def put_together(model: Any, parts: Sequence[tuple[Any, Any]], count: int, width: int) -> Any:
    """Return one cache of rows that were read in parts, each padded on the left.

    Parameters
    ----------
    model : transformers causal language model
    parts : sequence of (tensor of int64, cache)
        The places of a part's rows, and their cache, `all_growing`.
    count, width : int
        Rows and tokens of the whole.
    """
    whole = growing_cache(model)
    for number, layer in enumerate(whole.layers):
        layer.fill([(rows, part.layers[number]) for rows, part in parts], count, width)
    return whole


@cache
def _growing_layer_class() -> type:
    # Made on first use because its base class lives in transformers, which is imported late.
    import torch
    from transformers.cache_utils import DynamicLayer

    class GrowingLayer(DynamicLayer):
        keys: Any
        values: Any
        _room: tuple[Any, Any] | None = None

        def update(self, key_states: Any, value_states: Any, *args: Any, **kwargs: Any) -> Any:
            if not self.is_initialized or self.keys.numel() == 0:
                return super().update(key_states, value_states, *args, **kwargs)
            old = self.keys.shape[-2]
            new = old + key_states.shape[-2]
            if self._room is None or self._room[0].shape[-2] < new:
                self._room = (_roomy(self.keys, new), _roomy(self.values, new))
            keys, values = self._room
            keys[:, :, old:new] = key_states
            values[:, :, old:new] = value_states
            self.keys, self.values = keys[:, :, :new], values[:, :, :new]
            return self.keys, self.values

        def fill(self, parts: Any, count: int, width: int) -> None:
            self.lazy_initialization(parts[0][1].keys, parts[0][1].values)
            length = max(int(width * _GROWTH), width + _LEAST_ROOM)
            rooms = []
            for name in ("keys", "values"):
                states = getattr(parts[0][1], name)
                # Zeros, since a number of any kind times a masked share of 0 must be 0.
                room = states.new_zeros(count, states.shape[1], length, states.shape[3])
                for rows, layer in parts:
                    states = getattr(layer, name)
                    room[rows, :, width - states.shape[2] : width] = states
                rooms.append(room)
            self._room = rooms[0], rooms[1]
            self.keys, self.values = (room[:, :, :width] for room in rooms)

        def reorder_cache(self, beam_idx: Any) -> None:
            length = self.get_seq_length()
            if self._room is None or len(beam_idx) > len(self.keys):
                self._room = None
                super().reorder_cache(beam_idx)
                return
            places = torch.arange(len(beam_idx), device=beam_idx.device)
            moved = (beam_idx != places).nonzero()[:, 0]
            keys, values = (room[: len(beam_idx)] for room in self._room)
            for states, room in zip((keys, values), self._room, strict=True):
                states[moved, :, :length] = room[beam_idx[moved], :, :length]
            self._room = keys, values
            self.keys, self.values = keys[:, :, :length], values[:, :, :length]

    return GrowingLayer


def _roomy(states: Any, needed: int) -> Any:
    length = max(needed, int(states.shape[-2] * _GROWTH), states.shape[-2] + _LEAST_ROOM)
    room = states.new_empty(*states.shape[:-2], length, states.shape[-1])
    room[:, :, : states.shape[-2]] = states
    return room
