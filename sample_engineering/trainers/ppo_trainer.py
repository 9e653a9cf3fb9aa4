"""PPO on the one-shot trainer: a value head, and advantages of tokens.

This module imports torch and TRL, so import it inside functions only.
"""

from collections.abc import Mapping
from typing import Any

import torch

from sample_engineering.trainers.reward_kl import RewardKLTrainer
from sample_engineering.trainers.values import ValueHead, gae, products, returns_of

_LEAST = 1e-8  # beside a standard deviation


class PPOTrainer(RewardKLTrainer):
    """See `algorithms.ppo`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        model = self.accelerator.unwrap_model(self.model)
        self.head = ValueHead(
            model.config.get_text_config().hidden_size,
            self.options["value_decay"],
            self.options["value_ridge"],
            self.accelerator.device,
        )

    def unfit(self) -> str | None:
        """Return why this model will not do: what is sharded has no hidden states to read."""
        if self.is_deepspeed_enabled or self.is_fsdp_enabled:
            return "its value head reads hidden states, and the model is sharded"
        if self._is_vlm:
            return "its value head reads hidden states of text, and the model takes images"
        return None

    @property
    def may_skip(self) -> bool:
        """Every token has an advantage of its own."""
        return False

    def kept(self) -> dict[str, Any]:
        """Return also what the head has learnt."""
        return super().kept() | {"gram": self.head.gram, "moments": self.head.moments}

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Take back also what the head had learnt."""
        super().restore(kept)
        if "gram" in kept:
            self.head.gram = kept["gram"].to(self.head.gram)
            self.head.moments = kept["moments"].to(self.head.moments)

    def judged(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Return a generation with an advantage for each token."""
        mask = batch["completion_mask"]
        rewards = torch.zeros(mask.shape, device=mask.device)
        if self.beta:
            rewards -= self.beta * self.drift(batch)
        lengths = mask.sum(1)
        rows = torch.arange(len(lengths), device=mask.device)
        # A rollout that is masked, because it was cut, has no last token.
        told = self.mine(self.rewards).to(rewards) * (lengths > 0)
        rewards[rows, (lengths - 1).clamp(min=0)] += told
        gamma = self.options["gamma"]
        returns = returns_of(rewards, mask, gamma)
        values = self._expected(batch, returns)
        mistaken = self._variance(returns - values, mask)
        explained = 1 - mistaken / max(self._variance(returns, mask), _LEAST)
        self._metrics["train"]["value/explained"].append(explained)
        found = gae(rewards, values, mask, gamma, self.options["gae_lambda"])
        mean, spread = self.token_mean(found, mask), self._variance(found, mask) ** 0.5
        return {**batch, "advantages": (found - mean) / (spread + _LEAST) * mask}

    def _expected(self, batch: dict[str, Any], returns: torch.Tensor) -> torch.Tensor:
        """Return what the head expected before each token, and let it learn what came.

        It expects by earlier steps alone: a head that had seen these returns would explain them by
        themselves, and take them out of the advantages.
        """
        mask = batch["completion_mask"].bool()
        ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], dim=1)
        seen = torch.cat([batch["prompt_mask"], batch["completion_mask"]], dim=1)
        head = self.head.fitted()
        values = torch.zeros(returns.shape, device=returns.device)
        gram, moments = torch.zeros_like(self.head.gram), torch.zeros_like(self.head.moments)
        order = torch.arange(len(ids), device=ids.device)
        for rows in order.split(self.args.per_device_train_batch_size):
            hidden = self._hidden(ids[rows], seen[rows], returns.size(1))
            values[rows] = head(hidden)
            chosen = mask[rows]
            more = products(hidden[chosen], returns[rows][chosen])
            gram, moments = gram + more[0], moments + more[1]
        gram = self.accelerator.reduce(gram, reduction="sum")
        moments = self.accelerator.reduce(moments, reduction="sum")
        self.head.learn(gram, moments)
        return values

    def _hidden(self, ids: torch.Tensor, mask: torch.Tensor, width: int) -> torch.Tensor:
        """Return the last hidden state before each of the last `width` tokens."""
        model = self.accelerator.unwrap_model(self.model)
        inner = model.get_base_model() if hasattr(model, "get_base_model") else model
        asked = {"input_ids": ids, "attention_mask": mask}
        if self.positions:  # as in the other passes, see `grpo`
            asked["position_ids"] = (mask.cumsum(1) - 1).clamp(min=0)
        with torch.no_grad(), self.accelerator.autocast():
            found = inner.base_model(**asked).last_hidden_state
        hidden: torch.Tensor = found[:, -width - 1 : -1].float()
        return hidden

    def _variance(self, values: torch.Tensor, mask: torch.Tensor) -> float:
        """Return the variance over the tokens of all processes."""
        mean = self.token_mean(values, mask)
        return self.token_mean((values - mean) ** 2, mask)

    def _compute_loss(self, model: Any, inputs: dict[str, Any]) -> torch.Tensor:
        """Return TRL's clipped loss without its KL term: that is in the rewards."""
        beta: float = self.args.beta
        self.beta = 0.0
        try:
            loss: torch.Tensor = super()._compute_loss(model, inputs)
        finally:
            self.beta = beta
        return loss
