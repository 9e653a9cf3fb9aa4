"""A key-value cache that grows in place instead of being copied at every token."""

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
