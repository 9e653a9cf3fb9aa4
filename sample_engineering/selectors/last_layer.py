"""Gradients of the output layer, in closed form: what a training step on a text would do there.

For a token with probabilities p, its one-hot vector e and the hidden state h before it, the
gradient of -log p(token) by the output matrix is (p - e) h^T: a forward pass is enough. A large one
is sketched as A (p - e) (B h)^T with fixed random A and B, which keeps products and cosines up to
about one part in the root of the sketch's size.

References
----------
Random projection of gradients as in LESS (arXiv 2402.04333) and CROPI (arXiv 2510.26491).
"""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import ConfigError
from sample_engineering.selectors.weights import Row, Weights

if TYPE_CHECKING:
    import numpy

# Numbers of all gradients together that are kept whole, 1 GB; more are sketched as SIDE x SIDE.
WHOLE = 2**27
SIDE = 96
_LINEAR = 1e-2  # relative error up to which the logits are the output layer of the state


class LastLayer:
    """Gradients of weighted texts by the output matrix of a model.

    Parameters
    ----------
    weights : Weights
    texts : int
        How many gradients there will be; those to be compared come from one `LastLayer`.
    seed : int
        Of the sketch.

    Raises
    ------
    ConfigError
        If the model's logits are no linear map of its last hidden state.
    """

    def __init__(self, weights: Weights, texts: int, seed: int = 0) -> None:
        self.weights = weights
        self.texts = texts
        self.head = weights.model.get_output_embeddings()
        self.seed = seed

    @cached_property
    def _sketch(self) -> "tuple[Any, Any] | None":
        import torch

        vocabulary, width = self.head.weight.shape
        if self.texts * vocabulary * width <= WHOLE:
            return None
        source = torch.Generator().manual_seed(self.seed)
        device = self.head.weight.device
        left = torch.randn((SIDE, vocabulary), generator=source) / SIDE**0.5
        right = torch.randn((SIDE, width), generator=source) / SIDE**0.5
        return left.to(device), right.to(device)

    def gradients(
        self, rows: Sequence[Row], starts: Sequence[int], shares: Sequence[float], of: Sequence[int]
    ) -> "numpy.ndarray":
        """Return one gradient for each text, summed over rows that share a number.

        Parameters
        ----------
        rows, starts
            Token ids, and the first that counts, as `Weights.surprisals` takes them.
        shares : sequence of float
            Weight of each row's mean over its tokens, e.g. its advantage.
        of : sequence of int
            Number from 0 of the text that a row adds to.

        Returns
        -------
        ndarray of float, shape (texts, size)
            Gradients of the weighted -log p; flat.
        """
        import numpy as np
        import torch

        total: list[Any] = [None] * (max(of, default=-1) + 1)

        def read(place: int, logits: Any, states: Any) -> None:
            row, start = rows[place], starts[place]
            if place == 0:
                self._check(logits, states)
            if start >= len(row) or shares[place] == 0:
                return
            before = slice(start - 1, len(row) - 1)
            wrong = logits[before].softmax(-1)
            wrong[range(len(row) - start), list(row[start:])] -= 1
            state = states[before]
            if self._sketch is not None:
                left, right = self._sketch
                wrong, state = wrong @ left.T, state @ right.T
            mine = (wrong.T @ state).flatten().double() * (shares[place] / (len(row) - start))
            total[of[place]] = mine if total[of[place]] is None else total[of[place]] + mine

        self.weights.both(rows, read)
        size = next((len(one) for one in total if one is not None), 1)
        none = torch.zeros(size, dtype=torch.float64)
        return np.stack([(none if one is None else one).cpu().numpy() for one in total])

    def _check(self, logits: Any, states: Any) -> None:
        made = self.head(states[:1].to(self.head.weight.dtype)).float()
        scale = float(logits[:1].abs().max()) or 1.0
        if float((made - logits[:1]).abs().max()) > _LINEAR * scale:
            raise ConfigError(
                "`model`: its logits are not its output layer of the last hidden state, so "
                "gradients cannot be taken there; leave gradient_alignment out"
            )
