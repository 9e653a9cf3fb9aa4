"""TRL's GRPOTrainer with a fast path for few prompts and many rollouts each.

Everything that TRL does stays TRL's: the loss, the optimizer, vLLM, several processes. In a single
process that samples with transformers, four things are done differently, none of which changes the
gradient: the prompt is prefilled once (`generation.sampling`), micro-batches hold rollouts of
similar length, their padding is cut, and micro-batches whose advantages are all zero are not run.

This module imports torch and TRL, so import it inside functions only.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from trl import GRPOTrainer
from trl.models import unwrap_model_for_generation

from sample_engineering.generation.sampling import row_noise, sample

# Losses that weigh a rollout alike whichever micro-batch it falls into, provided all have the same
# number of rows (TRL 1.16, GRPOTrainer._compute_loss). "bnpo" is a token mean per micro-batch.
COMPOSITION_FREE = frozenset({"dapo", "cispo", "vespo", "dr_grpo", "grpo", "sapo", "luspo"})
# Tensors of a batch whose second dimension is the position in the completion.
_PER_TOKEN = ("completion_ids", "completion_mask", "old_per_token_logps", "ref_per_token_logps")
_DEAD = "nothing_to_learn"
# Key-value cache of one call of the sampler, in bytes, on a CPU; a GPU gives half of what is free.
_CPU_CACHE_BYTES = 2 * 2**30


class OneShotGRPOTrainer(GRPOTrainer):
    """`trl.GRPOTrainer` for groups of rollouts of one prompt or of few.

    Parameters
    ----------
    fast : bool
        Use the fast path where it applies, see `obstacle`; otherwise this is TRL's own trainer.
    rollout_seed : int
        Rollouts depend on this, the optimizer step and the row only, so that a resumed run draws
        the same ones.
    *args, **kwargs
        As for `trl.GRPOTrainer`.
    """

    def __init__(self, *args: Any, fast: bool = True, rollout_seed: int = 0, **kwargs: Any) -> None:
        self._buffered_inputs: list[dict[str, Any]] | None = None
        super().__init__(*args, **kwargs)
        self.rollout_seed = rollout_seed
        self.fast = fast and self.obstacle() is None
        self.rollout_entropy: float | None = None  # of the last generation, in nats a token
        self.skipped_micro_batches = 0

    def obstacle(self) -> str | None:
        """Return why TRL's own path must be taken, or None."""
        args = self.args
        reasons = {
            "several processes": self.accelerator.num_processes > 1,
            "a sharded model": self.is_deepspeed_enabled or self.is_fsdp_enabled,
            "vLLM samples": self.use_vllm,
            "continuous batching": args.use_transformers_continuous_batching,
            "tools or an environment": bool(self.tools) or self.environment_factories is not None,
            "a rollout function": self.rollout_func is not None,
            "a vision model": self._is_vlm,
            "top_k, min_p, a repetition penalty or generation_kwargs": (
                bool(self.top_k)
                or self.min_p is not None
                or self.repetition_penalty != 1
                or bool(args.generation_kwargs)
            ),
            "padding to a multiple": self.pad_to_multiple_of is not None,
        }
        return next((reason for reason, holds in reasons.items() if holds), None)

    @property
    def may_sort(self) -> bool:
        """Whether the loss stays the same however rollouts are spread over micro-batches."""
        return (
            self.loss_type in COMPOSITION_FREE
            and not self._entropy_bonus_enabled
            and self.top_entropy_quantile == 1
            and not self.aux_loss_enabled
        )

    @property
    def may_skip(self) -> bool:
        """Whether rollouts with advantage zero have a zero gradient."""
        return self.may_sort and self.beta == 0

    # TRL hands over the ids of every copy of a prompt and takes back those of the completions.
    def _generate_single_turn(
        self,
        prompt_ids: Sequence[Sequence[int]],
        images: Any,
        multimodal_fields: Any,
        num_generations: int,
        has_tool_images: bool = False,
    ) -> tuple[list[list[int]], Any]:
        if not self.fast:
            theirs: tuple[list[list[int]], Any] = super()._generate_single_turn(
                prompt_ids, images, multimodal_fields, num_generations, has_tool_images
            )
            return theirs
        with unwrap_model_for_generation(
            self.model_wrapped,
            self.accelerator,
            gradient_checkpointing_kwargs=self.args.gradient_checkpointing_kwargs,
        ) as model:
            training = model.training
            model.eval()  # no dropout while sampling
            try:
                rollouts = self._sample(model, [tuple(ids) for ids in prompt_ids])
            finally:
                model.train(training)
        tokens = sum(len(rollout.ids) for rollout in rollouts)
        self.rollout_entropy = sum(r.entropy * len(r.ids) for r in rollouts) / tokens
        return [rollout.ids for rollout in rollouts], None

    def _sample(self, model: Any, prompts: list[tuple[int, ...]]) -> list[Any]:
        """Sample one rollout a row, prefilling each distinct prompt once a chunk."""
        order = sorted(range(len(prompts)), key=lambda row: (len(prompts[row]), prompts[row], row))
        results: list[Any] = [None] * len(prompts)
        longest = max(map(len, prompts)) + self.max_completion_length
        chunk = max(1, cache_tokens(model) // longest)
        seed = self.rollout_seed * 1_000_003 + self.state.global_step
        while order:
            same = [row for row in order if prompts[row] == prompts[order[0]]][:chunk]
            order = order[len(same) :]
            rollouts = sample(
                model,
                [prompts[same[0]]],
                n=len(same),
                max_tokens=self.max_completion_length,
                temperature=self.temperature,
                top_p=self.top_p,
                eos_ids=self.eos_token_ids,
                noise=row_noise(same, seed),
                entropy=True,
            )
            for row, rollout in zip(same, rollouts, strict=True):
                results[row] = rollout
        return results

    def _prepare_inputs(self, generation_batch: Any) -> Any:
        if not self.fast or not self.model.training:
            return super()._prepare_inputs(generation_batch)
        per_generation = self.args.steps_per_generation
        if self._step % (per_generation * self.num_iterations) == 0 or not self._buffered_inputs:
            batch = self._generate_and_score_completions(generation_batch)
            self._buffered_inputs = self.micro_batches(batch)
        return self._buffered_inputs[self._step % per_generation]

    def micro_batches(self, batch: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Cut the rollouts of one generation into trimmed micro-batches.

        Where the loss allows it, each optimizer step's share is sorted: rollouts with advantage
        zero last, the longest first. Shares are drawn at random where there are several.
        """
        rows = batch["completion_ids"].size(0)
        per_generation = self.args.steps_per_generation
        updates = max(1, per_generation // self.args.gradient_accumulation_steps)
        generator = torch.Generator().manual_seed(self.rollout_seed + self.state.global_step)
        shuffled = updates > 1 or not self.may_sort
        order = torch.randperm(rows, generator=generator) if shuffled else torch.arange(rows)
        if self.may_sort:
            lengths = batch["completion_mask"].sum(1).cpu()
            dead = (batch["advantages"] == 0).cpu() & self.may_skip
            key = torch.where(dead, lengths, lengths + self.max_completion_length + 1)
            shares = order.view(updates, -1)
            ranked = key[shares].argsort(dim=1, descending=True, stable=True)
            order = shares.gather(1, ranked).flatten()
        parts = order.view(per_generation, -1).to(batch["completion_ids"].device)
        return [self._micro_batch(batch, part) for part in parts]

    def _micro_batch(self, batch: Mapping[str, Any], rows: torch.Tensor) -> dict[str, Any]:
        part = {
            name: value[rows] if torch.is_tensor(value) and value.ndim else value
            for name, value in batch.items()
        }
        width = max(1, int(_last(part["completion_mask"])))
        for name in _PER_TOKEN:
            if name in part:
                part[name] = part[name][:, :width]
        start = int(part["prompt_mask"].argmax(1).min())
        part["prompt_ids"], part["prompt_mask"] = (
            part["prompt_ids"][:, start:],
            part["prompt_mask"][:, start:],
        )
        if self.may_skip and bool((part["advantages"] == 0).all()):
            part[_DEAD] = True
        return part

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        if not inputs.get(_DEAD):
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        self.skipped_micro_batches += 1
        parameters = [p for p in self.model.parameters() if p.requires_grad]
        if self.accelerator.sync_gradients and all(p.grad is None for p in parameters):
            # Not one micro-batch of this optimizer step was run. Its gradient is zero, which is not
            # the same to Adam as none: momentum and weight decay act, as they would in TRL.
            for parameter in parameters:
                parameter.grad = torch.zeros_like(parameter)
        return torch.zeros((), device=self.accelerator.device, requires_grad=True)


def _last(mask: torch.Tensor) -> torch.Tensor:
    """Return one more than the last position that any row of `mask` has set."""
    positions = torch.arange(1, mask.size(1) + 1, device=mask.device)
    return (mask.bool() * positions).max()


def cache_tokens(model: Any) -> int:
    """Return how many tokens of key-value cache the sampler may use at once."""
    config = model.config.get_text_config()
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    weight = model.get_input_embeddings().weight
    per_token = 2 * config.num_hidden_layers * heads * width * weight.element_size()
    if weight.device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(weight.device)
        return max(1, int(free // 2 // per_token))
    return max(1, int(_CPU_CACHE_BYTES // per_token))
