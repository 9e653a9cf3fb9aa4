"""The one-shot trainer with the places at which an algorithm may steer it.

An algorithm may pose another prompt, make advantages of rewards in its own way, have a loss of its
own, and keep something between steps. The base class does what the recipe says for every algorithm:
it weighs groups by difficulty and poses hints.

This module imports torch and TRL, so import it inside functions only.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from sample_engineering.errors import ConfigError, TrainingError
from sample_engineering.trainers.difficulty import HINTED, weight
from sample_engineering.trainers.grpo import OneShotGRPOTrainer
from sample_engineering.trainers.recipes import Recipe
from sample_engineering.trainers.rewarder import Generation

_STATE, _TENSORS = "algorithm.json", "algorithm.safetensors"  # in a checkpoint


class SteeredTrainer(OneShotGRPOTrainer):
    """`OneShotGRPOTrainer` for an algorithm of a recipe.

    Parameters
    ----------
    recipe : Recipe
        Whose algorithm and difficulty settings it follows.
    *args, **kwargs
        As for `OneShotGRPOTrainer`.

    Raises
    ------
    ConfigError
        If the algorithm cannot train this model here, see `unfit`.
    """

    def __init__(self, *args: Any, recipe: Recipe | None = None, **kwargs: Any) -> None:
        self.recipe = recipe or Recipe()
        self.options: Mapping[str, Any] = self.recipe.algorithm_options
        self.pass_rates: dict[int, float] = {}  # of each sample, in the last step it was posed
        self.rewards = torch.empty(0)  # of the last generation, of all processes
        super().__init__(*args, **kwargs)
        if why := self.unfit():
            raise ConfigError(
                f"the algorithm {self.recipe.algorithm} cannot train here: {why}; choose another "
                "`algorithm`"
            )

    # What an algorithm may say.

    def unfit(self) -> str | None:
        """Return why this model, or this way of running it, will not do."""
        return None

    def posed(self, row: Mapping[str, Any]) -> Any:
        """Return the prompt of a row of the dataset: one of its columns."""
        rate = self.pass_rates.get(row.get("sample_index", 0), 1.0)
        return row[HINTED] if rate < self.recipe.difficulty_hint else row["prompt"]

    def judged(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Return a generation with the algorithm's own advantages; GRPO's stand in it."""
        return batch

    def kept(self) -> dict[str, Any]:
        """Return what must outlast an interruption: JSON-ready values, and tensors."""
        return {"pass_rates": {str(key): rate for key, rate in self.pass_rates.items()}}

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Take back what `kept` returned."""
        rates = kept.get("pass_rates", {})
        self.pass_rates = {int(key): float(rate) for key, rate in rates.items()}

    # How that steers TRL.

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        rows = [{**row, "prompt": self.posed(row)} for row in inputs]
        batch: dict[str, Any] = super()._generate_and_score_completions(rows)
        if not self.model.training:
            return batch
        batch = self.judged(batch)
        rates = self._rates()
        self._remember(inputs, rates)
        return self._weighed(batch, rates)

    def _calculate_rewards(self, *args: Any, **kwargs: Any) -> torch.Tensor:
        found: torch.Tensor = super()._calculate_rewards(*args, **kwargs)
        self.rewards = found.nansum(dim=1)
        return found

    def own_loss_obstacle(self) -> str | None:
        """Return why a loss of our own would leave out what TRL's has, or None."""
        if self._is_vlm:
            return "it has a loss of its own, and the model takes images"
        if self.aux_loss_enabled:
            return "its loss has no term that balances the experts of the model"
        return None

    def mine(self, values: torch.Tensor) -> torch.Tensor:
        """Return what of the values of all processes belongs to this one's rows."""
        rows = len(values) // self.accelerator.num_processes
        first = self.accelerator.process_index * rows
        return values[first : first + rows]

    @property
    def outcomes(self) -> torch.Tensor:
        """1 for each rollout of the last generation with a positive reward, 0 for others.

        NaN for one that a judge left open: it has the mean reward of its group, and is not right
        for that. Of all processes.
        """
        found = (self.rewards > 0).float()
        told = getattr(self.reward_funcs[0], "last", None)
        if isinstance(told, Generation) and any(told.undecided):
            found[torch.tensor(told.undecided, device=found.device)] = torch.nan
        return found

    def _rates(self) -> torch.Tensor:
        """Return the pass rate of each group, of all processes; NaN where all is undecided."""
        return self.outcomes.view(-1, self.num_generations).nanmean(1)

    def _remember(self, inputs: list[dict[str, Any]], rates: torch.Tensor) -> None:
        """Note how often each sample was solved in this generation."""
        if not self.recipe.difficulty_hint:
            return
        from accelerate.utils import gather_object

        rows = gather_object([row.get("sample_index", 0) for row in inputs])
        posed: dict[int, list[float]] = {}
        for sample, rate in zip(rows[:: self.num_generations], rates.tolist(), strict=True):
            if rate == rate:
                posed.setdefault(sample, []).append(rate)
        self.pass_rates |= {sample: sum(own) / len(own) for sample, own in posed.items()}

    def _weighed(self, batch: dict[str, Any], rates: torch.Tensor) -> dict[str, Any]:
        name, band = self.recipe.difficulty_weight, self.recipe.pass_band
        weights = torch.tensor([weight(name, band, rate) for rate in rates.tolist()])
        if bool((weights == 1).all()):
            return batch
        each = self.mine(weights.repeat_interleave(self.num_generations))
        each = each.to(batch["advantages"].device)
        shape = (-1,) + (1,) * (batch["advantages"].ndim - 1)
        return {**batch, "advantages": batch["advantages"] * each.view(shape)}

    # Checkpoints.

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        super()._save_checkpoint(model, trial)
        if not self.accelerator.is_main_process:
            return
        place = Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}"
        kept = self.kept()
        tensors = {name: value for name, value in kept.items() if torch.is_tensor(value)}
        plain = {name: value for name, value in kept.items() if name not in tensors}
        (place / _STATE).write_text(json.dumps(plain), encoding="utf-8")
        if tensors:
            from safetensors.torch import save_file

            save_file({k: v.contiguous().cpu() for k, v in tensors.items()}, place / _TENSORS)

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        super()._load_from_checkpoint(resume_from_checkpoint, model)
        place = Path(resume_from_checkpoint)
        try:
            kept = json.loads((place / _STATE).read_text(encoding="utf-8"))
        except FileNotFoundError:  # of a version that had no algorithms
            kept = {}
        except ValueError as error:
            raise TrainingError(
                f"{place / _STATE} is damaged ({error}); remove {place}, and the training goes on "
                "from the checkpoint before"
            ) from error
        if (place / _TENSORS).exists():
            from safetensors.torch import load_file

            kept |= load_file(place / _TENSORS)
        self.restore(kept)
