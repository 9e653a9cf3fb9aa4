"""Algorithms that take the KL to the base model off the reward, and do not add it to the loss.

This module imports torch and TRL, so import it inside functions only.
"""

from typing import Any

import torch

from sample_engineering.trainers.steered import SteeredTrainer


class RewardKLTrainer(SteeredTrainer):
    """A trainer that knows how far each token has drifted from the base model."""

    def drift(self, batch: dict[str, Any]) -> torch.Tensor:
        """Return log-probability less that of the base model, of each token, and log its mean."""
        if "old_per_token_logps" not in batch:
            ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], dim=1)
            mask = torch.cat([batch["prompt_mask"], batch["completion_mask"]], dim=1)
            with torch.no_grad():
                batch["old_per_token_logps"], _, _ = self._get_per_token_logps_and_entropies(
                    self.model,
                    ids,
                    mask,
                    batch["completion_ids"].size(1),
                    batch_size=self.args.per_device_train_batch_size,
                )
        found: torch.Tensor = batch["old_per_token_logps"] - batch["ref_per_token_logps"]
        mask = batch["completion_mask"]
        self._metrics["train"]["kl"].append(self.token_mean(found, mask))
        return found

    def token_mean(self, values: torch.Tensor, mask: torch.Tensor) -> float:
        """Return the mean over the tokens of all processes."""
        sums = torch.stack([(values * mask).sum(), mask.sum().float()])
        total, count = self.accelerator.reduce(sums, reduction="sum").tolist()
        return float(total / max(count, 1.0))
