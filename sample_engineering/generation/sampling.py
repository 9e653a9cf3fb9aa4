"""Sampling many completions of few prompts from a causal language model, cheaply.

Three things that a plain ``model.generate`` call on repeated prompts pays for and this does not:
each prompt is prefilled once and its cache repeated for the n completions; rows that have ended
leave the batch; and the key-value cache grows in place instead of being copied at every token.

The randomness is one uniform number per row and step, turned into a token through the inverse of
the cumulative distribution. So a row's tokens do not depend on which other rows are in the batch,
and two models sampled with the same numbers are compared like with like (common random numbers).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sample_engineering.generation.decoding import Decoder
from sample_engineering.generation.drawing import Drawer, Drawn
from sample_engineering.generation.model_kind import check_kind
from sample_engineering.generation.packed_linear import packed_linears

NOISE_BLOCK = 64  # steps of random numbers drawn at a time
DROP_SHARE = 0.05  # rows leave the batch once this share of it has ended
_STOP_MARGIN = 8  # tokens decoded before those that can hold a stop text

# (first step, number of steps) -> tensor of float32 in [0, 1), shape (rows, number of steps)
Noise = Callable[[int, int], Any]


@dataclass(frozen=True, slots=True)
class Rollout:
    """One sampled continuation.

    Parameters
    ----------
    ids : list of int
        Token ids, the end token included where the model wrote one.
    ended : bool
        Whether the model wrote an end token or the row was stopped.
    logprobs : list of float, optional
        Natural log-probability of each token under the model at temperature 1.
    entropy : float, optional
        Mean over its tokens of the entropy, in nats, of the distribution at the sampling
        temperature (before `top_p`).
    masses : list of float, optional
        Of each token, the logarithm of the sum over the vocabulary of p ** (1 / temperature).
    """

    ids: list[int]
    ended: bool
    logprobs: list[float] | None = None
    entropy: float | None = None
    masses: list[float] | None = None


def row_noise(keys: Sequence[int], seed: int) -> Noise:
    """Return random numbers that depend only on the seed, each row's key and the step.

    SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) over a counter, for all rows at once.
    """
    with np.errstate(over="ignore"):
        rows = _mix(_mix(np.asarray(keys, dtype=np.uint64)) + np.uint64(seed % 2**64))

    def block(start: int, width: int) -> Any:
        import torch

        steps = np.arange(start + 1, start + width + 1, dtype=np.uint64) * _GOLDEN
        with np.errstate(over="ignore"):
            bits = _mix(rows[:, None] + steps[None, :])
        # 24 bits fill a float32 exactly and never round up to 1.
        return torch.from_numpy((bits >> np.uint64(40)).astype(np.float32) * np.float32(2.0**-24))

    return block


_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def _mix(z: Any) -> Any:
    with np.errstate(over="ignore"):
        z = z + _GOLDEN
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def torch_noise(rows: int, generator: Any = None) -> Noise:
    """Return random numbers from a ``torch.Generator`` on the CPU (None: the global one)."""

    def block(start: int, width: int) -> Any:
        import torch

        return torch.rand(rows, width, generator=generator)

    return block


@dataclass(frozen=True)
class StopTexts:
    """Ends a row as soon as its text holds one of `texts`.

    Only the last `window` tokens are decoded. A token is at least a byte of text, so as many as the
    longest stop text has bytes hold the end of one; `_STOP_MARGIN` more come before, since the
    first token of a text may be decoded otherwise (without its space).

    Parameters
    ----------
    tokenizer : tokenizer
    texts : sequence of str
        Not empty.
    """

    tokenizer: Any
    texts: Sequence[str]

    @property
    def window(self) -> int:
        """Tokens to look at."""
        return max(len(text.encode("utf-8", "replace")) for text in self.texts) + _STOP_MARGIN

    def ended(self, tails: list[list[int]]) -> list[bool]:
        """Return whether each row, given by its last tokens, shall end."""
        texts = self.tokenizer.batch_decode(tails, skip_special_tokens=True)
        return [any(stop in text for stop in self.texts) for text in texts]


def sample(
    model: Any,
    prompts: Sequence[Sequence[int]],
    *,
    n: int = 1,
    max_tokens: int,
    temperature: float = 1.0,
    top_p: float = 1.0,
    top_k: int | None = None,
    eos_ids: Sequence[int] = (),
    stops: StopTexts | None = None,
    noise: Noise | None = None,
    logprobs: bool = False,
    entropy: bool = False,
    masses: bool = False,
    inputs: Mapping[str, Any] | None = None,
) -> list[Rollout]:
    """Sample `n` continuations of each prompt.

    Parameters
    ----------
    model : transformers causal language model
        Left in the mode (train or eval) it is in.
    prompts : sequence of token id sequences
        Not empty; prompts of different lengths are padded on the left.
    n : int
        Continuations a prompt.
    max_tokens : int
        Longest continuation, in tokens, at least 1.
    temperature : float
        0 is greedy.
    top_p : float
        Nucleus: the smallest set of tokens whose probability reaches this, in (0, 1].
    top_k : int, optional
        Only the so many most probable tokens are drawn from, before the nucleus is taken.
    eos_ids : sequence of int
        Tokens that end a continuation.
    stops : StopTexts, optional
        Texts that end a continuation.
    noise : callable, optional
        See `row_noise` and `torch_noise`; None is the latter with torch's global generator.
        Row ``i * n + j`` is continuation j of prompt i.
    logprobs, entropy, masses : bool
        Also return the log-probability of each token, the mean entropy, or the mass of each token's
        distribution, see `Rollout`.

    inputs : mapping, optional
        What a single prompt brings beside its tokens, see `Decoder`.

    Returns
    -------
    list of Rollout
        ``len(prompts) * n``, the continuations of a prompt side by side.

    Raises
    ------
    GenerationError
        If the model is of a kind that cannot be continued token by token (see `check_kind`).
    """
    import torch

    device = model.get_input_embeddings().weight.device
    rows = len(prompts) * n
    noise = noise or torch_noise(rows)
    draw = Drawer(temperature, top_p, top_k, logprobs=logprobs, entropy=entropy, mass=masses)
    # The trial is in words alone: tokens of images mean nothing without them.
    check_kind(model, _words(model, prompts[0]) if inputs else prompts[0])
    with torch.no_grad(), packed_linears(model, steps=max_tokens):
        decoder = Decoder(model, prompts, n, inputs)
        steps = _Steps(rows, max_tokens, device, stops, logprobs, entropy, masses)
        ends = torch.tensor(list(eos_ids), device=device, dtype=torch.long)
        block = None
        for step in range(max_tokens):
            uniforms = None
            if temperature > 0:
                column = step % NOISE_BLOCK
                if column == 0:
                    block = noise(step, min(NOISE_BLOCK, max_tokens - step)).to(device)
                assert block is not None
                uniforms = block[steps.rows, column]
            drawn = draw(decoder.logits, uniforms)
            keep = steps.record(step, drawn, ends)
            if keep is None or step + 1 == max_tokens:
                break
            tokens = drawn.tokens
            if len(keep) < len(tokens):
                tokens = tokens[keep]
                decoder.keep(keep)
            decoder.step(tokens)
    return steps.rollouts()


def _words(model: Any, prompt: Sequence[int]) -> list[int]:
    image = getattr(model.config, "image_token_id", getattr(model.config, "image_token_index", -1))
    return [token for token in prompt if token != image] or [prompt[-1]]


class _Steps:
    """What was sampled so far, and which rows are still in the batch."""

    def __init__(
        self,
        rows: int,
        max_tokens: int,
        device: Any,
        stops: StopTexts | None,
        logprobs: bool,
        entropy: bool,
        masses: bool,
    ) -> None:
        import torch

        self.stops = stops
        self.rows = torch.arange(rows, device=device)  # row number of each row of the batch
        self.ids = torch.zeros(rows, max_tokens, dtype=torch.long, device=device)
        self.lengths = torch.zeros(rows, dtype=torch.long, device=device)
        self.ended = torch.zeros(rows, dtype=torch.bool, device=device)
        self.logprobs = torch.zeros(rows, max_tokens, device=device) if logprobs else None
        self.entropy = torch.zeros(rows, device=device) if entropy else None
        self.masses = torch.zeros(rows, max_tokens, device=device) if masses else None

    def record(self, step: int, drawn: Drawn, ends: Any) -> Any:
        """Store one step; return the batch positions to go on with, or None if all have ended."""
        import torch

        tokens = drawn.tokens
        open_rows = ~self.ended[self.rows]
        self.ids[self.rows, step] = tokens
        self.lengths[self.rows] += open_rows
        if self.logprobs is not None:
            self.logprobs[self.rows, step] = drawn.logprobs
        if self.masses is not None:
            self.masses[self.rows, step] = drawn.mass
        if self.entropy is not None and drawn.entropy is not None:
            self.entropy[self.rows] += drawn.entropy * open_rows
        self.ended[self.rows] |= torch.isin(tokens, ends)
        if self.stops is not None:
            tails = self.ids[self.rows, max(0, step + 1 - self.stops.window) : step + 1].tolist()
            self.ended[self.rows] |= torch.tensor(self.stops.ended(tails), device=tokens.device)
        going = ~self.ended[self.rows]
        count = int(going.sum())
        if count == 0:
            return None
        keep = torch.arange(len(self.rows), device=tokens.device)
        if count > (1 - DROP_SHARE) * len(self.rows):
            return keep
        # The last rows fill the holes, so that only as many rows of the cache move as have ended.
        holes = (~going[:count]).nonzero()[:, 0]
        keep[holes] = going[count:].nonzero()[:, 0] + count
        self.rows = self.rows[keep[:count]]
        return keep[:count]

    def rollouts(self) -> list[Rollout]:
        ids, lengths = self.ids.tolist(), self.lengths.tolist()
        scores = None if self.logprobs is None else self.logprobs.tolist()
        masses = None if self.masses is None else self.masses.tolist()
        nats = None if self.entropy is None else (self.entropy / self.lengths).tolist()
        return [
            Rollout(
                ids=row[:length],
                ended=ended,
                logprobs=None if scores is None else scores[index][:length],
                entropy=None if nats is None else nats[index],
                masses=None if masses is None else masses[index][:length],
            )
            for index, (row, length, ended) in enumerate(
                zip(ids, lengths, self.ended.tolist(), strict=True)
            )
        ]
