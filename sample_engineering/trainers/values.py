"""A value head and what is made of it: the expected return of a rollout, token by token.

The head is linear on the last hidden states of the policy, and is fitted by least squares to the
returns of earlier rollouts. That is the regression that PPO's critic descends, solved exactly: a
run of a few dozen steps is too short to train a fresh head by gradient steps, and there is no
learning rate of the head to get wrong. Older rollouts count less each step.

This module imports torch, so import it inside functions only.
"""

from collections.abc import Callable
from typing import Any

import torch


def gae(
    rewards: torch.Tensor, values: torch.Tensor, mask: torch.Tensor, gamma: float, lam: float
) -> torch.Tensor:
    """Return generalised advantage estimates (arXiv 1506.02438, equation 16).

    Parameters
    ----------
    rewards : tensor, (rollouts, tokens)
        For each token.
    values : tensor, (rollouts, tokens)
        Expected return before each token; after the last one nothing is expected.
    mask : tensor, (rollouts, tokens)
        1 for the tokens of a rollout, which stand first.
    gamma : float
        Discount of a token.
    lam : float
        How far the estimate looks: 1 is the return less the value, 0 one token.

    Returns
    -------
    tensor, (rollouts, tokens)
        0 where there is no token.
    """
    mask = mask.to(values.dtype)
    rewards, values = rewards * mask, values * mask
    found = torch.zeros_like(values)
    after = torch.zeros_like(values[:, 0])  # advantage of the token after
    worth = torch.zeros_like(values[:, 0])  # value there
    for place in reversed(range(values.size(1))):
        surprise = rewards[:, place] + gamma * worth - values[:, place]
        after = (surprise + gamma * lam * after) * mask[:, place]
        worth = values[:, place]
        found[:, place] = after
    return found


def returns_of(rewards: torch.Tensor, mask: torch.Tensor, gamma: float) -> torch.Tensor:
    """Return the discounted sum of rewards from each token on, (rollouts, tokens)."""
    return gae(rewards, torch.zeros_like(rewards), mask, gamma, 1.0)


class ValueHead:
    """A linear function of hidden states with an intercept, fitted by ridge regression.

    Parameters
    ----------
    width : int
        Of the hidden states.
    decay : float
        Weight of all earlier rollouts when new ones come, 0 to 1.
    ridge : float
        Of the slope, in units of the mean variance of a feature; the intercept has none, so that a
        head which can tell nothing says the mean return.
    device : device, optional
    """

    def __init__(
        self, width: int, decay: float = 0.8, ridge: float = 0.1, device: Any = None
    ) -> None:
        size = width + 1
        self.decay, self.ridge = decay, ridge
        # Sums over tokens of products of features, the last being 1, and with the returns.
        self.gram = torch.zeros(size, size, dtype=torch.double, device=device)
        self.moments = torch.zeros(size, dtype=torch.double, device=device)

    def fitted(self) -> Callable[[torch.Tensor], torch.Tensor]:
        """Return the function from hidden states, (..., width), to the expected return, (...)."""
        count = self.gram[-1, -1]
        if count == 0:
            return lambda hidden: torch.zeros(hidden.shape[:-1], device=hidden.device)
        means = self.gram[-1, :-1] / count
        spread = self.gram[:-1, :-1] / count - torch.outer(means, means)
        level = self.moments[-1] / count
        along = self.moments[:-1] / count - means * level
        least = torch.finfo(torch.float).tiny
        penalty = self.ridge * spread.diagonal().mean().clamp(min=least)
        identity = torch.eye(len(means), dtype=torch.double, device=spread.device)
        slope = torch.linalg.solve(spread + penalty * identity, along)
        return lambda hidden: ((hidden.double() - means) @ slope + level).to(torch.float)

    def learn(self, gram: torch.Tensor, moments: torch.Tensor) -> None:
        """Take in the `products` of new rollouts; earlier ones count less from now on."""
        self.gram = self.decay * self.gram + gram
        self.moments = self.decay * self.moments + moments


def products(hidden: torch.Tensor, returns: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return what a `ValueHead` learns of hidden states, (tokens, width), with their returns."""
    ones = torch.ones(len(hidden), 1, dtype=torch.double, device=hidden.device)
    features = torch.cat([hidden.double(), ones], dim=1)
    return features.T @ features, features.T @ returns.double()
