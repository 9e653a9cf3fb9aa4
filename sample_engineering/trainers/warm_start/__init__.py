"""A short supervised warm-up before the reinforcement learning: on what, and what it costs.

What is trained on comes from rollouts of the base model on the sample, so nothing is asked of
another model. The names stand here alone; what carries them out imports numpy and torch.

- ``primitives``: right rollouts, chosen so that few of them show many different reasoning
  primitives, after Tailor (arXiv 2511.12429).
- ``random``: as many rollouts, right or wrong, drawn by chance: the control.
- ``critiques``: critiques of rollouts, right and wrong, after one-shot critique fine-tuning (arXiv
  2506.03295), written by rule from the grader's verdict and the worked solution.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sample_engineering.sample import Sample
    from sample_engineering.trainers.recipes import Recipe

NO_START = "none"
PRIMITIVES, RANDOM, CRITIQUES = "primitives", "random", "critiques"
WARM_STARTS = (NO_START, PRIMITIVES, RANDOM, CRITIQUES)
# Learning rate of the warm-up in units of that of the reinforcement learning. Of critiques:
# one-shot critique fine-tuning takes 5e-6 (train/train_on_math_reasoning.sh of
# TIGER-AI-Lab/One-Shot-CFT) where 1-shot RLVR takes 1e-6 (arXiv 2504.20571) for the same model. Of
# the model's own rollouts: fitted, docs/lab/neighbours.md; five times the rate overwrote what the
# model knew.
_CRITIQUE_FACTOR, _OWN_FACTOR = 5.0, 1.0
WARM_STEPS = 5  # by the same fit


def warm_factor(kind: str) -> float:
    """Return the learning rate of a warm start, in units of that of the training."""
    return _CRITIQUE_FACTOR if kind == CRITIQUES else _OWN_FACTOR


def warm_start_fault(recipe: "Recipe", world: int, samples: "Sequence[Sample]") -> str:
    """Return why a warm start cannot be made; empty where it can, or none is wanted.

    Parameters
    ----------
    recipe : Recipe
    world : int
        Processes of a training.
    samples : sequence of Sample
        What is trained on.
    """
    if recipe.warm_start == NO_START:
        return ""
    if world > 1:
        return "`warm_start` is made by one process, here are several; leave it out, or start one"
    if recipe.lora_rank:
        return "`warm_start` changes the weights that adapters would be of; leave `lora` out"
    shown = [sample.id for sample in samples if sample.images]
    if shown:
        return f"`warm_start` learns from texts, and {shown[0]} shows images; leave it out"
    return ""
