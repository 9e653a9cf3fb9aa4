"""RLOO on the one-shot trainer: its advantage and its loss, as in TRL's `RLOOTrainer`.

This module imports torch and TRL, so import it inside functions only.
"""

from typing import Any

import torch

from sample_engineering.trainers.reward_kl import RewardKLTrainer


def leave_one_out(rewards: torch.Tensor, group_size: int) -> torch.Tensor:
    """Return each reward less the mean of the others of its group (arXiv 2402.14740, equation 7).

    Parameters
    ----------
    rewards : tensor, (groups * group_size,)
        Those of a group side by side.
    group_size : int
    """
    grouped = rewards.view(-1, group_size)
    others = (grouped.sum(1, keepdim=True) - grouped) / (group_size - 1)
    return (grouped - others).flatten()


class RLOOTrainer(RewardKLTrainer):
    """See `algorithms.rloo`."""

    @property
    def may_weigh(self) -> bool:
        """Rows need no weights: the loss is a mean over rollouts."""
        return False

    @property
    def may_sort(self) -> bool:
        """The loss is the same however rollouts are spread over micro-batches."""
        return True

    @property
    def may_skip(self) -> bool:
        """A rollout with advantage zero has a zero gradient: the KL is in the reward."""
        return not self.is_deepspeed_enabled

    def unfit(self) -> str | None:
        """Return why this model will not do: the loss is no longer TRL's."""
        return self.own_loss_obstacle()

    def judged(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Return a generation with leave-one-out advantages."""
        rewards = self.rewards
        if self.beta:
            drift = self.drift(batch)
            kl = self.accelerator.gather((drift * batch["completion_mask"]).sum(1))
            rewards = rewards - self.beta * kl.to(rewards.device)
        found = self.mine(leave_one_out(rewards, self.num_generations))
        return {**batch, "advantages": found.to(batch["advantages"].device)}

    def _compute_loss(self, model: Any, inputs: dict[str, Any]) -> torch.Tensor:
        mask = inputs["completion_mask"]
        logps, entropies, _ = self._get_per_token_logps_and_entropies(
            model,
            torch.cat([inputs["prompt_ids"], inputs["completion_ids"]], dim=1),
            torch.cat([inputs["prompt_mask"], mask], dim=1),
            inputs["completion_ids"].size(1),
            compute_entropy=True,
        )
        old = inputs.get("old_per_token_logps")
        old = logps.detach() if old is None else old
        ratio = torch.exp(((logps - old) * mask).sum(1))
        bounds = 1 - self.epsilon_low, 1 + self.epsilon_high
        advantages = inputs["advantages"]
        gains = torch.min(ratio * advantages, ratio.clamp(*bounds) * advantages)
        clipped = ((ratio < bounds[0]) & (advantages < 0)) | (
            (ratio > bounds[1]) & (advantages > 0)
        )
        logged = self._metrics["train"]
        logged["entropy"].append(self.token_mean(entropies, mask))
        logged["clip_ratio/region_mean"].append(
            self.accelerator.gather(clipped.float()).mean().item()
        )
        return -gains.mean() / self.current_gradient_accumulation_steps
