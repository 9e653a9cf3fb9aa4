"""Algorithms that sample for a while, and then fine-tune the base model on what was sampled.

The steps of a recipe are spread over rounds. In a round the policy stands still and samples; at its
end the weights go back to the base model's, and supervised steps on the rollouts kept so far make
the policy of the next round. TRL's trainer sees steps in which nothing is to be learnt, so that its
loop, checkpoints and vLLM stay as they are.

This module imports torch and TRL, so import it inside functions only.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

import torch
from transformers import TrainerCallback

from sample_engineering.errors import TrainingError
from sample_engineering.trainers.grpo import check_finite
from sample_engineering.trainers.steered import SteeredTrainer

_IGNORED = -100  # a label that counts for nothing


@dataclass(frozen=True)
class Rollout:
    """One rollout as it is kept to be learnt from.

    Parameters
    ----------
    sample : int
        Number of its sample.
    ids : tuple of int
        The tokens of the answer, its end token too.
    good : bool
        Whether its reward was positive.
    """

    sample: int
    ids: tuple[int, ...]
    good: bool


def distinct(rollouts: Sequence[Rollout]) -> list[Rollout]:
    """Return the first of each rollout that was sampled more than once, in their order."""
    return list(dict.fromkeys(rollouts))


def ends_of_rounds(steps: int, rounds: int) -> list[int]:
    """Return the steps after which rounds end: as even as can be, the last at the end.

    >>> ends_of_rounds(10, 4)
    [3, 5, 8, 10]
    """
    return sorted({ceil(steps * number / rounds) for number in range(1, rounds + 1)})


class SupervisedTrainer(SteeredTrainer):
    """See `algorithms.expert_iteration` and `algorithms.return_conditioned`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rollouts: list[Rollout] = []
        self.ends = ends_of_rounds(self.recipe.steps, self.options["rounds"])
        self.lessons: dict[tuple[int, str], list[int]] = {}
        # Adam without gradients and moments moves nothing, but decay would.
        self.decay, self.args.weight_decay = self.args.weight_decay, 0.0
        self.base = {
            name: weights.detach().cpu().clone() for name, weights in self._trained().items()
        }
        self.add_callback(_RoundsEnd(self))

    def unfit(self) -> str | None:
        """Return why this model will not do: its weights are put back and stepped here."""
        if self.is_deepspeed_enabled or self.is_fsdp_enabled:
            return "it puts weights back, and the model is sharded"
        if self._is_vlm:
            return "it fine-tunes on text, and the model takes images"
        return None

    # What a subclass says.

    def lesson(self, rollout: Rollout) -> str | None:
        """Return the column of the prompt that a rollout is learnt under; None leaves it out."""
        return "prompt" if rollout.good else None

    @property
    def round(self) -> int:
        """The rounds that are over."""
        return sum(end <= self.state.global_step for end in self.ends)

    # Sampling.

    @property
    def may_skip(self) -> bool:
        """There is nothing to learn in a step: see `judged`."""
        return True

    @property
    def may_sort(self) -> bool:
        """Nothing depends on who shares a micro-batch."""
        return True

    @property
    def may_weigh(self) -> bool:
        """There is nothing to weigh."""
        return False

    def judged(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Return the generation with no advantages; TRL's optimizer step does nothing."""
        return {**batch, "advantages": torch.zeros_like(batch["advantages"])}

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        batch = super()._generate_and_score_completions(inputs)
        if self.model.training:
            self._keep(inputs, batch)
        return batch

    def _keep(self, inputs: list[dict[str, Any]], batch: Mapping[str, Any]) -> None:
        from accelerate.utils import gather_object

        lengths = batch["completion_mask"].sum(1).tolist()
        outcomes = self.mine(self.outcomes).tolist()
        own = [
            (row.get("sample_index", 0), tuple(ids[:length]), outcome > 0)
            for row, ids, length, outcome in zip(
                inputs, batch["completion_ids"].tolist(), lengths, outcomes, strict=True
            )
            # One that was cut may be masked whole; an undecided one is neither good nor bad.
            if length and outcome == outcome
        ]
        for row in inputs:
            for column in ("prompt", *self._marks):
                key = int(row.get("sample_index", 0)), column
                if key not in self.lessons:
                    self.lessons[key] = list(self._tokenize_prompts([row[column]])[0][0])
        every = gather_object(own) if self.accelerator.num_processes > 1 else own
        self.rollouts = distinct([*self.rollouts, *(Rollout(*one) for one in every)])

    @property
    def _marks(self) -> Sequence[str]:
        return ()

    # Learning, at the ends of rounds.

    def end_round(self) -> None:
        """Fine-tune the base model on what was kept, if a round is over."""
        if self.state.global_step not in self.ends:
            return
        rows = [
            (self.lessons[rollout.sample, column], list(rollout.ids))
            for rollout in self.rollouts
            if (column := self.lesson(rollout)) is not None
        ]
        self._metrics["train"]["supervised/rollouts"].append(float(len(rows)))
        if not rows:  # nothing was right yet: the policy stays, and samples on
            return
        with torch.no_grad():
            for name, weights in self._trained().items():
                weights.copy_(self.base[name])
        losses = self._learn(rows)
        self._metrics["train"]["supervised/loss"].append(sum(losses) / len(losses))

    def _learn(self, rows: list[tuple[list[int], list[int]]]) -> list[float]:
        """Make the supervised steps of one round, and return the loss of each, in nats a token."""
        optimizer: torch.optim.Optimizer = getattr(self.optimizer, "optimizer", self.optimizer)
        optimizer.state.clear()  # each round begins anew
        for group in optimizer.param_groups:
            group["weight_decay"] = self.decay
        parameters = list(self._trained().values())
        begun = max([0, *(end for end in self.ends if end < self.state.global_step)])
        steps = self.options["supervised_steps"] or self.state.global_step - begun
        draw = random.Random(f"{self.rollout_seed} {self.round}")
        queue: list[tuple[list[int], list[int]]] = []
        losses = []
        self.model.train()
        for _ in range(steps):
            batch: list[tuple[list[int], list[int]]] = []
            while len(batch) < min(self.recipe.rollouts, len(rows)):
                if not queue:
                    queue = draw.sample(rows, len(rows))
                batch.append(queue.pop())
            losses.append(self._gradient(batch))
            torch.nn.utils.clip_grad_norm_(parameters, self.recipe.max_grad_norm)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        optimizer.state.clear()  # moments would move the weights while nothing is learnt
        for group in optimizer.param_groups:
            group["weight_decay"] = 0.0
        return losses

    def _gradient(self, batch: list[tuple[list[int], list[int]]]) -> float:
        """Add up the gradient of the mean loss of all tokens of the answers of a batch."""
        world, rank = self.accelerator.num_processes, self.accelerator.process_index
        tokens = sum(len(answer) for _, answer in batch)
        batch = sorted(batch, key=lambda row: len(row[0]) + len(row[1]))
        own = batch[rank::world]
        size = self.args.per_device_train_batch_size
        total = 0.0
        model = self.accelerator.unwrap_model(self.model)
        for first in range(0, len(own), size):
            ids, mask, labels = _padded(own[first : first + size], self._tokenizer.pad_token_id)
            device = self.accelerator.device
            asked = {"input_ids": ids, "attention_mask": mask, "labels": labels}
            asked = {name: value.to(device) for name, value in asked.items()}
            # TRL's head: it makes no logits of the whole vocabulary, and has the temperature at
            # which the rollouts were sampled.
            with self.accelerator.autocast():
                found = model(**asked, fused_lm_head=True).log_probs
            loss = -found[asked["labels"][:, 1:] != _IGNORED].sum()
            check_finite(loss, self.state.global_step)
            (loss / tokens).backward()
            total += float(loss.detach())
        if world > 1:
            for weights in self._trained().values():
                if weights.grad is None:
                    weights.grad = torch.zeros_like(weights)
                weights.grad = self.accelerator.reduce(weights.grad, reduction="sum")
            told = torch.tensor(total, device=self.accelerator.device)
            total = float(self.accelerator.reduce(told, reduction="sum"))
        return total / tokens

    def _trained(self) -> dict[str, Any]:
        model = self.accelerator.unwrap_model(self.model)
        return {name: p for name, p in model.named_parameters() if p.requires_grad}

    # Checkpoints.

    def kept(self) -> dict[str, Any]:
        """Return also the rollouts, and, of adapters, what they began as."""
        kept = super().kept() | {"rollouts": [asdict(one) for one in self.rollouts]}
        kept["lessons"] = [[*key, ids] for key, ids in self.lessons.items()]
        if self.recipe.lora_rank:  # drawn by chance; whole weights are those of the base model
            kept |= {f"base.{name}": weights for name, weights in self.base.items()}
        return kept

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Take back also the rollouts."""
        super().restore(kept)
        try:
            self.rollouts = [
                Rollout(int(one["sample"]), tuple(one["ids"]), bool(one["good"]))
                for one in kept.get("rollouts", [])
            ]
            self.lessons = {
                (int(sample), str(column)): list(ids)
                for sample, column, ids in kept.get("lessons", [])
            }
        except (KeyError, TypeError, ValueError) as error:
            raise TrainingError(f"the rollouts of the checkpoint are damaged ({error})") from error
        for name in self.base:
            if f"base.{name}" in kept:
                self.base[name] = kept[f"base.{name}"]


class ConditionedTrainer(SupervisedTrainer):
    """See `algorithms.return_conditioned`: good and bad rollouts are learnt under their marks."""

    @property
    def _marks(self) -> Sequence[str]:
        return ("good", "bad")

    def lesson(self, rollout: Rollout) -> str | None:
        """Every rollout is learnt, under what came of it."""
        return "good" if rollout.good else "bad"

    def posed(self, row: Mapping[str, Any]) -> Any:
        """The base model knows no marks; from the second round on a good answer is asked for."""
        return row["good"] if self.round else row["prompt"]


class _RoundsEnd(TrainerCallback):
    """Ends a round before anything is saved or looked at."""

    def __init__(self, trainer: SupervisedTrainer) -> None:
        self._trainer = trainer

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._trainer.end_round()


def _padded(
    rows: list[tuple[list[int], list[int]]], pad: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return ids, mask and labels of prompts with their answers, padded at their ends."""
    width = max(len(prompt) + len(answer) for prompt, answer in rows)
    ids = torch.full((len(rows), width), pad)
    mask = torch.zeros(len(rows), width, dtype=torch.long)
    labels = torch.full((len(rows), width), _IGNORED)
    for place, (prompt, answer) in enumerate(rows):
        end = len(prompt) + len(answer)
        ids[place, :end] = torch.tensor([*prompt, *answer])
        mask[place, :end] = 1
        labels[place, len(prompt) : end] = torch.tensor(answer)
    return ids, mask, labels
