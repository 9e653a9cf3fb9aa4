"""From the scores of the vocabulary to one token a row, in few passes over the memory.

A token is the inverse of the cumulative distribution at a uniform number. Over a vocabulary of
50,000 tokens the sums take longer than many a layer, so there they are taken in two levels: of
blocks of tokens, and within the one block that is hit. Buffers are kept from step to step, since a
fresh one of some megabytes costs more in page faults than the arithmetic done in it.
"""

from dataclasses import dataclass, field
from typing import Any

# Tokens that are summed as one; 256 of 49,152 leave 192 blocks, so both levels are short.
BLOCK = 256
# From this vocabulary on, two levels. Below, the plain sums are fast, and their last digits stay
# what they have been (the embedded model's figures depend on them).
LARGE_VOCABULARY = 4_096
# A nucleus among more candidates than these is narrowed down by sums before anything is sorted.
MANY_CANDIDATES = 1_024
_HALVINGS = 10
_ENOUGH = 1 + 1e-5  # the sums are rounded
# The least score where entropies are asked for, so that zero probability times it is zero.
_LEAST_SCORE = -1e4


@dataclass
class Drawn:
    """One step's tokens.

    Parameters
    ----------
    tokens : tensor of int64, shape (rows,)
    logprobs : tensor of float32, shape (rows,), optional
        Of these tokens, at temperature 1, in nats.
    entropy : tensor of float32, shape (rows,), optional
        Of the distribution at the temperature, in nats.
    mass : tensor of float32, shape (rows,), optional
        Logarithm of the sum over the vocabulary of p ** (1 / temperature).
    """

    tokens: Any
    logprobs: Any = None
    entropy: Any = None
    mass: Any = None


