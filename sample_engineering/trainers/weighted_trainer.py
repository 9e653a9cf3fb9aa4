"""Weighted GRPO on the one-shot trainer: advantages of rare outcomes are amplified.

This module imports torch and TRL, so import it inside functions only.
"""

from typing import Any

import torch

from sample_engineering.trainers.algorithms.weighted_grpo import RARE
from sample_engineering.trainers.steered import SteeredTrainer


def rarity(outcomes: torch.Tensor, group_size: int, weight: float) -> torch.Tensor:
    """Return how much each rollout's advantage weighs.

    Parameters
    ----------
    outcomes : tensor, (groups * group_size,)
        Positive for right, 0 for wrong, NaN for undecided, which is never rare; those of a group
        side by side.
    group_size : int
    weight : float
        Of a rollout whose outcome is the rarer one of its group.

    Returns
    -------
    tensor, (groups * group_size,)
    """
    grouped = outcomes.view(-1, group_size)
    right = torch.where(grouped.isnan(), grouped, (grouped > 0).to(grouped))
    rate = right.nanmean(1, keepdim=True)
    rare = torch.where(rate < 0.5, right, torch.where(rate > 0.5, 1 - right, torch.zeros(())))
    return (1 + (weight - 1) * rare.nan_to_num(0.0)).flatten()


class WeightedTrainer(SteeredTrainer):
    """See `algorithms.weighted_grpo`."""

    def judged(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Return a generation with the advantages of rare outcomes amplified."""
        weights = rarity(self.outcomes, self.num_generations, self.options[RARE])
        own = self.mine(weights).to(batch["advantages"].device)
        return {**batch, "advantages": batch["advantages"] * own}
