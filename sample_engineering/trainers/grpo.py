"""TRL's GRPO trainer with a cheaper step for groups of rollouts of one prompt.

Everything that TRL does stays TRL's: the loss, the optimizer, vLLM, several processes. Two things
are done differently where they change nothing but the cost, and independently of each other:

- *Sampling* (transformers, a model that is whole on its device): the prompt is prefilled once and
  rows that have ended leave the batch, see `generation.sampling`.
- *Micro-batches* (whoever sampled, in any number of processes): rollouts of like length share one,
  their padding is cut, and those from which nothing can be learnt are not run, see
  `micro_batches`. The passes of the reference model and of the old policy are cut alike.

`neutral` lists the settings that leave them right; with any other, TRL's own path runs.

This module imports torch and TRL, so import it inside functions only.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import torch
from trl import GRPOTrainer
from trl.models import unwrap_model_for_generation

from sample_engineering.errors import TrainingError
from sample_engineering.generation.memory import BatchSizer
from sample_engineering.generation.sampling import StopTexts, row_noise, sample
from sample_engineering.trainers.endings import Endings
from sample_engineering.trainers.micro_batches import (
    DEAD,
    SCALE,
    Cut,
    first_position,
    last_position,
    micro_batches,
)
from sample_engineering.trainers.neutral import (
    BATCH_KEYS,
    COMPOSITION_FREE,
    FREE_IN_BATCHES,
    FREE_IN_SAMPLING,
    TOKEN_MEAN,
    set_beside,
)

# Share of the free memory for the rows of the sampler: what the training itself will still take is
# not taken yet in the first step.
_SAMPLER_SHARE = 0.5


class OneShotGRPOTrainer(GRPOTrainer):
    """`trl.GRPOTrainer` for groups of rollouts of one prompt or of few.

    Parameters
    ----------
    fast : bool
        Sample and cut as above where that is right, see `sampling_obstacle` and `batch_obstacle`;
        otherwise this is TRL's own trainer.
    rollout_seed : int
        Rollouts depend on this, the optimizer step and their number only, so that a resumed run,
        and one with another number of processes, draws the same ones.
    endings : Endings, optional
        What ends a rollout beside the end tokens that TRL knows: stop texts.
    *args, **kwargs
        As for `trl.GRPOTrainer`.
    """

    def __init__(
        self,
        *args: Any,
        fast: bool = True,
        rollout_seed: int = 0,
        endings: Endings | None = None,
        **kwargs: Any,
    ) -> None:
        self._buffered_inputs: list[dict[str, Any]] | None = None
        self._sizer: BatchSizer | None = None
        self.samples = self.cuts = False  # TRL's constructor may call what is overridden here
        super().__init__(*args, **kwargs)
        self.rollout_seed = rollout_seed
        self.endings = endings or Endings()
        self.samples = fast and self.sampling_obstacle() is None
        self.cuts = fast and self.batch_obstacle() is None
        # Of a vision-language model the positions are its own affair.
        self.positions = fast and not self._is_vlm and "position_ids" in _arguments(self.model)
        self.rollout_entropy: float | None = None  # of the last generation, in nats a token
        self.skipped_micro_batches = 0

    def whole_obstacle(self) -> str | None:
        """Return why `whole_model` cannot be sampled from, or None."""
        return _first(
            {
                "the model is sharded": self.is_deepspeed_enabled or self.is_fsdp_enabled,
                "the model keeps no past_key_values": "past_key_values"
                not in _arguments(self.model),
                "it is a vision model": self._is_vlm,
            },
            (),
        )

    def whole_model(self) -> AbstractContextManager[Any]:
        """Give the model as it is now, to sample from for as long as the context lasts."""
        found: AbstractContextManager[Any] = unwrap_model_for_generation(
            self.model_wrapped,
            self.accelerator,
            gradient_checkpointing_kwargs=self.args.gradient_checkpointing_kwargs,
        )
        return found

    def sampling_obstacle(self) -> str | None:
        """Return why TRL samples, or None."""
        reasons = {
            "vLLM samples": self.use_vllm,
            "the model is sharded": self.is_deepspeed_enabled or self.is_fsdp_enabled,
            "the model keeps no past_key_values": "past_key_values" not in _arguments(self.model),
            **self._foreign(),
        }
        return _first(reasons, set_beside(self.args, FREE_IN_SAMPLING))

    def batch_obstacle(self) -> str | None:
        """Return why TRL cuts the micro-batches, or None."""
        reasons = {
            f"the loss {self.loss_type} is not known": self.loss_type
            not in COMPOSITION_FREE | TOKEN_MEAN,
            "widths are padded to a multiple": self.pad_to_multiple_of is not None,
            **self._foreign(),
        }
        return _first(reasons, set_beside(self.args, FREE_IN_BATCHES))

    def _foreign(self) -> dict[str, bool]:
        return {
            "there are tools or an environment": bool(self.tools)
            or self.environment_factories is not None,
            "there is a rollout function": self.rollout_func is not None,
            "it is a vision model": self._is_vlm,
        }

    def obstacle(self) -> str | None:
        """Return in words what of this is TRL's own path and why, or None."""
        told = {"sampling": self.sampling_obstacle(), "micro-batches": self.batch_obstacle()}
        return "; ".join(f"{what}: {why}" for what, why in told.items() if why) or None

    @property
    def fast(self) -> bool:
        """Whether both are ours."""
        return self.samples and self.cuts

    @property
    def may_weigh(self) -> bool:
        """Whether rows need, and can have, the weights of the micro-batches they were drawn into.

        All terms of the loss must then be token means of a micro-batch.
        """
        return self.loss_type in TOKEN_MEAN and not self._composed

    @property
    def may_sort(self) -> bool:
        """Whether the loss stays the same however rollouts are spread over micro-batches."""
        free = self.loss_type in COMPOSITION_FREE and not self._entropy_bonus_enabled
        return (free and not self._composed) or self.may_weigh

    @property
    def _composed(self) -> bool:
        """Whether a term of the loss depends on who shares a micro-batch, beyond a token mean."""
        return bool(
            self.top_entropy_quantile < 1 or self.use_adaptive_entropy or self.aux_loss_enabled
        )

    @property
    def may_skip(self) -> bool:
        """Whether rollouts with advantage zero have a zero gradient, and may be left out."""
        # DeepSpeed counts the backward passes, so none may be left out there.
        return (
            self.may_sort
            and self.beta == 0
            and not self._entropy_bonus_enabled
            and not self.is_deepspeed_enabled
        )

    # TRL hands over the ids of every copy of a prompt and takes back those of the completions.
    def _generate_single_turn(
        self,
        prompt_ids: Sequence[Sequence[int]],
        images: Any,
        multimodal_fields: Any,
        num_generations: int,
        has_tool_images: bool = False,
    ) -> tuple[list[list[int]], Any]:
        if not self.samples:
            ids, logprobs = super()._generate_single_turn(
                prompt_ids, images, multimodal_fields, num_generations, has_tool_images
            )
            if not self.use_vllm and self.endings.texts:  # vLLM stopped there itself
                ids = [self.endings.cut_ids(row, self._tokenizer) for row in ids]
            return ids, logprobs
        with self.whole_model() as model:
            training = model.training
            model.eval()  # no dropout while sampling
            try:
                rollouts = self._sample(model, [tuple(ids) for ids in prompt_ids])
            finally:
                model.train(training)
        self.rollout_entropy = self._mean_entropy(rollouts)
        return [rollout.ids for rollout in rollouts], None

    def _sample(self, model: Any, prompts: list[tuple[int, ...]]) -> list[Any]:
        """Sample one rollout a row, prefilling each distinct prompt once a chunk."""
        order = sorted(range(len(prompts)), key=lambda row: (len(prompts[row]), prompts[row], row))
        results: list[Any] = [None] * len(prompts)
        if self._sizer is None:
            self._sizer = BatchSizer(model, share=_SAMPLER_SHARE)
        sizer = self._sizer
        seed = self.rollout_seed * 1_000_003 + self.state.global_step
        texts = self.endings.texts
        stops = StopTexts(self._tokenizer, texts) if texts else None
        first = self.accelerator.process_index * len(prompts)  # number of row 0 among all processes
        while order:
            lengths = len(prompts[order[0]]), self.max_completion_length
            rows = sizer.rows(*lengths, nucleus=self.top_p < 1 or bool(self.top_k), scores=True)
            same = [row for row in order if prompts[row] == prompts[order[0]]][:rows]
            with sizer.trying(len(same), sum(lengths)) as tried:
                rollouts = sample(
                    model,
                    [prompts[same[0]]],
                    n=len(same),
                    max_tokens=self.max_completion_length,
                    temperature=self.temperature,
                    top_p=self.top_p,
                    top_k=self.top_k or None,
                    eos_ids=self.eos_token_ids,
                    stops=stops,
                    noise=row_noise([first + row for row in same], seed),
                    entropy=True,
                )
            if tried.failed:  # fewer rows from now on
                continue
            for row, rollout in zip(same, rollouts, strict=True):
                results[row] = rollout
            done = set(same)
            order = [row for row in order if row not in done]
        return results

    def _mean_entropy(self, rollouts: Sequence[Any]) -> float:
        nats = sum(rollout.entropy * len(rollout.ids) for rollout in rollouts)
        tokens = sum(len(rollout.ids) for rollout in rollouts)
        if self.accelerator.num_processes > 1:
            sums = torch.tensor([nats, tokens], device=self.accelerator.device)
            nats, tokens = self.accelerator.reduce(sums, reduction="sum").tolist()
        return float(nats / tokens)

    def _prepare_inputs(self, generation_batch: Any) -> Any:
        if not self.cuts or not self.model.training:
            return super()._prepare_inputs(generation_batch)
        per_generation = self.args.steps_per_generation
        if self._step % (per_generation * self.num_iterations) == 0 or not self._buffered_inputs:
            batch = self._generate_and_score_completions(generation_batch)
            if unknown := set(batch) - BATCH_KEYS:
                raise RuntimeError(f"TRL's batch holds {min(unknown)}, which is not known here")
            self._buffered_inputs = self.micro_batches(batch)
        return self._buffered_inputs[self._step % per_generation]

    def micro_batches(self, batch: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Cut the rollouts of one generation into micro-batches; see `micro_batches`."""
        per_generation = self.args.steps_per_generation
        alone = self.accelerator.num_processes == 1
        cut = Cut(
            parts=per_generation,
            updates=max(1, per_generation // self.args.gradient_accumulation_steps),
            sort=self.may_sort,
            weigh=self.may_weigh,
            skip=self.may_skip,
            dead_first=not alone,
        )
        parts = micro_batches(batch, cut, self.rollout_seed + self.state.global_step)
        return parts if alone else self._agreed(parts, cut.updates)

    def _agreed(self, parts: list[dict[str, Any]], updates: int) -> list[dict[str, Any]]:
        """Skip the same micro-batches in every process, and never the one that joins gradients."""
        share = len(parts) // updates
        dead = torch.zeros(len(parts), dtype=torch.long, device=self.accelerator.device)
        for number, part in enumerate(parts):
            dead[number] = bool(part.get(DEAD)) and number % share < share - 1
        everywhere = self.accelerator.reduce(dead, reduction="sum")
        for part, count in zip(parts, everywhere.tolist(), strict=True):
            if count < self.accelerator.num_processes:
                part.pop(DEAD, None)
        return parts

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """Return TRL's loss, scaled where its rows are weighted; 0 where nothing can be learnt."""
        if not inputs.get(DEAD):
            loss = super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
            check_finite(loss, self.state.global_step)
            return loss * inputs[SCALE] if SCALE in inputs else loss
        self.skipped_micro_batches += 1
        parameters = [p for p in self.model.parameters() if p.requires_grad]
        if self.accelerator.sync_gradients and all(p.grad is None for p in parameters):
            # Not one micro-batch of this optimizer step was run. Its gradient is zero, which is not
            # the same to Adam as none: momentum and weight decay act, as they would in TRL.
            for parameter in parameters:
                parameter.grad = torch.zeros_like(parameter)
        return torch.zeros((), device=self.accelerator.device, requires_grad=True)

    def _get_per_token_logps_and_entropies(
        self,
        model: Any,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        logits_to_keep: int,
        batch_size: int | None = None,
        **further: Any,
    ) -> Any:
        if self.positions and bool((attention_mask[:, 0] == 0).any()):
            model = _with_positions(model)
        rows = input_ids.size(0)
        whole = super()._get_per_token_logps_and_entropies
        asked = {
            name for name, value in further.items() if value is not None and value is not False
        }
        if not self.cuts or asked or batch_size is None or batch_size >= rows:
            return whole(
                model, input_ids, attention_mask, logits_to_keep, batch_size=batch_size, **further
            )
        # The reference model and the old policy, over a whole generation.
        logps = torch.zeros(rows, logits_to_keep, device=input_ids.device)
        begin = input_ids.size(1) - logits_to_keep
        order = attention_mask[:, begin:].sum(1).argsort(descending=True, stable=True)
        for chosen in order.split(batch_size):
            mask = attention_mask[chosen]
            start = first_position(mask)
            width = max(1, last_position(mask[:, begin:]))
            columns = slice(start, begin + width)
            part, _, _ = whole(model, input_ids[chosen][:, columns], mask[:, columns], width)
            logps[chosen, :width] = part.to(logps.dtype)
        return logps, None, None


def check_finite(loss: torch.Tensor, step: int) -> None:
    """Raise TrainingError where a loss would make every weight NaN, before any is moved."""
    if not bool(torch.isfinite(loss.detach()).all()):
        raise TrainingError(
            f"the loss of step {step + 1} is not a finite number: a probability or a weight is "
            "none; lower `lr`, bound `max_grad_norm`, or go on from an earlier checkpoint"
        )


def _with_positions(model: Any) -> Callable[..., Any]:
    """Count positions from the first token that is no padding, as the sampler does.

    Without, models that learn a vector for each position (GPT-2) see a padded prompt shifted.
    """

    def positioned(**inputs: Any) -> Any:
        positions = (inputs["attention_mask"].cumsum(1) - 1).clamp(min=0)
        return model(position_ids=positions, **inputs)

    return positioned


def _arguments(model: Any) -> set[str]:
    """Return the names of what the model itself takes, below any adapters."""
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    return set(inspect.signature(type(inner).forward).parameters)


def _first(reasons: Mapping[str, bool], settings: Sequence[str]) -> str | None:
    held = [reason for reason, holds in reasons.items() if holds]
    if not held and settings:
        held = [f"`{settings[0]}` is set"]
    return held[0] if held else None