@dataclass
class Drawer:
    """Draws tokens, and says how probable they were.

    Parameters
    ----------
    temperature : float
        0 is greedy.
    top_p : float
        Nucleus: the smallest set of tokens whose probability reaches this, in (0, 1].
    top_k : int, optional
        Only the so many most probable tokens are drawn from, before the nucleus is taken.
    logprobs, entropy, mass : bool
        What to return beside the tokens. There is no entropy, and no mass, of a greedy choice.
    """

    temperature: float
    top_p: float = 1.0
    top_k: int | None = None
    logprobs: bool = False
    entropy: bool = False
    mass: bool = False
    _buffers: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    def __call__(self, logits: Any, uniforms: Any) -> Drawn:
        """Draw one token a row.

        Parameters
        ----------
        logits : tensor, shape (rows, vocabulary)
            Left as it is.
        uniforms : tensor of float32 in [0, 1), shape (rows,), or None
            None where the temperature is 0.
        """
        drawn = self._drawn(logits, uniforms)
        if self.mass:
            scores = logits.float()
            drawn.mass = (scores / self.temperature).logsumexp(-1)
            drawn.mass -= scores.logsumexp(-1) / self.temperature
        return drawn

    def _drawn(self, logits: Any, uniforms: Any) -> Drawn:
        if logits.shape[-1] < LARGE_VOCABULARY:
            return self._plain(logits, uniforms)
        if self.temperature == 0:
            tokens = self._greatest(logits)
            return Drawn(tokens, self._scores(logits, tokens) if self.logprobs else None)
        return self._in_blocks(logits, uniforms)

    def _plain(self, logits: Any, uniforms: Any) -> Drawn:
        import torch

        entropy = None
        if self.temperature == 0:
            tokens = logits.argmax(-1)
        else:
            probabilities = torch.softmax(logits.float() / self.temperature, -1)
            if self.entropy:
                entropy = torch.special.entr(probabilities).sum(-1)
            tokens = _invert(probabilities, uniforms, self.top_p, self.top_k)
        logprobs = None
        if self.logprobs:
            scores = torch.log_softmax(logits.float(), -1)
            logprobs = scores.gather(1, tokens[:, None])[:, 0]
        return Drawn(tokens, logprobs, entropy)

    def _in_blocks(self, logits: Any, uniforms: Any) -> Drawn:
        import torch

        weights = self._shifted(logits, self.temperature)
        scores = None
        if self.entropy:
            scores = weights.clamp_(min=_LEAST_SCORE)
            weights = self._buffer("weights", weights.shape, weights.device)
            torch.exp(scores, out=weights)
        else:
            weights.exp_()
        sums = weights.view(len(weights), -1, BLOCK).sum(-1).cumsum(-1)
        total = sums[:, -1]
        if self.top_p < 1 or self.top_k is not None:
            tokens = self._of_nucleus(weights, total, uniforms)
        else:
            tokens = _in_two_levels(weights, sums, uniforms)
        entropy = None
        if scores is not None:
            mean = torch.bmm(weights[:, None], scores[:, :, None])[:, 0, 0] / total
            entropy = total.log() - mean
        return Drawn(tokens, self._scores(logits, tokens) if self.logprobs else None, entropy)

    def _of_nucleus(self, weights: Any, total: Any, uniforms: Any) -> Any:
        """Draw from the most probable tokens; only those that can be among them are sorted."""
        import torch

        rows, width = weights.shape
        if self.top_k is None:
            # Tokens below this have, all together, at most 1 - top_p: the others reach top_p.
            bound = total * ((1 - self.top_p) / width)
        elif self.top_k <= width // BLOCK:
            # As many blocks have a token at least as probable as the top_k-th block's best.
            best = weights.view(rows, -1, BLOCK).amax(-1)
            bound = best.topk(self.top_k).values[:, -1]
        else:
            bound = weights.topk(min(self.top_k, width)).values[:, -1]
        row, token = (weights >= bound[:, None]).nonzero(as_tuple=True)
        counts = torch.bincount(row, minlength=rows)
        place = torch.arange(len(row), device=row.device) - (counts.cumsum(0) - counts)[row]
        candidates = weights.new_zeros(rows, int(counts.max()))
        candidates[row, place] = weights[row, token]
        names = torch.zeros(candidates.shape, dtype=torch.long, device=row.device)
        names[row, place] = token
        if self.top_k is None and candidates.shape[1] > MANY_CANDIDATES:
            candidates, names = _fewer(candidates, names, bound, total * self.top_p)
        # What was left out still counts where the nucleus is a share of the whole.
        whole = total[:, None] if self.top_k is None else None
        kept = _nucleus(candidates, self.top_p, self.top_k, whole)
        sums = kept.cumsum(-1)
        found = torch.searchsorted(sums, _below(uniforms * sums[:, -1], sums[:, -1]), right=True)
        return names.gather(1, found)[:, 0]

    def _greatest(self, logits: Any) -> Any:
        """Return the first of the greatest; several times faster than one `argmax` on a CPU."""
        padded = self._padded(logits, -float("inf"))
        blocks = padded.view(len(padded), -1, BLOCK)
        hit = blocks.amax(-1).argmax(-1)
        return hit * BLOCK + _block(blocks, hit).argmax(-1)

    def _scores(self, logits: Any, tokens: Any) -> Any:
        """Return the log-probability of each token at temperature 1."""
        shifted = self._shifted(logits, 1.0)
        chosen = shifted.gather(1, tokens[:, None])[:, 0]
        return chosen - shifted.exp_().sum(-1).log()

    def _shifted(self, logits: Any, temperature: float) -> Any:
        """Return a buffer with the scores over the temperature, less the greatest of the row."""
        padded = self._padded(logits, -float("inf"))
        if temperature != 1:
            padded.mul_(1 / temperature)
        return padded.sub_(padded.amax(-1, keepdim=True))

    def _padded(self, logits: Any, fill: float) -> Any:
        rows, width = logits.shape
        buffer = self._buffer("scores", (rows, -(-width // BLOCK) * BLOCK), logits.device)
        buffer[:, :width].copy_(logits)
        buffer[:, width:] = fill
        return buffer

    def _buffer(self, name: str, shape: Any, device: Any) -> Any:
        import torch

        held = self._buffers.get(name)
        if held is None or held.shape[1] != shape[1] or len(held) < shape[0]:
            held = self._buffers[name] = torch.empty(*shape, device=device)
        return held[: shape[0]]


def _invert(probabilities: Any, uniforms: Any, top_p: float, top_k: int | None) -> Any:
    """Return one token a row: the inverse of the cumulative distribution at its uniform."""
    import torch

    if top_p < 1 or top_k is not None:
        probabilities = _nucleus(probabilities, top_p, top_k, None)
    cumulative = probabilities.cumsum(-1)
    # Scaled to the total, which rounding leaves near 1, so the found token never has probability 0.
    wanted = (uniforms[:, None] * cumulative[:, -1:]).contiguous()
    found = torch.searchsorted(cumulative, wanted, right=True)[:, 0]
    return found.clamp(max=probabilities.shape[-1] - 1)


def _nucleus(weights: Any, top_p: float, top_k: int | None, whole: Any) -> Any:
    """Return the weights with those outside `top_k` and `top_p` set to 0.

    Parameters
    ----------
    weights : tensor, shape (rows, tokens)
    whole : tensor, shape (rows, 1), or None
        What the shares are of; None is the sum of what `top_k` leaves, or 1 where there is none.
    """
    import torch

    ordered, order = weights.sort(-1, descending=True)
    if top_k is not None:
        ordered[:, top_k:] = 0
        ordered = ordered / ordered.sum(-1, keepdim=True)
    if top_p < 1:
        bound = top_p if whole is None else top_p * whole
        # A token stays if the tokens before it do not reach top_p yet; the first always stays.
        ordered = ordered * (ordered.cumsum(-1) - ordered < bound)
    return torch.zeros_like(weights).scatter(-1, order, ordered)


def _fewer(candidates: Any, names: Any, bound: Any, wanted: Any) -> tuple[Any, Any]:
    """Leave out candidates without which the others still sum to what is wanted of each row.

    Parameters
    ----------
    candidates, names : tensor, shape (rows, candidates)
    bound : tensor, shape (rows,)
        Those at least so great sum to enough; a greater bound is looked for between it and the
        greatest, halving the interval of logarithms.
    wanted : tensor, shape (rows,)
    """
    import torch

    low, high = bound.clamp(min=torch.finfo(bound.dtype).tiny).log(), candidates.amax(-1).log()
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        above = (candidates * (candidates >= middle.exp()[:, None])).sum(-1)
        enough = above > wanted * _ENOUGH
        low, high = torch.where(enough, middle, low), torch.where(enough, high, middle)
    most = int((candidates >= low.exp()[:, None]).sum(-1).max())
    places = candidates.topk(most).indices.sort(-1).values  # in the order of the vocabulary again
    return candidates.gather(1, places), names.gather(1, places)


def _in_two_levels(weights: Any, sums: Any, uniforms: Any) -> Any:
    """Return the token at each uniform.

    Parameters
    ----------
    weights : tensor, shape (rows, blocks * BLOCK)
    sums : tensor, shape (rows, blocks)
        Cumulative sums of the blocks.
    """
    import torch

    wanted = uniforms * sums[:, -1]
    hit = torch.searchsorted(sums, _below(wanted, sums[:, -1]), right=True)
    before = torch.where(hit > 0, sums.gather(1, (hit - 1).clamp(min=0)), 0.0)
    within = _block(weights.view(len(weights), -1, BLOCK), hit[:, 0]).cumsum(-1)
    rest = (wanted[:, None] - before)[:, 0].clamp(min=0)
    found = torch.searchsorted(within, _below(rest, within[:, -1]), right=True)
    return (hit * BLOCK + found)[:, 0]


def _below(wanted: Any, total: Any) -> Any:
    """Return `wanted` as a column, less than the total, so that the token found is not past it."""
    import torch

    return torch.minimum(wanted, torch.nextafter(total, torch.zeros_like(total)))[:, None]


def _block(blocks: Any, hit: Any) -> Any:
    """Return of each row the block that was hit, shape (rows, BLOCK)."""
    return blocks.gather(1, hit[:, None, None].expand(-1, 1, blocks.shape[-1]))[:, 0]
